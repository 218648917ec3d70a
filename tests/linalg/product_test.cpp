// SPDX-License-Identifier: MIT
#include <cmath>
#include <cstdint>
#include <limits>

#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/tolerance.hpp"
#include "unlabeled/linalg/product.hpp"

using namespace unlabeled;
using detail::PackedRows;
using detail::Samples;
using detail::Team;

namespace {

template <Real S> RowMatrix<S> whole_numbers(Index rows, Index columns, std::uint64_t seed) {
  Rng rng(seed);
  RowMatrix<S> x(rows, columns);
  for (Index i = 0; i < rows; ++i)
    for (Index j = 0; j < columns; ++j)
      x(i, j) = static_cast<S>(static_cast<int>(rng.below(9)) - 4);
  return x;
}

template <class X> Matrix<typename X::Scalar> distances(const X& x, const X& y, int n_threads = 1) {
  using S = typename X::Scalar;
  const View<X> view = x;
  Team team(n_threads);
  return detail::euclidean_distances(team, Samples<S>(view), RowMatrix<S>(y));
}

}  // namespace

TEMPLATE_TEST_CASE("Products with shift and bias equal plain loops at every shape", "[product]",
                   (Matrix<float>), (Matrix<double>), (RowMatrix<float>), (RowMatrix<double>)) {
  using S = typename TestType::Scalar;
  Team team(1);
  for (Index k = 1; k <= 40; ++k)
    for (Index d = 1; d <= 40; ++d) {
      const Index n = (11 * k + 5 * d) % 40 + 1;
      const TestType x = whole_numbers<S>(n, d, static_cast<std::uint64_t>(k));
      const RowMatrix<S> rows = whole_numbers<S>(k, d, static_cast<std::uint64_t>(d));
      PackedRows<S> packed = detail::pack_rows<S>(rows);
      Vector<S> shift(d);
      for (Index t = 0; t < d; ++t) shift[t] = static_cast<S>(t % 4);
      for (Index r = 0; r < k; ++r) packed.bias[r] = static_cast<S>(r - 3);
      Matrix<S> expected(n, k);
      for (Index i = 0; i < n; ++i)
        for (Index r = 0; r < k; ++r) {
          S sum = packed.bias[r];
          for (Index t = 0; t < d; ++t) sum += (x(i, t) - shift[t]) * rows(r, t);
          expected(i, r) = sum;
        }
      INFO(n << " samples, " << k << " rows, " << d << " features");
      REQUIRE(detail::product(team, Samples<S>(x), shift.data(), packed) == expected);
      REQUIRE(detail::product<detail::ReluActivation>(team, Samples<S>(x), shift.data(), packed) ==
              expected.cwiseMax(S(0)));
    }
}

TEMPLATE_TEST_CASE("A product without shift or bias is a matrix product", "[product]", float,
                   double) {
  using S = TestType;
  Team team(2);
  const Matrix<S> x = random_matrix<S>(333, 21, 1);
  const RowMatrix<S> rows = random_matrix<S>(17, 21, 2);
  const Matrix<S> result = detail::product(team, Samples<S>(x), static_cast<const S*>(nullptr),
                                           detail::pack_rows<S>(rows));
  const Matrix<double> expected =
      x.template cast<double>() * rows.template cast<double>().transpose();
  const double error = relative_error(result, expected);
  INFO("error " << error);
  CHECK(error < 30 * static_cast<double>(std::numeric_limits<S>::epsilon()));
}

TEMPLATE_TEST_CASE("Distances equal plain loops at every shape", "[product]", (Matrix<float>),
                   (RowMatrix<double>)) {
  using S = typename TestType::Scalar;
  for (Index k = 1; k <= 40; ++k)
    for (Index d = 1; d <= 40; ++d) {
      const Index n = (3 * k + 7 * d) % 40 + 1;
      const TestType x = whole_numbers<S>(n, d, 21), y = whole_numbers<S>(k, d, 22);
      Matrix<S> expected(n, k);
      for (Index i = 0; i < n; ++i)
        for (Index j = 0; j < k; ++j)
          expected(i, j) = std::sqrt((x.row(i) - y.row(j)).squaredNorm());
      INFO(n << " and " << k << " samples, " << d << " features");
      // A square root by packets may be off by a rounding.
      REQUIRE(relative_error(distances(x, y), expected) <=
              4 * static_cast<double>(std::numeric_limits<S>::epsilon()));
    }
}

