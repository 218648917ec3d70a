// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "unlabeled/core/disjoint_sets.hpp"
#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/neighbors/detail/measure.hpp"
#include "unlabeled/neighbors/detail/nearest_outsiders.hpp"
#include "unlabeled/neighbors/detail/panel_tree.hpp"
#include "unlabeled/neighbors/spanning_edge.hpp"

// Borůvka's algorithm on a k-d tree: in each round every component is joined by its first edge to
// another. Points keep their k nearest neighbours, and most rounds are served from those: a point
// whose neighbours are all in its own component looks again only if its component could not be
// settled by nearer ones. (W. March, P. Ram, A. Gray, "Fast Euclidean minimum spanning tree", KDD
// 2010, doi 10.1145/1835804.1835882, is the tree's part; theirs walks pairs of nodes.)

namespace unlabeled::detail {

template <Metric metric> class Boruvka {
 public:
  Boruvka(Team& team, const RowMatrix<double>& points, Index leaf_size, Index n_neighbors)
      : team_(&team),
        n_points_(points.rows()),
        tree_(team, points, leaf_size),
        k_(n_neighbors),
        union_(tree_.n_slots()),
        bounds_(static_cast<std::size_t>(tree_.n_slots())),
        best_(static_cast<std::size_t>(tree_.n_slots()), Index{-1}),
        neighbors_(static_cast<std::size_t>(tree_.n_slots() * k_)),
        first_(static_cast<std::size_t>(tree_.n_slots()), 0),
        last_(static_cast<std::size_t>(tree_.n_slots()), 0),
        with_candidate_(static_cast<std::size_t>(leaf_chunks().count())),
        known_within_(tree_.n_slots()) {
    components_.of_slot = Vector<double>(tree_.n_slots());
    for (Index leaf = 0; leaf < tree_.n_leaves(); ++leaf)
      for (Index lane = 0; lane < tree_.width(); ++lane)
        components_.of_slot[leaf * tree_.width() + lane] = static_cast<double>(
            leaf * tree_.width() + std::min(lane, tree_.count(leaf) - 1));  // the point repeated
    components_.of_node = Vector<double>::Constant(tree_.n_nodes(), Components::mixed);
    const int workers = team.workers(leaf_chunks().count());
    first_search_.assign(static_cast<std::size_t>(workers), Search(tree_, k_));
    searches_.assign(static_cast<std::size_t>(workers), Search(tree_, 1));
    edges_.reserve(static_cast<std::size_t>(n_points_ - 1));
  }

  std::vector<SpanningEdge> run() && {
    find_neighbors();
    while (static_cast<Index>(edges_.size()) + 1 < n_points_) {
      bound_components();
      look_again();
      choose();
      join();
    }
    return std::move(edges_);
  }

 private:
  using Search = NearestOutsiders<metric>;
  static constexpr Index leaves_per_chunk = 8;

  /// Leaves that are a task.
  [[nodiscard]] Chunks leaf_chunks() const { return {tree_.n_leaves(), leaves_per_chunk}; }

  [[nodiscard]] Index component(Index slot) const {
    return static_cast<Index>(components_.of_slot[slot]);
  }
  [[nodiscard]] bool has_candidate(Index slot) const {
    return first_[static_cast<std::size_t>(slot)] < last_[static_cast<std::size_t>(slot)];
  }
  [[nodiscard]] const Outsider& candidate(Index slot) const {
    return neighbors_[static_cast<std::size_t>(slot * k_ + first_[static_cast<std::size_t>(slot)])];
  }
  [[nodiscard]] SpanningEdge candidate_edge(Index slot) const {
    return edge_between(tree_.sample(slot), tree_.sample(candidate(slot).slot),
                        candidate(slot).length);
  }

  void find_neighbors() {
    team_->for_each_chunk(leaf_chunks(), [&](Range leaves, int worker) {
      Search& search = first_search_[static_cast<std::size_t>(worker)];
      for (Index leaf = leaves.begin; leaf < leaves.end; ++leaf) {
        search.clear();
        for (Index lane = 0; lane < tree_.count(leaf); ++lane) {
          const Index slot = leaf * tree_.width() + lane;
          search.add(slot, components_.of_slot[slot], std::numeric_limits<double>::infinity());
        }
        search.search(components_, nullptr);
        keep(search);
      }
    });
  }

  /// Candidates beyond the bound are dropped: a nearer one may have been passed by.
  void keep(const Search& search) {
    for (Index q = 0; q < search.n_queries(); ++q) {
      const auto slot = static_cast<std::size_t>(search.slot(q));
      first_[slot] = last_[slot] = 0;
      known_within_[search.slot(q)] = search.bound(q);
      for (Index i = 0; i < search.n_found(q); ++i) {
        if (measure_within<metric>(search.found(q, i).length) > search.bound(q)) break;
        neighbors_[slot * static_cast<std::size_t>(k_) + static_cast<std::size_t>(i)] =
            search.found(q, i);
        ++last_[slot];
      }
      if (has_candidate(search.slot(q))) with_candidate(search.slot(q)).push_back(search.slot(q));
    }
  }
  std::vector<Index>& with_candidate(Index slot) {
    return with_candidate_[static_cast<std::size_t>(slot / tree_.width() / leaves_per_chunk)];
  }

  /// Drops neighbours that have joined the point's component; the others bound its first edge.
  void bound_components() {
    team_->run(leaf_chunks().count(), [&](Index chunk, int) {
      std::vector<Index>& slots = with_candidate_[static_cast<std::size_t>(chunk)];
      auto end = slots.begin();
      for (const Index slot : slots) {
        while (has_candidate(slot) && component(candidate(slot).slot) == component(slot))
          ++first_[static_cast<std::size_t>(slot)];
        if (!has_candidate(slot)) continue;
        bound_of(slot).lower_to(measure_within<metric>(candidate(slot).length));
        *end++ = slot;
      }
      slots.erase(end, slots.end());
    });
  }
  FallingBound& bound_of(Index slot) { return bounds_[static_cast<std::size_t>(component(slot))]; }

  /// Points without a candidate search, if what they know ends before their component's bound.
  void look_again() {
    team_->for_each_chunk(leaf_chunks(), [&](Range leaves, int worker) {
      Search& search = searches_[static_cast<std::size_t>(worker)];
      for (Index leaf = leaves.begin; leaf < leaves.end; ++leaf) {
        search.clear();
        for (Index lane = 0; lane < tree_.count(leaf); ++lane) {
          const Index slot = leaf * tree_.width() + lane;
          const double bound = bound_of(slot).get();
          if (!has_candidate(slot) && known_within_[slot] <= bound)
            search.add(slot, components_.of_slot[slot], bound);
        }
        if (search.n_queries() == 0) continue;
        search.search(components_, bounds_.data());
        keep(search);
      }
    });
  }

  /// The point with the first edge of each component.
  void choose() {
    for (const std::vector<Index>& slots : with_candidate_)
      for (const Index slot : slots) {
        if (measure_within<metric>(candidate(slot).length) > bound_of(slot).get()) continue;
        Index& best = best_[static_cast<std::size_t>(component(slot))];
        if (best < 0 || candidate_edge(slot) < candidate_edge(best)) best = slot;
      }
  }

  void join() {
    for (std::size_t root = 0; root < best_.size(); ++root) {
      const Index slot = std::exchange(best_[root], Index{-1});
      bounds_[root].set(std::numeric_limits<double>::infinity());
      if (slot >= 0 && union_.unite(slot, candidate(slot).slot))
        edges_.push_back(candidate_edge(slot));
    }
    for (Index slot = 0; slot < tree_.n_slots(); ++slot) {
      components_.of_slot[slot] = static_cast<double>(union_.root(component(slot)));
    }
    label_nodes();
  }

  void label_nodes() {
    for (Index leaf = 0; leaf < tree_.n_leaves(); ++leaf) {
      const auto points = components_.of_slot.segment(leaf * tree_.width(), tree_.count(leaf));
      const bool common = (points.array() == points[0]).all();
      components_.of_node[tree_.node_of(leaf)] = common ? points[0] : Components::mixed;
    }
    for (Index node = tree_.node_of(0) - 1; node >= 0; --node) {
      const double left = components_.of_node[KdTree<double>::left(node)];
      const double right = components_.of_node[KdTree<double>::right(node)];
      components_.of_node[node] = left == right ? left : Components::mixed;
    }
  }

  Team* team_;
  Index n_points_;
  PanelTree tree_;
  Index k_;
  Components components_;
  DisjointSets union_;                // of slots
  std::vector<FallingBound> bounds_;  // by the root of a component: measure of its first edge
  std::vector<Index> best_;           // by the root: the point of the first edge, or -1
  std::vector<Outsider> neighbors_;   // k for each slot, nearest first
  std::vector<std::uint8_t> first_;   // of these, the first that is an outsider
  std::vector<std::uint8_t> last_;
  std::vector<std::vector<Index>> with_candidate_;  // slots, by chunks of leaves
  Vector<double> known_within_;  // all outsiders up to this measure were among the neighbours
  std::vector<Search> first_search_;
  std::vector<Search> searches_;
  std::vector<SpanningEdge> edges_;
};

}  // namespace unlabeled::detail
