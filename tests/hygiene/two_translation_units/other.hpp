// SPDX-License-Identifier: MIT
#pragma once

#include "unlabeled/unlabeled.hpp"

/// Fits in the other translation unit; the two share KMeans<double> and have the rest apart.
unlabeled::Labels labels_of_other(const unlabeled::Matrix<double>& x);
