// SPDX-License-Identifier: MIT
#include "support/instances/deep_cluster.hpp"

namespace unlabeled::detail {
UNLABELED_DEEP_CLUSTER()
}  // namespace unlabeled::detail
