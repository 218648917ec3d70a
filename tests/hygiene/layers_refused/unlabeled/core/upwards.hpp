// SPDX-License-Identifier: MIT
#include "unlabeled/linalg/product.hpp"
