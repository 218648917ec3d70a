// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <vector>

#include "unlabeled/anomaly/detail/average_path.hpp"
#include "unlabeled/anomaly/detail/isolation_tree.hpp"
#include "unlabeled/anomaly/isolation_forest_model.hpp"
#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/packet.hpp"

// How samples walk down the trees: nearly all the time of scoring. Samples walk side by side, each
// a fixed number of steps in which a leaf leads to itself, so there is no branch to mispredict. The
// first levels of a tree have few nodes: there every comparison is made, for a packet of samples at
// once, and the answers choose.

namespace unlabeled::detail {

/// Rows of a block are filled up to a multiple of it, which every packet divides.
inline constexpr Index n_walkers = 16;
/// Samples that walk side by side: as many as have their places in registers.
inline constexpr Index n_together = 8;

/// A node as walkers meet it. `offset` is where the feature begins in a block of samples.
template <Real S> struct WalkNode {
  S threshold;
  std::int32_t offset;
  std::int32_t left;
};

/// Levels whose nodes are all compared: another one doubles the comparisons, and a packet has to
/// have the lanes to pay for it.
template <Real S>
inline constexpr int n_top_levels = packet_size<S> >= 16  ? 5
                                    : packet_size<S> >= 8 ? 4
                                    : packet_size<S> >= 4 ? 3
                                    : packet_size<S> >= 2 ? 2
                                                          : 0;

/// The first levels of a tree as a complete one: the children of node i are 2 i + 1 and 2 i + 2.
template <Real S> struct TreeTop {
  static constexpr std::size_t n_nodes = (std::size_t{1} << n_top_levels<S>)-1;

  std::array<S, n_nodes + 1> threshold{};  // one more, as no array may be empty
  std::array<std::int32_t, n_nodes + 1> offset{};
  std::array<S, n_nodes + 1> below{};  // numbers of the nodes to go on from, as bits of S
};

/// The number of a node in the bits of an S, so that packets can choose between nodes.
template <Real S> S as_bits(std::int32_t node) {
  using Bits = std::conditional_t<sizeof(S) == 4, std::int32_t, std::int64_t>;
  return std::bit_cast<S>(static_cast<Bits>(node));
}
template <Real S> EIGEN_ALWAYS_INLINE std::int32_t from_bits(S value) {
  using Bits = std::conditional_t<sizeof(S) == 4, std::int32_t, std::int64_t>;
  return static_cast<std::int32_t>(std::bit_cast<Bits>(value));
}

/// A forest laid out for walking through blocks of samples.
template <Real S> class WalkForest {
 public:
  /// What one thread works in; aligned, for a packet across two cache lines costs twice.
  struct Scratch {
    explicit Scratch(const WalkForest& forest)
        : block(forest.block_size() * forest.n_columns()),
          reached(forest.block_size()),
          sums(forest.block_size()) {}

    Vector<S> block;      ///< column j of sample i is at j * block_size + i
    Vector<S> reached;    ///< numbers of nodes, as bits of S
    Vector<double> sums;  ///< one per sample
  };

  /// Refers to the model, which must outlive it.
  WalkForest(Team& team, const IsolationForestModel<S>& model)
      : model_(model),
        n_trees_(model.tree_begin.size() - 1),
        features_(split_features(model)),
        block_size_(block_size_for(n_columns())),
        slots_(slots_of_splits()),
        nodes_(static_cast<std::size_t>(model.left_child.size())),
        excess_(nodes_.size()),
        tops_(is_oblique() ? 0 : static_cast<std::size_t>(n_trees_)),
        n_steps_(static_cast<std::size_t>(n_trees_)) {
    constexpr Index trees_per_task = 8;
    team.for_each_chunk({n_trees_, trees_per_task}, [&](const Range& trees, int) {
      std::vector<int> depths;
      for (Index tree = trees.begin; tree < trees.end; ++tree) lay_out(tree, depths);
    });
  }

  /// Samples of a block, which one thread walks through all trees.
  [[nodiscard]] Index block_size() const { return block_size_; }
  /// The columns of a block, of which there is at least one.
  [[nodiscard]] const std::vector<int>& features() const { return features_; }
  [[nodiscard]] Index n_columns() const { return static_cast<Index>(features_.size()); }

  /// sums(i) += the sum over the trees of h(x) - c(n_samples_per_tree) for sample i of the block;
  /// n_rows is a multiple of n_walkers. The trees are added in their order.
  void add_excess(Index n_rows, Scratch& scratch) const {
    for (Index tree = 0; tree < n_trees_; ++tree)
      if (is_oblique())
        walk_oblique(tree, n_rows, scratch);
      else
        walk(tree, n_rows, scratch);
  }

 private:
  static constexpr int n_levels = n_top_levels<S>;

  [[nodiscard]] bool is_oblique() const { return model_.split_features.cols() > 1; }

  /// The features that any tree splits, ascending.
  static std::vector<int> split_features(const IsolationForestModel<S>& model) {
    std::vector<char> is_split(static_cast<std::size_t>(model.n_features), 0);
    for (const int feature : model.split_features.reshaped())
      is_split[static_cast<std::size_t>(feature)] = 1;
    std::vector<int> features;
    for (std::size_t feature = 0; feature < is_split.size(); ++feature)
      if (is_split[feature] != 0) features.push_back(static_cast<int>(feature));
    return features;
  }

  /// Few enough samples to stay in the first cache, enough for each tree to be fetched seldom.
  static Index block_size_for(Index n_columns) {
    constexpr Index bytes = Index{1} << 14, most = 256;
    const Index fitting = bytes / static_cast<Index>(sizeof(S)) / n_columns / n_walkers * n_walkers;
    return std::clamp(fitting, 4 * n_walkers, most);
  }

  /// model.split_features as columns of a block.
  [[nodiscard]] std::vector<int> slots_of_splits() const {
    std::vector<int> slot_of(static_cast<std::size_t>(model_.n_features), 0);
    for (std::size_t slot = 0; slot < features_.size(); ++slot)
      slot_of[static_cast<std::size_t>(features_[slot])] = static_cast<int>(slot);
    std::vector<int> slots(static_cast<std::size_t>(model_.split_features.size()));
    std::transform(model_.split_features.data(),
                   model_.split_features.data() + model_.split_features.size(), slots.begin(),
                   [&](int feature) { return slot_of[static_cast<std::size_t>(feature)]; });
    return slots;
  }

  void lay_out(Index tree, std::vector<int>& depths) {
    const Index begin = model_.tree_begin(tree), size = model_.tree_begin(tree + 1) - begin;
    const double whole = average_path_length(model_.n_samples_per_tree);
    depths.assign(static_cast<std::size_t>(size), 0);
    int deepest = 0;
    for (Index node = 0; node < size; ++node) {
      const Index i = begin + node;
      const int left = model_.left_child(i), depth = depths[static_cast<std::size_t>(node)];
      WalkNode<S>& laid = nodes_[static_cast<std::size_t>(i)];
      if (left == 0) {  // nothing finite is greater than the largest number
        laid = {std::numeric_limits<S>::max(), 0, static_cast<std::int32_t>(node)};
        excess_[static_cast<std::size_t>(i)] =
            depth + average_path_length(model_.n_node_samples(i)) - whole;
      } else {
        const int slot = slots_[static_cast<std::size_t>(i * model_.split_features.cols())];
        laid = {model_.thresholds(i), static_cast<std::int32_t>(slot * block_size_), left};
        depths[static_cast<std::size_t>(left)] = depths[static_cast<std::size_t>(left) + 1] =
            depth + 1;
      }
      deepest = std::max(deepest, depth);
    }
    n_steps_[static_cast<std::size_t>(tree)] =
        std::max(0, is_oblique() ? deepest : deepest - n_levels);
    if (!is_oblique()) lay_out_top(tops_[static_cast<std::size_t>(tree)], begin, 0, 0);
  }

  /// Fills the complete tree from `place` on; below a leaf it repeats the leaf, which leads left.
  void lay_out_top(TreeTop<S>& top, Index begin, std::int32_t node, std::size_t place) {
    if (place >= TreeTop<S>::n_nodes) {
      top.below[place - TreeTop<S>::n_nodes] = as_bits<S>(node);
      return;
    }
    const WalkNode<S>& laid = nodes_[static_cast<std::size_t>(begin + node)];
    top.threshold[place] = laid.threshold;
    top.offset[place] = laid.offset;
    const std::int32_t right = laid.left == node ? node : laid.left + 1;
    lay_out_top(top, begin, laid.left, 2 * place + 1);
    lay_out_top(top, begin, right, 2 * place + 2);
  }

  /// The node below the top that each lane goes on from.
  template <std::size_t place>
  EIGEN_ALWAYS_INLINE static Packet<S> below(const TreeTop<S>& top, const S* x) {
    if constexpr (place >= TreeTop<S>::n_nodes) {
      return broadcast<S>(top.below[place - TreeTop<S>::n_nodes]);
    } else {
      const Packet<S> right = below<2 * place + 2>(top, x), left = below<2 * place + 1>(top, x);
      return select_less<S>(broadcast<S>(top.threshold[place]), load<S>(x + top.offset[place]),
                            right, left);
    }
  }

  /// The top for all rows first: the walks after it then overlap each other.
  void walk(Index tree, Index n_rows, Scratch& scratch) const {
    const S* const block = scratch.block.data();
    S* const reached = scratch.reached.data();
    const TreeTop<S>& top = tops_[static_cast<std::size_t>(tree)];
    for (Index row = 0; row < n_rows; row += packet_size<S>)
      store<S>(reached + row, below<0>(top, block + row));
    for (Index row = 0; row < n_rows; row += n_together)
      walk_on(tree, reached + row, block + row, scratch.sums.data() + row);
  }

  /// Walkers go on from the nodes they reached, to their leaves.
  EIGEN_ALWAYS_INLINE void walk_on(Index tree, const S* reached, const S* x, double* sums) const {
    const WalkNode<S>* const nodes = nodes_.data() + model_.tree_begin(tree);
    const double* const excess = excess_.data() + model_.tree_begin(tree);
    std::int32_t at[n_together];
#pragma GCC unroll 8
    for (Index i = 0; i < n_together; ++i) at[i] = from_bits(reached[i]);
    for (int step = n_steps_[static_cast<std::size_t>(tree)]; step > 0; --step) {
#pragma GCC unroll 8
      for (Index i = 0; i < n_together; ++i) {
        const WalkNode<S>& node = nodes[at[i]];
        at[i] = node.left + static_cast<std::int32_t>(node.threshold < x[node.offset + i]);
      }
    }
#pragma GCC unroll 8
    for (Index i = 0; i < n_together; ++i) sums[i] += excess[at[i]];
  }

  void walk_oblique(Index tree, Index n_rows, Scratch& scratch) const {
    const Index begin = model_.tree_begin(tree), q = model_.split_features.cols();
    const WalkNode<S>* const nodes = nodes_.data() + begin;
    for (Index row = 0; row < n_rows; row += n_together) {
      std::array<std::int32_t, n_together> at{};
      for (int step = n_steps_[static_cast<std::size_t>(tree)]; step > 0; --step)
        for (std::size_t i = 0; i < n_together; ++i) {
          const Index first = (begin + at[i]) * q;
          const S value =
              projection(scratch.block.data() + row + static_cast<Index>(i), block_size_,
                         slots_.data() + first, model_.directions.data() + first, q);
          at[i] = nodes[at[i]].left + static_cast<std::int32_t>(nodes[at[i]].threshold < value);
        }
      for (std::size_t i = 0; i < n_together; ++i)
        scratch.sums(row + static_cast<Index>(i)) +=
            excess_[static_cast<std::size_t>(begin + at[i])];
    }
  }

  const IsolationForestModel<S>& model_;
  Index n_trees_;
  std::vector<int> features_;
  Index block_size_;
  std::vector<int> slots_;
  std::vector<WalkNode<S>> nodes_;
  std::vector<double> excess_;  // of leaves
  std::vector<TreeTop<S>> tops_;
  std::vector<int> n_steps_;
};

}  // namespace unlabeled::detail
