// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <string>

#include "anomaly/support.hpp"
#include "support/catch.hpp"
#include "support/reference.hpp"

using namespace unlabeled;

TEMPLATE_TEST_CASE("mean path lengths are scikit-learn's but for chance", "", float, double) {
  using S = TestType;
  const Matrix<S> x = reference::read("isolation_forest/samples.csv").cast<S>();
  const auto max_samples = GENERATE(Index{32}, Index{128});
  // Columns: mean path length over 2000 trees, its standard error, mean score.
  const Matrix<double> expected =
      reference::read("isolation_forest/psi_" + std::to_string(max_samples) + ".csv");
  const auto forest =
      IsolationForest<S>({.n_estimators = 2000, .max_samples = max_samples, .seed = 1}).fit(x);
  const Vector<double> paths = forest.path_lengths(x).template cast<double>();
  const Vector<double> scores = forest.anomaly_score(x).template cast<double>();
  // Both means have the error; the largest of 150 deviations is below 4.5 in 999 of 1000 runs.
  const Vector<double> deviations =
      (paths - expected.col(0)).array() / (std::sqrt(2.0) * expected.col(1).array());
  INFO("largest deviation in standard errors " << deviations.cwiseAbs().maxCoeff());
  CHECK(deviations.cwiseAbs().maxCoeff() < 4.5);
  // Its scores have c(m) by logarithms, which are smaller for small leaves.
  CHECK((scores - expected.col(2)).cwiseAbs().maxCoeff() < 0.02);
}

TEST_CASE("the mean over all samples is that of the shortest program, but for chance") {
  // Columns: max_samples, trees, mean path length, its standard error.
  const Matrix<double> expected = reference::read("isolation_forest/numpy.csv");
  const Matrix<double> x = reference::read("isolation_forest/samples.csv");
  const Index row = GENERATE(0, 1);
  const auto max_samples = static_cast<Index>(expected(row, 0));
  const auto forest =
      IsolationForest<double>({.n_estimators = 20000, .max_samples = max_samples}).fit(x);
  const double trees_of_both = 1 + expected(row, 1) / 20000;
  const double deviation = (forest.path_lengths(x).mean() - expected(row, 2)) /
                           (expected(row, 3) * std::sqrt(trees_of_both));
  INFO("deviation in standard errors " << deviation);
  CHECK(std::abs(deviation) < 4);
}
