// SPDX-License-Identifier: MIT
#include "support/instances/agglomerative.hpp"

namespace unlabeled::detail {
UNLABELED_AGGLOMERATIVE()
}  // namespace unlabeled::detail
