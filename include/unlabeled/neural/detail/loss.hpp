// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>

#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/neural/detail/activation.hpp"
#include "unlabeled/neural/detail/row_buffer.hpp"
#include "unlabeled/neural/network_options.hpp"

// What a network is blamed for: losses of one sample, and their gradients by the sums of the last
// layer, before its activation.

namespace unlabeled::detail {

/// |a - b|², added up in eight sums, so that no addition waits for the one before.
template <Real S> double squared_difference(const S* a, const S* b, Index count) {
  constexpr Index n_sums = 8;
  Eigen::Array<double, n_sums, 1> sums = Eigen::Array<double, n_sums, 1>::Zero();
  Index j = 0;
  for (; j + n_sums <= count; j += n_sums)
    for (Index t = 0; t < n_sums; ++t) {
      const double difference = static_cast<double>(a[j + t]) - static_cast<double>(b[j + t]);
      sums[t] += difference * difference;
    }
  for (; j < count; ++j) {
    const double difference = static_cast<double>(a[j]) - static_cast<double>(b[j]);
    sums[0] += difference * difference;
  }
  return sums.sum();
}

/// Sum of the loss over the features of a sample.
template <Real S> double loss_of(Loss loss, const S* output, const S* target, Index n_features) {
  if (loss == Loss::mean_squared) return squared_difference(output, target, n_features);
  double sum = 0;
  for (Index j = 0; j < n_features; ++j) {
    const double y = static_cast<double>(output[j]), x = static_cast<double>(target[j]);
    // In this order of arguments a maximum with what is not a number is not one either.
    sum -= x * std::max(std::log(y), -100.0) + (1 - x) * std::max(std::log1p(-y), -100.0);
  }
  return sum;
}

/// delta = gradient of scale * loss by the sums of the last layer. Binary cross-entropy belongs to
/// the sigmoid: their derivatives cancel to output - target, with no division by what saturates.
template <Real S>
void set_delta(Loss loss, Activation activation, S scale, const RowBuffer<S>& output,
               const RowBuffer<S>& target, Index row, RowBuffer<S>& delta) {
  const Index n = output.n_columns();
  const S factor = loss == Loss::mean_squared ? 2 * scale : scale;
  const S *y = output.row(row), *x = target.row(row);
  S* d = delta.row(row);
  for (Index j = 0; j < n; ++j) d[j] = factor * (y[j] - x[j]);
  if (loss == Loss::binary_cross_entropy) return;
  for (Index p = 0; p < n_panels<S>(n); ++p)
    multiply_by_derivative(activation, y + p * tile_lanes<S>, d + p * tile_lanes<S>);
}

}  // namespace unlabeled::detail
