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

/// Sum of the loss over the features of a sample.
template <Real S> double loss_of(Loss loss, const S* output, const S* target, Index n_features) {
  double sum = 0;
  if (loss == Loss::mean_squared) {
    for (Index j = 0; j < n_features; ++j) {
      const double difference = static_cast<double>(output[j]) - static_cast<double>(target[j]);
      sum += difference * difference;
    }
    return sum;
  }
  for (Index j = 0; j < n_features; ++j) {
    const double y = static_cast<double>(output[j]), x = static_cast<double>(target[j]);
    sum -= x * std::max(-100.0, std::log(y)) + (1 - x) * std::max(-100.0, std::log1p(-y));
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
