// SPDX-License-Identifier: MIT
#pragma once

#include "unlabeled/anomaly/isolation_forest.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/io/detail/stored_model.hpp"

namespace unlabeled::detail {

template <Real S> struct Stored<IsolationForest<S>> {
  static constexpr const char* kind = "IsolationForest";

  static void options(auto& visit, auto& options) {
    visit("n_estimators", options.n_estimators);
    visit("max_samples", options.max_samples);
    visit("max_features", options.max_features);
    visit("contamination", options.contamination);
    visit("bootstrap", options.bootstrap);
    visit("n_split_features", options.n_split_features);
    visit("seed", options.seed);
    visit("n_threads", options.n_threads);
  }

  static void model(auto& visit, auto& model, const IsolationForestOptions& options) {
    visit("n_features", model.n_features);
    visit("n_samples_per_tree", model.n_samples_per_tree);
    visit("tree_begin", model.tree_begin, "n_trees_and_end");
    visit("left_child", model.left_child, "n_nodes");
    visit("n_node_samples", model.n_node_samples, "n_nodes");
    visit("split_features", model.split_features, "n_nodes", "n_split_features");
    visit("thresholds", model.thresholds, "n_nodes");
    if (options.n_split_features > 1) {
      visit("directions", model.directions, "n_nodes", "n_split_features");
      visit("shares", model.shares, "n_nodes", "n_split_features");
    }
    visit("offset", model.offset);
  }
};

}  // namespace unlabeled::detail
