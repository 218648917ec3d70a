// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/reference.hpp"
#include "unlabeled/core/random.hpp"
#include "unlabeled/metrics/clustering.hpp"

using namespace unlabeled;
using Catch::Matchers::Message;

namespace {

Labels labels_of(const std::vector<int>& values) {
  return Eigen::Map<const Labels>(values.data(), static_cast<Index>(values.size()));
}

Labels random_labels(Index n, std::uint64_t n_labels, std::uint64_t seed) {
  Rng rng(seed);
  Labels labels(n);
  for (int& label : labels) label = static_cast<int>(rng.below(n_labels)) - 1;
  return labels;
}

/// labels with about this share replaced by random ones.
Labels disturbed(Labels labels, std::uint64_t n_labels, double share, std::uint64_t seed) {
  Rng rng(seed);
  for (int& label : labels)
    if (rng.uniform() < share) label = static_cast<int>(rng.below(n_labels)) - 1;
  return labels;
}

using Score = std::function<double(const Labels&, const Labels&)>;
struct NamedScore {
  std::string name;
  Score score;
  bool symmetric = true;
};

/// In the order of the columns of agreement_scores.csv, and then what scikit-learn has not.
const std::vector<NamedScore>& all_scores() {
  static const std::vector<NamedScore> scores = {
      {"rand_score", rand_score},
      {"adjusted_rand_score", adjusted_rand_score},
      {"fowlkes_mallows_score", fowlkes_mallows_score},
      {"mutual_info_score", mutual_info_score},
      {"normalized_mutual_info_score", normalized_mutual_info_score},
      {"adjusted_mutual_info_score", adjusted_mutual_info_score},
      {"homogeneity_score", homogeneity_score, false},
      {"completeness_score", completeness_score, false},
      {"v_measure_score", v_measure_score},
      {"clustering_accuracy", clustering_accuracy}};
  return scores;
}

std::vector<double> score_all(const Labels& a, const Labels& b) {
  std::vector<double> values;
  for (const NamedScore& named : all_scores()) values.push_back(named.score(a, b));
  return values;
}

/// Expected mutual information as in the paper, by factorials in long double.
double naive_expected_information(const Labels& a, const Labels& b) {
  const Matrix<Index> table = contingency_matrix(a, b);
  auto log_factorial = [](Index n) {
    long double sum = 0;
    for (Index i = 2; i <= n; ++i) sum += std::log(static_cast<long double>(i));
    return sum;
  };
  const Index n = a.size();
  long double sum = 0;
  for (const Index p : table.rowwise().sum().eval())
    for (const Index q : table.colwise().sum().eval())
      for (Index m = std::max<Index>(1, p + q - n); m <= std::min(p, q); ++m) {
        const long double log_probability =
            log_factorial(p) + log_factorial(q) + log_factorial(n - p) + log_factorial(n - q) -
            log_factorial(n) - log_factorial(m) - log_factorial(p - m) - log_factorial(q - m) -
            log_factorial(n - p - q + m);
        const auto share = static_cast<long double>(m) / static_cast<long double>(n);
        const auto ratio = static_cast<long double>(n * m) / static_cast<long double>(p * q);
        sum += share * std::log(ratio) * std::exp(log_probability);
      }
  return static_cast<double>(sum);
}

}  // namespace

