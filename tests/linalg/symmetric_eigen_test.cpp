// SPDX-License-Identifier: MIT
#include "unlabeled/linalg/symmetric_eigen.hpp"

#include <cmath>

#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/tolerance.hpp"
#include "unlabeled/linalg/block_krylov.hpp"
#include "unlabeled/linalg/orthonormal.hpp"

using namespace unlabeled;
using detail::Spectrum;
using detail::Team;

namespace {

Matrix<double> random_basis(Index n, std::uint64_t seed) {
  Team team(1);
  return detail::orthonormal_columns(team, random_matrix<double>(n, n, seed));
}

/// A symmetric matrix with these eigenvalues.
Matrix<double> with_eigenvalues(const Vector<double>& values, std::uint64_t seed = 1) {
  const Matrix<double> q = random_basis(values.size(), seed);
  return q * values.asDiagonal() * q.transpose();
}

double orthonormality_error(const Matrix<double>& q) {
  return (q.transpose() * q - Matrix<double>::Identity(q.cols(), q.cols())).cwiseAbs().maxCoeff();
}

double residual(const Matrix<double>& a, const Spectrum& s) {
  return (a * s.vectors - s.vectors * s.values.asDiagonal()).cwiseAbs().maxCoeff();
}

Vector<double> powers(Index n, double base) {
  Vector<double> values(n);
  for (Index i = 0; i < n; ++i) values[i] = std::pow(base, static_cast<double>(i));
  return values;
}

detail::KrylovResult krylov(const Matrix<double>& a, Index n_wanted, Index block, Index max_basis,
                            int n_threads = 1) {
  Team team(n_threads);
  return detail::block_krylov(team, a.rows(),
                              {.n_wanted = n_wanted,
                               .block_size = block,
                               .max_basis = max_basis,
                               .max_steps = 200,
                               .restart = true,
                               .tolerance = 1e-11},
                              [&](const Matrix<double>& v) -> Matrix<double> { return a * v; });
}

}  // namespace

TEST_CASE("eigenpairs of a matrix solved by hand") {
  Matrix<double> a(2, 2);
  a << 2, 1, 1, 2;  // (1, 1) with 3, (1, -1) with 1
  Team team(1);
  const Spectrum s = detail::symmetric_spectrum(team, a);
  CHECK(s.values[0] == Approx(3));
  CHECK(s.values[1] == Approx(1));
  CHECK(std::abs(s.vectors(0, 0) - s.vectors(1, 0)) < 1e-15);
}

TEST_CASE("eigenvectors are orthonormal and satisfy A v = lambda v at every size") {
  Team team(2);
  for (const Index n : {1, 2, 3, 4, 5, 8, 17, 63, 64, 65, 130}) {
    const Matrix<double> half = random_matrix<double>(n, n, 3), a = half + half.transpose();
    const Spectrum s = detail::symmetric_spectrum(team, a);
    INFO("n = " << n);
    CHECK(residual(a, s) < 1e-13 * static_cast<double>(n));
    CHECK(orthonormality_error(s.vectors) < 1e-13);
    for (Index i = 1; i < n; ++i) CHECK(s.values[i - 1] >= s.values[i]);
    CHECK(s.values.sum() == Approx(a.trace()).margin(1e-12));
  }
}

TEST_CASE("zero, identity, repeated and graded spectra") {
  Team team(1);
  Vector<double> repeated = Vector<double>::Ones(40);
  repeated.head(10).setConstant(5);
  for (const Vector<double>& values :
       {Vector<double>(Vector<double>::Zero(12)), Vector<double>(Vector<double>::Ones(12)),
        repeated, powers(60, 0.4), powers(30, 1e-12)}) {
    const Matrix<double> a = with_eigenvalues(values);
    const Spectrum s = detail::symmetric_spectrum(team, a);
    CHECK((s.values - values).cwiseAbs().maxCoeff() < 1e-13);
    CHECK(residual(a, s) < 1e-13);
    CHECK(orthonormality_error(s.vectors) < 1e-13);
  }
}

TEST_CASE("eigenvalues scale with the matrix over the whole range of double") {
  Team team(1);
  const Matrix<double> a = with_eigenvalues(powers(20, 0.5));
  for (const double scale : {1e-290, 1e290}) {
    const Spectrum s = detail::symmetric_spectrum(team, scale * a);
    CHECK((s.values / scale - powers(20, 0.5)).cwiseAbs().maxCoeff() < 1e-13);
  }
}

TEST_CASE("eigenpairs have the same bits for every number of threads") {
  const Matrix<double> half = random_matrix<double>(150, 150, 4), a = half * half.transpose();
  Team one(1);
  const Spectrum expected = detail::symmetric_spectrum(one, a);
  for (const int n_threads : {2, 3, 5}) {
    Team team(n_threads);
    const Spectrum s = detail::symmetric_spectrum(team, a);
    CHECK(s.values == expected.values);
    CHECK(s.vectors == expected.vectors);
  }
}

