// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "unlabeled/anomaly/detail/average_path.hpp"
#include "unlabeled/anomaly/isolation_forest_model.hpp"
#include "unlabeled/core/check.hpp"
#include "unlabeled/core/types.hpp"

// What options and models an IsolationForest takes. Walkers trust a model blindly, so nothing may
// pass here that leads them out of its arrays or round in circles.

namespace unlabeled::detail {

inline IsolationForestOptions checked(IsolationForestOptions options) {
  constexpr const char* owner = "IsolationForest";
  check_option(options.n_estimators >= 1, owner, "n_estimators", ">= 1", options.n_estimators);
  check_option(options.n_estimators <= (Index{1} << 24), owner, "n_estimators", "<= 16777216",
               options.n_estimators);
  check_option(options.max_samples >= 1, owner, "max_samples", ">= 1", options.max_samples);
  check_option(options.max_samples <= (Index{1} << 29), owner, "max_samples", "<= 536870912",
               options.max_samples);
  check_option(options.max_features > 0 && options.max_features <= 1, owner, "max_features",
               "in (0, 1]", options.max_features);
  if (options.contamination)
    check_option(*options.contamination > 0 && *options.contamination <= 0.5, owner,
                 "contamination", "in (0, 0.5]", *options.contamination);
  check_option(options.n_split_features >= 1, owner, "n_split_features", ">= 1",
               options.n_split_features);
  check_n_threads(owner, options.n_threads);
  return options;
}

/// One tree of a model, whose arrays are known to have their sizes.
template <Real S> class TreeCheck {
 public:
  TreeCheck(const IsolationForestModel<S>& model, Index tree)
      : model_(model),
        begin_(model.tree_begin(tree)),
        size_(model.tree_begin(tree + 1) - begin_),
        depth_(static_cast<std::size_t>(size_), -1) {}

  /// Every node has one parent, which comes before it, and its samples are those of its children.
  void check() {
    depth_[0] = 0;
    require(0, model_.n_node_samples(begin_) == model_.n_samples_per_tree,
            "n_samples_per_tree samples in the root");
    const int most = depth_limit(model_.n_samples_per_tree);
    for (Index node = 0; node < size_; ++node) {
      const int depth = depth_[static_cast<std::size_t>(node)];
      require(node, depth >= 0 && depth <= most, "one parent and a depth within the limit");
      const Index left = model_.left_child(begin_ + node);
      if (left != 0) check_split(node, left, depth);
    }
  }

 private:
  void check_split(Index node, Index left, int depth) {
    require(node, left > node && left + 1 < size_, "children between itself and the tree's end");
    for (const Index child : {left, left + 1}) {
      require(child, std::exchange(depth_[static_cast<std::size_t>(child)], depth + 1) == -1,
              "one parent");
      require(child, model_.n_node_samples(begin_ + child) >= 1, "a sample");
    }
    require(
        node,
        Index{model_.n_node_samples(begin_ + left)} + model_.n_node_samples(begin_ + left + 1) ==
            model_.n_node_samples(begin_ + node),
        "as many samples as its children");
  }

  void require(Index node, bool holds, const char* what) const {
    if (!holds)
      refuse("IsolationForest", "model: node " + printed(begin_ + node) + " must have " + what);
  }

  const IsolationForestModel<S>& model_;
  Index begin_, size_;
  std::vector<int> depth_;
};

template <Real S>
void check_forest_shapes(const IsolationForestModel<S>& model,
                         const IsolationForestOptions& options) {
  constexpr const char* owner = "IsolationForest";
  const Index n_nodes = model.left_child.size(), q = options.n_split_features;
  if (model.tree_begin.size() != options.n_estimators + 1)
    refuse(owner,
           "model.tree_begin must have n_estimators + 1 = " + printed(options.n_estimators + 1) +
               " entries, got " + printed(model.tree_begin.size()));
  bool ascending = model.tree_begin(0) == 0 && model.tree_begin(options.n_estimators) == n_nodes;
  for (Index tree = 0; tree < options.n_estimators; ++tree)
    ascending = ascending && model.tree_begin(tree) < model.tree_begin(tree + 1);
  if (!ascending)
    refuse(owner,
           "model.tree_begin must ascend from 0 to the number of nodes = " + printed(n_nodes));
  const Index oblique_rows = q > 1 ? n_nodes : 0, oblique_columns = q > 1 ? q : 0;
  const auto has_shape = [](const auto& matrix, Index rows, Index columns) {
    return matrix.rows() == rows && matrix.cols() == columns;
  };
  if (model.n_node_samples.size() != n_nodes || model.thresholds.size() != n_nodes ||
      !has_shape(model.split_features, n_nodes, q) ||
      !has_shape(model.directions, oblique_rows, oblique_columns) ||
      !has_shape(model.shares, oblique_rows, oblique_columns))
    refuse(owner, "model must have an entry for each of its " + printed(n_nodes) +
                      " nodes and of " + printed(q) + " split features");
}

/// A model made elsewhere, when it agrees with itself and the options.
template <Real S>
IsolationForestModel<S> checked(IsolationForestModel<S> model,
                                const IsolationForestOptions& options) {
  constexpr const char* owner = "IsolationForest";
  check_option(model.n_features >= 1 && model.n_features <= max_forest_features, owner,
               "model.n_features", "from 1 to 16777216", model.n_features);
  check_option(model.n_samples_per_tree >= 1 && model.n_samples_per_tree <= options.max_samples,
               owner, "model.n_samples_per_tree", "from 1 to max_samples",
               model.n_samples_per_tree);
  check_forest_shapes(model, options);
  if ((model.split_features.array() < 0).any() ||
      (model.split_features.template cast<Index>().array() >= model.n_features).any())
    refuse(owner, "model.split_features must be from 0 to " + printed(model.n_features - 1));
  if (!all_finite(model.thresholds)) refuse(owner, "model.thresholds must be finite");
  if (model.directions.size() > 0 && !all_finite(model.directions))
    refuse(owner, "model.directions must be finite");
  if (model.shares.size() > 0 &&
      (!all_finite(model.shares) || model.shares.minCoeff() < 0 || model.shares.maxCoeff() > 1))
    refuse(owner, "model.shares must be from 0 to 1");
  for (Index tree = 0; tree < options.n_estimators; ++tree) TreeCheck<S>(model, tree).check();
  check_option(model.offset >= -1 && model.offset <= 0, owner, "model.offset", "from -1 to 0",
               model.offset);
  return model;
}

}  // namespace unlabeled::detail
