// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <utility>

#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/scan.hpp"
#include "unlabeled/linalg/tile.hpp"

namespace unlabeled::detail {

/// Coordinates (x - shift) * scale, feature by feature, in which a mixture is computed: about 0 and
/// of size about 1, so that neither an offset costs digits nor a unit the range of squares. Scales
/// are powers of two: multiplying by them loses nothing.
struct FeatureFrame {
  Vector<double> shift;  // n_features
  Vector<double> scale;  // n_features

  static constexpr Index lanes = tile_lanes<double>;

  /// Around `center`, with deviations of size sqrt(variance) coming to about 1.
  FeatureFrame(Vector<double> center, const Vector<double>& variance)
      : shift(std::move(center)), scale(shift.size()) {
    for (Index j = 0; j < scale.size(); ++j) {
      const double deviation = std::sqrt(variance[j]);
      scale[j] = deviation > 0 ? std::ldexp(1.0, -std::ilogb(deviation)) : 1.0;
    }
  }

  [[nodiscard]] Index n_features() const { return shift.size(); }

  /// One coordinate, cut off where squares would leave the range: further out than any answer needs.
  [[nodiscard]] static double coordinate(double value, double offset, double factor) {
    const double framed = (value - offset) * factor;
    const double below = framed < 1e150 ? framed : 1e150;
    return below > -1e150 ? below : -1e150;
  }

  /// Packs samples [begin, begin + count), count <= lanes, as a panel of n_features x lanes, and as
  /// rows, `stride` apart. Lanes beyond `count` repeat the last sample.
  template <Real S>
  void pack(const Samples<S>& x, Range samples, double* rows, Index stride, double* panel) const {
    if (x.rows_are_contiguous()) {
      for (Index lane = 0; lane < lanes; ++lane)
        frame_row(x.data + std::min(samples.begin + lane, samples.end - 1) * x.row_stride,
                  rows + lane * stride);
      return transpose_strip(rows, stride, x.n_features, panel);
    }
    const Index count = samples.size();
    for (Index t = 0; t < x.n_features; ++t) {
      const S* from = x.data + samples.begin * x.row_stride + t * x.column_stride;
      double* to = panel + t * lanes;
      for (Index lane = 0; lane < count; ++lane)
        to[lane] = coordinate(static_cast<double>(from[lane * x.row_stride]), shift[t], scale[t]);
      std::fill(to + count, to + lanes, to[count - 1]);
      for (Index lane = 0; lane < lanes; ++lane) rows[lane * stride + t] = to[lane];
    }
  }

 private:
  template <Real S> void frame_row(const S* from, double* __restrict to) const {
    const double *offset = shift.data(), *factor = scale.data();
    const Index n_features = shift.size();
    for (Index t = 0; t < n_features; ++t)
      to[t] = coordinate(static_cast<double>(from[t]), offset[t], factor[t]);
  }
};

}  // namespace unlabeled::detail
