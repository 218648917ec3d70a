// SPDX-License-Identifier: MIT
#pragma once

#include "support/instances/views.hpp"
#include "unlabeled/anomaly/isolation_forest.hpp"

#define UNLABELED_ISOLATION_FOREST_OF_VIEW(how, S, V)                       \
  how template IsolationForestModel<S> fit_isolation_forest<S, V>(const V&, \
                                                                  const IsolationForestOptions&);
#define UNLABELED_ISOLATION_FOREST_OF_SCALAR(how, S)                                \
  how template Vector<S> isolation_path_lengths<S>(Team&, const Samples<S>&,        \
                                                   const IsolationForestModel<S>&); \
  how template Vector<S> anomaly_scores<S>(Team&, const Samples<S>&,                \
                                           const IsolationForestModel<S>&);         \
  how template Matrix<S> isolation_contributions<S>(Team&, const Samples<S>&,       \
                                                    const IsolationForestModel<S>&);
#define UNLABELED_ISOLATION_FOREST(how)                            \
  UNLABELED_FOR_EACH_VIEW(UNLABELED_ISOLATION_FOREST_OF_VIEW, how) \
  UNLABELED_ISOLATION_FOREST_OF_SCALAR(how, float) UNLABELED_ISOLATION_FOREST_OF_SCALAR(how, double)

namespace unlabeled::detail {
UNLABELED_ISOLATION_FOREST(extern)
}  // namespace unlabeled::detail
