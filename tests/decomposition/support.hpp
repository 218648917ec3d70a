// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>

#include "support/data.hpp"
#include "support/instances/pca.hpp"
#include "support/tolerance.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/orthonormal.hpp"

// Data with known components, and the questions every test of PCA asks.

namespace unlabeled {
inline namespace testing {

inline Matrix<double> random_orthonormal(Index n_rows, Index n_columns, std::uint64_t seed) {
  detail::Team team(1);
  return detail::orthonormal_columns(team, random_matrix<double>(n_rows, n_columns, seed));
}

/// Samples with exactly these singular values once centred; the true components are the columns of
/// random_orthonormal(n_features, singular_values.size(), seed + 1).
inline Matrix<double> with_singular_values(Index n_samples, Index n_features,
                                           const Vector<double>& singular_values,
                                           std::uint64_t seed = 1, double offset = 0) {
  const Index rank = singular_values.size();
  // Orthogonal to the vector of ones, so that the mean of every feature is the offset.
  Matrix<double> left(n_samples, rank + 1);
  left << Vector<double>::Ones(n_samples), random_matrix<double>(n_samples, rank, seed);
  detail::Team team(1);
  const Matrix<double> u = detail::orthonormal_columns(team, left).rightCols(rank);
  const Matrix<double> v = random_orthonormal(n_features, rank, seed + 1);
  return (u * singular_values.asDiagonal() * v.transpose()).array() + offset;
}

inline Vector<double> geometric(Index n, double ratio) {
  Vector<double> values(n);
  for (Index i = 0; i < n; ++i) values[i] = std::pow(ratio, static_cast<double>(i));
  return values;
}

template <Real S> double orthonormality_error(const Matrix<S>& components) {
  const Matrix<double> v = components.template cast<double>();
  return (v * v.transpose() - Matrix<double>::Identity(v.rows(), v.rows())).cwiseAbs().maxCoeff();
}

/// max_k |X_c^T X_c v_k - s_k^2 v_k| / s_1^2, from the definition.
template <Real S> double eigen_residual(const PCA<S>& pca, const Matrix<S>& x) {
  const Matrix<double> wide = x.template cast<double>();
  const Matrix<double> centred = wide.rowwise() - wide.colwise().mean();
  const Matrix<double> v = pca.components().template cast<double>().transpose();
  const Vector<double> squared = pca.singular_values().template cast<double>().cwiseAbs2();
  const Matrix<double> difference = centred.transpose() * (centred * v) - v * squared.asDiagonal();
  return difference.colwise().norm().maxCoeff() / std::max(squared[0], 1e-300);
}

/// Distance of the span of some orthonormal rows from the span of others: the root of the sum of
/// squared sines of the angles between them.
template <class A, class B> double subspace_error(const A& rows, const B& others) {
  const Matrix<double> a = rows.template cast<double>(), b = others.template cast<double>();
  return (a - (a * b.transpose()) * b).norm();
}

}  // namespace testing
}  // namespace unlabeled
