// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>

#include "unlabeled/core/types.hpp"

// Options and model of IsolationForest, apart from the class because its kernels need them first.

namespace unlabeled {

struct IsolationForestOptions {
  Index n_estimators = 100;   ///< trees, at most 2^24
  Index max_samples = 256;    ///< that a tree sees, at most 2^29; where there are fewer, all
  double max_features = 1.0;  ///< share in (0, 1] of the features that a tree sees
  std::optional<double> contamination = {};  ///< share of outliers in (0, 0.5]; empty: offset -0.5
  bool bootstrap = false;                    ///< a tree draws its samples with replacement
  Index n_split_features = 1;                ///< features that a split looks at; more: oblique
  std::uint64_t seed = 0;  ///< same seed and data, same result, whatever n_threads is
  int n_threads = 0;       ///< 0 = all hardware threads, 1 = the calling thread only
};

/// Trees in one list of nodes. The nodes of a tree follow each other, the root first; a node comes
/// before its two children, which are neighbours: left_child and left_child + 1, counted from the
/// root. A sample goes to the right where its value is greater than the threshold.
template <Real S> struct IsolationForestModel {
  Index n_features = 0;
  Index n_samples_per_tree = 0;   ///< min(max_samples, training samples)
  Vector<Index> tree_begin;       ///< n_estimators + 1: root of each tree, and the number of nodes
  Labels left_child;              ///< n_nodes; 0 = the node is a leaf
  Labels n_node_samples;          ///< n_nodes: training samples of the tree that came there
  RowMatrix<int> split_features;  ///< n_nodes x n_split_features; 0 where nothing is split
  Vector<S> thresholds;           ///< n_nodes; 0 in leaves
  RowMatrix<S> directions;        ///< n_nodes x n_split_features if that is > 1, else empty
  RowMatrix<S> shares;            ///< likewise: share of each feature in what a split explains
  S offset = S(-0.5);             ///< a sample whose score is below it is an outlier
};

namespace detail {
/// Walkers count the entries of a block of samples in 32 bits.
inline constexpr Index max_forest_features = Index{1} << 24;
}  // namespace detail

}  // namespace unlabeled
