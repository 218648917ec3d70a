// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <vector>

#include "unlabeled/cluster/detail/centroids.hpp"
#include "unlabeled/cluster/detail/dendrogram.hpp"
#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/packet.hpp"
#include "unlabeled/neighbors/kd_tree.hpp"

// Nearest clusters in Ward's sense, by a tree of boxes over the means. Half the squared Ward
// distance is |A| |B| / (|A| + |B|) times the squared distance of the means: it grows with both
// factors, so the distance to a box and the least size inside bound it from below. Bounds and
// distances are rounded by the same operations in the same order, all of them monotone, so that a
// bound never exceeds a distance, not even by a rounding error.

namespace unlabeled::detail {

/// 2 s t / (s + t): squared Ward distance over squared distance of the means.
inline double ward_weight(double s, double t) { return 2 * s * t / (s + t); }

/// A cluster that looks for its nearest, and what it has found.
struct WardQuery {
  const double* point;  ///< its mean
  double size;
  Index self;
  double value = std::numeric_limits<double>::max();  ///< squared Ward distance
  Index tie = std::numeric_limits<Index>::max();      ///< the least tie_of() equal ones

  [[nodiscard]] Index nearest() const { return self ^ tie; }

  void consider(Index cluster, double candidate) {
    const Index its = tie_of(self, cluster);
    if (candidate > value || (candidate == value && its > tie)) return;
    value = candidate, tie = its;
  }
};

class WardTree {
 public:
  /// Of the clusters numbered by `clusters`, with a row of `means` and an entry of `sizes` each.
  WardTree(Team& team, const Matrix<double>& means, const std::vector<Index>& clusters,
           const Vector<double>& sizes)
      : n_features_(means.cols()) {
    const auto order = build_kd_tree<double>(team, Samples<double>(means), leaf_size());
    n_leaves_ = order.n_leaves();
    constexpr Index step = 2 * packet_size<double>;
    const Index largest = order.range(order.first_leaf()).size();
    capacity_ = (largest + step - 1) / step * step;
    cluster_.assign(static_cast<std::size_t>(n_positions()), -1);
    size_ = Vector<double>::Ones(n_positions());
    coordinates_ = Vector<double>::Constant(n_positions() * n_features_, empty_place);
    for (Index leaf = 0; leaf < n_leaves_; ++leaf) {
      const Range range = order.range(order.first_leaf() + leaf);
      for (Index p = range.begin; p < range.end; ++p) {
        const Index member = order.order[static_cast<std::size_t>(p)];
        const Index position = leaf * capacity_ + p - range.begin;
        set(position, clusters[static_cast<std::size_t>(member)], sizes[member]);
        for (Index t = 0; t < n_features_; ++t) value_at(position, t) = means(member, t);
      }
    }
    build_levels(order);
  }

  /// Positions of clusters, some of them empty: near positions hold near clusters.
  [[nodiscard]] Index n_positions() const { return n_leaves_ * capacity_; }
  /// The cluster at a position, or -1.
  [[nodiscard]] Index cluster(Index position) const {
    return cluster_[static_cast<std::size_t>(position)];
  }
  [[nodiscard]] double coordinate(Index position, Index t) const {
    return coordinates_[entry(position, t)];
  }

  /// No cluster is at this position any more.
  void remove(Index position) {
    set(position, -1, 1);
    for (Index t = 0; t < n_features_; ++t) value_at(position, t) = empty_place;
    Index node = position / capacity_;
    for (Level& level : levels_) {
      if (--level.n_clusters[static_cast<std::size_t>(node)] == 0) empty_box(level, node);
      node /= fan;
    }
  }
  /// Another cluster, no smaller, takes the place of one; mean(t) is feature t of its mean.
  template <class Mean> void replace(Index position, Index cluster, double size, Mean&& mean) {
    set(position, cluster, size);
    for (Index t = 0; t < n_features_; ++t) {
      const double value = value_at(position, t) = mean(t);
      Index node = position / capacity_;
      for (Level& level : levels_) {
        double& lower = level.lower[box_entry(node, t)];
        double& upper = level.upper[box_entry(node, t)];
        lower = std::min(lower, value);
        upper = std::max(upper, value);
        node /= fan;
      }
    }
  }

  /// Leaves the nearest other cluster in the query.
  void search(WardQuery& query) const { search(levels_.size() - 1, 0, query); }

