// SPDX-License-Identifier: MIT
#include "decomposition/support.hpp"
#include "support/catch.hpp"
#include "support/instances/pca.hpp"

using namespace unlabeled;

namespace {

PCASolver every_solver() {
  return GENERATE(PCASolver::automatic, PCASolver::covariance, PCASolver::svd,
                  PCASolver::randomized);
}

}  // namespace

TEMPLATE_TEST_CASE("an offset of a million does not disturb the components", "", float, double) {
  Matrix<TestType> x = (16 * 8 * with_singular_values(200, 5, geometric(5, 0.7), 7, 0))
                           .array()
                           .round()
                           .template cast<TestType>() /
                       TestType(16);
  const auto solver = every_solver();
  const PCA<TestType> near = PCA<TestType>({.n_components = 3, .solver = solver}).fit(x);
  const PCA<TestType> far = PCA<TestType>({.n_components = 3, .solver = solver})
                                .fit(Matrix<TestType>(x.array() + 1000000));
  CHECK(relative_error(far.components(), near.components()) < tolerance<TestType>());
  CHECK(relative_error(far.explained_variance_ratio(), near.explained_variance_ratio()) <
        tolerance<TestType>());
}

TEST_CASE("svd keeps the digits of a spectrum graded over ten decades") {
  const Vector<double> values = geometric(11, 0.1);  // 1 … 1e-10
  const auto shape = GENERATE(std::pair(60, 15), std::pair(15, 60));
  const Matrix<double> x = with_singular_values(shape.first, shape.second, values, 8);
  const PCA<double> pca = PCA<double>({.n_components = 11, .solver = PCASolver::svd}).fit(x);
  for (Index k = 0; k < 11; ++k) {
    INFO("k = " << k << ", found " << pca.singular_values()[k]);
    // x itself carries rounding errors of 1e-16, a relative 1e-6 of the smallest value.
    CHECK(std::abs(pca.singular_values()[k] / values[k] - 1) < 1e-5);
  }
}

TEST_CASE("scales from 1e-100 to 1e100 give the same components") {
  const Matrix<double> x = with_singular_values(40, 6, geometric(6, 0.5), 9);
  const auto solver = every_solver();
  const PCA<double> pca = PCA<double>({.n_components = 3, .solver = solver}).fit(x);
  for (const double scale : {1e-100, 1e100}) {
    const PCA<double> scaled =
        PCA<double>({.n_components = 3, .solver = solver}).fit(Matrix<double>(scale * x));
    CHECK(relative_error(scaled.components(), pca.components()) < 1e-9);
    CHECK(relative_error(scaled.explained_variance_ratio(), pca.explained_variance_ratio()) <
          1e-12);
  }
}

TEST_CASE("float and double data give the same components to float accuracy") {
  const Matrix<double> x = random_matrix<double>(3000, 10, 10) * geometric(10, 0.7).asDiagonal();
  const PCA<double> wide = PCA<double>().fit(x);
  const PCA<float> narrow = PCA<float>().fit(x.cast<float>());
  CHECK(relative_error(narrow.components(), wide.components()) < 1e-4);
  CHECK(relative_error(narrow.explained_variance(), wide.explained_variance()) < 1e-6);
}

TEMPLATE_TEST_CASE("both storage orders agree, and every number of threads to the bit", "", float,
                   double) {
  const auto solver = every_solver();
  const Index n = solver == PCASolver::automatic ? 9000 : 500;
  const Matrix<TestType> x = random_matrix<TestType>(n, 12, 11) *
                             geometric(12, 0.8).template cast<TestType>().asDiagonal();
  const PCAOptions options{.n_components = 4, .solver = solver, .n_threads = 1};
  const PCA<TestType> one = PCA<TestType>(options).fit(x);
  const PCA<TestType> by_rows = PCA<TestType>(options).fit(RowMatrix<TestType>(x));
  CHECK(relative_error(by_rows.components(), one.components()) <
        (solver == PCASolver::randomized ? 1e-3 : double(tolerance<TestType>())));
  for (const int n_threads : {2, 3, 5}) {
    PCAOptions many = options;
    many.n_threads = n_threads;
    const PCA<TestType> pca = PCA<TestType>(many).fit(x);
    CHECK(pca.components() == one.components());
    CHECK(pca.explained_variance() == one.explained_variance());
    CHECK(pca.mean() == one.mean());
    CHECK(pca.transform(x) == one.transform(x));
    CHECK(pca.score_samples(x) == one.score_samples(x));
  }
}
