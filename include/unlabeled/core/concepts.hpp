// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>

#include "unlabeled/core/types.hpp"

// What an estimator can do, as contracts over the estimator E and its input type X (a matrix for
// all but Word2Vec). Each estimator proves its own with a static_assert under the class.

namespace unlabeled {

/// Learns from X and can be asked whether it has.
template <class E, class X>
concept Estimator = requires(E& estimator, const E& fitted, const X& x) {
  typename E::Scalar;
  { estimator.fit(x) } -> std::same_as<E&>;
  { fitted.is_fitted() } -> std::same_as<bool>;
  fitted.options();
  fitted.model();
};

/// Maps samples to a new representation.
template <class E, class X>
concept Transformer = Estimator<E, X> && requires(E& estimator, const E& fitted, const X& x) {
  { fitted.transform(x) } -> std::same_as<Matrix<typename E::Scalar>>;
  { estimator.fit_transform(x) } -> std::same_as<Matrix<typename E::Scalar>>;
};

/// Maps the representation back.
template <class E, class X>
concept InvertibleTransformer = Transformer<E, X> && requires(const E& fitted, const X& z) {
  { fitted.inverse_transform(z) } -> std::same_as<Matrix<typename E::Scalar>>;
};

/// Gives every training sample a cluster.
template <class E, class X>
concept Clusterer = Estimator<E, X> && requires(E& estimator, const E& fitted, const X& x) {
  { fitted.labels() } -> std::same_as<const Labels&>;
  { estimator.fit_predict(x) } -> std::same_as<Labels>;
};

/// Gives any sample a label.
template <class E, class X>
concept Predictor = Estimator<E, X> && requires(const E& fitted, const X& x) {
  { fitted.predict(x) } -> std::same_as<Labels>;
};

/// Gives any sample a log density.
template <class E, class X>
concept DensityEstimator = Estimator<E, X> && requires(const E& fitted, const X& x) {
  { fitted.score_samples(x) } -> std::same_as<Vector<typename E::Scalar>>;
};

/// Tells normal samples (+1) from outliers (-1); higher scores are more normal.
template <class E, class X>
concept OutlierDetector = Predictor<E, X> && requires(const E& fitted, const X& x) {
  { fitted.score_samples(x) } -> std::same_as<Vector<typename E::Scalar>>;
  { fitted.decision_function(x) } -> std::same_as<Vector<typename E::Scalar>>;
};

/// Learns from one batch after another.
template <class E, class X>
concept IncrementalEstimator = Estimator<E, X> && requires(E& estimator, const X& x) {
  { estimator.partial_fit(x) } -> std::same_as<E&>;
};

}  // namespace unlabeled
