// SPDX-License-Identifier: MIT
// Minimum spanning trees against a plain one of Kruskal over all pairs.
#include "unlabeled/neighbors/minimum_spanning_tree.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "support/catch.hpp"
#include "support/data.hpp"

using namespace unlabeled;
using detail::Samples;
using detail::SpanningAlgorithm;
using detail::SpanningEdge;

namespace {

using Edges = std::vector<SpanningEdge>;

template <class X>
Edges tree_of(const X& x, Metric metric, SpanningAlgorithm algorithm = SpanningAlgorithm::automatic,
              int n_threads = 1) {
  detail::Team team(n_threads);
  return detail::minimum_spanning_tree(team, Samples<typename X::Scalar>(x), metric, algorithm);
}

/// All pairs by the definition of their distance, sorted; an edge where it joins two components.
template <class X> Edges plain_tree(const X& x, Metric metric) {
  using S = typename X::Scalar;
  const RowMatrix<S> rows = x;
  Edges pairs, tree;
  for (Index b = 0; b < rows.rows(); ++b)
    for (Index a = 0; a < b; ++a)
      pairs.push_back(
          {a, b,
           metric == Metric::precomputed
               ? static_cast<double>(rows(a, b))
               : detail::distance(metric, rows.row(a).data(), rows.row(b).data(), rows.cols())});
  std::sort(pairs.begin(), pairs.end());
  std::vector<Index> component(static_cast<std::size_t>(rows.rows()));
  std::iota(component.begin(), component.end(), Index{0});
  for (const SpanningEdge& edge : pairs) {
    const Index from = component[static_cast<std::size_t>(edge.a)];
    const Index to = component[static_cast<std::size_t>(edge.b)];
    if (from == to) continue;
    std::replace(component.begin(), component.end(), from, to);
    tree.push_back(edge);
  }
  return tree;
}

bool same_bits(const Edges& e, const Edges& f) {
  return std::equal(e.begin(), e.end(), f.begin(), f.end(),
                    [](const SpanningEdge& a, const SpanningEdge& b) {
                      return a.a == b.a && a.b == b.b && a.length == b.length;
                    });
}

/// Equal lengths to the roundings of one distance. Cosine: absolute, its definition cancels.
void check_lengths(const Edges& actual, const Edges& expected, Metric metric, Index d) {
  REQUIRE(actual.size() == expected.size());
  const double rounding = static_cast<double>(d + 4) * std::numeric_limits<double>::epsilon();
  for (std::size_t i = 0; i < actual.size(); ++i) {
    const double scale = metric == Metric::cosine ? 1.0 : expected[i].length;
    REQUIRE(std::abs(actual[i].length - expected[i].length) <= rounding * scale);
    REQUIRE(actual[i].a < actual[i].b);
    if (i > 0) REQUIRE(actual[i - 1] < actual[i]);
  }
}

/// What must hold for any data: the lengths, and one answer whoever computes it.
template <class X> void check_tree(const X& x, Metric metric, bool exact_arithmetic = false) {
  const Edges expected = plain_tree(x, metric), actual = tree_of(x, metric);
  check_lengths(actual, expected, metric, x.cols());
  if (exact_arithmetic) REQUIRE(same_bits(actual, expected));
  for (const auto algorithm : {SpanningAlgorithm::prim, SpanningAlgorithm::boruvka})
    REQUIRE(same_bits(tree_of(x, metric, algorithm), actual));
  const RowMatrix<typename X::Scalar> rows = x;
  REQUIRE(same_bits(tree_of(rows, metric), actual));
}

const std::vector<Metric> sample_metrics = {Metric::euclidean, Metric::manhattan, Metric::chebyshev,
                                            Metric::cosine};

}  // namespace

TEMPLATE_TEST_CASE("the tree has the lengths of the plain one for any shape and metric", "", float,
                   double) {
  for (const Index n : {1, 2, 3, 5, 17, 33, 64, 100, 300})
    for (const Index d : {1, 2, 3, 5, 8, 13, 20}) {
      const Matrix<TestType> x = random_matrix<TestType>(n, d, static_cast<std::uint64_t>(n + d));
      for (const Metric metric : sample_metrics) check_tree(x, metric);
      if (n == 300) check_tree(make_blobs<TestType>(n, d, 7, 1).samples, Metric::euclidean);
    }
}

