// SPDX-License-Identifier: MIT
#include "unlabeled/linalg/cholesky.hpp"

#include <limits>

#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/tolerance.hpp"

using namespace unlabeled;
using namespace unlabeled::detail;

namespace {

/// Positive definite, with nothing above the diagonal.
Matrix<double> covariance(Index d) {
  const Matrix<double> x = random_matrix<double>(2 * d, d, 1);
  const Matrix<double> full = x.transpose() * x;
  Matrix<double> lower = full.triangularView<Eigen::Lower>();
  for (Index j = 1; j < d; ++j) lower(0, j) = std::numeric_limits<double>::quiet_NaN();
  return lower;
}

}  // namespace

TEST_CASE("A Cholesky factor, its inverse and the way back, from the lower triangle alone") {
  for (const Index d : {1, 2, 3, 8, 21}) {
    Matrix<double> a = covariance(d);
    const Matrix<double> given = a.triangularView<Eigen::Lower>();
    REQUIRE(cholesky_in_place(a) == -1);
    const Matrix<double> lower = a.triangularView<Eigen::Lower>();
    const Matrix<double> product = lower * lower.transpose();
    CHECK(relative_error(Matrix<double>(product.triangularView<Eigen::Lower>()), given) < 1e-13);
    const Matrix<double> inverse = inverse_of_lower(a);
    CHECK(relative_error(inverse * lower, Matrix<double>::Identity(d, d)) < 1e-12);
    CHECK(Matrix<double>(inverse.triangularView<Eigen::StrictlyUpper>()).isZero(0));
    const Matrix<double> back = lower_congruence(a, Matrix<double>::Identity(d, d));
    CHECK(relative_error(back, given) < 1e-13);
    const Matrix<double> m = covariance(d);
    const Matrix<double> whole = m.selfadjointView<Eigen::Lower>();
    const Matrix<double> expected = lower * whole * lower.transpose();
    CHECK(relative_error(lower_congruence(a, m),
                         Matrix<double>(expected.triangularView<Eigen::Lower>())) < 1e-13);
  }
}

TEST_CASE("The column at which a matrix stops being positive definite is told") {
  Matrix<double> singular = Matrix<double>::Ones(3, 3);
  CHECK(cholesky_in_place(singular) == 1);
  Matrix<double> negative = Matrix<double>::Identity(3, 3);
  negative(2, 2) = -1;
  CHECK(cholesky_in_place(negative) == 2);
  Matrix<double> broken = Matrix<double>::Identity(2, 2);
  broken(0, 0) = std::numeric_limits<double>::quiet_NaN();
  CHECK(cholesky_in_place(broken) == 0);
  // Units do not matter.
  Matrix<double> graded(2, 2);
  graded << 1e-200, 0, 0, 1e200;
  CHECK(cholesky_in_place(graded) == -1);
}
