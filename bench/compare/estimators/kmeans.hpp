// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "../tasks.hpp"
#include "unlabeled/cluster/kmeans.hpp"

namespace compare {

template <Real S> Reply kmeans_reply(double time, const KMeans<S>& kmeans) {
  return {{"seconds", time},
          {"inertia", kmeans.inertia()},
          {"iterations", static_cast<double>(kmeans.report().n_iterations)}};
}

template <Real S> Reply run_kmeans_from(const Request& request) {
  const auto& x = array<S>(request.text("x"));
  const auto& init = array<S>(request.text("init"));
  KMeans<S> kmeans({.n_clusters = init.rows(),
                    .max_iterations = request.number("iterations"),
                    .tolerance = 0,
                    .n_threads = request.n_threads()});
  const double time = seconds([&] { kmeans.fit_from(x, init); });
  return kmeans_reply(time, kmeans);
}

template <Real S> Reply run_kmeans(const Request& request) {
  const auto& x = array<S>(request.text("x"));
  KMeans<S> kmeans({.n_clusters = request.number("n_clusters"),
                    .seed = static_cast<std::uint64_t>(request.number("seed")),
                    .n_threads = request.n_threads()});
  const double time = seconds([&] { kmeans.fit(x); });
  return kmeans_reply(time, kmeans);
}

template <Real S> Tasks kmeans_tasks() {
  return {{"kmeans_from", run_kmeans_from<S>}, {"kmeans", run_kmeans<S>}};
}

}  // namespace compare
