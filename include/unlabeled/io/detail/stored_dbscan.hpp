// SPDX-License-Identifier: MIT
#pragma once

#include "unlabeled/cluster/dbscan.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/io/detail/stored_model.hpp"
#include "unlabeled/linalg/metric.hpp"

namespace unlabeled::detail {

/// The index over the core samples is not stored: the constructor makes it anew.
template <Real S> struct Stored<DBSCAN<S>> {
  static constexpr const char* kind = "DBSCAN";

  static void options(auto& visit, auto& options) {
    visit("eps", options.eps);
    visit("min_samples", options.min_samples);
    visit("metric", options.metric,
          {{"euclidean", Metric::euclidean},
           {"manhattan", Metric::manhattan},
           {"chebyshev", Metric::chebyshev},
           {"cosine", Metric::cosine},
           {"precomputed", Metric::precomputed}});
    visit("n_threads", options.n_threads);
  }

  static void model(auto& visit, auto& model, const DBSCANOptions& options) {
    visit("labels", model.labels, "n_samples");
    visit("core_sample_indices", model.core_sample_indices, "n_core_samples");
    visit("n_clusters", model.n_clusters);
    if (options.metric == Metric::precomputed) {
      visit.require(model.labels.size() >= 1, "labels of at least 1 sample");
      return;
    }
    visit("core_samples", model.core_samples, "n_core_samples", "n_features");
    visit.require(model.core_samples.cols() >= 1, "core_samples of at least 1 feature");
  }
};

}  // namespace unlabeled::detail
