// SPDX-License-Identifier: MIT
#pragma once

#include <type_traits>
#include <utility>

#include "unlabeled/cluster/kmeans.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/decomposition/pca.hpp"
#include "unlabeled/io/detail/stored_agglomerative.hpp"
#include "unlabeled/io/detail/stored_dbscan.hpp"
#include "unlabeled/io/detail/stored_deep_cluster.hpp"
#include "unlabeled/io/detail/stored_gmm.hpp"
#include "unlabeled/io/detail/stored_isolation_forest.hpp"
#include "unlabeled/io/detail/stored_model.hpp"
#include "unlabeled/io/detail/stored_networks.hpp"
#include "unlabeled/io/detail/stored_phrases.hpp"
#include "unlabeled/io/detail/stored_word2vec.hpp"
#include "unlabeled/preprocessing/standard_scaler.hpp"

// What the file of each estimator holds. Whether it is a valid model is asked by the constructor.

namespace unlabeled::detail {

template <Real S> struct Stored<StandardScaler<S>> {
  static constexpr const char* kind = "StandardScaler";

  static void options(auto& visit, auto& options) {
    visit("with_mean", options.with_mean);
    visit("with_std", options.with_std);
    visit("n_threads", options.n_threads);
  }

  static void model(auto& visit, auto& model, const StandardScalerOptions& options) {
    visit("n_samples_seen", model.n_samples_seen);
    visit("weight", model.moments.weight);
    visit("mean", model.moments.mean, "n_features");
    visit("m2", model.moments.m2, "n_features");
    if constexpr (std::remove_reference_t<decltype(visit)>::is_reading)
      model = standard_scaler<S>(std::move(model.moments), model.n_samples_seen, options);
  }
};

template <Real S> struct Stored<PCA<S>> {
  static constexpr const char* kind = "PCA";

  static void options(auto& visit, auto& options) {
    visit("n_components", options.n_components);
    visit("min_explained_variance", options.min_explained_variance);
    visit("whiten", options.whiten);
    visit("solver", options.solver,
          {{"automatic", PCASolver::automatic},
           {"covariance", PCASolver::covariance},
           {"svd", PCASolver::svd},
           {"randomized", PCASolver::randomized}});
    visit("n_oversamples", options.n_oversamples);
    visit("n_power_iterations", options.n_power_iterations);
    visit("seed", options.seed);
    visit("n_threads", options.n_threads);
  }

  static void model(auto& visit, auto& model, const PCAOptions&) {
    visit("components", model.components, "n_components", "n_features");
    visit("mean", model.mean, "n_features");
    visit("exact_mean", model.exact_mean, "n_features");
    visit("explained_variance", model.explained_variance, "n_components");
    visit("explained_variance_ratio", model.explained_variance_ratio, "n_components");
    visit("singular_values", model.singular_values, "n_components");
    visit("noise_variance", model.noise_variance);
    visit("total_variance", model.total_variance);
    visit("n_samples_seen", model.n_samples_seen);
  }
};

template <Real S> struct Stored<KMeans<S>> {
  static constexpr const char* kind = "KMeans";

  static void options(auto& visit, auto& options) {
    using Algorithm = KMeansAlgorithm;
    visit("n_clusters", options.n_clusters);
    visit("init", options.init,
          {{"plus_plus", KMeansInit::plus_plus}, {"random", KMeansInit::random}});
    visit("n_init", options.n_init);
    visit("max_iterations", options.max_iterations);
    visit("tolerance", options.tolerance);
    visit("algorithm", options.algorithm,
          {{"automatic", Algorithm::automatic},
           {"lloyd", Algorithm::lloyd},
           {"hamerly", Algorithm::hamerly},
           {"elkan", Algorithm::elkan}});
    visit("seed", options.seed);
    visit("n_threads", options.n_threads);
  }

  static void model(auto& visit, auto& model, const KMeansOptions&) {
    visit("cluster_centers", model.cluster_centers, "n_clusters", "n_features");
    visit("cluster_weights", model.cluster_weights, "n_clusters");
    visit("labels", model.labels, "n_samples");
    visit("inertia", model.inertia);
    visit_report(visit, model.report);
    visit.require(model.cluster_centers.cols() >= 1, "cluster_centers of at least 1 feature");
  }
};

}  // namespace unlabeled::detail
