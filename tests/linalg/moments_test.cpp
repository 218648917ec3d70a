// SPDX-License-Identifier: MIT
#include <cmath>
#include <limits>
#include <vector>

#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/tolerance.hpp"
#include "unlabeled/linalg/moments.hpp"

using namespace unlabeled;
using detail::column_moments;
using detail::Team;

namespace {

/// Two passes in long double.
template <class X> ColumnMoments oracle(const X& x, const Vector<double>& weights) {
  ColumnMoments moments;
  moments.weight = weights.sum();
  moments.mean.resize(x.cols());
  moments.m2.resize(x.cols());
  for (Index j = 0; j < x.cols(); ++j) {
    long double weight = 0, sum = 0, squares = 0;
    for (Index i = 0; i < x.rows(); ++i) {
      weight += static_cast<long double>(weights[i]);
      sum += static_cast<long double>(weights[i]) * static_cast<long double>(x(i, j));
    }
    const long double mean = sum / weight;
    for (Index i = 0; i < x.rows(); ++i) {
      const long double deviation = static_cast<long double>(x(i, j)) - mean;
      squares += static_cast<long double>(weights[i]) * deviation * deviation;
    }
    moments.mean[j] = static_cast<double>(mean);
    moments.m2[j] = static_cast<double>(squares);
  }
  return moments;
}

template <class X> ColumnMoments moments_of(const X& x, int n_threads = 1) {
  Team team(n_threads);
  return column_moments(team, detail::Samples<typename X::Scalar>(x));
}
template <class X> ColumnMoments moments_of(const X& x, const Vector<double>& weights) {
  Team team(1);
  return column_moments(team, detail::Samples<typename X::Scalar>(x), weights);
}

/// Largest error of a mean, in standard deviations, and of an m2, relative.
double error_of(const ColumnMoments& actual, const ColumnMoments& exact) {
  if (actual.weight != exact.weight || actual.mean.size() != exact.mean.size()) return 1e300;
  double worst = 0;
  for (Index j = 0; j < exact.mean.size(); ++j) {
    const double deviation = std::sqrt(exact.m2[j] / exact.weight) + std::abs(exact.mean[j]);
    worst = std::max(worst, std::abs(actual.mean[j] - exact.mean[j]) / deviation);
    worst = std::max(worst, std::abs(actual.m2[j] - exact.m2[j]) / (exact.m2[j] + 1e-300));
  }
  return worst;
}

}  // namespace

TEMPLATE_TEST_CASE("Moments by hand", "", float, double) {
  Matrix<TestType> x(4, 2);
  x << 0, 1, 2, 1, 4, 1, 6, 1;
  const ColumnMoments moments = moments_of(x);
  CHECK(moments.weight == 4);
  CHECK(moments.mean == Eigen::Vector2d(3, 1));
  CHECK(moments.m2 == Eigen::Vector2d(20, 0));
  CHECK(moments.variance() == Eigen::Vector2d(5, 0));
}

TEMPLATE_TEST_CASE("Moments equal two passes in long double for every shape and order", "", float,
                   double) {
  // Around the edges of lanes, groups of rows, blocks (256), chunks (16384) and panels (512).
  const std::pair<Index, Index> shapes[] = {{1, 1},    {2, 3},     {7, 5},     {8, 16},   {15, 2},
                                            {16, 1},   {17, 1},    {255, 4},   {256, 4},  {257, 4},
                                            {513, 9},  {1000, 1},  {16390, 2}, {33, 511}, {33, 512},
                                            {33, 513}, {600, 1100}};
  for (const auto& [n, d] : shapes) {
    const Matrix<TestType> x = (random_matrix<TestType>(n, d, 1).array() + TestType(3)).matrix();
    const RowMatrix<TestType> by_rows = x;
    const ColumnMoments exact = oracle(x, Vector<double>::Ones(n));
    INFO(n << " x " << d);
    CHECK(error_of(moments_of(x), exact) < 1e-13);
    CHECK(error_of(moments_of(by_rows), exact) < 1e-13);
  }
}

TEMPLATE_TEST_CASE("Weighted moments equal two passes in long double", "", float, double) {
  for (const Index n : {1, 5, 300, 5000}) {
    const Matrix<TestType> x = (random_matrix<TestType>(n, 7, 2).array() + TestType(3)).matrix();
    const RowMatrix<TestType> by_rows = x;
    Vector<double> weights = random_matrix<double>(n, 1, 3).cwiseAbs();
    if (n >= 300) weights.segment(256, 40).setZero();
    if (n >= 5000) weights.segment(1024, 512).setZero();  // blocks that do not count at all
    const ColumnMoments exact = oracle(x, weights);
    INFO(n << " samples");
    ColumnMoments by_column = moments_of(x, weights), by_row = moments_of(by_rows, weights);
    CHECK(by_column.weight == Approx(exact.weight).epsilon(1e-14));
    by_column.weight = by_row.weight = exact.weight;
    CHECK(error_of(by_column, exact) < 1e-12);
    CHECK(error_of(by_row, exact) < 1e-12);
  }
}