 private:
  /// Boxes of a node lie side by side: packets bound all of a node's children at once.
  static constexpr Index fan = 8;
  static constexpr Index most_in_leaf = 64;
  /// Features after which a scan looks whether it can stop.
  static constexpr Index strip = 16;

  /// The boxes of all leaves, or of all nodes of a higher level; node v is child v % fan of node
  /// v / fan one level up.
  struct Level {
    Index n_nodes;
    Vector<double> lower, upper;  // for each parent n_features x fan
    Vector<double> least_size;    // n_nodes, in whole groups
    std::vector<Index> n_clusters;
  };

  [[nodiscard]] Index leaf_size() const { return n_features_ <= 4 ? 32 : most_in_leaf; }
  [[nodiscard]] Index entry(Index position, Index t) const {
    const Index leaf = position / capacity_;
    return (leaf * n_features_ + t) * capacity_ + position - leaf * capacity_;
  }
  [[nodiscard]] double& value_at(Index position, Index t) {
    return coordinates_[entry(position, t)];
  }
  [[nodiscard]] Index box_entry(Index node, Index t) const {
    return (node / fan * n_features_ + t) * fan + node % fan;
  }
  void set(Index position, Index cluster, double size) {
    cluster_[static_cast<std::size_t>(position)] = cluster;
    size_[position] = size;
  }

  /// No search needs to look into an empty node.
  void empty_box(Level& level, Index node) {
    for (Index t = 0; t < n_features_; ++t)
      level.lower[box_entry(node, t)] = level.upper[box_entry(node, t)] = empty_place;
  }

  void build_levels(const KdTree<double>& order) {
    Index first = order.first_leaf();
    for (Index n_nodes = n_leaves_;; n_nodes = (n_nodes + fan - 1) / fan) {
      const Index n_entries = (n_nodes + fan - 1) / fan * fan;
      Level level{n_nodes, Vector<double>::Constant(n_entries * n_features_, empty_place),
                  Vector<double>::Constant(n_entries * n_features_, empty_place),
                  Vector<double>::Ones(n_entries),
                  std::vector<Index>(static_cast<std::size_t>(n_nodes))};
      for (Index node = 0; node < n_nodes; ++node) {
        level.least_size[node] = least_size_of(node);
        level.n_clusters[static_cast<std::size_t>(node)] = order.range(first + node).size();
        for (Index t = 0; t < n_features_; ++t) {
          level.lower[box_entry(node, t)] = order.lower(first + node, t);
          level.upper[box_entry(node, t)] = order.upper(first + node, t);
        }
      }
      levels_.push_back(std::move(level));
      if (n_nodes <= fan) return;
      for (Index halving = fan; halving > 1; halving /= 2) first = KdTree<double>::parent(first);
    }
  }
  /// Of a node of the level that comes next.
  [[nodiscard]] double least_size_of(Index node) const {
    if (!levels_.empty()) {
      const Level& below = levels_.back();
      const Index n_children = std::min(fan, below.n_nodes - node * fan);
      return below.least_size.segment(node * fan, n_children).minCoeff();
    }
    double least = std::numeric_limits<double>::max();
    for (Index p = node * capacity_; p < (node + 1) * capacity_; ++p)
      if (cluster(p) >= 0) least = std::min(least, size_[p]);
    return least;
  }

  /// Goes through the children of a node, the most promising first.
  void search(std::size_t depth, Index node, WardQuery& query) const {
    const Level& level = levels_[depth];
    std::array<double, fan> bound;
    set_bounds(level, node, query, bound.data());
    const Index n_children = std::min(fan, level.n_nodes - node * fan);
    for (Index visits = 0; visits < n_children; ++visits) {
      Index best = 0;
      for (Index child = 1; child < n_children; ++child)
        if (bound[static_cast<std::size_t>(child)] < bound[static_cast<std::size_t>(best)])
          best = child;
      if (bound[static_cast<std::size_t>(best)] > query.value) return;
      bound[static_cast<std::size_t>(best)] = std::numeric_limits<double>::max();
      if (depth == 0)
        scan_leaf(node * fan + best, query);
      else
        search(depth - 1, node * fan + best, query);
    }
  }

