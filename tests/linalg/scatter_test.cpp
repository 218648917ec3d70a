// SPDX-License-Identifier: MIT
#include "unlabeled/linalg/scatter.hpp"

#include <limits>

#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/tolerance.hpp"
#include "unlabeled/core/check.hpp"

using namespace unlabeled;
using detail::Samples;
using detail::Team;

namespace {

/// The definition, in double.
template <class X> Scatter naive_scatter(const X& x) {
  const Matrix<double> samples = x.template cast<double>();
  Scatter sum{static_cast<double>(x.rows()), samples.colwise().mean(), {}};
  const Matrix<double> centred = samples.rowwise() - sum.mean.transpose();
  sum.scatter = centred.transpose() * centred;
  return sum;
}

template <Real S> Scatter scatter_of(const Matrix<S>& x, int n_threads = 1) {
  Team team(n_threads);
  return detail::scatter(team, Samples<S>(x));
}

/// Both sum products of entries of x in different orders.
double scatter_error(const Scatter& actual, const Scatter& expected) {
  return relative_error(actual.scatter, expected.scatter);
}

}  // namespace

TEST_CASE("the scatter of four points is what the hand computes") {
  Matrix<double> x(4, 2);
  x << 0, 0, 2, 0, 0, 4, 2, 4;  // mean (1, 2); deviations (-1,-2) (1,-2) (-1,2) (1,2)
  const Scatter sum = scatter_of(x);
  CHECK(sum.n_samples == 4);
  CHECK(sum.mean == Vector<double>(Eigen::Vector2d(1, 2)));
  CHECK(sum.scatter == Matrix<double>(Eigen::Vector2d(4, 16).asDiagonal()));
}

TEMPLATE_TEST_CASE("the scatter equals its definition for every number of features up to 40", "",
                   float, double) {
  for (Index d = 1; d <= 40; ++d) {
    const Matrix<TestType> x = random_matrix<TestType>(7 * d % 53 + 1, d, 1);
    INFO("d = " << d << ", n = " << x.rows());
    CHECK(scatter_error(scatter_of(x), naive_scatter(x)) < tolerance<TestType>());
  }
}

TEMPLATE_TEST_CASE("the scatter equals its definition around block, chunk and strip borders", "",
                   float, double) {
  const Index n = GENERATE(255, 256, 257, 513, 9000), d = GENERATE(5, 96, 97);
  const Matrix<TestType> x = random_matrix<TestType>(n, d, 2);
  INFO("n = " << n << ", d = " << d);
  CHECK(scatter_error(scatter_of(x), naive_scatter(x)) < tolerance<TestType>());
}

TEST_CASE(
    "the scatter of many features, of which threads share the output, equals its definition") {
  const Matrix<double> x = random_matrix<double>(300, 401, 3);
  CHECK(scatter_error(scatter_of(x, 2), naive_scatter(x)) < 1e-12);
}

TEMPLATE_TEST_CASE("both storage orders and strided views give the same scatter", "", float,
                   double) {
  const Matrix<TestType> x = random_matrix<TestType>(700, 21, 4);
  const RowMatrix<TestType> by_rows = x;
  Matrix<TestType> wide = random_matrix<TestType>(800, 30, 5);
  wide.block(50, 3, 700, 21) = x;
  Team team(1);
  const Scatter expected = scatter_of(x);
  CHECK(scatter_error(detail::scatter(team, Samples<TestType>(by_rows)), expected) <
        tolerance<TestType>());
  const auto block = wide.block(50, 3, 700, 21);
  CHECK(detail::scatter(team, Samples<TestType>(block)).scatter == expected.scatter);
}

TEMPLATE_TEST_CASE("the scatter has the same bits for every number of threads", "", float, double) {
  const Index d = GENERATE(7, 390);
  const Matrix<TestType> x = random_matrix<TestType>(d == 7 ? 20000 : 600, d, 6);
  const Scatter one = scatter_of(x, 1);
  for (const int n_threads : {2, 3, 5}) {
    const Scatter many = scatter_of(x, n_threads);
    CHECK(many.scatter == one.scatter);
    CHECK(many.mean == one.mean);
  }
}

TEMPLATE_TEST_CASE("an offset of a million costs the scatter no digits", "", float, double) {
  // Steps of 1/16 are exact at this offset in float too, so the truth is known exactly.
  Matrix<TestType> x = random_matrix<TestType>(5000, 9, 7);
  x = (x.array() * 16).round() / 16;
  const Matrix<TestType> moved = x.array() + TestType(1e6);
  const double bound = sizeof(TestType) == 4 ? tolerance<TestType>() / 10 : 1e-14;
  CHECK(scatter_error(scatter_of(moved), naive_scatter(x)) < bound);
}

TEST_CASE("an offset of ten to the tenth costs the scatter no digits") {
  // Steps of 1/1024 are exact at this offset, so the truth is known exactly.
  Matrix<double> x = random_matrix<double>(20000, 4, 7);
  x = (x.array() * 1024).round() / 1024;
  const Matrix<double> moved = x.array() + 1e10;
  CHECK(scatter_error(scatter_of(moved), naive_scatter(x)) < 1e-14);
}

TEMPLATE_TEST_CASE("a drifting mean is found by the merging of blocks", "", float, double) {
  Matrix<TestType> x = random_matrix<TestType>(3000, 3, 8);
  for (Index i = 0; i < x.rows(); ++i) x(i, 1) += TestType(i);
  CHECK(scatter_error(scatter_of(x), naive_scatter(x)) < tolerance<TestType>());
}

TEMPLATE_TEST_CASE("constant features have a scatter of exactly zero", "", float, double) {
  Matrix<TestType> x = random_matrix<TestType>(1000, 3, 9);
  x.col(1).setConstant(TestType(0.1));
  const Scatter sum = scatter_of(x);
  CHECK(sum.scatter.col(1).isZero(0));
  CHECK(sum.mean[1] == double(TestType(0.1)));
}

TEST_CASE("merging scatters equals the scatter of all samples") {
  const Matrix<double> x = random_matrix<double>(500, 6, 10);
  Scatter merged;
  merged.merge(scatter_of<double>(x.topRows(123)));
  merged.merge(Scatter{});
  merged.merge(scatter_of<double>(x.bottomRows(377)));
  const Scatter expected = naive_scatter(x);
  CHECK(merged.n_samples == 500);
  CHECK(relative_error(merged.mean, expected.mean) < 1e-14);
  CHECK(scatter_error(merged, expected) < 1e-13);
}

TEMPLATE_TEST_CASE("second moments are not centred", "", float, double) {
  const Matrix<TestType> x = random_matrix<TestType>(600, 11, 11).array() + TestType(2);
  const Matrix<double> wide = x.template cast<double>();
  Team team(2);
  CHECK(relative_error(detail::second_moments(team, Samples<TestType>(x)),
                       Matrix<double>(wide.transpose() * wide)) < tolerance<TestType>());
}

TEST_CASE("a value that is not finite shows in the mean or the trace") {
  const double bad =
      GENERATE(std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN());
  Matrix<double> x = random_matrix<double>(400, 3, 12);
  x(399, 1) = bad;
  const Scatter sum = scatter_of(x);
  CHECK_FALSE(detail::is_finite(sum.mean[1]));
}