TEMPLATE_TEST_CASE("Blocks of larger matrices are read at their strides", "", float, double) {
  Matrix<TestType> frame = random_matrix<TestType>(400, 12, 4);
  const RowMatrix<TestType> by_rows = frame;
  const Matrix<TestType> inside = frame.block(5, 3, 390, 6);
  const ColumnMoments exact = moments_of(inside);
  CHECK(error_of(moments_of(frame.block(5, 3, 390, 6)), exact) < 1e-14);
  CHECK(error_of(moments_of(by_rows.block(5, 3, 390, 6)), exact) < 1e-13);
}

TEMPLATE_TEST_CASE("Moments have the same bits for every number of threads", "", float, double) {
  for (const auto& [n, d] : {std::pair<Index, Index>{100000, 3}, {50, 3000}}) {
    const Matrix<TestType> x = random_matrix<TestType>(n, d, 5);
    const RowMatrix<TestType> by_rows = x;
    const ColumnMoments by_column_alone = moments_of(x), by_row_alone = moments_of(by_rows);
    for (const int n_threads : {2, 3, 4}) {
      const ColumnMoments by_column = moments_of(x, n_threads);
      const ColumnMoments by_row = moments_of(by_rows, n_threads);
      CHECK((by_column.mean == by_column_alone.mean && by_column.m2 == by_column_alone.m2));
      CHECK((by_row.mean == by_row_alone.mean && by_row.m2 == by_row_alone.m2));
    }
  }
}

TEST_CASE("The spread keeps its digits whatever the offset and wherever the outlier") {
  const Index n = 2000;
  for (const double offset : {0.0, 1e4, 1e8, 1e12}) {
    Matrix<double> x(n, 3);
    for (Index i = 0; i < n; ++i) {
      x(i, 0) = offset + static_cast<double>(i % 7);
      x(i, 1) = i == 256 ? 1e9 : offset + static_cast<double>(i % 5);  // the first of a block
      x(i, 2) = offset + static_cast<double>(i);                       // sorted
    }
    const ColumnMoments exact = oracle(x, Vector<double>::Ones(n));
    const double error = error_of(moments_of(x), exact);
    const double error_by_rows = error_of(moments_of(RowMatrix<double>(x)), exact);
    INFO("offset " << offset << ": " << error << ", " << error_by_rows);
    CHECK(error < 1e-12);
    CHECK(error_by_rows < 1e-12);
  }
}

TEMPLATE_TEST_CASE("Merged moments are those of all samples", "", float, double) {
  const Matrix<TestType> x = (random_matrix<TestType>(900, 4, 6).array() + TestType(10)).matrix();
  const ColumnMoments whole = moments_of(x);
  ColumnMoments parts;
  for (const auto& [begin, size] : {std::pair<Index, Index>{0, 1}, {1, 99}, {100, 300}, {400, 500}})
    parts.merge(moments_of(x.middleRows(begin, size)));
  CHECK(error_of(parts, whole) < 1e-13);
  const ColumnMoments before = parts;
  ColumnMoments nothing;
  nothing.mean = nothing.m2 = Vector<double>::Zero(4);
  parts.merge(nothing);
  CHECK((parts.mean == before.mean && parts.m2 == before.m2 && parts.weight == 900));
  nothing.merge(parts);
  CHECK((nothing.mean == parts.mean && nothing.m2 == parts.m2 && nothing.weight == 900));
}

TEST_CASE("Merging into empty moments is exact however large the mean") {
  ColumnMoments huge, empty;
  huge.weight = 2;
  huge.mean = Vector<double>::Constant(1, 1e300);
  huge.m2 = Vector<double>::Constant(1, 5);
  empty.mean = empty.m2 = Vector<double>::Zero(1);
  empty.merge(huge);
  CHECK(empty.mean[0] == 1e300);
  CHECK(empty.m2[0] == 5);
}

TEMPLATE_TEST_CASE("A non-finite entry shows in the moments wherever it is", "", float, double) {
  const TestType bad = GENERATE(std::numeric_limits<TestType>::quiet_NaN(),
                                std::numeric_limits<TestType>::infinity(),
                                -std::numeric_limits<TestType>::infinity());
  for (const Index n : {1, 2, 20, 300, 600})
    for (const Index i : {Index{0}, n / 2, n - 1}) {
      Matrix<TestType> x = random_matrix<TestType>(n, 3, 7);
      CHECK(detail::all_finite(moments_of(x)));
      x(i, 1) = bad;
      INFO("row " << i << " of " << n);
      CHECK_FALSE(detail::all_finite(moments_of(x)));
      CHECK_FALSE(detail::all_finite(moments_of(RowMatrix<TestType>(x))));
    }
}
