// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

// Where a curve bends: the rule of Kneedle (V. Satopaa, J. Albrecht, D. Irwin, B. Raghavan, ICDCS
// workshops 2011, doi 10.1109/ICDCSW.2011.20) without smoothing and with sensitivity 0.

namespace unlabeled::detail {

/// Position of the point farthest below the straight line from the first to the last point; 0 where
/// none lies below it by more than rounding.
inline std::size_t knee(const double* curve, std::size_t n_points) {
  const double first = curve[0], last = curve[n_points - 1];
  const auto n_steps = static_cast<double>(std::max<std::size_t>(1, n_points - 1));
  double deepest = 1e-12 * std::max(std::abs(first), std::abs(last));
  std::size_t position = 0;
  for (std::size_t i = 0; i < n_points; ++i) {
    const double line = first + (last - first) * static_cast<double>(i) / n_steps;
    if (line - curve[i] > deepest) deepest = line - curve[i], position = i;
  }
  return position;
}
inline std::size_t knee(const std::vector<double>& curve) {
  return knee(curve.data(), curve.size());
}

}  // namespace unlabeled::detail
