// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/random.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/column_product.hpp"
#include "unlabeled/linalg/symmetric_eigen.hpp"

// Orthonormal columns by block Gram-Schmidt, with as many repetitions as rounding errors need.

namespace unlabeled::detail {

/// Subtracts from w its part in the span of the first `n` columns of q, which are orthonormal;
/// returns the coordinates of that part.
inline Matrix<double> project_out(Team& team, const Matrix<double>& q, Index n, Matrix<double>& w) {
  const Samples<double> basis = columns_of(q, 0, n);
  Matrix<double> coordinates = cross_product(team, basis, w);
  add_combination(team, basis, -coordinates, w);
  return coordinates;
}

/// The inverse of the upper triangular R with R^T R = g; empty where a column would keep less than
/// `least` of its squared length, for then rounding has made R meaningless.
inline Matrix<double> inverse_cholesky(const Matrix<double>& g, double least) {
  const Index n = g.rows();
  Matrix<double> r = Matrix<double>::Zero(n, n), inverse = r;
  for (Index j = 0; j < n; ++j) {
    for (Index i = 0; i < j; ++i) r(i, j) = (g(i, j) - dot(i, &r(0, i), &r(0, j))) / r(i, i);
    const double rest = g(j, j) - dot(j, &r(0, j), &r(0, j));
    if (!(rest > least * g(j, j))) return {};
    r(j, j) = std::sqrt(rest);
    inverse(j, j) = 1 / r(j, j);
    for (Index i = 0; i < j; ++i)
      add_multiple(i + 1, -r(i, j) * inverse(j, j), &inverse(0, i), &inverse(0, j));
  }
  return inverse;
}

/// Orthonormalises the columns of w in their order, one by one. A column that is left with rounding
/// errors only (against its length before) becomes a random direction. Returns whether every column
/// kept at least half of its length, for then nothing was lost by cancellation.
inline bool orthonormalize_carefully(Matrix<double>& w, const Vector<double>& lengths, Rng& rng) {
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

/// The same by the Cholesky factor of w^T w, which is all products, where the columns are far
/// enough from depending on each other.
inline bool orthonormalize(Team& team, Matrix<double>& w, const Vector<double>& lengths, Rng& rng) {
  constexpr double far = 1e-10;
  const Samples<double> columns(w);
  const Matrix<double> inverse = inverse_cholesky(cross_product(team, columns, w), far);
  if (inverse.size() == 0) return orthonormalize_carefully(w, lengths, rng);
  w = combination(team, columns, inverse);
  bool settled = true;
  for (Index j = 0; j < w.cols(); ++j) settled = settled && 2 >= lengths[j] * inverse(j, j);
  return settled;
}

/// Writes behind the first `n` columns of q an orthonormal basis of what the columns of w, from
/// which project_out has removed those, add to their span, and random directions in place of those
/// that add nothing. Errors that shortening the columns has magnified are projected out again.
inline void append_projected(Team& team, Matrix<double> w, Index n, Matrix<double>& q) {
  constexpr int most_rounds = 8;
  Vector<double> lengths(w.cols());
  for (Index j = 0; j < w.cols(); ++j) lengths[j] = std::sqrt(dot(w.rows(), &w(0, j), &w(0, j)));
  Rng rng(0, static_cast<std::uint64_t>(n));
  for (int round = 0; round < most_rounds; ++round) {
    if (round > 0) project_out(team, q, n, w);
    if (orthonormalize(team, w, lengths, rng) && round > 0) break;
    lengths.setOnes();
  }
  q.middleCols(n, w.cols()) = w;
}

/// An orthonormal basis of the columns of a, in their order.
inline Matrix<double> orthonormal_columns(Team& team, const Matrix<double>& a) {
  Matrix<double> q(a.rows(), a.cols());
  const Chunks blocks{a.cols(), 32};
  for (Index block = 0; block < blocks.count(); ++block) {
    const Range columns = blocks[block];
    Matrix<double> w = a.middleCols(columns.begin, columns.size());
    project_out(team, q, columns.begin, w);
    append_projected(team, std::move(w), columns.begin, q);
  }
  return q;
}

}  // namespace unlabeled::detail
