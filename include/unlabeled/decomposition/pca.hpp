// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "unlabeled/core/check.hpp"
#include "unlabeled/core/concepts.hpp"
#include "unlabeled/core/errors.hpp"
#include "unlabeled/core/fitted.hpp"
#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/decomposition/detail/pca_fit.hpp"
#include "unlabeled/decomposition/pca_model.hpp"
#include "unlabeled/linalg/product.hpp"

namespace unlabeled {

namespace detail {

/// Standard deviation of each component. One that is rounding error only, at most
/// d eps of the largest variance, counts as 0.
template <Real S> Vector<S> component_deviations(const PCAModel<S>& model) {
  const auto d = static_cast<S>(model.mean.size());
  const Vector<S>& variance = model.explained_variance;
  const S least = d * std::numeric_limits<S>::epsilon() * variance[0];
  return (variance.array() > least).select(variance.cwiseSqrt(), S(0));
}

/// (x - mean) times the components, each over its deviation when whitening.
template <Real S, class V>
Matrix<S> pca_transform(const V& x, const PCAModel<S>& model, const PCAOptions& options) {
  check_new_data("PCA", x, model.mean.size());
  RowMatrix<S> rows = model.components;
  if (options.whiten) {
    const Vector<S> deviation = component_deviations(model);
    for (Index k = 0; k < rows.rows(); ++k)
      rows.row(k) *= deviation[k] > 0 ? 1 / deviation[k] : S(0);
  }
  Team team(options.n_threads);
  return product(team, Samples<S>(x), model.mean.data(), pack_rows<S>(rows));
}

template <Real S, class V>
Matrix<S> pca_inverse_transform(const V& z, const PCAModel<S>& model, const PCAOptions& options) {
  const Index k = model.components.rows();
  if (z.cols() != k)
    refuse("PCA", "Z must have " + printed(k) + " columns (components), got " + printed(z.cols()));
  check_finite("PCA", "Z", z);
  RowMatrix<S> columns = model.components.transpose();
  if (options.whiten) columns *= component_deviations(model).asDiagonal();
  PackedRows<S> packed = pack_rows<S>(columns);
  std::copy_n(model.mean.data(), model.mean.size(), packed.bias.data());
  Team team(options.n_threads);
  return product(team, Samples<S>(z), static_cast<const S*>(nullptr), packed);
}

/// log N(x; mean, C) with C = sum_k (variance_k - noise) v_k v_k^T + noise I: squares of the
/// coordinates over their variances, and of the rest of x - mean over the noise.
template <Real S, class V>
Vector<S> pca_score_samples(const V& x, const PCAModel<S>& model, PCAOptions options) {
  constexpr double log_two_pi = 1.83787706640934548356;
  options.whiten = false;
  const Index d = model.mean.size(), k = model.components.rows();
  const Vector<double> variance = model.explained_variance.template cast<double>();
  const auto noise = static_cast<double>(model.noise_variance);
  const double least = std::numeric_limits<S>::epsilon() * variance[0];
  if (variance[k - 1] <= least || (k < d && noise <= least))
    throw NumericalError(
        "PCA: score_samples needs variance in every direction; lower n_components "
        "so that noise_variance > 0, or drop constant features");
  const double log_determinant =
      variance.array().log().sum() + static_cast<double>(d - k) * std::log(k < d ? noise : 1.0);
  const Matrix<S> z = pca_transform(x, model, options);
  const Matrix<S> kept = pca_inverse_transform(z, model, options);
  Vector<S> scores(x.rows());
  Team team(options.n_threads);
  team.for_each_chunk(Chunks{x.rows(), 1024}, [&](Range rows, int) {
    for (Index i = rows.begin; i < rows.end; ++i) {
      double distance =
          (z.row(i).transpose().template cast<double>().array().square() / variance.array()).sum();
      if (k < d) distance += (x.row(i) - kept.row(i)).template cast<double>().squaredNorm() / noise;
      scores[i] =
          static_cast<S>(-0.5 * (distance + log_determinant + static_cast<double>(d) * log_two_pi));
    }
  });
  return scores;
}

}  // namespace detail

/// Finds the orthogonal directions in which samples vary most.
///
/// With X_c = X - 1 mean^T = U diag(s) V^T, components are the columns of V, largest s first, and
/// transform gives the coordinates X_c V. Of all k-dimensional projections this one keeps the most
/// variance. Scale features of different units first (StandardScaler). For structure that is not
/// linear see Autoencoder.
///
/// Shapes      X is n_samples x n_features, rows are samples. components: k x d, k = n_components.
/// Units       explained_variance = s² / (n - 1), 0 for a single sample; its ratio is to the
///             variance of all features, kept or not. noise_variance is the mean of what is
///             dropped.
/// Signs       the entry of largest magnitude of each component is positive (the first such).
/// Accuracy    covariance squares the singular values: those below 1.5e-8 s_1 (double) or 3e-4 s_1
///             (float) and their components carry no digits. svd keeps them. Few components of many
///             are iterated until their residual is 1e-10 (double) or 1e-8 (float) of the largest
///             variance, by randomized 1e-5 (an error of about its square in the variances), within
///             60 products with X; or n_power_iterations are taken.
///             Offsets common to all samples cost nothing: data are centred before any product.
/// Whitening   divides by the root of explained_variance; components whose variance is at most
///             d eps of the largest are rounding error and get the coordinate 0.
/// Batches     partial_fit keeps s V^T, the mean and n, and updates them [2]: with n_components = 0
///             the result of fit on all samples within rounding; else what earlier batches dropped
///             is missing from later components, but not from the total variance.
/// Cost        covariance: n d min(n, d) multiply-adds and O(min(n, d)^2) memory, one read of X for
///             n >= d; then O(d^2 k), or O(9 d^3) for all components. svd: 2 n d^2 + O(d^3),
///             several times slower. randomized: 4 n d (k + n_oversamples) a step, O(d k) memory.
/// Randomness  the start of the iteration. Equal seed, data and options give equal bits, whatever
///             n_threads is.
/// Threads     all passes over X. After fit, all const members may be called from several threads.
/// Throws      std::invalid_argument for empty or non-finite data, n_components > min(n, d),
///             another number of columns; NotFitted before fit; NumericalError when the variance
///             overflows.
///
/// @code
/// unlabeled::PCA<double> pca({.n_components = 2});
/// const Eigen::MatrixXd z = pca.fit_transform(x);              // n x 2
/// const double kept = pca.explained_variance_ratio().sum();    // share of the variance
/// const Eigen::MatrixXd approximation = pca.inverse_transform(z);
/// @endcode
///
/// References: [1] N. Halko, P. Martinsson, J. Tropp, "Finding structure with randomness", SIAM
/// Review 53, 2011, doi 10.1137/090771806. [2] D. Ross et al., "Incremental learning for robust
/// visual tracking", IJCV 77, 2008, doi 10.1007/s11263-007-0075-7. [3] M. Tipping, C. Bishop,
/// "Probabilistic principal component analysis", JRSS B 61, 1999, doi 10.1111/1467-9868.00196.
template <Real S = double> class PCA {
 public:
  using Scalar = S;
  using Options = PCAOptions;
  using Model = PCAModel<S>;

  explicit PCA(Options options = {}) : options_(detail::checked(options)) {}
  /// Already fitted, with a model that such a PCA learned.
  PCA(Options options, Model model) : PCA(options) { model_ = detail::checked(std::move(model)); }

  /// Learn the components of x; what was learned before is forgotten.
  template <MatrixOf<S> X> PCA& fit(const X& x) & {
    model_ = detail::pca_fit<S>(View<X>(x), options_);
    return *this;
  }
  template <MatrixOf<S> X> PCA fit(const X& x) && { return std::move(fit(x)); }

  /// Learn from one more batch; the first call is a fit. A batch may have fewer samples than
  /// n_components: their number grows with the samples seen.
  template <MatrixOf<S> X> PCA& partial_fit(const X& x) & {
    model_ = detail::pca_partial_fit<S>(model_ ? &*model_ : nullptr, View<X>(x), options_);
    return *this;
  }
  template <MatrixOf<S> X> PCA partial_fit(const X& x) && { return std::move(partial_fit(x)); }

  /// n x k: coordinates in the space of the components.
  template <MatrixOf<S> X> [[nodiscard]] Matrix<S> transform(const X& x) const {
    return detail::pca_transform<S>(View<X>(x), *model_, options_);
  }
  /// n x d: the point in the space of the features for each row of coordinates (n x k).
  template <MatrixOf<S> X> [[nodiscard]] Matrix<S> inverse_transform(const X& z) const {
    return detail::pca_inverse_transform<S>(View<X>(z), *model_, options_);
  }
  /// The same as fit(x).transform(x).
  template <MatrixOf<S> X> Matrix<S> fit_transform(const X& x) {
    PCA fitted = PCA(options_).fit(x);
    Matrix<S> z = fitted.transform(x);
    *this = std::move(fitted);  // now that nothing can fail
    return z;
  }

  /// Log density (natural logarithm) of each sample under probabilistic PCA [3]: a normal
  /// distribution with the variance found along the components and noise_variance across.
  template <MatrixOf<S> X> [[nodiscard]] Vector<S> score_samples(const X& x) const {
    return detail::pca_score_samples<S>(View<X>(x), *model_, options_);
  }
  /// Mean of score_samples; of no samples there is none.
  template <MatrixOf<S> X> [[nodiscard]] double score(const X& x) const {
    if (x.rows() == 0 && is_fitted()) detail::check_training_data("PCA", View<X>(x));
    return score_samples(x).template cast<double>().mean();
  }

  [[nodiscard]] bool is_fitted() const { return static_cast<bool>(model_); }
  [[nodiscard]] const Options& options() const { return options_; }
  [[nodiscard]] const Model& model() const { return *model_; }
  [[nodiscard]] Index n_features() const { return model_->mean.size(); }
  [[nodiscard]] Index n_components() const { return model_->components.rows(); }
  [[nodiscard]] Index n_samples_seen() const { return model_->n_samples_seen; }
  [[nodiscard]] const Matrix<S>& components() const { return model_->components; }
  [[nodiscard]] const Vector<S>& mean() const { return model_->mean; }
  [[nodiscard]] const Vector<S>& explained_variance() const { return model_->explained_variance; }
  [[nodiscard]] const Vector<S>& explained_variance_ratio() const {
    return model_->explained_variance_ratio;
  }
  [[nodiscard]] const Vector<S>& singular_values() const { return model_->singular_values; }
  [[nodiscard]] S noise_variance() const { return model_->noise_variance; }
  [[nodiscard]] double total_variance() const { return model_->total_variance; }

 private:
  Options options_;
  Fitted<Model> model_{"PCA"};
};

static_assert(InvertibleTransformer<PCA<double>, Matrix<double>>);
static_assert(IncrementalEstimator<PCA<float>, RowMatrix<float>>);
static_assert(DensityEstimator<PCA<double>, Matrix<double>>);

}  // namespace unlabeled
