// SPDX-License-Identifier: MIT
// What DBSCAN refuses, in which words, and that it stays as it was.
#include <functional>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>

#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/instances/dbscan.hpp"

using namespace unlabeled;
using Catch::Matchers::Message;
using Refused = std::invalid_argument;

TEST_CASE("Samples without a direction are refused where the metric needs one", "[dbscan]") {
  Matrix<double> x = random_matrix<double>(8, 3, 1);
  DBSCAN<double> dbscan({.metric = Metric::cosine});
  dbscan.fit(x);
  const Labels labels = dbscan.labels();
  x.row(5).setZero();
  const auto refusal = Message(
      "DBSCAN: X has a sample of zeros at row 5, which has no direction as metric cosine needs");
  CHECK_THROWS_MATCHES(dbscan.fit(x), Refused, refusal);
  CHECK_THROWS_MATCHES(dbscan.predict(x), Refused, refusal);
  CHECK(dbscan.labels() == labels);
}

TEST_CASE("Matrices that are no distances are refused", "[dbscan]") {
  DBSCAN<double> dbscan({.metric = Metric::precomputed});
  Matrix<double> d = Matrix<double>::Ones(4, 4) - Matrix<double>(Matrix<double>::Identity(4, 4));
  dbscan.fit(d);
  CHECK_THROWS_MATCHES(dbscan.fit(d.topRows(3)), Refused,
                       Message("DBSCAN: X must be square as metric precomputed needs, got 3 x 4"));
  CHECK_THROWS_MATCHES(dbscan.predict(d.leftCols(3)), Refused,
                       Message("DBSCAN: X must have 4 features (columns) as in fit, got 3"));
  const auto changed = [&](Index i, Index j, double value) {
    Matrix<double> other = d;
    other(i, j) = value;
    return other;
  };
  CHECK_THROWS_MATCHES(dbscan.fit(changed(2, 2, 0.1)), Refused,
                       Message("DBSCAN: X must be zero on its diagonal as metric precomputed "
                               "needs, got 0.1 at row 2, column 2"));
  CHECK_THROWS_MATCHES(dbscan.fit(changed(2, 1, -1)), Refused,
                       Message("DBSCAN: X must be >= 0 as metric precomputed needs, got -1 at row "
                               "2, column 1"));
  CHECK_THROWS_MATCHES(dbscan.fit(changed(2, 1, 3)), Refused,
                       Message("DBSCAN: X must be symmetric as metric precomputed needs, got 3 at "
                               "row 2, column 1"));
  CHECK(dbscan.n_features() == 4);
}

TEST_CASE("Weights that cannot be are refused", "[dbscan]") {
  const Matrix<double> x = random_matrix<double>(5, 2, 1);
  DBSCAN<double> dbscan;
  CHECK_THROWS_MATCHES(dbscan.fit(x, Vector<double>::Ones(4)), Refused,
                       Message("DBSCAN: sample_weight must have one entry per sample (5), got 4"));
  CHECK_THROWS_MATCHES(dbscan.fit(x, Vector<double>::Zero(5)), Refused,
                       Message("DBSCAN: sample_weight must have a positive entry, got only zeros"));
  CHECK_THROWS_MATCHES(dbscan.fit(x, Vector<double>::Constant(5, -1)), Refused,
                       Message("DBSCAN: sample_weight must be >= 0, got -1 at position 0"));
  CHECK_THROWS_MATCHES(dbscan.fit(Matrix<double>(0, 2), Vector<double>(0)), Refused,
                       Message("DBSCAN: X must have at least 1 sample (row), got 0"));
  CHECK_FALSE(dbscan.is_fitted());
}

TEST_CASE("A model that contradicts itself is refused", "[dbscan]") {
  const DBSCANOptions options{.eps = 0.8, .min_samples = 3};
  const auto fitted = DBSCAN<double>(options).fit(random_matrix<double>(30, 2, 1));
  REQUIRE(fitted.core_sample_indices().size() > 2);
  const auto with = [&](const std::function<void(DBSCANModel<double>&)>& change) {
    DBSCANModel<double> model = fitted.model();
    change(model);
    return DBSCAN<double>(options, std::move(model));
  };
  const Matrix<double> probe = random_matrix<double>(50, 2, 2);
  const auto same = with([](auto& model) { model.index = nullptr; });
  CHECK(same.predict(probe) == fitted.predict(probe));
  CHECK_THROWS_MATCHES(with([](auto& m) { m.n_clusters = -1; }), Refused,
                       Message("DBSCAN: model.n_clusters must be >= 0, got -1"));
  CHECK_THROWS_MATCHES(with([](auto& m) { m.n_clusters = 1, m.labels[0] = 1; }), Refused,
                       Message("DBSCAN: model.labels must be from -1 to 0"));
  CHECK_THROWS_MATCHES(with([](auto& m) { m.labels[3] = -2; }).labels(), Refused,
                       Catch::Matchers::Message("DBSCAN: model.labels must be from -1 to " +
                                                std::to_string(fitted.n_clusters() - 1)));
  const auto ascending =
      Message("DBSCAN: model.core_sample_indices must be ascending and from 0 to 29");
  CHECK_THROWS_MATCHES(with([](auto& m) { m.core_sample_indices[1] = m.core_sample_indices[0]; }),
                       Refused, ascending);
  CHECK_THROWS_MATCHES(with([](auto& m) { m.core_sample_indices.tail(1)[0] = 30; }), Refused,
                       ascending);
  CHECK_THROWS_MATCHES(with([](auto& m) { m.core_sample_indices[0] = -1; }), Refused, ascending);
  const Index first = fitted.core_sample_indices()[0];
  CHECK_THROWS_MATCHES(with([&](auto& m) { m.labels[first] = -1; }), Refused,
                       Message("DBSCAN: model.labels must be >= 0 for core samples, got -1 at "
                               "position " +
                               std::to_string(first)));
  const Index n_core = fitted.core_sample_indices().size();
  CHECK_THROWS_MATCHES(with([](auto& m) { m.core_samples.resize(1, 2); }), Refused,
                       Message("DBSCAN: model.core_samples must have a row for each of the " +
                               std::to_string(n_core) + " core_sample_indices, got 1"));
  CHECK_THROWS_MATCHES(
      with([](auto& m) { m.core_samples(0, 1) = std::numeric_limits<double>::infinity(); }),
      Refused, Message("DBSCAN: model.core_samples has a non-finite value at row 0, column 1"));
}
