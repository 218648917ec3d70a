// SPDX-License-Identifier: MIT
// KMeans beside a textbook Lloyd in double, and its algorithms beside each other, bit for bit.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/instances/kmeans.hpp"
#include "support/tolerance.hpp"

using namespace unlabeled;

namespace {

Index nearest(const Matrix<double>& centers, const Vector<double>& sample) {
  Index best = 0;
  for (Index j = 1; j < centers.rows(); ++j)
    if ((centers.row(j).transpose() - sample).squaredNorm() <
        (centers.row(best).transpose() - sample).squaredNorm())
      best = j;
  return best;
}

/// Moves empty clusters onto the samples farthest from their centres, the farthest first.
void relocate(const Matrix<double>& x, const Matrix<double>& centers, std::vector<Index>& label) {
  const auto n = static_cast<std::size_t>(x.rows());
  auto distance = [&](std::size_t i) {
    return (x.row(static_cast<Index>(i)) - centers.row(label[i])).squaredNorm();
  };
  std::vector<std::pair<double, std::size_t>> order;
  for (std::size_t i = 0; i < n; ++i) order.emplace_back(-distance(i), i);
  std::sort(order.begin(), order.end());
  auto taker = order.begin();
  for (Index j = 0; j < centers.rows(); ++j) {
    if (std::count(label.begin(), label.end(), j) > 0) continue;
    while (taker != order.end() && std::count(label.begin(), label.end(), label[taker->second]) < 2)
      ++taker;
    if (taker == order.end() || taker->first == 0) return;
    label[(taker++)->second] = j;
  }
}

/// `n_iterations` of assigning and averaging, as in a textbook.
Matrix<double> textbook_centers(const Matrix<double>& x, Matrix<double> centers,
                                Index n_iterations) {
  for (Index iteration = 0; iteration < n_iterations; ++iteration) {
    std::vector<Index> label;
    for (Index i = 0; i < x.rows(); ++i) label.push_back(nearest(centers, x.row(i).transpose()));
    relocate(x, centers, label);
    for (Index j = 0; j < centers.rows(); ++j) {
      Vector<double> sum = Vector<double>::Zero(x.cols());
      double count = 0;
      for (Index i = 0; i < x.rows(); ++i)
        if (label[static_cast<std::size_t>(i)] == j) sum += x.row(i).transpose(), count += 1;
      if (count > 0) centers.row(j) = (sum / count).transpose();
    }
  }
  return centers;
}

/// The labels are those of the nearest returned centres, but where two are equal within rounding.
template <Real S> bool labels_are_nearest(const KMeans<S>& kmeans, const Matrix<S>& samples) {
  const Matrix<double> x = samples.template cast<double>();
  const Matrix<double> centers = kmeans.cluster_centers().template cast<double>();
  for (Index i = 0; i < x.rows(); ++i) {
    const Index label = kmeans.labels()[i], expected = nearest(centers, x.row(i).transpose());
    const double given = (x.row(i) - centers.row(label)).squaredNorm();
    const double best = (x.row(i) - centers.row(expected)).squaredNorm();
    const double reach = (centers.rowwise() - x.row(i)).rowwise().squaredNorm().maxCoeff();
    if (given - best > 1e-13 * reach) return false;
  }
  return true;
}

template <Real S> void require_same_bits(const KMeans<S>& a, const KMeans<S>& b) {
  REQUIRE(a.labels() == b.labels());
  REQUIRE(a.cluster_centers() == b.cluster_centers());
  REQUIRE(a.inertia() == b.inertia());
  REQUIRE(a.report().n_iterations == b.report().n_iterations);
}

struct Case {
  std::string name;
  Matrix<double> x;
  Index n_clusters;
};

/// Whole numbers of a small grid: most distances are ties.
Matrix<double> grid_points(Index n, Index d, std::uint64_t seed) {
  Rng rng(seed);
  Matrix<double> x(n, d);
  for (double& value : x.reshaped()) value = static_cast<double>(rng.below(5));
  return x;
}

std::vector<Case> cases() {
  Matrix<double> outlier = make_blobs<double>(300, 3, 5, 4).samples;
  outlier.row(77).setConstant(1e7);
  Matrix<double> duplicates(400, 3);
  const Matrix<double> few = random_matrix<double>(20, 3, 5);
  for (Index i = 0; i < 400; ++i) duplicates.row(i) = few.row(i * i % 20);
  return {{"blobs in one dimension", make_blobs<double>(257, 1, 6, 1).samples, 9},
          {"a cloud in two", random_matrix<double>(1000, 2, 2), 40},
          {"blobs in sixteen", make_blobs<double>(511, 16, 20, 3, 3.0).samples, 33},
          {"blobs in forty", make_blobs<double>(300, 40, 8, 3, 5.0).samples, 10},
          {"a far outlier", outlier, 7},
          {"duplicates", duplicates, 12},
          {"points of a grid", grid_points(500, 3, 6), 25},
          {"two clusters", random_matrix<double>(100, 3, 8), 2},
          {"one cluster", random_matrix<double>(100, 3, 8), 1}};
}

}  // namespace

