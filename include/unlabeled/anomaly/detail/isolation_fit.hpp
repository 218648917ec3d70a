// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "unlabeled/anomaly/detail/isolation_scores.hpp"
#include "unlabeled/anomaly/detail/isolation_tree.hpp"
#include "unlabeled/anomaly/isolation_forest_model.hpp"
#include "unlabeled/core/check.hpp"
#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"

// Data and options in, a whole model out.

namespace unlabeled::detail {

/// max_features of n_features, to the nearest whole number, at least one.
inline Index features_per_tree(const IsolationForestOptions& options, Index n_features) {
  const double share = options.max_features * static_cast<double>(n_features);
  return std::clamp(static_cast<Index>(std::llround(share)), Index{1}, n_features);
}

template <Real S>
std::vector<IsolationTree<S>> grown_trees(Team& team, const Samples<S>& x,
                                          const IsolationForestOptions& options, Index n_samples) {
  const Index n_features = features_per_tree(options, x.n_features);
  std::vector<IsolationTree<S>> trees(static_cast<std::size_t>(options.n_estimators));
  std::vector<std::optional<TreeGrower<S>>> growers(
      static_cast<std::size_t>(team.workers(options.n_estimators)));
  team.run(options.n_estimators, [&](Index tree, int worker) {
    std::optional<TreeGrower<S>>& grower = growers[static_cast<std::size_t>(worker)];
    if (!grower) grower.emplace(x, options, n_samples, n_features);
    trees[static_cast<std::size_t>(tree)] = grower->grow(tree);
  });
  return trees;
}

/// The trees one after the other.
template <Real S>
IsolationForestModel<S> joined(const std::vector<IsolationTree<S>>& trees, Index n_split_features) {
  IsolationForestModel<S> model;
  const Index q = n_split_features, oblique_q = q > 1 ? q : 0;
  model.tree_begin.resize(static_cast<Index>(trees.size()) + 1);
  Index n_nodes = 0, next = 0;
  for (const IsolationTree<S>& tree : trees) {
    model.tree_begin(next++) = n_nodes;
    n_nodes += static_cast<Index>(tree.left_child.size());
  }
  model.tree_begin(next) = n_nodes;
  model.left_child.resize(n_nodes);
  model.n_node_samples.resize(n_nodes);
  model.split_features.resize(n_nodes, q);
  model.thresholds.resize(n_nodes);
  model.directions.resize(oblique_q > 0 ? n_nodes : 0, oblique_q);
  model.shares.resize(oblique_q > 0 ? n_nodes : 0, oblique_q);
  for (std::size_t i = 0; i < trees.size(); ++i) {
    const Index begin = model.tree_begin(static_cast<Index>(i));
    const auto put = [begin](const auto& values, auto* destination, Index columns) {
      if (columns > 0) std::copy(values.begin(), values.end(), destination + begin * columns);
    };
    put(trees[i].left_child, model.left_child.data(), 1);
    put(trees[i].n_node_samples, model.n_node_samples.data(), 1);
    put(trees[i].split_features, model.split_features.data(), q);
    put(trees[i].thresholds, model.thresholds.data(), 1);
    put(trees[i].directions, model.directions.data(), oblique_q);
    put(trees[i].shares, model.shares.data(), oblique_q);
  }
  return model;
}

/// share * (n - 1), where in the ascending order of n scores the quantile is. A whole number that
/// rounding missed, as in 0.07 * 100 > 7, is taken for what was meant: it decides over a score.
inline double quantile_position(double share, Index n) {
  const double position = share * static_cast<double>(n - 1), whole = std::round(position);
  const double rounding = 4 * std::numeric_limits<double>::epsilon() * static_cast<double>(n);
  return whole > 0 && std::abs(position - whole) <= rounding ? whole : position;
}

/// The quantile of n scores for a share, linear between two of them (NumPy's percentile): where all
/// differ, share * (n - 1) of them, rounded up, are below it.
template <Real S> S score_quantile(Vector<S> scores, double share) {
  const double position = quantile_position(share, scores.size());
  const auto below = static_cast<Index>(position);
  S* const first = scores.data();
  S* const last = first + scores.size();
  std::nth_element(first, first + below, last);
  const S low = scores(below);
  const double fraction = position - static_cast<double>(below);
  if (fraction == 0) return low;
  const S high = *std::min_element(first + below + 1, last);
  const double gap = static_cast<double>(high) - static_cast<double>(low);
  const S quantile = static_cast<S>(static_cast<double>(low) + fraction * gap);
  return quantile > low ? quantile : high;  // rounding must not let the lower one escape
}

template <Real S, class V>
IsolationForestModel<S> fit_isolation_forest(const V& view, const IsolationForestOptions& options) {
  constexpr const char* owner = "IsolationForest";
  check_training_data(owner, view);
  const Samples<S> x(view);
  check_option(x.n_features <= max_forest_features, owner, "n_features", "<= 16777216",
               x.n_features);
  const Index n_tree_features = features_per_tree(options, x.n_features);
  if (options.n_split_features > n_tree_features)
    refuse(owner, "n_split_features must be <= features of a tree = " + printed(n_tree_features) +
                      ", got " + printed(options.n_split_features));
  const Index n_samples = std::min(options.max_samples, x.n_samples);
  Team team(options.n_threads);
  IsolationForestModel<S> model =
      joined(grown_trees(team, x, options, n_samples), options.n_split_features);
  model.n_features = x.n_features;
  model.n_samples_per_tree = n_samples;
  if (options.contamination)
    model.offset = score_quantile<S>(-anomaly_scores(team, x, model), *options.contamination);
  return model;
}

}  // namespace unlabeled::detail
