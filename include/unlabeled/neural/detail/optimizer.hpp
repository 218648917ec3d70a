// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>

#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/packet.hpp"
#include "unlabeled/neural/network_options.hpp"

// How weights follow their gradients. An update works on whatever piece of a gradient has just been
// computed, so that a gradient is never stored as a whole.

namespace unlabeled::detail {

struct OptimizerOptions {
  Optimizer optimizer = Optimizer::adam;
  double momentum = 0.9;  // of sgd
  double weight_decay = 0;
};

/// One step of an optimizer: the same for all weights of a network. `moments` of a weight are the
/// two running means of Adam, or the velocity of SGD and nothing.
template <Real S> class OptimizerStep {
 public:
  /// Step number `step` >= 1 at this learning rate.
  OptimizerStep(const OptimizerOptions& options, double learning_rate, Index step)
      : optimizer_(options.optimizer),
        weight_decay_(static_cast<S>(options.weight_decay)),
        momentum_(static_cast<S>(options.momentum)),
        rate_(static_cast<S>(learning_rate)) {
    if (optimizer_ == Optimizer::sgd) return;
    const double count = static_cast<double>(step);
    rate_ = static_cast<S>(learning_rate / (1 - std::pow(first_decay, count)));
    root_factor_ = static_cast<S>(1 / std::sqrt(1 - std::pow(second_decay, count)));
  }

  /// Moves `count` weights, a multiple of the packet size, against their gradient.
  void operator()(const S* gradient, Index count, S* weights, S* first, S* second) const {
    if (optimizer_ == Optimizer::adam)
      adam(gradient, count, weights, first, second);
    else
      sgd(gradient, count, weights, first);
  }

 private:
  static constexpr double first_decay = 0.9, second_decay = 0.999, epsilon = 1e-8;

  /// Zero for what is too small to matter: where gradients have become zero for good, moments would
  /// decay into denormal numbers, which many processors handle a hundred times slower.
  static EIGEN_ALWAYS_INLINE Packet<S> without_dust(const Packet<S>& moment) {
    const Packet<S> tiny = broadcast<S>(S(1e-30)), zero = broadcast<S>(S(0));
    const Packet<S> magnitude = maximum<S>(moment, subtract<S>(zero, moment));
    return select<S>(less<S>(magnitude, tiny), zero, moment);
  }

  EIGEN_ALWAYS_INLINE Packet<S> decayed_gradient(const S* gradient, const Packet<S>& weight) const {
    return multiply_add<S>(broadcast<S>(weight_decay_), weight, load<S>(gradient));
  }

  void adam(const S* gradient, Index count, S* weights, S* first, S* second) const {
    const Packet<S> keep_first = broadcast<S>(S(first_decay)),
                    add_first = broadcast<S>(S(1 - first_decay));
    const Packet<S> keep_second = broadcast<S>(S(second_decay)),
                    add_second = broadcast<S>(S(1 - second_decay));
    const Packet<S> root_factor = broadcast<S>(root_factor_), step = broadcast<S>(-rate_);
    for (Index i = 0; i < count; i += packet_size<S>) {
      const Packet<S> weight = load<S>(weights + i);
      const Packet<S> g = decayed_gradient(gradient + i, weight);
      const Packet<S> m =
          without_dust(multiply_add<S>(keep_first, load<S>(first + i), multiply<S>(add_first, g)));
      const Packet<S> v = without_dust(multiply_add<S>(keep_second, load<S>(second + i),
                                                       multiply<S>(add_second, multiply<S>(g, g))));
      const Packet<S> root =
          multiply_add<S>(square_root<S>(v), root_factor, broadcast<S>(S(epsilon)));
      store<S>(first + i, m);
      store<S>(second + i, v);
      store<S>(weights + i, multiply_add<S>(step, divide<S>(m, root), weight));
    }
  }

  void sgd(const S* gradient, Index count, S* weights, S* velocity) const {
    const Packet<S> momentum = broadcast<S>(momentum_), step = broadcast<S>(-rate_);
    for (Index i = 0; i < count; i += packet_size<S>) {
      const Packet<S> weight = load<S>(weights + i);
      const Packet<S> v = without_dust(
          multiply_add<S>(momentum, load<S>(velocity + i), decayed_gradient(gradient + i, weight)));
      store<S>(velocity + i, v);
      store<S>(weights + i, multiply_add<S>(step, v, weight));
    }
  }

  Optimizer optimizer_;
  S weight_decay_;
  S momentum_;
  S rate_;
  S root_factor_ = 1;
};

/// The learning rate of an epoch, counted from 0.
inline double scheduled_rate(LearningRateSchedule schedule, double rate, Index epoch,
                             Index n_epochs) {
  const double progress = static_cast<double>(epoch) / static_cast<double>(n_epochs);
  switch (schedule) {
    case LearningRateSchedule::step:
      return rate * std::pow(0.1, std::floor(3 * progress));
    case LearningRateSchedule::cosine:
      return rate * (1 + std::cos(3.14159265358979323846 * progress)) / 2;
    default:
      return rate;
  }
}

}  // namespace unlabeled::detail
