// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/report.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/decomposition/pca_model.hpp"
#include "unlabeled/linalg/block_krylov.hpp"
#include "unlabeled/linalg/column_product.hpp"
#include "unlabeled/linalg/moments.hpp"
#include "unlabeled/linalg/orthonormal.hpp"
#include "unlabeled/linalg/scatter.hpp"
#include "unlabeled/linalg/symmetric_eigen.hpp"
#include "unlabeled/linalg/thin_product.hpp"

// The ways from samples to the leading right singular vectors of X_c = X - 1 mean^T. All work in
// double but for the products of float samples.

namespace unlabeled::detail {

/// What every way finds: singular values of X_c (descending) with their right singular vectors in
/// columns (n_features x n_wanted), and the sum of all squared singular values.
struct PrincipalAxes {
  Vector<double> mean;
  double total_scatter = 0;
  Spectrum spectrum;
};

/// Singular values from eigenvalues of a matrix of squares, which rounding can make negative.
inline Spectrum singular_from_squared(Spectrum squared) {
  squared.values = squared.values.cwiseMax(0.0).cwiseSqrt();
  return squared;
}

/// What the residual of eigenvectors may be, as a share of the largest eigenvalue, when the matrix
/// was made of products of S. A product of floats is itself good to 1e-7 only.
template <Real S>
inline constexpr double eigen_tolerance = sizeof(S) == sizeof(float) ? 1e-8 : 1e-10;

/// Leading eigenpairs of a symmetric matrix: a few of many by block Krylov to the tolerance, else,
/// or where that would need half of the space, all of them.
template <Real S>
Spectrum leading_spectrum(Team& team, const Matrix<double>& a, Index n_wanted, std::uint64_t seed) {
  constexpr Index small = 200;
  const Index n = a.rows();
  if (n > small && 8 * n_wanted <= n) {
    const KrylovOptions options{.n_wanted = n_wanted,
                                .block_size = std::max<Index>(12, (n_wanted + 3) / 4),
                                .max_basis = n / 2,
                                .max_steps = n,
                                .restart = false,
                                .tolerance = eigen_tolerance<S>,
                                .most_unseen = 6,
                                .seed = seed};
    const Samples<double> columns(a);  // which are the rows
    KrylovResult found = block_krylov(
        team, n, options, [&](const Matrix<double>& v) { return cross_product(team, columns, v); });
    if (found.converged) return found.spectrum;
  }
  const Spectrum all = symmetric_spectrum(team, a);
  return {all.values.head(n_wanted), all.vectors.leftCols(n_wanted)};
}

/// n >= d: eigenvectors of the scatter matrix.
template <Real S>
PrincipalAxes axes_of_scatter(Team& team, const Scatter& sum, Index n_wanted, std::uint64_t seed) {
  return {sum.mean, sum.scatter.trace(),
          singular_from_squared(leading_spectrum<S>(team, sum.scatter, n_wanted, seed))};
}

/// Centred rows, fewer than columns: each eigenvector u of rows rows^T gives the direction rows^T
/// u, of length sigma. Orthonormalising these in their order keeps the large ones as they are and
/// makes sense of the small ones, down to sigma = 0.
inline Spectrum spectrum_of_few_rows(Team& team, const Matrix<double>& rows, Index n_wanted,
                                     std::uint64_t seed) {
  const Samples<double> view(rows);
  const Samples<double> transposed(rows.transpose());
  Spectrum found = singular_from_squared(
      leading_spectrum<double>(team, second_moments(team, transposed), n_wanted, seed));
  found.vectors = orthonormal_columns(team, transposed_product(team, view, nullptr, found.vectors));
  return found;
}

/// The samples of `x` in `range` minus the mean.
template <class V>
Matrix<double> centred_copy(const V& x, Range range, const Vector<double>& mean) {
  return x.middleRows(range.begin, range.size()).template cast<double>().rowwise() -
         mean.transpose();
}

/// Y^T Y for Y = (X - 1 mean^T) V, whose rows are formed chunk by chunk.
template <class V>
Matrix<double> second_moments_in_basis(Team& team, const V& x, const Vector<double>& mean,
                                       const Matrix<double>& basis) {
  const Chunks chunks{x.rows(), 8192};
  Matrix<double> sum = Matrix<double>::Zero(basis.cols(), basis.cols());
  for (Index chunk = 0; chunk < chunks.count(); ++chunk) {
    const Matrix<double> rows = centred_copy(x, chunks[chunk], mean);
    const Matrix<double> turned = thin_product<double>(team, Samples<double>(rows), nullptr, basis);
    sum += second_moments(team, Samples<double>(turned));
  }
  return sum;
}

/// Singular values of X - 1 mean^T (rows >= columns) with the relative accuracy that squares of it
/// seem to forbid. Second moments in the basis of their own eigenvectors are nearly diagonal,
/// D A D with A close to the identity, and of such a matrix Jacobi's method finds even the smallest
/// eigenvalues to nearly all digits [1]. Each pass does so in the basis that the last one found.
///
/// [1] J. Demmel, K. Veselić, "Jacobi's method is more accurate than QR", SIAM J. Matrix Anal.
///     Appl. 13, 1992, doi 10.1137/0613074.
template <class V> Spectrum refined_spectrum(Team& team, const V& x, const Vector<double>& mean) {
  constexpr int n_passes = 3;
  Matrix<double> basis = Matrix<double>::Identity(x.cols(), x.cols());
  Spectrum found = symmetric_spectrum(team, second_moments_in_basis(team, x, mean, basis));
  basis = found.vectors;
  for (int pass = 0; pass < n_passes; ++pass) {
    found = jacobi_spectrum(second_moments_in_basis(team, x, mean, basis));
    basis = thin_product<double>(team, Samples<double>(basis), nullptr, found.vectors);
  }
  found.vectors = orthonormal_columns(team, basis);
  return singular_from_squared(std::move(found));
}

/// All singular values to nearly full relative accuracy. With fewer samples than features those of
/// the transpose, whose right singular vectors u give the directions X_c^T u.
template <class V>
Spectrum spectrum_by_svd(Team& team, const V& x, const Vector<double>& mean, Index n_wanted) {
  if (x.rows() >= x.cols()) {
    const Spectrum all = refined_spectrum(team, x, mean);
    return {all.values.head(n_wanted), all.vectors.leftCols(n_wanted)};
  }
  const Matrix<double> rows = centred_copy(x, {0, x.rows()}, mean);
  const Vector<double> none = Vector<double>::Zero(rows.rows());
  const Matrix<double> columns = rows.transpose();
  const Spectrum all = refined_spectrum(team, columns, none);
  const Matrix<double> directions =
      thin_product<double>(team, Samples<double>(columns), nullptr, all.vectors.leftCols(n_wanted));
  return {all.values.head(n_wanted), orthonormal_columns(team, directions)};
}

/// Block Krylov on X_c^T X_c without forming it. A given number of power iterations is exceeded by
/// two products, which cost what the last projection of a randomized range finder costs.
template <Real S>
Spectrum spectrum_by_krylov(Team& team, const Samples<S>& x, const Vector<double>& mean,
                            Index n_wanted, const PCAOptions& wishes) {
  constexpr Index blocks_before_restart = 10, most_steps = 60;
  const Index smaller = std::min(x.n_samples, x.n_features);
  const Index block = n_wanted + std::min(wishes.n_oversamples, smaller - n_wanted);
  const bool until_converged = wishes.n_power_iterations < 0;
  // Where the basis has grown to the whole space the iteration ends by itself.
  const Index steps =
      until_converged ? most_steps : std::min(wishes.n_power_iterations, x.n_features) + 2;
  const KrylovOptions options{
      .n_wanted = n_wanted,
      .block_size = block,
      .max_basis = product_or_most(block, until_converged ? blocks_before_restart : steps),
      .max_steps = steps,
      .restart = until_converged,
      .tolerance = until_converged ? 1e-5 : 0.0,
      .seed = wishes.seed};
  return singular_from_squared(
      block_krylov(team, x.n_features, options, [&](const Matrix<double>& v) {
        return gram_product(team, x, mean, v);
      }).spectrum);
}

}  // namespace unlabeled::detail
