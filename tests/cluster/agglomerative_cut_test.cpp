// SPDX-License-Identifier: MIT
// What is read from a hierarchy: cuts, the order of leaves, cophenetic distances. And its corners.
#include <algorithm>
#include <cmath>
#include <vector>

#include "cluster/agglomerative_oracle.hpp"
#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/instances/agglomerative.hpp"
#include "unlabeled/core/random.hpp"

using namespace unlabeled;

namespace {

Matrix<double> column(std::initializer_list<double> values) {
  Matrix<double> x(static_cast<Index>(values.size()), 1);
  std::copy(values.begin(), values.end(), x.data());
  return x;
}

Labels labels(std::initializer_list<int> values) {
  Labels result(static_cast<Index>(values.size()));
  std::copy(values.begin(), values.end(), result.data());
  return result;
}

/// Corners of a triangle that is nearly equilateral: the mean of two is nearer to the third than
/// the two were to each other.
Matrix<double> inversion() {
  Matrix<double> x(3, 2);
  x << 0, 0, 1, 0, 0.5, 0.9;
  return x;
}

/// Members of every row's cluster, from the table alone.
std::vector<std::vector<Index>> members_of(const Matrix<double>& table) {
  std::vector<std::vector<Index>> members;
  for (Index i = 0; i <= table.rows(); ++i) members.push_back({i});
  for (Index s = 0; s < table.rows(); ++s) {
    std::vector<Index> both = members[static_cast<std::size_t>(table(s, 0))];
    const auto& other = members[static_cast<std::size_t>(table(s, 1))];
    both.insert(both.end(), other.begin(), other.end());
    members.push_back(both);
  }
  return members;
}

void check_valid(const Matrix<double>& table) {
  CHECK_NOTHROW(detail::check_linkage_table("table", table));
  for (Index s = 0; s < table.rows(); ++s) CHECK(table(s, 0) < table(s, 1));
}

}  // namespace

TEST_CASE("Cuts number clusters by first appearance", "[agglomerative]") {
  const auto hierarchy =
      Agglomerative<double>({.n_clusters = 3}).fit(column({9, 0, 5, 9.5, 0.4, 5.3, 20}));
  CHECK(hierarchy.cut(7) == labels({0, 1, 2, 3, 4, 5, 6}));
  CHECK(hierarchy.cut(6) == labels({0, 1, 2, 3, 4, 2, 5}));
  CHECK(hierarchy.cut(5) == labels({0, 1, 2, 3, 1, 2, 4}));
  CHECK(hierarchy.cut(4) == labels({0, 1, 2, 0, 1, 2, 3}));
  CHECK(hierarchy.cut(3) == labels({0, 1, 0, 0, 1, 0, 2}));
  CHECK(hierarchy.labels() == hierarchy.cut(3));
  CHECK(hierarchy.n_clusters() == 3);
  CHECK(hierarchy.cut(1) == Labels::Zero(7));
}

TEST_CASE("A merge at exactly the threshold is made", "[agglomerative]") {
  const auto hierarchy = Agglomerative<double>({.linkage = Linkage::single}).fit(column({0, 1, 3}));
  CHECK(hierarchy.cut_at(0) == labels({0, 1, 2}));
  CHECK(hierarchy.cut_at(std::nextafter(1.0, 0.0)) == labels({0, 1, 2}));
  CHECK(hierarchy.cut_at(1) == labels({0, 0, 1}));
  CHECK(hierarchy.cut_at(std::nextafter(2.0, 0.0)) == labels({0, 0, 1}));
  CHECK(hierarchy.cut_at(2) == labels({0, 0, 0}));
}

TEST_CASE("distance_threshold cuts in place of n_clusters", "[agglomerative]") {
  const Matrix<double> x = make_blobs<double>(90, 2, 3, 1).samples;
  for (const Linkage linkage : all_linkages)
    for (const double threshold : {0.0, 0.5, 2.0, 1e3}) {
      // n_clusters is not looked at: there are not so many samples.
      Agglomerative<double> hierarchy(
          {.n_clusters = 1000, .distance_threshold = threshold, .linkage = linkage});
      hierarchy.fit(x);
      CHECK(hierarchy.labels() == hierarchy.cut_at(threshold));
      CHECK(hierarchy.n_clusters() == hierarchy.labels().maxCoeff() + 1);
      if (threshold == 0) CHECK(hierarchy.n_clusters() == 90);
      if (threshold == 1e3) CHECK(hierarchy.n_clusters() == 1);
    }
}

