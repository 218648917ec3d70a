// SPDX-License-Identifier: MIT
#pragma once

#include "support/instances/autoencoder.hpp"
#include "support/instances/kmeans.hpp"
#include "unlabeled/neural/deep_cluster.hpp"

#define UNLABELED_DEEP_CLUSTER_OF_VIEW(how, S, V)                                               \
  how template DeepClusterModel<S> fit_deep_cluster<S, V>(const V&, const DeepClusterOptions&); \
  how template DeepClusterModel<S> fit_deep_cluster_from<S, V>(                                 \
      const V&, const AutoencoderModel<S>&, const DeepClusterOptions&);
#define UNLABELED_DEEP_CLUSTER_OF_SCALAR(how, S)                          \
  how template Memberships<S> memberships_of<S>(Team&, const Samples<S>&, \
                                                const DeepClusterModel<S>&, double);
#define UNLABELED_DEEP_CLUSTER(how)                            \
  UNLABELED_FOR_EACH_VIEW(UNLABELED_DEEP_CLUSTER_OF_VIEW, how) \
  UNLABELED_DEEP_CLUSTER_OF_SCALAR(how, float) UNLABELED_DEEP_CLUSTER_OF_SCALAR(how, double)

namespace unlabeled::detail {
UNLABELED_DEEP_CLUSTER(extern)
}  // namespace unlabeled::detail
