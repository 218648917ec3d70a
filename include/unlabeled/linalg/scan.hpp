// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>

#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/packet.hpp"
#include "unlabeled/linalg/tile.hpp"

// Scanning one panel of lanes against many packed rows: row . lane + bias(row) for every pair,
// handed to a last step (last_steps.hpp) while it is still in registers. With the bias -|row|^2 / 2
// the greatest value is the nearest row: |x - c|^2 = |x|^2 - 2 (x . c - |c|^2 / 2).

namespace unlabeled::detail {

/// Rows packed for broadcasting: for each tile of the row cut (for_each_row_tile) the values of its
/// rows lie side by side, feature after feature.
template <Real S> struct PackedRows {
  Index n_rows = 0;
  Index depth = 0;
  Vector<S> values;  // n_rows * depth
  Vector<S> bias;    // n_rows
  Vector<S> number;  // n_rows: 0, 1, 2, …, exact for fewer than 2^24 rows

  PackedRows() = default;
  PackedRows(Index rows, Index features)
      : n_rows(rows),
        depth(features),
        values(rows * features),
        bias(Vector<S>::Zero(rows)),
        number(rows) {
    for (Index i = 0; i < rows; ++i) number[i] = static_cast<S>(i);
  }

  [[nodiscard]] Rows<S> tile(Index first, Index rows) const {
    return {values.data() + first * depth, 1, rows};
  }
};

/// Packs row-major rows, with no bias.
template <Real S, Real T> PackedRows<S> pack_rows(const RowMatrix<T>& rows) {
  PackedRows<S> packed(rows.rows(), rows.cols());
  S* to = packed.values.data();
  for (Index first = 0, n = 0; first < rows.rows(); first += n) {
    n = row_tile_size(rows.rows() - first);
    for (Index t = 0; t < rows.cols(); ++t)
      for (Index r = 0; r < n; ++r) *to++ = static_cast<S>(rows(first + r, t));
  }
  return packed;
}

/// -|row i|^2 / 2, the bias that turns a scan into a search for the nearest row.
template <Real S, Real T> S nearest_bias(const RowMatrix<T>& rows, Index i) {
  double square = 0;
  for (Index t = 0; t < rows.cols(); ++t)
    square += static_cast<double>(rows(i, t)) * static_cast<double>(rows(i, t));
  return static_cast<S>(-0.5 * square);
}

/// Packs row-major rows with the bias that turns the scan into a search for the nearest one.
template <Real S, Real T> PackedRows<S> pack_for_nearest(const RowMatrix<T>& rows) {
  PackedRows<S> packed = pack_rows<S>(rows);
  for (Index i = 0; i < rows.rows(); ++i) packed.bias[i] = nearest_bias<S>(rows, i);
  return packed;
}

/// A scan whose depth is known while compiling, for which the panel stays in registers: up to 4
/// features a tile spends more on its accumulators than on arithmetic.
template <int depth, Real S, class LastStep>
EIGEN_ALWAYS_INLINE void scan_short(const PackedRows<S>& rows, const S* panel, LastStep& result) {
  LastStep last_step = result;  // a local copy lives in registers
  for (Index first = 0, n = 0; first < rows.n_rows; first += n) {
    n = row_tile_size(rows.n_rows - first);
    const S* value = rows.values.data() + first * depth;
    for (Index r = 0; r < n; ++r) {
      Packet<S> a = broadcast<S>(rows.bias.data()[first + r]), b = a;
#pragma GCC unroll 4
      for (int t = 0; t < depth; ++t) {
        const Packet<S> factor = broadcast<S>(value[t * n + r]);
        a = multiply_add<S>(factor, load<S>(panel + t * tile_lanes<S>), a);
        b = multiply_add<S>(factor, load<S>(panel + t * tile_lanes<S> + packet_size<S>), b);
      }
      last_step(first + r, a, b);
    }
  }
  result = last_step;
}

/// last_step(row, first packet, second packet) for every row in ascending order, where the packets
/// hold row . lane + bias for the tile_lanes lanes of the panel.
template <Real S, class LastStep>
void scan_panel(const PackedRows<S>& rows, const S* panel, LastStep& result) {
  switch (rows.depth) {
    case 1:
      return scan_short<1>(rows, panel, result);
    case 2:
      return scan_short<2>(rows, panel, result);
    case 3:
      return scan_short<3>(rows, panel, result);
    case 4:
      return scan_short<4>(rows, panel, result);
    default:
      break;
  }
  LastStep last_step = result;
  Tile<S, tile_rows> tile;
  for (Index first = 0, n = 0; first < rows.n_rows; first += n) {
    n = row_tile_size(rows.n_rows - first);
    const S* bias = rows.bias.data() + first;
    for (Index r = 0; r < n; ++r) tile.value[r][0] = tile.value[r][1] = broadcast<S>(bias[r]);
    multiply_add_rows<S>(n, rows.depth, rows.tile(first, n), panel, tile);
    for (Index r = 0; r < n; ++r) last_step(first + r, tile.value[r][0], tile.value[r][1]);
  }
  result = last_step;
}

/// The same with squared distances by direct differences: exactly 0 for equal points, no
/// cancellation, twice the arithmetic.
template <Real S, class LastStep>
void scan_panel_distances(const PackedRows<S>& rows, const S* panel, LastStep& last_step) {
  Tile<S, tile_rows> tile;
  for (Index first = 0, n = 0; first < rows.n_rows; first += n) {
    n = row_tile_size(rows.n_rows - first);
    for (Index r = 0; r < n; ++r) tile.value[r][0] = tile.value[r][1] = broadcast<S>(S(0));
    squared_difference_rows<S>(n, rows.depth, rows.tile(first, n), panel, tile);
    for (Index r = 0; r < n; ++r) last_step(first + r, tile.value[r][0], tile.value[r][1]);
  }
}

/// Turns packet_size rows, `stride` apart, into packet_size features of a panel.
template <Real T> EIGEN_ALWAYS_INLINE void transpose_block(const T* rows, Index stride, T* panel) {
  PacketSquare<T> square;
  for (int i = 0; i < packet_size<T>; ++i) square.packet[i] = load<T>(rows + i * stride);
  transpose<T>(square);
  for (int i = 0; i < packet_size<T>; ++i) store<T>(panel + i * tile_lanes<T>, square.packet[i]);
}

/// Writes `width` features of tile_lanes rows, `stride` apart, as features of tile_lanes lanes.
template <Real T> void transpose_strip(const T* rows, Index stride, Index width, T* panel) {
  constexpr Index lanes = tile_lanes<T>, size = packet_size<T>;
  Index t = 0;
  for (; t + size <= width; t += size)
    for (Index lane = 0; lane < lanes; lane += size)
      transpose_block<T>(rows + lane * stride + t, stride, panel + t * lanes + lane);
  for (; t < width; ++t)
    for (Index lane = 0; lane < lanes; ++lane) panel[t * lanes + lane] = rows[lane * stride + t];
}

/// Coordinates in which a search runs: (x - shift) * scale. The shift takes out a common offset
/// that would cost digits, the scale (a power of two, so exact) keeps squares away from overflow.
struct Frame {
  /// Features that are taken from a sample at once.
  static constexpr Index strip = 64;

