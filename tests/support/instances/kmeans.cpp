// SPDX-License-Identifier: MIT
#include "support/instances/kmeans.hpp"

namespace unlabeled::detail {
UNLABELED_KMEANS()
}  // namespace unlabeled::detail
