// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>

#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/metric.hpp"
#include "unlabeled/linalg/packet.hpp"

// The measure of a metric: what adds up over the features and grows with the distance, the square
// for euclidean, the distance itself for manhattan and chebyshev. Every distance between samples is
// computed by the packet operations below, feature after feature, whoever asks: then one pair has
// one length, to the last bit, and ties are ties everywhere.

namespace unlabeled::detail {

/// The measure with one more feature, in which the samples differ by `difference`.
template <Metric metric>
EIGEN_ALWAYS_INLINE Packet<double> add_difference(const Packet<double>& measure,
                                                  const Packet<double>& difference) {
  static_assert(metric == Metric::euclidean || metric == Metric::manhattan ||
                metric == Metric::chebyshev);
  if constexpr (metric == Metric::euclidean) {
    return multiply_add<double>(difference, difference, measure);
  } else {
    const Packet<double> magnitude =
        maximum<double>(difference, subtract<double>(broadcast<double>(0.0), difference));
    if constexpr (metric == Metric::manhattan) return add<double>(measure, magnitude);
    return maximum<double>(measure, magnitude);
  }
}

/// The same for one number, to a rounding: good for bounds with some slack, not for distances.
template <Metric metric> EIGEN_ALWAYS_INLINE double add_gap(double measure, double gap) {
  if constexpr (metric == Metric::euclidean) return measure + gap * gap;
  if constexpr (metric == Metric::manhattan) return measure + std::abs(gap);
  const double magnitude = std::abs(gap);
  return measure > magnitude ? measure : magnitude;
}

template <Metric metric>
EIGEN_ALWAYS_INLINE Packet<double> length_of(const Packet<double>& measure) {
  if constexpr (metric == Metric::euclidean) return square_root<double>(measure);
  return measure;
}
template <Metric metric> EIGEN_ALWAYS_INLINE double length_of(double measure) {
  return metric == Metric::euclidean ? std::sqrt(measure) : measure;
}

/// The measure that no pair of this length exceeds: different squares may have the same root.
template <Metric metric> EIGEN_ALWAYS_INLINE double measure_within(double length) {
  return metric == Metric::euclidean ? length * length * (1 + 0x1p-50) : length;
}

/// A measure is certainly out of reach of `bound` if it is more than this: bounds of boxes add up
/// in another order than distances and differ by rounding.
EIGEN_ALWAYS_INLINE double reach_of(double bound) { return bound * (1 + 0x1p-40); }

}  // namespace unlabeled::detail
