// SPDX-License-Identifier: MIT
#pragma once

#include <type_traits>

#include "unlabeled/cluster/agglomerative.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/io/detail/stored_model.hpp"

namespace unlabeled::detail {

template <Real S> struct Stored<Agglomerative<S>> {
  static constexpr const char* kind = "Agglomerative";

  static void options(auto& visit, auto& options) {
    visit("n_clusters", options.n_clusters);
    visit("distance_threshold", options.distance_threshold);
    visit("linkage", options.linkage,
          {{"ward", Linkage::ward},
           {"complete", Linkage::complete},
           {"average", Linkage::average},
           {"single", Linkage::single},
           {"weighted", Linkage::weighted},
           {"centroid", Linkage::centroid},
           {"median", Linkage::median}});
    visit("metric", options.metric,
          {{"euclidean", Metric::euclidean},
           {"manhattan", Metric::manhattan},
           {"chebyshev", Metric::chebyshev},
           {"cosine", Metric::cosine},
           {"precomputed", Metric::precomputed}});
    visit("n_threads", options.n_threads);
  }

  static void model(auto& visit, auto& model, const AgglomerativeOptions&) {
    visit("linkage_matrix", model.linkage_matrix, "n_samples - 1", "4");
    visit("labels", model.labels, "n_samples");
    visit("n_features", model.n_features);
  }
};

}  // namespace unlabeled::detail
