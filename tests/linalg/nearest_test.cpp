// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstdint>

#include "support/catch.hpp"
#include "support/data.hpp"
#include "unlabeled/linalg/nearest.hpp"

using namespace unlabeled;
using detail::CenterSearch;
using detail::Frame;
using detail::Samples;
using detail::Team;

namespace {

/// The nearest row of `centers` by direct differences, the lowest on ties.
template <class X> Labels brute_force(const X& x, const RowMatrix<double>& centers) {
  Labels labels(x.rows());
  for (Index i = 0; i < x.rows(); ++i) {
    double best = 0;
    for (Index j = 0; j < centers.rows(); ++j) {
      double distance = 0;
      for (Index t = 0; t < x.cols(); ++t) {
        const double difference = static_cast<double>(x(i, t)) - centers(j, t);
        distance += difference * difference;
      }
      if (j > 0 && distance >= best) continue;
      best = distance;
      labels[i] = static_cast<int>(j);
    }
  }
  return labels;
}

template <class X>
Labels searched(const X& x, const RowMatrix<double>& centers, const Frame& frame,
                int n_threads = 1) {
  using S = typename X::Scalar;
  const View<X> view = x;
  const RowMatrix<double> framed = frame.framed(Matrix<double>(centers));
  Team team(n_threads);
  return detail::nearest_centers(team, Samples<S>(view), CenterSearch(framed, frame));
}

template <class X>
Labels searched_few(const X& x, const RowMatrix<double>& centers, const Frame& frame) {
  using S = typename X::Scalar;
  const View<X> view = x;
  return detail::nearest_centers_of_few(Samples<S>(view), frame.framed(Matrix<double>(centers)),
                                        frame);
}

RowMatrix<double> whole_numbers(Index rows, Index columns, std::uint64_t seed) {
  Rng rng(seed);
  RowMatrix<double> x(rows, columns);
  for (Index i = 0; i < rows; ++i)
    for (Index j = 0; j < columns; ++j) x(i, j) = static_cast<double>(rng.below(4));
  return x;
}

}  // namespace

TEMPLATE_TEST_CASE("Labels equal brute force at every shape, ties to the lowest number",
                   "[nearest]", (Matrix<float>), (Matrix<double>), (RowMatrix<float>),
                   (RowMatrix<double>)) {
  // Whole numbers from 0 to 3 in a frame of whole numbers: all values are exact, many are ties.
  using S = typename TestType::Scalar;
  for (Index k = 1; k <= 40; ++k)
    for (Index d = 1; d <= 40; ++d) {
      const Index n = (7 * k + 3 * d) % 40 + 1;
      const TestType x = whole_numbers(n, d, static_cast<std::uint64_t>(k * 41 + d)).cast<S>();
      const RowMatrix<double> centers = whole_numbers(k, d, static_cast<std::uint64_t>(k));
      const Frame frame(Vector<double>::Ones(d), 2.0);
      INFO(n << " samples, " << k << " centres, " << d << " features");
      const Labels expected = brute_force(x, centers);
      REQUIRE(searched(x, centers, frame) == expected);
      REQUIRE(searched_few(x, centers, frame) == expected);
    }
}

TEMPLATE_TEST_CASE("Labels equal brute force for every number of samples", "[nearest]", float,
                   double) {
  for (Index n = 0; n <= 130; ++n) {
    const Matrix<TestType> x = whole_numbers(n, 5, 3).cast<TestType>();
    const RowMatrix<double> centers = whole_numbers(9, 5, 4);
    REQUIRE(searched(x, centers, Frame(Vector<double>::Ones(5), 2.0)) == brute_force(x, centers));
  }
}

TEMPLATE_TEST_CASE("Blocks, transposes and strided rows are searched in place", "[nearest]", float,
                   double) {
  using S = TestType;
  Matrix<S> whole = whole_numbers(70, 20, 5).cast<S>();
  const RowMatrix<S> by_rows = whole;
  const RowMatrix<double> centers = whole_numbers(13, 9, 6);
  const Frame frame(Vector<double>::Zero(9), 2.0);
  const Matrix<S> block = whole.block(11, 4, 50, 9);
  const Labels expected = brute_force(block, centers);
  CHECK(searched(whole.block(11, 4, 50, 9), centers, frame) == expected);
  CHECK(searched(by_rows.block(11, 4, 50, 9), centers, frame) == expected);
  const Matrix<S> turned = block.transpose();
  CHECK(searched(turned.transpose(), centers, frame) == expected);
}

