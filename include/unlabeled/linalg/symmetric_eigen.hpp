// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <vector>

#include "unlabeled/core/errors.hpp"
#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/packet.hpp"

// All eigenpairs of a symmetric matrix: Householder reflections to tridiagonal form, then implicit
// QL steps [1]. The plane rotations of many steps are collected and applied together to panels of
// rows of the eigenvectors, which do not depend on each other: each panel stays in a cache, and the
// threads share the panels [2]. (Eigen's own solver is as fast on one thread, but takes longer to
// compile than all the rest of the library.)
//
// [1] H. Bowdler, R. Martin, C. Reinsch, J. Wilkinson, "The QR and QL algorithms for symmetric
//     matrices", Numerische Mathematik 11, 1968, doi 10.1007/BF02166681.
// [2] F. Van Zee, R. van de Geijn, G. Quintana-Ortí, "Restructuring the tridiagonal and bidiagonal
//     QR algorithms for performance", ACM TOMS 40, 2014, doi 10.1145/2535371.

namespace unlabeled::detail {

/// Eigenvalues or singular values, largest first, with their vectors in columns.
struct Spectrum {
  Vector<double> values;
  Matrix<double> vectors;
};

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

/// Diagonal and subdiagonal of Q^T A Q, and Q.
struct Tridiagonal {
  std::vector<double> diagonal;
  std::vector<double> off;  // one more entry, 0
  Matrix<double> q;
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

/// Applies the reflections, last first, to the identity. Column j of Q is touched by those before
/// it only; columns do not depend on each other.
inline Matrix<double> product_of_reflections(Team& team, const Matrix<double>& a,
                                             const std::vector<double>& tau) {
  const Index n = a.rows();
  Matrix<double> q = Matrix<double>::Identity(n, n);
  team.for_each_chunk(Chunks{n, 16}, [&](Range columns, int) {
    for (Index k = std::min(columns.end, n - 1) - 1; k >= 0; --k) {
      const double factor = tau[static_cast<std::size_t>(k)];
      if (factor == 0) continue;
      const Index m = n - k - 1;
      for (Index j = std::max(columns.begin, k + 1); j < columns.end; ++j)
        add_multiple(m, -factor * dot(m, &a(k + 1, k), &q(k + 1, j)), &a(k + 1, k), &q(k + 1, j));
    }
  });
  return q;
}

inline Tridiagonal tridiagonalize(Team& team, Matrix<double> a) {
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
  return {std::move(diagonal), std::move(off), product_of_reflections(team, a, tau)};
}

/// Rotations of neighbouring columns, waiting to be applied to the eigenvectors.
class PendingRotations {
 public:
  PendingRotations(Team& team, Matrix<double>& vectors) : team_(team), vectors_(vectors) {
    rotations_.reserve(capacity + static_cast<std::size_t>(vectors.cols()));
  }
  void add(Index column, double c, double s) { rotations_.push_back({column, c, s}); }
  void apply_if_many() {
    if (rotations_.size() >= capacity) apply();
  }
  void apply() {
    constexpr Index panel = 64;
    team_.for_each_chunk(Chunks{vectors_.rows(), panel}, [&](Range rows, int) {
      for (const auto& [column, c, s] : rotations_)
        rotate(rows.size(), c, s, &vectors_(rows.begin, column), &vectors_(rows.begin, column + 1));
    });
    rotations_.clear();
  }

