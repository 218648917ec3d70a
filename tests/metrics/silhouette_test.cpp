// SPDX-License-Identifier: MIT
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/reference.hpp"
#include "support/tolerance.hpp"
#include "unlabeled/metrics/clustering.hpp"

using namespace unlabeled;
using Catch::Matchers::Message;

namespace {

/// By the definition: all distances, one by one, in long double. Labels are 0 … k - 1.
Vector<double> naive_silhouette(const Matrix<double>& x, const Labels& labels) {
  const Index n = x.rows(), k = labels.maxCoeff() + 1;
  Vector<double> scores(n);
  for (Index i = 0; i < n; ++i) {
    std::vector<long double> sums(static_cast<std::size_t>(k), 0), sizes(sums);
    for (Index j = 0; j < n; ++j) {
      long double squared_distance = 0;
      for (Index t = 0; t < x.cols(); ++t) {
        const long double difference = static_cast<long double>(x(i, t)) - x(j, t);
        squared_distance += difference * difference;
      }
      sums[static_cast<std::size_t>(labels(j))] += std::sqrt(squared_distance);
      sizes[static_cast<std::size_t>(labels(j))] += 1;
    }
    const auto own = static_cast<std::size_t>(labels(i));
    const long double a = sizes[own] > 1 ? sums[own] / (sizes[own] - 1) : 0;
    long double b = 1e300L;
    for (std::size_t c = 0; c < sums.size(); ++c)
      if (c != own && sizes[c] > 0) b = std::min(b, sums[c] / sizes[c]);
    const bool defined = sizes[own] > 1 && std::max(a, b) > 0;
    scores(i) = defined ? static_cast<double>((b - a) / std::max(a, b)) : 0;
  }
  return scores;
}

/// Accuracy of a mean of distances in the scalar of the data.
template <class S> double rounding() { return std::same_as<S, double> ? 1e-13 : 2e-6; }

Labels random_labels(Index n, std::uint64_t n_labels, std::uint64_t seed) {
  Rng rng(seed);
  Labels labels(n);
  for (int& label : labels) label = static_cast<int>(rng.below(n_labels));
  return labels;
}

}  // namespace

TEMPLATE_TEST_CASE("the silhouette of five points on a line is as worked out by hand", "", float,
                   double) {
  // Clusters {0, 1} and {4, 6} and {20}.
  // 0: a = 1, b = (4 + 6) / 2 = 5, s = 4/5.   1: a = 1, b = (3 + 5) / 2 = 4, s = 3/4.
  // 4: a = 2, b = (4 + 3) / 2 = 3.5, s = 3/7. 6: a = 2, b = 5.5, s = 7/11. 20 is alone: 0.
  Matrix<TestType> x(5, 1);
  x << 0, 1, 4, 6, 20;
  Labels labels(5);
  labels << 7, 7, -1, -1, 3;
  Vector<double> expected(5);
  expected << 4.0 / 5, 3.0 / 4, 3.0 / 7, 7.0 / 11, 0;
  const double error = relative_error(silhouette_samples(x, labels), expected);
  INFO("error " << error);
  CHECK(error < rounding<TestType>());
  CHECK(silhouette_score(x, labels) == Approx(expected.mean()).epsilon(rounding<TestType>()));
}

TEMPLATE_TEST_CASE("silhouettes equal the definition for every shape of block, tile and cluster",
                   "", float, double) {
  double worst = 0;
  for (const Index n : {3, 5, 17, 64, 129, 300, 601})
    for (const Index d : {1, 2, 7, 16, 33})
      for (const std::uint64_t k : {2u, 3u, 13u, 60u}) {
        const Matrix<TestType> x = random_matrix<TestType>(n, d, 1000 + k);
        Labels labels = random_labels(n, k, 3);
        labels(0) = 0, labels(1) = 1, labels(2) = 0;

        if (detail::encode(labels).n_labels() >= n) continue;
        const Vector<double> expected = naive_silhouette(x.template cast<double>(), labels);
        worst = std::max(worst, relative_error(silhouette_samples(x, labels), expected));
      }
  INFO("largest error " << worst);
  CHECK(worst < rounding<TestType>());
}

