// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "unlabeled/core/check.hpp"
#include "unlabeled/core/errors.hpp"
#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/report.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/neural/autoencoder_model.hpp"
#include "unlabeled/neural/detail/batches.hpp"
#include "unlabeled/neural/detail/epochs.hpp"
#include "unlabeled/neural/detail/layers.hpp"
#include "unlabeled/neural/detail/network.hpp"
#include "unlabeled/neural/detail/network_check.hpp"

namespace unlabeled::detail {

/// Mean loss of the chosen samples; the network's buffers are used, its weights are not changed.
template <Real S>
double mean_loss(Team& team, Loss loss, const Samples<S>& x, const std::vector<Index>& chosen,
                 Index batch_size, Network<S>& network) {
  const Chunks batches{static_cast<Index>(chosen.size()), batch_size};
  double sum = 0;
  for (Index b = 0; b < batches.count(); ++b) {
    const Range batch = batches[b];
    gather(x, chosen, batch, network.input());
    network.forward(team, batch.size());
    for (Index i = 0; i < batch.size(); ++i)
      sum += loss_of(loss, network.output().row(i), network.input().row(i), x.n_features);
  }
  return sum / (static_cast<double>(chosen.size()) * static_cast<double>(x.n_features));
}

/// Trains a network to give back what it is given. One object serves one network; epochs are
/// counted on by the caller, over all networks of a fit.
template <Real S> class ReconstructionTraining {
 public:
  ReconstructionTraining(Team& team, const Samples<S>& x, const std::vector<DenseLayer<S>>& layers,
                         const AutoencoderOptions& options, Index largest_batch)
      : team_(team),
        x_(x),
        options_(options),
        network_(layers, largest_batch, {options.optimizer, options.momentum, options.weight_decay},
                 team),
        clean_(largest_batch, x.n_features) {}

  [[nodiscard]] Network<S>& network() { return network_; }

  /// One pass over the chosen samples in a new order. Returns the mean loss, each batch's before
  /// its step.
  double epoch(const std::vector<Index>& chosen, Index number, double learning_rate) {
    const Index n = static_cast<Index>(chosen.size());
    std::vector<Index> order =
        shuffled(n, network_rng(options_.seed, NetworkStream::order, number));
    for (Index& i : order) i = chosen[static_cast<std::size_t>(i)];
    Rng noise = network_rng(options_.seed, NetworkStream::noise, number);
    const Chunks batches{n, std::min(n, options_.batch_size)};
    double sum = 0;
    for (Index b = 0; b < batches.count(); ++b)
      sum += static_cast<double>(batches[b].size()) * step(order, batches[b], learning_rate, noise);
    return sum / static_cast<double>(n);
  }

 private:
  double step(const std::vector<Index>& order, Range batch, double learning_rate, Rng& noise) {
    RowBuffer<S>& target = options_.noise > 0 ? clean_ : network_.input();
    gather(x_, order, batch, target);
    if (options_.noise > 0)
      drop_entries(clean_, batch.size(), options_.noise, noise, network_.input());
    network_.forward(team_, batch.size());
    const double loss = blame(team_, options_.loss, target, batch.size(), network_);
    network_.step(team_, batch.size(), learning_rate);
    return loss;
  }

  Team& team_;
  Samples<S> x_;
  const AutoencoderOptions& options_;
  Network<S> network_;
  RowBuffer<S> clean_;  // the batch before noise
};

/// Encoder and decoder in one list, as they are trained.
template <Real S> std::vector<DenseLayer<S>> all_layers(const AutoencoderModel<S>& model) {
  std::vector<DenseLayer<S>> layers = model.encoder;
  layers.insert(layers.end(), model.decoder.begin(), model.decoder.end());
  return layers;
}
template <Real S> void set_layers(std::vector<DenseLayer<S>> layers, AutoencoderModel<S>& model) {
  const auto half = layers.begin() + static_cast<std::ptrdiff_t>(layers.size() / 2);
  model.encoder.assign(layers.begin(), half);
  model.decoder.assign(half, layers.end());
}

/// The last step of all may have gone wrong, after every loss was finite.
template <Real S> bool has_finite_weights(const std::vector<DenseLayer<S>>& layers) {
  for (const DenseLayer<S>& layer : layers)
    if (!all_finite(layer.weights) || !all_finite(layer.bias)) return false;
  return true;
}
template <Real S> void check_weights(const AutoencoderModel<S>& model, Index n_epochs) {
  if (!has_finite_weights(all_layers(model))) refuse_divergence("Autoencoder", n_epochs - 1);
}

template <Real S>
AutoencoderModel<S> initial_autoencoder(Index n_features, const AutoencoderOptions& options) {
  std::vector<Index> widths = options.encoder_sizes;
  widths.insert(widths.begin(), n_features);
  Rng rng = network_rng(options.seed, NetworkStream::weights);
  AutoencoderModel<S> model;
  model.encoder = initial_layers<S>(widths, options.activation, Activation::linear, rng);
  std::reverse(widths.begin(), widths.end());
  model.decoder = initial_layers<S>(widths, options.activation, output_activation(options), rng);
  return model;
}

/// Trains each pair of an encoder layer and its mirror to give back what the pairs outside of it
/// make of the samples, and takes its weights as the start (Hinton and Salakhutdinov 2006 with
/// Vincent et al.'s denoising pairs).
template <Real S>
void pretrain_pairs(Team& team, const Samples<S>& x, const Split& split, AutoencoderOptions options,
                    EpochLog& log, AutoencoderModel<S>& model) {
  RowMatrix<S> values;
  for (std::size_t l = 0; l < model.encoder.size() && log.goes_on(); ++l) {
    DenseLayer<S>& encode = model.encoder[l];
    DenseLayer<S>& decode = model.decoder[model.decoder.size() - 1 - l];
    if (l > 0) options.loss = Loss::mean_squared;  // inner values are no probabilities
    const Samples<S> input = l == 0 ? x : Samples<S>(values);
    const Index n = static_cast<Index>(split.training.size());
    ReconstructionTraining<S> training(team, input, {encode, decode}, options,
                                       std::min(n, options.batch_size));
    for (Index e = 0; e < options.n_epochs && log.goes_on(); ++e)
      log.add(training.epoch(
          split.training, log.n_epochs(),
          scheduled_rate(options.schedule, options.learning_rate, e, options.n_epochs)));
    encode = training.network().learned()[0];
    decode = training.network().learned()[1];
    // Moved in: assigned to, a matrix is freed first, and freed again where memory then runs out.
    values = RowMatrix<S>(outputs_of(team, input, std::vector<DenseLayer<S>>{encode}));
  }
}

/// All layers together.
template <Real S>
void train_end_to_end(Team& team, const Samples<S>& x, const Split& split,
                      const AutoencoderOptions& options, EpochLog& log,
                      AutoencoderModel<S>& model) {
  const Index largest_batch = std::min(x.n_samples, options.batch_size);
  ReconstructionTraining<S> training(team, x, all_layers(model), options, largest_batch);
  const auto epoch = [&](Index number, double rate) {
    return training.epoch(split.training, number, rate);
  };
  const auto validation_loss = [&] {
    return mean_loss(team, options.loss, x, split.validation, largest_batch, training.network());
  };
  EpochHistory history = run_epochs(options, !split.validation.empty(), log, epoch, validation_loss,
                                    [&] { set_layers(training.network().learned(), model); });
  model.loss_history = std::move(history.losses);
  model.validation_history = std::move(history.validation);
  model.report.stop = history.stop;
}

template <Real S, class V>
AutoencoderModel<S> fit_autoencoder(const V& x, const AutoencoderOptions& options) {
  check_training_data("Autoencoder", x);
  if (options.loss == Loss::binary_cross_entropy) check_probabilities("Autoencoder", x);
  const Split split =
      split_samples("Autoencoder", x.rows(), options.validation_fraction, options.seed);
  const RowWise<S> rows(x);
  Team team(options.n_threads);
  AutoencoderModel<S> model = initial_autoencoder<S>(x.cols(), options);
  const Index n_stages =
      options.layerwise_pretraining ? static_cast<Index>(options.encoder_sizes.size()) + 1 : 1;
  EpochLog log("Autoencoder", options.on_iteration, product_or_most(n_stages, options.n_epochs));
  if (options.layerwise_pretraining)
    pretrain_pairs(team, rows.samples(), split, options, log, model);
  train_end_to_end(team, rows.samples(), split, options, log, model);
  model.report.n_iterations = log.n_epochs();
  model.report.objective = log.latest_loss();
  check_weights(model, log.n_epochs());
  return model;
}

/// One epoch over X, going on from the model.
template <Real S, class V>
AutoencoderModel<S> partial_fit_autoencoder(const V& x, AutoencoderModel<S> model,
                                            const AutoencoderOptions& options) {
  if (options.loss == Loss::binary_cross_entropy) check_probabilities("Autoencoder", x);
  const RowWise<S> rows(x);
  Team team(options.n_threads);
  ReconstructionTraining<S> training(team, rows.samples(), all_layers(model), options,
                                     std::min(x.rows(), options.batch_size));
  training.network().resume(model.optimizer);
  std::vector<Index> all(static_cast<std::size_t>(x.rows()));
  for (Index i = 0; i < x.rows(); ++i) all[static_cast<std::size_t>(i)] = i;
  EpochLog log("Autoencoder", options.on_iteration, 1);
  const double loss = training.epoch(all, model.report.n_iterations, options.learning_rate);
  log.add(loss);
  set_layers(training.network().learned(), model);
  check_weights(model, log.n_epochs());
  model.optimizer = training.network().optimizer_state();
  Vector<double> history(model.loss_history.size() + 1);
  history << model.loss_history, loss;
  model.loss_history = std::move(history);
  ++model.report.n_iterations;
  model.report.objective = loss;
  model.report.stop = log.goes_on() ? Stop::max_iterations : Stop::callback;
  return model;
}

}  // namespace unlabeled::detail
