// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "unlabeled/core/types.hpp"
#include "unlabeled/metrics/detail/assignment.hpp"
#include "unlabeled/metrics/detail/contingency.hpp"

// How well two labelings of the same samples agree. Names of labels play no role: any ints on
// either side, and the label -1 (noise) counts as a label like every other. Labelings that differ
// in names only, two empty ones too, score exactly 1; but mutual_info_score has no upper end, and
// fowlkes_mallows_score is 0 where no two samples share a label.
//
// All take (labels_true, labels_pred) of equal length, else std::invalid_argument. Cost O(n + cells
// of the contingency table that are not 0) unless said otherwise.

namespace unlabeled {

/// Number of samples with each pair of labels: one row per true and one column per predicted label,
/// both in ascending order of the label.
[[nodiscard]] inline Matrix<Index> contingency_matrix(const LabelsView& labels_true,
                                                      const LabelsView& labels_pred) {
  const auto table = detail::checked_contingency("contingency_matrix", labels_true, labels_pred);
  return table.dense();
}

/// Share of pairs of samples that both labelings put together or both keep apart, in [0, 1].
[[nodiscard]] inline double rand_score(const LabelsView& labels_true,
                                       const LabelsView& labels_pred) {
  const auto pairs =
      detail::count_pairs(detail::checked_contingency("rand_score", labels_true, labels_pred));
  const auto same = static_cast<double>(pairs.both + pairs.neither);
  const auto different = static_cast<double>(pairs.only_true + pairs.only_pred);
  return different == 0 ? 1 : same / (same + different);
}

/// Rand score corrected for chance: 1 for equal labelings, 0 on average for random ones of the same
/// sizes, at least -0.5.
///
/// Reference: L. Hubert, P. Arabie, "Comparing partitions", J. Classif. 2, 1985,
/// doi 10.1007/BF01908075.
[[nodiscard]] inline double adjusted_rand_score(const LabelsView& labels_true,
                                                const LabelsView& labels_pred) {
  const auto pairs = detail::count_pairs(
      detail::checked_contingency("adjusted_rand_score", labels_true, labels_pred));
  if (pairs.only_true == 0 && pairs.only_pred == 0) return 1;
  const auto both = static_cast<double>(pairs.both), neither = static_cast<double>(pairs.neither);
  const auto only_true = static_cast<double>(pairs.only_true);
  const auto only_pred = static_cast<double>(pairs.only_pred);
  // both * neither - only_true * only_pred, where the products may agree in all their digits
  const double product = only_true * only_pred;
  const double excess =
      std::fma(both, neither, -product) + std::fma(-only_true, only_pred, product);
  return 2 * excess /
         ((both + only_true) * (only_true + neither) + (both + only_pred) * (only_pred + neither));
}

/// Geometric mean of precision and recall over pairs of samples, in [0, 1]; 0 where no pair is
/// together in both labelings.
///
/// Reference: E. B. Fowlkes, C. L. Mallows, "A method for comparing two hierarchical clusterings",
/// JASA 78, 1983, doi 10.1080/01621459.1983.10478008.
[[nodiscard]] inline double fowlkes_mallows_score(const LabelsView& labels_true,
                                                  const LabelsView& labels_pred) {
  const auto pairs = detail::count_pairs(
      detail::checked_contingency("fowlkes_mallows_score", labels_true, labels_pred));
  const auto both = static_cast<double>(pairs.both);
  if (pairs.both == 0) return 0;
  return std::sqrt(both / static_cast<double>(pairs.both + pairs.only_true)) *
         std::sqrt(both / static_cast<double>(pairs.both + pairs.only_pred));
}

/// Information that the labelings share, in nats (natural logarithm), from 0 to the lesser of their
/// entropies. 0 for empty labelings.
[[nodiscard]] inline double mutual_info_score(const LabelsView& labels_true,
                                              const LabelsView& labels_pred) {
  return detail::mutual_information(
      detail::checked_contingency("mutual_info_score", labels_true, labels_pred));
}

/// Mutual information over the arithmetic mean of the entropies, in [0, 1]. Equal to
/// v_measure_score.
[[nodiscard]] inline double normalized_mutual_info_score(const LabelsView& labels_true,
                                                         const LabelsView& labels_pred) {
  const auto table =
      detail::checked_contingency("normalized_mutual_info_score", labels_true, labels_pred);
  return detail::normalized_mutual_information(table);
}

/// Mutual information corrected for chance, (MI - E[MI]) / (mean entropy - E[MI]): 1 for equal
/// labelings, about 0 for random ones of the same sizes whatever the number of labels.
///
/// Cost        a sum over the pairs of different label sizes, each of about sqrt(n) terms.
///
/// Reference: N. X. Vinh, J. Epps, J. Bailey, "Information theoretic measures for clusterings
/// comparison", JMLR 11, 2010.
[[nodiscard]] inline double adjusted_mutual_info_score(const LabelsView& labels_true,
                                                       const LabelsView& labels_pred) {
  const auto table =
      detail::checked_contingency("adjusted_mutual_info_score", labels_true, labels_pred);
  if (table.is_perfect()) return 1;
  const double expected = detail::expected_mutual_information(table);
  const double room = detail::mean_entropy(table) - expected;
  constexpr double rounding = std::numeric_limits<double>::epsilon();
  return (detail::mutual_information(table) - expected) /
         (room < 0 ? std::min(room, -rounding) : std::max(room, rounding));
}

/// 1 - H(true | pred) / H(true), in [0, 1]: 1 where every predicted cluster lies within one class.
[[nodiscard]] inline double homogeneity_score(const LabelsView& labels_true,
                                              const LabelsView& labels_pred) {
  return detail::homogeneity(
      detail::checked_contingency("homogeneity_score", labels_true, labels_pred));
}

/// 1 - H(pred | true) / H(pred), in [0, 1]: 1 where every class lies within one predicted cluster.
[[nodiscard]] inline double completeness_score(const LabelsView& labels_true,
                                               const LabelsView& labels_pred) {
  return detail::completeness(
      detail::checked_contingency("completeness_score", labels_true, labels_pred));
}

/// Harmonic mean of homogeneity and completeness, in [0, 1].
///
/// Reference: A. Rosenberg, J. Hirschberg, "V-measure: a conditional entropy-based external cluster
/// evaluation measure", EMNLP-CoNLL 2007.
[[nodiscard]] inline double v_measure_score(const LabelsView& labels_true,
                                            const LabelsView& labels_pred) {
  const auto table = detail::checked_contingency("v_measure_score", labels_true, labels_pred);
  const double homogeneity = detail::homogeneity(table);
  const double completeness = detail::completeness(table);
  const double sum = homogeneity + completeness;
  return sum == 0 ? 0 : 2 * homogeneity * completeness / sum;
}

/// Share of samples whose predicted cluster is matched with their class, under the best one-to-one
/// matching of clusters and classes; what is left without a partner counts as wrong. In [0, 1].
/// This is the "ACC" of the deep clustering literature.
///
/// Cost        k^2 l operations and k l memory for k labels on one side and l >= k on the other.
[[nodiscard]] inline double clustering_accuracy(const LabelsView& labels_true,
                                                const LabelsView& labels_pred) {
  const auto table = detail::checked_contingency("clustering_accuracy", labels_true, labels_pred);
  if (table.is_perfect()) return 1;
  Matrix<Index> counts = table.dense();
  if (counts.rows() > counts.cols()) counts.transposeInPlace();
  return static_cast<double>(detail::Assignment(counts).total_gain()) /
         static_cast<double>(table.n_samples);
}

}  // namespace unlabeled
