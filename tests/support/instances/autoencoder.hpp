// SPDX-License-Identifier: MIT
#pragma once

#include "support/instances/views.hpp"
#include "unlabeled/neural/autoencoder.hpp"

#define UNLABELED_AUTOENCODER_OF_VIEW(how, S, V)                                                \
  how template AutoencoderModel<S> fit_autoencoder<S, V>(const V&, const AutoencoderOptions&);  \
  how template AutoencoderModel<S> partial_fit_autoencoder<S, V>(const V&, AutoencoderModel<S>, \
                                                                 const AutoencoderOptions&);
#define UNLABELED_AUTOENCODER_OF_SCALAR(how, S)                             \
  how template class Network<S>;                                            \
  how template Matrix<S> outputs_of<S>(Team&, const Samples<S>&,            \
                                       const std::vector<DenseLayer<S>>&);  \
  how template Vector<S> reconstruction_errors<S>(Team&, const Samples<S>&, \
                                                  const std::vector<DenseLayer<S>>&);
#define UNLABELED_AUTOENCODER(how)                            \
  UNLABELED_FOR_EACH_VIEW(UNLABELED_AUTOENCODER_OF_VIEW, how) \
  UNLABELED_AUTOENCODER_OF_SCALAR(how, float) UNLABELED_AUTOENCODER_OF_SCALAR(how, double)

namespace unlabeled::detail {
UNLABELED_AUTOENCODER(extern)
}  // namespace unlabeled::detail
