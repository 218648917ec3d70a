// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/neighbors/metric_space.hpp"
#include "unlabeled/neighbors/nearest_found.hpp"
#include "unlabeled/neighbors/partition.hpp"

namespace unlabeled::detail {

/// Near rows that are searched for together: a leaf of a tree of all the rows.
template <Real T, Real S> class NearestToGroup {
 public:
  NearestToGroup(const Partition<T>& queries, Index leaf, const MetricSpace<S>& space,
                 double radius)
      : queries_(queries),
        space_(space),
        leaf_(leaf),
        range_(queries.range(leaf)),
        rows_(range_.size(), queries.padded_features()),
        found_(static_cast<std::size_t>(range_.size()), NearestFound(radius)),
        limits_(Vector<T>::Constant(range_.size(), space.template bounds<T>(radius).second)) {
    for (Index r = 0; r < range_.size(); ++r)
      queries.copy_row(range_.begin + r, rows_.row(r).data());
  }

  /// `partition` is the tree of `within`, x what the rows are of.
  void search(const Partition<T>& partition, const Samples<S>& within, const Samples<S>& x) {
    const auto box = queries_.box(leaf_);
    T farthest = limits_[0];
    partition.approach({box.lower, box.upper}, 0, [&](Index node) {
      // The gap is a sum in another order than the limits allow for: a little less.
      const T gap = partition.gap({box.lower, box.upper}, partition.box(node)) * T(0.9999);
      if (gap > farthest) return false;
      const T most = greatest_limit(partition.first_sample(node));
      if (gap > most) return false;
      if (!partition.is_leaf(node)) return true;
      scan(partition, node, most, within, x);
      farthest = limits_.maxCoeff();
      return true;
    });
  }

  /// result(row of x, found) for the rows for which there is one.
  template <class Result> void give(Result&& result) const {
    for (Index r = 0; r < range_.size(); ++r)
      if (const NearestFound& found = found_[static_cast<std::size_t>(r)])
        result(static_cast<Index>(queries_.sample(range_.begin + r)), found);
  }

 private:
  /// Below 0 for a row that has a duplicate with a lower number than any of the node.
  [[nodiscard]] T limit(Index r, std::uint32_t first_sample) const {
    const NearestFound& best = found_[static_cast<std::size_t>(r)];
    return best.distance == 0 && best.sample < first_sample ? T(-1) : limits_[r];
  }
  [[nodiscard]] T greatest_limit(std::uint32_t first_sample) const {
    T most = T(-1);
    for (Index r = 0; r < range_.size(); ++r) most = std::max(most, limit(r, first_sample));
    return most;
  }

  void scan(const Partition<T>& partition, Index node, T most, const Samples<S>& within,
            const Samples<S>& x) {
    const std::uint32_t first_sample = partition.first_sample(node);
    partition.scan(rows_.data(), range_.size(), node, most,
                   [&](Index r, Index p, std::uint32_t present, const auto& tile, Index t) {
                     std::uint32_t near =
                         tile_lanes_at_most<T>(tile, t, limit(r, first_sample)) & present;
                     if (near == 0) return true;
                     NearestFound& best = found_[static_cast<std::size_t>(r)];
                     const std::uint32_t row = queries_.sample(range_.begin + r);
                     for (; near != 0; near &= near - 1) {
                       const std::uint32_t other = partition.sample(p + std::countr_zero(near));
                       best.take(space_.distance(x, row, within, other), other);
                     }
                     limits_[r] = space_.template bounds<T>(best.distance).second;
                     return true;
                   });
  }

  const Partition<T>& queries_;
  const MetricSpace<S>& space_;
  Index leaf_;
  Range range_;
  RowMatrix<T> rows_;
  std::vector<NearestFound> found_;
  Vector<T> limits_;
};

/// result(row, found) with the nearest sample of `within` (whose tree is `partition`) at most
/// `radius` (in the units of space.distance()) away, for the rows of x that have one. Rows are
/// searched for in groups of near ones, themselves found by halving.
template <Real T, Real S, class Result>
void find_nearest(Team& team, const Partition<T>& partition, const MetricSpace<S>& space,
                  const Samples<S>& within, double radius, const Samples<S>& x, Result&& result) {
  if (x.n_samples == 0) return;
  const Partition<T> queries(team, space, x, all_samples(x.n_samples));
  team.run(queries.n_leaves(), [&](Index leaf, int) {
    NearestToGroup<T, S> group(queries, queries.first_leaf() + leaf, space, radius);
    group.search(partition, within, x);
    group.give(result);
  });
}

}  // namespace unlabeled::detail
