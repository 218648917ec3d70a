// SPDX-License-Identifier: MIT
// KMeans beside scikit-learn's from the same starting centres (tests/reference/make_kmeans.py).
#include <cstddef>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/instances/kmeans.hpp"
#include "support/reference.hpp"
#include "support/tolerance.hpp"

using namespace unlabeled;

namespace {

using Rows = std::vector<Index>;

/// The samples that scikit-learn started from.
const Rows iris_start{20, 30, 140}, digits_start{0, 1, 2, 3, 4, 5, 6, 7, 8, 9};

template <Real S> Matrix<S> rows_of(const Matrix<S>& x, const Rows& rows) {
  Matrix<S> chosen(static_cast<Index>(rows.size()), x.cols());
  for (std::size_t j = 0; j < rows.size(); ++j) chosen.row(static_cast<Index>(j)) = x.row(rows[j]);
  return chosen;
}

/// Columns of the summary files.
constexpr Index cap = 0, n_iterations = 1, inertia = 2;

template <Real S>
void compare_trajectory(const std::string& data, const std::string& run, const Rows& start,
                        const Vector<S>& weights) {
  const auto n_clusters = static_cast<Index>(start.size());
  const Matrix<S> x = reference::read("kmeans/" + data + ".csv").cast<S>();
  const Matrix<double> labels = reference::read("kmeans/" + run + "_labels.csv");
  const Matrix<double> centers = reference::read("kmeans/" + run + "_centers.csv");
  const Matrix<double> summary = reference::read("kmeans/" + run + "_summary.csv");
  for (const KMeansAlgorithm algorithm :
       {KMeansAlgorithm::lloyd, KMeansAlgorithm::hamerly, KMeansAlgorithm::elkan})
    for (Index i = 0; i < summary.rows(); ++i) {
      KMeans<S> kmeans({.n_clusters = n_clusters,
                        .max_iterations = static_cast<Index>(summary(i, cap)),
                        .tolerance = 0,
                        .algorithm = algorithm});
      kmeans.fit_from(x, rows_of(x, start), weights);
      const Matrix<double> expected = centers.middleRows(i * n_clusters, n_clusters);
      const double error = relative_error(kmeans.cluster_centers(), expected);
      INFO(run << ", cap " << summary(i, cap) << ", error of the centres " << error);
      CHECK(kmeans.labels() == labels.col(i).cast<int>());
      CHECK(error < tolerance<S>());
      CHECK(kmeans.inertia() == Approx(summary(i, inertia)).epsilon(tolerance<S>()));
      CHECK(kmeans.report().n_iterations == static_cast<Index>(summary(i, n_iterations)));
      if (summary(i, cap) == 300) CHECK(kmeans.report().stop == Stop::converged);
    }
}

}  // namespace

TEMPLATE_TEST_CASE("KMeans follows scikit-learn iteration by iteration on iris", "[kmeans]", float,
                   double) {
  compare_trajectory<TestType>("iris", "iris", iris_start, Vector<TestType>::Ones(150));
}

TEMPLATE_TEST_CASE("KMeans follows scikit-learn with sample weights", "[kmeans]", float, double) {
  Vector<TestType> weights(150);
  for (Index i = 0; i < 150; ++i) weights[i] = static_cast<TestType>(1 + i % 4);
  compare_trajectory<TestType>("iris", "iris_weighted", iris_start, weights);
}

TEMPLATE_TEST_CASE("KMeans follows scikit-learn on pictures of digits", "[kmeans]", float, double) {
  compare_trajectory<TestType>("digits", "digits", digits_start, Vector<TestType>::Ones(250));
}

TEST_CASE("KMeans stops at the iteration at which scikit-learn's tolerance stops", "[kmeans]") {
  const Matrix<double> x = reference::read("kmeans/iris.csv");
  const Matrix<double> stopping = reference::read("kmeans/iris_stopping.csv");
  for (Index i = 0; i < stopping.rows(); ++i) {
    KMeans<double> kmeans({.n_clusters = 3, .tolerance = stopping(i, 0)});
    kmeans.fit_from(x, rows_of(x, iris_start));
    INFO("tolerance " << stopping(i, 0));
    CHECK(kmeans.report().n_iterations == static_cast<Index>(stopping(i, n_iterations)));
    CHECK(kmeans.inertia() == Approx(stopping(i, inertia)).epsilon(1e-10));
    CHECK(kmeans.report().stop == Stop::converged);
  }
}

TEMPLATE_TEST_CASE("Mini-batches move the centres as scikit-learn's do", "[kmeans]", float,
                   double) {
  using S = TestType;
  const Matrix<S> x = reference::read("kmeans/iris.csv").cast<S>();
  const Matrix<double> expected = reference::read("kmeans/iris_batches.csv");
  KMeansModel<S> start;
  start.cluster_centers = rows_of<S>(x, {0, 60, 120});
  start.cluster_weights = Vector<double>::Zero(3);
  KMeans<S> kmeans({.n_clusters = 3}, start);
  for (Index batch = 0; batch < 5; ++batch) {
    kmeans.partial_fit(x.middleRows(batch * 30, 30));
    const double error =
        relative_error(kmeans.cluster_centers(), expected.middleRows(batch * 3, 3));
    INFO("batch " << batch << ", error " << error);
    CHECK(error < tolerance<S>());
  }
  CHECK(kmeans.model().cluster_weights.sum() == 150);
}