TEMPLATE_TEST_CASE("Equal samples are at distance exactly zero, far from the origin too",
                   "[product]", float, double) {
  Matrix<TestType> x = random_matrix<TestType>(60, 7, 3);
  x.array() += TestType(1e5);
  const Matrix<TestType> d = distances(x, x);
  CHECK((d.diagonal().array() == TestType(0)).all());
  CHECK(d == d.transpose());
  const Matrix<double> wide = x.template cast<double>();
  const Matrix<double> expected = distances(wide, wide);
  CHECK(relative_error(d, expected) < 1e-5);
}

TEMPLATE_TEST_CASE("Zero samples or a block give what their rows give", "[product]", float,
                   double) {
  using S = TestType;
  const Matrix<S> x = random_matrix<S>(50, 8, 4), y = random_matrix<S>(5, 6, 5);
  Team team(1);
  const RowMatrix<S> rows = y;
  const View<Matrix<S>> block = x.block(3, 1, 40, 6);
  const Matrix<S> copy = x.block(3, 1, 40, 6);
  CHECK(detail::euclidean_distances(team, Samples<S>(block), rows) == distances(copy, y));
  const Matrix<S> none(0, 6);
  CHECK(distances(none, y).rows() == 0);
  CHECK(distances(none, y).cols() == 5);
}

TEMPLATE_TEST_CASE("Distances are right in any unit, however large or small", "[product]", float,
                   double) {
  using S = TestType;
  const Matrix<S> x = random_matrix<S>(70, 5, 8), y = random_matrix<S>(3, 5, 9);
  const Matrix<S> expected = distances(x, y);
  const int most = std::numeric_limits<S>::max_exponent;
  for (const int exponent : {most - 8, most / 2, most / 3, -most / 3, -most / 2, -most + 30}) {
    const S unit = std::ldexp(S(1), exponent);
    const double error =
        relative_error(distances(Matrix<S>(x * unit), Matrix<S>(y * unit)) / unit, expected);
    INFO("2^" << exponent << ", error " << error);
    CHECK(error <= 4 * static_cast<double>(std::numeric_limits<S>::epsilon()));
  }
  CHECK((distances(Matrix<S>::Zero(4, 5), Matrix<S>::Zero(2, 5)).array() == 0).all());
}

TEST_CASE("A sample that is far out of range leaves the distances of its neighbours right",
          "[product]") {
  Matrix<float> x(3, 2), y(2, 2);
  x << 0, 0, 3e-3f, 4e-3f, 3e19f, 4e19f;
  y << 0, 0, 0, 4e-3f;
  const Matrix<float> d = distances(x, y);
  CHECK(d(0, 0) == 0);
  CHECK(d(0, 1) == Approx(4e-3).epsilon(1e-6));
  CHECK(d(1, 0) == Approx(5e-3).epsilon(1e-6));
  CHECK(d(1, 1) == Approx(3e-3).epsilon(1e-6));
  CHECK(d(2, 0) == Approx(5e19).epsilon(1e-6));
  CHECK(d(2, 1) == Approx(5e19).epsilon(1e-6));
}

TEST_CASE("Distances and products do not depend on the number of threads", "[product]") {
  const Matrix<double> x = random_matrix<double>(3000, 9, 6), y = random_matrix<double>(31, 9, 7);
  const Matrix<double> serial = distances(x, y, 1);
  for (const int n_threads : {2, 3, 5}) CHECK(distances(x, y, n_threads) == serial);
}
