// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/scan.hpp"
#include "unlabeled/linalg/unit.hpp"

// Dense layers and projections: samples times packed rows, with bias and activation applied while
// the products are still in registers, written once.

namespace unlabeled::detail {

/// Functions that a product applies to its packets on the way out.
struct LinearActivation {
  template <Real S> EIGEN_ALWAYS_INLINE static Packet<S> apply(const Packet<S>& a) { return a; }
};
struct ReluActivation {
  template <Real S> EIGEN_ALWAYS_INLINE static Packet<S> apply(const Packet<S>& a) {
    return maximum<S>(a, broadcast<S>(S(0)));
  }
};
struct SquareRootActivation {
  template <Real S> EIGEN_ALWAYS_INLINE static Packet<S> apply(const Packet<S>& a) {
    return square_root<S>(a);
  }
};

/// The last step that writes a scan into a column-major matrix: row r of the scan is column r.
template <Real S, class Activation> struct StoreColumnsStep {
  S* column;  // entry of the panel's first lane in column 0
  Index stride;
  Index n_lanes;  // lanes that exist in the matrix

  EIGEN_ALWAYS_INLINE void operator()(Index r, const Packet<S>& a, const Packet<S>& b) {
    S* to = column + r * stride;
    const Packet<S> low = Activation::template apply<S>(a), high = Activation::template apply<S>(b);
    if (n_lanes == tile_lanes<S>) {
      store<S>(to, low);
      store<S>(to + packet_size<S>, high);
      return;
    }
    std::array<S, static_cast<std::size_t>(tile_lanes<S>)> lanes;
    store<S>(lanes.data(), low);
    store<S>(lanes.data() + packet_size<S>, high);
    std::copy_n(lanes.data(), n_lanes, to);
  }
};

/// Runs scan(panel, last step) for every panel of samples, minus `shift` (n_features, or none), and
/// collects the values in an n_samples x n_rows matrix.
template <Real S, class Activation, class Scan>
Matrix<S> scan_to_matrix(Team& team, const Samples<S>& x, const S* shift, Index n_rows,
                         Scan&& scan) {
  Matrix<S> result(x.n_samples, n_rows);
  constexpr Index lanes = tile_lanes<S>;
  team.for_each_chunk(Chunks{x.n_samples, 16 * lanes}, [&](Range range, int) {
    Vector<S> panel(x.n_features * lanes);
    for (Index begin = range.begin; begin < range.end; begin += lanes) {
      const Index count = std::min(lanes, range.end - begin);
      pack_panel<S, S>(x, begin, count, shift, panel.data());
      StoreColumnsStep<S, Activation> step{result.data() + begin, x.n_samples, count};
      scan(panel.data(), step);
    }
  });
  return result;
}

/// activation((x_i - shift) . row_r + bias_r) for all samples i and rows r: n_samples x n_rows.
/// `rows` carries the bias; `shift` has n_features entries, or is none.
template <class Activation = LinearActivation, Real S>
Matrix<S> product(Team& team, const Samples<S>& x, const S* shift, const PackedRows<S>& rows) {
  return scan_to_matrix<S, Activation>(
      team, x, shift, rows.n_rows,
      [&](const S* panel, auto& step) { scan_panel(rows, panel, step); });
}

/// A scan of distances in a unit of its own, for a panel whose squares would leave the range of S.
template <Real S, class LastStep>
void scan_distances_in_unit(PackedRows<S> rows, S largest, S* panel, LastStep& last_step) {
  const S factor = unit_factor(largest, roomy_exponent<S>);
  rows.values *= factor;
  Eigen::Map<Vector<S>>(panel, rows.depth * tile_lanes<S>) *= factor;
  scan_panel_distances(rows, panel, last_step);
  for (Index r = 0; r < rows.n_rows; ++r)
    Eigen::Map<Vector<S>>(last_step.column + r * last_step.stride, last_step.n_lanes) /= factor;
}

/// |x_i - y_j| for all samples i of x and rows j of y, by direct differences: exactly 0 for equal
/// rows, no cancellation far from the origin. n_samples x y.rows(), which is at least 1.
template <Real S>
Matrix<S> euclidean_distances(Team& team, const Samples<S>& x, const RowMatrix<S>& y) {
  const PackedRows<S> rows = pack_rows<S>(y);
  const S largest_row = rows.values.cwiseAbs().maxCoeff();
  return scan_to_matrix<S, SquareRootActivation>(
      team, x, nullptr, rows.n_rows, [&](S* panel, auto& step) {
        const Eigen::Map<const Vector<S>> values(panel, rows.depth * tile_lanes<S>);
        const S largest = std::max(largest_row, values.cwiseAbs().maxCoeff());
        if (squares_are_safe(largest))
          scan_panel_distances(rows, panel, step);
        else
          scan_distances_in_unit(rows, largest, panel, step);
      });
}

}  // namespace unlabeled::detail
