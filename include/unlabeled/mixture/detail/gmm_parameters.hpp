// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "unlabeled/core/check.hpp"
#include "unlabeled/core/errors.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/cholesky.hpp"
#include "unlabeled/mixture/detail/gmm_density.hpp"
#include "unlabeled/mixture/detail/gmm_update.hpp"

// Between the model that a user sees, in units of the data, and the mixture that is computed with.

namespace unlabeled::detail {

/// The rows of precision_factors that belong to one triangle, or all of them.
inline Matrix<double> factor_rows(const Matrix<double>& factors, CovarianceType type, Index k) {
  return type == CovarianceType::full ? factors.middleRows(k * factors.cols(), factors.cols())
                                      : factors;
}

/// The Cholesky factor of a covariance in S; false if it is not positive definite. Rounding to a
/// narrow S moves each entry by half an epsilon, and a nearly singular covariance by that much out
/// of the positive ones: n_features epsilons more on the diagonal bring it back.
template <Real S> bool factorize_rounded(const Matrix<S>& covariance, Matrix<double>& lower) {
  lower = covariance.template cast<double>();
  if (cholesky_in_place(lower) < 0) return true;
  if constexpr (std::numeric_limits<S>::digits < std::numeric_limits<double>::digits) {
    const double rounding = static_cast<double>(lower.rows() + 1) *
                            static_cast<double>(std::numeric_limits<S>::epsilon());
    lower = covariance.template cast<double>();
    lower.diagonal() *= 1 + rounding;
    return cholesky_in_place(lower) < 0;
  }
  return false;
}

/// precision_factors from the covariances. Returns the component whose covariance is not positive
/// definite, or -1.
template <Real S> Index complete_factors(GMMModel<S>& model, CovarianceType type) {
  const Index k = model.means.rows(), d = model.means.cols();
  const auto covariance = [&](Index c) -> const Matrix<S>& {
    return model.covariances[static_cast<std::size_t>(c)];
  };
  if (type == CovarianceType::diag || type == CovarianceType::spherical) {
    model.precision_factors.resize(k, d);
    for (Index c = 0; c < k; ++c)
      for (Index t = 0; t < d; ++t) {
        const auto variance = static_cast<double>(covariance(c)(t, t));
        if (!(variance > 0)) return c;
        model.precision_factors(c, t) = 1 / std::sqrt(variance);
      }
    return -1;
  }
  const Index n_triangles = type == CovarianceType::full ? k : 1;
  model.precision_factors.resize(n_triangles * d, d);
  for (Index c = 0; c < n_triangles; ++c) {
    Matrix<double> lower;
    if (!factorize_rounded(covariance(c), lower)) return c;
    model.precision_factors.middleRows(c * d, d) = inverse_of_lower(lower);
  }
  return -1;
}

/// The frame of a model: it depends on nothing else, so that every prediction is the same.
template <Real S> FeatureFrame frame_of(const GMMModel<S>& model) {
  const Vector<double> weights = model.weights.template cast<double>();
  Vector<double> variance = Vector<double>::Zero(model.means.cols());
  for (Index k = 0; k < weights.size(); ++k)
    variance += weights[k] *
                model.covariances[static_cast<std::size_t>(k)].diagonal().template cast<double>();
  return {model.exact_means.transpose() * weights, variance};
}

/// A model whose factors are complete, in a frame.
template <Real S>
Mixture mixture_of(const GMMModel<S>& model, CovarianceType type, const FeatureFrame& frame) {
  Mixture mixture;
  mixture.type = type;
  mixture.weights = model.weights.template cast<double>();
  mixture.weights /= mixture.weights.sum();
  mixture.means.resize(model.means.rows(), model.means.cols());
  for (Index k = 0; k < mixture.means.rows(); ++k)
    for (Index t = 0; t < mixture.means.cols(); ++t)  // cut off as samples are
      mixture.means(k, t) =
          FeatureFrame::coordinate(model.exact_means(k, t), frame.shift[t], frame.scale[t]);
  const Index n_factors = type == CovarianceType::full ? model.means.rows() : 1;
  for (Index k = 0; k < n_factors; ++k)
    mixture.whitening.push_back(factor_rows(model.precision_factors, type, k) *
                                frame.scale.cwiseInverse().asDiagonal());
  return mixture;
}

/// The same with the factors of the covariances themselves, from which iterations start.
inline FactoredMixture factored(Mixture mixture) {
  FactoredMixture result{std::move(mixture), {}};
  for (const Matrix<double>& whitening : result.mixture.whitening)
    result.factors.push_back(result.mixture.is_triangular() ? inverse_of_lower(whitening)
                                                            : whitening.cwiseInverse());
  return result;
}

/// Covariance of a component in units of the data.
template <Real S>
Matrix<S> covariance_of(const FactoredMixture& fit, const FeatureFrame& frame, Index k) {
  const Index d = frame.n_features();
  if (!fit.mixture.is_triangular()) {
    const Vector<double> deviation = fit.factors[0].row(k).transpose().cwiseQuotient(frame.scale);
    return deviation.cwiseAbs2().asDiagonal().toDenseMatrix().template cast<S>();
  }
  const bool own = fit.mixture.type == CovarianceType::full;
  const Matrix<double> lower =
      frame.scale.cwiseInverse().asDiagonal() * fit.factors[own ? static_cast<std::size_t>(k) : 0];
  const Matrix<double> product = lower_congruence(lower, Matrix<double>::Identity(d, d));
  Matrix<S> covariance(d, d);
  for (Index j = 0; j < d; ++j)
    for (Index i = j; i < d; ++i)
      covariance(i, j) = covariance(j, i) = static_cast<S>(product(i, j));
  return covariance;
}

/// What S can hold, so that a model can be saved, loaded and started from.
template <Real S> void check_range(const Matrix<S>& covariance) {
  constexpr S least = std::numeric_limits<S>::min();
  if (!all_finite(covariance.data(), covariance.size()) || covariance.diagonal().minCoeff() < least)
    throw NumericalError(
        "GMM: a covariance leaves the range of the scalar type; scale the features first");
}

/// The model that a user gets, but for labels and report.
template <Real S> GMMModel<S> model_of(const FactoredMixture& fit, const FeatureFrame& frame) {
  const Mixture& mixture = fit.mixture;
  const Index k = mixture.n_components(), d = mixture.n_features();
  GMMModel<S> model;
  model.weights = mixture.weights.template cast<S>();
  model.exact_means =
      (mixture.means * frame.scale.cwiseInverse().asDiagonal()).rowwise() + frame.shift.transpose();
  model.means = model.exact_means.template cast<S>();
  for (Index c = 0; c < k; ++c) {
    const bool again = mixture.type == CovarianceType::tied && c > 0;
    model.covariances.push_back(again ? model.covariances[0] : covariance_of<S>(fit, frame, c));
    check_range(model.covariances.back());
  }
  const Index n_rows = mixture.is_triangular() ? d : k;
  model.precision_factors.resize(n_rows * static_cast<Index>(mixture.whitening.size()), d);
  for (std::size_t i = 0; i < mixture.whitening.size(); ++i)
    model.precision_factors.middleRows(static_cast<Index>(i) * n_rows, n_rows) =
        mixture.whitening[i] * frame.scale.asDiagonal();
  return model;
}

}  // namespace unlabeled::detail
