// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "unlabeled/core/check.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/mixture/detail/gmm_parameters.hpp"
#include "unlabeled/mixture/gmm_model.hpp"

// What options, starting points and models of GMM have to be.

namespace unlabeled::detail {

inline GMMOptions checked(GMMOptions options) {
  constexpr const char* owner = "GMM";
  check_option(options.n_components >= 1, owner, "n_components", ">= 1", options.n_components);
  check_option(options.n_components < (Index{1} << 24), owner, "n_components", "< 16777216",
               options.n_components);
  const auto type = static_cast<int>(options.covariance_type);
  check_option(type >= 0 && type <= static_cast<int>(CovarianceType::spherical), owner,
               "covariance_type", "a member of CovarianceType", type);
  check_option(is_finite(options.tolerance) && options.tolerance >= 0, owner, "tolerance",
               ">= 0 and finite", options.tolerance);
  check_option(is_finite(options.regularization) && options.regularization >= 0, owner,
               "regularization", ">= 0 and finite", options.regularization);
  check_option(options.max_iterations >= 1, owner, "max_iterations", ">= 1",
               options.max_iterations);
  check_option(options.n_init >= 1, owner, "n_init", ">= 1", options.n_init);
  const auto init = static_cast<int>(options.init);
  check_option(init >= 0 && init <= static_cast<int>(GMMInit::random), owner, "init",
               "a member of GMMInit", init);
  check_n_threads(owner, options.n_threads);
  return options;
}

/// "initial_model.covariances[2]".
inline std::string covariance_name(const std::string& argument, Index k) {
  return argument + ".covariances[" + printed(k) + "]";
}

/// Weights: one per component, >= 0, with sum 1.
template <Real S>
void check_weights(const std::string& argument, const Vector<S>& weights, Index n_components) {
  if (weights.size() != n_components)
    refuse("GMM", argument + ".weights must have n_components = " + printed(n_components) +
                      " entries, got " + printed(weights.size()));
  check_finite("GMM", (argument + ".weights").c_str(), weights);
  const double sum = weights.template cast<double>().sum();
  const double rounding = static_cast<double>(n_components + 16) *
                          static_cast<double>(std::numeric_limits<S>::epsilon());
  if ((weights.array() < 0).any() || std::abs(sum - 1) > std::max(1e-6, rounding))
    refuse("GMM", argument + ".weights must be >= 0 with sum 1, got sum " + printed(sum));
}

/// A covariance: symmetric, and of the shape that its type allows.
template <Real S>
void check_covariance(const std::string& name, const Matrix<S>& covariance, CovarianceType type) {
  check_finite("GMM", name.c_str(), covariance);
  const Matrix<double> c = covariance.template cast<double>();
  const double rounding = 64 * static_cast<double>(std::numeric_limits<S>::epsilon());
  const bool is_diagonal = type == CovarianceType::diag || type == CovarianceType::spherical;
  for (Index j = 0; j < c.cols(); ++j)
    for (Index i = 0; i < c.rows(); ++i) {
      const double scale = std::sqrt(std::abs(c(i, i)) * std::abs(c(j, j)));
      if (std::abs(c(i, j) - c(j, i)) > rounding * scale)
        refuse("GMM", name + " must be symmetric");
      if (is_diagonal && i != j && c(i, j) != 0)
        refuse("GMM", name + " must be diagonal, as covariance_type says");
    }
  if (type == CovarianceType::spherical &&
      (c.diagonal().array() - c(0, 0)).abs().maxCoeff() > rounding * std::abs(c(0, 0)))
    refuse("GMM", name + " must have one variance for all features, as covariance_type says");
}

/// The first three fields of a model, when they agree with each other and the options.
template <Real S>
void check_parameters(const std::string& argument, const GMMModel<S>& model,
                      const GMMOptions& options) {
  const Index k = options.n_components, d = model.means.cols();
  if (model.means.rows() != k || d < 1)
    refuse("GMM", argument + ".means must be n_components = " + printed(k) +
                      " rows of at least 1 feature, got " + printed(model.means.rows()) + " x " +
                      printed(d));
  check_finite("GMM", (argument + ".means").c_str(), model.means);
  check_weights(argument, model.weights, k);
  if (static_cast<Index>(model.covariances.size()) != k)
    refuse("GMM", argument + ".covariances must be n_components = " + printed(k) +
                      " matrices, got " + printed(static_cast<Index>(model.covariances.size())));
  for (Index c = 0; c < k; ++c) {
    const Matrix<S>& covariance = model.covariances[static_cast<std::size_t>(c)];
    const std::string name = covariance_name(argument, c);
    if (covariance.rows() != d || covariance.cols() != d)
      refuse("GMM", name + " must be n_features x n_features = " + printed(d) + " x " + printed(d) +
                        ", got " + printed(covariance.rows()) + " x " + printed(covariance.cols()));
    check_covariance(name, covariance, options.covariance_type);
    if (options.covariance_type == CovarianceType::tied && covariance != model.covariances[0])
      refuse("GMM",
             name + " must equal " + covariance_name(argument, 0) + ", as covariance_type says");
  }
}

/// Fills precision_factors, or says which covariance has none.
template <Real S>
void complete_or_refuse(const std::string& argument, GMMModel<S>& model, CovarianceType type) {
  const Index failed = complete_factors(model, type);
  if (failed >= 0) refuse("GMM", covariance_name(argument, failed) + " must be positive definite");
}

/// Whether W covariance W^T is 1 up to what rounding the covariance to S can do.
template <Real S> bool whitens(const Matrix<double>& w, const Matrix<S>& covariance) {
  const Matrix<double> c = covariance.template cast<double>();
  const Index d = c.rows();
  for (Index j = 0; j < d; ++j)
    for (Index i = j + 1; i < d; ++i)
      if (w(j, i) != 0) return false;
  const Matrix<double> error = w * c * w.transpose() - Matrix<double>::Identity(d, d);
  const Matrix<double> size = w.cwiseAbs() * c.cwiseAbs() * w.cwiseAbs().transpose();
  const double rounding =
      static_cast<double>(64 + 8 * d) * static_cast<double>(std::numeric_limits<S>::epsilon());
  return (w.diagonal().array() > 0).all() && is_finite(size.sum()) &&
         (error.array().abs() <= rounding * (size.array() + 1)).all();
}

/// The same for inverse deviations and variances.
template <Real S> bool whitens_each(const Matrix<double>& w, const Matrix<S>& covariance) {
  const double rounding = 64 * static_cast<double>(std::numeric_limits<S>::epsilon());
  for (Index t = 0; t < w.cols(); ++t) {
    const double one = w(0, t) * static_cast<double>(covariance(t, t)) * w(0, t);
    if (!(w(0, t) > 0) || !(std::abs(one - 1) <= rounding)) return false;
  }
  return true;
}

template <Real S> bool factors_agree(const GMMModel<S>& model, CovarianceType type) {
  const Matrix<double>& factors = model.precision_factors;
  const Index k = model.means.rows(), d = model.means.cols();
  const bool triangular = type == CovarianceType::full || type == CovarianceType::tied;
  const Index n_rows = type == CovarianceType::full ? k * d : triangular ? d : k;
  if (factors.rows() != n_rows || factors.cols() != d || !all_finite(factors)) return false;
  for (Index c = 0; c < k; ++c) {
    const Matrix<S>& covariance = model.covariances[static_cast<std::size_t>(c)];
    if (triangular && (type == CovarianceType::full || c == 0)) {
      if (!whitens(factor_rows(factors, type, c), covariance)) return false;
    } else if (!triangular) {
      if (!whitens_each<S>(factors.row(c), covariance)) return false;
    }
  }
  return true;
}

template <Real S> bool exact_means_agree(const GMMModel<S>& model) {
  return model.exact_means.rows() == model.means.rows() &&
         model.exact_means.cols() == model.means.cols() &&
         model.exact_means.template cast<S>() == model.means;
}

/// A start from the weights, means and covariances of a model, with the digits that the other
/// fields add where they still say the same.
template <Real S>
GMMModel<S> checked_start(const GMMModel<S>& given, Index n_features, const GMMOptions& options) {
  check_parameters("initial_model", given, options);
  if (given.means.cols() != n_features)
    refuse("GMM", "initial_model.means must have as many columns as X = " + printed(n_features) +
                      ", got " + printed(given.means.cols()));
  GMMModel<S> start;
  start.weights = given.weights;
  start.means = given.means;
  start.covariances = given.covariances;
  start.exact_means =
      exact_means_agree(given) ? given.exact_means : given.means.template cast<double>();
  if (factors_agree(given, options.covariance_type))
    start.precision_factors = given.precision_factors;
  else
    complete_or_refuse("initial_model", start, options.covariance_type);
  return start;
}

/// A model made elsewhere, completed, when it agrees with itself and the options.
template <Real S> GMMModel<S> checked(GMMModel<S> model, const GMMOptions& options) {
  constexpr const char* owner = "GMM";
  const CovarianceType type = options.covariance_type;
  check_parameters("model", model, options);
  if (model.precision_factors.size() == 0)
    complete_or_refuse("model", model, type);
  else if (!factors_agree(model, type))
    refuse(owner,
           "model.precision_factors must be the inverse Cholesky factors of "
           "model.covariances");
  if (model.exact_means.size() == 0) model.exact_means = model.means.template cast<double>();
  if (!exact_means_agree(model))
    refuse(owner, "model.exact_means must be model.means once rounded");
  const Index k = options.n_components;
  if ((model.labels.array() < 0).any() || (model.labels.array().template cast<Index>() >= k).any())
    refuse(owner, "model.labels must be from 0 to " + printed(k - 1));
  check_option(is_finite(model.lower_bound), owner, "model.lower_bound", "finite",
               model.lower_bound);
  check_option(model.report.n_iterations >= 0, owner, "model.report.n_iterations", ">= 0",
               model.report.n_iterations);
  return model;
}

}  // namespace unlabeled::detail
