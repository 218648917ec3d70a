// SPDX-License-Identifier: MIT
// What KMeans refuses, in which words, and that it stays as it was.
#include <limits>
#include <stdexcept>

#include "support/catch.hpp"
#include "support/data.hpp"
#include "unlabeled/cluster/kmeans.hpp"

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
