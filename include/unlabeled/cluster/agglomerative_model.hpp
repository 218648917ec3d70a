// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/metric.hpp"

// Options and model of Agglomerative, apart from the class because its kernels need them first.

namespace unlabeled {

/// How far apart clusters A and B are, from the distances d(a, b) of their samples.
enum class Linkage {
  ward,      ///< sqrt(2 |A| |B| / (|A| + |B|)) times the distance of their means
  complete,  ///< the greatest d(a, b)
  average,   ///< the mean of all d(a, b)
  single,    ///< the least d(a, b)
  weighted,  ///< the mean of the distances of the two clusters that A was merged from to B
  centroid,  ///< the distance of their means; can be less than that of an earlier merge
  median     ///< as centroid, with the midpoint of the two merged in place of the mean
};

struct AgglomerativeOptions {
  Index n_clusters = 2;  ///< of labels(); without effect where distance_threshold is given
  std::optional<double> distance_threshold = {};  ///< labels() are cut_at() this distance
  Linkage linkage = Linkage::ward;
  Metric metric = Metric::euclidean;  ///< the only one of ward, centroid and median
  int n_threads = 0;                  ///< 0 = all hardware threads, 1 = the calling thread only
};

template <Real S> struct AgglomerativeModel {
  Matrix<double> linkage_matrix;  ///< (n_samples - 1) x 4: two clusters, distance, samples in both
  Labels labels;                  ///< n_samples, as the options cut the hierarchy
  Index n_clusters = 0;           ///< in labels
  Index n_features = 0;           ///< of the samples (columns of X)
};

}  // namespace unlabeled
