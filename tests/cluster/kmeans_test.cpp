// SPDX-License-Identifier: MIT
// What KMeans promises its user: small problems solved by hand, properties, edges.
#include <limits>
#include <type_traits>
#include <vector>

#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/instances/kmeans.hpp"
#include "support/tolerance.hpp"

using namespace unlabeled;

namespace {

template <Real S> Matrix<S> column(const std::vector<double>& values) {
  Matrix<S> x(static_cast<Index>(values.size()), 1);
  for (Index i = 0; i < x.rows(); ++i)
    x(i, 0) = static_cast<S>(values[static_cast<std::size_t>(i)]);
  return x;
}

Labels labels_of(const std::vector<int>& values) {
  return Eigen::Map<const Labels>(values.data(), static_cast<Index>(values.size()));
}

constexpr KMeansAlgorithm all_algorithms[] = {KMeansAlgorithm::automatic, KMeansAlgorithm::lloyd,
                                              KMeansAlgorithm::hamerly, KMeansAlgorithm::elkan};

}  // namespace

TEMPLATE_TEST_CASE("Six numbers from given centres, solved by hand", "[kmeans]", float, double) {
  // From 0 and 4, sample 2 is a tie and goes to cluster 0: {0, 1, 2} and {9, 10, 11}. The means 1
  // and 10 change no label. Inertia 1 + 0 + 1 twice.
  const Matrix<TestType> x = column<TestType>({0, 1, 2, 9, 10, 11});
  for (const KMeansAlgorithm algorithm : all_algorithms) {
    KMeans<TestType> kmeans({.n_clusters = 2, .algorithm = algorithm});
    kmeans.fit_from(x, column<TestType>({0, 4}));
    CHECK(kmeans.labels() == labels_of({0, 0, 0, 1, 1, 1}));
    CHECK(kmeans.cluster_centers() == column<TestType>({1, 10}));
    CHECK(kmeans.inertia() == 4);
    CHECK(kmeans.report().n_iterations == 2);
    CHECK(kmeans.report().stop == Stop::converged);
    CHECK(kmeans.report().objective == kmeans.inertia());
    CHECK(kmeans.model().cluster_weights == Vector<double>::Constant(2, 3));
  }
}

TEMPLATE_TEST_CASE("transform, score and predict by hand", "[kmeans]", float, double) {
  const Matrix<TestType> x = column<TestType>({0, 1, 2, 9, 10, 11});
  KMeans<TestType> kmeans({.n_clusters = 2});
  kmeans.fit_from(x, column<TestType>({0, 4}));
  const Matrix<TestType> y = column<TestType>({1, 4, 20});
  Matrix<TestType> distances(3, 2);
  distances << 0, 9, 3, 6, 19, 10;
  CHECK(kmeans.transform(y) == distances);
  CHECK(kmeans.predict(y) == labels_of({0, 0, 1}));
  CHECK(kmeans.score(y) == -(0 + 9 + 100));
  CHECK(kmeans.score(x) == -kmeans.inertia());
  const Matrix<TestType> fit_and_transformed = kmeans.fit_transform(x);
  CHECK(fit_and_transformed == kmeans.transform(x));
  const Labels fit_and_predicted = kmeans.fit_predict(x);
  CHECK(fit_and_predicted == kmeans.labels());
}

TEMPLATE_TEST_CASE("A tie goes to the cluster with the lower number", "[kmeans]", float, double) {
  // A corner of the unit square is as far from centre 0 as from centre 1, whichever is which.
  Matrix<TestType> x(5, 2);
  x << 0, 0, 0, 2, 2, 0, 2, 2, 1, 1;
  for (const KMeansAlgorithm algorithm : all_algorithms)
    for (const bool swapped : {false, true}) {
      Matrix<TestType> centers(2, 2);
      if (swapped)
        centers << 1, 2, 1, 0;
      else
        centers << 1, 0, 1, 2;
      KMeans<TestType> kmeans({.n_clusters = 2, .max_iterations = 1, .algorithm = algorithm});
      kmeans.fit_from(x, centers);
      // The middle sample is in the first cluster, so its mean moves towards the middle.
      CHECK(kmeans.cluster_centers()(0, 1) == Approx(swapped ? 5.0 / 3 : 1.0 / 3));
      CHECK(kmeans.cluster_centers()(1, 1) == Approx(swapped ? 0 : 2).margin(1e-6));
    }
}

