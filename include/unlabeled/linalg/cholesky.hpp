// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>

#include "unlabeled/core/types.hpp"

// Cholesky factors of covariances, in double: the factor, its inverse and the way back. Loops over
// contiguous columns; the upper triangles are never read.

namespace unlabeled::detail {

/// to[i] += factor * from[i] for i in [begin, end).
inline void add_multiple(double factor, const double* from, Index begin, Index end, double* to) {
  for (Index i = begin; i < end; ++i) to[i] += factor * from[i];
}

/// Replaces the lower triangle of a symmetric matrix by that of L with L L^T = a. Returns the
/// column at which rounding leaves nothing positive, or -1 when all is well.
inline Index cholesky_in_place(Matrix<double>& a) {
  const Index d = a.rows();
  for (Index j = 0; j < d; ++j) {
    const double before = a(j, j);
    double* column = a.data() + j * d;
    for (Index t = 0; t < j; ++t) add_multiple(-a(j, t), a.data() + t * d, j, d, column);
    if (!(a(j, j) > 0x1p-50 * before)) return j;  // false for NaN as well
    const double root = std::sqrt(a(j, j));
    for (Index i = j; i < d; ++i) column[i] /= root;
  }
  return -1;
}

/// The inverse of a lower triangle, again lower, with zeros above: column by column by forward
/// substitution.
inline Matrix<double> inverse_of_lower(const Matrix<double>& lower) {
  const Index d = lower.rows();
  Matrix<double> inverse = Matrix<double>::Zero(d, d);
  for (Index j = 0; j < d; ++j) {
    double* x = inverse.data() + j * d;
    x[j] = 1;
    for (Index t = j; t < d; ++t) {
      x[t] /= lower(t, t);
      add_multiple(-x[t], lower.data() + t * d, t + 1, d, x);
    }
  }
  return inverse;
}

/// The lower triangle of L m L^T for a symmetric m of which the lower triangle is given.
inline Matrix<double> lower_congruence(const Matrix<double>& lower, const Matrix<double>& m) {
  const Index d = lower.rows();
  Matrix<double> product = Matrix<double>::Zero(d, d), result = Matrix<double>::Zero(d, d);
  for (Index j = 0; j < d; ++j)
    for (Index t = 0; t < d; ++t)
      add_multiple(t >= j ? m(t, j) : m(j, t), lower.data() + t * d, t, d, product.data() + j * d);
  for (Index j = 0; j < d; ++j)
    for (Index t = 0; t <= j; ++t)
      add_multiple(lower(j, t), product.data() + t * d, j, d, result.data() + j * d);
  return result;
}

}  // namespace unlabeled::detail