TEMPLATE_TEST_CASE("Bounds change nothing: every algorithm gives Lloyd's bits at every iteration",
                   "[kmeans]", float, double) {
  using S = TestType;
  for (const Case& data : cases()) {
    const Matrix<S> x = data.x.cast<S>();
    for (Index cap = 1; cap <= 21; cap += cap < 8 ? 1 : 4) {
      KMeansOptions options{.n_clusters = data.n_clusters,
                            .init = KMeansInit::random,
                            .max_iterations = cap,
                            .tolerance = 0,
                            .algorithm = KMeansAlgorithm::lloyd,
                            .seed = 3};
      const auto lloyd = KMeans<S>(options).fit(x);
      INFO(data.name << ", cap " << cap);
      REQUIRE(labels_are_nearest(lloyd, x));
      for (const KMeansAlgorithm algorithm :
           {KMeansAlgorithm::automatic, KMeansAlgorithm::hamerly, KMeansAlgorithm::elkan}) {
        options.algorithm = algorithm;
        require_same_bits(KMeans<S>(options).fit(x), lloyd);
      }
    }
  }
}

TEMPLATE_TEST_CASE("The result has the same bits for every number of threads", "[kmeans]", float,
                   double) {
  using S = TestType;
  for (const auto& [n, d, k] : {std::array<Index, 3>{5000, 3, 20}, {3001, 24, 40}}) {
    const Matrix<S> x = make_blobs<S>(n, d, k, 7, 3.0).samples;
    const RowMatrix<S> by_rows = x;
    for (const KMeansAlgorithm algorithm :
         {KMeansAlgorithm::lloyd, KMeansAlgorithm::hamerly, KMeansAlgorithm::elkan}) {
      KMeansOptions options{.n_clusters = k,
                            .n_init = 2,
                            .max_iterations = 12,
                            .algorithm = algorithm,
                            .seed = 5,
                            .n_threads = 1};
      const auto serial = KMeans<S>(options).fit(x);
      const auto other_order = KMeans<S>(options).fit(by_rows);
      CHECK(other_order.labels() == serial.labels());
      CHECK(relative_error(other_order.cluster_centers(), serial.cluster_centers()) < 1e-6);
      for (const int n_threads : {2, 3, 5}) {
        options.n_threads = n_threads;
        require_same_bits(KMeans<S>(options).fit(x), serial);
      }
    }
  }
}

