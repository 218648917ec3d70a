// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstdint>

#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/random.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/symmetric_eigen.hpp"
#include "unlabeled/linalg/thin_product.hpp"

// Orthonormal columns by block Gram-Schmidt, with as many repetitions as rounding errors need.

namespace unlabeled::detail {

/// The first `n` columns of a matrix, as the samples of a product (its rows).
inline Samples<double> leading_columns(const Matrix<double>& q, Index n) {
  Samples<double> view(q);
  view.n_features = n;
  return view;
}

/// Subtracts from w its part in the span of the first `n` columns of q, which are orthonormal;
/// returns the coordinates of that part.
inline Matrix<double> project_out(Team& team, const Matrix<double>& q, Index n, Matrix<double>& w) {
  if (n == 0) return Matrix<double>(0, w.cols());
  const Samples<double> basis = leading_columns(q, n);
  Matrix<double> coordinates = transposed_product(team, basis, nullptr, w);
  w -= thin_product<double>(team, basis, nullptr, coordinates);
  return coordinates;
}

/// Orthonormalises the columns of w in their order. A column that is left with rounding errors only
/// (against its length before) becomes a random direction. Returns whether every column kept at
/// least half of its length, for then nothing was lost by cancellation.
inline bool orthonormalize(Matrix<double>& w, const Vector<double>& lengths, Rng& rng) {
  constexpr double lost = 1e-13;
  const Index rows = w.rows();
  bool settled = true;
  for (Index j = 0; j < w.cols(); ++j) {
    double* column = &w(0, j);
    for (int time = 0; time < 2; ++time)
      for (Index k = 0; k < j; ++k)
        add_multiple(rows, -dot(rows, &w(0, k), column), &w(0, k), column);
    const double length = std::sqrt(dot(rows, column, column));
    settled = settled && length >= 0.5 * lengths[j] && length > 0;
    if (length <= lost * lengths[j])
      for (Index i = 0; i < rows; ++i)
        column[i] = rng.normal() / std::sqrt(static_cast<double>(rows));
    else
      for (Index i = 0; i < rows; ++i) column[i] /= length;
  }
  return settled;
}

/// Writes an orthonormal basis of what the columns of w add to the span of the first `n` columns
/// of q, and random directions in place of those that add nothing, behind those columns.
inline void append_orthonormal(Team& team, Matrix<double> w, Index n, Matrix<double>& q) {
  constexpr int most_rounds = 8;
  Vector<double> lengths(w.cols());
  for (Index j = 0; j < w.cols(); ++j) lengths[j] = std::sqrt(dot(w.rows(), &w(0, j), &w(0, j)));
  Rng rng(0, static_cast<std::uint64_t>(n));
  for (int round = 0; round < most_rounds; ++round) {
    project_out(team, q, n, w);
    if (orthonormalize(w, lengths, rng) && round > 0) break;
    lengths.setOnes();
  }
  q.middleCols(n, w.cols()) = w;
}

/// An orthonormal basis of the columns of a, in their order.
inline Matrix<double> orthonormal_columns(Team& team, const Matrix<double>& a) {
  Matrix<double> q(a.rows(), a.cols());
  const Chunks blocks{a.cols(), 32};
  for (Index block = 0; block < blocks.count(); ++block)
    append_orthonormal(team, a.middleCols(blocks[block].begin, blocks[block].size()),
                       blocks[block].begin, q);
  return q;
}

}  // namespace unlabeled::detail
