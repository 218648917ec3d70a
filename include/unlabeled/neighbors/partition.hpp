// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include "unlabeled/core/check.hpp"
#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/packet.hpp"
#include "unlabeled/linalg/tile.hpp"
#include "unlabeled/neighbors/kd_tree.hpp"
#include "unlabeled/neighbors/metric_space.hpp"

// Samples in a k-d tree whose leaves are panels: what boxes cannot tell apart is compared by register
// tiles, at the speed of an all-pairs pass, which is what a search becomes in high dimension.

namespace unlabeled::detail {

/// Indices over samples number them in 32 bits.
inline void check_sample_numbers(const char* owner, Index n_samples) {
  if (n_samples >= Index{1} << 31)
    refuse(owner, "X must have fewer than 2147483648 samples (rows), got " + printed(n_samples));
}

/// Samples halved again and again as in KdTree (the same heap order of nodes), but in coordinates of
/// a MetricSpace rounded to T, and each leaf a run of whole panels, the last one filled up.
/// Memory: (n_features + a quarter of it for boxes) sizeof(T) + 4 bytes a sample.
template <Real T> class Partition {
 public:
  static constexpr Index lanes = tile_lanes<T>;

  /// Corners of a box, and of how many features with padding. Padded features are 0 everywhere.
  struct Box {
    const T* lower;
    const T* upper;
  };

  template <Real S>
  Partition(Team& team, const MetricSpace<S>& space, const Samples<S>& x,
            std::vector<std::uint32_t> members)
      : order_(std::move(members)),
        n_features_(x.n_features),
        padded_((x.n_features + packet_size<T> - 1) / packet_size<T> * packet_size<T>),
        measure_(space.measure()) {
    halve(team, space, x);
    copy_samples(team, space, x);
    for (Index node = first_leaf() - 1; node >= 0; --node) {
      lower_.row(node) = lower_.row(2 * node + 1).cwiseMin(lower_.row(2 * node + 2));
      upper_.row(node) = upper_.row(2 * node + 1).cwiseMax(upper_.row(2 * node + 2));
    }
    note_first_samples();
  }

  [[nodiscard]] Index n_samples() const { return static_cast<Index>(order_.size()); }
  [[nodiscard]] Index n_nodes() const { return static_cast<Index>(nodes_.size()); }
  [[nodiscard]] Index first_leaf() const { return n_nodes() / 2; }
  [[nodiscard]] Index n_leaves() const { return n_nodes() - first_leaf(); }
  [[nodiscard]] bool is_leaf(Index node) const { return node >= first_leaf(); }
  [[nodiscard]] Range range(Index node) const { return nodes_[static_cast<std::size_t>(node)]; }
  [[nodiscard]] Index padded_features() const { return padded_; }
  [[nodiscard]] Index largest_leaf() const { return range(first_leaf()).size(); }
  [[nodiscard]] const std::vector<std::uint32_t>& order() const { return order_; }
  [[nodiscard]] std::uint32_t sample(Index position) const {
    return order_[static_cast<std::size_t>(position)];
  }
  /// The lowest number of a node's samples.
  [[nodiscard]] std::uint32_t first_sample(Index node) const {
    return first_samples_[static_cast<std::size_t>(node)];
  }
  [[nodiscard]] Box box(Index node) const {
    return {lower_.data() + node * padded_, upper_.data() + node * padded_};
  }

  /// Gives samples other numbers, in the same ascending order.
  template <class Number> void renumber(Number&& number) {
    for (std::uint32_t& sample : order_) sample = number(sample);
    for (std::uint32_t& sample : first_samples_) sample = number(sample);
  }

  /// Copies the coordinates at `position` to `row` (padded_features()).
  void copy_row(Index position, T* row) const {
    const T* from = panel(position / lanes) + position % lanes;
    for (Index t = 0; t < n_features_; ++t) row[t] = from[t * lanes];
    std::fill(row + n_features_, row + padded_, T(0));
  }

  /// The least Measure between points of two boxes, and the greatest; up to rounding.
  [[nodiscard]] T gap(const Box& a, const Box& b) const {
    return over_features([&](Index t) {
      const Packet<T> zero = broadcast<T>(T(0));
      const auto below = subtract<T>(load<T>(a.lower + t), load<T>(b.upper + t));
      const auto above = subtract<T>(load<T>(b.lower + t), load<T>(a.upper + t));
      return maximum<T>(maximum<T>(below, above), zero);
    });
  }
  [[nodiscard]] T reach(const Box& a, const Box& b) const {
    return over_features([&](Index t) {
      const auto up = subtract<T>(load<T>(a.upper + t), load<T>(b.lower + t));
      const auto down = subtract<T>(load<T>(b.upper + t), load<T>(a.lower + t));
      return maximum<T>(up, down);
    });
  }

  /// The tightest box around `n` rows of padded_features(); `corners` has room for two.
  Box box_of(const T* rows, Index n, T* corners) const {
    std::copy_n(rows, padded_, corners);
    std::copy_n(rows, padded_, corners + padded_);
    for (Index r = 1; r < n; ++r)
      for (Index t = 0; t < padded_; t += packet_size<T>) {
        const Packet<T> value = load<T>(rows + r * padded_ + t);
        store<T>(corners + t, minimum<T>(load<T>(corners + t), value));
        store<T>(corners + padded_ + t, maximum<T>(load<T>(corners + padded_ + t), value));
      }
    return {corners, corners + padded_};
  }

  /// visit(node) for a leaf and then for the rest of the tree, near nodes first; where it returns
  /// false, nodes below are left out.
  template <class Visit> void spread(Index leaf, Visit&& visit) const {
    descend(leaf, visit);
    for (Index node = leaf; node != 0; node = KdTree<T>::parent(node))
      descend(node % 2 == 1 ? node + 1 : node - 1, visit);
  }
  /// The same without what lies after the leaf.
  template <class Visit> void spread_back(Index leaf, Visit&& visit) const {
    descend(leaf, visit);
    for (Index node = leaf; node != 0; node = KdTree<T>::parent(node))
      if (node % 2 == 0) descend(node - 1, visit);
  }
  /// From the root, of two halves first the one nearer to `around`; of equally near ones the one with
  /// the lowest number, so that the first of many duplicates is met at once.
  template <class Visit> void approach(const Box& around, Index node, Visit&& visit) const {
    if (!visit(node) || is_leaf(node)) return;
    const Index left = KdTree<T>::left(node), right = KdTree<T>::right(node);
    const T left_gap = gap(around, box(left)), right_gap = gap(around, box(right));
    const bool right_first =
        right_gap < left_gap || (right_gap == left_gap && first_sample(right) < first_sample(left));
    approach(around, right_first ? right : left, visit);
    approach(around, right_first ? left : right, visit);
  }

  /// compare(row, first position, lanes, tile, row of the tile) for each of `n` rows (of
  /// padded_features()) and each panel of a leaf that holds a value of at most `limit`; `lanes` says
  /// which positions exist. Stops when compare returns false.
  template <class Compare>
  void scan(const T* rows, Index n, Index leaf, T limit, Compare&& compare) const {
    const Range members = range(leaf);
    Tile<T, tile_rows> tile;
    for (Index first = 0, height = 0; first < n; first += height) {
      height = row_tile_size(n - first);
      for (Index p = members.begin; p < members.end; p += lanes) {
        if (!distance_rows<T>(measure_, height, n_features_, {rows + first * padded_, padded_, 1},
                              panel(p / lanes), limit, tile))
          continue;
        const Index present = std::min(lanes, members.end - p);
        const std::uint32_t mask =
            present < 32 ? (std::uint32_t{1} << present) - 1 : ~std::uint32_t{0};
        for (Index r = 0; r < height; ++r)
          if (!compare(first + r, p, mask, tile, r)) return;
      }
    }
  }

 private:
  /// In low dimension small leaves leave more pairs out; in high dimension they only cost.
  [[nodiscard]] Index leaf_size() const {
    const Index wanted = n_features_ <= 8 ? 32 : n_features_ <= 32 ? 64 : 128;
    return (wanted + lanes - 1) / lanes * lanes;
  }

  template <Real S> void halve(Team& team, const MetricSpace<S>& space, const Samples<S>& x) {
    const Index n_panels = detail::n_panels<T>(n_samples());
    Index n_leaves = 1;
    while (2 * n_leaves <= n_panels && (n_panels + n_leaves - 1) / n_leaves > leaf_size() / lanes)
      n_leaves *= 2;
    nodes_.resize(static_cast<std::size_t>(2 * n_leaves - 1));
    nodes_[0] = {0, n_samples()};
    const Vector<double> factor = space.factors(x, order_);
    std::vector<std::vector<std::pair<T, std::uint32_t>>> keys(
        static_cast<std::size_t>(team.workers(n_leaves)));
    for (Index first = 0; first < n_leaves - 1; first = 2 * first + 1)  // level by level
      team.run(first + 1, [&](Index i, int worker) {
        const Index node = first + i;
        const Range whole = range(node);
        const Index half = (detail::n_panels<T>(whole.size()) + 1) / 2 * lanes;
        nodes_[static_cast<std::size_t>(2 * node + 1)] = {whole.begin, whole.begin + half};
        nodes_[static_cast<std::size_t>(2 * node + 2)] = {whole.begin + half, whole.end};
        split_samples(
            order_.data() + whole.begin, whole.size(), half, n_features_,
            [&](std::uint32_t sample, Index j) {
              const auto s = static_cast<Index>(sample);
              return space.template coordinate<T>(x, s, j, factor);
            },
            keys[static_cast<std::size_t>(worker)]);
      });
  }

  template <Real S>
  void copy_samples(Team& team, const MetricSpace<S>& space, const Samples<S>& x) {
    panels_.resize(detail::n_panels<T>(n_samples()) * n_features_ * lanes);
    lower_ = RowMatrix<T>::Zero(n_nodes(), padded_);
    upper_ = lower_;
    team.run(n_leaves(), [&](Index leaf, int) {
      const Index node = first_leaf() + leaf;
      const Range members = range(node);
      RowMatrix<T> rows = RowMatrix<T>::Zero(members.size(), padded_);
      for (Index r = 0; r < members.size(); ++r)
        space.coordinates(x, static_cast<Index>(sample(members.begin + r)), rows.row(r).data());
      lower_.row(node) = rows.colwise().minCoeff();
      upper_.row(node) = rows.colwise().maxCoeff();
      for (Index p = members.begin; p < members.end; p += lanes)
        for (Index t = 0; t < n_features_; ++t)
          for (Index lane = 0; lane < lanes; ++lane)
            panel(p / lanes)[t * lanes + lane] =
                rows(std::min(p + lane, members.end - 1) - members.begin, t);
    });
  }

  void note_first_samples() {
    first_samples_.resize(nodes_.size());
    for (std::size_t node = nodes_.size(); node-- > 0;)
      if (const auto left = 2 * node + 1; left < nodes_.size())
        first_samples_[node] = std::min(first_samples_[left], first_samples_[left + 1]);
      else
        first_samples_[node] = *std::min_element(order_.begin() + nodes_[node].begin,
                                                 order_.begin() + nodes_[node].end);
  }

  template <class Difference> [[nodiscard]] T over_features(Difference&& difference) const {
    Packet<T> sum = broadcast<T>(T(0));
    for (Index t = 0; t < padded_; t += packet_size<T>) {
      const Packet<T> value = difference(t);
      sum = measure_ == Measure::squares      ? multiply_add<T>(value, value, sum)
            : measure_ == Measure::magnitudes ? add<T>(sum, value)
                                              : maximum<T>(sum, value);
    }
    return measure_ == Measure::greatest ? greatest_lane<T>(sum) : sum_of_lanes<T>(sum);
  }

  template <class Visit> void descend(Index node, Visit&& visit) const {
    if (!visit(node) || is_leaf(node)) return;
    descend(KdTree<T>::left(node), visit);
    descend(KdTree<T>::right(node), visit);
  }

  T* panel(Index p) { return panels_.data() + p * n_features_ * lanes; }
  [[nodiscard]] const T* panel(Index p) const { return panels_.data() + p * n_features_ * lanes; }

  std::vector<std::uint32_t> order_;
  std::vector<Range> nodes_;
  std::vector<std::uint32_t> first_samples_;  // of each node
  Index n_features_;
  Index padded_;
  Measure measure_;
  Vector<T> panels_;
  RowMatrix<T> lower_, upper_;
};

/// All numbers below n.
inline std::vector<std::uint32_t> all_samples(Index n) {
  std::vector<std::uint32_t> all(static_cast<std::size_t>(n));
  std::iota(all.begin(), all.end(), 0u);
  return all;
}

}  // namespace unlabeled::detail
