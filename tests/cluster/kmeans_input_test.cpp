// SPDX-License-Identifier: MIT
// What KMeans refuses, in which words, and that it stays as it was.
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>

#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/instances/kmeans.hpp"

using namespace unlabeled;
using Catch::Matchers::Message;

TEST_CASE("Options out of range are refused in the constructor", "[kmeans]") {
  using Refused = std::invalid_argument;
  CHECK_THROWS_MATCHES(KMeans<double>({.n_clusters = 0}), Refused,
                       Message("KMeans: n_clusters must be >= 1, got 0"));
  CHECK_THROWS_MATCHES(KMeans<double>({.n_init = 0}), Refused,
                       Message("KMeans: n_init must be >= 1, got 0"));
  CHECK_THROWS_MATCHES(KMeans<double>({.max_iterations = 0}), Refused,
                       Message("KMeans: max_iterations must be >= 1, got 0"));
  CHECK_THROWS_MATCHES(KMeans<double>({.tolerance = -1}), Refused,
                       Message("KMeans: tolerance must be >= 0 and finite, got -1"));
  CHECK_THROWS_MATCHES(KMeans<double>({.tolerance = std::numeric_limits<double>::quiet_NaN()}),
                       Refused, Message("KMeans: tolerance must be >= 0 and finite, got nan"));
  CHECK_THROWS_MATCHES(
      KMeans<double>({.n_threads = -2}), Refused,
      Message("KMeans: n_threads must be >= 0 (0 = all hardware threads), got -2"));
}

TEST_CASE("Enumerators that do not exist are refused", "[kmeans]") {
  CHECK_THROWS_MATCHES(KMeans<double>({.init = static_cast<KMeansInit>(7)}), std::invalid_argument,
                       Message("KMeans: init must be a member of KMeansInit, got 7"));
  CHECK_THROWS_MATCHES(KMeans<double>({.algorithm = static_cast<KMeansAlgorithm>(9)}),
                       std::invalid_argument,
                       Message("KMeans: algorithm must be a member of KMeansAlgorithm, got 9"));
}

TEST_CASE("Missing samples are named before weights and centres that fit them", "[kmeans]") {
  KMeans<double> kmeans({.n_clusters = 3});
  const auto no_samples = Message("KMeans: X must have at least 1 sample (row), got 0");
  const Matrix<double> none(0, 2), centers = random_matrix<double>(3, 2, 1);
  CHECK_THROWS_MATCHES(kmeans.fit(none, Vector<double>(0)), std::invalid_argument, no_samples);
  CHECK_THROWS_MATCHES(kmeans.partial_fit(none, Vector<double>(0)), std::invalid_argument,
                       no_samples);
  CHECK_THROWS_MATCHES(kmeans.fit_from(Matrix<double>(0, 0), centers), std::invalid_argument,
                       no_samples);
}

TEST_CASE("Data beyond the range of squares are refused with the way out", "[kmeans]") {
  const Matrix<double> good = random_matrix<double>(30, 3, 2);
  KMeans<double> kmeans({.n_clusters = 4});
  kmeans.fit(good);
  const Labels labels = kmeans.labels();
  const auto too_large = Message("KMeans: the inertia of X overflows; scale the features first");
  const auto too_small = Message("KMeans: the inertia of X underflows; scale the features first");
  for (const double size : {1e155, 1e200, 1e300}) {
    CHECK_THROWS_MATCHES(kmeans.fit(size * good), NumericalError, too_large);
    CHECK_THROWS_MATCHES(kmeans.partial_fit(size * good), NumericalError, too_large);
    CHECK_THROWS_MATCHES(KMeans<double>({.n_clusters = 4}).partial_fit(size * good), NumericalError,
                         too_large);
  }
  for (const double size : {1e-160, 1e-200, 1e-300})
    CHECK_THROWS_MATCHES(kmeans.fit(size * good), NumericalError, too_small);
  CHECK(kmeans.labels() == labels);
  CHECK_NOTHROW(kmeans.fit(Matrix<double>::Constant(9, 2, 1e-200)));
}

