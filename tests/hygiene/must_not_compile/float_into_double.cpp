// SPDX-License-Identifier: MIT
// expected: MatrixOf
#include "unlabeled/cluster/kmeans.hpp"

#ifdef CONTROL
using Data = unlabeled::Matrix<double>;
#else
using Data = unlabeled::Matrix<float>;
#endif

void fit(const Data& x) { unlabeled::KMeans<double>({.n_clusters = 2}).fit(x); }
