// SPDX-License-Identifier: MIT
#include "support/instances/variational_autoencoder.hpp"

namespace unlabeled::detail {
UNLABELED_VARIATIONAL()
}  // namespace unlabeled::detail
