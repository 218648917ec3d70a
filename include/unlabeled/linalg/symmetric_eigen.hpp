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
#include "unlabeled/linalg/tridiagonal.hpp"

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

/// Turns columns `column` and the next.
struct Rotation {
  Index column;
  double c, s;
};

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
  Team& team_;
  Matrix<double>& vectors_;
  std::vector<Rotation> rotations_;
};

/// All rotations, to be applied at last to as many eigenvectors as are wanted.
class KeptRotations {
 public:
  void add(Index column, double c, double s) { rotations_.push_back({column, c, s}); }
  void apply_if_many() {}
  void apply() {}
  /// Row j of `rows` becomes G_1 G_2 … G_last times it.
  void apply_backwards(Matrix<double>& rows) const {
    for (std::size_t i = rotations_.size(); i-- > 0;) {
      const auto& [column, c, s] = rotations_[i];
      rotate(rows.rows(), c, -s, &rows(0, column), &rows(0, column + 1));
    }
  }

 private:
  std::vector<Rotation> rotations_;
};

/// std::hypot for numbers whose squares do not overflow; quick unless they vanish.
inline double length(double x, double y) {
  const double square = x * x + y * y;
  return square > 1e-280 ? std::sqrt(square) : std::hypot(x, y);
}

/// One implicit QL step on rows first … last of the tridiagonal matrix (d, e), which has no zero
/// among e[first … last - 1]: the bulge is chased upwards by rotations of neighbours.
template <class Rotations>
void ql_step(std::size_t first, std::size_t last, std::vector<double>& d, std::vector<double>& e,
             Rotations& rotations) {
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

/// Makes t diagonal by rotations.
template <class Rotations> void diagonalize(Tridiagonal& t, Rotations& rotations) {
  constexpr double epsilon = 0x1p-52;
  constexpr int most_steps = 100;  // two or three are usual
  std::vector<double>&d = t.diagonal, &e = t.off;
  auto negligible = [&](std::size_t i) {
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

/// Positions of the values, largest first.
inline std::vector<Index> descending(const Vector<double>& values) {
  std::vector<Index> order(static_cast<std::size_t>(values.size()));
  std::iota(order.begin(), order.end(), Index(0));
  std::stable_sort(order.begin(), order.end(),
                   [&](Index i, Index j) { return values[i] > values[j]; });
  return order;
}

/// Columns reordered by descending value.
inline Spectrum sorted_spectrum(const Vector<double>& values, const Matrix<double>& vectors) {
  Spectrum sorted{Vector<double>(values.size()), Matrix<double>(vectors.rows(), values.size())};
  Index to = 0;
  for (const Index from : descending(values)) {
    sorted.values[to] = values[from];
    sorted.vectors.col(to++) = vectors.col(from);
  }
  return sorted;
}

/// What to divide a matrix by so that no square of its entries overflows or vanishes.
inline double safe_scale(const Matrix<double>& a) {
  const double largest = a.size() > 0 ? a.cwiseAbs().maxCoeff() : 0;
  return largest > 0 ? largest : 1;
}

/// All eigenpairs of a symmetric matrix, of which the lower triangle is read. About 9 n^3 flops,
/// three quarters of them threaded.
inline Spectrum symmetric_spectrum(Team& team, const Matrix<double>& a) {
  const double scale = safe_scale(a);
  Tridiagonal t = tridiagonalize(a / scale);
  Matrix<double> vectors = product_of_reflections(team, t);
  PendingRotations rotations(team, vectors);
  diagonalize(t, rotations);
  return sorted_spectrum(scale * Eigen::Map<const Vector<double>>(t.diagonal.data(), a.rows()),
                         vectors);
}

/// The n_wanted largest eigenpairs of a small symmetric matrix: rotations and reflections are undone
/// for these vectors only. 4/3 n^3 + O(n^2 n_wanted) flops, and memory for about 2 n^2 rotations.
inline Spectrum largest_eigenpairs(Team& team, const Matrix<double>& a, Index n_wanted) {
  const double scale = safe_scale(a);
  Tridiagonal t = tridiagonalize(a / scale);
  KeptRotations rotations;
  diagonalize(t, rotations);
  const Eigen::Map<const Vector<double>> values(t.diagonal.data(), a.rows());
  const std::vector<Index> order = descending(values);
  Spectrum found{Vector<double>(n_wanted), {}};
  Matrix<double> rows = Matrix<double>::Zero(n_wanted, a.rows());
  for (Index j = 0; j < n_wanted; ++j) {
    const Index from = order[static_cast<std::size_t>(j)];
    found.values[j] = scale * values[from];
    rows(j, from) = 1;
  }
  rotations.apply_backwards(rows);
  found.vectors = rows.transpose();
  apply_reflections(team, t, found.vectors);
  return found;
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
