// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "unlabeled/core/check.hpp"
#include "unlabeled/core/errors.hpp"
#include "unlabeled/core/parallel.hpp"
#include "unlabeled/decomposition/detail/principal_axes.hpp"
#include "unlabeled/decomposition/pca_model.hpp"

// From data and options to a PCAModel.

namespace unlabeled::detail {

inline const PCAOptions& checked(const PCAOptions& options) {
  constexpr const char* owner = "PCA";
  check_option(options.n_components >= 0, owner, "n_components", ">= 0 (0 = all)",
               options.n_components);
  check_option(options.min_explained_variance >= 0 && options.min_explained_variance <= 1, owner,
               "min_explained_variance", "in [0, 1]", options.min_explained_variance);
  check_option(options.solver >= PCASolver::automatic && options.solver <= PCASolver::randomized,
               owner, "solver", "a member of PCASolver", static_cast<int>(options.solver));
  check_option(options.n_oversamples >= 0, owner, "n_oversamples", ">= 0", options.n_oversamples);
  check_option(options.n_power_iterations >= -1, owner, "n_power_iterations",
               ">= 0, or -1 (automatic)", options.n_power_iterations);
  check_n_threads(owner, options.n_threads);
  return options;
}

/// Rows of length one, orthogonal to each other, but for rounding to S in a file or elsewhere.
template <Real S> bool rows_are_orthonormal(const Matrix<S>& rows) {
  constexpr double allowed = sizeof(S) == 4 ? 1e-3 : 1e-6;
  for (Index i = 0; i < rows.rows(); ++i)
    for (Index j = 0; j <= i; ++j) {
      double product = 0;
      for (Index t = 0; t < rows.cols(); ++t)
        product += static_cast<double>(rows(i, t)) * static_cast<double>(rows(j, t));
      if (!(std::abs(product - (i == j ? 1 : 0)) <= allowed)) return false;
    }
  return true;
}

/// Finite values >= 0, one for each component, none greater than the one before.
template <Real S> bool is_descending(const Vector<S>& values, Index size) {
  if (values.size() != size || !all_finite(values) || (values.array() < 0).any()) return false;
  for (Index k = 1; k < size; ++k)
    if (values[k] > values[k - 1]) return false;
  return true;
}

/// A model made elsewhere, when it agrees with itself.
template <Real S> PCAModel<S> checked(PCAModel<S> model) {
  const Index k = model.components.rows(), d = model.components.cols();
  auto require = [](bool holds, const char* what) {
    if (!holds) refuse("PCA", std::string("model.") + what);
  };
  require(k >= 1 && k <= d, "components must have from 1 to n_features rows");
  check_finite("PCA", "model.components", model.components);
  require(rows_are_orthonormal(model.components), "components must have orthonormal rows");
  require(model.mean.size() == d && all_finite(model.mean),
          "mean must be n_features finite values");
  require(model.exact_mean.size() == d && model.exact_mean.template cast<S>() == model.mean,
          "exact_mean must round to mean");
  require(is_descending(model.explained_variance, k),
          "explained_variance must be n_components values >= 0, largest first");
  require(is_descending(model.explained_variance_ratio, k),
          "explained_variance_ratio must be n_components values >= 0, largest first");
  require(is_descending(model.singular_values, k),
          "singular_values must be n_components values >= 0, largest first");
  require(is_finite(model.noise_variance) && model.noise_variance >= 0,
          "noise_variance must be finite and >= 0");
  require(is_finite(model.total_variance) && model.total_variance >= 0,
          "total_variance must be finite and >= 0");
  require(model.n_samples_seen >= 1, "n_samples_seen must be >= 1");
  return model;
}

/// Sums that are not finite betray the data without a pass of their own.
template <class V> void check_sums(const V& x, const Vector<double>& mean, double total) {
  if (all_finite(mean.data(), mean.size()) && is_finite(total)) return;
  check_finite("PCA", "X", x);
  throw NumericalError("PCA: the variance of X overflows; scale the features first");
}

/// Components to compute: all unless n_components says otherwise, as the share of variance that
/// min_explained_variance asks for is known only afterwards.
inline Index n_wanted_components(const PCAOptions& options, Index n_samples, Index n_features) {
  const Index all = std::min(n_samples, n_features);
  return options.n_components > 0 ? std::min(options.n_components, all) : all;
}

/// Forming the smaller of the d x d and n x n products costs n d min(n, d) multiply-adds; about ten
/// steps of block Krylov cost 40 n d a column.
inline PCASolver chosen_solver(const PCAOptions& options, Index n_samples, Index n_features,
                               Index n_wanted) {
  constexpr Index large = 1000, krylov_cost = 40;
  if (options.solver != PCASolver::automatic) return options.solver;
  const Index smaller = std::min(n_samples, n_features);
  const Index block = n_wanted + std::min(options.n_oversamples, smaller - n_wanted);
  const bool few = smaller > large && krylov_cost * block < smaller;
  return few ? PCASolver::randomized : PCASolver::covariance;
}

template <class V>
PrincipalAxes principal_axes(Team& team, const V& x, const PCAOptions& options, Index n_wanted) {
  const Samples<typename V::Scalar> samples(x);
  const PCASolver solver = chosen_solver(options, x.rows(), x.cols(), n_wanted);
  if (solver == PCASolver::covariance && x.rows() >= x.cols()) {
    const Scatter sum = scatter(team, samples);
    check_sums(x, sum.mean, sum.scatter.trace());
    return axes_of_scatter<typename V::Scalar>(team, sum, n_wanted, options.seed);
  }
  const ColumnMoments moments = column_moments(team, samples);
  const double total = moments.m2.sum();
  check_sums(x, moments.mean, total);
  Spectrum spectrum;
  if (solver == PCASolver::covariance)
    spectrum = spectrum_of_few_rows(team, centred_copy(x, {0, x.rows()}, moments.mean), n_wanted,
                                    options.seed);
  else if (solver == PCASolver::svd)
    spectrum = spectrum_by_svd(team, x, moments.mean, n_wanted);
  else
    spectrum = spectrum_by_krylov(team, samples, moments.mean, n_wanted, options);
  return {moments.mean, total, std::move(spectrum)};
}

/// The fewest leading components that hold this share of the total, up to rounding.
inline Index n_explaining(const Vector<double>& squared, double total, double share) {
  constexpr double rounding = 1e-12;
  double sum = 0;
  for (Index k = 0; k < squared.size(); ++k) {
    sum += squared[k];
    if (sum >= (share - rounding) * total) return k + 1;
  }
  return squared.size();
}

/// Makes each row's entry of largest magnitude (the first such) positive.
template <Real S> void fix_signs(Matrix<S>& components) {
  for (Index i = 0; i < components.rows(); ++i) {
    Index largest = 0;
    for (Index j = 1; j < components.cols(); ++j)
      if (std::abs(components(i, j)) > std::abs(components(i, largest))) largest = j;
    if (components(i, largest) < 0) components.row(i) *= S(-1);
  }
}

template <Real S>
PCAModel<S> pca_model(const PrincipalAxes& axes, Index n_samples, const PCAOptions& options) {
  const Vector<double> squared = axes.spectrum.values.cwiseAbs2();
  const double divisor = static_cast<double>(std::max<Index>(n_samples - 1, 1));
  const double total = axes.total_scatter;
  const Index k = options.min_explained_variance > 0
                      ? n_explaining(squared, total, options.min_explained_variance)
                      : squared.size();
  const Index n_dropped = std::min(n_samples, axes.mean.size()) - k;
  PCAModel<S> model;
  model.components = axes.spectrum.vectors.leftCols(k).transpose().template cast<S>();
  fix_signs(model.components);
  model.mean = axes.mean.template cast<S>();
  model.exact_mean = axes.mean;
  model.singular_values = axes.spectrum.values.head(k).template cast<S>();
  model.explained_variance = (squared.head(k) / divisor).template cast<S>();
  model.explained_variance_ratio = (squared.head(k) / (total > 0 ? total : 1.0)).template cast<S>();
  const double dropped = std::max(0.0, total - squared.head(k).sum());
  if (n_dropped > 0)
    model.noise_variance = static_cast<S>(dropped / divisor / static_cast<double>(n_dropped));
  model.total_variance = total / divisor;
  model.n_samples_seen = n_samples;
  return model;
}

template <Real S, class V> PCAModel<S> pca_fit(const V& x, const PCAOptions& options) {
  if (x.size() == 0) check_training_data("PCA", x);
  const Index most = std::min(x.rows(), x.cols());
  if (options.n_components > most)
    refuse("PCA", "n_components must be <= min(n_samples, n_features) = " + printed(most) +
                      ", got " + printed(options.n_components));
  Team team(options.n_threads);
  const Index n_wanted = n_wanted_components(options, x.rows(), x.cols());
  return pca_model<S>(principal_axes(team, x, options, n_wanted), x.rows(), options);
}

/// The rows whose second moments, added to those of a batch about its mean, are the scatter of all
/// samples together: singular values times components, and the shift of the mean.
template <Real S>
Matrix<double> summary_rows(const PCAModel<S>& model, const Vector<double>& delta, double weight) {
  Matrix<double> rows(model.components.rows() + 1, model.components.cols());
  rows.topRows(model.components.rows()) =
      model.singular_values.template cast<double>().asDiagonal() *
      model.components.template cast<double>();
  rows.bottomRows(1) = std::sqrt(weight) * delta.transpose();
  return rows;
}

/// Components of the samples seen so far together with a batch (Ross et al. 2008): from the merged
/// d x d scatter, or from the few rows that stand for all samples, whichever is smaller.
template <Real S, class V>
PrincipalAxes merged_axes(Team& team, const PCAModel<S>& model, const V& x,
                          const PCAOptions& options, Index n_wanted) {
  const auto n_before = static_cast<double>(model.n_samples_seen);
  const auto n_batch = static_cast<double>(x.rows());
  const ColumnMoments batch = column_moments(team, Samples<S>(x));
  check_sums(x, batch.mean, batch.m2.sum());
  const Vector<double>& before = model.exact_mean;
  const Vector<double> delta = batch.mean - before;
  const double weight = n_before * (n_batch / (n_before + n_batch));
  const double total_before =
      model.total_variance * static_cast<double>(std::max<Index>(model.n_samples_seen - 1, 1));
  PrincipalAxes axes{before + delta * (n_batch / (n_before + n_batch)),
                     total_before + batch.m2.sum() + weight * delta.squaredNorm(),
                     {}};
  const Matrix<double> summary = summary_rows(model, delta, weight);
  if (summary.rows() + x.rows() < x.cols()) {
    Matrix<double> rows(summary.rows() + x.rows(), x.cols());
    rows.topRows(summary.rows()) = summary;
    rows.bottomRows(x.rows()) = centred_copy(x, {0, x.rows()}, batch.mean);
    axes.spectrum = spectrum_of_few_rows(team, rows, std::min(n_wanted, rows.rows()), options.seed);
  } else {
    Matrix<double> sum = scatter(team, Samples<S>(x)).scatter;
    sum += second_moments(team, Samples<double>(summary));
    axes.spectrum = singular_from_squared(leading_spectrum<S>(team, sum, n_wanted, options.seed));
  }
  return axes;
}

template <Real S, class V>
PCAModel<S> pca_partial_fit(const PCAModel<S>* before, const V& x, const PCAOptions& options) {
  if (x.size() == 0) check_training_data("PCA", x);
  const Index d = before ? before->mean.size() : x.cols();
  if (x.cols() != d) check_new_data("PCA", x, d);
  if (options.n_components > d)
    refuse("PCA", "n_components must be <= n_features = " + printed(d) + ", got " +
                      printed(options.n_components));
  Team team(options.n_threads);
  const Index n_samples = x.rows() + (before ? before->n_samples_seen : 0);
  const Index n_wanted = n_wanted_components(options, n_samples, d);
  if (!before) return pca_model<S>(principal_axes(team, x, options, n_wanted), n_samples, options);
  return pca_model<S>(merged_axes(team, *before, x, options, n_wanted), n_samples, options);
}

}  // namespace unlabeled::detail
