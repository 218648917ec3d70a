// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "unlabeled/cluster/kmeans.hpp"
#include "unlabeled/core/check.hpp"
#include "unlabeled/core/errors.hpp"
#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/report.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/neural/autoencoder_model.hpp"
#include "unlabeled/neural/deep_cluster_model.hpp"
#include "unlabeled/neural/detail/autoencoder_fit.hpp"
#include "unlabeled/neural/detail/deep_cluster_training.hpp"
#include "unlabeled/neural/detail/epochs.hpp"
#include "unlabeled/neural/detail/layers.hpp"

namespace unlabeled::detail {

inline constexpr const char* deep_cluster = "DeepCluster";

/// The power of two that brings the mean square of the entries next to 1: exact to multiply by.
template <Real S> S unit_scale(const RowMatrix<S>& x) {
  int exponent = 0;  // of the greatest entry, so that no square leaves the range of numbers
  std::frexp(x.cwiseAbs().maxCoeff(), &exponent);
  double sum = 0;
  for (Index i = 0; i < x.size(); ++i) {
    const double value = std::ldexp(static_cast<double>(x.data()[i]), -exponent);
    sum += value * value;
  }
  if (sum == 0) return 1;
  const double half_log = std::log2(sum / static_cast<double>(x.size())) / 2;
  // Powers beyond these have no inverse among the normal numbers.
  const int most = std::numeric_limits<S>::max_exponent - 2;
  const int power = -exponent - static_cast<int>(std::lround(half_log));
  return static_cast<S>(std::ldexp(1.0, std::clamp(power, -most, most)));
}

/// The network of scaled samples as one of the samples themselves; the same bits, as scale is a
/// power of two.
template <Real S> void absorb_scale(S scale, DeepClusterModel<S>& model) {
  model.encoder.front().weights *= scale;
  if (model.decoder.empty()) return;
  model.decoder.back().weights /= scale;
  model.decoder.back().bias /= scale;
}

/// Few samples make few updates an epoch, and a stage needs some thousands of them.
inline Index n_pretraining_epochs(const DeepClusterOptions& options, Index n_samples) {
  if (options.n_pretraining_epochs >= 0) return options.n_pretraining_epochs;
  const Chunks batches{n_samples, std::min(n_samples, options.pretraining_batch_size)};
  return std::max<Index>(10, Chunks{4000, batches.count()}.count());
}

inline AutoencoderOptions pretraining_options(const DeepClusterOptions& options, Index n_samples) {
  AutoencoderOptions pretraining;
  pretraining.encoder_sizes = options.encoder_sizes;
  pretraining.activation = options.activation;
  pretraining.learning_rate = options.pretraining_learning_rate;
  pretraining.batch_size = options.pretraining_batch_size;
  pretraining.n_epochs = n_pretraining_epochs(options, n_samples);
  pretraining.schedule = LearningRateSchedule::cosine;
  pretraining.seed = options.seed;
  return pretraining;
}

/// Encoder and decoder that restore the samples: single pairs of layers from damaged inputs, then
/// all together from whole ones.
template <Real S>
AutoencoderModel<S> pretrained(Team& team, const Samples<S>& x, const DeepClusterOptions& options,
                               EpochLog& log) {
  AutoencoderOptions pretraining = pretraining_options(options, x.n_samples);
  AutoencoderModel<S> model = initial_autoencoder<S>(x.n_features, pretraining);
  const Split split = split_samples(deep_cluster, x.n_samples, 0, options.seed);
  pretraining.noise = options.pretraining_noise;
  if (options.layerwise_pretraining && pretraining.n_epochs > 0)
    pretrain_pairs(team, x, split, pretraining, log, model);
  pretraining.noise = 0;
  train_end_to_end(team, x, split, pretraining, log, model);
  if (!has_finite_weights(all_layers(model)))
    refuse_divergence(deep_cluster, log.n_epochs() - 1, "pretraining_learning_rate");
  return model;
}

/// Means of the embedded samples to start from.
template <Real S>
Matrix<S> initial_centers(Team& team, const Samples<S>& x,
                          const std::vector<DenseLayer<S>>& encoder,
                          const DeepClusterOptions& options) {
  const Matrix<S> z = outputs_of(team, x, encoder);
  if (!all_finite(z))
    throw NumericalError(std::string(deep_cluster) +
                         ": the embedding leaves the range of numbers; scale the features");
  KMeansOptions kmeans{.n_clusters = options.n_clusters, .n_init = options.n_init};
  kmeans.seed = network_rng(options.seed, NetworkStream::clustering).bits();
  kmeans.n_threads = options.n_threads;
  return KMeans<S>(kmeans).fit(z).cluster_centers();
}

/// A cluster that keeps less than a hundredth of the samples it started with is being lost: the
/// others draw in what is left of it.
inline bool is_collapsed(const Vector<double>& counts, const Vector<double>& start) {
  return (counts.array() < 0.01 * start.array()).any();
}

/// The updates between two refreshes. Returns their mean loss, of those that were made before the
/// callback had enough.
template <Real S>
double update_for_a_while(ClusterTraining<S>& training, Index count, double change, EpochLog& log) {
  double sum = 0;
  Index made = 0;
  for (; made < count && log.goes_on(); ++made) {
    const double loss = training.update();
    log.add(loss, change);
    sum += loss;
  }
  return sum / static_cast<double>(made);
}

/// Moves encoder and centres until few labels change, and leaves the model as they are then, or as
/// they were before a cluster got lost.
template <Real S>
void cluster(Team& team, const Samples<S>& x, const DeepClusterOptions& options, EpochLog& log,
             DeepClusterModel<S>& model) {
  ClusterTraining<S> training(team, x, model, options);
  double changed = training.refresh();
  const Vector<double> start = training.memberships().counts();
  std::vector<double> losses;
  model.report.stop = log.goes_on() ? Stop::max_iterations : Stop::callback;
  for (Index done = 0; done < options.max_iterations && log.goes_on();) {
    const Index count = std::min(options.update_interval, options.max_iterations - done);
    losses.push_back(update_for_a_while(training, count, changed, log));
    done += count;
    if (!log.goes_on()) model.report.stop = Stop::callback;
    changed = training.refresh();
    model.collapsed = is_collapsed(training.memberships().counts(), start);
    if (model.collapsed) break;
    training.keep(model);
    if (changed < options.tolerance && log.goes_on()) model.report.stop = Stop::converged;
    if (model.report.stop != Stop::max_iterations) break;
  }
  model.loss_history = Eigen::Map<Vector<double>>(losses.data(), static_cast<Index>(losses.size()));
  if (!has_finite_weights(model.encoder) || !all_finite(model.cluster_centers))
    refuse_divergence(deep_cluster, log.n_epochs() - 1);
}

/// Memberships of samples, as a fitted model has them.
template <Real S>
Memberships<S> memberships_of(Team& team, const Samples<S>& x, const DeepClusterModel<S>& model,
                              double degrees_of_freedom) {
  const RowMatrix<S> centers = model.cluster_centers;
  Memberships<S> result(x.n_samples, centers.rows());
  for_each_output(team, x, model.encoder, [&](Index begin, Index n_rows, const RowBuffer<S>& z) {
    Vector<double> scratch(2 * centers.rows());
    result.set(begin, n_rows, z, centers, degrees_of_freedom, scratch);
  });
  return result;
}

/// From encoder and decoder to a model that lacks only labels and masses.
template <Real S>
DeepClusterModel<S> clustered(Team& team, const Samples<S>& x, AutoencoderModel<S> start,
                              const DeepClusterOptions& options, EpochLog& log) {
  DeepClusterModel<S> model;
  model.encoder = std::move(start.encoder);
  if (options.reconstruction_weight > 0) model.decoder = std::move(start.decoder);
  model.cluster_centers = initial_centers(team, x, model.encoder, options);
  cluster(team, x, options, log, model);
  model.report.n_iterations = log.n_epochs();
  model.report.objective = log.n_epochs() > 0 ? log.latest_loss() : 0;
  return model;
}

/// Labels and masses of the training samples, by the path that new samples take.
template <Real S>
void assign_training_samples(Team& team, const Samples<S>& x, double degrees_of_freedom,
                             DeepClusterModel<S>& model) {
  Memberships<S> found = memberships_of(team, x, model, degrees_of_freedom);
  model.cluster_masses = found.masses();
  model.labels = std::move(found.labels);
}

template <class V> void check_clustering_data(const V& x, const DeepClusterOptions& options) {
  check_training_data(deep_cluster, x);
  check_option(options.n_clusters <= x.rows(), deep_cluster, "n_clusters",
               ("<= n_samples = " + printed(x.rows())).c_str(), options.n_clusters);
}

template <Real S, class V>
DeepClusterModel<S> fit_deep_cluster(const V& x, const DeepClusterOptions& options) {
  check_clustering_data(x, options);
  RowMatrix<S> scaled = x;
  const S scale = unit_scale(scaled);
  scaled *= scale;
  Team team(options.n_threads);
  const Index n_stages =
      options.layerwise_pretraining ? static_cast<Index>(options.encoder_sizes.size()) + 1 : 1;
  const Index n_epochs = product_or_most(n_stages, n_pretraining_epochs(options, x.rows()));
  const Index total = sum_or_most(n_epochs, options.max_iterations);
  EpochLog log(deep_cluster, options.on_iteration, total);
  log.set_rate("pretraining_learning_rate");
  AutoencoderModel<S> start = pretrained(team, Samples<S>(scaled), options, log);
  log.set_rate("learning_rate");
  DeepClusterModel<S> model = clustered(team, Samples<S>(scaled), std::move(start), options, log);
  absorb_scale(scale, model);
  assign_training_samples(team, Samples<S>(x), options.degrees_of_freedom, model);
  return model;
}

/// The same from an autoencoder that is fitted already, for samples as it knows them.
template <Real S, class V>
DeepClusterModel<S> fit_deep_cluster_from(const V& x, const AutoencoderModel<S>& start,
                                          const DeepClusterOptions& options) {
  check_clustering_data(x, options);
  const RowWise<S> rows(x);
  Team team(options.n_threads);
  EpochLog log(deep_cluster, options.on_iteration, options.max_iterations);
  DeepClusterModel<S> model = clustered(team, rows.samples(), start, options, log);
  assign_training_samples(team, rows.samples(), options.degrees_of_freedom, model);
  return model;
}

}  // namespace unlabeled::detail
