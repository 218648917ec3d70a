// SPDX-License-Identifier: MIT
#include "support/instances/pca.hpp"

namespace unlabeled::detail {
UNLABELED_PCA()
}  // namespace unlabeled::detail
