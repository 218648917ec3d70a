// SPDX-License-Identifier: MIT
#include <string>

#include "decomposition/support.hpp"
#include "support/catch.hpp"
#include "support/instances/pca.hpp"
#include "support/reference.hpp"

using namespace unlabeled;

TEMPLATE_TEST_CASE("PCA agrees with scikit-learn on tall and on wide data", "", float, double) {
  const std::string name = GENERATE(as<std::string>(), "iris", "wide");
  const auto solver = GENERATE(PCASolver::automatic, PCASolver::covariance, PCASolver::svd);
  auto read = [&](const char* what) { return reference::read("pca/" + name + what + ".csv"); };
  const Matrix<TestType> x = read("_samples").template cast<TestType>();
  const Matrix<double> components = read("_components"), summary = read("_summary");
  const Index k = components.rows();
  const double limit = sizeof(TestType) == 4 ? 2e-5 : 1e-11;
  PCA<TestType> pca({.n_components = k, .solver = solver});
  const Matrix<TestType> z = pca.fit_transform(x);
  INFO(name << ", solver " << int(solver));
  CHECK(relative_error(pca.components(), components) < limit);
  CHECK(relative_error(pca.explained_variance(), summary.row(0).transpose()) < limit);
  CHECK(relative_error(pca.explained_variance_ratio(), summary.row(1).transpose()) < limit);
  CHECK(relative_error(pca.singular_values(), summary.row(2).transpose()) < limit);
  CHECK(relative_error(z, read("_transformed")) < limit);
  CHECK(double(pca.noise_variance()) == Approx(read("_noise")(0, 0)).epsilon(limit * 100));
  CHECK(relative_error(pca.score_samples(x), read("_scores").col(0)) < 100 * limit);
  PCA<TestType> white({.n_components = k, .whiten = true, .solver = solver});
  CHECK(relative_error(white.fit_transform(x), read("_whitened")) < 10 * limit);
}
