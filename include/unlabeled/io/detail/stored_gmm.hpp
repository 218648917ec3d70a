// SPDX-License-Identifier: MIT
#pragma once

#include <type_traits>
#include <vector>

#include "unlabeled/core/types.hpp"
#include "unlabeled/io/detail/stored_model.hpp"
#include "unlabeled/mixture/gmm.hpp"

namespace unlabeled::detail {

template <Real S> struct Stored<GMM<S>> {
  static constexpr const char* kind = "GMM";

  static void options(auto& visit, auto& options) {
    visit("n_components", options.n_components);
    visit("covariance_type", options.covariance_type,
          {{"full", CovarianceType::full},
           {"tied", CovarianceType::tied},
           {"diag", CovarianceType::diag},
           {"spherical", CovarianceType::spherical}});
    visit("tolerance", options.tolerance);
    visit("regularization", options.regularization);
    visit("max_iterations", options.max_iterations);
    visit("n_init", options.n_init);
    visit("init", options.init, {{"kmeans", GMMInit::kmeans}, {"random", GMMInit::random}});
    visit("seed", options.seed);
    visit("n_threads", options.n_threads);
  }

  static void model(auto& visit, auto& model, const GMMOptions&) {
    visit("weights", model.weights, "n_components");
    visit("means", model.means, "n_components", "n_features");
    visit("covariances", model.covariances, "n_components * n_features", "n_features");
    visit("exact_means", model.exact_means, "n_components", "n_features");
    visit("precision_factors", model.precision_factors, "rows of factors", "n_features");
    visit("labels", model.labels, "n_samples");
    visit("lower_bound", model.lower_bound);
    visit_report(visit, model.report);
    visit.require(model.means.cols() >= 1, "means of at least 1 feature");
  }
};

}  // namespace unlabeled::detail
