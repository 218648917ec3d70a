// SPDX-License-Identifier: MIT
// Where DBSCAN could lose exactness or refuse too little: weights, tiny radii, many cells, models.
#include <stdexcept>

#include "cluster/dbscan_oracle.hpp"
#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/instances/dbscan.hpp"
#include "unlabeled/neighbors/k_distances.hpp"

using namespace unlabeled;
using Catch::Matchers::Message;

TEST_CASE("A huge weight does not erase the others") {
  Matrix<double> x = Matrix<double>::Zero(8, 2);
  x(7, 0) = 100;
  Vector<double> weight = Vector<double>::Ones(8);
  weight(7) = 1e20;
  const auto dbscan = DBSCAN<double>({.eps = 1, .min_samples = 5}).fit(x, weight);
  CHECK((dbscan.labels().head(7).array() == 0).all());
  CHECK(dbscan.labels()(7) == 1);
}

TEST_CASE("A radius whose inverse overflows float finds equal samples") {
  const Matrix<float> x = Matrix<float>::Zero(10, 2);
  const auto dbscan = DBSCAN<float>({.eps = 1e-40}).fit(x);
  CHECK((dbscan.labels().array() == 0).all());
  CHECK(dbscan.predict(x) == dbscan.labels());
}

TEMPLATE_TEST_CASE("Predict agrees with fit where many samples tie", "", float, double) {
  const Index d = GENERATE(1, 2, 3, 5);
  const Matrix<TestType> x =
      (random_matrix<TestType>(1500, d, 1) * TestType(2)).array().round().matrix();
  const auto dbscan = DBSCAN<TestType>({.eps = 1, .min_samples = 4}).fit(x);
  CHECK(dbscan.predict(x) == dbscan.labels());
}

TEST_CASE("The curve of distances suggests a radius that DBSCAN takes") {
  Matrix<double> x = random_matrix<double>(500, 4, 2);
  x.topRows(300).setOnes();
  const KDistances curve = k_distances(x, 5);
  CHECK(curve.suggested_eps > 0);
  CHECK_NOTHROW(DBSCAN<double>({.eps = curve.suggested_eps}).fit(x));
  CHECK(k_distances(Matrix<double>(Matrix<double>::Ones(50, 2)), 5).suggested_eps == 0);
}

TEST_CASE("Negative distances to new samples are refused") {
  Matrix<double> distances(3, 3);
  distances << 0, 1, 2, 1, 0, 1, 2, 1, 0;
  const auto dbscan =
      DBSCAN<double>({.eps = 1, .min_samples = 2, .metric = Metric::precomputed}).fit(distances);
  Matrix<double> fresh(1, 3);
  fresh << 1, -7, 2;
  CHECK_THROWS_MATCHES(dbscan.predict(fresh), std::invalid_argument,
                       Message("DBSCAN: X must be >= 0 as metric precomputed needs, got -7 at row "
                               "0, column 1"));
}

TEST_CASE("Models whose clusters are not numbered by their first core samples are refused") {
  const Matrix<double> x = make_blobs<double>(60, 2, 2, 3, 0.3).samples;
  const auto fitted = DBSCAN<double>({.eps = 2}).fit(x);
  REQUIRE(fitted.n_clusters() == 2);
  auto accepts = [&](auto&& spoil) {
    DBSCANModel<double> model = fitted.model();
    spoil(model);
    try {
      DBSCAN<double>{fitted.options(), model};
      return true;
    } catch (const std::invalid_argument&) {
      return false;
    }
  };
  CHECK(accepts([](auto&) {}));
  CHECK_FALSE(accepts([](auto& model) { model.n_clusters = 2000000000; }));
  CHECK_FALSE(accepts([](auto& model) { model.labels = (1 - model.labels.array()).matrix(); }));
  CHECK_FALSE(accepts([](auto& model) { model.core_samples = Matrix<double>(60, 0); }));
}

TEST_CASE("Clusters over thousands of cells equal the definition") {
  const Index d = GENERATE(1, 2, 3);
  const Matrix<double> x = random_matrix<double>(4500, d, 4) * (d == 1 ? 2000.0 : 40.0);
  const double eps = d == 1 ? 0.7 : d == 2 ? 1.1 : 4.0;
  const auto dbscan = DBSCAN<double>({.eps = eps, .min_samples = 3}).fit(x);
  REQUIRE(dbscan.n_clusters() > 50);
  for (Index i = 0; i < x.rows(); ++i) {
    const Vector<double> distance = (x.rowwise() - x.row(i)).rowwise().norm();
    Index nearest = -1, n_neighbors = 0;
    for (Index j = 0; j < x.rows(); ++j) n_neighbors += distance(j) <= eps;
    for (const Index core : dbscan.core_sample_indices())
      if (distance(core) <= eps && (nearest < 0 || distance(core) < distance(nearest)))
        nearest = core;
    const bool is_core = (dbscan.core_sample_indices().array() == i).any();
    if (is_core != (n_neighbors >= 3)) FAIL("sample " << i << " is wrongly core or not");
    const int due = nearest < 0 ? -1 : dbscan.labels()(nearest);
    if (dbscan.labels()(i) != due) FAIL("sample " << i << " is not in its nearest cluster");
    if (is_core)
      for (const Index core : dbscan.core_sample_indices())
        if (distance(core) <= eps && dbscan.labels()(core) != due)
          FAIL("samples " << i << " and " << core << " are neighbours in two clusters");
  }
  CHECK(dbscan.predict(x) == dbscan.labels());
}
