// SPDX-License-Identifier: MIT
#pragma once

#include <limits>

#include "unlabeled/core/types.hpp"

namespace unlabeled::detail {

/// Greatest sum of gain(row, column) over all ways to give every row a column of its own; as many
/// columns as rows or more. Exact integers, n_rows^2 n_columns steps.
///
/// Rows enter one by one. Each entry is a shortest augmenting path (Dijkstra over columns) on the
/// reduced costs price_of_row + price_of_column - gain >= 0, which are 0 along the matching.
///
/// References: H. W. Kuhn, "The Hungarian method for the assignment problem", 1955,
/// doi 10.1002/nav.3800020109; R. Jonker, A. Volgenant, "A shortest augmenting path algorithm for
/// dense and sparse linear assignment problems", Computing 38, 1987, doi 10.1007/BF02278710.
class Assignment {
 public:
  explicit Assignment(const Matrix<Index>& gain)
      : gain_(gain),
        price_of_row_(gain.rows() > 0 ? gain.rowwise().maxCoeff().eval() : Vector<Index>()),
        price_of_column_(Vector<Index>::Zero(gain.cols())),
        row_of_column_(Vector<Index>::Constant(gain.cols(), -1)) {
    for (Index row = 0; row < gain.rows(); ++row) enter(row);
  }

  [[nodiscard]] Index total_gain() const {
    Index total = 0;
    for (Index column = 0; column < gain_.cols(); ++column)
      if (row_of_column_(column) >= 0) total += gain_(row_of_column_(column), column);
    return total;
  }

 private:
  [[nodiscard]] Index reduced_cost(Index row, Index column) const {
    return price_of_row_(row) + price_of_column_(column) - gain_(row, column);
  }

  void enter(Index new_row) {
    constexpr Index unreached = std::numeric_limits<Index>::max();
    Vector<Index> distance = Vector<Index>::Constant(gain_.cols(), unreached);
    Vector<Index> came_from = Vector<Index>::Constant(gain_.cols(), -1);  // column before, -1 = new
    Eigen::Matrix<bool, Eigen::Dynamic, 1> done =
        Eigen::Matrix<bool, Eigen::Dynamic, 1>::Constant(gain_.cols(), false);
    Index row = new_row, column = -1, length = 0;
    while (row >= 0) {
      Index nearest = -1;
      for (Index other = 0; other < gain_.cols(); ++other) {
        if (done(other)) continue;
        const Index through_row = length + reduced_cost(row, other);
        if (through_row < distance(other)) distance(other) = through_row, came_from(other) = column;
        if (nearest < 0 || distance(other) < distance(nearest)) nearest = other;
      }
      column = nearest;
      length = distance(column);
      done(column) = true;
      row = row_of_column_(column);
    }
    // Prices move so that the costs along the path become 0 and none becomes negative.
    price_of_row_(new_row) -= length;
    for (Index other = 0; other < gain_.cols(); ++other) {
      if (!done(other)) continue;
      const Index change = length - distance(other);
      price_of_column_(other) += change;
      if (row_of_column_(other) >= 0) price_of_row_(row_of_column_(other)) -= change;
    }
    for (; column >= 0; column = came_from(column))
      row_of_column_(column) = came_from(column) >= 0 ? row_of_column_(came_from(column)) : new_row;
  }

  const Matrix<Index>& gain_;
  Vector<Index> price_of_row_;
  Vector<Index> price_of_column_;
  Vector<Index> row_of_column_;  ///< -1 = free
};

}  // namespace unlabeled::detail