TEST_CASE("Jacobi finds eigenvalues of D A D to their own last digits") {
  // D graded over 20 decades and A close to the identity: the product of the eigenvalues is
  // det(D)^2 det(A), and each is close to an entry of D^2.
  const Index n = 11;
  Matrix<double> a = Matrix<double>::Identity(n, n);
  for (Index i = 1; i < n; ++i) a(i, i - 1) = a(i - 1, i) = 0.1;
  const Vector<double> d = powers(n, 0.1);
  const Spectrum s = detail::jacobi_spectrum(d.asDiagonal() * a * d.asDiagonal());
  double log_product = 0, expected = 2 * d.array().log().sum();
  for (Index i = 0; i < n; ++i) log_product += std::log(s.values[i]);
  // det of the tridiagonal A by its recurrence
  double before = 1, now = 1;
  for (Index i = 1; i < n; ++i) before = std::exchange(now, now - 0.01 * before);
  expected += std::log(now);
  CHECK(log_product == Approx(expected).epsilon(1e-13));
  CHECK(orthonormality_error(s.vectors) < 1e-13);
  CHECK(s.values[n - 1] > 0.9e-20);
}

TEST_CASE("the largest eigenpairs are the first of all eigenpairs") {
  Team team(2);
  for (const Index n : {1, 2, 5, 17, 64, 130}) {
    const Matrix<double> half = random_matrix<double>(n, n, 4), a = half + half.transpose();
    const Spectrum all = detail::symmetric_spectrum(team, a);
    const Index n_wanted = (n + 2) / 3;
    const Spectrum some = detail::largest_eigenpairs(team, a, n_wanted);
    INFO("n = " << n);
    CHECK((some.values - all.values.head(n_wanted)).cwiseAbs().maxCoeff() < 1e-12);
    CHECK(residual(a, some) < 1e-13 * static_cast<double>(n));
    CHECK(orthonormality_error(some.vectors) < 1e-13);
  }
}

TEST_CASE("eigenvectors stay orthonormal where entries of the matrix have squares that vanish") {
  Team team(1);
  Matrix<double> a = Vector<double>::Zero(6).asDiagonal();
  for (Index i = 1; i < 6; ++i) a(i, i - 1) = a(i - 1, i) = std::pow(1e-40, static_cast<double>(i));
  a(0, 0) = 1;
  CHECK(orthonormality_error(detail::symmetric_spectrum(team, a).vectors) < 1e-14);
  CHECK(orthonormality_error(detail::largest_eigenpairs(team, a, 6).vectors) < 1e-14);
}

TEST_CASE("orthonormal columns span what was given, in its order") {
  Team team(2);
  const Matrix<double> a = random_matrix<double>(200, 70, 5);
  const Matrix<double> q = detail::orthonormal_columns(team, a);
  CHECK(orthonormality_error(q) < 1e-14);
  const Matrix<double> r = q.transpose() * a;
  CHECK((a - q * r).cwiseAbs().maxCoeff() < 1e-12);
  CHECK(r.triangularView<Eigen::StrictlyLower>().toDenseMatrix().cwiseAbs().maxCoeff() < 1e-12);
}

TEST_CASE("columns that depend on others, zero columns included, are replaced") {
  Team team(1);
  Matrix<double> a = random_matrix<double>(40, 40, 6);
  a.col(3) = 2 * a.col(1);
  a.col(7).setZero();
  a.col(39) = a.leftCols(39).rowwise().sum();
  const Matrix<double> q = detail::orthonormal_columns(team, a);
  CHECK(orthonormality_error(q) < 1e-13);
}

TEST_CASE("block Krylov finds the largest eigenpairs, with and without restarts") {
  const Matrix<double> a = with_eigenvalues(powers(300, 0.95));
  const Index max_basis = GENERATE(60, 150);
  const auto found = krylov(a, 12, 10, max_basis);
  CHECK(found.converged);
  CHECK((found.spectrum.values - powers(300, 0.95).head(12)).cwiseAbs().maxCoeff() < 1e-12);
  CHECK(residual(a, found.spectrum) < 1e-10);
  CHECK(orthonormality_error(found.spectrum.vectors) < 1e-12);
}

TEST_CASE("block Krylov finds eigenvalues as often as they are repeated") {
  Vector<double> values = powers(250, 0.9);
  values.segment(2, 6).setConstant(values[2]);
  const auto found = krylov(with_eigenvalues(values), 10, 8, 120);
  CHECK(found.converged);
  CHECK((found.spectrum.values - values.head(10)).cwiseAbs().maxCoeff() < 1e-12);
}

TEST_CASE("block Krylov ends well when the rank or the space is exhausted") {
  Vector<double> values = Vector<double>::Zero(220);
  values.head(3) << 3, 2, 1;
  const auto low_rank = krylov(with_eigenvalues(values), 8, 8, 100);
  CHECK(low_rank.converged);
  CHECK((low_rank.spectrum.values - values.head(8)).cwiseAbs().maxCoeff() < 1e-12);
  CHECK(orthonormality_error(low_rank.spectrum.vectors) < 1e-12);
  const auto whole = krylov(with_eigenvalues(powers(20, 0.9)), 20, 7, 20);
  CHECK(whole.converged);
  CHECK((whole.spectrum.values - powers(20, 0.9)).cwiseAbs().maxCoeff() < 1e-13);
}

TEST_CASE("block Krylov gives the same bits for every number of threads") {
  const Matrix<double> a = with_eigenvalues(powers(250, 0.9));
  const auto one = krylov(a, 5, 8, 100, 1);
  for (const int n_threads : {2, 3, 5}) {
    const auto many = krylov(a, 5, 8, 100, n_threads);
    CHECK(many.spectrum.values == one.spectrum.values);
    CHECK(many.spectrum.vectors == one.spectrum.vectors);
  }
}
