// SPDX-License-Identifier: MIT
#pragma once

#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/packet.hpp"
#include "unlabeled/linalg/tile.hpp"

// Matrices in the form that the register tile wants its lanes in, and products with them.

namespace unlabeled::detail {

/// A matrix as panels [panel][row][lane], padded by zero lanes.
template <Real S> class Panels {
 public:
  Panels(Index n_rows, Index n_columns)
      : n_rows_(n_rows), n_columns_(n_columns), data_(n_panels<S>(n_columns) * size()) {
    set_zero();
  }
  template <class M> Panels(const M& from, Range rows) : Panels(rows.size(), from.cols()) {
    for (Index column = 0; n_rows_ > 0 && column < n_columns_; ++column) {
      S* to = &(*this)(0, column);
      for (Index i = 0; i < n_rows_; ++i)
        to[i * tile_lanes<S>] = static_cast<S>(from(rows.begin + i, column));
    }
  }

  void set_zero() { data_.setZero(); }
  [[nodiscard]] Index n_rows() const { return n_rows_; }
  [[nodiscard]] Index n_columns() const { return n_columns_; }
  [[nodiscard]] Index count() const { return n_panels<S>(n_columns_); }

  /// Row `row` of a panel; the rows below it follow.
  S* at(Index panel, Index row) { return data_.data() + panel * size() + row * tile_lanes<S>; }
  const S* at(Index panel, Index row) const {
    return data_.data() + panel * size() + row * tile_lanes<S>;
  }
  S& operator()(Index i, Index j) { return at(j / tile_lanes<S>, i)[j % tile_lanes<S>]; }
  S operator()(Index i, Index j) const { return at(j / tile_lanes<S>, i)[j % tile_lanes<S>]; }

 private:
  [[nodiscard]] Index size() const { return n_rows_ * tile_lanes<S>; }

  Index n_rows_;
  Index n_columns_;
  Vector<S> data_;
};

/// The product of rows with one panel, tile by tile: last(first row, rows of the tile, tile) once
/// tile[r][lane] = start[lane] + sum over t of rows(first + r, t) * panel[t * tile_lanes + lane].
/// `start` has tile_lanes values, or is none for zero. Each entry is one chain of multiply-adds, so
/// it does not matter how rows are cut into calls.
template <Real S, class LastStep>
void multiply_panel(const Rows<S>& rows, Index n_rows, Index depth, const S* panel, const S* start,
                    LastStep&& last) {
  const Packet<S> low = start ? load<S>(start) : broadcast<S>(S(0));
  const Packet<S> high = start ? load<S>(start + packet_size<S>) : low;
  Tile<S, tile_rows> tile;
  for (Index first = 0, n = 0; first < n_rows; first += n) {
    n = row_tile_size(n_rows - first);
    for (Index r = 0; r < n; ++r) tile.value[r][0] = low, tile.value[r][1] = high;
    multiply_add_rows<S>(n, depth, rows.from(first), panel, tile);
    last(first, n, tile);
  }
}

/// Writes row r of a tile to `to + r * stride`.
template <Real S>
EIGEN_ALWAYS_INLINE void store_tile(const Tile<S, tile_rows>& tile, Index n_rows, S* to,
                                    Index stride) {
  for (Index r = 0; r < n_rows; ++r) {
    store<S>(to + r * stride, tile.value[r][0]);
    store<S>(to + r * stride + packet_size<S>, tile.value[r][1]);
  }
}

}  // namespace unlabeled::detail