TEST_CASE("silhouettes equal those of scikit-learn") {
  const Matrix<double> x = reference::read("metrics/samples.csv");
  const Labels labels = reference::read_labels("metrics/labels.csv");
  const Matrix<double> expected = reference::read("metrics/silhouette_samples.csv");
  const double error = relative_error(silhouette_samples(x, labels), expected);
  INFO("error " << error);
  CHECK(error < 1e-12);
  CHECK(silhouette_score(x, labels) ==
        Approx(reference::read("metrics/internal_scores.csv")(0, 0)).epsilon(1e-12));
}

TEMPLATE_TEST_CASE("silhouettes do not lose digits to an offset of all samples", "", float,
                   double) {
  const double offset = std::same_as<TestType, float> ? 1024 : 1e8;
  const Matrix<TestType> noise = random_matrix<TestType>(200, 4, 5);
  const Matrix<TestType> x = (noise.array() + TestType(offset)).matrix();
  const Labels labels = random_labels(200, 4, 6);
  const Vector<double> expected = naive_silhouette(x.template cast<double>(), labels);
  const double error = relative_error(silhouette_samples(x, labels), expected);
  INFO("error " << error);
  CHECK(error < rounding<TestType>());
}

TEMPLATE_TEST_CASE("equal samples are at distance exactly zero", "", float, double) {
  // Two piles of copies: a = 0 for each sample, so its silhouette is exactly 1.
  Matrix<TestType> x(40, 3);
  for (Index i = 0; i < 40; ++i) x.row(i).setConstant(i % 2 == 0 ? TestType(0.1) : TestType(1e6));
  Labels labels(40);
  for (Index i = 0; i < 40; ++i) labels(i) = static_cast<int>(i % 2);
  CHECK((silhouette_samples(x, labels).array() == 1).all());

  // One pile in two clusters: a = b = 0, which counts as 0.
  const Matrix<TestType> pile = Matrix<TestType>::Constant(10, 3, TestType(0.1));
  CHECK((silhouette_samples(pile, random_labels(10, 2, 1)).array() == 0).all());
}

TEMPLATE_TEST_CASE("silhouettes do not depend on the unit, however large or small", "", float,
                   double) {
  const auto blobs = make_blobs<TestType>(60, 3, 3, 5, 3.0);
  const Vector<TestType> expected = silhouette_samples(blobs.samples, blobs.labels);
  const int most = std::numeric_limits<TestType>::max_exponent;
  for (const int exponent : {most - 6, most / 2, -most / 2, -most + 20}) {
    const Matrix<TestType> x = blobs.samples * std::ldexp(TestType(1), exponent);
    INFO("2^" << exponent);
    CHECK((silhouette_samples(x, blobs.labels).array() == expected.array()).all());
  }
  CHECK((silhouette_samples(Matrix<TestType>::Zero(60, 3), blobs.labels).array() == 0).all());
}

TEMPLATE_TEST_CASE("silhouettes have the same bits for every number of threads", "", float,
                   double) {
  const auto blobs = make_blobs<TestType>(1111, 6, 9, 2, 4.0);
  const Vector<TestType> one = silhouette_samples(blobs.samples, blobs.labels, 1);
  for (const int n_threads : {0, 2, 3, 8, std::numeric_limits<int>::max()})
    CHECK(
        (silhouette_samples(blobs.samples, blobs.labels, n_threads).array() == one.array()).all());
  CHECK(silhouette_score(blobs.samples, blobs.labels, 1) ==
        silhouette_score(blobs.samples, blobs.labels, 4));
}

TEMPLATE_TEST_CASE("silhouettes have the same bits for both storage orders and for views", "",
                   float, double) {
  const auto blobs = make_blobs<TestType>(150, 5, 4, 3, 3.0);
  const Vector<TestType> expected = silhouette_samples(blobs.samples, blobs.labels);
  const RowMatrix<TestType> rows = blobs.samples;
  CHECK((silhouette_samples(rows, blobs.labels).array() == expected.array()).all());
  Matrix<TestType> wide(200, 9);
  wide.setZero();
  wide.block(20, 2, 150, 5) = blobs.samples;
  CHECK((silhouette_samples(wide.block(20, 2, 150, 5), blobs.labels).array() == expected.array())
            .all());
  const Matrix<TestType> transposed = blobs.samples.transpose();
  CHECK(
      (silhouette_samples(transposed.transpose(), blobs.labels).array() == expected.array()).all());
}

