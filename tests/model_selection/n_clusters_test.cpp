// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/instances/gmm.hpp"
#include "support/instances/kmeans.hpp"
#include "unlabeled/model_selection/n_clusters.hpp"

using namespace unlabeled;
using Catch::Matchers::Message;

namespace {

Matrix<double> uniform_samples(Index n, Index d, std::uint64_t seed) {
  Rng rng(seed);
  Matrix<double> x(n, d);
  for (Index j = 0; j < d; ++j)
    for (Index i = 0; i < n; ++i) x(i, j) = rng.uniform(-1, 1);
  return x;
}

/// Each of three places many times.
Matrix<double> three_places(Index n) {
  Matrix<double> x(n, 2);
  for (Index i = 0; i < n; ++i) {
    x(i, 0) = i % 3 == 0 ? 0.1 : 0.8;
    x(i, 1) = i % 3 == 1 ? 0.3 : -0.4;
  }
  return x;
}

template <class Search> void check_same(const Search& a, const Search& b) {
  CHECK(a.candidates == b.candidates);
  CHECK(a.scores == b.scores);
  CHECK(a.standard_errors == b.standard_errors);
  CHECK(a.best_n_clusters == b.best_n_clusters);
  CHECK(a.best.labels() == b.best.labels());
  CHECK(a.best.cluster_centers() == b.best.cluster_centers());
}

}  // namespace

TEST_CASE("the knee is the point farthest below the line between the ends") {
  // Line from 10 to 2 over four steps: 10, 8, 6, 4, 2; the curve lies 0, 2, 3, 1.5, 0 below it.
  CHECK(detail::knee({10, 6, 3, 2.5, 2}) == 2);
  CHECK(detail::knee({10, 6, 4, 2.5, 2}) == 1);     // 2, 2: the first
  CHECK(detail::knee({10, 9, 8, 1, 0}) == 3);       // -1.5, -3, 1.5
  CHECK(detail::knee({7}) == 0);                    // k_min == k_max
  CHECK(detail::knee({7, 1}) == 0);                 // nothing between the ends
  CHECK(detail::knee({5, 5, 5, 5}) == 0);           // flat
  CHECK(detail::knee({0, 0, 0}) == 0);              // flat at zero
  CHECK(detail::knee({3, 2, 1, 0}) == 0);           // straight
  CHECK(detail::knee({0.3, 0.2, 0.1}) == 0);        // straight up to rounding
  CHECK(detail::knee({10, 9.9, 9, 7, 0}) == 0);     // bends the other way
  CHECK(detail::knee({1e-30, 1e-31, 9e-32}) == 1);  // scale does not matter
}

TEST_CASE("the gap rule takes the first gap that the next one does not exceed") {
  CHECK(detail::first_gap_not_exceeded({0.1, 0.5, 0.4}, {0, 0.1, 0.1}) == 1);
  CHECK(detail::first_gap_not_exceeded({0.45, 0.5, 0.9}, {0, 0.1, 0.1}) == 0);
  CHECK(detail::first_gap_not_exceeded({0.4, 0.5, 0.6}, {0, 0.1, 0.1}) == 0);  // equality counts
  CHECK(detail::first_gap_not_exceeded({0.1, 0.5, 0.9}, {0, 0.1, 0.1}) == 2);  // always exceeded
  CHECK(detail::first_gap_not_exceeded({0.3}, {0.1}) == 0);
}

TEST_CASE("all searches find the number of well separated clusters") {
  for (const Index k : {3, 5}) {
    const auto blobs = make_blobs<double>(60 * k, 3, k, 11, 0.6);
    const KMeansOptions options{.n_init = 3, .seed = 2};
    CHECK(elbow(blobs.samples, 1, 9, options).best_n_clusters == k);
    CHECK(silhouette_search(blobs.samples, 2, 9, options).best_n_clusters == k);
    CHECK(gap_statistic(blobs.samples, 1, 9, options).best_n_clusters == k);
  }
}

TEST_CASE("the gap statistic tells when there are no clusters") {
  int n_right = 0;  // the rule errs now and then, by one standard error
  for (const std::uint64_t seed : {1u, 2u, 3u, 4u, 5u, 6u, 7u, 8u})
    n_right += gap_statistic(uniform_samples(200, 3, seed), 1, 5, {.n_init = 3, .seed = seed}, 20)
                   .best_n_clusters == 1;
  CHECK(n_right >= 7);
}

