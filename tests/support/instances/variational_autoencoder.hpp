// SPDX-License-Identifier: MIT
#pragma once

#include "support/instances/autoencoder.hpp"
#include "unlabeled/neural/variational_autoencoder.hpp"

#define UNLABELED_VARIATIONAL_OF_VIEW(how, S, V)                                 \
  how template VariationalAutoencoderModel<S> fit_variational_autoencoder<S, V>( \
      const V&, const VariationalAutoencoderOptions&);
#define UNLABELED_VARIATIONAL_OF_SCALAR(how, S)                                      \
  how template double evidence_lower_bound<S>(Team&, const Samples<S>&,              \
                                              const VariationalAutoencoderModel<S>&, \
                                              const VariationalAutoencoderOptions&);
#define UNLABELED_VARIATIONAL(how)                            \
  UNLABELED_FOR_EACH_VIEW(UNLABELED_VARIATIONAL_OF_VIEW, how) \
  UNLABELED_VARIATIONAL_OF_SCALAR(how, float) UNLABELED_VARIATIONAL_OF_SCALAR(how, double)

namespace unlabeled::detail {
UNLABELED_VARIATIONAL(extern)
}  // namespace unlabeled::detail
