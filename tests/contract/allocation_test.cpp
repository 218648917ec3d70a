// SPDX-License-Identifier: MIT
#include "contract/failing_allocation.hpp"  // first
#include "contract/survivor.hpp"

#include <functional>
#include <string>
#include <utility>

#include "support/catch.hpp"
#include "support/data.hpp"
#include "unlabeled/anomaly/isolation_forest.hpp"
#include "unlabeled/cluster/agglomerative.hpp"
#include "unlabeled/cluster/dbscan.hpp"
#include "unlabeled/cluster/kmeans.hpp"
#include "unlabeled/decomposition/pca.hpp"
#include "unlabeled/mixture/gmm.hpp"
#include "unlabeled/pipeline.hpp"
#include "unlabeled/preprocessing/standard_scaler.hpp"

using namespace unlabeled;

TEST_CASE("The allocator of these tests fails and counts Eigen's memory too") {
  const long before = failing_allocation::live;
  {
    const Matrix<double> x(10, 10);
    CHECK(failing_allocation::live == before + 1);
    const failing_allocation::Failure failure(0);
    CHECK_THROWS_AS(Matrix<double>(10, 10), std::bad_alloc);
  }
  CHECK(failing_allocation::live == before);
}

TEST_CASE("StandardScaler keeps its fit and leaks nothing when memory runs out") {
  const StandardScalerOptions options{.n_threads = GENERATE(1, 2)};
  Survivor columns{StandardScaler<double>(options)};
  columns.survives_all();
  columns.survives_weights();
  const auto other = StandardScaler<double>(options).fit(random_matrix<double>(9, 3, 4));
  columns.survives("merge", [&](auto& scaler, const auto&, const auto&) { scaler.merge(other); });
  columns.survives("transform_into", [](const auto& scaler, const auto& x, const auto&) {
    Matrix<double> out(2, 2);
    scaler.transform_into(x, out);
  });
  Survivor<StandardScaler<float>, RowMatrix> rows{StandardScaler<float>(options)};
  rows.survives_all();
  rows.survives_weights();
}

TEST_CASE("KMeans keeps its fit and leaks nothing when memory runs out") {
  const KMeansOptions options{
      .n_clusters = 4,
      .n_init = GENERATE(1, 3),
      .algorithm =
          GENERATE(KMeansAlgorithm::lloyd, KMeansAlgorithm::hamerly, KMeansAlgorithm::elkan),
      .n_threads = GENERATE(1, 2)};
  Survivor columns{KMeans<double>(options)};
  columns.survives_all();
  columns.survives_weights();
  columns.survives("fit_from", [](auto& kmeans, const auto& x, const auto&) {
    kmeans.fit_from(x, x.topRows(4));
  });
  Survivor<KMeans<float>, RowMatrix> rows{KMeans<float>(options)};
  rows.survives_all();
}

TEST_CASE("Agglomerative keeps its fit and leaks nothing when memory runs out") {
  const AgglomerativeOptions options{
      .linkage = GENERATE(Linkage::ward, Linkage::complete, Linkage::average, Linkage::single,
                          Linkage::centroid),
      .n_threads = GENERATE(1, 2)};
  const Matrix<double> first = random_matrix<double>(150, 3, 1);
  const Matrix<double> second = random_matrix<double>(140, 3, 2);
  Agglomerative<double> hierarchy(options);
  hierarchy.fit(first);
  const Matrix<double> expected = hierarchy.linkage_matrix();
  const auto unchanged = [&] { return hierarchy.linkage_matrix() == expected; };
  const auto restore = [&] { hierarchy.fit(first); };
  CHECK(fail_each_allocation([&] { hierarchy.fit(second); }, unchanged, restore) >= 2);
  CHECK(fail_each_allocation([&] { static_cast<void>(hierarchy.cut(5)); }, unchanged, restore) >=
        2);
  CHECK(unchanged());
}

TEST_CASE("PCA keeps its fit and leaks nothing when memory runs out") {
  const PCAOptions options{
      .n_components = 2,
      .solver = GENERATE(PCASolver::covariance, PCASolver::svd, PCASolver::randomized),
      .n_threads = GENERATE(1, 2)};
  const Index n_features = GENERATE(3, 70);
  Survivor(PCA<double>(options), n_features).survives_all();
  Survivor<PCA<float>, RowMatrix>(PCA<float>(options), n_features).survives_all();
}

