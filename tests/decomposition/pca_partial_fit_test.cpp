// SPDX-License-Identifier: MIT
#include <type_traits>

#include "decomposition/support.hpp"
#include "support/catch.hpp"
#include "support/instances/pca.hpp"

using namespace unlabeled;

namespace {

/// A PCA that saw x in batches of this many samples, the last one smaller.
template <Real S> PCA<S> in_batches(const Matrix<S>& x, Index size, PCAOptions options = {}) {
  PCA<S> pca(options);
  for (Index begin = 0; begin < x.rows(); begin += size)
    pca.partial_fit(x.middleRows(begin, std::min(size, x.rows() - begin)));
  return pca;
}

}  // namespace

TEMPLATE_TEST_CASE("batches equal one fit within rounding when nothing is dropped", "", float,
                   double) {
  const Index size = GENERATE(1, 7, 30, 200);
  Matrix<TestType> x =
      (random_matrix<double>(200, 8, 1) * geometric(8, 0.7).asDiagonal()).template cast<TestType>();
  x.topRows(100).array() += TestType(2);  // the mean drifts from batch to batch
  const PCA<TestType> batch = PCA<TestType>().fit(x), parts = in_batches(x, size);
  INFO("batches of " << size);
  CHECK(parts.n_samples_seen() == 200);
  CHECK(relative_error(parts.mean(), batch.mean()) < tolerance<TestType>());
  CHECK(relative_error(parts.explained_variance(), batch.explained_variance()) <
        tolerance<TestType>());
  CHECK(relative_error(parts.explained_variance_ratio(), batch.explained_variance_ratio()) <
        tolerance<TestType>());
  CHECK(relative_error(parts.components(), batch.components()) < tolerance<TestType>());
}

TEMPLATE_TEST_CASE("batches far from zero equal one fit", "", float, double) {
  // Steps of 1/16 are exact at these offsets; hundreds of means are merged.
  const double offset = GENERATE(1e4, 1e5);
  Matrix<TestType> x = random_matrix<TestType>(4000, 4, 3);
  for (Index j = 0; j < 4; ++j) x.col(j) *= TestType(8 >> j);  // components well apart
  for (Index i = 0; i < x.rows(); ++i) x(i, 1) += TestType(i) / 4000;
  x = ((x.array() * 16).round() / 16 + TestType(offset)).eval();
  const PCA<TestType> batch = PCA<TestType>().fit(x), parts = in_batches(x, 10);
  INFO("offset " << offset);
  CHECK(relative_error(parts.explained_variance(), batch.explained_variance()) <
        tolerance<TestType>());
  CHECK(relative_error(parts.components(), batch.components()) < 30 * tolerance<TestType>());
}

TEST_CASE("what a temporary learned from a batch is a value") {
  const Matrix<double> x = random_matrix<double>(9, 3, 1);
  static_assert(std::is_same_v<decltype(PCA<double>().partial_fit(x)), PCA<double>>);
  CHECK(PCA<double>().partial_fit(x).components() == PCA<double>().fit(x).components());
}

TEST_CASE("batches with fewer samples than features equal one fit") {
  const Matrix<double> x = with_singular_values(24, 50, geometric(20, 0.8), 2, 1);
  const PCA<double> batch = PCA<double>({.n_components = 20}).fit(x);
  const PCA<double> parts = in_batches(x, 5, {.n_components = 20});
  CHECK(parts.n_components() == 20);
  CHECK(relative_error(parts.singular_values(), batch.singular_values()) < 1e-12);
  CHECK(relative_error(parts.components(), batch.components()) < 1e-9);
  CHECK(parts.total_variance() == Approx(batch.total_variance()).epsilon(1e-13));
}

TEST_CASE("the number of components grows with the samples seen") {
  const Matrix<double> x = random_matrix<double>(9, 6, 3);
  PCA<double> pca({.n_components = 4});
  CHECK(pca.partial_fit(x.topRows(2)).n_components() == 2);
  CHECK(pca.partial_fit(x.middleRows(2, 1)).n_components() == 3);
  CHECK(pca.partial_fit(x.bottomRows(6)).n_components() == 4);
  CHECK_THROWS_WITH(PCA<double>({.n_components = 7}).partial_fit(x),
                    Catch::Matchers::ContainsSubstring("n_components must be <= n_features = 6"));
}

TEST_CASE("with few components batches come close, and the total variance stays exact") {
  const Matrix<double> x = random_matrix<double>(600, 10, 4) * geometric(10, 0.6).asDiagonal();
  const PCA<double> batch = PCA<double>({.n_components = 3}).fit(x);
  const PCA<double> parts = in_batches(x, 60, {.n_components = 3});
  CHECK(subspace_error(parts.components(), batch.components()) < 0.1);
  CHECK(parts.total_variance() == Approx(batch.total_variance()).epsilon(1e-12));
  CHECK(parts.explained_variance().sum() <= batch.explained_variance().sum() * (1 + 1e-12));
  CHECK(parts.noise_variance() > 0);
}

TEST_CASE("more samples after a fit count like a batch after batches") {
  const Matrix<double> x = random_matrix<double>(80, 5, 5);
  PCA<double> pca;
  pca.fit(x.topRows(50)).partial_fit(x.bottomRows(30));
  CHECK(relative_error(pca.components(), PCA<double>().fit(x).components()) < 1e-10);
  pca.fit(x.topRows(50));
  CHECK(pca.n_samples_seen() == 50);
}
