// SPDX-License-Identifier: MIT
#pragma once

#include "../tasks.hpp"
#include "unlabeled/cluster/dbscan.hpp"

namespace compare {

template <Real S> Reply run_dbscan(const Request& request) {
  const auto& x = array<S>(request.text("x"));
  DBSCAN<S> dbscan({.eps = std::stod(request.text("eps")),
                    .min_samples = request.number("min_samples"),
                    .n_threads = request.n_threads()});
  const double time = seconds([&] { dbscan.fit(x); });
  return {{"seconds", time},
          {"noise", static_cast<double>((dbscan.labels().array() < 0).count())},
          {"clusters", static_cast<double>(dbscan.n_clusters())}};
}

template <Real S> Tasks dbscan_tasks() { return {{"dbscan", run_dbscan<S>}}; }

}  // namespace compare