  void set_bounds(const Level& level, Index node, const WardQuery& query, double* bound) const {
    const Packet<double> two_s = broadcast<double>(2 * query.size), s = broadcast(query.size);
    for (Index lane = 0; lane < fan; lane += packet_size<double>) {
      const double* lower = level.lower.data() + node * fan * n_features_ + lane;
      const double* upper = level.upper.data() + node * fan * n_features_ + lane;
      Packet<double> sum = broadcast(0.0);
      for (Index t = 0; t < n_features_; ++t, lower += fan, upper += fan) {
        const Packet<double> value = broadcast(query.point[t]);
        const Packet<double> gap = maximum<double>(subtract<double>(load(lower), value),
                                                   subtract<double>(value, load(upper)));
        const Packet<double> outside = maximum<double>(gap, broadcast(0.0));
        sum = multiply_add<double>(outside, outside, sum);
      }
      const Packet<double> size = load(level.least_size.data() + node * fan + lane);
      const Packet<double> weight =
          divide<double>(multiply<double>(two_s, size), add<double>(s, size));
      store(bound + lane, multiply<double>(sum, weight));
    }
  }

  void scan_leaf(Index leaf, WardQuery& query) const {
    std::array<double, most_in_leaf> squares;
    const double weight = ward_weight(query.size, levels_[0].least_size[leaf]);
    const double* from = coordinates_.data() + leaf * capacity_ * n_features_;
    for (Index begin = 0; begin < n_features_; begin += strip) {
      const Index end = std::min(n_features_, begin + strip);
      const double least = add_squares(begin, end, from, query.point, squares.data());
      if (least * weight > query.value) return;
    }
    if (!any_is_near(leaf, query, squares.data())) return;
    for (Index lane = 0; lane < capacity_; ++lane) {
      const double square = squares[static_cast<std::size_t>(lane)];
      const Index candidate = cluster(leaf * capacity_ + lane);
      if (square * weight > query.value || candidate < 0 || candidate == query.self) continue;
      query.consider(candidate, square * ward_weight(query.size, size_[leaf * capacity_ + lane]));
    }
  }

  /// squares[lane] += sum over features [begin, end) of squared differences; from 0 where that is
  /// the first. Returns the least.
  double add_squares(Index begin, Index end, const double* from, const double* point,
                     double* squares) const {
    constexpr Index half = packet_size<double>;
    Packet<double> least = broadcast(std::numeric_limits<double>::max());
    for (Index lane = 0; lane < capacity_; lane += 2 * half) {
      Packet<double> a = begin == 0 ? broadcast(0.0) : load(squares + lane);
      Packet<double> b = begin == 0 ? broadcast(0.0) : load(squares + lane + half);
      for (Index t = begin; t < end; ++t) {
        const Packet<double> value = broadcast(point[t]);
        const double* means = from + t * capacity_ + lane;
        const Packet<double> p = subtract<double>(load(means), value);
        const Packet<double> q = subtract<double>(load(means + half), value);
        a = multiply_add<double>(p, p, a);
        b = multiply_add<double>(q, q, b);
      }
      store(squares + lane, a);
      store(squares + lane + half, b);
      least = minimum<double>(least, minimum<double>(a, b));
    }
    return least_lane<double>(least);
  }

  /// Whether a square times its own weight may be within the query's value: without a division,
  /// square * t <= value / 2s * (s + t), to a few roundings.
  [[nodiscard]] bool any_is_near(Index leaf, const WardQuery& query, const double* squares) const {
    const double factor = query.value / (2 * query.size) * (1 + 1e-14);
    const Packet<double> per_size = broadcast(factor), constant = broadcast(factor * query.size);
    const double* size = size_.data() + leaf * capacity_;
    Packet<double> least = broadcast(std::numeric_limits<double>::max());
    for (Index lane = 0; lane < capacity_; lane += packet_size<double>) {
      const Packet<double> t = load(size + lane);
      const Packet<double> limit = multiply_add<double>(t, per_size, constant);
      const Packet<double> weighted = multiply<double>(load(squares + lane), t);
      least = minimum<double>(least, subtract<double>(weighted, limit));
    }
    return !(least_lane<double>(least) > 0);
  }

  Index n_features_, n_leaves_ = 0, capacity_ = 0;
  std::vector<Index> cluster_;  // one per position
  Vector<double> size_;         // one per position
  Vector<double> coordinates_;  // for each leaf n_features x capacity
  std::vector<Level> levels_;   // from the leaves up to one of at most `fan` nodes
};

}  // namespace unlabeled::detail
