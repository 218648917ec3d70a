// SPDX-License-Identifier: MIT
#include "unlabeled/neighbors/k_distances.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

#include "support/catch.hpp"
#include "support/data.hpp"

using namespace unlabeled;
using Catch::Matchers::Message;

namespace {

template <class X> Matrix<double> all_distances(const X& x, Metric metric) {
  const RowMatrix<typename X::Scalar> rows = x;
  Matrix<double> d(x.rows(), x.rows());
  for (Index i = 0; i < x.rows(); ++i)
    for (Index j = 0; j < x.rows(); ++j)
      d(i, j) = detail::distance(metric, rows.row(i).data(), rows.row(j).data(), x.cols());
  return d;
}

Vector<double> naive(const Matrix<double>& distances, Index k) {
  Vector<double> result(distances.rows());
  for (Index i = 0; i < distances.rows(); ++i) {
    Vector<double> row = distances.row(i);
    std::sort(row.begin(), row.end());
    result[i] = row[k - 1];
  }
  std::sort(result.begin(), result.end());
  return result;
}

}  // namespace

TEMPLATE_TEST_CASE("k_distances are those of all pairs", "", float, double) {
  for (const Metric metric :
       {Metric::euclidean, Metric::manhattan, Metric::chebyshev, Metric::cosine})
    for (const Index d : {1, 2, 3, 9, 40}) {
      const Matrix<TestType> x = make_blobs<TestType>(230, d, 3, 1).samples;
      const Matrix<double> distances = all_distances(x, metric);
      for (const Index k : {1, 2, 5, 60, 230}) {
        INFO("metric " << static_cast<int>(metric) << ", d " << d << ", k " << k);
        const KDistances found = k_distances(x, k, metric, 2);
        CHECK(found.distances == naive(distances, k));
        Index positive = found.knee;  // the first distance above 0 from the knee on
        while (positive + 1 < found.distances.size() && found.distances[positive] == 0) ++positive;
        CHECK(found.suggested_eps == found.distances[positive]);
      }
    }
}

TEST_CASE("k_distances of given distances, of duplicates and of one sample") {
  const Matrix<double> x = random_matrix<double>(90, 2, 1);
  const Matrix<double> distances = all_distances(x, Metric::euclidean);
  CHECK(k_distances(distances, 4, Metric::precomputed).distances == naive(distances, 4));
  CHECK(k_distances(x.replicate(3, 1), 3).distances == Vector<double>::Zero(270));
  CHECK(k_distances(x.topRows(1), 1).distances == Vector<double>::Zero(1));
  CHECK(k_distances(RowMatrix<double>(x), 7).distances == k_distances(x, 7).distances);
}

TEST_CASE("The suggested eps separates clusters from noise") {
  Matrix<double> x = make_blobs<double>(2000, 2, 4, 3, 0.3).samples;
  x.bottomRows(60) = random_matrix<double>(60, 2, 9) * 40;  // the last 3 % lie far and wide
  const KDistances found = k_distances(x, 5);
  CHECK(found.knee > 1800);
  CHECK(found.knee < 1990);
  CHECK(found.suggested_eps > found.distances[1000]);
  CHECK(found.suggested_eps < 5);
}

TEST_CASE("k_distances does not depend on the unit, even where squares overflow") {
  const Matrix<double> x = random_matrix<double>(80, 3, 1);
  const Vector<double> expected = k_distances(x, 4).distances;
  for (const int exponent : {-700, 700}) {
    const double factor = std::ldexp(1.0, exponent);
    CHECK(k_distances(factor * x, 4).distances == factor * expected);
  }
}

TEST_CASE("k_distances refuses what has no k-th neighbour") {
  const Matrix<double> x = random_matrix<double>(9, 2, 1);
  using Refused = std::invalid_argument;
  CHECK_THROWS_MATCHES(k_distances(x, 0), Refused, Message("k_distances: k must be >= 1, got 0"));
  CHECK_THROWS_MATCHES(k_distances(x, 10), Refused,
                       Message("k_distances: k must be <= n_samples = 9, got 10"));
  CHECK_THROWS_MATCHES(k_distances(Matrix<double>(0, 2), 1), Refused,
                       Message("k_distances: X must have at least 1 sample (row), got 0"));
  CHECK_THROWS_MATCHES(k_distances(x, 1, static_cast<Metric>(7)), Refused,
                       Message("k_distances: metric must be a member of Metric, got 7"));
  CHECK_THROWS_MATCHES(k_distances(Matrix<double>::Zero(3, 2), 1, Metric::cosine), Refused,
                       Message("k_distances: X has a sample of zeros at row 0, which has no "
                               "direction as metric cosine needs"));
  CHECK_THROWS_MATCHES(
      k_distances(x, 1, Metric::precomputed), Refused,
      Message("k_distances: X must be square as metric precomputed needs, got 9 x 2"));
}
