// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <string>
#include <vector>

#include "unlabeled/core/check.hpp"
#include "unlabeled/core/types.hpp"

// What the metrics ask of labels: any ints, of which only equality and order matter.

namespace unlabeled {

/// Labels as the metrics take them: a Labels vector, a map, a segment of one. Any ints; the label
/// -1 (noise) is a label like every other, as in scikit-learn.
using LabelsView = Eigen::Ref<const Labels>;

namespace detail {

template <class X>
concept RealMatrix = Real<typename X::Scalar> && MatrixOf<X, typename X::Scalar>;

/// Any dense vector expression, segments of vectors included.
template <class X>
concept RealVector = Real<typename X::Scalar> && bool(X::IsVectorAtCompileTime) &&
                     std::constructible_from<Vector<typename X::Scalar>, const X&>;

/// Labels renumbered 0, 1, … in the order of their values.
struct LabelCodes {
  Labels code;             ///< per sample
  std::vector<int> value;  ///< per code, ascending
  [[nodiscard]] Index n_labels() const { return static_cast<Index>(value.size()); }
};

inline LabelCodes encode(const LabelsView& labels) {
  LabelCodes codes{Labels(labels.size()), {}};
  if (labels.size() == 0) return codes;
  const std::int64_t lowest = labels.minCoeff(), highest = labels.maxCoeff();
  const std::int64_t span = highest - lowest + 1;
  if (span <= 4 * labels.size() + 1024) {  // as good as always: a table instead of a sort
    Labels table = Labels::Constant(static_cast<Index>(span), -1);
    for (const int label : labels) table(static_cast<Index>(label - lowest)) = 0;
    for (Index t = 0; t < table.size(); ++t) {
      if (table(t) < 0) continue;
      table(t) = static_cast<int>(codes.n_labels());
      codes.value.push_back(static_cast<int>(lowest + t));
    }
    for (Index i = 0; i < labels.size(); ++i)
      codes.code(i) = table(static_cast<Index>(labels(i) - lowest));
    return codes;
  }
  codes.value.assign(labels.begin(), labels.end());
  std::sort(codes.value.begin(), codes.value.end());
  codes.value.erase(std::unique(codes.value.begin(), codes.value.end()), codes.value.end());
  for (Index i = 0; i < labels.size(); ++i)
    codes.code(i) = static_cast<int>(
        std::lower_bound(codes.value.begin(), codes.value.end(), labels(i)) - codes.value.begin());
  return codes;
}

/// The samples in the order of their label, those of one label ascending.
struct LabelGroups {
  Vector<Index> sample;  ///< the samples of label c are sample[begin[c]] … sample[begin[c + 1] - 1]
  Vector<Index> begin;  ///< n_labels + 1
  [[nodiscard]] Index size(Index label) const { return begin(label + 1) - begin(label); }
};

inline LabelGroups group(const LabelCodes& codes) {
  LabelGroups groups{Vector<Index>(codes.code.size()), Vector<Index>::Zero(codes.n_labels() + 1)};
  for (const int code : codes.code) ++groups.begin(code + 1);
  for (Index c = 0; c < codes.n_labels(); ++c) groups.begin(c + 1) += groups.begin(c);
  Vector<Index> next = groups.begin;
  for (Index i = 0; i < codes.code.size(); ++i) groups.sample(next(codes.code(i))++) = i;
  return groups;
}

/// What every score of (X, labels) asks first; returns the labels encoded.
template <class V>
LabelCodes checked_labels(const char* owner, const V& x, const LabelsView& labels, int n_threads) {
  check_n_threads(owner, n_threads);
  check_training_data(owner, x);
  if (labels.size() != x.rows())
    refuse(owner, "labels must have one entry per sample (" + printed(x.rows()) + "), got " +
                      printed(labels.size()));
  LabelCodes codes = encode(labels);
  if (codes.n_labels() < 2 || codes.n_labels() > x.rows() - 1)
    refuse(owner, "number of labels must be 2 to n_samples - 1 = " + printed(x.rows() - 1) +
                      ", got " + printed(codes.n_labels()));
  return codes;
}

}  // namespace detail
}  // namespace unlabeled
