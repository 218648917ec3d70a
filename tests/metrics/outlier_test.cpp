// SPDX-License-Identifier: MIT
#include <cmath>
#include <numeric>
#include <vector>

#include "support/catch.hpp"
#include "support/reference.hpp"
#include "unlabeled/core/random.hpp"
#include "unlabeled/metrics/outlier.hpp"

using namespace unlabeled;
using Catch::Matchers::Message;

namespace {

template <class S> struct Scored {
  Labels labels;
  Vector<S> scores;
};

/// Positive samples score higher on average; rounded scores have many ties.
template <class S> Scored<S> scored_samples(Index n, double share, bool rounded) {
  Rng rng(static_cast<std::uint64_t>(n));
  Scored<S> data{Labels(n), Vector<S>(n)};
  for (Index i = 0; i < n; ++i) {
    data.labels(i) = i == 0 || (i > 1 && rng.uniform() < share) ? 1 : 0;
    const double score = rng.normal(data.labels(i), 1);
    data.scores(i) = static_cast<S>(rounded ? std::round(score) : score);
  }
  return data;
}

/// All pairs of a positive and a negative sample.
template <class S> double naive_roc_auc(const Scored<S>& data) {
  double won = 0, pairs = 0;
  for (Index i = 0; i < data.labels.size(); ++i)
    for (Index j = 0; j < data.labels.size(); ++j) {
      if (data.labels(i) != 1 || data.labels(j) != 0) continue;
      pairs += 1;
      won += data.scores(i) > data.scores(j) ? 1 : data.scores(i) == data.scores(j) ? 0.5 : 0;
    }
  return won / pairs;
}

/// Mean over the positive samples of the precision at their own threshold.
template <class S> double naive_average_precision(const Scored<S>& data) {
  double sum = 0, n_positive = 0;
  for (Index i = 0; i < data.labels.size(); ++i) {
    if (data.labels(i) != 1) continue;
    const auto chosen = data.scores.array() >= data.scores(i);
    const auto hits = (chosen && data.labels.array() == 1).count();
    sum += static_cast<double>(hits) / static_cast<double>(chosen.count());
    n_positive += 1;
  }
  return sum / n_positive;
}

}  // namespace

TEMPLATE_TEST_CASE("scores of four samples are as worked out by hand", "", float, double) {
  // Descending: 0.8 (1), 0.4 (0), 0.35 (1), 0.1 (0). Of 4 pairs the positives win 3.
  // Precision at the positives: 1 and 2/3.
  Labels labels(4);
  labels << 0, 0, 1, 1;
  Vector<TestType> scores(4);
  scores << TestType(0.1), TestType(0.4), TestType(0.35), TestType(0.8);
  CHECK(roc_auc_score(labels, scores) == 0.75);
  CHECK(average_precision_score(labels, scores) == Approx((1 + 2.0 / 3) / 2));
  CHECK(roc_auc_score(labels, -scores) == 0.25);
}

TEST_CASE("outlier scores equal those of scikit-learn") {
  const Matrix<double> labels = reference::read("metrics/outlier_labels.csv");
  const Matrix<double> scores = reference::read("metrics/outlier_inputs.csv");
  const Matrix<double> expected = reference::read("metrics/outlier_scores.csv");
  for (Index i = 0; i < expected.rows(); ++i) {
    const Labels truth = labels.col(i).cast<int>();
    CHECK(roc_auc_score(truth, scores.col(i)) == Approx(expected(i, 0)).epsilon(1e-13));
    CHECK(average_precision_score(truth, scores.col(i)) == Approx(expected(i, 1)).epsilon(1e-13));
  }
}

TEMPLATE_TEST_CASE("outlier scores equal their definitions, with and without ties", "", float,
                   double) {
  for (const Index n : {2, 3, 10, 101, 400})
    for (const double share : {0.02, 0.5, 0.9})
      for (const bool rounded : {false, true}) {
        const auto data = scored_samples<TestType>(n, share, rounded);
        INFO("n = " << n << ", share " << share << ", rounded " << rounded);
        CHECK(roc_auc_score(data.labels, data.scores) ==
              Approx(naive_roc_auc(data)).epsilon(1e-13));
        CHECK(average_precision_score(data.labels, data.scores) ==
              Approx(naive_average_precision(data)).epsilon(1e-13));
      }
}

