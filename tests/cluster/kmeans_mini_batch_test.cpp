// SPDX-License-Identifier: MIT
#include <stdexcept>

#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/instances/kmeans.hpp"
#include "support/tolerance.hpp"

using namespace unlabeled;
using Catch::Matchers::Message;

TEMPLATE_TEST_CASE("Mini-batches by hand", "[kmeans]", float, double) {
  using S = TestType;
  KMeansModel<S> start;
  start.cluster_centers.resize(2, 1);
  start.cluster_centers << 0, 10;
  start.cluster_weights = Vector<double>::Zero(2);
  KMeans<S> kmeans({.n_clusters = 2}, start);
  Matrix<S> first(3, 1), second(2, 1), expected(2, 1);
  first << 1, 3, 8;
  second << 2, 5;
  kmeans.partial_fit(first);  // 1 and 3 to centre 0, which becomes 2; 8 to centre 1
  expected << 2, 8;
  CHECK(kmeans.cluster_centers() == expected);
  kmeans.partial_fit(second);  // 2 and, on a tie, 5 to centre 0: the mean of 1, 3, 2, 5
  expected << S(2.75), 8;
  CHECK(kmeans.cluster_centers() == expected);
  CHECK(kmeans.model().cluster_weights == Eigen::Vector2d(4, 1));
  CHECK(kmeans.labels() == kmeans.predict(second));
  CHECK(kmeans.inertia() == -kmeans.score(second));
  CHECK(kmeans.report().n_iterations == 2);
}

TEMPLATE_TEST_CASE("A weight in a mini-batch counts as copies", "[kmeans]", float, double) {
  using S = TestType;
  const Matrix<S> x = random_matrix<S>(40, 2, 3);
  KMeans<S> weighted({.n_clusters = 3}), repeated({.n_clusters = 3});
  weighted.partial_fit(x);
  repeated.partial_fit(x);
  Matrix<S> twice(80, 2);
  twice << x, x;
  weighted.partial_fit(x, Vector<S>::Constant(40, S(2)));
  repeated.partial_fit(twice);
  CHECK(relative_error(weighted.cluster_centers(), repeated.cluster_centers()) < tolerance<S>());
  CHECK(weighted.model().cluster_weights == repeated.model().cluster_weights);
}

TEST_CASE("Mini-batches of blobs find their centres", "[kmeans]") {
  const auto blobs = make_blobs<double>(5000, 4, 5, 7, 0.5);
  KMeans<double> kmeans({.n_clusters = 5, .seed = 1});
  for (Index begin = 0; begin < 5000; begin += 100)
    kmeans.partial_fit(blobs.samples.middleRows(begin, 100));
  for (Index j = 0; j < 5; ++j) {
    const double distance =
        (blobs.centers.rowwise() - kmeans.cluster_centers().row(j)).rowwise().norm().minCoeff();
    INFO("centre " << j << " is off by " << distance);
    CHECK(distance < 0.1);
  }
  CHECK(kmeans.model().cluster_weights.sum() == 5000);
  CHECK(kmeans.report().n_iterations == 50);
}

TEST_CASE("A batch after fit continues from it", "[kmeans]") {
  const Matrix<double> x = make_blobs<double>(300, 2, 3, 5, 0.5).samples;
  KMeans<double> kmeans({.n_clusters = 3});
  kmeans.fit(x);
  const Matrix<double> centers = kmeans.cluster_centers();
  const Vector<double> weights = kmeans.model().cluster_weights;
  CHECK(weights.sum() == 300);
  // One sample moves the centre it belongs to by 1 / (samples so far) of its distance.
  const Matrix<double> sample = centers.row(1) + Eigen::RowVector2d(0.5, -0.25);
  kmeans.partial_fit(sample);
  const Matrix<double> moved = centers.row(1) + Eigen::RowVector2d(0.5, -0.25) / (weights[1] + 1);
  CHECK(relative_error(kmeans.cluster_centers().row(1), moved) < 1e-14);
  CHECK(kmeans.cluster_centers().row(0) == centers.row(0));
  CHECK(kmeans.cluster_centers().row(2) == centers.row(2));
}

TEST_CASE("The bits of mini-batches do not depend on the number of threads", "[kmeans]") {
  const Matrix<double> x = random_matrix<double>(4000, 5, 9);
  auto centers = [&](int n_threads) {
    KMeans<double> kmeans({.n_clusters = 20, .n_threads = n_threads});
    for (Index begin = 0; begin < 4000; begin += 1000)
      kmeans.partial_fit(x.middleRows(begin, 1000));
    return kmeans.cluster_centers();
  };
  const Matrix<double> serial = centers(1);
  for (const int n_threads : {2, 3, 5}) CHECK(centers(n_threads) == serial);
}

TEST_CASE("A bad batch is refused and changes nothing", "[kmeans]") {
  KMeans<double> kmeans({.n_clusters = 4});
  CHECK_THROWS_MATCHES(
      kmeans.partial_fit(random_matrix<double>(3, 2, 1)), std::invalid_argument,
      Message("KMeans: n_clusters must be <= n_samples = 3 in the first batch, got 4"));
  CHECK_FALSE(kmeans.is_fitted());
  kmeans.partial_fit(random_matrix<double>(10, 2, 1));
  const Matrix<double> centers = kmeans.cluster_centers();
  CHECK_THROWS_MATCHES(kmeans.partial_fit(random_matrix<double>(10, 3, 1)), std::invalid_argument,
                       Message("KMeans: X must have 2 features (columns) as in fit, got 3"));
  CHECK_THROWS_AS(kmeans.partial_fit(Matrix<double>(0, 2)), std::invalid_argument);
  CHECK_THROWS_AS(
      kmeans.partial_fit(random_matrix<double>(10, 2, 1), Vector<double>::Constant(10, -1)),
      std::invalid_argument);
  CHECK(kmeans.cluster_centers() == centers);
  // Later batches may be smaller than n_clusters.
  CHECK_NOTHROW(kmeans.partial_fit(random_matrix<double>(1, 2, 2)));
}
