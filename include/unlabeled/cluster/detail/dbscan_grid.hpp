// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "unlabeled/cluster/detail/concurrent_sets.hpp"
#include "unlabeled/cluster/detail/dbscan_demand.hpp"
#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/neighbors/grid.hpp"

// DBSCAN in cells: all samples of a cell are neighbours, so a full cell is core without a distance,
// and clusters are found by uniting cells, not samples.

namespace unlabeled::detail {

inline constexpr Index cells_per_chunk = 1024;

/// Which positions hold core samples.
template <Real S, int d>
std::vector<std::uint8_t> core_positions(Team& team, const Grid<S, d>& grid,
                                         const CoreDemand& demand) {
  const PositionWeights weights(demand, grid.cells().order);
  std::vector<std::uint8_t> core(static_cast<std::size_t>(grid.cells().n_samples()), 0);
  const auto weigh = [&](Index p, Range own, std::int64_t own_weight, const Windows<d>& windows) {
    const auto point = grid.point(p);
    const typename Grid<S, d>::Gaps gaps(grid, point);
    const auto weight = [&](std::uint32_t lanes, Index at) { return weights.of(lanes, at); };
    std::int64_t sum = own_weight;
    const Range row = windows.samples(0);
    sum = grid.weigh(point, {row.begin, own.begin}, sum, demand.enough, weight);
    sum = grid.weigh(point, {own.end, row.end}, sum, demand.enough, weight);
    for (int w = 1; w < Windows<d>::size && sum < demand.enough; ++w)
      if (gaps(w) <= Grid<S, d>::Gaps::reach)
        sum = grid.weigh(point, windows.samples(w), sum, demand.enough, weight);
    return sum >= demand.enough;
  };
  team.for_each_chunk(Chunks{grid.cells().n_cells(), cells_per_chunk}, [&](Range range, int) {
    Windows<d> windows = grid.windows();
    windows.walk(grid.cells(), range, [&](Index cell) {
      const Range own = grid.members(cell);
      const std::int64_t own_weight = weights.of(own.begin, own.end);
      std::int64_t around = 0;
      for (int w = 0; w < Windows<d>::size; ++w)
        around += weights.of(windows.samples(w).begin, windows.samples(w).end);
      if (around < demand.enough) return;
      for (Index p = own.begin; p < own.end; ++p)
        core[static_cast<std::size_t>(p)] =
            own_weight >= demand.enough || weigh(p, own, own_weight, windows);
    });
  });
  return core;
}

/// Whether a sample of one node is a neighbour of a sample of the other: pairs of halves, the nearer
/// one first, until boxes or leaves decide.
template <Real S, int d>
bool are_connected(const Grid<S, d>& grid, const typename Grid<S, d>::Node& first,
                   const typename Grid<S, d>::Node& second) {
  const double reach = grid.radius() * grid.radius() * (1 + 0x1p-40);
  if (first.box.squared_gap(second.box) > reach) return false;
  if (first.levels == 0 && second.levels == 0) {
    for (Index p = first.members.begin; p < first.members.end; ++p) {
      const auto point = grid.point(p);
      if (second.box.squared_gap(point) <= reach && grid.any_near(point, second.members))
        return true;
    }
    return false;
  }
  if (second.levels > first.levels) return are_connected(grid, second, first);
  auto [near, far] = grid.halves(first);
  if (far.box.squared_gap(second.box) < near.box.squared_gap(second.box)) std::swap(near, far);
  return are_connected(grid, near, second) || are_connected(grid, far, second);
}

/// Whether a sample of one cell is a neighbour of a sample of the other.
template <Real S, int d> bool are_connected(const Grid<S, d>& grid, Index first, Index second) {
  Range few = grid.members(first), many = grid.members(second);
  if (few.size() > many.size()) std::swap(few, many), std::swap(first, second);
  if (few.size() * many.size() > 256)
    return are_connected(grid, grid.whole(first), grid.whole(second));
  for (Index p = few.begin; p < few.end; ++p)
    if (grid.any_near(grid.point(p), many)) return true;
  return false;
}

/// Components of a grid of core samples: root(sample, number below n_samples) for each.
template <Real S, int d, class Root>
void connect(Team& team, const Grid<S, d>& grid, const Samples<S>&, double, Root&& root) {
  const CellList& cells = grid.cells();
  ConcurrentSets sets(cells.n_cells());
  const Chunks chunks{cells.n_cells(), cells_per_chunk};
  team.for_each_chunk(chunks, [&](Range range, int) {
    Windows<d> windows = grid.windows();
    windows.walk(cells, range, [&](Index cell) {
      for (int w = 0; w < Windows<d>::size; ++w) {
        const Range others = windows.cells(w);
        for (Index other = std::min(others.end, cell); other-- > others.begin;)
          if (sets.root(cell) != sets.root(other) && are_connected(grid, cell, other))
            sets.unite(cell, other);
      }
    });
  });
  team.for_each_chunk(chunks, [&](Range range, int) {
    for (Index cell = range.begin; cell < range.end; ++cell) {
      const std::uint32_t number = sets.root(cell);
      for (Index p = grid.members(cell).begin; p < grid.members(cell).end; ++p)
        root(cells.order[static_cast<std::size_t>(p)], number);
    }
  });
}

}  // namespace unlabeled::detail
