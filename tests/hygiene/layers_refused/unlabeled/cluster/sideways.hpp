// SPDX-License-Identifier: MIT
#include <Eigen/Dense>
#include <unlabeled/core/types.hpp>
#include <vector>

#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/detail/secret.hpp"
#include "unlabeled/preprocessing/standard_scaler.hpp"
#include "unlabeled/unlabeled.hpp"
