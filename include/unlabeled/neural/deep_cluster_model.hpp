// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "unlabeled/core/report.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/neural/network_options.hpp"

// Options and model of DeepCluster, apart from the class because its training needs them first.

namespace unlabeled {

struct DeepClusterOptions {
  Index n_clusters = 8;
  std::vector<Index> encoder_sizes = {500, 500, 2000, 10};  ///< the last one is the embedding's
  Index n_pretraining_epochs = -1;  ///< of each stage; 0: random start; -1: 10, or 4000 updates
  double pretraining_learning_rate = 1e-3;  ///< of Adam at first; it falls to 0 in each stage
  Index pretraining_batch_size = 64;        ///< samples per update of pretraining
  double pretraining_noise = 0.2;     ///< share of inputs set to zero while single layers learn
  bool layerwise_pretraining = true;  ///< first train each pair of layers alone, outermost first
  double learning_rate = 1e-4;        ///< of Adam, while clustering
  Index batch_size = 256;             ///< samples per update, while clustering
  Index max_iterations = 20000;       ///< updates, while clustering
  double degrees_of_freedom = 1;      ///< of Student's t; more: memberships fade faster
  Index update_interval = 140;        ///< updates between refreshes of the target
  double tolerance = 1e-3;            ///< stop when a smaller share of labels changes; 0: never
  double reconstruction_weight = 0;   ///< 0: DEC; above: IDEC, which keeps the decoder
  Index n_init = 20;                  ///< starts of KMeans in the embedding
  Activation activation = Activation::relu;  ///< of hidden layers; the embedding itself is linear
  std::uint64_t seed = 0;         ///< same seed and data, same result, whatever n_threads is
  int n_threads = 0;              ///< 0 = all hardware threads, 1 = the calling thread only
  OnIteration on_iteration = {};  ///< once an epoch of pretraining (change: the fall of its
                                  ///< loss), then once an update (change: what `tolerance`
                                  ///< bounds); objective: the loss
};

template <Real S> struct DeepClusterModel {
  std::vector<DenseLayer<S>> encoder;  ///< from n_features to the embedding
  std::vector<DenseLayer<S>> decoder;  ///< and back; none without a reconstruction_weight
  Matrix<S> cluster_centers;           ///< n_clusters x embedding
  Labels labels;                       ///< n_samples, equal to predict(training data)
  Vector<double> cluster_masses;       ///< n_clusters: sums of memberships; n_samples in all
  Vector<double> loss_history;         ///< mean loss of the updates between two refreshes
  bool collapsed = false;  ///< a cluster was losing its samples: this is the state before that
  Report report;           ///< objective: the latest loss
};

}  // namespace unlabeled