TEMPLATE_TEST_CASE("ties go by the numbers of the samples", "", float, double) {
  for (const Index d : {1, 2, 3, 6}) {
    // Small whole numbers: many equal lengths, many equal samples, and no rounding.
    const Matrix<TestType> x =
        (random_matrix<TestType>(250, d, 3) * TestType(d > 2 ? 1 : 4)).array().round();
    for (const Metric metric : {Metric::euclidean, Metric::manhattan, Metric::chebyshev})
      check_tree(x, metric, true);
  }
}

TEST_CASE("no edge for one sample, one for two") {
  const Matrix<double> one = Matrix<double>::Ones(1, 3);
  Matrix<double> two(2, 2);
  two << 0, 0, 3, 4;
  for (const auto algorithm : {SpanningAlgorithm::prim, SpanningAlgorithm::boruvka}) {
    CHECK(tree_of(one, Metric::euclidean, algorithm).empty());
    const Edges edges = tree_of(two, Metric::euclidean, algorithm);
    REQUIRE(edges.size() == 1);
    CHECK(edges[0].a == 0);
    CHECK(edges[0].b == 1);
    CHECK(edges[0].length == 5);
  }
  CHECK(tree_of(two, Metric::manhattan)[0].length == 7);
  CHECK(tree_of(two, Metric::chebyshev)[0].length == 4);
}

TEST_CASE("equal samples hang on the first of them, however many there are") {
  const Matrix<double> equal = Matrix<double>::Constant(100000, 3, 0.1);
  const Edges star = tree_of(equal, Metric::euclidean);
  REQUIRE(star.size() == 99999);
  for (std::size_t i = 0; i < star.size(); ++i) {
    REQUIRE(star[i].a == 0);
    REQUIRE(star[i].b == static_cast<Index>(i) + 1);
    REQUIRE(star[i].length == 0);
  }
  Matrix<double> places(30000, 2);
  for (Index i = 0; i < places.rows(); ++i)
    places.row(i) << static_cast<double>(i % 10), static_cast<double>(i / 10 % 10);
  const Edges edges = tree_of(places, Metric::euclidean);
  REQUIRE(edges.size() == 29999);
  for (std::size_t i = 0; i < edges.size(); ++i) REQUIRE(edges[i].length == (i < 29900 ? 0 : 1));
  Matrix<double> zeros(3, 1);
  zeros << 0.0, -0.0, 1.0;
  CHECK(tree_of(zeros, Metric::euclidean)[0].length == 0);
}

TEST_CASE("samples in equal steps on a line") {
  Matrix<double> x(5000, 4);
  for (Index i = 0; i < x.rows(); ++i) x.row(i).setConstant(static_cast<double>(i * 7 % 5000));
  for (const auto algorithm : {SpanningAlgorithm::prim, SpanningAlgorithm::boruvka})
    for (const SpanningEdge& edge : tree_of(x, Metric::euclidean, algorithm))
      REQUIRE(edge.length == 2);
}

TEST_CASE("a common offset costs the digits that the samples lose, and no more") {
  for (const Index d : {2, 9}) {
    const Matrix<double> x = random_matrix<double>(200, d, 4).array() + 1e6;
    check_tree(x, Metric::euclidean);
    const Matrix<float> single = random_matrix<float>(200, d, 4).array() + 1e4F;
    check_tree(single, Metric::euclidean);
  }
}

TEST_CASE("squares of samples neither overflow nor vanish") {
  const Matrix<double> x = random_matrix<double>(150, 3, 5);
  for (const Metric metric : sample_metrics)
    for (const int exponent : {-1000, -600, 600, 1000}) {
      const double unit = std::ldexp(1.0, exponent);
      const Matrix<double> scaled = x * unit;
      for (const auto algorithm : {SpanningAlgorithm::prim, SpanningAlgorithm::boruvka}) {
        Edges expected = tree_of(x, metric, algorithm);
        if (metric != Metric::cosine)
          for (SpanningEdge& edge : expected) edge.length *= unit;
        CHECK(same_bits(tree_of(scaled, metric, algorithm), expected));
      }
    }
  Matrix<double> graded(4, 1);
  graded << 1e-200, 3e-200, 1.0, 7e-200;
  const Edges edges = tree_of(graded, Metric::euclidean);
  CHECK(edges[0].length == Approx(2e-200).epsilon(1e-12));
  CHECK(edges[1].length == Approx(4e-200).epsilon(1e-12));
  CHECK(edges[2].length == 1.0);
}