TEST_CASE("the elbow's curve is the inertia of the fits, and the best is one of them") {
  const auto blobs = make_blobs<double>(200, 2, 4, 3, 1.0);
  const auto search = elbow(blobs.samples, 2, 7, {.n_init = 2, .seed = 5});
  CHECK(search.candidates == std::vector<Index>{2, 3, 4, 5, 6, 7});
  REQUIRE(search.scores.size() == 6);
  CHECK(search.standard_errors.empty());
  CHECK(search.stop == Stop::converged);
  for (std::size_t i = 0; i < 6; ++i) {
    const auto kmeans = KMeans<double>({.n_clusters = search.candidates[i], .n_init = 2, .seed = 5})
                            .fit(blobs.samples);
    CHECK(search.scores[i] == kmeans.inertia());
    if (search.candidates[i] != search.best_n_clusters) continue;
    CHECK(search.best.labels() == kmeans.labels());
    CHECK(search.best.cluster_centers() == kmeans.cluster_centers());
    CHECK(search.best.options().n_clusters == search.best_n_clusters);
    CHECK(search.best.options().n_init == 2);
    CHECK(search.best.predict(blobs.samples) == kmeans.labels());
  }
}

TEST_CASE("the silhouette search's curve is the silhouette of the fits") {
  const auto blobs = make_blobs<double>(150, 2, 3, 4, 2.0);
  const auto search = silhouette_search(blobs.samples, 2, 6, {.seed = 8});
  REQUIRE(search.scores.size() == 5);
  for (std::size_t i = 0; i < 5; ++i) {
    const auto kmeans =
        KMeans<double>({.n_clusters = search.candidates[i], .seed = 8}).fit(blobs.samples);
    CHECK(search.scores[i] == silhouette_score(blobs.samples, kmeans.labels()));
    CHECK(search.scores[i] <= silhouette_score(blobs.samples, search.best.labels()));
  }
}

TEST_CASE("the gap statistic equals its definition") {
  const auto blobs = make_blobs<double>(120, 2, 3, 4, 1.5);
  const KMeansOptions options{.n_init = 2, .seed = 21};
  const auto search = gap_statistic(blobs.samples, 1, 4, options, 5);
  REQUIRE(search.scores.size() == 4);
  REQUIRE(search.standard_errors.size() == 4);
  const detail::Box<View<Matrix<double>>> box(blobs.samples);
  for (std::size_t i = 0; i < 4; ++i) {
    KMeansOptions of_candidate = options;
    of_candidate.n_clusters = search.candidates[i];
    std::vector<double> logs;
    double mean = 0, variance = 0;
    for (Index b = 0; b < 5; ++b)
      logs.push_back(std::log(KMeans<double>(of_candidate).fit(box.reference(21, b)).inertia()));
    for (const double value : logs) mean += value / 5;
    for (const double value : logs) variance += (value - mean) * (value - mean) / 5;
    const double inertia = KMeans<double>(of_candidate).fit(blobs.samples).inertia();
    CHECK(search.scores[i] == Approx(mean - std::log(inertia)).epsilon(1e-12));
    CHECK(search.standard_errors[i] == Approx(std::sqrt(variance * 1.2)).epsilon(1e-9));
  }
}

TEST_CASE("references are uniform in the box of the samples, each on its own") {
  Matrix<double> x(4000, 2);
  x.col(0).setLinSpaced(double(-3), double(5));
  x.col(1).setConstant(double(7));
  const detail::Box<View<Matrix<double>>> box(x);
  const Matrix<double> first = box.reference(9, 0), second = box.reference(9, 1);
  CHECK(first.rows() == 4000);
  CHECK((first.col(1).array() == 7).all());
  CHECK(first.col(0).minCoeff() >= -3);
  CHECK(first.col(0).maxCoeff() <= 5);
  // Kolmogorov-Smirnov distance to the uniform distribution: 1.63 / sqrt(n) is its 1 % point.
  std::vector<double> sorted(first.col(0).begin(), first.col(0).end());
  std::sort(sorted.begin(), sorted.end());
  double distance = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i)
    distance =
        std::max(distance, std::abs((sorted[i] + 3) / 8 - (static_cast<double>(i) + 0.5) / 4000));
  INFO("distance " << distance);
  CHECK(distance < 1.63 / std::sqrt(4000.0));
  CHECK(first.col(0) != second.col(0));
  CHECK(first == box.reference(9, 0));
  CHECK(first != box.reference(10, 0));
}

