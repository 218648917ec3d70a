// SPDX-License-Identifier: MIT
#include "support/instances/dbscan.hpp"

namespace unlabeled::detail {
UNLABELED_DBSCAN()
}  // namespace unlabeled::detail
