// SPDX-License-Identifier: MIT
#pragma once

#include "support/instances/views.hpp"
#include "unlabeled/decomposition/pca.hpp"

#define UNLABELED_PCA_OF_VIEW(how, S, V)                                                           \
  how template PCAModel<S> pca_fit<S, V>(const V&, const PCAOptions&);                             \
  how template PCAModel<S> pca_partial_fit<S, V>(const PCAModel<S>*, const V&, const PCAOptions&); \
  how template Matrix<S> pca_transform<S, V>(const V&, const PCAModel<S>&, const PCAOptions&);     \
  how template Matrix<S> pca_inverse_transform<S, V>(const V&, const PCAModel<S>&,                 \
                                                     const PCAOptions&);                           \
  how template Vector<S> pca_score_samples<S, V>(const V&, const PCAModel<S>&, PCAOptions);
#define UNLABELED_PCA(how) UNLABELED_FOR_EACH_VIEW(UNLABELED_PCA_OF_VIEW, how)

namespace unlabeled::detail {
UNLABELED_PCA(extern)
}  // namespace unlabeled::detail
