// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "unlabeled/core/report.hpp"
#include "unlabeled/core/types.hpp"

// Options and model of GMM, apart from the class because its kernels need them first.

namespace unlabeled {

/// What the covariances of the components may be.
enum class CovarianceType {
  full,      ///< each component its own matrix
  tied,      ///< one matrix for all components
  diag,      ///< each component its own variance per feature
  spherical  ///< each component one variance
};

/// Where the iterations start.
enum class GMMInit {
  kmeans,  ///< the clusters of KMeans, one start of it
  random   ///< samples drawn by weight as means, equal weights, the covariance of all samples
};

struct GMMOptions {
  Index n_components = 1;
  CovarianceType covariance_type = CovarianceType::full;
  double tolerance = 1e-3;       ///< on the change of the mean log-likelihood per sample
  double regularization = 1e-6;  ///< added to every variance, in squared units of X
  Index max_iterations = 100;    ///< of each start
  Index n_init = 1;              ///< independent starts; the highest lower bound wins
  GMMInit init = GMMInit::kmeans;
  std::uint64_t seed = 0;         ///< same seed and data, same result, whatever n_threads is
  int n_threads = 0;              ///< 0 = all hardware threads, 1 = the calling thread only
  OnIteration on_iteration = {};  ///< objective: lower bound; change: what `tolerance` bounds
};

/// The first three fields describe a mixture completely: a model made of them alone is valid, and
/// fit_from() starts from them. precision_factors and exact_means say the same with the digits that
/// S or a squared scale may have lost; fit() fills them, the constructor completes them, and
/// fit_from() passes over them where they say something else. A float covariance that rounding made
/// singular counts as positive definite.
template <Real S> struct GMMModel {
  Vector<S> weights;                   ///< n_components, sum 1
  Matrix<S> means;                     ///< n_components x n_features
  std::vector<Matrix<S>> covariances;  ///< n_components of n_features x n_features, for every type

  Matrix<double> exact_means;  ///< n_components x n_features, the means before rounding to S
  /// Lower triangular factors W with W covariance W^T = 1, one below the other: of each component
  /// (full), the one of all (tied); or n_components x n_features inverse deviations (diag,
  /// spherical).
  Matrix<double> precision_factors;

  Labels labels;           ///< n_samples, equal to predict(training data)
  double lower_bound = 0;  ///< mean log-likelihood per sample, of the last expectation step
  Report report;           ///< objective = lower_bound
};

/// Samples drawn from a mixture, and the component each came from.
template <Real S> struct GMMSample {
  Matrix<S> samples;  ///< n x n_features
  Labels labels;      ///< n
};

}  // namespace unlabeled