TEMPLATE_TEST_CASE("Blobs that keep apart are found", "[kmeans]", float, double) {
  const auto blobs = make_blobs<TestType>(600, 3, 6, 4, 0.3);
  const auto kmeans = KMeans<TestType>({.n_clusters = 6, .seed = 1}).fit(blobs.samples);
  // A bijection between the two numberings: every pair of labels occurs for one partner only.
  Eigen::MatrixXi together = Eigen::MatrixXi::Zero(6, 6);
  for (Index i = 0; i < 600; ++i) ++together(blobs.labels[i], kmeans.labels()[i]);
  CHECK((together.array() > 0).count() == 6);
  for (Index j = 0; j < 6; ++j) {
    const auto distances = (blobs.centers.rowwise() - kmeans.cluster_centers().row(j)).rowwise();
    CHECK(distances.norm().minCoeff() < TestType(0.2));
  }
}

TEMPLATE_TEST_CASE("Every centre is the mean of its samples, weighted", "[kmeans]", float, double) {
  const Matrix<TestType> x = random_matrix<TestType>(500, 4, 3);
  Vector<TestType> weights(500);
  Rng rng(8);
  for (TestType& w : weights) w = static_cast<TestType>(rng.uniform(0.1, 3));
  const auto kmeans = KMeans<TestType>({.n_clusters = 7, .tolerance = 0}).fit(x, weights);
  Matrix<double> mean = Matrix<double>::Zero(7, 4);
  Vector<double> total = Vector<double>::Zero(7);
  double inertia = 0;
  for (Index i = 0; i < 500; ++i) {
    const int label = kmeans.labels()[i];
    const double w = weights[i];
    mean.row(label) += w * x.row(i).template cast<double>();
    total[label] += w;
    inertia += w * (x.row(i) - kmeans.cluster_centers().row(label)).squaredNorm();
  }
  for (Index j = 0; j < 7; ++j) mean.row(j) /= total[j];
  const double error = relative_error(kmeans.cluster_centers(), mean);
  INFO("error " << error);
  CHECK(error < tolerance<TestType>());
  CHECK(kmeans.inertia() == Approx(inertia).epsilon(tolerance<TestType>()));
  CHECK(relative_error(kmeans.model().cluster_weights, total) < 1e-12);
}

TEMPLATE_TEST_CASE("Labels equal predict on the training data at every cap", "[kmeans]", float,
                   double) {
  const Matrix<TestType> x = random_matrix<TestType>(333, 5, 6);
  for (const KMeansAlgorithm algorithm : all_algorithms)
    for (Index cap = 1; cap <= 30; ++cap) {
      KMeans<TestType> kmeans({.n_clusters = 9,
                               .max_iterations = cap,
                               .tolerance = 0,
                               .algorithm = algorithm,
                               .seed = 2});
      kmeans.fit(x);
      INFO("cap " << cap);
      REQUIRE(kmeans.labels() == kmeans.predict(x));
      REQUIRE(kmeans.inertia() == -kmeans.score(x));
      REQUIRE(kmeans.report().n_iterations <= cap);
    }
}

TEST_CASE("The objective never increases and is what the callback is told", "[kmeans]") {
  const Matrix<double> x = random_matrix<double>(400, 3, 7);
  for (const KMeansAlgorithm algorithm : all_algorithms) {
    std::vector<Iteration> seen;
    KMeansOptions options{.n_clusters = 12, .tolerance = 0, .algorithm = algorithm};
    options.on_iteration = [&](const Iteration& iteration) {
      seen.push_back(iteration);
      return true;
    };
    const auto kmeans = KMeans<double>(options).fit(x);
    REQUIRE(static_cast<Index>(seen.size()) == kmeans.report().n_iterations);
    for (std::size_t i = 0; i < seen.size(); ++i) {
      CHECK(seen[i].index == static_cast<Index>(i));
      CHECK(seen[i].total == 300);
      if (i > 0) CHECK(seen[i].objective <= seen[i - 1].objective * (1 + 1e-12));
    }
    CHECK(seen.back().change == 0);
    CHECK(kmeans.inertia() == Approx(seen.back().objective).epsilon(1e-9));
  }
}

