// SPDX-License-Identifier: MIT
#include <utility>

#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/instances/dbscan.hpp"
#include "support/instances/gmm.hpp"
#include "support/instances/kmeans.hpp"
#include "support/instances/pca.hpp"
#include "unlabeled/neighbors/k_distances.hpp"

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

TEMPLATE_TEST_CASE("every covariance type of GMM gives the same bits for any number of threads",
                   "[contract]", float, double) {
  const Matrix<TestType> x = make_blobs<TestType>(6000, 3, 6, 1, 3.0).samples;
  const Vector<TestType> weight = random_matrix<TestType>(6000, 1, 2).cwiseAbs();
  const auto type = GENERATE(CovarianceType::full, CovarianceType::tied, CovarianceType::diag,
                             CovarianceType::spherical);
  const auto init = GENERATE(GMMInit::kmeans, GMMInit::random);
  const auto fitted = [&](int n_threads) {
    const GMMOptions options{.n_components = 6,
                             .covariance_type = type,
                             .max_iterations = 5,
                             .n_init = 2,
                             .init = init,
                             .n_threads = n_threads};
    return GMM<TestType>(options).fit(x, weight);
  };
  const GMM<TestType> one = fitted(1);
  for (const int n_threads : {2, 4}) {
    const GMM<TestType> many = fitted(n_threads);
    CHECK(many.means() == one.means());
    CHECK(many.covariances() == one.covariances());
    CHECK(many.labels() == one.labels());
    CHECK(many.lower_bound() == one.lower_bound());
  }
}

TEMPLATE_TEST_CASE("every method of DBSCAN gives the same labels for any number of threads",
                   "[contract]", float, double) {
  const Index d = GENERATE(1, 2, 3, 6);
  const auto metric = GENERATE(Metric::euclidean, Metric::manhattan, Metric::cosine);
  const Matrix<TestType> x = make_blobs<TestType>(4000, d, 6, 1, 1.0).samples;
  const Vector<TestType> weight = random_matrix<TestType>(4000, 1, 2).cwiseAbs();
  const double eps = metric == Metric::cosine ? 1e-4 : d < 6 ? 0.08 : 1.2;
  const auto fitted = [&](int n_threads) {
    return DBSCAN<TestType>(
               {.eps = eps, .min_samples = 6, .metric = metric, .n_threads = n_threads})
        .fit(x, weight);
  };
  const DBSCAN<TestType> one = fitted(1);
  const KDistances curve = k_distances(x, 6, metric, 1);
  for (const int n_threads : {2, 4}) {
    const DBSCAN<TestType> many = fitted(n_threads);
    CHECK(many.labels() == one.labels());
    CHECK(many.predict(x) == one.labels());
    CHECK(many.core_sample_indices() == one.core_sample_indices());
    CHECK(k_distances(x, 6, metric, n_threads).distances == curve.distances);
  }
}

TEST_CASE("DBSCAN of given distances gives the same labels for any number of threads",
          "[contract]") {
  const Matrix<double> x = make_blobs<double>(1500, 2, 6, 1, 1.0).samples;
  Matrix<double> distances(1500, 1500);
  for (Index i = 0; i < 1500; ++i)
    for (Index j = 0; j < 1500; ++j) distances(i, j) = (x.row(i) - x.row(j)).norm();
  const auto labels = [&](int n_threads) {
    return DBSCAN<double>({.eps = 0.3, .metric = Metric::precomputed, .n_threads = n_threads})
        .fit(distances)
        .labels();
  };
  const Labels one = labels(1);
  CHECK(one.maxCoeff() > 0);
  for (const int n_threads : {2, 4}) CHECK(labels(n_threads) == one);
}
