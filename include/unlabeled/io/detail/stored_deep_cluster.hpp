// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

#include "unlabeled/core/types.hpp"
#include "unlabeled/io/detail/stored_model.hpp"
#include "unlabeled/io/detail/stored_networks.hpp"
#include "unlabeled/neural/deep_cluster.hpp"

namespace unlabeled::detail {

template <Real S> struct Stored<DeepCluster<S>> {
  static constexpr const char* kind = "DeepCluster";

  static void options(auto& visit, auto& options) {
    visit("n_clusters", options.n_clusters);
    visit("encoder_sizes", options.encoder_sizes);
    visit_activation(visit, "activation", options.activation);
    visit("n_pretraining_epochs", options.n_pretraining_epochs);
    visit("pretraining_learning_rate", options.pretraining_learning_rate);
    visit("pretraining_batch_size", options.pretraining_batch_size);
    visit("pretraining_noise", options.pretraining_noise);
    visit("layerwise_pretraining", options.layerwise_pretraining);
    visit("learning_rate", options.learning_rate);
    visit("batch_size", options.batch_size);
    visit("max_iterations", options.max_iterations);
    visit("update_interval", options.update_interval);
    visit("tolerance", options.tolerance);
    visit("degrees_of_freedom", options.degrees_of_freedom);
    visit("reconstruction_weight", options.reconstruction_weight);
    visit("n_init", options.n_init);
    visit("seed", options.seed);
    visit("n_threads", options.n_threads);
  }

  /// The numbers of layers are those of the autoencoder that the fit came from, not of the options.
  static void model(auto& visit, auto& model, const DeepClusterOptions&) {
    visit_counted_layers(visit, "encoder", model.encoder);
    visit_counted_layers(visit, "decoder", model.decoder);
    visit("cluster_centers", model.cluster_centers, "n_clusters", "n_embedding");
    visit("labels", model.labels, "n_samples");
    visit("cluster_masses", model.cluster_masses, "n_clusters");
    visit("loss_history", model.loss_history, "n_refreshes");
    visit("collapsed", model.collapsed);
    visit_report(visit, model.report);
  }

 private:
  static void visit_counted_layers(auto& visit, const std::string& name, auto& layers) {
    auto n_layers = static_cast<Index>(layers.size());
    visit((name + ".n_layers").c_str(), n_layers);
    visit.require(n_layers >= 0 && n_layers < 1000, (name + ".n_layers from 0 to 999").c_str());
    visit_layers(visit, name, layers, static_cast<std::size_t>(n_layers));
  }
};

}  // namespace unlabeled::detail
