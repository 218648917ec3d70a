// SPDX-License-Identifier: MIT
#include "support/instances/autoencoder.hpp"

namespace unlabeled::detail {
UNLABELED_AUTOENCODER()
}  // namespace unlabeled::detail
