// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/packet.hpp"

// Symmetric matrices to tridiagonal form by Householder reflections, and the operations on columns
// that they and the rotations after them are made of.

namespace unlabeled::detail {

inline double dot(Index n, const double* x, const double* y) {
  constexpr Index width = packet_size<double>;
  Packet<double> sum[4];
  for (auto& part : sum) part = broadcast<double>(0.0);
  Index i = 0;
  for (; i + 4 * width <= n; i += 4 * width)
    for (int p = 0; p < 4; ++p)
      sum[p] = multiply_add<double>(load<double>(x + i + p * width),
                                    load<double>(y + i + p * width), sum[p]);
  double total =
      sum_of_lanes<double>(add<double>(add<double>(sum[0], sum[1]), add<double>(sum[2], sum[3])));
  for (; i < n; ++i) total += x[i] * y[i];
  return total;
}

/// y += a x.
inline void add_multiple(Index n, double a, const double* x, double* y) {
  constexpr Index width = packet_size<double>;
  const Packet<double> factor = broadcast<double>(a);
  Index i = 0;
  for (; i + width <= n; i += width)
    store<double>(y + i, multiply_add<double>(factor, load<double>(x + i), load<double>(y + i)));
  for (; i < n; ++i) y[i] += a * x[i];
}

/// (x, y) becomes (c x - s y, s x + c y).
inline void rotate(Index n, double c, double s, double* x, double* y) {
  constexpr Index width = packet_size<double>;
  const Packet<double> cosine = broadcast<double>(c), sine = broadcast<double>(s);
  Index i = 0;
  for (; i + width <= n; i += width) {
    const Packet<double> a = load<double>(x + i), b = load<double>(y + i);
    store<double>(x + i, subtract<double>(multiply<double>(cosine, a), multiply<double>(sine, b)));
    store<double>(y + i, multiply_add<double>(sine, a, multiply<double>(cosine, b)));
  }
  for (; i < n; ++i) {
    const double a = x[i], b = y[i];
    x[i] = c * a - s * b;
    y[i] = s * a + c * b;
  }
}

/// Diagonal and subdiagonal of Q^T A Q, and Q as a product of reflections I - tau v v^T.
struct Tridiagonal {
  std::vector<double> diagonal;
  std::vector<double> off;     // one more entry, 0
  Matrix<double> reflections;  // v below the diagonal of its column
  std::vector<double> tau;

  /// Column j of v becomes H_k v_j.
  void reflect(Index k, Matrix<double>& v, Index j) const {
    const double factor = tau[static_cast<std::size_t>(k)];
    if (factor == 0) return;
    const double* direction = &reflections(k + 1, k);
    double* to = &v(k + 1, j);
    const Index m = v.rows() - k - 1;
    add_multiple(m, -factor * dot(m, direction, to), direction, to);
  }
};

/// p = A v for the trailing n x n matrix whose lower triangle starts at `a`.
inline void multiply_lower(Index n, const double* a, Index stride, const double* v, double* p) {
  std::fill_n(p, n, 0.0);
  for (Index j = 0; j < n; ++j) {
    const double* column = a + j * stride + j;
    p[j] += column[0] * v[j] + dot(n - j - 1, column + 1, v + j + 1);
    add_multiple(n - j - 1, v[j], column + 1, p + j + 1);
  }
}

/// Reflects the trailing matrix by I - tau v v^T from both sides; v lies below the diagonal of
/// column k of a.
inline void reflect_trailing(Index k, double tau, Matrix<double>& a, double* w) {
  const Index n = a.rows() - k - 1, stride = a.rows();
  const double* v = &a(k + 1, k);
  double* trailing = &a(k + 1, k + 1);
  multiply_lower(n, trailing, stride, v, w);
  const double half = -0.5 * tau * tau * dot(n, w, v);
  for (Index i = 0; i < n; ++i) w[i] = tau * w[i] + half * v[i];
  for (Index j = 0; j < n; ++j) {
    add_multiple(n - j, -w[j], v + j, trailing + j * stride + j);
    add_multiple(n - j, -v[j], w + j, trailing + j * stride + j);
  }
}

/// Q itself. Applied to the identity, column j is touched by the reflections before it only; columns
/// do not depend on each other.
inline Matrix<double> product_of_reflections(Team& team, const Tridiagonal& t) {
  const Index n = t.reflections.rows();
  Matrix<double> q = Matrix<double>::Identity(n, n);
  team.for_each_chunk(Chunks{n, 16}, [&](Range columns, int) {
    for (Index k = std::min(columns.end, n - 1) - 1; k >= 0; --k)
      for (Index j = std::max(columns.begin, k + 1); j < columns.end; ++j) t.reflect(k, q, j);
  });
  return q;
}

/// v becomes Q v.
inline void apply_reflections(Team& team, const Tridiagonal& t, Matrix<double>& v) {
  team.for_each_chunk(Chunks{v.cols(), 16}, [&](Range columns, int) {
    for (Index k = v.rows() - 2; k >= 0; --k)
      for (Index j = columns.begin; j < columns.end; ++j) t.reflect(k, v, j);
  });
}

inline Tridiagonal tridiagonalize(Matrix<double> a) {
  const Index n = a.rows();
  const auto size = static_cast<std::size_t>(n);
  std::vector<double> diagonal(size), off(size, 0.0), tau(size, 0.0), w(size);
  for (Index k = 0; k < n; ++k) {
    const auto at = static_cast<std::size_t>(k);
    diagonal[at] = a(k, k);
    if (k + 1 == n) break;
    double* v = &a(k + 1, k);
    off[at] = v[0];
    const double tail = dot(n - k - 2, v + 1, v + 1);
    if (tail == 0) continue;
    off[at] = -std::copysign(std::sqrt(v[0] * v[0] + tail), v[0]);
    v[0] -= off[at];
    tau[at] = 2 / (v[0] * v[0] + tail);
    reflect_trailing(k, tau[at], a, w.data());
  }
  return {std::move(diagonal), std::move(off), std::move(a), std::move(tau)};
}

}  // namespace unlabeled::detail
