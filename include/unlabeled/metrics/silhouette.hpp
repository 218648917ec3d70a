// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/packet.hpp"
#include "unlabeled/linalg/tile.hpp"
#include "unlabeled/linalg/unit.hpp"
#include "unlabeled/metrics/detail/labels.hpp"

namespace unlabeled {
namespace detail {

/// Adds the square roots of a tile, lane by lane, to sums of double: float roots are added among
/// themselves only within a tile.
template <Real S, int n_rows>
EIGEN_ALWAYS_INLINE void add_roots(const Tile<S, n_rows>& squares, double* sums) {
  Packet<S> first = square_root<S>(squares.value[0][0]);
  Packet<S> second = square_root<S>(squares.value[0][1]);
  for (int r = 1; r < n_rows; ++r) {
    first = add<S>(first, square_root<S>(squares.value[r][0]));
    second = add<S>(second, square_root<S>(squares.value[r][1]));
  }
  alignas(cache_line_bytes) S lanes[tile_lanes<S>];
  store<S>(lanes, first);
  store<S>(lanes + packet_size<S>, second);
  for (Index lane = 0; lane < tile_lanes<S>; ++lane) sums[lane] += double(lanes[lane]);
}

/// Some panels of samples whose distances to all samples are summed cluster by cluster, so memory
/// does not grow with the number of pairs or clusters.
template <Real S> class SilhouetteBlock {
 public:
  static constexpr Index n_panels = 16;
  static constexpr Index n_lanes = n_panels * tile_lanes<S>;

  explicit SilhouetteBlock(Index n_features)
      : panels_(n_features * n_lanes), sums_(n_lanes), own_(n_lanes), nearest_(n_lanes) {}

  /// Scores of the rows in `range` of `sorted`, whose rows lie in the order of groups.sample.
  void score(const RowMatrix<S>& sorted, const LabelGroups& groups, Range range, double* scores) {
    const Samples<S> samples(sorted);
    used_panels_ = detail::n_panels<S>(range.size());
    for (Index p = 0; p < used_panels_; ++p) {
      const Index begin = range.begin + p * tile_lanes<S>;
      pack_panel<S, S>(samples, begin, std::min(tile_lanes<S>, range.end - begin), nullptr,
                       panel(p));
    }
    nearest_.setConstant(std::numeric_limits<double>::max());
    for (Index c = 0; c + 1 < groups.begin.size(); ++c) {
      const Range members{groups.begin(c), groups.begin(c + 1)};
      sum_distances(sorted, members);
      take_means(members, range);
    }
    for (Index lane = 0; lane < range.size(); ++lane) scores[lane] = silhouette(lane);
  }

 private:
  S* panel(Index p) { return panels_.data() + p * (panels_.size() / n_panels); }

  void sum_distances(const RowMatrix<S>& sorted, Range members) {
    constexpr Index rows_at_once = Index{4} * tile_rows;  // stay in the first cache for all panels
    sums_.setZero();
    const Rows<S> rows{sorted.data(), sorted.cols(), 1};
    for (Index begin = members.begin; begin < members.end; begin += rows_at_once) {
      const Index n_rows = std::min(rows_at_once, members.end - begin);
      for (Index p = 0; p < used_panels_; ++p)
        for_each_row_tile(n_rows, [&](auto height, Index row) {
          Tile<S, height> tile;
          tile.set_zero();
          squared_difference_tile<height>(sorted.cols(), rows.from(begin + row), panel(p), tile);
          add_roots(tile, sums_.data() + p * tile_lanes<S>);
        });
    }
  }

  void take_means(Range members, Range range) {
    const double size = static_cast<double>(members.size());
    for (Index lane = 0; lane < range.size(); ++lane) {
      const Index row = range.begin + lane;
      if (row < members.begin || row >= members.end)
        nearest_(lane) = std::min(nearest_(lane), sums_(lane) / size);
      else
        own_(lane) = members.size() > 1 ? sums_(lane) / (size - 1) : alone;
    }
  }

  [[nodiscard]] double silhouette(Index lane) const {
    const double a = own_(lane), b = nearest_(lane), greater = std::max(a, b);
    return a == alone || greater == 0 ? 0 : (b - a) / greater;
  }

  static constexpr double alone = -1;  // in place of the mean distance within a cluster of one

  Vector<S> panels_;
  Vector<double> sums_, own_, nearest_;
  Index used_panels_ = 0;
};

template <class V>
Vector<double> silhouette(const char* owner, const V& x, const LabelsView& labels, int n_threads) {
  using S = typename V::Scalar;
  const LabelGroups groups = group(checked_labels(owner, x, labels, n_threads));
  RowMatrix<S> sorted(x.rows(), x.cols());  // so that every cluster is one run of whole rows
  for (Index row = 0; row < x.rows(); ++row) sorted.row(row) = x.row(groups.sample(row));
  Team team(n_threads);
  sorted *= unit_factor(largest_magnitude(team, sorted));  // silhouettes do not depend on the unit

  const Chunks chunks{x.rows(), SilhouetteBlock<S>::n_lanes};
  std::vector<SilhouetteBlock<S>> blocks(static_cast<std::size_t>(team.workers(chunks.count())),
                                         SilhouetteBlock<S>(x.cols()));
  Vector<double> sorted_scores(x.rows()), scores(x.rows());
  team.for_each_chunk(chunks, [&](Range range, int worker) {
    blocks[static_cast<std::size_t>(worker)].score(sorted, groups, range,
                                                   sorted_scores.data() + range.begin);
  });
  for (Index row = 0; row < x.rows(); ++row) scores(groups.sample(row)) = sorted_scores(row);
  return scores;
}

}  // namespace detail

/// Silhouette of each sample: (b - a) / max(a, b) in [-1, 1], where a is the mean Euclidean
/// distance to the other samples of its cluster and b the least mean distance to the samples of
/// another cluster. 1: far from other clusters; 0: on a border; negative: nearer to another
/// cluster.
///
/// A sample alone in its cluster scores 0, as does one for which a = b = 0. The label -1 counts as
/// a cluster; leave noise out beforehand where it should not.
///
/// Shapes      X is n_samples x n_features; one int label per sample; returns n_samples values.
/// Cost        n_samples^2 n_features operations; memory for one copy of X, no distance is stored.
///             Distances come from differences (equal samples are at distance exactly 0); sums are
///             double for float data too.
/// Randomness  none.
/// Threads     over samples; n_threads 0 = all hardware threads. The result does not depend on it.
/// Throws      std::invalid_argument unless there are 2 to n_samples - 1 different labels.
///
/// Reference: P. J. Rousseeuw, "Silhouettes: a graphical aid to the interpretation and validation
/// of cluster analysis", J. Comput. Appl. Math. 20, 1987, doi 10.1016/0377-0427(87)90125-7.
template <detail::RealMatrix X>
[[nodiscard]] Vector<typename X::Scalar> silhouette_samples(const X& x, const LabelsView& labels,
                                                            int n_threads = 0) {
  return detail::silhouette("silhouette_samples", View<X>(x), labels, n_threads)
      .template cast<typename X::Scalar>();
}

/// Mean silhouette of all samples: the higher, the denser and better separated the clusters.
/// Everything said at silhouette_samples() holds.
template <detail::RealMatrix X>
[[nodiscard]] double silhouette_score(const X& x, const LabelsView& labels, int n_threads = 0) {
  return detail::silhouette("silhouette_score", View<X>(x), labels, n_threads).mean();
}

}  // namespace unlabeled
