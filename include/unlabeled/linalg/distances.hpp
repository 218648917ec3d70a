// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/scan.hpp"

namespace unlabeled::detail {

/// Stores the square roots of a scan's values in a column-major matrix, one row of the scan a
/// column.
template <Real S> struct RootColumnStep {
  S* column;  // entry of the panel's first lane in column 0
  Index stride;
  Index n_lanes;  // lanes that exist in the matrix

  EIGEN_ALWAYS_INLINE void operator()(Index r, const Packet<S>& a, const Packet<S>& b) {
    std::array<S, static_cast<std::size_t>(tile_lanes<S>)> lanes;
    store<S>(lanes.data(), square_root<S>(a));
    store<S>(lanes.data() + packet_size<S>, square_root<S>(b));
    std::copy_n(lanes.data(), n_lanes, column + r * stride);
  }
};

/// |x_i - y_j| for all samples i of x and rows j of y, by direct differences: exactly 0 for equal
/// rows, no cancellation far from the origin. n_samples x y.rows().
template <Real S>
Matrix<S> euclidean_distances(Team& team, const Samples<S>& x, const Matrix<S>& y) {
  Matrix<S> distances(x.n_samples, y.rows());
  const PackedRows<S> rows = pack_for_nearest<S>(RowMatrix<S>(y));
  constexpr Index lanes = tile_lanes<S>;
  team.for_each_chunk(Chunks{x.n_samples, 16 * lanes}, [&](Range range, int) {
    Vector<S> panel(x.n_features * lanes);
    for (Index begin = range.begin; begin < range.end; begin += lanes) {
      const Index count = std::min(lanes, range.end - begin);
      pack_panel<S, S>(x, begin, count, nullptr, panel.data());
      RootColumnStep<S> step{distances.data() + begin, x.n_samples, count};
      scan_panel_distances(rows, panel.data(), step);
    }
  });
  return distances;
}

}  // namespace unlabeled::detail
