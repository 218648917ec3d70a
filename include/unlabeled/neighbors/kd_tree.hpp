// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/neighbors/detail/least_first.hpp"

// A k-d tree: samples reordered so that near ones lie together, in boxes that halve from level to
// level. It holds no query of its own; what walks it knows what may be skipped.

namespace unlabeled::detail {

/// A complete binary tree in heap order: node 0 is the root, node v has the halves 2v + 1 and
/// 2v + 2, all leaves lie on the last level. Samples are known by their position in the tree.
template <Real T> struct KdTree {
  std::vector<Index> order;  ///< sample at each position
  Matrix<T> points;          ///< n_samples x n_features in the tree's order: features contiguous
  std::vector<Range> nodes;  ///< positions of each node
  RowMatrix<T> lower;        ///< n_nodes x n_features: corners of the tight box of each node
  RowMatrix<T> upper;

  [[nodiscard]] Index n_samples() const { return points.rows(); }
  [[nodiscard]] Index n_features() const { return points.cols(); }
  [[nodiscard]] Index n_nodes() const { return static_cast<Index>(nodes.size()); }
  [[nodiscard]] Index first_leaf() const { return n_nodes() / 2; }
  [[nodiscard]] Index n_leaves() const { return n_nodes() - first_leaf(); }
  [[nodiscard]] bool is_leaf(Index node) const { return node >= first_leaf(); }
  [[nodiscard]] const Range& range(Index node) const {
    return nodes[static_cast<std::size_t>(node)];
  }
  static Index left(Index node) { return 2 * node + 1; }
  static Index right(Index node) { return 2 * node + 2; }
  static Index parent(Index node) { return (node - 1) / 2; }
};

/// Sets the tight box of a node around its points.
template <Real T> void set_box(KdTree<T>& tree, Index node) {
  const Range range = tree.range(node);
  const auto members = tree.points.middleRows(range.begin, range.size());
  tree.lower.row(node) = members.colwise().minCoeff();
  tree.upper.row(node) = members.colwise().maxCoeff();
}

/// Splits the samples order[range] at `half` of them by the median of the feature in which they
/// spread widest; value(sample, j) gives features. Equal values go by sample number, so the split
/// depends on nothing but the samples.
template <class T, class Number, class Value>
void split_samples(Number* order, Index n_samples, Index half, Index n_features, Value&& value,
                   std::vector<std::pair<T, Number>>& keys) {
  std::vector<T> least(static_cast<std::size_t>(n_features)), greatest;
  for (Index j = 0; j < n_features; ++j) least[static_cast<std::size_t>(j)] = value(order[0], j);
  greatest = least;
  for (Index p = 1; p < n_samples; ++p)
    for (Index j = 0; j < n_features; ++j) {
      const auto f = static_cast<std::size_t>(j);
      const T v = value(order[p], j);
      least[f] = v < least[f] ? v : least[f];
      greatest[f] = v > greatest[f] ? v : greatest[f];
    }
  Index widest = 0;
  for (Index j = 1; j < n_features; ++j) {
    const auto f = static_cast<std::size_t>(j), w = static_cast<std::size_t>(widest);
    if (greatest[f] - least[f] > greatest[w] - least[w]) widest = j;
  }
  keys.resize(static_cast<std::size_t>(n_samples));
  for (Index p = 0; p < n_samples; ++p)
    keys[static_cast<std::size_t>(p)] = {value(order[p], widest), order[p]};
  put_least_first(keys.data(), n_samples, half);
  for (Index p = 0; p < n_samples; ++p) order[p] = keys[static_cast<std::size_t>(p)].second;
}

/// Splits the samples at the positions of `node`.
template <Real T, Real S>
void split_node(KdTree<T>& tree, Index node, const Samples<S>& x,
                std::vector<std::pair<T, Index>>& keys) {
  const Range range = tree.range(node);
  split_samples(
      tree.order.data() + range.begin, range.size(), tree.range(KdTree<T>::left(node)).size(),
      x.n_features, [&](Index sample, Index j) { return static_cast<T>(x(sample, j)); }, keys);
}

/// The tree of all samples, with at most `leaf_size` >= 2 in a leaf, and no leaf empty. T may be
/// wider than S: distances are then computed in it. Time O(n d log n), memory n (d + 1) numbers.
template <Real T, Real S>
KdTree<T> build_kd_tree(Team& team, const Samples<S>& x, Index leaf_size) {
  KdTree<T> tree;
  const Index n = x.n_samples;
  Index n_leaves = 1;
  while ((n + n_leaves - 1) / n_leaves > leaf_size) n_leaves *= 2;
  tree.order.resize(static_cast<std::size_t>(n));
  for (Index i = 0; i < n; ++i) tree.order[static_cast<std::size_t>(i)] = i;
  tree.nodes.resize(static_cast<std::size_t>(2 * n_leaves - 1));
  tree.nodes[0] = {0, n};
  for (Index node = 0; node < n_leaves - 1; ++node) {
    const Range range = tree.range(node);
    const Index middle = range.begin + (range.size() + 1) / 2;
    tree.nodes[static_cast<std::size_t>(KdTree<T>::left(node))] = {range.begin, middle};
    tree.nodes[static_cast<std::size_t>(KdTree<T>::right(node))] = {middle, range.end};
  }
  std::vector<std::vector<std::pair<T, Index>>> keys(
      static_cast<std::size_t>(team.workers(n_leaves)));
  for (Index first = 0; first < n_leaves - 1; first = 2 * first + 1)  // level by level
    team.run(first + 1, [&](Index i, int worker) {
      split_node(tree, first + i, x, keys[static_cast<std::size_t>(worker)]);
    });

  tree.points = Matrix<T>(n, x.n_features);
  tree.lower = RowMatrix<T>(tree.n_nodes(), x.n_features);
  tree.upper = tree.lower;
  team.run(n_leaves, [&](Index leaf, int) {
    const Range range = tree.range(tree.first_leaf() + leaf);
    for (Index j = 0; j < x.n_features; ++j)
      for (Index p = range.begin; p < range.end; ++p)
        tree.points(p, j) = static_cast<T>(x(tree.order[static_cast<std::size_t>(p)], j));
    set_box(tree, tree.first_leaf() + leaf);
  });
  for (Index node = tree.first_leaf() - 1; node >= 0; --node) {
    tree.lower.row(node) =
        tree.lower.row(tree.left(node)).cwiseMin(tree.lower.row(tree.right(node)));
    tree.upper.row(node) =
        tree.upper.row(tree.left(node)).cwiseMax(tree.upper.row(tree.right(node)));
  }
  return tree;
}

}  // namespace unlabeled::detail