  Vector<double> shift;
  double scale = 1;

  /// Around `center`, with values of size `spread` coming to about 1.
  Frame(Vector<double> center, double spread) : shift(std::move(center)) {
    if (spread > 0) scale = std::ldexp(1.0, -std::ilogb(spread));
  }

  /// Coordinates that T cannot hold squared are cut off: further out than any answer needs.
  template <Real T> static constexpr double limit = sizeof(T) == 4 ? 1e15 : 1e150;

  /// Coordinates [begin, begin + width) of a sample, width <= strip, whose values from feature
  /// `begin` on lie `stride` apart. No branch and no conversion in the loops that compute: only so
  /// do compilers turn them into vector code.
  template <Real T, Real S>
  void coordinates(const S* from, Index stride, Index begin, Index width, T* to) const {
    double framed[strip];
    const double* offset = shift.data() + begin;
    const double factor = scale;
    auto bounded = [factor](double difference) {
      const double value = difference * factor;
      const double below = value < limit<T> ? value : limit<T>;
      return below > -limit<T> ? below : -limit<T>;
    };
    if (stride == 1)
      for (Index t = 0; t < width; ++t)
        framed[t] = bounded(static_cast<double>(from[t]) - offset[t]);
    else
      for (Index t = 0; t < width; ++t)
        framed[t] = bounded(static_cast<double>(from[t * stride]) - offset[t]);
    for (Index t = 0; t < width; ++t) to[t] = static_cast<T>(framed[t]);
  }

  /// Rows in the frame's coordinates, and back. Plain loops: they compile faster than expressions.
  template <Real S> [[nodiscard]] RowMatrix<double> framed(const Matrix<S>& rows) const {
    RowMatrix<double> result(rows.rows(), rows.cols());
    for (Index i = 0; i < rows.rows(); ++i)
      for (Index t = 0; t < rows.cols(); ++t)
        result(i, t) = (static_cast<double>(rows(i, t)) - shift[t]) * scale;
    return result;
  }
  template <Real S> [[nodiscard]] Matrix<S> unframed(const RowMatrix<double>& rows) const {
    Matrix<S> result(rows.rows(), rows.cols());
    for (Index i = 0; i < rows.rows(); ++i)
      for (Index t = 0; t < rows.cols(); ++t)
        result(i, t) = static_cast<S>(rows(i, t) / scale + shift[t]);
    return result;
  }
};

/// Packs `count` <= tile_lanes samples as one panel (n_features x tile_lanes) in the frame's
/// coordinates; sample(lane) gives the row of x. Lanes beyond `count` repeat the last sample.
/// Features go in strips: read along the samples, turned in registers, written along the lanes.
template <Real T, Real S, class Sample>
void pack_panel(const Samples<S>& x, const Frame& frame, Index count, Sample&& sample, T* panel) {
  constexpr Index lanes = tile_lanes<T>, strip = Frame::strip;
  std::array<T, static_cast<std::size_t>(lanes * strip)> rows;
  for (Index begin = 0; begin < x.n_features; begin += strip) {
    const Index width = std::min(strip, x.n_features - begin);
    for (Index lane = 0; lane < lanes; ++lane) {
      const S* from =
          x.data + sample(std::min(lane, count - 1)) * x.row_stride + begin * x.column_stride;
      // Samples lie apart: the machine does not foresee by itself that it will come back to this one.
      if (x.rows_are_contiguous() && begin + width < x.n_features) prefetch(from + strip, strip);
      frame.coordinates(from, x.column_stride, begin, width, rows.data() + lane * strip);
    }
    transpose_strip(rows.data(), strip, width, panel + begin * lanes);
  }
}

}  // namespace unlabeled::detail
