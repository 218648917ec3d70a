// SPDX-License-Identifier: MIT
#include "support/instances/word2vec.hpp"

namespace unlabeled::detail {
UNLABELED_WORD2VEC()
}  // namespace unlabeled::detail
