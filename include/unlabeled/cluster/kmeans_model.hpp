// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "unlabeled/core/report.hpp"
#include "unlabeled/core/types.hpp"

// Options and model of KMeans, apart from the class because its kernels need them first.

namespace unlabeled {

enum class KMeansInit { plus_plus, random };

/// How samples find their centre; all give the same labels.
enum class KMeansAlgorithm {
  automatic,  ///< hamerly: it falls back to full scans by itself where bounds do not help
  lloyd,      ///< scan all samples in every iteration; no memory for bounds
  hamerly,    ///< two bounds per sample skip the samples that cannot change
  elkan       ///< a bound per sample and centre: 4 n k bytes, for few dear distances
};

struct KMeansOptions {
  Index n_clusters = 8;
  KMeansInit init = KMeansInit::plus_plus;  ///< greedy k-means++, or samples at random
  Index n_init = 1;                         ///< independent starts; the lowest inertia wins
  Index max_iterations = 300;               ///< of each start
  double tolerance = 1e-4;  ///< on the squared centre movement over the mean feature variance
  KMeansAlgorithm algorithm = KMeansAlgorithm::automatic;
  std::uint64_t seed = 0;         ///< same seed and data, same result, whatever n_threads is
  int n_threads = 0;              ///< 0 = all hardware threads, 1 = the calling thread only
  OnIteration on_iteration = {};  ///< objective: inertia; change: what `tolerance` bounds
};

template <Real S> struct KMeansModel {
  Matrix<S> cluster_centers;       ///< n_clusters x n_features
  Vector<double> cluster_weights;  ///< n_clusters: weight of the samples that each centre averages
  Labels labels;                   ///< n_samples, equal to predict(training data)
  double inertia = 0;              ///< sum of weight * squared distance to the nearest centre
  Report report;                   ///< objective = inertia
};

}  // namespace unlabeled
