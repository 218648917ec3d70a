// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "unlabeled/core/check.hpp"
#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/random.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/neural/autoencoder_model.hpp"
#include "unlabeled/neural/detail/autoencoder_fit.hpp"
#include "unlabeled/neural/detail/batches.hpp"
#include "unlabeled/neural/detail/epochs.hpp"
#include "unlabeled/neural/detail/layers.hpp"
#include "unlabeled/neural/detail/network.hpp"
#include "unlabeled/neural/detail/network_check.hpp"
#include "unlabeled/neural/variational_autoencoder_model.hpp"

namespace unlabeled::detail {

/// -log p(x | z) of a sample: Bernoulli, or normal with variance 1.
template <Real S>
double negative_log_likelihood(Loss loss, const S* output, const S* target, Index n_features) {
  const double sum = loss_of(loss, output, target, n_features);
  constexpr double log_two_pi = 1.83787706640934548356;
  return loss == Loss::binary_cross_entropy
             ? sum
             : (sum + static_cast<double>(n_features) * log_two_pi) / 2;
}

/// KL(N(mean, e^log_variance) || N(0, 1)), summed over the latent dimensions. A row of the encoder's
/// output holds the means, then the log variances.
template <Real S> double divergence_from_prior(const S* posterior, Index n_latent) {
  double sum = 0;
  for (Index k = 0; k < n_latent; ++k) {
    const double mean = static_cast<double>(posterior[k]);
    const double log_variance = static_cast<double>(posterior[n_latent + k]);
    sum += mean * mean + std::exp(log_variance) - 1 - log_variance;
  }
  return sum / 2;
}

/// Encoder and decoder in training, with the sampling between them (Kingma and Welling 2014):
/// z = mean + e^(log_variance / 2) * noise, so that gradients pass through z to the posterior.
template <Real S> class VariationalTraining {
 public:
  VariationalTraining(Team& team, const Samples<S>& x, const VariationalAutoencoderModel<S>& start,
                      const VariationalAutoencoderOptions& options, Index largest_batch)
      : team_(team),
        x_(x),
        options_(options),
        encoder_(start.encoder, largest_batch, optimizer(options), team),
        decoder_(start.decoder, largest_batch, optimizer(options), team),
        clean_(largest_batch, x.n_features),
        noise_(largest_batch, start.decoder.front().weights.rows()),
        latent_gradient_(largest_batch, noise_.n_columns()) {}

  void keep(VariationalAutoencoderModel<S>& model) const {
    model.encoder = encoder_.learned();
    model.decoder = decoder_.learned();
  }

  /// One pass over the chosen samples in a new order. Returns the mean loss per sample, each batch's
  /// before its step.
  double epoch(const std::vector<Index>& chosen, Index number, double learning_rate) {
    std::vector<Index> order = shuffled(static_cast<Index>(chosen.size()),
                                        network_rng(options_.seed, NetworkStream::order, number));
    for (Index& i : order) i = chosen[static_cast<std::size_t>(i)];
    Rng rng = network_rng(options_.seed, NetworkStream::latent, number);
    Rng damage = network_rng(options_.seed, NetworkStream::noise, number);
    const auto drop = [&](Index n_rows) {
      if (options_.noise > 0)
        drop_entries(clean_, n_rows, options_.noise, damage, encoder_.input());
    };
    return mean_over_batches(order, rng, drop, [&](Index n_rows) {
      blame_decoder(n_rows);
      decoder_.step(team_, n_rows, learning_rate, &latent_gradient_);
      blame_encoder(n_rows);
      encoder_.step(team_, n_rows, learning_rate);
    });
  }

  /// Mean loss per sample of the chosen samples as they are, with one draw of z for each.
  double loss(const std::vector<Index>& chosen, Rng rng) {
    return mean_over_batches(
        chosen, rng, [](Index) {}, [](Index) {});
  }

 private:
  static OptimizerOptions optimizer(const VariationalAutoencoderOptions& options) {
    return {options.optimizer, options.momentum, options.weight_decay};
  }

  /// damage(n_rows) may change what the encoder is given, before each batch; step(n_rows) follows it.
  template <class Damage, class Step>
  double mean_over_batches(const std::vector<Index>& order, Rng& rng, Damage&& damage,
                           Step&& step) {
    const Index n = static_cast<Index>(order.size());
    const Chunks batches{n, std::min(n, options_.batch_size)};
    double sum = 0;
    for (Index b = 0; b < batches.count(); ++b) {
      const Index n_rows = batches[b].size();
      gather(x_, order, batches[b], clean_);
      encoder_.input().top(n_rows) = clean_.top(n_rows);
      damage(n_rows);
      encoder_.forward(team_, n_rows);
      draw_latent(n_rows, rng);
      decoder_.forward(team_, n_rows);
      sum += batch_loss(n_rows);
      step(n_rows);
    }
    return sum / static_cast<double>(n);
  }

  void draw_latent(Index n_rows, Rng& rng) {
    const Index n_latent = noise_.n_columns();
    for (Index i = 0; i < n_rows; ++i) {
      const S* posterior = encoder_.output().row(i);
      S *noise = noise_.row(i), *z = decoder_.input().row(i);
      for (Index k = 0; k < n_latent; ++k) {
        noise[k] = static_cast<S>(rng.normal());
        z[k] = posterior[k] + std::exp(posterior[n_latent + k] / 2) * noise[k];
      }
    }
  }

  double batch_loss(Index n_rows) {
    const Index n_latent = noise_.n_columns(), n_features = x_.n_features;
    return team_.reduce(Chunks{n_rows, 16}, 0.0, [&](Range rows, int) {
      double sum = 0;
      for (Index i = rows.begin; i < rows.end; ++i)
        sum += negative_log_likelihood(options_.loss, decoder_.output().row(i), clean_.row(i),
                                       n_features) +
               options_.beta * divergence_from_prior(encoder_.output().row(i), n_latent);
      return sum;
    });
  }

  void blame_decoder(Index n_rows) {
    const S share = S(1) / static_cast<S>(n_rows);
    const S scale = options_.loss == Loss::mean_squared ? share / 2 : share;
    for (Index i = 0; i < n_rows; ++i)
      set_delta(options_.loss, decoder_.output_activation(), scale, decoder_.output(), clean_, i,
                decoder_.output_delta());
  }

  void blame_encoder(Index n_rows) {
    const Index n_latent = noise_.n_columns();
    const S weight = static_cast<S>(options_.beta / static_cast<double>(n_rows));
    for (Index i = 0; i < n_rows; ++i) {
      const S *posterior = encoder_.output().row(i), *by_z = latent_gradient_.row(i);
      const S* noise = noise_.row(i);
      S* delta = encoder_.output_delta().row(i);
      for (Index k = 0; k < n_latent; ++k) {
        const S deviation = std::exp(posterior[n_latent + k] / 2);
        delta[k] = by_z[k] + weight * posterior[k];
        delta[n_latent + k] =
            (by_z[k] * noise[k] * deviation + weight * (deviation * deviation - 1)) / 2;
      }
    }
  }

  Team& team_;
  Samples<S> x_;
  const VariationalAutoencoderOptions& options_;
  Network<S> encoder_;
  Network<S> decoder_;
  RowBuffer<S> clean_;  // the batch before noise
  RowBuffer<S> noise_;  // from which z is made
  RowBuffer<S> latent_gradient_;
};

template <Real S>
VariationalAutoencoderModel<S> initial_variational_autoencoder(
    Index n_features, const VariationalAutoencoderOptions& options) {
  Rng rng = network_rng(options.seed, NetworkStream::weights);
  std::vector<Index> widths = options.encoder_sizes;
  widths.insert(widths.begin(), n_features);
  std::vector<Index> back(widths.rbegin(), widths.rend());
  widths.back() *= 2;  // means and log variances
  VariationalAutoencoderModel<S> model;
  model.encoder = initial_layers<S>(widths, options.activation, Activation::linear, rng);
  model.decoder = initial_layers<S>(back, options.activation, output_activation(options), rng);
  return model;
}

/// Trains the pairs of layers as an autoencoder whose code are the means; log variances keep the
/// weights they start with.
template <Real S>
void pretrain_pairs(Team& team, const Samples<S>& x, const Split& split,
                    const VariationalAutoencoderOptions& options, EpochLog& log,
                    VariationalAutoencoderModel<S>& model) {
  AutoencoderOptions plain{.encoder_sizes = options.encoder_sizes,
                           .activation = options.activation,
                           .loss = options.loss,
                           .optimizer = options.optimizer,
                           .learning_rate = options.learning_rate,
                           .batch_size = options.batch_size,
                           .n_epochs = options.n_epochs,
                           .noise = options.noise,
                           .weight_decay = options.weight_decay,
                           .schedule = options.schedule,
                           .momentum = options.momentum,
                           .seed = options.seed};
  const Index n_latent = options.encoder_sizes.back();
  AutoencoderModel<S> pairs;
  pairs.encoder = model.encoder;
  pairs.decoder = model.decoder;
  DenseLayer<S>& means = pairs.encoder.back();
  means.weights = Matrix<S>(model.encoder.back().weights.leftCols(n_latent));
  means.bias = Vector<S>(model.encoder.back().bias.head(n_latent));
  pretrain_pairs(team, x, split, plain, log, pairs);
  DenseLayer<S> posterior = std::move(model.encoder.back());
  posterior.weights.leftCols(n_latent) = means.weights;
  posterior.bias.head(n_latent) = means.bias;
  means = std::move(posterior);
  model.encoder = std::move(pairs.encoder);
  model.decoder = std::move(pairs.decoder);
}

template <Real S, class V>
VariationalAutoencoderModel<S> fit_variational_autoencoder(
    const V& x, const VariationalAutoencoderOptions& options) {
  constexpr const char* owner = "VariationalAutoencoder";
  check_training_data(owner, x);
  if (options.loss == Loss::binary_cross_entropy) check_probabilities(owner, x);
  const Split split = split_samples(owner, x.rows(), options.validation_fraction, options.seed);
  const RowWise<S> rows(x);
  Team team(options.n_threads);
  auto model = initial_variational_autoencoder<S>(x.cols(), options);
  const Index n_stages =
      options.layerwise_pretraining ? static_cast<Index>(options.encoder_sizes.size()) + 1 : 1;
  EpochLog log(owner, options.on_iteration, product_or_most(n_stages, options.n_epochs));
  if (options.layerwise_pretraining)
    pretrain_pairs(team, rows.samples(), split, options, log, model);
  VariationalTraining<S> training(team, rows.samples(), model, options,
                                  std::min(x.rows(), options.batch_size));
  EpochHistory history = run_epochs(
      options, !split.validation.empty(), log,
      [&](Index number, double rate) { return training.epoch(split.training, number, rate); },
      [&] {
        return training.loss(split.validation,
                             network_rng(options.seed, NetworkStream::latent, -1));
      },
      [&] { training.keep(model); });
  for (const auto* layers : {&model.encoder, &model.decoder})
    for (const DenseLayer<S>& layer : *layers)
      if (!all_finite(layer.weights) || !all_finite(layer.bias))
        refuse_divergence(owner, log.n_epochs() - 1);
  model.loss_history = std::move(history.losses);
  model.validation_history = std::move(history.validation);
  model.report = {log.n_epochs(), log.latest_loss(), history.stop};
  return model;
}

/// Mean over the samples of log p(x | z) - KL(q(z | x) || p(z)), one draw of z for each sample.
template <Real S>
double evidence_lower_bound(Team& team, const Samples<S>& x,
                            const VariationalAutoencoderModel<S>& model,
                            const VariationalAutoencoderOptions& options) {
  VariationalAutoencoderOptions plain = options;
  plain.beta = 1;
  VariationalTraining<S> network(team, x, model, plain, std::min(x.n_samples, options.batch_size));
  std::vector<Index> all(static_cast<std::size_t>(x.n_samples));
  for (Index i = 0; i < x.n_samples; ++i) all[static_cast<std::size_t>(i)] = i;
  return -network.loss(all, network_rng(options.seed, NetworkStream::latent, -2));
}

}  // namespace unlabeled::detail
