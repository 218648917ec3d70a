// SPDX-License-Identifier: MIT
#pragma once

#include "support/instances/views.hpp"
#include "unlabeled/cluster/dbscan.hpp"

#define UNLABELED_DBSCAN_OF_VIEW(how, S, V)                                     \
  how template DBSCANModel<S> fit_dbscan<S, V>(const V&, const Vector<double>&, \
                                               const DBSCANOptions&);
#define UNLABELED_DBSCAN_OF_SCALAR(how, S)                                        \
  how template Labels predict_dbscan<S>(const Samples<S>&, const DBSCANModel<S>&, \
                                        const DBSCANOptions&);                    \
  how template DBSCANModel<S> checked<S>(DBSCANModel<S>, const DBSCANOptions&);
#define UNLABELED_DBSCAN(how)                            \
  UNLABELED_FOR_EACH_VIEW(UNLABELED_DBSCAN_OF_VIEW, how) \
  UNLABELED_DBSCAN_OF_SCALAR(how, float) UNLABELED_DBSCAN_OF_SCALAR(how, double)

namespace unlabeled::detail {
UNLABELED_DBSCAN(extern)
}  // namespace unlabeled::detail