TEST_CASE("With an inversion the greatest height below decides", "[agglomerative]") {
  const auto hierarchy = Agglomerative<double>({.linkage = Linkage::centroid}).fit(inversion());
  const Matrix<double>& table = hierarchy.linkage_matrix();
  CHECK(table(0, 2) == 1);
  CHECK(table(1, 2) == Approx(0.9).epsilon(1e-14));  // below the merge inside it
  CHECK(hierarchy.cut_at(0.95) == labels({0, 1, 2}));
  CHECK(hierarchy.cut_at(1) == labels({0, 0, 0}));
  CHECK(hierarchy.cut(3) == labels({0, 1, 2}));
  CHECK(hierarchy.cut(2) == labels({0, 0, 1}));
}

TEST_CASE("Every number of clusters can be had, each cut inside the one before",
          "[agglomerative]") {
  const Matrix<double> x = random_matrix<double>(40, 2, 3);
  for (const Linkage linkage : all_linkages) {
    const auto hierarchy = Agglomerative<double>({.linkage = linkage}).fit(x);
    Labels coarser = hierarchy.cut(1);
    for (Index k = 2; k <= 40; ++k) {
      const Labels finer = hierarchy.cut(k);
      CHECK(finer.maxCoeff() + 1 == k);
      std::vector<int> parent(static_cast<std::size_t>(k), -1);
      bool nested = true;
      for (Index i = 0; i < 40; ++i) {
        int& mine = parent[static_cast<std::size_t>(finer[i])];
        nested &= mine < 0 || mine == coarser[i];
        mine = coarser[i];
      }
      CHECK(nested);
      coarser = finer;
    }
  }
}

TEST_CASE("Leaves of a cluster lie side by side, column 0 on the left", "[agglomerative]") {
  const auto hierarchy = Agglomerative<double>().fit(random_matrix<double>(50, 3, 2));
  const std::vector<Index> leaves = hierarchy.leaf_order();
  // Members of row s, left ones first, are a run of the leaves.
  for (const std::vector<Index>& cluster : members_of(hierarchy.linkage_matrix()))
    CHECK(std::search(leaves.begin(), leaves.end(), cluster.begin(), cluster.end()) !=
          leaves.end());
}

TEST_CASE("Cophenetic distances are heights of first common clusters", "[agglomerative]") {
  const Linkage linkage = GENERATE(Linkage::average, Linkage::centroid);
  const Matrix<double> x =
      linkage == Linkage::centroid ? inversion() : random_matrix<double>(25, 2, 4);
  const auto hierarchy = Agglomerative<double>({.linkage = linkage}).fit(x);
  const Matrix<double>& table = hierarchy.linkage_matrix();
  const auto members = members_of(table);
  const Index n = x.rows();
  const Vector<double> distances = hierarchy.cophenetic_distances();
  REQUIRE(distances.size() == n * (n - 1) / 2);
  Index at = 0;
  for (Index i = 0; i < n; ++i)
    for (Index j = i + 1; j < n; ++j, ++at) {
      Index s = 0;
      const auto holds = [&](Index sample) {
        const auto& cluster = members[static_cast<std::size_t>(n + s)];
        return std::find(cluster.begin(), cluster.end(), sample) != cluster.end();
      };
      while (!holds(i) || !holds(j)) ++s;
      CHECK(distances[at] == table(s, 2));
    }
}

TEST_CASE("One sample is one cluster", "[agglomerative]") {
  for (const Linkage linkage : all_linkages) {
    const auto hierarchy =
        Agglomerative<double>({.n_clusters = 1, .linkage = linkage}).fit(column({3}));
    CHECK(hierarchy.linkage_matrix().rows() == 0);
    CHECK(hierarchy.linkage_matrix().cols() == 4);
    CHECK(hierarchy.labels() == labels({0}));
    CHECK(hierarchy.cut(1) == labels({0}));
    CHECK(hierarchy.cut_at(5) == labels({0}));
    CHECK(hierarchy.leaf_order() == std::vector<Index>{0});
    CHECK(hierarchy.cophenetic_distances().size() == 0);
  }
}

TEST_CASE("Two samples merge at their distance", "[agglomerative]") {
  for (const Linkage linkage : all_linkages) {
    const auto hierarchy = Agglomerative<double>({.linkage = linkage}).fit(column({3, 5}));
    Matrix<double> expected(1, 4);
    expected << 0, 1, 2, 2;
    CHECK(hierarchy.linkage_matrix().isApprox(expected, 1e-15));
    CHECK(hierarchy.labels() == labels({0, 1}));
    CHECK(hierarchy.cophenetic_distances()[0] == Approx(2).epsilon(1e-15));
  }
}

TEST_CASE("Equal samples merge at height zero", "[agglomerative]") {
  const Index n = GENERATE(3, 100, 700);
  const Index d = GENERATE(1, 3);
  for (const Linkage linkage : all_linkages)
    for (const double value : {0.0, 0.1}) {
      const Matrix<double> x = Matrix<double>::Constant(n, d, value);
      const auto hierarchy = Agglomerative<double>({.linkage = linkage}).fit(x);
      check_valid(hierarchy.linkage_matrix());
      CHECK((hierarchy.linkage_matrix().col(2).array() == 0).all());
      CHECK(hierarchy.n_clusters() == 2);
      CHECK(hierarchy.cut_at(0) == Labels::Zero(n));
    }
}

