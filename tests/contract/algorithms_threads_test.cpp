// SPDX-License-Identifier: MIT
#include <utility>

#include "support/catch.hpp"
#include "support/data.hpp"
#include "unlabeled/cluster/kmeans.hpp"
#include "unlabeled/decomposition/pca.hpp"

using namespace unlabeled;

// The contract battery takes the default algorithm; these are the other ones.

TEMPLATE_TEST_CASE("every algorithm of KMeans gives the same bits for any number of threads",
                   "[contract]", float, double) {
  const Matrix<TestType> x = make_blobs<TestType>(6000, 3, 6, 1, 2.0).samples;
  const Vector<TestType> weight = random_matrix<TestType>(6000, 1, 2).cwiseAbs();
  const auto algorithm =
      GENERATE(KMeansAlgorithm::lloyd, KMeansAlgorithm::hamerly, KMeansAlgorithm::elkan);
  const auto fitted = [&](int n_threads) {
    const KMeansOptions options{.n_clusters = 6,
                                .n_init = 2,
                                .max_iterations = 10,
                                .algorithm = algorithm,
                                .n_threads = n_threads};
    return KMeans<TestType>(options).fit(x, weight);
  };
  const KMeans<TestType> one = fitted(1);
  for (const int n_threads : {2, 4}) {
    const KMeans<TestType> many = fitted(n_threads);
    CHECK(many.cluster_centers() == one.cluster_centers());
    CHECK(many.labels() == one.labels());
    CHECK(many.inertia() == one.inertia());
  }
}

TEMPLATE_TEST_CASE("every solver of PCA gives the same bits for any number of threads",
                   "[contract]", float, double) {
  const auto [n, d] = GENERATE(std::pair<Index, Index>{2000, 20}, std::pair<Index, Index>{60, 300});
  const Matrix<TestType> x = random_matrix<TestType>(n, d, 3);
  const auto solver = GENERATE(PCASolver::covariance, PCASolver::svd, PCASolver::randomized);
  const auto fitted = [&](int n_threads) {
    return PCA<TestType>({.n_components = 3, .solver = solver, .n_threads = n_threads}).fit(x);
  };
  const PCA<TestType> one = fitted(1);
  for (const int n_threads : {2, 4}) {
    const PCA<TestType> many = fitted(n_threads);
    CHECK(many.components() == one.components());
    CHECK(many.explained_variance() == one.explained_variance());
  }
}
