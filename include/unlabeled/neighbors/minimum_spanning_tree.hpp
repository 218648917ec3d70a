// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/metric.hpp"
#include "unlabeled/linalg/unit.hpp"
#include "unlabeled/neighbors/detail/spanning_boruvka.hpp"
#include "unlabeled/neighbors/detail/spanning_prim.hpp"
#include "unlabeled/neighbors/distinct_samples.hpp"
#include "unlabeled/neighbors/spanning_edge.hpp"

// The exact minimum spanning tree of samples, which is single linkage but for sorting its edges.

namespace unlabeled::detail {

/// Which algorithm grows the tree. They give the same edges, to the last bit.
enum class SpanningAlgorithm { automatic, prim, boruvka };

/// Measured on blobs in double with one thread, Prim beside Borůvka in ms: n = 1000, d = 2 0.6 and
/// 0.8; 3000, 2 4.1 and 2.9; 6000, 8 17 and 21; 10000, 8 47 and 36; 10000, 16 81 and 91; 20000, 16
/// 349 and 254; 20000, 32 850 and 740; 20000, 64 1400 and 3200.
inline SpanningAlgorithm spanning_algorithm(Index n_points, Index n_features) {
  const bool tree_pays = n_features <= 32 && n_points >= std::max<Index>(500, 700 * n_features);
  return tree_pays ? SpanningAlgorithm::boruvka : SpanningAlgorithm::prim;
}

/// Tree of distinct points, whose rows number them.
template <Metric metric>
std::vector<SpanningEdge> spanning_tree_of_points(Team& team, RowMatrix<double>& points,
                                                  SpanningAlgorithm algorithm) {
  const Index n = points.rows(), d = points.cols();
  if (n < 2) return {};
  if (algorithm == SpanningAlgorithm::automatic) algorithm = spanning_algorithm(n, d);
  if (algorithm == SpanningAlgorithm::prim) return prim(team, n, SampleDistances<metric>(points));
  // Leaves of 8 take 1.3 times as long in the plane; lists of 2 or 8 instead of 5 up to 1.4 times
  // as long where d = 8.
  constexpr Index leaf_size = 32;
  return Boruvka<metric>(team, points, leaf_size, d < 4 ? 3 : 5).run();
}

template <Metric metric, Real S>
std::vector<SpanningEdge> spanning_tree_of_samples(Team& team, const Samples<S>& x,
                                                   SpanningAlgorithm algorithm) {
  double largest = 0;
  for (Index i = 0; i < x.n_samples; ++i)
    for (Index j = 0; j < x.n_features; ++j)
      largest = std::max(largest, std::abs(static_cast<double>(x(i, j))));
  const double unit = unit_factor(largest, roomy_exponent<double>);
  DistinctSamples distinct = distinct_samples(x, unit);
  std::vector<SpanningEdge> edges =
      spanning_tree_of_points<metric>(team, distinct.points, algorithm);
  const auto sample = [&](Index point) { return distinct.sample[static_cast<std::size_t>(point)]; };
  for (SpanningEdge& edge : edges) edge = {sample(edge.a), sample(edge.b), edge.length / unit};
  edges.insert(edges.end(), distinct.duplicates.begin(), distinct.duplicates.end());
  return edges;
}

/// The n_samples - 1 edges of the minimum spanning tree, sorted by (length, a, b). Pairs of samples
/// are compared by (length, a, b) too, so the tree is unique: the same for every number of threads,
/// storage order and algorithm. Lengths come from differences in double, whatever S is.
///
/// x           n_samples >= 1 samples; for Metric::precomputed the n_samples x n_samples matrix of
///             distances, as check_distances() asks; for cosine no sample of zeros. All finite.
/// Range       any finite samples: they are measured in a power of two, so squares do not overflow.
///             Euclidean lengths below 1e-300 of the largest magnitude in x may come out as 0.
/// Ties        by the numbers as computed: equal lengths of an exact lattice are ties, lengths
///             that only rounding tells apart are not.
/// Symmetry    of a matrix of distances that is symmetric but for rounding, either entry may count.
/// Time        Borůvka on a k-d tree for d <= 32 and enough samples, about n log n for few
///             features; else Prim, n² d / 2 without a matrix. Cosine and precomputed: Prim.
///             Measured exponent of n for blobs between 10k and 100k: 1.1 for d = 2 (also to 1M),
///             1.3 for d = 8 (bench "minimum_spanning_tree").
/// Memory      O(n d), about n (3 d + 20) numbers at most; copies of equal samples cost nothing.
template <Real S>
std::vector<SpanningEdge> minimum_spanning_tree(
    Team& team, const Samples<S>& x, Metric metric,
    SpanningAlgorithm algorithm = SpanningAlgorithm::automatic) {
  std::vector<SpanningEdge> edges;
  switch (metric) {
    case Metric::manhattan:
      edges = spanning_tree_of_samples<Metric::manhattan>(team, x, algorithm);
      break;
    case Metric::chebyshev:
      edges = spanning_tree_of_samples<Metric::chebyshev>(team, x, algorithm);
      break;
    case Metric::cosine:
      edges = prim(team, x.n_samples, SampleDistances<Metric::cosine>(x));
      break;
    case Metric::precomputed:
      edges = prim(team, x.n_samples, GivenDistances<S>(x));
      break;
    default:
      edges = spanning_tree_of_samples<Metric::euclidean>(team, x, algorithm);
  }
  std::sort(edges.begin(), edges.end());
  return edges;
}

}  // namespace unlabeled::detail
