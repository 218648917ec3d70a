// SPDX-License-Identifier: MIT
#include "support/instances/agglomerative.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <utility>
#include <vector>

#include "cluster/agglomerative_oracle.hpp"
#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/tolerance.hpp"
#include "unlabeled/core/random.hpp"
#include "unlabeled/metrics/clustering.hpp"

using namespace unlabeled;

namespace {

Matrix<double> table_of(const Matrix<double>& x, Linkage linkage, Metric metric = Metric::euclidean,
                        int n_threads = 1) {
  return Agglomerative<double>({.linkage = linkage, .metric = metric, .n_threads = n_threads})
      .fit(x)
      .linkage_matrix();
}

Vector<double> heights_of(const Matrix<double>& table) { return table.col(2); }

/// The same merges at the same heights, to rounding.
void check_tables(const Matrix<double>& table, const Matrix<double>& expected) {
  REQUIRE(table.rows() == expected.rows());
  CHECK(table.leftCols(2) == expected.leftCols(2));
  CHECK(table.col(3) == expected.col(3));
  const double error =
      ((table.col(2) - expected.col(2)).array().abs() / expected.col(2).array()).maxCoeff();
  INFO("largest relative error of a height " << error);
  CHECK(error < 1e-12);
}

Matrix<double> column(std::initializer_list<double> values) {
  Matrix<double> x(static_cast<Index>(values.size()), 1);
  std::copy(values.begin(), values.end(), x.data());
  return x;
}

std::vector<Index> random_order(Index n, std::uint64_t seed) {
  std::vector<Index> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), Index{0});
  Rng(seed).shuffle(order);
  return order;
}

}  // namespace

TEST_CASE("Four points on a line merge as worked out by hand", "[agglomerative]") {
  // 0 1 | 4 6: the pairs merge at 1 and 2; then the gaps are 3 (single), 6 (complete), and 4.5 from
  // mean to mean, as for the mean of (4, 6, 3, 5); ward multiplies by sqrt(2 * 2 * 2 / 4).
  const Matrix<double> x = column({0, 1, 4, 6});
  const std::vector<double> last{4.5 * std::sqrt(2.0), 6, 4.5, 3, 4.5, 4.5, 4.5};
  for (std::size_t l = 0; l < all_linkages.size(); ++l) {
    Matrix<double> expected(3, 4);
    expected << 0, 1, 1, 2, 2, 3, 2, 2, 4, 5, last[l], 4;
    INFO(detail::name_of(all_linkages[l]));
    check_tables(table_of(x, all_linkages[l]), expected);
  }
}

TEST_CASE("Every linkage equals its definition", "[agglomerative]") {
  const Linkage linkage = GENERATE(from_range(all_linkages));
  const Index d = GENERATE(1, 2, 5, 17, 40);
  for (const Index n : {3, 10, 70}) {
    const Matrix<double> x = random_matrix<double>(n, d, static_cast<std::uint64_t>(n + d));
    INFO(detail::name_of(linkage) << ", n = " << n << ", d = " << d);
    check_tables(table_of(x, linkage),
                 naive_hierarchy(x, naive_distances(x, Metric::euclidean), linkage));
  }
}

TEST_CASE("Every metric equals its definition", "[agglomerative]") {
  const Linkage linkage = GENERATE(from_range(linkages_of_any_metric));
  const Metric metric =
      GENERATE(Metric::manhattan, Metric::chebyshev, Metric::cosine, Metric::euclidean);
  for (const Index n : {10, 67}) {
    const Matrix<double> x = random_matrix<double>(n, 6, static_cast<std::uint64_t>(n));
    const Matrix<double> distances = naive_distances(x, metric);
    const Matrix<double> expected = naive_hierarchy(x, distances, linkage);
    INFO(detail::name_of(linkage) << ", " << detail::name_of(metric) << ", n = " << n);
    check_tables(table_of(x, linkage, metric), expected);
    check_tables(table_of(distances, linkage, Metric::precomputed), expected);
  }
}

