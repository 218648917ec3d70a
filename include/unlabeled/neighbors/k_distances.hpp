// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "unlabeled/core/check.hpp"
#include "unlabeled/core/knee.hpp"
#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/metric.hpp"
#include "unlabeled/neighbors/metric_space.hpp"
#include "unlabeled/neighbors/partition.hpp"

namespace unlabeled {

/// How far the neighbours of samples are, and where that begins to rise.
struct KDistances {
  Vector<double> distances;  ///< one a sample, ascending
  Index knee = 0;            ///< position of the bend
  double suggested_eps = 0;  ///< distances(knee), or the first above 0 after it; 0 if all are 0
};

namespace detail {

/// The k least distances so far of each of some rows.
class LeastDistances {
 public:
  LeastDistances(Index n_rows, Index k)
      : k_(static_cast<std::size_t>(k)), heaps_(static_cast<std::size_t>(n_rows)) {}

  void take(Index row, double distance) {
    std::vector<double>& heap = heaps_[static_cast<std::size_t>(row)];
    if (heap.size() == k_) {
      if (distance >= heap.front()) return;
      std::pop_heap(heap.begin(), heap.end());
      heap.back() = distance;
    } else {
      heap.push_back(distance);
    }
    std::push_heap(heap.begin(), heap.end());
  }
  [[nodiscard]] bool full(Index row) const {
    return heaps_[static_cast<std::size_t>(row)].size() == k_;
  }
  [[nodiscard]] double greatest(Index row) const {
    return heaps_[static_cast<std::size_t>(row)].front();
  }