TEST_CASE("Duplicates merge first, whatever they are merged with later", "[agglomerative]") {
  Matrix<double> x = random_matrix<double>(60, 3, 7);
  x.bottomRows(30) = x.topRows(30);
  for (const Linkage linkage : all_linkages) {
    const auto hierarchy = Agglomerative<double>({.linkage = linkage}).fit(x);
    CHECK((hierarchy.linkage_matrix().col(2).head(30).array() == 0).all());
    const Labels thirty = hierarchy.cut_at(0);
    CHECK(thirty.maxCoeff() == 29);
    CHECK(thirty.head(30) == thirty.tail(30));
  }
}

TEST_CASE("Ward merges equal samples with the first of them, in the order of the samples",
          "[agglomerative]") {
  const auto hierarchy = Agglomerative<double>().fit(column({5, 7, 5, 7, 5, -0.0, 0}));
  Matrix<double> zeros(4, 4);
  zeros << 0, 2, 0, 2, 4, 7, 0, 3, 1, 3, 0, 2, 5, 6, 0, 2;
  CHECK(hierarchy.linkage_matrix().topRows(4) == zeros);
  const auto single =
      Agglomerative<double>({.linkage = Linkage::single}).fit(column({5, 7, 5, 7, 5, -0.0, 0}));
  CHECK(single.linkage_matrix().topRows(4) == zeros);
}

TEST_CASE("Samples that occur many times weigh as much as they occur", "[agglomerative]") {
  Rng rng(8);
  const Index d = GENERATE(1, 3, 18);
  const Matrix<double> places = random_matrix<double>(25, d, 13);
  Matrix<double> x(90, d);
  for (Index i = 0; i < 90; ++i) x.row(i) = places.row(i < 25 ? i : rng.index_below(25) / 2);
  const Matrix<double> expected =
      naive_hierarchy(x, naive_distances(x, Metric::euclidean), Linkage::ward);
  for (const int n_threads : {1, 3}) {
    const auto hierarchy = Agglomerative<double>({.n_threads = n_threads}).fit(x);
    const Matrix<double>& table = hierarchy.linkage_matrix();
    check_valid(table);
    CHECK((table.col(2).head(65).array() == 0).all());
    CHECK(
        ((table.col(2) - expected.col(2)).tail(24).array().abs() / expected.col(2).tail(24).array())
            .maxCoeff() < 1e-12);
    CHECK(table.col(3).tail(24) == expected.col(3).tail(24));
  }
}

TEST_CASE("Equal distances give a valid hierarchy, the same for any number of threads",
          "[agglomerative]") {
  // A grid of integers, where nearly all distances are ties; on a line, single merges all at 1.
  Matrix<double> grid(400, 2), line(300, 1);
  for (Index i = 0; i < 400; ++i)
    grid.row(i) << static_cast<double>(i / 20), static_cast<double>(i % 20);
  for (Index i = 0; i < 300; ++i) line(i, 0) = static_cast<double>(i);
  for (const Linkage linkage : all_linkages) {
    INFO(detail::name_of(linkage));
    for (const Matrix<double>& x : {grid, line}) {
      const auto alone = Agglomerative<double>({.linkage = linkage, .n_threads = 1}).fit(x);
      const auto team = Agglomerative<double>({.linkage = linkage, .n_threads = 3}).fit(x);
      check_valid(alone.linkage_matrix());
      CHECK(alone.linkage_matrix() == team.linkage_matrix());
      CHECK(alone.linkage_matrix()(0, 2) == 1);
      // Ties go to the lowest samples.
      CHECK(alone.linkage_matrix()(0, 0) == 0);
      CHECK(alone.linkage_matrix()(0, 1) == 1);
      const RowMatrix<double> rows = x;
      CHECK(Agglomerative<double>({.linkage = linkage}).fit(rows).linkage_matrix() ==
            alone.linkage_matrix());
    }
  }
  const auto chain = Agglomerative<double>({.linkage = Linkage::single}).fit(line);
  CHECK((chain.linkage_matrix().col(2).array() == 1).all());
}

TEST_CASE("Heights ascend but for centroid and median", "[agglomerative]") {
  const Matrix<double> x = random_matrix<double>(500, 3, 12);
  for (const Linkage linkage : all_linkages) {
    const Vector<double> heights =
        Agglomerative<double>({.linkage = linkage}).fit(x).linkage_matrix().col(2);
    const bool ascend = (heights.tail(498).array() >= heights.head(498).array()).all();
    CHECK(ascend == (linkage != Linkage::centroid && linkage != Linkage::median));
  }
}
