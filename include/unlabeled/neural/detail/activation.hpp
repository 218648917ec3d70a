// SPDX-License-Identifier: MIT
#pragma once

#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/packet.hpp"
#include "unlabeled/linalg/tile.hpp"
#include "unlabeled/neural/network_options.hpp"

// Activations and their derivatives on the lanes of one row of a tile, while they are in the first
// cache. Derivatives are functions of the activation's value: the sums themselves are not kept.

namespace unlabeled::detail {

template <Real S> using Lanes = Eigen::Map<Eigen::Array<S, static_cast<int>(tile_lanes<S>), 1>>;
template <Real S>
using ConstLanes = Eigen::Map<const Eigen::Array<S, static_cast<int>(tile_lanes<S>), 1>>;

/// values = activation(values). Absolute error of a few units in the last place of 1.
template <Real S> void activate(Activation activation, S* values) {
  constexpr S one = 1, two = 2;
  Lanes<S> a(values);
  switch (activation) {
    case Activation::linear:
      return;
    case Activation::relu:
      a = a.max(S(0));
      return;
    case Activation::tanh:
      // Eigen has a packet form of it for float only. Beyond 20 the value is 1 in double too, and
      // the exponential stays in range.
      a = one - two / ((two * a.min(S(20)).max(S(-20))).exp() + one);
      return;
    case Activation::sigmoid:
      a = one / (one + (-a.max(S(-80)).min(S(80))).exp());
      return;
    case Activation::softplus:
      a = a.max(S(0)) + (one + (-a.abs()).exp()).log();
      return;
  }
}

/// gradient *= activation'(sum), where value = activation(sum).
template <Real S> void multiply_by_derivative(Activation activation, const S* values, S* gradient) {
  constexpr S one = 1;
  const ConstLanes<S> a(values);
  Lanes<S> g(gradient);
  switch (activation) {
    case Activation::linear:
      return;
    case Activation::relu:
      g = (a > S(0)).select(g, S(0));
      return;
    case Activation::tanh:
      g *= one - a * a;
      return;
    case Activation::sigmoid:
      g *= a * (one - a);
      return;
    case Activation::softplus:
      g *= one - (-a).exp();
      return;
  }
}

}  // namespace unlabeled::detail
