// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "unlabeled/core/report.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/neural/network_options.hpp"

// Options and model of VariationalAutoencoder, apart from the class because its training needs them
// first.

namespace unlabeled {

struct VariationalAutoencoderOptions {
  std::vector<Index> encoder_sizes = {400, 20};      ///< hidden widths; the last: latent dimensions
  Activation activation = Activation::relu;          ///< of hidden layers
  std::optional<Activation> output_activation = {};  ///< none: linear, sigmoid for cross-entropy
  Loss loss = Loss::mean_squared;  ///< mean_squared: normal likelihood of variance 1 for each
                                   ///< feature; binary_cross_entropy: Bernoulli, X in [0, 1]
  Optimizer optimizer = Optimizer::adam;
  double learning_rate = 1e-3;
  Index batch_size = 128;          ///< samples per step; the last batch of an epoch may be smaller
  Index n_epochs = 100;            ///< passes over the training samples
  double validation_fraction = 0;  ///< share of samples kept from training, in [0, 1)
  Index patience = 0;  ///< stop after so many epochs without a better validation loss; 0: never
  double noise = 0;    ///< share of inputs set to zero while the output is compared with all
  double weight_decay = 0;             ///< adds weight_decay * w to each gradient
  bool layerwise_pretraining = false;  ///< first train each pair of layers alone, outermost first
  double beta = 1;                     ///< weight of the divergence from the prior
  LearningRateSchedule schedule = LearningRateSchedule::constant;
  double momentum = 0.9;          ///< of sgd, in [0, 1)
  std::uint64_t seed = 0;         ///< same seed and data, same result, whatever n_threads is
  int n_threads = 0;              ///< 0 = all hardware threads, 1 = the calling thread only
  OnIteration on_iteration = {};  ///< once an epoch; objective: its mean loss; change: its fall
};

template <Real S> struct VariationalAutoencoderModel {
  std::vector<DenseLayer<S>> encoder;  ///< to means and log variances: 2 x latent dimensions
  std::vector<DenseLayer<S>> decoder;  ///< from the latent dimensions back to n_features
  Vector<double> loss_history;         ///< mean training loss of each epoch, in nats per sample
  Vector<double> validation_history;   ///< validation loss after each epoch; empty without
  Report report;                       ///< objective: the loss of the last epoch
};

}  // namespace unlabeled
