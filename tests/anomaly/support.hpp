// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>

#include "support/data.hpp"
#include "support/instances/isolation_forest.hpp"

// What the tests of IsolationForest know of it without its kernels.

namespace unlabeled {
inline namespace testing {

/// c(m) by its definition.
inline double summed_average_path(Index m) {
  double harmonic = 0;
  for (Index i = 1; i < m; ++i) harmonic += 1 / static_cast<double>(i);
  return m == 1 ? 0 : 2 * harmonic - 2 * static_cast<double>(m - 1) / static_cast<double>(m);
}

/// Where a sample ends in the tree whose root is `root`, one comparison after the other.
template <Real S, class Row>
Index leaf_of(const IsolationForestModel<S>& model, Index root, Index node, const Row& x) {
  if (model.left_child(node) == 0) return node;
  S value = x(model.split_features(node, 0));
  if (model.split_features.cols() > 1) {
    double sum = 0;
    for (Index j = 0; j < model.split_features.cols(); ++j)
      sum += static_cast<double>(model.directions(node, j)) *
             static_cast<double>(x(model.split_features(node, j)));
    value = static_cast<S>(sum);
  }
  const Index child = root + model.left_child(node) + (value > model.thresholds(node) ? 1 : 0);
  return leaf_of(model, root, child, x);
}

/// Splits above a node of the tree at `root`.
template <Real S> Index depth_of(const IsolationForestModel<S>& model, Index root, Index node) {
  if (node == root) return 0;
  Index parent = root;
  while (model.left_child(parent) == 0 ||
         (root + model.left_child(parent) != node && root + model.left_child(parent) + 1 != node))
    ++parent;
  return depth_of(model, root, parent) + 1;
}

/// Mean path length of a sample by walking every tree.
template <Real S, class Row> double naive_path(const IsolationForestModel<S>& model, const Row& x) {
  const Index n_trees = model.tree_begin.size() - 1;
  const double whole = summed_average_path(model.n_samples_per_tree);
  double excess = 0;
  for (Index tree = 0; tree < n_trees; ++tree) {
    const Index root = model.tree_begin(tree), leaf = leaf_of(model, root, root, x);
    excess += static_cast<double>(depth_of(model, root, leaf)) +
              summed_average_path(model.n_node_samples(leaf)) - whole;
  }
  return whole + excess / static_cast<double>(n_trees);
}

/// 95 normal points and 5 wide ones, the last.
template <Real S> Matrix<S> normal_and_wide(std::uint64_t seed, Index n_features = 2) {
  Matrix<S> x = random_matrix<S>(100, n_features, seed);
  x.bottomRows(5) *= S(6);
  return x;
}

}  // namespace testing
}  // namespace unlabeled
