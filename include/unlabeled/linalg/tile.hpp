// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <type_traits>

#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/packet.hpp"

// The register tile under every heavy loop of the library: some rows times two packets of lanes.
//
// One operand lies in panels (structure of arrays: for each feature the values of all lanes), the
// other is broadcast value by value. The two orientations differ only in which operand is which:
// "lanes are samples" packs the samples and broadcasts centres, "lanes are centres" the reverse.
// Every accumulator is a chain of multiply-adds over the features in their order, so both
// orientations, every tail and every thread count give the same bits.

namespace unlabeled::detail {

/// Rows of a tile: with its two packets per row it fills the vector registers but for the operands.
inline constexpr int tile_rows = EIGEN_ARCH_DEFAULT_NUMBER_OF_REGISTERS >= 32 ? 12 : 6;

/// Lanes of a tile.
template <Real S> inline constexpr Index tile_lanes = 2 * packet_size<S>;

/// The accumulators of a tile.
template <Real S, int rows> struct Tile {
  Packet<S> value[rows][2];

  void set_zero() {
    for (auto& row : value) row[0] = row[1] = broadcast<S>(S(0));
  }
};

/// The broadcast operand: value t of row r is at data[r * row_stride + t * depth_stride].
template <Real S> struct Rows {
  const S* data;
  Index row_stride;
  Index depth_stride;

  [[nodiscard]] Rows from(Index row) const {
    return {data + row * row_stride, row_stride, depth_stride};
  }
};

// The loops over the rows of a tile are unrolled whole, at any level of optimisation that unrolls at
// all: only then do accumulators live in registers. A pragma does it, not a function taking a loop
// body, because a body that is not inlined leaves its arrays in memory and halves the speed.

/// tile[r][lane] += sum over t of rows(r, t) * panel[t * tile_lanes + lane].
template <int n_rows, Real S>
EIGEN_DONT_INLINE void multiply_add_tile(Index depth, const Rows<S>& rows, const S* panel,
                                         Packet<S> (*tile)[2]) {
  Packet<S> sum[n_rows][2];
#pragma GCC unroll 16
  for (int r = 0; r < n_rows; ++r) sum[r][0] = tile[r][0], sum[r][1] = tile[r][1];
  const S* row = rows.data;
  for (Index t = 0; t < depth; ++t) {
    const Packet<S> first = load<S>(panel);
    const Packet<S> second = load<S>(panel + packet_size<S>);
#pragma GCC unroll 16
    for (int r = 0; r < n_rows; ++r) {
      const Packet<S> factor = broadcast<S>(row[r * rows.row_stride]);
      sum[r][0] = multiply_add<S>(factor, first, sum[r][0]);
      sum[r][1] = multiply_add<S>(factor, second, sum[r][1]);
    }
    panel += tile_lanes<S>;
    row += rows.depth_stride;
  }
#pragma GCC unroll 16
  for (int r = 0; r < n_rows; ++r) tile[r][0] = sum[r][0], tile[r][1] = sum[r][1];
}
template <int n_rows, Real S>
EIGEN_ALWAYS_INLINE void multiply_add_tile(Index depth, const Rows<S>& rows, const S* panel,
                                           Tile<S, n_rows>& tile) {
  multiply_add_tile<n_rows, S>(depth, rows, panel, tile.value);
}

/// The same for one packet of the panel's lanes: half[r][lane] += sum over t of
/// rows(r, t) * panel[t * tile_lanes + lane], where panel starts at the packet.
template <int n_rows, Real S>
EIGEN_DONT_INLINE void multiply_add_half_tile(Index depth, const Rows<S>& rows, const S* panel,
                                              Packet<S>* half) {
  Packet<S> sum[n_rows];
#pragma GCC unroll 16
  for (int r = 0; r < n_rows; ++r) sum[r] = half[r];
  const S* row = rows.data;
  for (Index t = 0; t < depth; ++t) {
    const Packet<S> lanes = load<S>(panel);
#pragma GCC unroll 16
    for (int r = 0; r < n_rows; ++r)
      sum[r] = multiply_add<S>(broadcast<S>(row[r * rows.row_stride]), lanes, sum[r]);
    panel += tile_lanes<S>;
    row += rows.depth_stride;
  }
#pragma GCC unroll 16
  for (int r = 0; r < n_rows; ++r) half[r] = sum[r];
}

/// tile[r][lane] += sum over t of (rows(r, t) - panel[t * tile_lanes + lane])^2: no cancellation,
/// at twice the arithmetic.
template <int n_rows, Real S>
EIGEN_DONT_INLINE void squared_difference_tile(Index depth, const Rows<S>& rows, const S* panel,
                                               Packet<S> (*tile)[2]) {
  Packet<S> sum[n_rows][2];
#pragma GCC unroll 16
  for (int r = 0; r < n_rows; ++r) sum[r][0] = tile[r][0], sum[r][1] = tile[r][1];
  const S* row = rows.data;
  for (Index t = 0; t < depth; ++t) {
    const Packet<S> first = load<S>(panel);
    const Packet<S> second = load<S>(panel + packet_size<S>);
#pragma GCC unroll 16
    for (int r = 0; r < n_rows; ++r) {
      const Packet<S> value = broadcast<S>(row[r * rows.row_stride]);
      const Packet<S> a = subtract<S>(value, first), b = subtract<S>(value, second);
      sum[r][0] = multiply_add<S>(a, a, sum[r][0]);
      sum[r][1] = multiply_add<S>(b, b, sum[r][1]);
    }
    panel += tile_lanes<S>;
    row += rows.depth_stride;
  }
#pragma GCC unroll 16
  for (int r = 0; r < n_rows; ++r) tile[r][0] = sum[r][0], tile[r][1] = sum[r][1];
}
template <int n_rows, Real S>
EIGEN_ALWAYS_INLINE void squared_difference_tile(Index depth, const Rows<S>& rows, const S* panel,
                                                 Tile<S, n_rows>& tile) {
  squared_difference_tile<n_rows, S>(depth, rows, panel, tile.value);
}

/// Cuts n rows into tiles of tile_rows and a tail of 6, 4, 2 and 1: f(integral_constant rows, first).
template <class F> EIGEN_ALWAYS_INLINE void for_each_row_tile(Index n, F&& f) {
  Index row = 0;
  for (; row + tile_rows <= n; row += tile_rows) f(std::integral_constant<int, tile_rows>{}, row);
  if (row + 6 <= n) f(std::integral_constant<int, 6>{}, row), row += 6;
  if (row + 4 <= n) f(std::integral_constant<int, 4>{}, row), row += 4;
  if (row + 2 <= n) f(std::integral_constant<int, 2>{}, row), row += 2;
  if (row < n) f(std::integral_constant<int, 1>{}, row);
}

/// Rows of the tile that this cut begins with when n rows are left.
constexpr Index row_tile_size(Index n) {
  return n >= tile_rows ? tile_rows : n >= 6 ? 6 : n >= 4 ? 4 : n >= 2 ? 2 : 1;
}

/// The tiles above with their number of rows, a row_tile_size, known at run time only: callers that
/// loop over rows in memory anyway compile once, not once for each size.
template <Real S>
void multiply_add_rows(Index n_rows, Index depth, const Rows<S>& rows, const S* panel,
                       Tile<S, tile_rows>& tile) {
  switch (n_rows) {
    case tile_rows:
      return multiply_add_tile<tile_rows, S>(depth, rows, panel, tile.value);
    case tile_rows == 6 ? 0:
      6 : return multiply_add_tile<6, S>(depth, rows, panel, tile.value);
    case 4:
      return multiply_add_tile<4, S>(depth, rows, panel, tile.value);
    case 2:
      return multiply_add_tile<2, S>(depth, rows, panel, tile.value);
    default:
      return multiply_add_tile<1, S>(depth, rows, panel, tile.value);
  }
}
template <Real S>
void squared_difference_rows(Index n_rows, Index depth, const Rows<S>& rows, const S* panel,
                             Tile<S, tile_rows>& tile) {
  switch (n_rows) {
    case tile_rows:
      return squared_difference_tile<tile_rows, S>(depth, rows, panel, tile.value);
    case tile_rows == 6 ? 0:
      6 : return squared_difference_tile<6, S>(depth, rows, panel, tile.value);
    case 4:
      return squared_difference_tile<4, S>(depth, rows, panel, tile.value);
    case 2:
      return squared_difference_tile<2, S>(depth, rows, panel, tile.value);
    default:
      return squared_difference_tile<1, S>(depth, rows, panel, tile.value);
  }
}

template <Real S> constexpr Index n_panels(Index n) {
  return (n + tile_lanes<S> - 1) / tile_lanes<S>;
}

/// Packs samples [begin, begin + count), count <= tile_lanes, as one panel of n_features x
/// tile_lanes, minus `shift` (n_features entries; none: nullptr), converted to T. Lanes beyond
/// `count` repeat the last sample: any value a sample could have, and never a hazard.
template <Real T, Real S>
void pack_panel(const Samples<S>& x, Index begin, Index count, const S* shift, T* panel) {
  constexpr Index lanes = tile_lanes<T>;
  for (Index t = 0; t < x.n_features; ++t) {
    const S* from = x.data + begin * x.row_stride + t * x.column_stride;
    const S offset = shift ? shift[t] : S(0);
    T* to = panel + t * lanes;
    if (x.row_stride == 1)
      for (Index lane = 0; lane < count; ++lane) to[lane] = static_cast<T>(from[lane] - offset);
    else
      for (Index lane = 0; lane < count; ++lane)
        to[lane] = static_cast<T>(from[lane * x.row_stride] - offset);
    std::fill(to + count, to + lanes, to[count - 1]);
  }
}

}  // namespace unlabeled::detail
