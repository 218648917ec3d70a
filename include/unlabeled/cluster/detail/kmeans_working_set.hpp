// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>

#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/large_matrix.hpp"
#include "unlabeled/linalg/moments.hpp"
#include "unlabeled/linalg/nearest.hpp"
#include "unlabeled/linalg/scan.hpp"

namespace unlabeled::detail {

/// What every iteration of k-means reads: the samples once more, centred, scaled and packed as
/// float panels (n_features x lanes each), so that all storage orders and both scalars run the
/// same loops. Sums over samples always use the original values.
///
/// Memory: 4 n d + 8 n bytes beside the data.
template <Real S> struct KMeansWorkingSet {
  static constexpr Index lanes = CenterSearch::lanes;

  Samples<S> x;
  const double* sample_weight;  // n, or none: every sample counts once
  Frame frame;
  double mean_variance;    // of the columns, in the units of x
  Vector<float> values;    // n_panels x (n_features x lanes)
  Vector<float> norm;      // |x| in the frame, rounded up; n padded to whole panels
  Vector<float> weight;    // relative to the greatest; 0 in the padding
  double weight_unit = 1;  // a power of two near the greatest weight, so that sums cannot overflow
  double total = 0;        // sum of weight_of * |x|^2 in the frame

  KMeansWorkingSet(Team& team, const Samples<S>& samples, const ColumnMoments& moments,
                   const double* weights)
      : x(samples),
        sample_weight(weights),
        frame(moments.mean, std::sqrt(moments.m2.sum() / moments.weight)),
        mean_variance(moments.m2.mean() / moments.weight),
        values(large_matrix<Vector<float>>(panels() * samples.n_features * lanes, 1)),
        norm(panels() * lanes),
        weight(Vector<float>::Zero(panels() * lanes)) {
    if (weights) {
      const double greatest = *std::max_element(weights, weights + samples.n_samples);
      weight_unit = std::ldexp(1.0, std::ilogb(greatest));
      greatest_weight_ = greatest / weight_unit;
    }
    total = moments.m2.sum() * frame.scale * frame.scale;
    const double weighted = team.reduce(chunks(), 0.0, [&](Range range, int) {
      double sum = 0;
      for (Index p = range.begin; p < range.end; ++p) sum += pack(p);
      return sum;
    });
    if (weights) total = weighted;
  }

  [[nodiscard]] Index panels() const { return n_panels<float>(x.n_samples); }
  [[nodiscard]] const float* panel(Index p) const {
    return values.data() + p * x.n_features * lanes;
  }
  /// Panels handed out together: a few thousand samples at most, and work worth a hand-over.
  [[nodiscard]] Chunks chunks() const { return {panels(), 64}; }
  /// In weight units.
  [[nodiscard]] double weight_of(Index sample) const {
    return sample_weight ? sample_weight[sample] / weight_unit : 1.0;
  }
  [[nodiscard]] Index samples_in(Index p) const { return std::min(lanes, x.n_samples - p * lanes); }

 private:
  /// Gives the panel's share of `total` when samples have weights: without, the moments know it.
  double pack(Index p) {
    float* panel = values.data() + p * x.n_features * lanes;
    const Index first = p * lanes, count = samples_in(p);
    pack_panel(
        x, frame, count, [&](Index lane) { return first + lane; }, panel);
    panel_norms(panel, x.n_features, norm.data() + first);
    double sum = 0;
    for (Index i = first; i < first + count; ++i) {
      weight[i] = static_cast<float>(weight_of(i) / greatest_weight_);
      if (sample_weight) sum += weight_of(i) * squared_norm(i);
    }
    return sum;
  }

  /// |x|^2 of a sample in the frame's coordinates, in double.
  [[nodiscard]] double squared_norm(Index sample) const {
    double sum = 0;
    for (Index t = 0; t < x.n_features; ++t) {
      const double value = (static_cast<double>(x(sample, t)) - frame.shift[t]) * frame.scale;
      sum += value * value;
    }
    return sum;
  }

  double greatest_weight_ = 1;
};

}  // namespace unlabeled::detail