TEMPLATE_TEST_CASE("given distances are taken as they are", "", float, double) {
  for (const Index n : {1, 2, 3, 40, 257, 300}) {
    const Matrix<TestType> a = random_matrix<TestType>(n, n, 6).cwiseAbs();
    Matrix<TestType> x = a + a.transpose();
    x.diagonal().setZero();
    const Edges edges = tree_of(x, Metric::precomputed);
    CHECK(same_bits(edges, plain_tree(x, Metric::precomputed)));
    const RowMatrix<TestType> rows = x;
    CHECK(same_bits(tree_of(rows, Metric::precomputed), edges));
    CHECK(same_bits(tree_of(x.topRows(n), Metric::precomputed, SpanningAlgorithm::automatic, 3),
                    edges));
    const Matrix<TestType> whole = (x * TestType(4)).array().round();  // ties
    CHECK(same_bits(tree_of(whole, Metric::precomputed), plain_tree(whole, Metric::precomputed)));
  }
}

TEMPLATE_TEST_CASE("any number of threads gives the same bits", "", float, double) {
  for (const Index d : {2, 8}) {
    const Matrix<TestType> x = make_blobs<TestType>(4000, d, 9, 7, 1.2).samples;
    const Edges alone = tree_of(x, Metric::euclidean, SpanningAlgorithm::prim);
    for (const int n_threads : {1, 2, 3, 5})
      for (const auto algorithm : {SpanningAlgorithm::prim, SpanningAlgorithm::boruvka})
        CHECK(same_bits(tree_of(x, Metric::euclidean, algorithm, n_threads), alone));
  }
  const Matrix<TestType> wide = random_matrix<TestType>(900, 600, 7);  // several tasks for Prim
  for (const Metric metric : {Metric::chebyshev, Metric::cosine})
    CHECK(same_bits(tree_of(wide, metric, SpanningAlgorithm::prim, 3),
                    tree_of(wide, metric, SpanningAlgorithm::prim)));
  const Matrix<TestType> lattice =
      (random_matrix<TestType>(4000, 3, 8) * TestType(8)).array().round();
  for (const Metric metric : {Metric::euclidean, Metric::manhattan, Metric::chebyshev}) {
    const Edges alone = tree_of(lattice, metric, SpanningAlgorithm::prim);
    for (const int n_threads : {1, 2, 5})
      CHECK(same_bits(tree_of(lattice, metric, SpanningAlgorithm::boruvka, n_threads), alone));
  }
}

TEST_CASE("another order of the samples gives the same lengths") {
  Rng rng(9);
  const Matrix<double> x = make_blobs<double>(2000, 3, 5, 9).samples;
  Matrix<double> shuffled = x;
  for (Index i = x.rows() - 1; i > 0; --i)
    shuffled.row(i).swap(shuffled.row(rng.index_below(i + 1)));
  for (const Metric metric : sample_metrics) {
    const Edges edges = tree_of(x, metric), others = tree_of(shuffled, metric);
    REQUIRE(edges.size() == others.size());
    for (std::size_t i = 0; i < edges.size(); ++i) REQUIRE(edges[i].length == others[i].length);
  }
}

TEST_CASE("the algorithm follows the size of the problem") {
  CHECK(detail::spanning_algorithm(300, 2) == SpanningAlgorithm::prim);
  CHECK(detail::spanning_algorithm(30000, 2) == SpanningAlgorithm::boruvka);
  CHECK(detail::spanning_algorithm(30000, 8) == SpanningAlgorithm::boruvka);
  CHECK(detail::spanning_algorithm(30000, 64) == SpanningAlgorithm::prim);
}