TEST_CASE("Data near the range of squares get the labels of ordinary ones", "[kmeans]") {
  const Matrix<double> x = random_matrix<double>(200, 3, 5);
  const Labels expected = KMeans<double>({.n_clusters = 4}).fit(x).labels();
  for (const int exponent : {-400, 400})
    CHECK(KMeans<double>({.n_clusters = 4}).fit(std::ldexp(1.0, exponent) * x).labels() ==
          expected);
}

TEST_CASE("Weights of any size are relative", "[kmeans]") {
  const Matrix<double> x = random_matrix<double>(60, 2, 3);
  const auto plain = KMeans<double>({.n_clusters = 3}).fit(x, Vector<double>::Ones(60));
  for (const int exponent : {-1000, 900}) {
    const double unit = std::ldexp(1.0, exponent);
    const auto kmeans =
        KMeans<double>({.n_clusters = 3}).fit(x, Vector<double>::Constant(60, unit));
    CHECK(kmeans.labels() == plain.labels());
    CHECK(kmeans.cluster_centers() == plain.cluster_centers());
    CHECK(kmeans.inertia() == unit * plain.inertia());
    CHECK(kmeans.model().cluster_weights == unit * plain.model().cluster_weights);
  }
}

TEST_CASE("A model that contradicts itself or its options is refused", "[kmeans]") {
  const auto model = KMeans<double>({.n_clusters = 2}).fit(random_matrix<double>(9, 3, 1)).model();
  auto refusal = [&](auto&& change) {
    KMeansModel<double> changed = model;
    change(changed);
    try {
      KMeans<double>({.n_clusters = 2}, std::move(changed));
    } catch (const std::invalid_argument& error) {
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  CHECK(refusal([](auto&) {}) == "accepted");
  CHECK(refusal([](auto& m) { m.cluster_centers = Matrix<double>::Zero(3, 3); }) ==
        "KMeans: model.cluster_centers must have n_clusters = 2 rows, got 3");
  CHECK(refusal([](auto& m) { m.cluster_centers(1, 2) = std::nan(""); }) ==
        "KMeans: model.cluster_centers has a non-finite value at row 1, column 2");
  CHECK(refusal([](auto& m) { m.cluster_weights[1] = -1; }) ==
        "KMeans: model.cluster_weights must be 2 finite values >= 0");
  CHECK(refusal([](auto& m) { m.labels[4] = 2; }) == "KMeans: model.labels must be from 0 to 1");
  CHECK(refusal([](auto& m) { m.inertia = -5; }) ==
        "KMeans: model.inertia must be >= 0 and finite, got -5");
  CHECK(refusal([](auto& m) { m.report.n_iterations = -3; }) ==
        "KMeans: model.report.n_iterations must be >= 0, got -3");
}

TEST_CASE("Bad data are refused and the earlier fit stays", "[kmeans]") {
  using Refused = std::invalid_argument;
  const Matrix<double> good = random_matrix<double>(30, 3, 2);
  KMeans<double> kmeans({.n_clusters = 4});
  kmeans.fit(good);
  const Matrix<double> centers = kmeans.cluster_centers();
  Matrix<double> bad = good;
  bad(17, 2) = std::numeric_limits<double>::quiet_NaN();
  const Vector<double> ones = Vector<double>::Ones(30);
  CHECK_THROWS_MATCHES(kmeans.fit(bad), Refused,
                       Message("KMeans: X has a non-finite value at row 17, column 2"));
  CHECK_THROWS_MATCHES(kmeans.partial_fit(bad), Refused,
                       Message("KMeans: X has a non-finite value at row 17, column 2"));
  CHECK_THROWS_MATCHES(kmeans.predict(bad), Refused,
                       Message("KMeans: X has a non-finite value at row 17, column 2"));
  CHECK_THROWS_MATCHES(kmeans.fit(Matrix<double>(0, 3)), Refused,
                       Message("KMeans: X must have at least 1 sample (row), got 0"));
  CHECK_THROWS_MATCHES(kmeans.fit(Matrix<double>(3, 0)), Refused,
                       Message("KMeans: X must have at least 1 feature (column), got 0"));
  CHECK_THROWS_MATCHES(kmeans.fit(good.topRows(3)), Refused,
                       Message("KMeans: n_clusters must be <= n_samples = 3, got 4"));
  CHECK_THROWS_MATCHES(kmeans.predict(good.leftCols(2)), Refused,
                       Message("KMeans: X must have 3 features (columns) as in fit, got 2"));
  CHECK_THROWS_MATCHES(kmeans.transform(good.leftCols(2)), Refused,
                       Message("KMeans: X must have 3 features (columns) as in fit, got 2"));
  CHECK_THROWS_MATCHES(kmeans.score(good.leftCols(2)), Refused,
                       Message("KMeans: X must have 3 features (columns) as in fit, got 2"));
  CHECK_THROWS_MATCHES(kmeans.partial_fit(good.leftCols(2)), Refused,
                       Message("KMeans: X must have 3 features (columns) as in fit, got 2"));
  CHECK_THROWS_MATCHES(
      kmeans.fit_from(good, good.topRows(3)), Refused,
      Message("KMeans: initial_centers must be n_clusters x n_features = 4 x 3, got 3 x 3"));
  CHECK_THROWS_MATCHES(
      kmeans.fit_from(good, bad.middleRows(15, 4)), Refused,
      Message("KMeans: initial_centers has a non-finite value at row 2, column 2"));
  CHECK_THROWS_MATCHES(
      kmeans.fit(good, ones.head(29)), Refused,
      Message("KMeans: sample_weight must have one entry per sample (30), got 29"));
  CHECK_THROWS_MATCHES(kmeans.fit(good, -ones), Refused,
                       Message("KMeans: sample_weight must be >= 0, got -1 at position 0"));
  CHECK_THROWS_MATCHES(kmeans.fit(good, 0 * ones), Refused,
                       Message("KMeans: sample_weight must have a positive entry, got only zeros"));
  CHECK(kmeans.cluster_centers() == centers);
  CHECK(kmeans.labels() == kmeans.predict(good));
}

TEST_CASE("Before fit every answer is refused with the call to make", "[kmeans]") {
  const KMeans<double> kmeans;
  const Matrix<double> x = random_matrix<double>(3, 2, 1);
  CHECK_FALSE(kmeans.is_fitted());
  CHECK(kmeans.options().n_clusters == 8);
  const auto not_fitted = Message("KMeans: call fit() first");
  CHECK_THROWS_MATCHES(kmeans.cluster_centers(), NotFitted, not_fitted);
  CHECK_THROWS_MATCHES(kmeans.labels(), NotFitted, not_fitted);
  CHECK_THROWS_MATCHES(kmeans.inertia(), NotFitted, not_fitted);
  CHECK_THROWS_MATCHES(kmeans.report(), NotFitted, not_fitted);
  CHECK_THROWS_MATCHES(kmeans.n_features(), NotFitted, not_fitted);
  CHECK_THROWS_MATCHES(kmeans.model(), NotFitted, not_fitted);
  CHECK_THROWS_MATCHES(kmeans.predict(x), NotFitted, not_fitted);
  CHECK_THROWS_MATCHES(kmeans.transform(x), NotFitted, not_fitted);
  CHECK_THROWS_MATCHES(kmeans.score(x), NotFitted, not_fitted);
}

TEST_CASE("Zero rows are predicted and transformed to nothing", "[kmeans]") {
  const auto kmeans = KMeans<double>({.n_clusters = 2}).fit(random_matrix<double>(9, 3, 1));
  CHECK(kmeans.predict(Matrix<double>(0, 3)).size() == 0);
  CHECK(kmeans.transform(Matrix<double>(0, 3)).rows() == 0);
  CHECK(kmeans.transform(Matrix<double>(0, 3)).cols() == 2);
  CHECK(kmeans.score(Matrix<double>(0, 3)) == 0);
}
