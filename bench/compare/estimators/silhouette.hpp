// SPDX-License-Identifier: MIT
#pragma once

#include "../tasks.hpp"
#include "unlabeled/metrics/clustering.hpp"

namespace compare {

template <Real S> Reply run_silhouette(const Request& request) {
  const auto& x = array<S>(request.text("x"));
  const Labels labels = array<double>(request.text("labels")).col(0).template cast<int>();
  double score = 0;
  const double time = seconds([&] { score = silhouette_score(x, labels, request.n_threads()); });
  return {{"seconds", time}, {"score", score}};
}

template <Real S> Tasks silhouette_tasks() { return {{"silhouette", run_silhouette<S>}}; }

}  // namespace compare
