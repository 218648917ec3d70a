// SPDX-License-Identifier: MIT
#pragma once

#include "../tasks.hpp"
#include "unlabeled/decomposition/pca.hpp"
#include "unlabeled/io/npy.hpp"

namespace compare {

template <Real S> Reply run_pca(const Request& request) {
  const auto& x = array<S>(request.text("x"));
  PCA<S> pca({.n_components = request.number("n_components"), .n_threads = request.n_threads()});
  const double time = seconds([&] { pca.fit(x); });
  write_npy(request.text("components"), pca.components());
  return {{"seconds", time}};
}

template <Real S> Tasks pca_tasks() { return {{"pca", run_pca<S>}}; }

}  // namespace compare
