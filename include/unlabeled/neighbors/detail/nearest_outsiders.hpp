// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/packet.hpp"
#include "unlabeled/neighbors/detail/measure.hpp"
#include "unlabeled/neighbors/detail/panel_tree.hpp"

// Outsiders of a point are the points of other components. The points of one leaf look for theirs
// together: one walk over the tree, in which whole packets of them are compared with boxes.

namespace unlabeled::detail {

/// Which component each point is in.
struct Components {
  static constexpr double mixed = -1;

  Vector<double> of_slot;  ///< in double, so that packets can compare them
  Vector<double> of_node;  ///< the one of all its points, or else mixed
};

/// A number that only falls, whoever lowers it. It cuts work short and never decides a result, so
/// the order of lowering does not matter.
class FallingBound {
 public:
  [[nodiscard]] double get() const { return value_.load(std::memory_order_relaxed); }
  void set(double value) { value_.store(value, std::memory_order_relaxed); }
  void lower_to(double value) {
    double now = get();
    while (value < now && !value_.compare_exchange_weak(now, value, std::memory_order_relaxed)) {
    }
  }

 private:
  std::atomic<double> value_{std::numeric_limits<double>::infinity()};
};

/// An outsider and how far it is.
struct Outsider {
  double length;
  Index slot;
};

/// The k nearest outsiders of up to one leaf of points, the lowest sample first where they are
/// equally near. Buffers are allocated once and used for one leaf after the other.
template <Metric metric> class NearestOutsiders {
 public:
  NearestOutsiders(const PanelTree& tree, Index k)
      : tree_(&tree),
        k_(k),
        values_(tree.n_features() * tree.width()),
        component_(tree.width()),
        bound_(tree.width()),
        gap_(tree.width()),
        measure_(tree.width()),
        lower_(tree.n_features()),
        upper_(tree.n_features()),
        slot_(static_cast<std::size_t>(tree.width())),
        n_found_(static_cast<std::size_t>(tree.width())),
        found_(static_cast<std::size_t>(tree.width() * k)) {
    path_.reserve(128);
  }

  [[nodiscard]] Index n_queries() const { return count_; }
  void clear() { count_ = 0; }

  /// Adds a point that looks for outsiders of measure at most `bound`.
  void add(Index slot, double component, double bound) {
    const Index leaf = slot / tree_->width(), lane = slot % tree_->width();
    for (Index j = 0; j < tree_->n_features(); ++j)
      values_[j * tree_->width() + count_] = tree_->panel(leaf)[j * tree_->width() + lane];
    component_[count_] = component;
    bound_[count_] = bound;
    slot_[static_cast<std::size_t>(count_)] = slot;
    n_found_[static_cast<std::size_t>(count_)] = 0;
    ++count_;
  }

  /// Slot of a query, what was found for it, and the measure up to which that is all there is.
  [[nodiscard]] Index slot(Index query) const { return slot_[static_cast<std::size_t>(query)]; }
  [[nodiscard]] Index n_found(Index query) const {
    return n_found_[static_cast<std::size_t>(query)];
  }
  [[nodiscard]] const Outsider& found(Index query, Index i) const {
    return found_[static_cast<std::size_t>(query * k_ + i)];
  }
  [[nodiscard]] double bound(Index query) const { return bound_[query]; }

  /// Answers all queries. Where bounds are given, one per component, nothing beyond that of its
  /// component is looked for, and what is found lowers it.
  void search(const Components& components, FallingBound* bounds) {
    components_ = &components;
    bounds_ = bounds;
    enclose();
    path_.assign(1, {0, 0.0});
    while (!path_.empty()) {
      const auto [node, gap] = path_.back();
      path_.pop_back();
      if (gap > reach_) continue;
      const double owner = components.of_node[node];
      if (owner != Components::mixed && owner == common_) continue;
      if (tree_->is_leaf(node)) {
        look_into(tree_->leaf_of(node));
        tighten();
      } else {
        descend(node);
      }
    }
  }

 private:
  /// The box of the queries, and their component if they have one in common.
  void enclose() {
    const Index width = tree_->width();
    for (Index j = 0; j < tree_->n_features(); ++j) {
      double* row = values_.data() + j * width;
      double least = row[0], greatest = row[0];
      for (Index q = 1; q < count_; ++q) {
        least = row[q] < least ? row[q] : least;
        greatest = row[q] > greatest ? row[q] : greatest;
      }
      lower_[j] = least;
      upper_[j] = greatest;
      std::fill(row + count_, row + width, row[0]);  // lanes without a query
    }
    common_ = component_[0];
    for (Index q = 1; q < count_; ++q)
      if (component_[q] != common_) common_ = Components::mixed;
    tighten();
  }

  /// The bounds of the components, and the widest of all.
  void tighten() {
    double widest = 0;
    for (Index q = 0; q < count_; ++q) {
      if (bounds_) {
        const double now = bounds_[static_cast<Index>(component_[q])].get();
        bound_[q] = now < bound_[q] ? now : bound_[q];
      }
      widest = bound_[q] > widest ? bound_[q] : widest;
    }
    reach_ = reach_of(widest);
  }

  [[nodiscard]] double gap_to(Index node) const {
    const double* lower = tree_->lower(node);
    const double* upper = tree_->upper(node);
    double sum = 0;
    for (Index j = 0; j < tree_->n_features(); ++j) {
      const double below = lower[j] - upper_.data()[j], above = lower_.data()[j] - upper[j];
      const double gap = below > above ? below : above;
      sum = add_gap<metric>(sum, gap > 0 ? gap : 0.0);
    }
    return sum;
  }

  /// The nearer half is walked first: it is on top of the path.
  void descend(Index node) {
    Index near = KdTree<double>::left(node), far = KdTree<double>::right(node);
    double near_gap = gap_to(near), far_gap = gap_to(far);
    if (far_gap < near_gap) std::swap(near, far), std::swap(near_gap, far_gap);
    if (far_gap <= reach_) path_.emplace_back(far, far_gap);
    if (near_gap <= reach_) path_.emplace_back(near, near_gap);
  }

  void look_into(Index leaf) {
    const double owner = components_->of_node[tree_->node_of(leaf)];
    measure_gaps(tree_->node_of(leaf));
    for (Index q = 0; q < count_; ++q) {
      if (gap_[q] > reach_of(bound_[q]) || component_[q] == owner) continue;
      const double least = measure_leaf(leaf, q);
      if (least > bound_[q]) continue;
      if (n_found(q) < k_)
        take_in_order(leaf, q, least);
      else
        take_from(leaf, q);
    }
  }

  /// From each query to the box of a node.
  void measure_gaps(Index node) {
    const double* lower = tree_->lower(node);
    const double* upper = tree_->upper(node);
    const Packet<double> zero = broadcast<double>(0.0);
    for (Index first = 0; first < count_; first += packet_size<double>) {
      Packet<double> sum = zero;
      for (Index j = 0; j < tree_->n_features(); ++j) {
        const Packet<double> value = load<double>(values_.data() + j * tree_->width() + first);
        const Packet<double> below = subtract<double>(broadcast<double>(lower[j]), value);
        const Packet<double> above = subtract<double>(value, broadcast<double>(upper[j]));
        sum = add_difference<metric>(sum, maximum<double>(maximum<double>(below, above), zero));
      }
      store<double>(gap_.data() + first, sum);
    }
  }

  /// From one query to all points of a leaf; infinite for those of its own component. Returns the
  /// least.
  double measure_leaf(Index leaf, Index q) {
    constexpr Index size = packet_size<double>;
    const Index width = tree_->width();
    const double* query = values_.data() + q;
    const double* owners = components_->of_slot.data() + leaf * width;
    const Packet<double> own = broadcast<double>(component_[q]);
    const Packet<double> infinity = broadcast<double>(std::numeric_limits<double>::infinity());
    Packet<double> least = infinity;
    for (Index first = 0; first < width; first += 2 * size) {
      Packet<double> a = broadcast<double>(0.0), b = a;
      const double* from = tree_->panel(leaf) + first;
      for (Index j = 0; j < tree_->n_features(); ++j, from += width) {
        const Packet<double> value = broadcast<double>(query[j * width]);
        a = add_difference<metric>(a, subtract<double>(value, load<double>(from)));
        b = add_difference<metric>(b, subtract<double>(value, load<double>(from + size)));
      }
      a = select_equal<double>(load<double>(owners + first), own, infinity, a);
      b = select_equal<double>(load<double>(owners + first + size), own, infinity, b);
      store<double>(measure_.data() + first, a);
      store<double>(measure_.data() + first + size, b);
      least = minimum<double>(least, minimum<double>(a, b));
    }
    return least_lane<double>(least);
  }

  /// Fills the list from the nearest on, so that no place in it changes.
  void take_in_order(Index leaf, Index q, double least) {
    const Packet<double> infinity = broadcast<double>(std::numeric_limits<double>::infinity());
    const Index count = tree_->count(leaf);
    while (least <= bound_[q] && least <= std::numeric_limits<double>::max()) {
      const Packet<double> wanted = broadcast<double>(least);
      Packet<double> next = infinity;
      for (Index first = 0; first < tree_->width(); first += packet_size<double>) {
        const Packet<double> measure = load<double>(measure_.data() + first);
        std::uint32_t hits = lanes_at_most<double>(measure, wanted);
        const Packet<double> rest = select_equal<double>(measure, wanted, infinity, measure);
        store<double>(measure_.data() + first, rest);
        next = minimum<double>(next, rest);
        for (; hits != 0; hits &= hits - 1) {
          const Index lane = first + std::countr_zero(hits);
          if (lane < count) offer(q, {length_of<metric>(least), leaf * tree_->width() + lane});
        }
      }
      least = least_lane<double>(next);
    }
  }

  void take_from(Index leaf, Index q) {
    constexpr double greatest = std::numeric_limits<double>::max();
    const Packet<double> within = broadcast(bound_[q] < greatest ? bound_[q] : greatest);
    const Index count = tree_->count(leaf);
    for (Index first = 0; first < count; first += packet_size<double>) {
      std::uint32_t hits = lanes_at_most<double>(load(measure_.data() + first), within);
      for (; hits != 0; hits &= hits - 1) {
        const Index lane = first + std::countr_zero(hits);
        if (lane < count && measure_[lane] <= bound_[q])
          offer(q, {length_of<metric>(measure_[lane]), leaf * tree_->width() + lane});
      }
    }
  }

  [[nodiscard]] bool precedes(const Outsider& a, const Outsider& b) const {
    return a.length < b.length ||
           (a.length == b.length && tree_->sample(a.slot) < tree_->sample(b.slot));
  }

  /// Sorts an outsider in among the k nearest of query q.
  void offer(Index q, const Outsider& outsider) {
    Outsider* list = found_.data() + q * k_;
    Index& n = n_found_[static_cast<std::size_t>(q)];
    if (n == k_ && !precedes(outsider, list[k_ - 1])) return;
    Index place = n < k_ ? n++ : k_ - 1;
    for (; place > 0 && precedes(outsider, list[place - 1]); --place) list[place] = list[place - 1];
    list[place] = outsider;
    if (n < k_) return;
    const double within = measure_within<metric>(list[k_ - 1].length);
    if (within < bound_[q]) bound_[q] = within;
    if (bounds_) bounds_[static_cast<Index>(component_[q])].lower_to(within);
  }

  const PanelTree* tree_;
  const Components* components_ = nullptr;
  FallingBound* bounds_ = nullptr;
  Index k_;
  Index count_ = 0;
  double reach_ = 0;       // of the query that looks farthest
  double common_ = 0;      // component of all queries, or mixed
  Vector<double> values_;  // n_features x width
  Vector<double> component_;
  Vector<double> bound_;
  Vector<double> gap_;
  Vector<double> measure_;
  Vector<double> lower_;
  Vector<double> upper_;
  std::vector<Index> slot_;
  std::vector<Index> n_found_;
  std::vector<Outsider> found_;  // width x k
  std::vector<std::pair<Index, double>> path_;
};

}  // namespace unlabeled::detail
