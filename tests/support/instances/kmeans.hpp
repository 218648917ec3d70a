// SPDX-License-Identifier: MIT
#pragma once

#include "support/instances/views.hpp"
#include "unlabeled/cluster/kmeans.hpp"

#define UNLABELED_KMEANS_OF_VIEW(how, S, V)                                                       \
  how template KMeansModel<S> fit_kmeans<S, V>(const V&, const Vector<double>&, const Matrix<S>&, \
                                               const KMeansOptions&);                             \
  how template KMeansModel<S> partial_fit_kmeans<S, V>(const V&, const Vector<double>&,           \
                                                       KMeansModel<S>, const KMeansOptions&);     \
  how template KMeansModel<S> mini_batch_start<S, V>(const V&, const Vector<double>&,             \
                                                     const KMeansOptions&);
#define UNLABELED_KMEANS_OF_SCALAR(how, S)                                                     \
  how template Labels predict_kmeans<S>(Team&, const Samples<S>&, const Matrix<S>&);           \
  how template double inertia_of<S>(Team&, const Samples<S>&, const Matrix<S>&, const Labels&, \
                                    const double*);                                            \
  how template Matrix<S> euclidean_distances<S>(Team&, const Samples<S>&, const RowMatrix<S>&);
#define UNLABELED_KMEANS(how)                            \
  UNLABELED_FOR_EACH_VIEW(UNLABELED_KMEANS_OF_VIEW, how) \
  UNLABELED_KMEANS_OF_SCALAR(how, float) UNLABELED_KMEANS_OF_SCALAR(how, double)

namespace unlabeled::detail {
UNLABELED_KMEANS(extern)
}  // namespace unlabeled::detail
