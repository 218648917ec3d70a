// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "unlabeled/core/types.hpp"

// The words in which networks are described.

namespace unlabeled {

/// What a layer applies to each of its sums.
enum class Activation {
  linear,   ///< a
  relu,     ///< max(a, 0)
  tanh,     ///< (e^a - e^-a) / (e^a + e^-a)
  sigmoid,  ///< 1 / (1 + e^-a)
  softplus  ///< log(1 + e^a)
};

/// How far outputs y are from targets x; means over samples and features.
enum class Loss {
  mean_squared,         ///< (y - x)²
  binary_cross_entropy  ///< -x log y - (1 - x) log(1 - y), logarithms not below -100
};

enum class Optimizer {
  adam,  ///< Kingma and Ba 2015, decay rates 0.9 and 0.999, epsilon 1e-8, corrected for bias
  sgd    ///< v = momentum v + g, w -= rate v
};

/// How the learning rate changes with the epochs.
enum class LearningRateSchedule {
  constant,
  step,   ///< a tenth of it after each third of the epochs
  cosine  ///< rate (1 + cos(pi epoch / n_epochs)) / 2
};

/// y = activation(W^T x + b): one layer of a network.
template <Real S> struct DenseLayer {
  Matrix<S> weights;  ///< n_inputs x n_outputs
  Vector<S> bias;     ///< n_outputs
  Activation activation = Activation::linear;
};

/// Where an optimizer stands, for training that goes on.
template <Real S> struct OptimizerState {
  Index n_steps = 0;
  std::vector<DenseLayer<S>> first_moments;   ///< a layer each; empty before the first step
  std::vector<DenseLayer<S>> second_moments;  ///< unused by sgd, whose velocity is the first
};

}  // namespace unlabeled
