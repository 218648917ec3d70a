// SPDX-License-Identifier: MIT
#include <cmath>
#include <limits>
#include <string>

#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/reference.hpp"
#include "support/tolerance.hpp"
#include "unlabeled/metrics/clustering.hpp"

using namespace unlabeled;
using Catch::Matchers::Message;

namespace {

struct NaiveScores {
  double calinski_harabasz;
  double davies_bouldin;
};

/// By the definitions, in long double, for labels 0 … k - 1.
NaiveScores naive(const Matrix<double>& data, const Labels& labels) {
  using Extended = Eigen::Matrix<long double, Eigen::Dynamic, Eigen::Dynamic>;
  const Extended x = data.cast<long double>();
  const Index k = labels.maxCoeff() + 1;
  Extended means = Extended::Zero(k, x.cols());
  Eigen::Matrix<long double, Eigen::Dynamic, 1> sizes(k), radius(k);
  sizes.setZero(), radius.setZero();
  for (Index i = 0; i < x.rows(); ++i) means.row(labels(i)) += x.row(i), sizes(labels(i)) += 1;
  for (Index c = 0; c < k; ++c) means.row(c) /= sizes(c);
  long double within = 0, between = 0, sum = 0;
  for (Index i = 0; i < x.rows(); ++i) {
    const long double squared_distance = (x.row(i) - means.row(labels(i))).squaredNorm();
    within += squared_distance;
    radius(labels(i)) += std::sqrt(squared_distance) / sizes(labels(i));
  }
  for (Index c = 0; c < k; ++c) {
    between += sizes(c) * (means.row(c) - x.colwise().mean()).squaredNorm();
    long double worst = 0;
    for (Index other = 0; other < k; ++other)
      if (other != c)
        worst =
            std::max(worst, (radius(c) + radius(other)) / (means.row(c) - means.row(other)).norm());
    sum += worst / static_cast<long double>(k);
  }
  const auto ratio = static_cast<long double>(x.rows() - k) / static_cast<long double>(k - 1);
  return {static_cast<double>(between / within * ratio), static_cast<double>(sum)};
}

}  // namespace

TEMPLATE_TEST_CASE("two pairs of points on a line score as worked out by hand", "", float, double) {
  // Clusters {0, 2} and {10, 14}: means 1 and 12, W = 1 + 1 + 4 + 4 = 10, mean of all 6.5,
  // B = 2 * 5.5^2 * 2 = 121, CH = (121 / 1) / (10 / 2) = 24.2. Radii 1 and 2: DB = (1 + 2) / 11.
  Matrix<TestType> x(4, 1);
  x << 0, 10, 2, 14;
  Labels labels(4);
  labels << -1, 5, -1, 5;
  CHECK(calinski_harabasz_score(x, labels) == Approx(24.2).epsilon(1e-14));
  CHECK(davies_bouldin_score(x, labels) == Approx(3.0 / 11).epsilon(1e-14));
}

TEMPLATE_TEST_CASE("dispersion scores equal the definitions for every size of block and chunk", "",
                   float, double) {
  double worst = 0;
  for (const Index n : {5, 31, 32, 33, 500, 4096, 9001})
    for (const Index k : {2, 4}) {
      const auto blobs = make_blobs<TestType>(n, 3, k, 8, 2.0);
      const NaiveScores expected = naive(blobs.samples.template cast<double>(), blobs.labels);
      const double ch = calinski_harabasz_score(blobs.samples, blobs.labels);
      const double db = davies_bouldin_score(blobs.samples, blobs.labels);
      worst = std::max(worst, std::abs(ch / expected.calinski_harabasz - 1));
      worst = std::max(worst, std::abs(db / expected.davies_bouldin - 1));
    }
  INFO("largest relative error " << worst);
  CHECK(worst < 1e-12);  // for float data too: sums are double
}

TEST_CASE("dispersion scores equal those of scikit-learn") {
  const Matrix<double> x = reference::read("metrics/samples.csv");
  const Labels labels = reference::read_labels("metrics/labels.csv");
  const Matrix<double> expected = reference::read("metrics/internal_scores.csv");
  CHECK(calinski_harabasz_score(x, labels) == Approx(expected(0, 1)).epsilon(1e-12));
  CHECK(davies_bouldin_score(x, labels) == Approx(expected(0, 2)).epsilon(1e-12));
}

TEST_CASE("dispersion scores do not lose digits to an offset of all samples") {
  const auto blobs = make_blobs<double>(6000, 3, 4, 8, 2.0);
  const Matrix<double> x = (blobs.samples.array() + 1e8).matrix();  // rounds: the truth for naive()
  const NaiveScores expected = naive(x, blobs.labels);
  const double ch_error = calinski_harabasz_score(x, blobs.labels) / expected.calinski_harabasz - 1;
  const double db_error = davies_bouldin_score(x, blobs.labels) / expected.davies_bouldin - 1;
  INFO("relative errors " << ch_error << " and " << db_error);
  CHECK(std::abs(ch_error) < 1e-12);
  CHECK(std::abs(db_error) < 1e-12);
}

