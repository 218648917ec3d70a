// SPDX-License-Identifier: MIT
// expected: MatrixOf
#include <utility>

#include "unlabeled/cluster/kmeans.hpp"

#ifdef CONTROL
using Data = unlabeled::Matrix<double>;
#else
using Data = unlabeled::Matrix<float>;
#endif

// Only the call is looked at, so the control need not compile a whole fit.
using Result = decltype(std::declval<unlabeled::KMeans<double>&>().fit(std::declval<Data>()));
