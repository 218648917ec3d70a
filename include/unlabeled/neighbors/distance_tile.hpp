// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/packet.hpp"
#include "unlabeled/linalg/tile.hpp"

// Distances of some rows to a panel of lanes by direct differences, which loses no digit to an
// offset of the data, and given up as soon as all of them are too far.

namespace unlabeled::detail {

/// What is added up over features.
enum class Measure {
  squares,     ///< of differences
  magnitudes,  ///< of differences
  greatest     ///< magnitude of a difference
};

template <Measure measure, Real T>
EIGEN_ALWAYS_INLINE Packet<T> with_difference(const Packet<T>& sum, const Packet<T>& difference) {
  if constexpr (measure == Measure::squares) return multiply_add<T>(difference, difference, sum);
  if constexpr (measure == Measure::magnitudes) return add<T>(sum, magnitude<T>(difference));
  return maximum<T>(sum, magnitude<T>(difference));
}

/// The tile of n_rows rows and the lanes of a panel. False, with the tile unfinished, once no value
/// can be at most `limit`: values only grow from feature to feature.
template <Measure measure, int n_rows, Real T>
EIGEN_DONT_INLINE bool distance_tile(Index depth, const Rows<T>& rows, const T* panel, T limit,
                                     Packet<T> (*tile)[2]) {
  constexpr Index features_at_once = 8;
  const Packet<T> most = broadcast<T>(limit);
  Packet<T> sum[n_rows][2];
#pragma GCC unroll 16
  for (int r = 0; r < n_rows; ++r) sum[r][0] = sum[r][1] = broadcast<T>(T(0));
  const T* row = rows.data;
  for (Index begin = 0; begin < depth; begin += features_at_once) {
    const Index end = depth - begin < features_at_once ? depth : begin + features_at_once;
    for (Index t = begin; t < end; ++t) {
      const Packet<T> first = load<T>(panel);
      const Packet<T> second = load<T>(panel + packet_size<T>);
#pragma GCC unroll 16
      for (int r = 0; r < n_rows; ++r) {
        const Packet<T> value = broadcast<T>(row[r * rows.row_stride]);
        sum[r][0] = with_difference<measure, T>(sum[r][0], subtract<T>(value, first));
        sum[r][1] = with_difference<measure, T>(sum[r][1], subtract<T>(value, second));
      }
      panel += tile_lanes<T>;
      row += rows.depth_stride;
    }
    Packet<T> least = minimum<T>(sum[0][0], sum[0][1]);
#pragma GCC unroll 16
    for (int r = 1; r < n_rows; ++r) least = minimum<T>(least, minimum<T>(sum[r][0], sum[r][1]));
    if (lanes_at_most<T>(least, most) == 0) return false;
  }
#pragma GCC unroll 16
  for (int r = 0; r < n_rows; ++r) tile[r][0] = sum[r][0], tile[r][1] = sum[r][1];
  return true;
}

template <Measure measure, Real T>
bool distance_rows(Index n_rows, Index depth, const Rows<T>& rows, const T* panel, T limit,
                   Tile<T, tile_rows>& tile) {
  switch (n_rows) {
    case tile_rows:
      return distance_tile<measure, tile_rows, T>(depth, rows, panel, limit, tile.value);
    case tile_rows == 6 ? 0:
      6 : return distance_tile<measure, 6, T>(depth, rows, panel, limit, tile.value);
    case 4:
      return distance_tile<measure, 4, T>(depth, rows, panel, limit, tile.value);
    case 2:
      return distance_tile<measure, 2, T>(depth, rows, panel, limit, tile.value);
    default:
      return distance_tile<measure, 1, T>(depth, rows, panel, limit, tile.value);
  }
}

/// Distances (or their squares) of a row_tile_size of rows to a panel, while one can be at most
/// `limit`.
template <Real T>
bool distance_rows(Measure measure, Index n_rows, Index depth, const Rows<T>& rows, const T* panel,
                   T limit, Tile<T, tile_rows>& tile) {
  switch (measure) {
    case Measure::magnitudes:
      return distance_rows<Measure::magnitudes>(n_rows, depth, rows, panel, limit, tile);
    case Measure::greatest:
      return distance_rows<Measure::greatest>(n_rows, depth, rows, panel, limit, tile);
    default:
      return distance_rows<Measure::squares>(n_rows, depth, rows, panel, limit, tile);
  }
}

/// The lanes of row r of a tile that are at most `limit`; bit l is lane l.
template <Real T>
EIGEN_ALWAYS_INLINE std::uint32_t tile_lanes_at_most(const Tile<T, tile_rows>& tile, Index r,
                                                     T limit) {
  const Packet<T> most = broadcast<T>(limit);
  return lanes_at_most<T>(tile.value[r][0], most) | lanes_at_most<T>(tile.value[r][1], most)
                                                        << packet_size<T>;
}

}  // namespace unlabeled::detail