 private:
  static constexpr std::size_t capacity = 8192;
  struct Rotation {
    Index column;
    double c, s;
  };
  Team& team_;
  Matrix<double>& vectors_;
  std::vector<Rotation> rotations_;
};

/// std::hypot for numbers whose squares do not overflow; quick unless they vanish.
inline double length(double x, double y) {
  const double square = x * x + y * y;
  return square > 1e-280 ? std::sqrt(square) : std::hypot(x, y);
}

/// One implicit QL step on rows first … last of the tridiagonal matrix (d, e), which has no zero
/// among e[first … last - 1]: the bulge is chased upwards by rotations of neighbours.
inline void ql_step(std::size_t first, std::size_t last, std::vector<double>& d,
                    std::vector<double>& e, PendingRotations& rotations) {
  const double half_gap = (d[first + 1] - d[first]) / (2 * e[first]);
  const double shift =
      d[first] - e[first] / (half_gap + std::copysign(length(half_gap, 1), half_gap));
  double g = d[last] - shift, c = 1, s = 1, carried = 0;
  for (std::size_t i = last; i-- > first;) {
    const double f = s * e[i], b = c * e[i], r = length(f, g);
    e[i + 1] = r;
    if (r == 0) {  // the matrix split here
      d[i + 1] -= carried;
      e[last] = 0;
      return;
    }
    s = f / r;
    c = g / r;
    const double reduced = d[i + 1] - carried;
    const double turned = (d[i] - reduced) * s + 2 * c * b;
    carried = s * turned;
    d[i + 1] = reduced + carried;
    g = c * turned - b;
    rotations.add(static_cast<Index>(i), c, s);
  }
  d[first] -= carried;
  e[first] = g;
  e[last] = 0;
}

/// Makes t diagonal; its q becomes the eigenvectors.
inline void diagonalize(Team& team, Tridiagonal& t) {
  constexpr double epsilon = 0x1p-52;
  constexpr int most_steps = 100;  // two or three are usual
  auto& [d, e, q] = t;
  PendingRotations rotations(team, q);
  auto negligible = [&d = d, &e = e](std::size_t i) {
    return std::abs(e[i]) <= epsilon * (std::abs(d[i]) + std::abs(d[i + 1]) + epsilon);
  };
  for (std::size_t first = 0; first < d.size(); ++first)
    for (int step = 0;; ++step) {
      std::size_t last = first;
      while (last + 1 < d.size() && !negligible(last)) ++last;
      if (last == first) break;
      if (step == most_steps)
        throw NumericalError("eigenvalues did not converge; scale the features first");
      ql_step(first, last, d, e, rotations);
      rotations.apply_if_many();
    }
  rotations.apply();
}

/// Columns reordered by descending value.
inline Spectrum sorted_spectrum(const Vector<double>& values, const Matrix<double>& vectors) {
  std::vector<Index> order(static_cast<std::size_t>(values.size()));
  std::iota(order.begin(), order.end(), Index(0));
  std::stable_sort(order.begin(), order.end(),
                   [&](Index i, Index j) { return values[i] > values[j]; });
  Spectrum sorted{Vector<double>(values.size()), Matrix<double>(vectors.rows(), values.size())};
  Index to = 0;
  for (const Index from : order) {
    sorted.values[to] = values[from];
    sorted.vectors.col(to++) = vectors.col(from);
  }
  return sorted;
}

/// All eigenpairs of a symmetric matrix, of which the lower triangle is read. About 9 n^3 flops,
/// three quarters of them threaded.
inline Spectrum symmetric_spectrum(Team& team, const Matrix<double>& a) {
  const double largest = a.size() > 0 ? a.cwiseAbs().maxCoeff() : 0;
  const double scale = largest > 0 ? largest : 1;  // so that no square overflows or vanishes
  Tridiagonal t = tridiagonalize(team, a / scale);
  diagonalize(team, t);
  return sorted_spectrum(scale * Eigen::Map<const Vector<double>>(t.diagonal.data(), a.rows()),
                         t.q);
}

/// Turns row and column i and j of the symmetric g so that g(i, j) vanishes, and with them the
/// columns of v. Returns whether it was not negligible against the diagonal.
inline bool annihilate(Index i, Index j, Matrix<double>& g, Matrix<double>& v) {
  constexpr double epsilon = 0x1p-52;
  const double limit = epsilon * std::sqrt(std::abs(g(i, i))) * std::sqrt(std::abs(g(j, j)));
  if (std::abs(g(i, j)) <= limit) return false;
  const double zeta = (g(j, j) - g(i, i)) / (2 * g(i, j));
  const double t = std::copysign(1 / (std::abs(zeta) + std::hypot(1.0, zeta)), zeta);
  const double c = 1 / std::sqrt(1 + t * t), s = c * t;
  const double shift = t * g(i, j), low = g(i, i) - shift, high = g(j, j) + shift;
  rotate(g.rows(), c, s, &g(0, i), &g(0, j));
  g.row(i) = g.col(i).transpose();
  g.row(j) = g.col(j).transpose();
  g(i, i) = low;
  g(j, j) = high;
  g(i, j) = g(j, i) = 0;
  rotate(v.rows(), c, s, &v(0, i), &v(0, j));
  return true;
}

/// All eigenpairs of a symmetric positive semidefinite matrix by Jacobi rotations: fast when it is
/// nearly diagonal, and then accurate for every eigenvalue against itself, not only against the
/// largest.
inline Spectrum jacobi_spectrum(Matrix<double> g) {
  constexpr int most_sweeps = 50;
  Matrix<double> vectors = Matrix<double>::Identity(g.rows(), g.cols());
  bool changed = true;
  for (int sweep = 0; changed && sweep < most_sweeps; ++sweep) {
    changed = false;
    for (Index j = 1; j < g.cols(); ++j)
      for (Index i = 0; i < j; ++i) changed = annihilate(i, j, g, vectors) || changed;
  }
  return sorted_spectrum(g.diagonal(), vectors);
}

}  // namespace unlabeled::detail