TEST_CASE("agreement of six labels is as worked out by hand") {
  // Table (2 1 0; 0 1 2). 15 pairs: 2 together in both, 6 in truth, 3 in prediction.
  const Labels truth = labels_of({0, 0, 0, 1, 1, 1}), predicted = labels_of({5, 5, -1, -1, 8, 8});
  Matrix<Index> table(2, 3);
  table << 1, 2, 0, 1, 0, 2;  // columns in the order -1, 5, 8
  CHECK(contingency_matrix(truth, predicted) == table);
  CHECK(rand_score(truth, predicted) == Approx((2 + 8) / 15.0));
  CHECK(adjusted_rand_score(truth, predicted) == Approx((2 - 6 * 3 / 15.0) / (4.5 - 1.2)));
  CHECK(fowlkes_mallows_score(truth, predicted) == Approx(2 / std::sqrt(6.0 * 3.0)));
  // H(truth) = ln 2, H(predicted) = ln 3; MI = 2/3 ln 2, because only the middle third is unclear.
  const double information = 2.0 / 3 * std::log(2.0);
  CHECK(mutual_info_score(truth, predicted) == Approx(information));
  CHECK(homogeneity_score(truth, predicted) == Approx(2.0 / 3));
  CHECK(completeness_score(truth, predicted) == Approx(information / std::log(3.0)));
  CHECK(v_measure_score(truth, predicted) == Approx(2 * information / std::log(6.0)));
  CHECK(normalized_mutual_info_score(truth, predicted) == Approx(2 * information / std::log(6.0)));
  // 3 of 3 with 2 of 3, drawn without replacement from 6: m = 0, 1, 2 with 1/5, 3/5, 1/5. Six pairs
  // of labels, each contributing 3/5 * 1/6 ln 1 + 1/5 * 2/6 ln 2.
  const double expected = 6 * (1.0 / 5) * (2.0 / 6) * std::log(2.0);
  CHECK(adjusted_mutual_info_score(truth, predicted) ==
        Approx((information - expected) / (std::log(6.0) / 2 - expected)));
  CHECK(clustering_accuracy(truth, predicted) == Approx(4.0 / 6));
}

TEST_CASE("agreement scores equal those of scikit-learn") {
  const Matrix<double> labelings = reference::read("metrics/labelings.csv");
  const Matrix<double> expected = reference::read("metrics/agreement_scores.csv");
  const Matrix<double> accuracy = reference::read("metrics/clustering_accuracy.csv");
  REQUIRE(labelings.cols() == 2 * expected.rows());
  for (Index i = 0; i < expected.rows(); ++i) {
    const Labels truth = labelings.col(2 * i).cast<int>();
    const Labels predicted = labelings.col(2 * i + 1).cast<int>();
    const std::vector<double> scores = score_all(truth, predicted);
    for (std::size_t s = 0; s < 9; ++s) {
      INFO("case " << i << " " << all_scores()[s].name);
      CHECK(scores[s] == Approx(expected(i, static_cast<Index>(s))).epsilon(1e-12).margin(1e-12));
    }
    CHECK(clustering_accuracy(truth, predicted) == accuracy(i, 0));
  }
}

TEST_CASE("labelings that differ in names only score exactly 1") {
  const Labels truth = random_labels(500, 7, 1);
  Labels renamed(500);
  const std::vector<int> names = {3, -1, 2000000000, 0, -2000000000, 1, 12};
  for (Index i = 0; i < 500; ++i) renamed(i) = names[static_cast<std::size_t>(truth(i) + 1)];
  for (const NamedScore& named : all_scores()) {
    INFO(named.name);
    if (named.name == "mutual_info_score")
      CHECK(named.score(truth, renamed) == Approx(named.score(truth, truth)).epsilon(1e-14));
    else
      CHECK(named.score(truth, renamed) == 1);
  }
}

TEST_CASE("trivial labelings score as in scikit-learn") {
  // rand, ARI, FMI, MI, NMI, AMI, homogeneity, completeness, V, accuracy
  const Labels none, one = labels_of({4}), same = labels_of({2, 2, 2, 2});
  const Labels all = labels_of({0, 1, 2, 3}), halves = labels_of({0, 0, 1, 1});
  const double two = std::log(2.0), four = std::log(4.0);
  using Scores = std::vector<double>;
  CHECK(score_all(none, none) == Scores{1, 1, 0, 0, 1, 1, 1, 1, 1, 1});
  CHECK(score_all(one, one) == Scores{1, 1, 0, 0, 1, 1, 1, 1, 1, 1});
  CHECK(score_all(same, same) == Scores{1, 1, 1, 0, 1, 1, 1, 1, 1, 1});
  CHECK(score_all(all, same) == Scores{0, 0, 0, 0, 0, 0, 0, 1, 0, 0.25});
  CHECK(score_all(same, all) == Scores{0, 0, 0, 0, 0, 0, 1, 0, 0, 0.25});
  // Every sample its own label: equal, so 1 (scikit-learn's rounding gives AMI 0 or 1 here).
  CHECK(score_all(all, all) == Scores{1, 1, 0, four, 1, 1, 1, 1, 1, 1});
  // Independent halves.
  const std::vector<double> independent = score_all(halves, labels_of({0, 1, 0, 1}));
  CHECK(independent[0] == Approx(1.0 / 3));
  CHECK(independent[1] == -0.5);
  CHECK(independent[3] == 0);
  CHECK(independent[4] == 0);
  CHECK(independent[5] == Approx(-0.5));
  CHECK(independent[9] == 0.5);
  // One side all different: no agreement beyond chance.
  const std::vector<double> refined = score_all(halves, all);
  CHECK(refined[1] == 0);
  CHECK(refined[3] == Approx(two));
  CHECK(std::abs(refined[5]) < 1e-12);
  CHECK(refined[6] == 1);
  CHECK(refined[7] == Approx(0.5));
}