TEST_CASE("searches give the same bits for every number of threads") {
  const auto blobs = make_blobs<double>(500, 4, 4, 6, 3.0);
  auto with_threads = [](int n_threads) {
    return KMeansOptions{.n_init = 2, .seed = 3, .n_threads = n_threads};
  };
  for (const int n_threads : {0, 3}) {
    check_same(elbow(blobs.samples, 1, 5, with_threads(1)),
               elbow(blobs.samples, 1, 5, with_threads(n_threads)));
    check_same(silhouette_search(blobs.samples, 2, 5, with_threads(1)),
               silhouette_search(blobs.samples, 2, 5, with_threads(n_threads)));
    check_same(gap_statistic(blobs.samples, 1, 4, with_threads(1), 3),
               gap_statistic(blobs.samples, 1, 4, with_threads(n_threads), 3));
  }
}

TEST_CASE("searches take both storage orders and views, and leave the samples alone") {
  const auto blobs = make_blobs<double>(90, 3, 3, 6, 1.0);
  const RowMatrix<double> rows = blobs.samples;
  const Matrix<double> before = blobs.samples;
  const auto expected = elbow(blobs.samples, 1, 6);
  CHECK(elbow(rows, 1, 6).best.labels() == expected.best.labels());
  CHECK(elbow(rows.topRows(60), 1, 6).best.labels().size() == 60);
  CHECK(gap_statistic(rows, 1, 3, {}, 2).best_n_clusters == 3);
  CHECK(blobs.samples == before);
}

TEST_CASE("one candidate is its own best") {
  const auto blobs = make_blobs<double>(40, 2, 4, 6, 1.0);
  CHECK(elbow(blobs.samples, 3, 3).best_n_clusters == 3);
  CHECK(silhouette_search(blobs.samples, 2, 2).best_n_clusters == 2);
  CHECK(gap_statistic(blobs.samples, 5, 5).best_n_clusters == 5);
}

TEST_CASE("equal samples: no clusters to be found, and no failure") {
  const Matrix<double> x = Matrix<double>::Constant(12, 2, 0.1);
  const auto by_silhouette = silhouette_search(x, 2, 4);
  CHECK(by_silhouette.best_n_clusters == 2);
  CHECK(by_silhouette.scores == std::vector<double>{0, 0, 0});
  CHECK(elbow(x, 1, 12).best_n_clusters == 1);
  CHECK(gap_statistic(x, 1, 4).best_n_clusters == 1);
}

TEST_CASE("samples at three places are three clusters, although the inertia reaches 0") {
  const Matrix<double> x = three_places(60);
  CHECK(elbow(x, 1, 8).best_n_clusters == 3);
  const auto by_silhouette = silhouette_search(x, 2, 8);
  CHECK(by_silhouette.best_n_clusters == 3);
  CHECK(by_silhouette.scores[1] == Approx(1).epsilon(1e-12));
  const auto by_gap = gap_statistic(x, 1, 8);
  CHECK(by_gap.best_n_clusters == 3);
  for (const double score : by_gap.scores) CHECK(detail::is_finite(score));
  // As many clusters as samples: the references reach 0 too.
  for (const double score : gap_statistic(x.topRows(4), 1, 4).scores)
    CHECK(detail::is_finite(score));
}

TEST_CASE("searches refuse what they cannot do, in clear words") {
  const Matrix<double> x = uniform_samples(5, 2, 1);
  const auto refused = [](auto&& search, const std::string& words) {
    CHECK_THROWS_MATCHES(search(), std::invalid_argument, Message(words));
  };
  refused([&] { return elbow(x, 0, 3); }, "elbow: k_min must be >= 1, got 0");
  refused([&] { return elbow(x, 3, 2); }, "elbow: k_max must be >= k_min = 3, got 2");
  refused([&] { return elbow(x, 1, 6); }, "elbow: k_max must be <= n_samples = 5, got 6");
  refused([&] { return silhouette_search(x, 1, 3); },
          "silhouette_search: k_min must be >= 2, got 1");
  refused([&] { return silhouette_search(x, 2, 5); },
          "silhouette_search: k_max must be <= n_samples - 1 = 4, got 5");
  refused([&] { return gap_statistic(x, 1, 6); },
          "gap_statistic: k_max must be <= n_samples = 5, got 6");
  refused([&] { return gap_statistic(x, 1, 3, {}, 0); },
          "gap_statistic: n_references must be >= 1, got 0");
  refused([&] { return elbow(x, 1, 3, {.n_init = 0}); }, "KMeans: n_init must be >= 1, got 0");
  refused([&] { return elbow(Matrix<double>(0, 2), 1, 1); },
          "elbow: X must have at least 1 sample (row), got 0");
  Matrix<double> broken = x;
  broken(3, 1) = std::nan("");
  refused([&] { return gap_statistic(broken, 1, 3); },
          "gap_statistic: X has a non-finite value at row 3, column 1");
}