TEMPLATE_TEST_CASE("What float cannot tell apart is decided in double", "[nearest]", float,
                   double) {
  using S = TestType;
  // Centres differ from each other by 1e-9 of their size, far less than float resolves.
  Rng rng(7);
  const Index d = 12, k = 30;
  RowMatrix<double> centers(k, d);
  for (Index j = 0; j < k; ++j)
    for (Index t = 0; t < d; ++t) centers(j, t) = 1.0 + 1e-9 * rng.normal();
  const Matrix<S> x = random_matrix<S>(500, d, 8);
  const Frame frame(Vector<double>::Zero(d), 1.0);
  CHECK(searched(x, centers, frame) == brute_force(x, centers));
}

TEMPLATE_TEST_CASE("Near ties, far samples and a far origin are decided as in double", "[nearest]",
                   float, double) {
  using S = TestType;
  const Index d = 6, k = 20;
  for (const double origin : {0.0, 1e3}) {
    RowMatrix<double> centers = random_matrix<double>(k, d, 9);
    centers.array() += origin;
    Matrix<S> x(600, d);
    Rng rng(10);
    for (Index i = 0; i < 600; ++i) {
      // Half way between two centres, a rounding to one side; or a thousand times out.
      const Index a = rng.index_below(k), b = rng.index_below(k);
      for (Index t = 0; t < d; ++t) {
        const double middle = 0.5 * (centers(a, t) + centers(b, t));
        const double out = i % 3 == 0 ? 1e3 * rng.normal() : 0;
        x(i, t) = static_cast<S>(middle + out);
      }
    }
    const Frame frame(Vector<double>::Constant(d, origin), 1.0);
    const Labels labels = searched(x, centers, frame), expected = brute_force(x, centers);
    for (Index i = 0; i < 600; ++i) {
      if (labels[i] == expected[i]) continue;
      // Only where double itself cannot tell.
      const auto difference = [&](int j) {
        return (x.row(i).template cast<double>() - centers.row(j)).squaredNorm();
      };
      INFO("origin " << origin << ", sample " << i);
      REQUIRE(difference(labels[i]) - difference(expected[i]) <= 1e-13 * difference(expected[i]));
    }
  }
}

TEST_CASE("Samples beyond what float can hold get the label of double", "[nearest]") {
  RowMatrix<double> centers(3, 2);
  centers << -1, 0, 1, 0, 0, 1;
  Matrix<double> x(5, 2);
  x << 1e30, 0, -1e30, 0, 0, 1e30, 1e20, -1e3, -1e16, 1;
  Labels expected(5);
  expected << 1, 0, 2, 1, 0;
  const Frame frame(Vector<double>::Zero(2), 1.0);
  CHECK(searched(x, centers, frame) == expected);
  CHECK(searched_few(x, centers, frame) == expected);
}

TEST_CASE("The bound on the float scan holds", "[nearest]") {
  // The measured error of the scan beside its bound, on numbers that round in every operation.
  for (const Index d : {1, 3, 17, 200}) {
    const RowMatrix<double> centers = random_matrix<double>(24, d, 11);
    const Frame frame(Vector<double>::Zero(d), 1.0);
    const CenterSearch search(centers, frame);
    constexpr Index lanes = CenterSearch::lanes;
    const Matrix<double> x = random_matrix<double>(lanes, d, 12);
    Vector<float> panel(d * lanes), norms(lanes);
    detail::pack_panel(
        Samples<double>(x), frame, lanes, [](Index lane) { return lane; }, panel.data());
    detail::panel_norms(panel.data(), d, norms.data());
    detail::CoarseNearest nearest;
    search.scan(panel.data(), nearest);
    double worst = 0;
    for (Index lane = 0; lane < lanes; ++lane) {
      const auto l = static_cast<std::size_t>(lane);
      const auto center = static_cast<Index>(nearest.center[l]);
      const double exact =
          x.row(lane).dot(centers.row(center)) - 0.5 * centers.row(center).squaredNorm();
      const double error = std::abs(exact - static_cast<double>(nearest.best[l]));
      worst = std::max(worst, error / static_cast<double>(search.uncertainty()(norms[lane])));
      CHECK(static_cast<double>(norms[lane]) >= x.row(lane).norm() * (1 - 1e-7));
    }
    INFO(d << " features: error over bound " << worst);
    CHECK(worst <= 1);
    CHECK(worst > 1e-4);  // a bound that is far too wide would send everything to double
  }
}

TEST_CASE("Labels do not depend on the number of threads", "[nearest]") {
  const Matrix<float> x = random_matrix<float>(5000, 7, 13);
  const RowMatrix<double> centers = random_matrix<double>(50, 7, 14);
  const Frame frame(Vector<double>::Zero(7), 1.0);
  const Labels serial = searched(x, centers, frame, 1);
  for (const int n_threads : {2, 3, 5}) CHECK(searched(x, centers, frame, n_threads) == serial);
}