TEST_CASE("A callback that returns false stops with a valid model", "[kmeans]") {
  const Matrix<double> x = random_matrix<double>(400, 3, 7);
  Index calls = 0;
  KMeansOptions options{.n_clusters = 12, .n_init = 5, .tolerance = 0};
  options.on_iteration = [&](const Iteration&) { return ++calls < 3; };
  const auto kmeans = KMeans<double>(options).fit(x);
  CHECK(calls == 3);
  CHECK(kmeans.report().stop == Stop::callback);
  CHECK(kmeans.report().n_iterations == 3);
  CHECK(kmeans.labels() == kmeans.predict(x));
}

TEST_CASE("More starts are never worse", "[kmeans]") {
  const Matrix<double> x = make_blobs<double>(300, 2, 15, 5, 1.0).samples;
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    double best = std::numeric_limits<double>::max();
    for (Index n_init = 1; n_init <= 6; ++n_init) {
      const auto kmeans = KMeans<double>({.n_clusters = 15, .n_init = n_init, .seed = seed}).fit(x);
      CHECK(kmeans.inertia() <= best);
      best = kmeans.inertia();
    }
  }
}

TEST_CASE("Seeds from k-means++ are better than random ones where blobs keep apart", "[kmeans]") {
  const Matrix<double> x = make_blobs<double>(600, 2, 20, 9, 0.2).samples;
  double plus_plus = 0, random = 0;
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    plus_plus += KMeans<double>({.n_clusters = 20, .seed = seed}).fit(x).inertia();
    random += KMeans<double>({.n_clusters = 20, .init = KMeansInit::random, .seed = seed})
                  .fit(x)
                  .inertia();
  }
  INFO("k-means++ " << plus_plus / 5 << ", random " << random / 5);
  CHECK(plus_plus < 0.5 * random);
}

TEMPLATE_TEST_CASE("One cluster is the mean, n clusters are the samples", "[kmeans]", float,
                   double) {
  const Matrix<TestType> x = random_matrix<TestType>(40, 3, 11);
  const auto one = KMeans<TestType>({.n_clusters = 1}).fit(x);
  CHECK(relative_error(one.cluster_centers(), x.colwise().mean()) < tolerance<TestType>());
  CHECK(one.labels().isZero());
  for (const KMeansAlgorithm algorithm : all_algorithms)
    for (const KMeansInit init : {KMeansInit::plus_plus, KMeansInit::random}) {
      const auto all =
          KMeans<TestType>({.n_clusters = 40, .init = init, .algorithm = algorithm}).fit(x);
      CHECK(all.inertia() == Approx(0).margin(40 * tolerance<TestType>() * tolerance<TestType>()));
      std::vector<int> sizes(40, 0);
      for (const int label : all.labels()) ++sizes[static_cast<std::size_t>(label)];
      CHECK(sizes == std::vector<int>(40, 1));
    }
}

TEMPLATE_TEST_CASE("Fewer distinct points than clusters is no error", "[kmeans]", float, double) {
  const Matrix<TestType> x = column<TestType>({3, 3, 3, 7, 7, 3, 7, 7});
  for (const KMeansAlgorithm algorithm : all_algorithms)
    for (const KMeansInit init : {KMeansInit::plus_plus, KMeansInit::random}) {
      const auto kmeans =
          KMeans<TestType>({.n_clusters = 4, .init = init, .algorithm = algorithm}).fit(x);
      CHECK(kmeans.inertia() == 0);
      CHECK(kmeans.labels() == kmeans.predict(x));
      CHECK(kmeans.cluster_centers().allFinite());
      CHECK(kmeans.labels()[0] != kmeans.labels()[3]);
      CHECK(kmeans.labels()[0] == kmeans.labels()[5]);
    }
}

