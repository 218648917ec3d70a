// SPDX-License-Identifier: MIT
#include "support/instances/gmm.hpp"

namespace unlabeled::detail {
UNLABELED_GMM()
}  // namespace unlabeled::detail