TEST_CASE("IsolationForest keeps its fit and leaks nothing when memory runs out") {
  const IsolationForestOptions options{.n_estimators = 3,
                                       .max_samples = 8,
                                       .contamination = 0.1,
                                       .n_split_features = GENERATE(1, 2),
                                       .n_threads = GENERATE(1, 2)};
  const auto survives = [](auto survivor) {
    survivor.survives("fit", [](auto& e, const auto& x, const auto&) { e.fit(x); });
    survivor.survives("fit_predict", [](auto& e, const auto& x, const auto&) { e.fit_predict(x); });
    survivor.survives("predict",
                      [](auto& e, const auto& x, const auto&) { static_cast<void>(e.predict(x)); });
    survivor.survives("feature_contributions", [](auto& e, const auto& x, const auto&) {
      static_cast<void>(e.feature_contributions(x));
    });
  };
  survives(Survivor(IsolationForest<double>(options)));
  survives(Survivor<IsolationForest<float>, RowMatrix>(IsolationForest<float>(options)));
}

TEST_CASE("GMM keeps its fit and leaks nothing when memory runs out") {
  const auto x = random_matrix<double>(50, 3, 1), other = random_matrix<double>(40, 3, 2);
  const Vector<double> weight = random_matrix<double>(40, 1, 3).cwiseAbs();
  const auto type = GENERATE(CovarianceType::full, CovarianceType::tied, CovarianceType::diag);
  GMM<double> gmm({.n_components = 2,
                   .covariance_type = type,
                   .max_iterations = 3,
                   .init = GENERATE(GMMInit::kmeans, GMMInit::random),
                   .n_threads = GENERATE(1, 2)});
  gmm.fit(x);
  const Matrix<double> expected = gmm.predict_proba(x);
  const auto start = GMM<double>(gmm.options()).fit(other).model();
  const auto survives = [&](const std::function<void()>& call) {
    const auto unchanged = [&] { return gmm.predict_proba(x) == expected; };
    CHECK(fail_each_allocation(call, unchanged, [&] { gmm.fit(x); }) >= 2);
    CHECK(unchanged());
  };
  survives([&] { gmm.fit(other); });
  survives([&] { gmm.fit(other, weight); });
  survives([&] { gmm.fit_from(other, start); });
  survives([&] { static_cast<void>(gmm.predict_proba(other)); });
  survives([&] { static_cast<void>(gmm.sample(5)); });
}

TEST_CASE("DBSCAN keeps its fit and leaks nothing when memory runs out") {
  const Index n_features = GENERATE(2, 3, 5);
  const DBSCANOptions options{
      .eps = 0.6 * static_cast<double>(n_features),
      .min_samples = 3,
      .metric = GENERATE(Metric::euclidean, Metric::manhattan, Metric::cosine),
      .n_threads = GENERATE(1, 2)};
  const Matrix<double> first = random_matrix<double>(50, n_features, 1);
  const Matrix<double> second = random_matrix<double>(40, n_features, 2);
  const Vector<double> weight = random_matrix<double>(40, 1, 3).cwiseAbs();
  DBSCAN<double> dbscan(options);
  dbscan.fit(first);
  REQUIRE(dbscan.core_sample_indices().size() > 0);
  const Labels expected = dbscan.labels();
  const auto unchanged = [&] {
    return dbscan.labels() == expected && dbscan.predict(first) == expected;
  };
  const auto restore = [&] { dbscan.fit(first); };
  CHECK(fail_each_allocation([&] { dbscan.fit(second); }, unchanged, restore) >= 2);
  CHECK(fail_each_allocation([&] { dbscan.fit(second, weight); }, unchanged, restore) >= 2);
  CHECK(fail_each_allocation([&] { static_cast<void>(dbscan.predict(second)); }, unchanged,
                             restore) >= 2);
  CHECK(unchanged());
}

TEST_CASE("A Pipeline keeps the fit of all steps when memory runs out") {
  const int n_threads = GENERATE(1, 2);
  Survivor(Pipeline(StandardScaler<double>({.n_threads = n_threads}),
                    KMeans<double>({.n_clusters = 4, .n_threads = n_threads})))
      .survives_all();
}
