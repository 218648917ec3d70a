// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "unlabeled/cluster/detail/concurrent_sets.hpp"
#include "unlabeled/cluster/detail/dbscan_demand.hpp"
#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/neighbors/metric_space.hpp"
#include "unlabeled/neighbors/partition.hpp"

// DBSCAN over a k-d partition, for any dimension and metric: leaf by leaf against the nodes in reach.

namespace unlabeled::detail {

/// Neighbourhood in a partition: what T can decide, and the definition for the rest.
template <Real T, Real S> class Neighborhood {
 public:
  Neighborhood(const MetricSpace<S>& space, const Partition<T>& partition, const Samples<S>& x,
               double eps)
      : space_(space),
        partition_(partition),
        x_(x),
        radius_(space.in_units(eps)),
        certain_(space.template bounds<T>(radius_).first),
        possible_(space.template bounds<T>(radius_).second) {}

  [[nodiscard]] T possible() const { return possible_; }

  /// No point of one box is a neighbour of one of the other; all are. Boxes add in another order
  /// than the bounds allow for, so a little is left to the points.
  [[nodiscard]] bool apart(const typename Partition<T>::Box& a,
                           const typename Partition<T>::Box& b) const {
    return partition_.gap(a, b) * slack > possible_;
  }
  [[nodiscard]] bool close(const typename Partition<T>::Box& a,
                           const typename Partition<T>::Box& b) const {
    return partition_.reach(a, b) <= certain_ * slack;
  }

  /// The lanes of positions p, p + 1, … that are neighbours of the sample at position `own`.
  std::uint32_t near(const Tile<T, tile_rows>& tile, Index row, std::uint32_t present, Index own,
                     Index p) const {
    std::uint32_t lanes = tile_lanes_at_most<T>(tile, row, possible_) & present;
    if (lanes == 0) return 0;
    std::uint32_t open = lanes & ~tile_lanes_at_most<T>(tile, row, certain_);
    for (; open != 0; open &= open - 1) {
      const Index other = p + std::countr_zero(open);
      if (space_.distance(x_, partition_.sample(own), x_, partition_.sample(other)) > radius_)
        lanes &= ~(open & (~open + 1));
    }
    return lanes;
  }

 private:
  static constexpr T slack = T(0.9999);

  const MetricSpace<S>& space_;
  const Partition<T>& partition_;
  Samples<S> x_;
  double radius_;
  T certain_, possible_;
};

/// The samples of a leaf that are still searched for, as rows.
template <Real T> class OpenRows {
 public:
  explicit OpenRows(const Partition<T>& partition)
      : partition_(partition),
        rows_(partition.largest_leaf(), partition.padded_features()),
        corners_(2 * partition.padded_features()) {}

  /// Those of the leaf for which chosen(position).
  template <class Chosen> void take(Index leaf, Chosen&& chosen) {
    positions_.clear();
    const Range members = partition_.range(leaf);
    for (Index p = members.begin; p < members.end; ++p)
      if (chosen(p)) {
        partition_.copy_row(p, rows_.row(size()).data());
        positions_.push_back(p);
      }
  }
  /// Leaves out rows for which !chosen(position).
  template <class Chosen> void keep(Chosen&& chosen) {
    std::size_t to = 0;
    for (std::size_t r = 0; r < positions_.size(); ++r) {
      if (!chosen(positions_[r])) continue;
      if (r != to) {
        rows_.row(static_cast<Index>(to)) = rows_.row(static_cast<Index>(r));
        positions_[to] = positions_[r];
      }
      ++to;
    }
    positions_.resize(to);
  }

  [[nodiscard]] Index size() const { return static_cast<Index>(positions_.size()); }
  [[nodiscard]] const T* data() const { return rows_.data(); }
  [[nodiscard]] Index position(Index r) const { return positions_[static_cast<std::size_t>(r)]; }
  typename Partition<T>::Box box() { return partition_.box_of(data(), size(), corners_.data()); }

 private:
  const Partition<T>& partition_;
  RowMatrix<T> rows_;
  std::vector<Index> positions_;
  Vector<T> corners_;
};

/// Weighs the neighbours of each sample of a leaf, nearest nodes first, until none is left that
/// could still become core.
template <Real T, Real S> class CoreSearch {
 public:
  CoreSearch(const Neighborhood<T, S>& neighborhood, const Partition<T>& partition,
             const PositionWeights& weights, std::int64_t enough)
      : neighborhood_(neighborhood),
        partition_(partition),
        weights_(weights),
        enough_(enough),
        open_(partition),
        sums_(static_cast<std::size_t>(partition.largest_leaf())) {}

  void run(Index leaf, std::vector<std::uint8_t>& core) {
    const Index begin = partition_.range(leaf).begin;
    std::fill(sums_.begin(), sums_.end(), 0);
    open_.take(leaf, [](Index) { return true; });
    auto box = open_.box();
    Index boxed = open_.size();
    const auto sum = [&](Index position) -> std::int64_t& {
      return sums_[static_cast<std::size_t>(position - begin)];
    };
    const auto drop = [&] {
      open_.keep([&](Index p) { return sum(p) < enough_; });
      if (open_.size() > 0 && 2 * open_.size() < boxed) box = open_.box(), boxed = open_.size();
    };
    partition_.spread(leaf, [&](Index node) {
      if (open_.size() == 0 || neighborhood_.apart(box, partition_.box(node))) return false;
      const Range range = partition_.range(node);
      if (neighborhood_.close(box, partition_.box(node))) {
        for (Index r = 0; r < open_.size(); ++r)
          sum(open_.position(r)) += weights_.of(range.begin, range.end);
        drop();
        return false;
      }
      if (!partition_.is_leaf(node)) return true;
      partition_.scan(open_.data(), open_.size(), node, neighborhood_.possible(),
                      [&](Index r, Index p, std::uint32_t present, const auto& tile, Index t) {
                        const Index own = open_.position(r);
                        sum(own) += weights_.of(neighborhood_.near(tile, t, present, own, p), p);
                        return true;
                      });
      drop();
      return false;
    });
    for (Index p = begin; p < partition_.range(leaf).end; ++p)
      core[static_cast<std::size_t>(partition_.sample(p))] = sum(p) >= enough_;
  }

 private:
  const Neighborhood<T, S>& neighborhood_;
  const Partition<T>& partition_;
  const PositionWeights& weights_;
  std::int64_t enough_;
  OpenRows<T> open_;
  std::vector<std::int64_t> sums_;
};

/// Which samples are core, by sample number.
template <Real T, Real S>
std::vector<std::uint8_t> core_samples(Team& team, const MetricSpace<S>& space,
                                       const Partition<T>& partition, const Samples<S>& x,
                                       double eps, const CoreDemand& demand) {
  const PositionWeights weights(demand, partition.order());
  const Neighborhood<T, S> neighborhood(space, partition, x, eps);
  std::vector<std::uint8_t> core(static_cast<std::size_t>(x.n_samples), 0);
  std::vector<CoreSearch<T, S>> searches;
  for (int worker = 0; worker < team.workers(partition.n_leaves()); ++worker)
    searches.emplace_back(neighborhood, partition, weights, demand.enough);
  team.run(partition.n_leaves(), [&](Index leaf, int worker) {
    searches[static_cast<std::size_t>(worker)].run(partition.first_leaf() + leaf, core);
  });
  return core;
}

/// Unites the core samples of a partition that are neighbours, node by node: what is one component
/// already is not looked at again.
template <Real T, Real S> class Connecting {
 public:
  Connecting(const Neighborhood<T, S>& neighborhood, const Partition<T>& partition)
      : neighborhood_(neighborhood),
        partition_(partition),
        sets_(partition.n_samples()),
        whole_(static_cast<std::size_t>(partition.n_nodes())) {
    for (auto& flag : whole_) flag.store(0, std::memory_order_relaxed);
  }

  [[nodiscard]] std::uint32_t root(Index position) { return sets_.root(position); }

  /// Compares a leaf with itself and all before it.
  void run(Index leaf, OpenRows<T>& rows) {
    partition_.spread_back(leaf, [&](Index node) {
      const bool one = is_whole(node);
      if (one && is_whole(leaf) && root_of(node) == root_of(leaf)) return false;
      if (neighborhood_.apart(partition_.box(leaf), partition_.box(node))) return false;
      if (neighborhood_.close(partition_.box(leaf), partition_.box(node))) {
        unite_all(leaf, node);
        return false;
      }
      if (!partition_.is_leaf(node)) return true;
      const Index other = partition_.range(node).begin;
      rows.take(leaf, [&](Index p) { return !one || sets_.root(p) != sets_.root(other); });
      compare(rows, node);
      return false;
    });
  }

 private:
  void compare(const OpenRows<T>& rows, Index node) {
    partition_.scan(rows.data(), rows.size(), node, neighborhood_.possible(),
                    [&](Index r, Index p, std::uint32_t present, const auto& tile, Index t) {
                      const Index own = rows.position(r);
                      std::uint32_t lanes = neighborhood_.near(tile, t, present, own, p);
                      for (; lanes != 0; lanes &= lanes - 1)
                        sets_.unite(own, p + std::countr_zero(lanes));
                      return true;
                    });
  }

  void unite_all(Index leaf, Index node) {
    const Index first = partition_.range(leaf).begin;
    for (const Index each : {leaf, node})
      for (Index p = partition_.range(each).begin; p < partition_.range(each).end; ++p)
        sets_.unite(first, p);
    for (const Index each : {leaf, node}) mark_whole(each);
  }

  [[nodiscard]] std::uint32_t root_of(Index node) { return root(partition_.range(node).begin); }

  /// Whether all samples of a node are in one component, as far as is known.
  bool is_whole(Index node) {
    if (whole_[static_cast<std::size_t>(node)].load(std::memory_order_relaxed) != 0) return true;
    const Range range = partition_.range(node);
    bool whole = true;
    if (partition_.is_leaf(node)) {
      for (Index p = range.begin + 1; p < range.end && whole; ++p)
        whole = root(p) == root(range.begin);
    } else {
      const auto left = 2 * node + 1, right = 2 * node + 2;
      whole = whole_[static_cast<std::size_t>(left)].load(std::memory_order_relaxed) != 0 &&
              whole_[static_cast<std::size_t>(right)].load(std::memory_order_relaxed) != 0 &&
              root_of(left) == root_of(right);
    }
    if (whole) mark_whole(node);
    return whole;
  }
  void mark_whole(Index node) {
    whole_[static_cast<std::size_t>(node)].store(1, std::memory_order_relaxed);
  }

  const Neighborhood<T, S>& neighborhood_;
  const Partition<T>& partition_;
  ConcurrentSets sets_;
  std::vector<std::atomic<std::uint8_t>> whole_;
};

/// Components of a partition of core samples: root(sample, number below n_samples) for each.
template <Real T, Real S, class Root>
void connect(Team& team, const MetricSpace<S>& space, const Partition<T>& partition,
             const Samples<S>& x, double eps, Root&& root) {
  const Neighborhood<T, S> neighborhood(space, partition, x, eps);
  Connecting<T, S> connecting(neighborhood, partition);
  std::vector<OpenRows<T>> rows;
  for (int worker = 0; worker < team.workers(partition.n_leaves()); ++worker)
    rows.emplace_back(partition);
  team.run(partition.n_leaves(), [&](Index leaf, int worker) {
    connecting.run(partition.first_leaf() + leaf, rows[static_cast<std::size_t>(worker)]);
  });
  for (Index p = 0; p < partition.n_samples(); ++p) root(partition.sample(p), connecting.root(p));
}

}  // namespace unlabeled::detail