TEMPLATE_TEST_CASE("dispersion scores do not depend on the unit, however large or small", "", float,
                   double) {
  const auto blobs = make_blobs<TestType>(60, 3, 3, 5, 3.0);
  const double ch = calinski_harabasz_score(blobs.samples, blobs.labels);
  const double db = davies_bouldin_score(blobs.samples, blobs.labels);
  const int most = std::numeric_limits<TestType>::max_exponent;
  for (const int exponent : {most - 6, most / 2, -most / 2, -most + 20}) {
    const Matrix<TestType> x = blobs.samples * std::ldexp(TestType(1), exponent);
    INFO("2^" << exponent);
    CHECK(calinski_harabasz_score(x, blobs.labels) == Approx(ch).epsilon(1e-6));
    CHECK(davies_bouldin_score(x, blobs.labels) == Approx(db).epsilon(1e-6));
  }
}

TEMPLATE_TEST_CASE("dispersion scores have the same bits for every number of threads", "", float,
                   double) {
  const auto blobs = make_blobs<TestType>(30000, 4, 100, 2, 4.0);
  const double ch = calinski_harabasz_score(blobs.samples, blobs.labels, 1);
  const double db = davies_bouldin_score(blobs.samples, blobs.labels, 1);
  for (const int n_threads : {0, 2, 5, std::numeric_limits<int>::max()}) {
    CHECK(calinski_harabasz_score(blobs.samples, blobs.labels, n_threads) == ch);
    CHECK(davies_bouldin_score(blobs.samples, blobs.labels, n_threads) == db);
  }
}

TEMPLATE_TEST_CASE("dispersion scores have the same bits for both storage orders", "", float,
                   double) {
  const auto blobs = make_blobs<TestType>(150, 5, 4, 3, 3.0);
  const RowMatrix<TestType> rows = blobs.samples;
  CHECK(calinski_harabasz_score(rows, blobs.labels) ==
        calinski_harabasz_score(blobs.samples, blobs.labels));
  CHECK(davies_bouldin_score(rows, blobs.labels) ==
        davies_bouldin_score(blobs.samples, blobs.labels));
}

TEST_CASE("dispersion scores of clusters without spread") {
  // Each cluster is one place: W = 0 scores 1 by convention, and no radius means 0.
  Matrix<double> x(6, 2);
  x << 0.1, 0.1, 0.1, 0.1, 5, 5, 5, 5, 9, 9, 9, 9;
  Labels labels(6);
  labels << 0, 0, 1, 1, 2, 2;
  CHECK(calinski_harabasz_score(x, labels) == 1);
  CHECK(davies_bouldin_score(x, labels) == 0);
}

TEST_CASE("clusters with equal means are left out of the Davies-Bouldin maximum") {
  // Clusters {0.1, 0.5} and {0.2, 0.3, 0.4} have the mean 0.3 up to rounding.
  Matrix<double> x(7, 1);
  x << 0.1, 0.5, 0.2, 0.3, 0.4, 1.2, 1.4;
  Labels two(5), three(7);
  two << 0, 0, 1, 1, 1;
  three << 0, 0, 1, 1, 1, 2, 2;
  CHECK(davies_bouldin_score(x.topRows(5), two) == 0);
  // With {1.2, 1.4}: means 0.3, 0.3, 1.3, radii 0.2, 0.2 / 3, 0.1; worst pairs 0.3, 0.5 / 3, 0.3.
  CHECK(davies_bouldin_score(x, three) == Approx((0.3 + 0.5 / 3 + 0.3) / 3).epsilon(1e-12));
}

TEST_CASE("scores prefer the true clusters to shuffled ones") {
  const auto blobs = make_blobs<double>(500, 3, 5, 9, 1.0);
  Labels shuffled = blobs.labels;
  Rng(3).shuffle(shuffled);
  CHECK(calinski_harabasz_score(blobs.samples, blobs.labels) >
        100 * calinski_harabasz_score(blobs.samples, shuffled));
  CHECK(davies_bouldin_score(blobs.samples, blobs.labels) <
        0.1 * davies_bouldin_score(blobs.samples, shuffled));
}

TEST_CASE("dispersion scores refuse what they cannot score, in clear words") {
  const Matrix<double> x = random_matrix<double>(4, 2, 1);
  Labels labels(4);
  labels << 0, 0, 1, 1;
  CHECK_THROWS_MATCHES(
      calinski_harabasz_score(x, Labels::Zero(4)), std::invalid_argument,
      Message("calinski_harabasz_score: number of labels must be 2 to n_samples - 1 = 3, got 1"));
  CHECK_THROWS_MATCHES(
      davies_bouldin_score(x, Labels::LinSpaced(4, 0, 3)), std::invalid_argument,
      Message("davies_bouldin_score: number of labels must be 2 to n_samples - 1 = 3, got 4"));
  CHECK_THROWS_MATCHES(
      davies_bouldin_score(x, labels.head(2)), std::invalid_argument,
      Message("davies_bouldin_score: labels must have one entry per sample (4), got 2"));
  CHECK_THROWS_MATCHES(
      calinski_harabasz_score(x, labels, -3), std::invalid_argument,
      Message(
          "calinski_harabasz_score: n_threads must be >= 0 (0 = all hardware threads), got -3"));
  Matrix<double> broken = x;
  broken(0, 0) = std::numeric_limits<double>::infinity();
  CHECK_THROWS_MATCHES(
      davies_bouldin_score(broken, labels), std::invalid_argument,
      Message("davies_bouldin_score: X has a non-finite value at row 0, column 0"));
}
