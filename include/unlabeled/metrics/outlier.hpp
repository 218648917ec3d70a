// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "unlabeled/core/check.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/metrics/detail/labels.hpp"

// Scores for outlier detectors whose truth is known: how well do high scores single out the
// positive samples? For an IsolationForest, label the outliers 1 and the others 0 and pass
// anomaly_score(X), which is high for outliers.

namespace unlabeled {
namespace detail {

/// Samples that share one score.
struct Tie {
  std::int64_t n_positive = 0;
  std::int64_t n_negative = 0;
};

/// From the highest score to the lowest.
template <class Scores>
std::vector<Tie> ties(const Labels& codes, int positive_code, const Scores& scores) {
  using S = typename Scores::Scalar;
  std::vector<std::pair<S, bool>> samples(static_cast<std::size_t>(codes.size()));
  for (Index i = 0; i < codes.size(); ++i)
    samples[static_cast<std::size_t>(i)] = {scores.coeff(i), codes(i) == positive_code};
  std::sort(samples.begin(), samples.end(),
            [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<Tie> result;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (i == 0 || samples[i].first != samples[i - 1].first) result.emplace_back();
    ++(samples[i].second ? result.back().n_positive : result.back().n_negative);
  }
  return result;
}

template <class Scores>
void check_scores(const char* owner, const LabelsView& labels_true, const Scores& scores) {
  if (labels_true.size() == 0) refuse(owner, "labels_true must have at least 1 entry, got 0");
  if (scores.size() != labels_true.size())
    refuse(owner, "scores must have one entry per label (" + printed(labels_true.size()) +
                      "), got " + printed(scores.size()));
  check_finite(owner, "scores", scores);
}

/// Counts pairs of a positive and a negative sample, as integers: a tie is half a pair.
template <Real S> double roc_auc(const LabelsView& labels_true, const Vector<S>& scores) {
  check_scores("roc_auc_score", labels_true, scores);
  const LabelCodes labels = encode(labels_true);
  check_option(labels.n_labels() == 2, "roc_auc_score", "number of different labels_true",
               "2 (the greater is positive)", labels.n_labels());
  std::int64_t n_positive = 0, n_negative = 0, half_pairs = 0;
  for (const Tie& tie : ties(labels.code, 1, scores)) {
    half_pairs += tie.n_negative * (2 * n_positive + tie.n_positive);
    n_positive += tie.n_positive;
    n_negative += tie.n_negative;
  }
  return static_cast<double>(half_pairs) / 2 / static_cast<double>(n_positive) /
         static_cast<double>(n_negative);
}

template <Real S> double average_precision(const LabelsView& labels_true, const Vector<S>& scores) {
  constexpr const char* owner = "average_precision_score";
  check_scores(owner, labels_true, scores);
  const LabelCodes labels = encode(labels_true);
  check_option(labels.n_labels() <= 2, owner, "number of different labels_true",
               "1 or 2 (1 is positive)", labels.n_labels());
  const auto positive = std::find(labels.value.begin(), labels.value.end(), 1);
  if (positive == labels.value.end() && labels.n_labels() == 2)
    refuse(owner, "labels_true must contain the positive label 1, got " + printed(labels.value[0]) +
                      " and " + printed(labels.value[1]));
  std::int64_t n_positive = 0, n_negative = 0;
  double sum = 0;
  for (const Tie& tie :
       ties(labels.code, static_cast<int>(positive - labels.value.begin()), scores)) {
    n_positive += tie.n_positive;
    n_negative += tie.n_negative;
    const double precision =
        static_cast<double>(n_positive) / static_cast<double>(n_positive + n_negative);
    sum += static_cast<double>(tie.n_positive) * precision;
  }
  return n_positive == 0 ? 0 : sum / static_cast<double>(n_positive);
}

}  // namespace detail

/// Area under the receiver operating characteristic: the probability that a random positive sample
/// has a higher score than a random negative one, a tie counting one half. 1 is perfect, 0.5
/// chance.
///
/// The greater of the two labels is the positive one: 1 of {0, 1} and of {-1, 1}. Mind that
/// predict() of an outlier detector gives +1 to normal samples.
///
/// Cost        one sort.
/// Throws      std::invalid_argument unless labels_true has exactly two different values and as
///             many entries as scores, all finite.
///
/// Reference: T. Fawcett, "An introduction to ROC analysis", Pattern Recognit. Lett. 27, 2006,
/// doi 10.1016/j.patrec.2005.10.010.
template <detail::RealVector Scores>
[[nodiscard]] double roc_auc_score(const LabelsView& labels_true, const Scores& scores) {
  return detail::roc_auc(labels_true, Vector<typename Scores::Scalar>(scores));
}

/// Precision averaged over the positive samples: sum over the thresholds t of
/// (recall_t - recall_{t-1}) precision_t, without interpolation. Equal scores are one threshold.
/// Says more than the ROC curve where positive samples are rare; chance is their share.
///
/// The label 1 is the positive one, whatever the other is; without positive samples the score is 0.
///
/// Cost        one sort.
/// Throws      std::invalid_argument for more than two different labels, two labels without 1, no
///             label at all, lengths that differ, scores that are not finite.
template <detail::RealVector Scores>
[[nodiscard]] double average_precision_score(const LabelsView& labels_true, const Scores& scores) {
  return detail::average_precision(labels_true, Vector<typename Scores::Scalar>(scores));
}

}  // namespace unlabeled