TEST_CASE("permuting samples permutes silhouettes; other names for labels change nothing") {
  const auto blobs = make_blobs<double>(203, 3, 5, 7, 4.0);
  const Vector<double> scores = silhouette_samples(blobs.samples, blobs.labels);
  std::vector<Index> order(203);
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<Index>(i);
  Rng(4).shuffle(order);
  Matrix<double> x(203, 3);
  Labels labels(203);
  Vector<double> permuted(203);
  for (Index i = 0; i < 203; ++i) {
    const Index from = order[static_cast<std::size_t>(i)];
    x.row(i) = blobs.samples.row(from);
    labels(i) = blobs.labels(from);
    permuted(i) = scores(from);
  }
  CHECK(relative_error(silhouette_samples(x, labels), permuted) < 1e-13);

  Labels renamed(203);
  const std::vector<int> names = {1 << 30, -5, 12, -(1 << 30), 3};
  for (Index i = 0; i < 203; ++i) renamed(i) = names[static_cast<std::size_t>(blobs.labels(i))];
  CHECK(relative_error(silhouette_samples(blobs.samples, renamed), scores) < 1e-13);
}

TEST_CASE("silhouettes are unchanged when the samples are moved, rotated and scaled") {
  const auto blobs = make_blobs<double>(120, 2, 3, 11, 3.0);
  Matrix<double> moved(120, 2);
  for (Index i = 0; i < 120; ++i) {
    const double a = blobs.samples(i, 0), b = blobs.samples(i, 1);
    moved(i, 0) = 3e4 + 250 * (0.6 * a - 0.8 * b);
    moved(i, 1) = 250 * (0.8 * a + 0.6 * b) - 7e3;
  }
  const double error = relative_error(silhouette_samples(moved, blobs.labels),
                                      silhouette_samples(blobs.samples, blobs.labels));
  INFO("error " << error);
  CHECK(error < 1e-10);
}

TEST_CASE("far clusters have silhouettes near 1, split clusters near 0") {
  const auto blobs = make_blobs<double>(400, 8, 4, 5, 0.05);
  CHECK(silhouette_score(blobs.samples, blobs.labels) > 0.95);
  CHECK(std::abs(silhouette_score(random_matrix<double>(400, 8, 1), random_labels(400, 4, 2))) <
        0.02);
}

TEST_CASE("the silhouette refuses what it cannot score, in clear words") {
  const Matrix<double> x = random_matrix<double>(4, 2, 1);
  Labels labels(4);
  labels << 0, 0, 1, 1;
  CHECK_THROWS_MATCHES(
      silhouette_score(x, Labels::Zero(4)), std::invalid_argument,
      Message("silhouette_score: number of labels must be 2 to n_samples - 1 = 3, got 1"));
  CHECK_THROWS_MATCHES(
      silhouette_samples(x, Labels::LinSpaced(4, 0, 3)), std::invalid_argument,
      Message("silhouette_samples: number of labels must be 2 to n_samples - 1 = 3, got 4"));
  CHECK_THROWS_MATCHES(
      silhouette_score(x, labels.head(3)), std::invalid_argument,
      Message("silhouette_score: labels must have one entry per sample (4), got 3"));
  CHECK_THROWS_MATCHES(
      silhouette_score(x, labels, -1), std::invalid_argument,
      Message("silhouette_score: n_threads must be >= 0 (0 = all hardware threads), got -1"));
  CHECK_THROWS_MATCHES(silhouette_score(Matrix<double>(0, 2), Labels(0)), std::invalid_argument,
                       Message("silhouette_score: X must have at least 1 sample (row), got 0"));
  Matrix<double> broken = x;
  broken(2, 1) = std::nan("");
  CHECK_THROWS_MATCHES(silhouette_score(broken, labels), std::invalid_argument,
                       Message("silhouette_score: X has a non-finite value at row 2, column 1"));
}
