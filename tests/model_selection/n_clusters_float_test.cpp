// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <vector>

#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/instances/gmm.hpp"
#include "support/instances/kmeans.hpp"
#include "unlabeled/model_selection/n_clusters.hpp"

// The cases of n_clusters_test.cpp in which the scalar matters, for float: a file of its own keeps
// both light to compile.

using namespace unlabeled;

namespace {

template <class Search> void check_same(const Search& a, const Search& b) {
  CHECK(a.candidates == b.candidates);
  CHECK(a.scores == b.scores);
  CHECK(a.standard_errors == b.standard_errors);
  CHECK(a.best_n_clusters == b.best_n_clusters);
  CHECK(a.best.labels() == b.best.labels());
  CHECK(a.best.cluster_centers() == b.best.cluster_centers());
}

}  // namespace

TEST_CASE("all searches find the number of well separated clusters, for float") {
  for (const Index k : {3, 5}) {
    const auto blobs = make_blobs<float>(60 * k, 3, k, 11, 0.6);
    const KMeansOptions options{.n_init = 3, .seed = 2};
    CHECK(elbow(blobs.samples, 1, 9, options).best_n_clusters == k);
    CHECK(silhouette_search(blobs.samples, 2, 9, options).best_n_clusters == k);
    CHECK(gap_statistic(blobs.samples, 1, 9, options).best_n_clusters == k);
  }
}

TEST_CASE("references are uniform in the box of the samples, each on its own, for float") {
  Matrix<float> x(4000, 2);
  x.col(0).setLinSpaced(float(-3), float(5));
  x.col(1).setConstant(float(7));
  const detail::Box<View<Matrix<float>>> box(x);
  const Matrix<float> first = box.reference(9, 0), second = box.reference(9, 1);
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

TEST_CASE("searches give the same bits for every number of threads, for float") {
  const auto blobs = make_blobs<float>(500, 4, 4, 6, 3.0);
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