TEST_CASE("equal scores are chance, whatever the order of the samples") {
  const auto data = scored_samples<double>(50, 0.3, false);
  const Vector<double> constant = Vector<double>::Constant(50, 0.5);
  CHECK(roc_auc_score(data.labels, constant) == 0.5);
  CHECK(average_precision_score(data.labels, constant) ==
        Approx(static_cast<double>(data.labels.sum()) / 50));
}

TEST_CASE("perfect and reversed rankings") {
  Labels labels(6);
  labels << 0, 1, 0, 1, 0, 0;
  const Vector<double> scores = labels.cast<double>();
  CHECK(roc_auc_score(labels, scores) == 1);
  CHECK(average_precision_score(labels, scores) == 1);
  CHECK(roc_auc_score(labels, -scores) == 0);
}

TEST_CASE("only the order of scores matters") {
  const auto data = scored_samples<double>(200, 0.2, true);
  const Vector<double> stretched = (data.scores.array() * 0.3).exp();
  CHECK(roc_auc_score(data.labels, stretched) == roc_auc_score(data.labels, data.scores));
  CHECK(average_precision_score(data.labels, stretched) ==
        average_precision_score(data.labels, data.scores));
}

TEST_CASE("permuting samples changes nothing") {
  const auto data = scored_samples<double>(150, 0.2, true);
  std::vector<Index> order(150);
  std::iota(order.begin(), order.end(), Index{0});
  Rng(1).shuffle(order);
  const Labels labels = data.labels(order);
  const Vector<double> scores = data.scores(order);
  CHECK(roc_auc_score(labels, scores) == roc_auc_score(data.labels, data.scores));
  CHECK(average_precision_score(labels, scores) ==
        average_precision_score(data.labels, data.scores));
}

TEST_CASE("which label is positive") {
  Labels labels(4), outliers(4);
  labels << 0, 0, 1, 1;
  outliers << -1, -1, 1, 1;
  Eigen::RowVector4d scores(0.1, 0.4, 0.35, 0.8);
  CHECK(roc_auc_score(outliers, scores) == roc_auc_score(labels, scores));
  CHECK(average_precision_score(outliers, scores) == average_precision_score(labels, scores));
  // The area takes the greater label; the precision takes 1, as in scikit-learn.
  Labels shifted = labels.array() + 1;
  CHECK(roc_auc_score(shifted, scores) == roc_auc_score(labels, scores));
  CHECK(average_precision_score(shifted, scores) == 0.5);
  CHECK(average_precision_score(Labels::Ones(4), scores) == 1);
  CHECK(average_precision_score(Labels::Zero(4), scores) == 0);
}

TEST_CASE("outlier scores refuse what they cannot score, in clear words") {
  Labels labels(3);
  labels << 0, 1, 2;
  Vector<double> scores = Vector<double>::LinSpaced(3, 0, 1);
  CHECK_THROWS_MATCHES(roc_auc_score(labels, scores), std::invalid_argument,
                       Message("roc_auc_score: number of different labels_true must be 2 (the "
                               "greater is positive), got 3"));
  CHECK_THROWS_MATCHES(roc_auc_score(Labels::Ones(3), scores), std::invalid_argument,
                       Message("roc_auc_score: number of different labels_true must be 2 (the "
                               "greater is positive), got 1"));
  CHECK_THROWS_MATCHES(average_precision_score(labels, scores), std::invalid_argument,
                       Message("average_precision_score: number of different labels_true must be "
                               "1 or 2 (1 is positive), got 3"));
  labels << 0, 3, 3;
  CHECK_THROWS_MATCHES(average_precision_score(labels, scores), std::invalid_argument,
                       Message("average_precision_score: labels_true must contain the positive "
                               "label 1, got 0 and 3"));
  CHECK_THROWS_MATCHES(roc_auc_score(labels, scores.head(2)), std::invalid_argument,
                       Message("roc_auc_score: scores must have one entry per label (3), got 2"));
  CHECK_THROWS_MATCHES(
      average_precision_score(Labels(0), Vector<double>(0)), std::invalid_argument,
      Message("average_precision_score: labels_true must have at least 1 entry, got 0"));
  scores(1) = std::nan("");
  CHECK_THROWS_MATCHES(roc_auc_score(labels, scores), std::invalid_argument,
                       Message("roc_auc_score: scores has a non-finite value at position 1"));
}
