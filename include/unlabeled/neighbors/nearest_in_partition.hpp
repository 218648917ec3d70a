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

/// result(row, found) with the nearest sample of `within` (whose tree is `partition`) at most
/// `radius` (in the units of space.distance()) away, for the rows of x that have one. Rows are
/// searched for in groups of near ones, themselves found by halving.
template <Real T, Real S, class Result>
void find_nearest(Team& team, const Partition<T>& partition, const MetricSpace<S>& space,
                  const Samples<S>& within, double radius, const Samples<S>& x, Result&& result) {
  if (x.n_samples == 0) return;
  const Partition<T> queries(team, space, x, all_samples(x.n_samples));
  team.run(queries.n_leaves(), [&](Index leaf, int) {
    const Range range = queries.range(queries.first_leaf() + leaf);
    const Index width = partition.padded_features(), n = range.size();
    RowMatrix<T> rows(n, width);
    std::vector<NearestFound> found(static_cast<std::size_t>(n), NearestFound(radius));
    Vector<T> limits = Vector<T>::Constant(n, space.template bounds<T>(radius).second);
    for (Index r = 0; r < n; ++r) queries.copy_row(range.begin + r, rows.row(r).data());
    // Below 0 for a row that has a duplicate with a lower number than any of the node.
    const auto limit = [&](Index r, Index node) {
      const NearestFound& best = found[static_cast<std::size_t>(r)];
      return best.distance == 0 && best.sample < partition.first_sample(node) ? T(-1) : limits[r];
    };
    T farthest = limits[0];
    const auto box = queries.box(queries.first_leaf() + leaf);
    partition.approach({box.lower, box.upper}, 0, [&](Index node) {
      // The gap is a sum in another order than the limits allow for: a little less.
      const T gap = partition.gap({box.lower, box.upper}, partition.box(node)) * T(0.9999);
      if (gap > farthest) return false;
      T most = T(-1);
      for (Index r = 0; r < n; ++r) most = std::max(most, limit(r, node));
      if (gap > most) return false;
      if (!partition.is_leaf(node)) return true;
      partition.scan(
          rows.data(), n, node, most,
          [&](Index r, Index p, std::uint32_t present, const auto& tile, Index t) {
            std::uint32_t near = tile_lanes_at_most<T>(tile, t, limit(r, node)) & present;
            if (near == 0) return true;
            NearestFound& best = found[static_cast<std::size_t>(r)];
            for (; near != 0; near &= near - 1) {
              const std::uint32_t other = partition.sample(p + std::countr_zero(near));
              best.take(space.distance(x, queries.sample(range.begin + r), within, other), other);
            }
            limits[r] = space.template bounds<T>(best.distance).second;
            return true;
          });
      farthest = limits.maxCoeff();
      return true;
    });
    for (Index r = 0; r < n; ++r)
      if (found[static_cast<std::size_t>(r)])
        result(static_cast<Index>(queries.sample(range.begin + r)),
               found[static_cast<std::size_t>(r)]);
  });
}

}  // namespace unlabeled::detail