TEST_CASE("Clusters large enough for trees, chunks and compaction equal SciPy's recurrence",
          "[agglomerative]") {
  // Lance and Williams on a full matrix, O(n² log n) or worse, but of another kind than the library.
  const Index n = 600;
  const Index d = GENERATE(2, 9);
  const Matrix<double> x = make_blobs<double>(n, d, 7, 3, 2.0).samples;
  for (const Linkage linkage : {Linkage::ward, Linkage::complete, Linkage::average,
                                Linkage::weighted, Linkage::centroid, Linkage::median}) {
    Matrix<double> distances = naive_distances(x, Metric::euclidean);
    std::vector<double> size(static_cast<std::size_t>(n), 1);
    Vector<double> heights(n - 1);
    for (Index s = 0; s < n - 1; ++s) {
      Index a = 0, b = 1;
      double least = 1e300;
      for (Index j = 0; j < n; ++j)
        for (Index i = 0; i < j; ++i)
          if (distances(i, j) < least) least = distances(i, j), a = i, b = j;
      const double n_a = size[static_cast<std::size_t>(a)], n_b = size[static_cast<std::size_t>(b)];
      for (Index c = 0; c < n; ++c) {
        const double n_c = size[static_cast<std::size_t>(c)];
        if (c == a || c == b || n_c == 0) continue;
        const double p = distances(a, c), q = distances(b, c);
        double value = std::max(p, q);
        if (linkage == Linkage::average) value = (n_a * p + n_b * q) / (n_a + n_b);
        if (linkage == Linkage::weighted) value = (p + q) / 2;
        if (linkage == Linkage::ward)
          value = std::sqrt(((n_a + n_c) * p * p + (n_b + n_c) * q * q - n_c * least * least) /
                            (n_a + n_b + n_c));
        if (linkage == Linkage::centroid)
          value = std::sqrt((n_a * p * p + n_b * q * q) / (n_a + n_b) -
                            n_a * n_b * least * least / ((n_a + n_b) * (n_a + n_b)));
        if (linkage == Linkage::median)
          value = std::sqrt(p * p / 2 + q * q / 2 - least * least / 4);
        distances(a, c) = distances(c, a) = value;
      }
      distances.row(b).setConstant(1e301);
      distances.col(b).setConstant(1e301);
      size[static_cast<std::size_t>(a)] += n_b;
      size[static_cast<std::size_t>(b)] = 0;
      heights[s] = least;
    }
    const Vector<double> found = heights_of(table_of(x, linkage));
    const double error = ((found - heights).array().abs() / heights.array()).maxCoeff();
    INFO(detail::name_of(linkage) << ", largest relative error " << error);
    CHECK(error < 1e-11);
  }
}

TEST_CASE("Chains, where each round merges few pairs, equal the definition", "[agglomerative]") {
  // Gaps that grow: every sample's nearest is the one before it.
  const Index n = 90;
  Matrix<double> x(n, 1);
  double place = 0, gap = 1;
  for (Index i = 0; i < n; ++i, gap *= 1.3) x(i, 0) = place += gap;
  const Linkage linkage = GENERATE(from_range(all_linkages));
  INFO(detail::name_of(linkage));
  check_tables(table_of(x, linkage),
               naive_hierarchy(x, naive_distances(x, Metric::euclidean), linkage));
  // The same in an order in which neighbours are far apart in memory.
  const std::vector<Index> order = random_order(n, 5);
  const Matrix<double> mixed = x(order, Eigen::all);
  check_tables(table_of(mixed, linkage),
               naive_hierarchy(mixed, naive_distances(mixed, Metric::euclidean), linkage));
}

TEST_CASE("Ward on gaps that grow merges every sample with all before it", "[agglomerative]") {
  // Gaps that treble: sample s + 1 joins the samples 0 to s, whose mean is known.
  const Index n = 300;
  Matrix<double> x(n, 1);
  for (Index i = 0; i < n; ++i) x(i, 0) = std::pow(3.0, static_cast<double>(i));
  const Matrix<double> table = table_of(x, Linkage::ward);
  double sum = 1;
  for (Index s = 0; s < n - 1; ++s) {
    const auto size = static_cast<double>(s + 1);
    CHECK(std::max(table(s, 0), table(s, 1)) == static_cast<double>(s == 0 ? 1 : n + s - 1));
    CHECK(std::min(table(s, 0), table(s, 1)) == static_cast<double>(s == 0 ? 0 : s + 1));
    CHECK(table(s, 2) ==
          Approx(std::sqrt(2 * size / (size + 1)) * (x(s + 1, 0) - sum / size)).epsilon(1e-12));
    sum += x(s + 1, 0);
  }
}

TEST_CASE("Centroids shared between threads are measured as by one", "[agglomerative]") {
  const Matrix<double> x = random_matrix<double>(2100, 64, 10);  // in two chunks
  const Linkage linkage = GENERATE(Linkage::centroid, Linkage::median);
  const Matrix<double> table = table_of(x, linkage, Metric::euclidean, 3);
  CHECK(table == table_of(x, linkage));
  CHECK(table(0, 2) == Approx(table_of(x, Linkage::single)(0, 2)).epsilon(1e-14));
}

TEST_CASE("Long chains keep their heights in any order", "[agglomerative]") {
  const Index n = 1500;
  Matrix<double> x(n, 1);
  double place = 0, gap = 1;
  for (Index i = 0; i < n; ++i, gap *= 1.01) x(i, 0) = place += gap;
  const Matrix<double> mixed = x(random_order(n, 6), Eigen::all);
  for (const Linkage linkage :
       {Linkage::ward, Linkage::complete, Linkage::average, Linkage::weighted}) {
    const Vector<double> heights = heights_of(table_of(x, linkage));
    const Vector<double> again = heights_of(table_of(mixed, linkage, Metric::euclidean, 2));
    CHECK(((heights - again).array().abs() / heights.array()).maxCoeff() < 1e-12);
  }
}

