// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>

#include "../tasks.hpp"
#include "unlabeled/cluster/agglomerative.hpp"

namespace compare {

/// The hierarchy by a linkage; heights of equal hierarchies have equal sums.
template <Real S> Reply run_agglomerative(const Request& request) {
  static const std::map<std::string, Linkage> linkages{{"ward", Linkage::ward},
                                                       {"complete", Linkage::complete},
                                                       {"average", Linkage::average},
                                                       {"single", Linkage::single}};
  const auto& x = array<S>(request.text("x"));
  Agglomerative<S> hierarchy(
      {.linkage = linkages.at(request.text("linkage")), .n_threads = request.n_threads()});
  const double time = seconds([&] { hierarchy.fit(x); });
  return {{"seconds", time}, {"heights", hierarchy.linkage_matrix().col(2).sum()}};
}

template <Real S> Tasks agglomerative_tasks() { return {{"agglomerative", run_agglomerative<S>}}; }

}  // namespace compare
