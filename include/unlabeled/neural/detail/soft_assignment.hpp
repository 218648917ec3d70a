// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "unlabeled/core/types.hpp"

// How much a sample belongs to each cluster, and how much it should.

namespace unlabeled::detail {

/// Below this nothing can be said about what is near.
inline constexpr double least_closeness = 1e-300;

/// q_j of a point z: kernel_j / sum of the kernels, with Student's
///     kernel_j = (1 + |z - c_j|² / a)^(-(a + 1) / 2).
/// `closeness` becomes 1 / (1 + |z - c_j|² / a), which gradients need. Returns the cluster of the
/// greatest q, the first of equal ones. Where distances leave the range of numbers, all q are equal.
template <Real S>
int assign(const S* z, const RowMatrix<S>& centers, double degrees_of_freedom, double* closeness,
           double* q) {
  const Index k = centers.rows(), dimension = centers.cols();
  double* squares = q;
  double least = std::numeric_limits<double>::infinity();
  for (Index j = 0; j < k; ++j) {
    const S* center = centers.data() + j * dimension;
    squares[j] = 0;
    for (Index t = 0; t < dimension; ++t) {
      const double difference = static_cast<double>(z[t]) - static_cast<double>(center[t]);
      squares[j] += difference * difference;
    }
    closeness[j] = 1 / (1 + squares[j] / degrees_of_freedom);
    if (squares[j] < least) least = squares[j];
  }
  const double greatest = 1 / (1 + least / degrees_of_freedom);
  if (greatest < least_closeness) {
    std::fill_n(q, k, 1 / static_cast<double>(k));
    return 0;
  }
  // Relative to the nearest centre, so that no power underflows for all of them; by logarithms that
  // stay exact where many degrees of freedom bring the kernel next to a normal one.
  double sum = 0;
  for (Index j = 0; j < k; ++j) {
    q[j] = degrees_of_freedom == 1 ? closeness[j] / greatest
                                   : std::exp((degrees_of_freedom + 1) / 2 *
                                              (std::log1p(least / degrees_of_freedom) -
                                               std::log1p(squares[j] / degrees_of_freedom)));
    sum += q[j];
  }
  for (Index j = 0; j < k; ++j) q[j] /= sum;
  return static_cast<int>(std::max_element(q, q + k) - q);
}

/// p_j = (q_j² / mass_j) / sum over j: what is sure becomes surer, and large clusters do not draw
/// everything to them. The mass of a cluster is the sum of its q over all samples.
template <Real S> void sharpen(const S* q, const Vector<double>& masses, double* p) {
  double sum = 0;
  for (Index j = 0; j < masses.size(); ++j) {
    const double membership = static_cast<double>(q[j]);
    p[j] = membership * membership / std::max(masses[j], 1e-300);
    sum += p[j];
  }
  for (Index j = 0; j < masses.size(); ++j) p[j] /= sum;
}

}  // namespace unlabeled::detail