 private:
  std::size_t k_;
  std::vector<std::vector<double>> heaps_;
};

/// Distances from the samples of one leaf to their k-th neighbours.
template <Real S>
void leaf_k_distances(const Partition<double>& partition, const MetricSpace<S>& space,
                      const Samples<S>& x, Index leaf, Index k, double* distances) {
  const Range range = partition.range(leaf);
  const Index n = range.size();
  RowMatrix<double> rows(n, partition.padded_features());
  for (Index r = 0; r < n; ++r) partition.copy_row(range.begin + r, rows.row(r).data());
  LeastDistances least(n, k);
  Vector<double> limits = Vector<double>::Constant(n, std::numeric_limits<double>::max());
  // k duplicates are enough: no other can be nearer.
  const auto limit_of = [&](double greatest) {
    return greatest > 0 ? space.template bounds<double>(greatest).second : -1.0;
  };
  double farthest = limits[0];
  partition.spread(leaf, [&](Index node) {
    if (partition.gap(partition.box(leaf), partition.box(node)) * 0.9999 > farthest) return false;
    if (!partition.is_leaf(node)) return true;
    partition.scan(rows.data(), n, node, farthest,
                   [&](Index r, Index p, std::uint32_t present, const auto& tile, Index t) {
                     std::uint32_t near = tile_lanes_at_most<double>(tile, t, limits[r]) & present;
                     if (near == 0) return true;
                     for (; near != 0; near &= near - 1)
                       least.take(r, space.distance(x, partition.sample(range.begin + r), x,
                                                    partition.sample(p + std::countr_zero(near))));
                     if (least.full(r)) limits[r] = limit_of(least.greatest(r));
                     return true;
                   });
    farthest = limits.maxCoeff();
    return true;
  });
  for (Index r = 0; r < n; ++r)
    distances[partition.sample(range.begin + r)] = space.plain(least.greatest(r));
}

template <Real S> Vector<double> k_distances_precomputed(Team& team, const Samples<S>& x, Index k) {
  Vector<double> distances(x.n_samples);
  team.for_each_chunk(Chunks{x.n_samples, 64}, [&](Range rows, int) {
    std::vector<S> row(static_cast<std::size_t>(x.n_features));
    for (Index i = rows.begin; i < rows.end; ++i) {
      for (Index j = 0; j < x.n_features; ++j) row[static_cast<std::size_t>(j)] = x(i, j);
      std::nth_element(row.begin(), row.begin() + (k - 1), row.end());
      distances[i] = static_cast<double>(row[static_cast<std::size_t>(k - 1)]);
    }
  });
  return distances;
}

template <class V> KDistances k_distances(const V& x, Index k, Metric metric, int n_threads) {
  using S = typename V::Scalar;
  constexpr const char* owner = "k_distances";
  check_sample_numbers(owner, x.rows());
  check_training_data(owner, x);
  check_option(k >= 1, owner, "k", ">= 1", k);
  check_option(k <= x.rows(), owner, "k", ("<= n_samples = " + printed(x.rows())).c_str(), k);
  check_metric(owner, metric);
  check_n_threads(owner, n_threads);
  if (metric == Metric::cosine) check_directions(owner, x);
  if (metric == Metric::precomputed) check_distances(owner, x);
  Team team(n_threads);
  const Samples<S> samples(x);
  KDistances result;
  if (metric == Metric::precomputed) {
    result.distances = k_distances_precomputed(team, samples, k);
  } else {
    const MetricSpace<S> space(metric, samples, 0);
    const Partition<double> partition(team, space, samples, all_samples(x.rows()));
    result.distances.resize(x.rows());
    team.run(partition.n_leaves(), [&](Index leaf, int) {
      leaf_k_distances(partition, space, samples, partition.first_leaf() + leaf, k,
                       result.distances.data());
    });
  }
  std::sort(result.distances.begin(), result.distances.end());
  result.knee = static_cast<Index>(
      knee(result.distances.data(), static_cast<std::size_t>(result.distances.size())));
  const double* const from = result.distances.data() + result.knee;
  const double* const end = result.distances.data() + result.distances.size();
  const double* const positive = std::upper_bound(from, end, 0.0);
  result.suggested_eps = positive == end ? 0 : *positive;
  return result;
}

}  // namespace detail

/// The distance of each sample to its k-th nearest one, itself being the first as in
/// DBSCANOptions::min_samples: with eps at least that large, it is a core sample. Sorted, so that
/// distances(i) is the eps that makes i + 1 samples core.
///
/// In clusters the curve is flat, among noise it climbs; suggested_eps is where it lies farthest
/// below the straight line between its ends (the knee of Kneedle, without smoothing), or where it
/// leaves 0 if that is later. It is 0 only where every distance is 0: then any eps > 0 makes all
/// samples core. A suggestion: look at the curve; clusters of very different density have several
/// bends.
///
/// Shapes      X is n_samples x n_features (or n_samples x n_samples distances where the metric is
///             precomputed); distances are in the units of the metric, in double and exact.
/// Cost        a search in a k-d partition for each sample: between n log n and n_samples^2
///             n_features operations; memory 10 n_features + 30 bytes a sample. No randomness.
/// Threads     over leaves; n_threads 0 = all hardware threads. The result does not depend on it.
/// Throws      std::invalid_argument unless 1 <= k <= n_samples, and as DBSCAN for X.
///
/// @code
/// const double eps = unlabeled::k_distances(X, 10).suggested_eps;
/// const auto dbscan = unlabeled::DBSCAN<double>({.eps = eps, .min_samples = 10}).fit(X);
/// @endcode
///
/// References: M. Ester et al., "A density-based algorithm for discovering clusters in large spatial
/// databases with noise", KDD 1996 (the curve); V. Satopaa, J. Albrecht, D. Irwin, B. Raghavan,
/// "Finding a 'Kneedle' in a haystack", ICDCS workshops 2011, doi 10.1109/ICDCSW.2011.20.
template <class X>
requires MatrixOf<X, float> || MatrixOf<X, double>
[[nodiscard]] KDistances k_distances(const X& x, Index k, Metric metric = Metric::euclidean,
                                     int n_threads = 0) {
  return detail::k_distances(View<X>(x), k, metric, n_threads);
}

}  // namespace unlabeled
