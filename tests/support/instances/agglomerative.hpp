// SPDX-License-Identifier: MIT
#pragma once

#include "support/instances/views.hpp"
#include "unlabeled/cluster/agglomerative.hpp"

#define UNLABELED_AGGLOMERATIVE_OF_VIEW(how, S, V) \
  how template AgglomerativeModel<S> fit_agglomerative<S, V>(const V&, const AgglomerativeOptions&);
#define UNLABELED_AGGLOMERATIVE(how) UNLABELED_FOR_EACH_VIEW(UNLABELED_AGGLOMERATIVE_OF_VIEW, how)

namespace unlabeled::detail {
UNLABELED_AGGLOMERATIVE(extern)
}  // namespace unlabeled::detail
