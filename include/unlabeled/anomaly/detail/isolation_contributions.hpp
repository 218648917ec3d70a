// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "unlabeled/anomaly/detail/average_path.hpp"
#include "unlabeled/anomaly/detail/isolation_tree.hpp"
#include "unlabeled/anomaly/isolation_forest_model.hpp"
#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"

// Which features make a sample anomalous.

namespace unlabeled::detail {

/// For each node but the roots, how much shorter than expected the split above it made the path:
/// c(size of the parent) - c(size of the node) - 1.
template <Real S> std::vector<double> gains_of_nodes(const IsolationForestModel<S>& model) {
  std::vector<double> gains(static_cast<std::size_t>(model.left_child.size()));
  for (Index tree = 0; tree + 1 < model.tree_begin.size(); ++tree)
    for (Index node = model.tree_begin(tree); node < model.tree_begin(tree + 1); ++node) {
      if (model.left_child(node) == 0) continue;
      const double expected = average_path_length(model.n_node_samples(node)) - 1;
      const Index left = model.tree_begin(tree) + model.left_child(node);
      for (const Index child : {left, left + 1})
        gains[static_cast<std::size_t>(child)] =
            expected - average_path_length(model.n_node_samples(child));
    }
  return gains;
}

/// Adds the gains of a sample's path through the tree at `root` to the features that were split.
template <Real S>
void add_gains(const IsolationForestModel<S>& model, const std::vector<double>& gains, Index root,
               const S* sample, double* total) {
  const Index q = model.split_features.cols();
  for (Index node = root; model.left_child(node) != 0;) {
    const int* const features = model.split_features.data() + node * q;
    const Index left = root + model.left_child(node);
    if (q == 1) {
      node = left + (model.thresholds(node) < sample[*features] ? 1 : 0);
      total[*features] += gains[static_cast<std::size_t>(node)];
      continue;
    }
    const S* const shares = model.shares.data() + node * q;
    const S value = projection(sample, 1, features, model.directions.data() + node * q, q);
    node = left + (model.thresholds(node) < value ? 1 : 0);
    for (Index j = 0; j < q; ++j)
      total[features[j]] += gains[static_cast<std::size_t>(node)] * static_cast<double>(shares[j]);
  }
}

/// n_samples x n_features, means over the trees.
template <Real S>
Matrix<S> isolation_contributions(Team& team, const Samples<S>& x,
                                  const IsolationForestModel<S>& model) {
  const Index d = x.n_features, n_trees = model.tree_begin.size() - 1;
  Matrix<S> result(x.n_samples, d);
  const std::vector<double> gains = gains_of_nodes(model);
  const Chunks chunks{x.n_samples, 64};
  const Index n_workers = team.workers(chunks.count());
  std::vector<S> samples(static_cast<std::size_t>(n_workers * d));
  std::vector<double> totals(samples.size());
  team.for_each_chunk(chunks, [&](const Range& rows, int worker) {
    S* const sample = samples.data() + worker * d;
    double* const total = totals.data() + worker * d;
    for (Index i = rows.begin; i < rows.end; ++i) {
      for (Index j = 0; j < d; ++j) sample[j] = x(i, j);
      std::fill(total, total + d, 0.0);
      for (Index tree = 0; tree < n_trees; ++tree)
        add_gains(model, gains, model.tree_begin(tree), sample, total);
      for (Index j = 0; j < d; ++j)
        result(i, j) = static_cast<S>(total[j] / static_cast<double>(n_trees));
    }
  });
  return result;
}

}  // namespace unlabeled::detail
