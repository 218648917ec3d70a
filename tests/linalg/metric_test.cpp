// SPDX-License-Identifier: MIT
#include "unlabeled/linalg/metric.hpp"

#include <cmath>
#include <stdexcept>

#include "support/catch.hpp"

using namespace unlabeled;
using Catch::Matchers::Message;
using detail::distance;

TEST_CASE("Distances follow their definitions") {
  const double a[] = {1, 2, -3}, b[] = {4, -2, 9};
  CHECK(distance(Metric::euclidean, a, b, 3) == 13);
  CHECK(distance(Metric::manhattan, a, b, 3) == 19);
  CHECK(distance(Metric::chebyshev, a, b, 3) == 12);
  CHECK(distance(Metric::cosine, a, b, 3) == Approx(1 + 27 / std::sqrt(14.0 * 101.0)));
}

TEST_CASE("A sample is at distance zero from itself, and of cosine from its multiples") {
  const float a[] = {0.1f, 0.2f, 0.3f};
  const float b[] = {0.25f, 0.5f, 1.0f}, c[] = {0.5f, 1.0f, 2.0f};
  for (const Metric metric : {Metric::euclidean, Metric::manhattan, Metric::chebyshev})
    CHECK(distance(metric, a, a, 3) == 0);
  CHECK(distance(Metric::cosine, b, c, 3) <= 1e-15);
  CHECK(distance(Metric::cosine, b, c, 3) >= 0);
}

TEST_CASE("Float samples are compared in double") {
  const float a[] = {16777216.0f}, b[] = {-0.5f};
  CHECK(distance(Metric::euclidean, a, b, 1) == 16777216.5);
  CHECK(distance(Metric::manhattan, a, b, 1) == 16777216.5);
}

TEST_CASE("A metric that is none is refused") {
  CHECK_NOTHROW(detail::check_metric("DBSCAN", Metric::precomputed));
  CHECK_THROWS_MATCHES(detail::check_metric("DBSCAN", static_cast<Metric>(7)),
                       std::invalid_argument,
                       Message("DBSCAN: metric must be a member of Metric, got 7"));
}

TEST_CASE("Directions and matrices of distances are checked") {
  Matrix<double> x(3, 2);
  x << 1, 0, 0, 0, 2, 2;
  CHECK_THROWS_MATCHES(
      detail::check_directions("DBSCAN", x), std::invalid_argument,
      Message("DBSCAN: X has a sample of zeros at row 1, which has no direction as "
              "metric cosine needs"));
  x(1, 1) = 1e-300;
  CHECK_NOTHROW(detail::check_directions("DBSCAN", x));

  CHECK_THROWS_MATCHES(detail::check_distances("DBSCAN", x), std::invalid_argument,
                       Message("DBSCAN: X must be square as metric precomputed needs, got 3 x 2"));
  Matrix<double> d(3, 3);
  d << 0, 1, 2, 1, 0, 3, 2, 3, 0;
  CHECK_NOTHROW(detail::check_distances("DBSCAN", d));
  d(0, 2) = 2 * (1 + 1e-15);
  CHECK_NOTHROW(detail::check_distances("DBSCAN", d));
  d(0, 2) = 2.1;
  CHECK_THROWS_MATCHES(detail::check_distances("DBSCAN", d), std::invalid_argument,
                       Message("DBSCAN: X must be symmetric as metric precomputed needs, got 2 at "
                               "row 2, column 0"));
  d(0, 2) = -2;
  CHECK_THROWS_MATCHES(detail::check_distances("DBSCAN", d), std::invalid_argument,
                       Message("DBSCAN: X must be >= 0 as metric precomputed needs, got -2 at row "
                               "0, column 2"));
  d(0, 2) = 2, d(1, 1) = 1;
  CHECK_THROWS_MATCHES(detail::check_distances("DBSCAN", d), std::invalid_argument,
                       Message("DBSCAN: X must be zero on its diagonal as metric precomputed "
                               "needs, got 1 at row 1, column 1"));
}