TEMPLATE_TEST_CASE("Identical samples fall into one cluster with inertia zero", "[kmeans]", float,
                   double) {
  const Matrix<TestType> x = Matrix<TestType>::Constant(50, 3, TestType(0.1));
  for (const KMeansAlgorithm algorithm : all_algorithms) {
    const auto kmeans = KMeans<TestType>({.n_clusters = 5, .algorithm = algorithm}).fit(x);
    CHECK(kmeans.inertia() == Approx(0).margin(1e-12));
    CHECK((kmeans.labels().array() == kmeans.labels()[0]).all());
    CHECK(relative_error(kmeans.cluster_centers(), Matrix<double>::Constant(5, 3, 0.1)) < 1e-7);
  }
}

TEST_CASE("One sample alone makes one cluster", "[kmeans]") {
  const Matrix<double> x = random_matrix<double>(1, 4, 1);
  const auto kmeans = KMeans<double>({.n_clusters = 1}).fit(x);
  CHECK(kmeans.cluster_centers() == x);
  CHECK(kmeans.inertia() == 0);
}

TEST_CASE("A refusal in the iteration that converges ends the restarts as well", "[kmeans]") {
  const Matrix<double> x = random_matrix<double>(300, 2, 6);
  Index n_calls = 0;
  const auto until_still = [&](const Iteration& iteration) {
    ++n_calls;
    return iteration.change > 1e-4;  // false in the very iteration that converges
  };
  const auto kmeans =
      KMeans<double>({.n_clusters = 3, .n_init = 10, .on_iteration = until_still}).fit(x);
  CHECK(kmeans.report().n_iterations == n_calls);
  CHECK(kmeans.report().stop == Stop::callback);
  const auto last = KMeans<double>({.n_clusters = 3, .on_iteration = until_still}).fit(x);
  CHECK(last.report().stop == Stop::converged);
}

TEST_CASE("The announced total is what can come, however large", "[kmeans]") {
  const Matrix<double> x = random_matrix<double>(50, 2, 6);
  Index total = 0;
  const auto note = [&](const Iteration& iteration) { return total = iteration.total, true; };
  KMeansOptions options{.n_clusters = 3, .n_init = 10, .max_iterations = 20, .on_iteration = note};
  KMeans<double>(options).fit(x);
  CHECK(total == 200);
  KMeans<double>(options).fit_from(x, x.topRows(3));
  CHECK(total == 20);
  options.max_iterations = std::numeric_limits<Index>::max();
  KMeans<double>(options).fit(x);
  CHECK(total == std::numeric_limits<Index>::max());
}

TEST_CASE("More threads than there is work for change nothing", "[kmeans]") {
  const Matrix<double> x = random_matrix<double>(200, 3, 4);
  for (const KMeansAlgorithm algorithm : all_algorithms) {
    const auto few = KMeans<double>({.n_clusters = 3, .algorithm = algorithm, .n_threads = 1});
    const auto many = KMeans<double>(
        {.n_clusters = 3, .algorithm = algorithm, .n_threads = std::numeric_limits<int>::max()});
    CHECK(KMeans<double>(many).fit(x).cluster_centers() ==
          KMeans<double>(few).fit(x).cluster_centers());
  }
}

TEST_CASE("Fits of temporaries are values", "[kmeans]") {
  const Matrix<double> x = random_matrix<double>(30, 2, 4);
  const Vector<double> weight = Vector<double>::Ones(30);
  using Estimator = KMeans<double>;
  const KMeansOptions options{.n_clusters = 2};
  static_assert(std::is_same_v<decltype(Estimator().partial_fit(x)), Estimator>);
  static_assert(std::is_same_v<decltype(Estimator().partial_fit(x, weight)), Estimator>);
  static_assert(std::is_same_v<decltype(Estimator().fit_from(x, x, weight)), Estimator>);
  CHECK(Estimator(options).partial_fit(x).labels() ==
        Estimator(options).partial_fit(x, weight).labels());
  CHECK(Estimator(options).fit_from(x, x.topRows(2), weight).labels() ==
        Estimator(options).fit_from(x, x.topRows(2)).labels());
}
