// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <type_traits>
#include <vector>

#include "unlabeled/core/types.hpp"
#include "unlabeled/io/detail/stored_model.hpp"
#include "unlabeled/neural/autoencoder.hpp"
#include "unlabeled/neural/variational_autoencoder.hpp"

namespace unlabeled::detail {

/// Layers name.0, name.1, …; when reading, n_layers of them.
void visit_layers(auto& visit, const std::string& name, auto& layers, std::size_t n_layers) {
  if constexpr (std::remove_reference_t<decltype(visit)>::is_reading) layers.resize(n_layers);
  for (std::size_t l = 0; l < layers.size(); ++l) {
    auto inside = visit.inside(name + "." + std::to_string(l));
    inside("weights", layers[l].weights, "n_inputs", "n_outputs");
    inside("bias", layers[l].bias, "n_outputs");
    inside("activation", layers[l].activation);
  }
}

void visit_activation(auto& visit, const char* name, auto& value) {
  visit(name, value,
        {{"linear", Activation::linear},
         {"relu", Activation::relu},
         {"tanh", Activation::tanh},
         {"sigmoid", Activation::sigmoid},
         {"softplus", Activation::softplus}});
}

/// The options that every kind of autoencoder has.
void visit_training_options(auto& visit, auto& options) {
  visit("encoder_sizes", options.encoder_sizes);
  visit_activation(visit, "activation", options.activation);
  visit_activation(visit, "output_activation", options.output_activation);
  visit(
      "loss", options.loss,
      {{"mean_squared", Loss::mean_squared}, {"binary_cross_entropy", Loss::binary_cross_entropy}});
  visit("optimizer", options.optimizer, {{"adam", Optimizer::adam}, {"sgd", Optimizer::sgd}});
  visit("learning_rate", options.learning_rate);
  visit("batch_size", options.batch_size);
  visit("n_epochs", options.n_epochs);
  visit("validation_fraction", options.validation_fraction);
  visit("patience", options.patience);
  visit("noise", options.noise);
  visit("layerwise_pretraining", options.layerwise_pretraining);
  visit("weight_decay", options.weight_decay);
  visit("schedule", options.schedule,
        {{"constant", LearningRateSchedule::constant},
         {"step", LearningRateSchedule::step},
         {"cosine", LearningRateSchedule::cosine}});
  visit("momentum", options.momentum);
  visit("seed", options.seed);
  visit("n_threads", options.n_threads);
}

/// The fields of the model that every kind of autoencoder has.
void visit_networks(auto& visit, auto& model, std::size_t n_layers) {
  visit_layers(visit, "encoder", model.encoder, n_layers);
  visit_layers(visit, "decoder", model.decoder, n_layers);
  visit("loss_history", model.loss_history, "n_epochs");
  visit("validation_history", model.validation_history, "n_validations");
  visit_report(visit, model.report);
}

template <Real S> struct Stored<Autoencoder<S>> {
  static constexpr const char* kind = "Autoencoder";

  static void options(auto& visit, auto& options) { visit_training_options(visit, options); }

  static void model(auto& visit, auto& model, const AutoencoderOptions& options) {
    const std::size_t n_layers = options.encoder_sizes.size();
    visit_networks(visit, model, n_layers);
    visit("optimizer.n_steps", model.optimizer.n_steps);
    if (model.optimizer.n_steps <= 0) return;
    visit_layers(visit, "optimizer.first_moments", model.optimizer.first_moments, 2 * n_layers);
    visit_layers(visit, "optimizer.second_moments", model.optimizer.second_moments, 2 * n_layers);
  }
};

template <Real S> struct Stored<VariationalAutoencoder<S>> {
  static constexpr const char* kind = "VariationalAutoencoder";

  static void options(auto& visit, auto& options) {
    visit_training_options(visit, options);
    visit("beta", options.beta);
  }

  static void model(auto& visit, auto& model, const VariationalAutoencoderOptions& options) {
    visit_networks(visit, model, options.encoder_sizes.size());
  }
};

}  // namespace unlabeled::detail
