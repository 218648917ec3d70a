// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/metric.hpp"

// Options and model of DBSCAN, apart from the class because its kernels need them first.

namespace unlabeled {

struct DBSCANOptions {
  double eps = 0.5;       ///< samples at most this far apart are neighbours; in units of the metric
  Index min_samples = 5;  ///< neighbours (or their weight) that make a core sample, itself included
  Metric metric = Metric::euclidean;
  int n_threads = 0;  ///< 0 = all hardware threads, 1 = the calling thread only
};

namespace detail {
template <Real S> class CoreIndex;
}

template <Real S> struct DBSCANModel {
  Labels labels;  ///< n_samples: 0 … n_clusters - 1, or -1 for noise
  Eigen::Matrix<Index, Eigen::Dynamic, 1> core_sample_indices;  ///< n_core, ascending
  Matrix<S> core_samples;  ///< n_core x n_features; no row where the metric is precomputed
  int n_clusters = 0;
  /// Finds core samples for predict(). Made from the fields above, never stored; copies share it.
  std::shared_ptr<const detail::CoreIndex<S>> index;
};

}  // namespace unlabeled