TEMPLATE_TEST_CASE("Centres follow a textbook Lloyd, empty clusters included", "[kmeans]", float,
                   double) {
  using S = TestType;
  for (const std::uint64_t seed : {1u, 2u, 3u}) {
    const Matrix<S> x = random_matrix<S>(200, 3, seed);
    // Half of the starting centres are far from all samples, so their clusters begin empty.
    Matrix<S> start = x.topRows(8);
    start.bottomRows(4).array() += S(100);
    for (Index cap : {1, 2, 3, 6, 12}) {
      const Matrix<double> expected =
          textbook_centers(x.template cast<double>(), start.template cast<double>(), cap);
      for (const KMeansAlgorithm algorithm :
           {KMeansAlgorithm::lloyd, KMeansAlgorithm::hamerly, KMeansAlgorithm::elkan}) {
        KMeans<S> kmeans(
            {.n_clusters = 8, .max_iterations = cap, .tolerance = 0, .algorithm = algorithm});
        kmeans.fit_from(x, start);
        const double error = relative_error(kmeans.cluster_centers(), expected);
        INFO("seed " << seed << ", cap " << cap << ", error " << error);
        REQUIRE(error < tolerance<S>());
      }
    }
  }
}

TEST_CASE("An empty cluster takes the farthest sample, by hand", "[kmeans]") {
  // From 0, 1 and 50 all of 0, 1, 2, 10 are nearest to the first two: 0 to centre 0, the rest to
  // centre 1. Cluster 2 is empty and takes 10, the farthest; so the means are 0, 1.5 and 10.
  Matrix<double> x(4, 1), start(3, 1), expected(3, 1);
  x << 0, 1, 2, 10;
  start << 0, 1, 50;
  expected << 0, 1.5, 10;
  for (const KMeansAlgorithm algorithm :
       {KMeansAlgorithm::lloyd, KMeansAlgorithm::hamerly, KMeansAlgorithm::elkan}) {
    KMeans<double> kmeans({.n_clusters = 3, .max_iterations = 1, .algorithm = algorithm});
    kmeans.fit_from(x, start);
    CHECK(kmeans.cluster_centers() == expected);
  }
}

TEST_CASE("Two empty clusters take the two farthest samples, ties by their order", "[kmeans]") {
  // All of -9, -1, 1, 9 belong to centre 0. The farthest, -9 and 9, tie: the first goes first.
  Matrix<double> x(4, 1), start(3, 1), expected(3, 1);
  x << -9, -1, 1, 9;
  start << 0, 500, 600;
  expected << 0, -9, 9;
  KMeans<double> kmeans({.n_clusters = 3, .max_iterations = 1});
  kmeans.fit_from(x, start);
  CHECK(kmeans.cluster_centers() == expected);
}

TEMPLATE_TEST_CASE("Weights count as copies", "[kmeans]", float, double) {
  using S = TestType;
  const Matrix<S> x = make_blobs<S>(120, 3, 6, 6, 3.0).samples;
  Vector<S> weights(120);
  Matrix<S> copies(120 * 3, 3);
  Index n_copies = 0;
  for (Index i = 0; i < 120; ++i) {
    const Index copies_of_i = i * 7 % 4;
    weights[i] = static_cast<S>(copies_of_i);
    for (Index c = 0; c < copies_of_i; ++c) copies.row(n_copies++) = x.row(i);
  }
  const Matrix<S> repeated = copies.topRows(n_copies), start = x.middleRows(1, 6);
  for (const KMeansAlgorithm algorithm :
       {KMeansAlgorithm::lloyd, KMeansAlgorithm::hamerly, KMeansAlgorithm::elkan})
    for (const double stop_at : {0.0, 1e-4, 1e-1, 1.0}) {
      KMeansOptions options{.n_clusters = 6, .tolerance = stop_at, .algorithm = algorithm};
      KMeans<S> weighted(options), unweighted(options);
      weighted.fit_from(x, start, weights);
      unweighted.fit_from(repeated, start);
      INFO("tolerance " << stop_at);
      CHECK(relative_error(weighted.cluster_centers(), unweighted.cluster_centers()) <
            tolerance<S>());
      CHECK(weighted.inertia() == Approx(unweighted.inertia()).epsilon(tolerance<S>()));
      CHECK(weighted.report().n_iterations == unweighted.report().n_iterations);
      CHECK(weighted.model().cluster_weights == unweighted.model().cluster_weights);
    }
}