TEST_CASE("scores are symmetric, and homogeneity mirrors completeness") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Labels a = random_labels(60, 2 + seed, seed), b = disturbed(a, 5, 0.4, seed + 100);
    for (const NamedScore& named : all_scores()) {
      if (!named.symmetric) continue;
      INFO(named.name);
      CHECK(named.score(a, b) == Approx(named.score(b, a)).epsilon(1e-13).margin(1e-14));
    }
    CHECK(homogeneity_score(a, b) == Approx(completeness_score(b, a)).epsilon(1e-13));
    CHECK(v_measure_score(a, b) == Approx(normalized_mutual_info_score(a, b)).epsilon(1e-13));
    CHECK(contingency_matrix(a, b) == contingency_matrix(b, a).transpose());
  }
}

TEST_CASE("scores stay the same when samples are permuted and labels renamed") {
  const Labels a = random_labels(200, 6, 1), b = disturbed(a, 9, 0.5, 2);
  std::vector<Index> order(200);
  std::iota(order.begin(), order.end(), Index{0});
  Rng(3).shuffle(order);
  const Labels permuted_a = a(order), permuted_b = b(order);
  const Labels renamed = (-1000003 * b.array()).matrix();
  for (const NamedScore& named : all_scores()) {
    INFO(named.name);
    CHECK(named.score(permuted_a, permuted_b) == named.score(a, b));
    CHECK(named.score(a, renamed) == Approx(named.score(a, b)).epsilon(1e-13));
  }
}

TEST_CASE("adjusted scores of unrelated labelings are near 0, whatever the number of labels") {
  for (const std::uint64_t k : {2u, 10u, 100u}) {
    const Labels a = random_labels(2000, k, k), b = random_labels(2000, k, k + 1);
    CHECK(std::abs(adjusted_rand_score(a, b)) < 0.01);
    CHECK(std::abs(adjusted_mutual_info_score(a, b)) < 0.03);
  }
}

TEST_CASE("the more labels are disturbed, the lower the scores") {
  const Labels truth = random_labels(1000, 5, 9);
  std::vector<double> before(all_scores().size(), 10.0);
  for (const double share : {0.0, 0.2, 0.5, 0.9}) {
    const std::vector<double> scores = score_all(truth, disturbed(truth, 5, share, 4));
    for (std::size_t s = 0; s < scores.size(); ++s) {
      INFO(all_scores()[s].name << " at " << share);
      CHECK(scores[s] < before[s]);
    }
    before = scores;
  }
}

TEST_CASE("pair counts are exact where products of pairs overflow 64 bits") {
  // One of n samples apart in each labeling, not the same one: the exact value is -1 / (n - 1),
  // although both products in its numerator are near n^3.
  const Index n = 3000000;
  Labels a = Labels::Zero(n), b = Labels::Zero(n);
  a(0) = 1, b(n - 1) = 1;
  CHECK(adjusted_rand_score(a, b) == Approx(-1.0 / (static_cast<double>(n) - 1)).epsilon(1e-12));
  // All pairs together in both: n^2 / 2 pairs.
  CHECK(adjusted_rand_score(a, a) == 1);
  CHECK(fowlkes_mallows_score(a, a) == 1);
}

