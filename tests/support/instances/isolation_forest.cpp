// SPDX-License-Identifier: MIT
#include "support/instances/isolation_forest.hpp"

namespace unlabeled::detail {
UNLABELED_ISOLATION_FOREST()
}  // namespace unlabeled::detail
