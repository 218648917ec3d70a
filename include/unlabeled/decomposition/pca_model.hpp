// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "unlabeled/core/types.hpp"

namespace unlabeled {

enum class PCASolver {
  automatic,   ///< covariance, or randomized where few of very many components are wanted
  covariance,  ///< eigenvectors of X_c^T X_c, or of X_c X_c^T when there are fewer samples
  svd,         ///< QR, then singular values: small components keep their digits; slower
  randomized,  ///< block Krylov on X_c: never forms a d x d or n x n matrix
};

struct PCAOptions {
  Index n_components = 0;            ///< 0 = all, min(n_samples, n_features)
  double min_explained_variance = 0; /**< in [0, 1]; 0 = off, else the fewest components that reach
                                          this share of the variance, n_components at the most */
  bool whiten = false;               ///< give transformed samples unit variance in each component
  PCASolver solver = PCASolver::automatic;
  Index n_oversamples = 10;       ///< randomized: columns of a block beyond n_components
  Index n_power_iterations = -1;  ///< randomized: -1 = until the components have converged
  std::uint64_t seed = 0;         ///< of the random start where few components are wanted
  int n_threads = 0;              ///< 0 = all hardware threads, 1 = the calling thread only
};

/// Everything learned; k components of d features.
template <Real S> struct PCAModel {
  Matrix<S> components;                ///< k x d, orthonormal rows, largest variance first
  Vector<S> mean;                      ///< d
  Vector<double> exact_mean;           ///< d, before its rounding to S: where partial_fit goes on
  Vector<S> explained_variance;        ///< k, divisor n - 1
  Vector<S> explained_variance_ratio;  ///< k, shares of total_variance
  Vector<S> singular_values;           ///< k, of the centred samples
  S noise_variance = 0;                ///< mean variance of the min(n, d) - k dropped components
  double total_variance = 0;           ///< of all features together, divisor n - 1
  Index n_samples_seen = 0;
};

}  // namespace unlabeled
