// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>

#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/panels.hpp"
#include "unlabeled/linalg/tile.hpp"

// Products of contiguous columns, tall or square, with matrices of few columns, in double: what the
// iterations for eigenpairs are made of. The register tile reads the tall matrix where it lies;
// only the other one is copied. Every entry is summed by one task in one order, whatever the number
// of threads.

namespace unlabeled::detail {

/// Columns [first, first + n) of a matrix.
inline Samples<double> columns_of(const Matrix<double>& q, Index first, Index n) {
  Samples<double> view(q);
  view.data += first * view.column_stride;
  view.n_features = n;
  return view;
}

/// to(row + r, panel * tile_lanes + lane) += tile[r][lane], for lanes below the columns of `to`.
template <int n_rows>
void add_tile(const Tile<double, n_rows>& tile, Index row, Index panel, Matrix<double>& to) {
  constexpr Index lanes = tile_lanes<double>;
  double values[n_rows][lanes];
  for (int r = 0; r < n_rows; ++r)
    for (int p = 0; p < 2; ++p)
      store<double>(values[r] + p * packet_size<double>, tile.value[r][p]);
  const Index first = panel * lanes, count = std::min(lanes, to.cols() - first);
  for (Index lane = 0; lane < count; ++lane)
    for (Index r = 0; r < n_rows; ++r) to(row + r, first + lane) += values[r][lane];
}

/// q^T w, w with as many rows as q.
inline Matrix<double> cross_product(Team& team, const Samples<double>& q, const Matrix<double>& w) {
  constexpr Index depth = 512;  // a panel of it is half of a second-level cache at the most
  const Panels<double> right(w, {0, w.rows()});
  const Chunks depths{w.rows(), depth};
  Matrix<double> result = Matrix<double>::Zero(q.n_features, w.cols());
  team.for_each_chunk(Chunks{q.n_features, tile_rows}, [&](Range columns, int) {
    for_each_row_tile(columns.size(), [&](auto size, Index first) {
      const double* column = q.data + (columns.begin + first) * q.column_stride;
      for (Index k = 0; k < depths.count(); ++k)
        for (Index panel = 0; panel < right.count(); ++panel) {
          const Index begin = depths[k].begin;
          Tile<double, size> tile;
          tile.set_zero();
          multiply_add_tile(depths[k].size(), Rows<double>{column + begin, q.column_stride, 1},
                            right.at(panel, begin), tile);
          add_tile(tile, columns.begin + first, panel, result);
        }
    });
  });
  return result;
}

/// w += q y.
inline void add_combination(Team& team, const Samples<double>& q, const Matrix<double>& y,
                            Matrix<double>& w) {
  const Panels<double> right(y, {0, y.rows()});
  team.for_each_chunk(Chunks{q.n_samples, Index{8} * tile_rows}, [&](Range rows, int) {
    for_each_row_tile(rows.size(), [&](auto size, Index first) {
      const Index row = rows.begin + first;
      for (Index panel = 0; panel < right.count(); ++panel) {
        Tile<double, size> tile;
        tile.set_zero();
        multiply_add_tile(y.rows(), Rows<double>{q.data + row, 1, q.column_stride},
                          right.at(panel, 0), tile);
        add_tile(tile, row, panel, w);
      }
    });
  });
}

/// q y.
inline Matrix<double> combination(Team& team, const Samples<double>& q, const Matrix<double>& y) {
  Matrix<double> result = Matrix<double>::Zero(q.n_samples, y.cols());
  add_combination(team, q, y, result);
  return result;
}

}  // namespace unlabeled::detail