TEST_CASE("the expected mutual information equals the sum over factorials") {
  double worst = 0;
  for (const Index n : {2, 3, 10, 57, 200})
    for (const std::uint64_t k : {2u, 5u, 20u, 120u}) {
      const Labels a = random_labels(n, k, k), b = random_labels(n, 3 + k / 2, k + 1);
      const double expected = naive_expected_information(a, b);
      const double actual = detail::expected_mutual_information(
          detail::contingency(detail::encode(a), detail::encode(b)));
      worst = std::max(worst, std::abs(actual - expected) / std::max(1e-3, expected));
    }
  INFO("largest relative error " << worst);
  CHECK(worst < 1e-13);
}

TEST_CASE("the expected information of half against half approaches its limit for many samples") {
  // For a = b = n / 2 it is close to 1 / (8 n) per cell (second order of the logarithm).
  for (const double n : {1e4, 1e6, 1e8}) {
    const double value = detail::expected_information(n, n / 2, n / 2);
    INFO("n = " << n);
    CHECK(value == Approx(1 / (8 * n)).epsilon(10 / n));
  }
}

TEST_CASE("the best matching equals trying all permutations") {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const std::uint64_t k = 1 + seed % 6;
    const Labels a = random_labels(40, k, seed), b = disturbed(a, k + seed % 2, 0.7, seed + 1);
    Matrix<Index> table = contingency_matrix(a, b);
    if (table.rows() > table.cols()) table.transposeInPlace();
    std::vector<Index> columns(static_cast<std::size_t>(table.cols()));
    std::iota(columns.begin(), columns.end(), Index{0});
    Index best = 0;
    do {
      Index total = 0;
      for (Index row = 0; row < table.rows(); ++row)
        total += table(row, columns[static_cast<std::size_t>(row)]);
      best = std::max(best, total);
    } while (std::next_permutation(columns.begin(), columns.end()));
    CHECK(clustering_accuracy(a, b) == static_cast<double>(best) / 40);
  }
}

TEST_CASE("the best matching finds a hidden permutation of many labels") {
  const Index k = 150;
  std::vector<int> names(static_cast<std::size_t>(k));
  std::iota(names.begin(), names.end(), 0);
  Rng(5).shuffle(names);
  const Labels truth = random_labels(20000, static_cast<std::uint64_t>(k), 6);
  Labels predicted = disturbed(truth, static_cast<std::uint64_t>(k), 0.3, 7);
  const auto kept = (predicted.array() == truth.array()).count();
  for (int& label : predicted) label = names[static_cast<std::size_t>(label + 1)];
  CHECK(clustering_accuracy(truth, predicted) == static_cast<double>(kept) / 20000);
}

TEST_CASE("many labels need no dense table") {
  const Index n = 200000;
  const Labels different = Labels::LinSpaced(n, 0, static_cast<int>(n) - 1);
  Labels pairs(n);
  for (Index i = 0; i < n; ++i) pairs(i) = static_cast<int>(i / 2);
  CHECK(homogeneity_score(pairs, different) == 1);
  CHECK(completeness_score(pairs, different) ==
        Approx(std::log(n / 2.0) / std::log(static_cast<double>(n))));
  CHECK(std::abs(adjusted_mutual_info_score(pairs, different)) < 1e-9);
  CHECK(adjusted_rand_score(pairs, different) == 0);
}

TEST_CASE("labels may be any view of ints") {
  const std::vector<int> values = {1, 1, 2, 2, 9, 9};
  const Eigen::Map<const Labels> map(values.data(), 4);
  const Labels labels = labels_of(values);
  CHECK(adjusted_rand_score(map, labels.head(4)) == 1);
  CHECK(adjusted_rand_score(labels.segment(1, 4), map + map) < 1);
}

TEST_CASE("labelings of different length are refused by every score, in clear words") {
  const Labels three = labels_of({0, 1, 1}), four = labels_of({0, 1, 1, 0});
  for (const NamedScore& named : all_scores())
    CHECK_THROWS_MATCHES(
        named.score(three, four), std::invalid_argument,
        Message(named.name +
                ": labels_true and labels_pred must have the same length, got 3 and 4"));
  CHECK_THROWS_MATCHES(contingency_matrix(four, three), std::invalid_argument,
                       Message("contingency_matrix: labels_true and labels_pred must have the same "
                               "length, got 4 and 3"));
}
