// SPDX-License-Identifier: MIT
#include "support/instances/json.hpp"

namespace unlabeled::detail {
UNLABELED_JSON()
}  // namespace unlabeled::detail