TEST_CASE("A sample of weight zero gets a label and moves nothing", "[kmeans]") {
  Matrix<double> x(5, 1);
  x << 0, 1, 9, 10, 1000;
  Vector<double> weights(5);
  weights << 1, 1, 1, 1, 0;
  for (const KMeansInit init : {KMeansInit::plus_plus, KMeansInit::random})
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
      const auto kmeans =
          KMeans<double>({.n_clusters = 2, .init = init, .seed = seed}).fit(x, weights);
      CHECK(kmeans.cluster_centers().minCoeff() == 0.5);
      CHECK(kmeans.cluster_centers().maxCoeff() == 9.5);
      CHECK(kmeans.inertia() == 1);
      CHECK(kmeans.labels()[4] == kmeans.labels()[3]);
    }
}

TEMPLATE_TEST_CASE("A far origin costs no digits", "[kmeans]", float, double) {
  using S = TestType;
  // Multiples of 1/4 stay exact under the offset, so nothing but the origin differs.
  const double offset = std::same_as<S, double> ? 1e6 : 1e3;
  Rng rng(12);
  Matrix<S> x(500, 4);
  for (S& value : x.reshaped())
    value = static_cast<S>(0.25 * (static_cast<double>(rng.below(80)) - 40));
  const Matrix<S> moved = x.array() + static_cast<S>(offset);
  for (const KMeansAlgorithm algorithm :
       {KMeansAlgorithm::lloyd, KMeansAlgorithm::hamerly, KMeansAlgorithm::elkan}) {
    KMeans<S> here({.n_clusters = 12, .max_iterations = 8, .tolerance = 0, .algorithm = algorithm}),
        there = here;
    here.fit_from(x, x.topRows(12));
    there.fit_from(moved, moved.topRows(12));
    const Matrix<double> back = there.cluster_centers().template cast<double>().array() - offset;
    const double error = relative_error(here.cluster_centers(), back);
    INFO("error " << error);
    CHECK(here.labels() == there.labels());
    CHECK(error < offset * std::numeric_limits<S>::epsilon());
    CHECK(here.inertia() == Approx(there.inertia()).epsilon(tolerance<S>()));
  }
}

TEMPLATE_TEST_CASE("Very large and very small units give the same clusters", "[kmeans]", float,
                   double) {
  using S = TestType;
  const Matrix<S> x = make_blobs<S>(300, 3, 6, 5, 2.0).samples;
  const auto plain = KMeans<S>({.n_clusters = 6, .seed = 2}).fit(x);
  // Powers of two scale without rounding; the squares of these would overflow or vanish.
  for (const int power : {-100, 100}) {
    const S unit = static_cast<S>(std::ldexp(1.0, power));
    const auto scaled = KMeans<S>({.n_clusters = 6, .seed = 2}).fit(x * unit);
    INFO("unit 2^" << power);
    CHECK(scaled.labels() == plain.labels());
    CHECK(scaled.cluster_centers() == plain.cluster_centers() * unit);
  }
}

TEST_CASE("Permuted samples from the same centres give permuted labels", "[kmeans]") {
  const Matrix<double> x = make_blobs<double>(200, 3, 5, 8, 2.0).samples;
  KMeans<double> kmeans({.n_clusters = 5}), permuted({.n_clusters = 5});
  kmeans.fit_from(x, x.topRows(5));
  permuted.fit_from(x.colwise().reverse(), x.topRows(5));
  CHECK(permuted.labels() == kmeans.labels().reverse());
  CHECK(relative_error(permuted.cluster_centers(), kmeans.cluster_centers()) < 1e-12);
}

TEST_CASE("Equal seeds give equal bits, other seeds other starts", "[kmeans]") {
  const Matrix<double> x = random_matrix<double>(500, 4, 1);
  for (const KMeansInit init : {KMeansInit::plus_plus, KMeansInit::random}) {
    KMeansOptions options{.n_clusters = 10, .init = init, .max_iterations = 2};
    require_same_bits(KMeans<double>(options).fit(x), KMeans<double>(options).fit(x));
    const auto first = KMeans<double>(options).fit(x);
    options.seed = 1;
    CHECK(KMeans<double>(options).fit(x).cluster_centers() != first.cluster_centers());
  }
}
