// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstdint>

#include "unlabeled/core/random.hpp"
#include "unlabeled/core/types.hpp"

// Data that tests generate. Equal arguments give equal data on every platform, and float data are
// the rounded double data.

namespace unlabeled {
inline namespace testing {

/// n x d independent standard normal numbers, drawn row by row.
template <Real S> Matrix<S> random_matrix(Index n_rows, Index n_columns, std::uint64_t seed) {
  Rng rng(seed);
  Matrix<S> x(n_rows, n_columns);
  for (Index i = 0; i < n_rows; ++i)
    for (Index j = 0; j < n_columns; ++j) x(i, j) = static_cast<S>(rng.normal());
  return x;
}

template <Real S> struct Blobs {
  Matrix<S> samples;  ///< n x d
  Labels labels;      ///< true cluster of each sample
  Matrix<S> centers;  ///< k x d, true means
};

/// Spherical normal clusters of equal size (sample i belongs to cluster i % n_clusters) with the
/// standard deviation `spread`, around centres that keep apart within [-10, 10]^d.
template <Real S>
Blobs<S> make_blobs(Index n_samples, Index n_features, Index n_clusters, std::uint64_t seed,
                    double spread = 1.0) {
  Rng rng(seed);
  Matrix<double> centers(n_clusters, n_features);
  for (Index c = 0; c < n_clusters; ++c) {
    double widest_gap = -1;
    for (int candidate = 0; candidate < 20; ++candidate) {
      Vector<double> center(n_features);
      for (double& coordinate : center) coordinate = rng.uniform(-10, 10);
      double gap = 1e300;
      for (Index other = 0; other < c; ++other)
        gap = std::fmin(gap, (centers.row(other).transpose() - center).norm());
      if (gap <= widest_gap) continue;
      widest_gap = gap;
      centers.row(c) = center.transpose();
    }
  }
  Blobs<S> blobs{Matrix<S>(n_samples, n_features), Labels(n_samples), centers.template cast<S>()};
  for (Index i = 0; i < n_samples; ++i) {
    const Index c = i % n_clusters;
    blobs.labels(i) = static_cast<int>(c);
    for (Index j = 0; j < n_features; ++j)
      blobs.samples(i, j) = static_cast<S>(rng.normal(centers(c, j), spread));
  }
  return blobs;
}

template <Real S> struct Moons {
  Matrix<S> samples;  ///< n x 2
  Labels labels;      ///< 0 = upper moon, 1 = lower moon, alternating
};

/// Two interleaved half circles of radius 1 with normal noise of this standard deviation.
template <Real S> Moons<S> make_moons(Index n_samples, double noise, std::uint64_t seed) {
  Rng rng(seed);
  Moons<S> moons{Matrix<S>(n_samples, 2), Labels(n_samples)};
  for (Index i = 0; i < n_samples; ++i) {
    const bool lower = i % 2 == 1;
    const double angle = rng.uniform(0, 3.14159265358979323846);
    const double x = lower ? 1 - std::cos(angle) : std::cos(angle);
    const double y = lower ? 0.5 - std::sin(angle) : std::sin(angle);
    moons.labels(i) = lower ? 1 : 0;
    moons.samples(i, 0) = static_cast<S>(rng.normal(x, noise));
    moons.samples(i, 1) = static_cast<S>(rng.normal(y, noise));
  }
  return moons;
}

}  // namespace testing
}  // namespace unlabeled
