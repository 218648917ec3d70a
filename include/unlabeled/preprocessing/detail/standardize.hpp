// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "unlabeled/core/check.hpp"
#include "unlabeled/core/errors.hpp"
#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/large_matrix.hpp"
#include "unlabeled/linalg/moments.hpp"
#include "unlabeled/linalg/scale_columns.hpp"

// The steps of StandardScaler: moments of checked data, from them the scale, and the pass that
// applies it.

namespace unlabeled::detail {

/// Moments of finite data can still overflow: beyond about 1e150 a square leaves no finite sum.
inline void check_moments(const ColumnMoments& moments) {
  for (Index j = 0; j < moments.mean.size(); ++j)
    if (!is_finite(moments.mean[j]) || !is_finite(moments.m2[j]))
      throw NumericalError("StandardScaler: the values of column " + printed(j) +
                           " are too large for their variance to be a double; divide the column "
                           "by a constant first");
}

/// The one read of the data is also their check; only bad news costs a second look.
template <class V> ColumnMoments checked_moments(Team& team, const V& x) {
  if (x.size() == 0) check_training_data("StandardScaler", x);
  ColumnMoments moments = column_moments(team, Samples<typename V::Scalar>(x));
  if (all_finite(moments)) return moments;
  check_finite("StandardScaler", "X", x);
  check_moments(moments);
  return moments;
}

template <class V, Real S>
ColumnMoments checked_moments(Team& team, const V& x, const Vector<S>& sample_weight) {
  check_training_data("StandardScaler", x);  // a weight of zero can hide a value from the moments
  check_sample_weight("StandardScaler", sample_weight, x.rows());
  const Vector<double> weights = sample_weight.template cast<double>();
  ColumnMoments moments = column_moments(team, Samples<S>(x), weights);
  check_moments(moments);
  return moments;
}

/// What is subtracted.
inline Vector<double> column_offset(const ColumnMoments& moments, bool with_mean) {
  if (with_mean) return moments.mean;
  return Vector<double>::Zero(moments.mean.size());
}

/// What is divided by: the standard deviations, and 1 where a column is constant but for the
/// rounding of n_samples additions or its deviations are too small to be divided by.
template <Real S>
Vector<double> column_scale(const ColumnMoments& moments, Index n_samples, bool with_std) {
  Vector<double> scale = Vector<double>::Ones(moments.mean.size());
  if (!with_std) return scale;
  constexpr double smallest = std::numeric_limits<S>::min();
  constexpr double least = std::max(smallest * smallest, std::numeric_limits<double>::min());
  const double noise = static_cast<double>(n_samples) * std::numeric_limits<double>::epsilon();
  for (Index j = 0; j < scale.size(); ++j) {
    const double variance = moments.m2[j] / moments.weight, offset = noise * moments.mean[j];
    const bool constant = variance < least || variance <= noise * variance + offset * offset;
    if (!constant) scale[j] = std::sqrt(variance);
  }
  return scale;
}

/// As check_new_data, for callers that look at the values themselves.
template <class V> void check_n_features(const char* owner, const V& x, Index n_features) {
  if (x.cols() != n_features) check_new_data(owner, x, n_features);
}

/// x has the columns of the fit, and the target (a writable view) the shape of x.
template <class Operation, Real S, class V, class Y>
void scale_into(const V& x, const ColumnScaling<S>& scaling, int n_threads, Y& out) {
  check_n_features("StandardScaler", x, scaling.factor.size());
  if (out.rows() != x.rows() || out.cols() != x.cols())
    refuse("StandardScaler", "out must be " + printed(x.rows()) + " x " + printed(x.cols()) +
                                 " as X, got " + printed(out.rows()) + " x " + printed(out.cols()));
  if (x.size() == 0) return;
  Team team(n_threads);
  const ColumnScalingPass<S, Operation> pass(Samples<S>(x), scaling, Target<S>(out));
  if (!pass.run_checked(team)) check_finite("StandardScaler", "X", x);
}

template <class Operation, Real S, class V>
Matrix<S> scaled(const V& x, const ColumnScaling<S>& scaling, int n_threads) {
  check_n_features("StandardScaler", x, scaling.factor.size());
  auto out = large_matrix<Matrix<S>>(x.rows(), x.cols());
  scale_into<Operation>(x, scaling, n_threads, out);
  return out;
}

/// The samples that the scaling was learned from, known to be finite.
template <class Operation, Real S, class V>
Matrix<S> scaled_training_data(Team& team, const V& x, const ColumnScaling<S>& scaling) {
  auto out = large_matrix<Matrix<S>>(x.rows(), x.cols());
  ColumnScalingPass<S, Operation>(Samples<S>(x), scaling, Target<S>(out)).run(team);
  return out;
}

/// Looks at all of x before the first change: a refusal leaves x as it was.
template <class Operation, Real S, class V>
void scale_in_place(V& x, const ColumnScaling<S>& scaling, int n_threads) {
  check_n_features("StandardScaler", x, scaling.factor.size());
  if (x.size() == 0) return;
  Team team(n_threads);
  const ColumnScalingPass<S, Operation> pass(Samples<S>(x), scaling, Target<S>(x));
  if (!pass.is_finite(team)) check_finite("StandardScaler", "X", x);
  pass.run(team);
}

}  // namespace unlabeled::detail
