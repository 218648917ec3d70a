// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "../tasks.hpp"
#include "unlabeled/anomaly/isolation_forest.hpp"
#include "unlabeled/metrics/outlier.hpp"

namespace compare {

/// ROC AUC where the last `outliers` samples are the outliers.
template <Real S> double auc_of_last(const Vector<S>& scores, Index n_outliers) {
  Labels is_outlier = Labels::Zero(scores.size());
  is_outlier.tail(n_outliers).setOnes();
  return roc_auc_score(is_outlier, scores);
}

template <Real S> Reply run_isolation_forest(const Request& request) {
  const auto& x = array<S>(request.text("x"));
  IsolationForest<S> forest({.seed = static_cast<std::uint64_t>(request.number("seed")),
                             .n_threads = request.n_threads()});
  Vector<S> scores;
  const double time = seconds([&] { scores = forest.fit(x).anomaly_score(x); });
  return {{"seconds", time}, {"error", 1 - auc_of_last(scores, request.number("outliers"))}};
}

/// For anomaly_auc.py: samples and labels from files, the AUC of one seed.
template <Real S> Reply run_forest_auc(const Request& request) {
  const auto& x = array<S>(request.text("x"));
  const Labels labels = array<double>(request.text("labels")).col(0).template cast<int>();
  IsolationForest<S> forest({.n_split_features = request.number("n_split_features"),
                             .seed = static_cast<std::uint64_t>(request.number("seed")),
                             .n_threads = request.n_threads()});
  Vector<S> scores;
  const double time = seconds([&] { scores = forest.fit(x).anomaly_score(x); });
  return {{"seconds", time}, {"auc", roc_auc_score(labels, scores)}};
}

template <Real S> Tasks isolation_forest_tasks() {
  return {{"isolation_forest", run_isolation_forest<S>}, {"forest_auc", run_forest_auc<S>}};
}

}  // namespace compare
