// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "unlabeled/core/check.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/neural/network_options.hpp"

// What networks ask of their options, and of models that come from elsewhere.

namespace unlabeled::detail {

template <class Enum>
void check_member(const char* owner, const char* option, const char* allowed, Enum value,
                  Enum last) {
  const int number = static_cast<int>(value);
  check_option(number >= 0 && number <= static_cast<int>(last), owner, option, allowed, number);
}

inline void check_share(const char* owner, const char* option, double value) {
  check_option(is_finite(value) && value >= 0 && value < 1, owner, option, ">= 0 and < 1", value);
}

inline void check_encoder_sizes(const char* owner, const std::vector<Index>& sizes) {
  if (sizes.empty()) refuse(owner, "encoder_sizes must have at least 1 width, got none");
  for (std::size_t l = 0; l < sizes.size(); ++l)
    if (sizes[l] < 1 || sizes[l] >= (Index{1} << 24))
      refuse(owner, "encoder_sizes must be from 1 to 16777215, got " + printed(sizes[l]) +
                        " at position " + printed(l));
}

/// What the last layer applies where the options leave it open.
template <class Options> Activation output_activation(const Options& options) {
  return options.output_activation.value_or(
      options.loss == Loss::binary_cross_entropy ? Activation::sigmoid : Activation::linear);
}

/// The options that every kind of autoencoder has.
template <class Options> void check_training_options(const char* owner, const Options& options) {
  check_encoder_sizes(owner, options.encoder_sizes);
  check_member(owner, "activation", "a member of Activation", options.activation,
               Activation::softplus);
  if (options.output_activation)
    check_member(owner, "output_activation", "a member of Activation", *options.output_activation,
                 Activation::softplus);
  check_member(owner, "loss", "a member of Loss", options.loss, Loss::binary_cross_entropy);
  const Activation output = output_activation(options);
  if (options.loss == Loss::binary_cross_entropy)
    check_option(output == Activation::sigmoid, owner, "output_activation",
                 "Activation::sigmoid (3) for loss binary_cross_entropy", static_cast<int>(output));
  check_member(owner, "optimizer", "a member of Optimizer", options.optimizer, Optimizer::sgd);
  check_option(is_finite(options.learning_rate) && options.learning_rate > 0, owner,
               "learning_rate", "> 0 and finite", options.learning_rate);
  check_member(owner, "schedule", "a member of LearningRateSchedule", options.schedule,
               LearningRateSchedule::cosine);
  check_share(owner, "momentum", options.momentum);
  check_option(options.batch_size >= 1, owner, "batch_size", ">= 1", options.batch_size);
  check_option(options.n_epochs >= 1, owner, "n_epochs", ">= 1", options.n_epochs);
  check_share(owner, "validation_fraction", options.validation_fraction);
  check_option(options.patience >= 0, owner, "patience", ">= 0 (0 = never stop early)",
               options.patience);
  check_option(options.patience == 0 || options.validation_fraction > 0, owner, "patience",
               "0 where validation_fraction is 0", options.patience);
  check_share(owner, "noise", options.noise);
  check_option(is_finite(options.weight_decay) && options.weight_decay >= 0, owner, "weight_decay",
               ">= 0 and finite", options.weight_decay);
  check_n_threads(owner, options.n_threads);
}

/// Layers from elsewhere: of these widths, one after the other.
template <Real S>
void check_layers(const char* owner, const std::string& field,
                  const std::vector<DenseLayer<S>>& layers, const std::vector<Index>& widths) {
  if (layers.size() + 1 != widths.size())
    refuse(owner, field + " must have " + printed(widths.size() - 1) + " layers, got " +
                      printed(layers.size()));
  for (std::size_t l = 0; l < layers.size(); ++l) {
    const std::string name = field + "[" + printed(l) + "]";
    const DenseLayer<S>& layer = layers[l];
    if (layer.weights.rows() != widths[l] || layer.weights.cols() != widths[l + 1] ||
        layer.bias.size() != widths[l + 1])
      refuse(owner, name + " must have weights of " + printed(widths[l]) + " x " +
                        printed(widths[l + 1]) + " and as many biases as columns, got " +
                        printed(layer.weights.rows()) + " x " + printed(layer.weights.cols()) +
                        " and " + printed(layer.bias.size()));
    check_finite(owner, (name + ".weights").c_str(), layer.weights);
    check_finite(owner, (name + ".bias").c_str(), layer.bias);
    check_member(owner, (name + ".activation").c_str(), "a member of Activation", layer.activation,
                 Activation::softplus);
  }
}

/// Binary cross-entropy compares probabilities.
template <class V> void check_probabilities(const char* owner, const V& x) {
  for (Index i = 0; i < x.rows(); ++i)
    for (Index j = 0; j < x.cols(); ++j)
      if (!(x.coeff(i, j) >= 0 && x.coeff(i, j) <= 1))
        refuse(owner, "X must be from 0 to 1 for loss binary_cross_entropy, got " +
                          printed(x.coeff(i, j)) + " at row " + printed(i) + ", column " +
                          printed(j));
}

/// Codes to be decoded.
template <class V> void check_code(const char* owner, const V& z, Index size) {
  if (z.cols() != size)
    refuse(owner, "Z must have " + printed(size) + " columns (the size of the code), got " +
                      printed(z.cols()));
  check_finite(owner, "Z", z);
}

}  // namespace unlabeled::detail