TEST_CASE("The order of samples and features, translation and scale do not matter",
          "[agglomerative]") {
  const Matrix<double> x = make_blobs<double>(200, 4, 5, 1, 2.0).samples;
  const std::vector<Index> order = random_order(200, 2);
  for (const Linkage linkage : all_linkages) {
    INFO(detail::name_of(linkage));
    const auto hierarchy = Agglomerative<double>({.n_clusters = 6, .linkage = linkage}).fit(x);
    const Vector<double> heights = heights_of(hierarchy.linkage_matrix());
    const auto same = [&](const Matrix<double>& other, double scale, double bound) {
      const Vector<double> found = heights_of(table_of(other, linkage));
      const double error = ((found - heights * scale).array().abs() / heights.array()).maxCoeff();
      INFO("error " << error);
      CHECK(error < bound * scale);
    };
    const Matrix<double> mixed = x(order, Eigen::all);
    same(mixed, 1, 1e-12);
    same(x.rowwise().reverse(), 1, 1e-12);
    same(x * 3, 3, 1e-12);
    // Differences of samples at 1e6 are only known to 1e-10, heights here start at 0.1.
    same(x.array() + 1e6, 1, 1e-8);
    const auto again = Agglomerative<double>({.n_clusters = 6, .linkage = linkage}).fit(mixed);
    Labels expected(200);
    for (Index i = 0; i < 200; ++i)
      expected[i] = hierarchy.labels()[order[static_cast<std::size_t>(i)]];
    CHECK(adjusted_rand_score(expected, again.labels()) == 1);
  }
}

TEST_CASE("An offset costs no digits that the samples still have", "[agglomerative]") {
  // Multiples of 2^-20 near 2^20 are exact: so must the heights be, as they are without the offset.
  Matrix<double> x = (random_matrix<double>(150, 3, 8) * 0x1p20).array().round() * 0x1p-20;
  const Matrix<double> far_off = x.array() + 0x1p20;
  for (const Linkage linkage : all_linkages) {
    INFO(detail::name_of(linkage));
    check_tables(table_of(far_off, linkage), table_of(x, linkage));
  }
}

TEST_CASE("Heights of a tight group are right to rounding beside samples far away",
          "[agglomerative]") {
  // Ten samples within 1e-9 at 1, one at 0: what the group gives alone, it gives in company.
  Matrix<double> group = random_matrix<double>(10, 2, 9) * 1e-9;
  Matrix<double> x(11, 2);
  x.topRows(10) = group.array() + 1;
  x.row(10).setZero();
  const Matrix<double> exact = (x.topRows(10).array() - 1).matrix();  // exact differences
  for (const Linkage linkage : all_linkages) {
    INFO(detail::name_of(linkage));
    const Vector<double> expected = heights_of(table_of(exact, linkage));
    const Vector<double> found = heights_of(table_of(x, linkage)).head(9);
    CHECK(((found - expected).array().abs() / expected.array()).maxCoeff() < 1e-12);
  }
}

TEMPLATE_TEST_CASE("Samples whose squares leave the range of their type are measured right",
                   "[agglomerative]", float, double) {
  using S = TestType;
  const Matrix<S> x = random_matrix<S>(40, 3, 4);
  for (const Linkage linkage : all_linkages)
    for (const int exponent :
         {std::numeric_limits<S>::max_exponent - 8, std::numeric_limits<S>::min_exponent + 30}) {
      const S scale = std::ldexp(S(1), exponent);
      INFO(detail::name_of(linkage) << ", times 2^" << exponent);
      const auto plain = Agglomerative<S>({.linkage = linkage}).fit(x).linkage_matrix();
      Matrix<double> table =
          Agglomerative<S>({.linkage = linkage}).fit(Matrix<S>(x * scale)).linkage_matrix();
      table.col(2) /= static_cast<double>(scale);
      check_tables(table, plain);
    }
}

TEST_CASE("Distances beyond the range of double are a NumericalError", "[agglomerative]") {
  Matrix<double> x = column({-1.5e308, 0, 1.5e308});
  for (const Linkage linkage : {Linkage::ward, Linkage::complete, Linkage::centroid})
    CHECK_THROWS_AS(table_of(x, linkage), NumericalError);
}

TEST_CASE("Cosine looks at directions only", "[agglomerative]") {
  Matrix<double> x = random_matrix<double>(30, 4, 11);
  const Matrix<double> expected = table_of(x, Linkage::average, Metric::cosine);
  for (Index i = 0; i < 30; ++i) x.row(i) *= std::ldexp(1.0, static_cast<int>(i * 60 - 900));
  check_tables(table_of(x, Linkage::average, Metric::cosine), expected);
}
