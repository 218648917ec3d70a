// SPDX-License-Identifier: MIT
#include <cmath>
#include <limits>

#include "support/catch.hpp"
#include "support/data.hpp"
#include "unlabeled/linalg/unit.hpp"

using namespace unlabeled;
using detail::Team;

TEMPLATE_TEST_CASE("A unit brings the largest value just below a power of two", "", float, double) {
  using S = TestType;
  for (const S largest : {S(1), S(0.75), S(1000), S(1e-20), S(1e20)})
    for (const int exponent : {0, 10, -3}) {
      const S factor = detail::unit_factor(largest, exponent);
      INFO(largest << " to 2^" << exponent);
      CHECK(std::ldexp(S(1), std::ilogb(factor)) == factor);
      CHECK(largest * factor < std::ldexp(S(1), exponent));
      CHECK(largest * factor >= std::ldexp(S(1), exponent - 1));
    }
  CHECK(detail::unit_factor(S(0)) == 1);
}

TEMPLATE_TEST_CASE("A unit and its inverse are normal numbers at the ends of the range", "", float,
                   double) {
  using Limits = std::numeric_limits<TestType>;
  for (const TestType largest : {Limits::max(), Limits::min(), Limits::denorm_min()})
    for (const int exponent : {0, detail::roomy_exponent<TestType>}) {
      const TestType factor = detail::unit_factor(largest, exponent);
      INFO(largest << " to 2^" << exponent);
      CHECK(std::isnormal(factor));
      CHECK(std::isnormal(1 / factor));
      CHECK(largest * factor <= 4 * std::ldexp(TestType(1), exponent));
    }
}

TEMPLATE_TEST_CASE("Squares are safe in the middle of the range", "", float, double) {
  using S = TestType;
  using Limits = std::numeric_limits<S>;
  for (const S safe : {S(0), S(1), S(1e-6), S(1e6)}) CHECK(detail::squares_are_safe(safe));
  for (const S unsafe : {Limits::max(), std::sqrt(Limits::max()) / 2, std::sqrt(Limits::min()) * 2,
                         Limits::min(), Limits::denorm_min()}) {
    INFO(unsafe);
    CHECK_FALSE(detail::squares_are_safe(unsafe));
    CHECK(
        detail::squares_are_safe(unsafe * detail::unit_factor(unsafe, detail::roomy_exponent<S>)));
  }
}

TEMPLATE_TEST_CASE("The largest magnitude is that of all rows, in both storage orders", "", float,
                   double) {
  Matrix<TestType> x = random_matrix<TestType>(70000, 2, 1);
  x(69999, 1) = -100;
  const RowMatrix<TestType> rows = x;
  for (const int n_threads : {1, 3}) {
    Team team(n_threads);
    CHECK(detail::largest_magnitude(team, x) == 100);
    CHECK(detail::largest_magnitude(team, rows) == 100);
    CHECK(detail::largest_magnitude(team, x.topRows(1)) == x.row(0).cwiseAbs().maxCoeff());
  }
}
