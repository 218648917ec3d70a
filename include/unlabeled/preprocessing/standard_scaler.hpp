// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>

#include "unlabeled/core/check.hpp"
#include "unlabeled/core/concepts.hpp"
#include "unlabeled/core/fitted.hpp"
#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/moments.hpp"
#include "unlabeled/linalg/scale_columns.hpp"
#include "unlabeled/preprocessing/detail/standardize.hpp"

namespace unlabeled {

struct StandardScalerOptions {
  bool with_mean = true;  ///< subtract the mean of each column
  bool with_std = true;   ///< divide by the standard deviation of each column
  int n_threads = 0;      ///< 0 = all hardware threads, 1 = the calling thread only
};

/// Everything learned. The moments are what counts; mean, variance and scale are rounded from them.
template <Real S> struct StandardScalerModel {
  ColumnMoments moments;     ///< of all samples seen, in double
  Index n_samples_seen = 0;  ///< rows, whatever their weights
  Vector<S> mean;            ///< n_features
  Vector<S> variance;  ///< n_features, divisor n; infinite where S is float and has no such number
  Vector<S> scale;     ///< n_features, standard deviation; 1 for constant columns
};

namespace detail {

template <Real S>
StandardScalerModel<S> standard_scaler(ColumnMoments moments, Index n_samples,
                                       const StandardScalerOptions& options) {
  StandardScalerModel<S> model;
  model.mean = moments.mean.cast<S>();
  model.variance = moments.variance().cast<S>();
  model.scale = column_scale<S>(moments, n_samples, options.with_std).template cast<S>();
  model.n_samples_seen = n_samples;
  model.moments = std::move(moments);
  return model;
}

/// The model after more samples; any when there was none.
template <Real S>
StandardScalerModel<S> standard_scaler(const Fitted<StandardScalerModel<S>>& earlier,
                                       ColumnMoments moments, Index n_samples,
                                       const StandardScalerOptions& options) {
  if (!earlier) return standard_scaler<S>(std::move(moments), n_samples, options);
  ColumnMoments all = earlier->moments;
  all.merge(moments);
  check_moments(all);
  return standard_scaler<S>(std::move(all), earlier->n_samples_seen + n_samples, options);
}

/// Entry by entry, but for the rounding of another program that computed them.
template <Real S> bool nearly_equal(const Vector<S>& values, const Vector<S>& due) {
  constexpr S rounding = 4 * std::numeric_limits<S>::epsilon();
  if (values.size() != due.size()) return false;
  return ((values.array() == due.array()) ||
          ((values - due).array().abs() <= rounding * due.array().abs()))
      .all();
}

/// A model made elsewhere, when its parts agree with each other and with the options.
template <Real S>
StandardScalerModel<S> checked(StandardScalerModel<S> model, const StandardScalerOptions& options) {
  const ColumnMoments& moments = model.moments;
  auto require = [](bool holds, const char* what) {
    if (!holds) refuse("StandardScaler", std::string("model.") + what);
  };
  require(moments.mean.size() >= 1 && all_finite(moments.mean),
          "moments.mean must be finite values, at least 1");
  require(moments.m2.size() == moments.mean.size() && all_finite(moments.m2) &&
              (moments.m2.array() >= 0).all(),
          "moments.m2 must be n_features finite values >= 0");
  require(is_finite(moments.weight) && moments.weight > 0, "moments.weight must be finite and > 0");
  require(model.n_samples_seen >= 1, "n_samples_seen must be >= 1");
  const auto due = standard_scaler<S>(moments, model.n_samples_seen, options);
  require(nearly_equal(model.mean, due.mean) && nearly_equal(model.variance, due.variance) &&
              nearly_equal(model.scale, due.scale),
          "mean, variance and scale must be those of model.moments and the options");
  return model;
}

/// What leads from samples to standardized samples.
template <Real S>
ColumnScaling<S> forward_scaling(const StandardScalerModel<S>& model,
                                 const StandardScalerOptions& options) {
  return {column_offset(model.moments, options.with_mean),
          column_scale<S>(model.moments, model.n_samples_seen, options.with_std).cwiseInverse()};
}

/// What leads back.
template <Real S>
ColumnScaling<S> backward_scaling(const StandardScalerModel<S>& model,
                                  const StandardScalerOptions& options) {
  return {column_offset(model.moments, options.with_mean),
          column_scale<S>(model.moments, model.n_samples_seen, options.with_std)};
}

}  // namespace detail

/// Brings every column to mean 0 and standard deviation 1.
///
/// z_ij = (x_ij - mean_j) / scale_j with mean_j = 1/n sum_i x_ij and
/// scale_j = sqrt(1/n sum_i (x_ij - mean_j)²). Do this before anything that measures distances
/// (KMeans) or variances (PCA) when columns have different units; skip it when their spreads are
/// meant to count. Columns that do not vary are centred and not scaled.
///
/// Shapes      X is n_samples x n_features, rows are samples. mean, variance, scale: n_features.
/// Units       variance has divisor n, as has scale, its root. For float columns with a scale above
///             1.8e19 the variance is no float: variance() is infinite, everything else is right.
/// Constant    a column with variance <= n eps variance + (n eps mean)², eps = 2.2e-16, differs
///             from a constant by rounding only and gets scale 1. So does one whose standard
///             deviation is under 1e-154 (double) or 1e-38 (float), whose inverse would overflow.
/// Cost        O(n d) time, one read of X to fit and one read and write to transform; O(d) memory.
/// Precision   sums are in double for float data too, relative to a value of the column itself, so
///             an offset common to all samples costs no digits. transform subtracts the mean before
///             it scales.
/// Randomness  none. Equal data and options give equal bits, whatever n_threads is.
/// Threads     all passes over X. After fit, all const members may be called from several threads.
/// Throws      std::invalid_argument for empty or non-finite data and another number of columns;
///             NotFitted before fit; NumericalError for values so large (about 1e150) that their
///             variance is not a double.
///
/// @code
/// unlabeled::StandardScaler<double> scaler;
/// const Eigen::MatrixXd z = scaler.fit_transform(x);
/// const Eigen::MatrixXd z_new = scaler.transform(x_new);       // with the means of x
/// const Eigen::MatrixXd x_again = scaler.inverse_transform(z);
/// @endcode
///
/// Reference: T. Chan, G. Golub, R. LeVeque, "Algorithms for computing the sample variance:
/// analysis and recommendations", The American Statistician 37, 1983, doi 10.2307/2683386.
template <Real S = double> class StandardScaler {
 public:
  using Scalar = S;
  using Options = StandardScalerOptions;
  using Model = StandardScalerModel<S>;

  explicit StandardScaler(Options options = {}) : options_(options) {
    detail::check_n_threads("StandardScaler", options_.n_threads);
  }
  /// Already fitted, with a model that a scaler of these options learned; one that contradicts
  /// itself or them is refused.
  StandardScaler(Options options, Model model) : StandardScaler(options) {
    model_ = detail::checked(std::move(model), options_);
  }

  /// Learn mean and variance of each column of x; what was learned before is forgotten.
  template <MatrixOf<S> X> StandardScaler& fit(const X& x) & { return commit(learn(View<X>(x))); }
  template <MatrixOf<S> X> StandardScaler fit(const X& x) && { return std::move(fit(x)); }

  /// A sample of weight two counts like the same sample twice; any weight >= 0 is allowed.
  template <MatrixOf<S> X, VectorOf<S> W>
  StandardScaler& fit(const X& x, const W& sample_weight) & {
    return commit(learn(View<X>(x), Vector<S>(sample_weight)));
  }
  template <MatrixOf<S> X, VectorOf<S> W>
  StandardScaler fit(const X& x, const W& sample_weight) && {
    return std::move(fit(x, sample_weight));
  }

  /// Learn from one more batch (not an empty one), as if all batches had come in one fit; the first
  /// call is a fit.
  template <MatrixOf<S> X> StandardScaler& partial_fit(const X& x) & {
    return commit(learn_more(View<X>(x)));
  }
  template <MatrixOf<S> X> StandardScaler partial_fit(const X& x) && {
    return std::move(partial_fit(x));
  }
  template <MatrixOf<S> X, VectorOf<S> W>
  StandardScaler& partial_fit(const X& x, const W& sample_weight) & {
    return commit(learn_more(View<X>(x), Vector<S>(sample_weight)));
  }
  template <MatrixOf<S> X, VectorOf<S> W>
  StandardScaler partial_fit(const X& x, const W& sample_weight) && {
    return std::move(partial_fit(x, sample_weight));
  }

  /// Take in what another fitted scaler learned from other samples of the same features.
  StandardScaler& merge(const StandardScaler& other) & {
    const Model& more = other.model();
    if (is_fitted() && more.mean.size() != n_features())
      detail::refuse("StandardScaler", "other must have " + detail::printed(n_features()) +
                                           " features as here, got " +
                                           detail::printed(more.mean.size()));
    return commit(detail::standard_scaler(model_, more.moments, more.n_samples_seen, options_));
  }
  StandardScaler merge(const StandardScaler& other) && { return std::move(merge(other)); }

  /// n x d: samples in the units of the training data, standardized.
  template <MatrixOf<S> X> [[nodiscard]] Matrix<S> transform(const X& x) const {
    return detail::scaled<detail::Standardize<S>>(
        View<X>(x), detail::forward_scaling(*model_, options_), options_.n_threads);
  }
  /// n x d: standardized samples, in the units of the training data.
  template <MatrixOf<S> X> [[nodiscard]] Matrix<S> inverse_transform(const X& x) const {
    return detail::scaled<detail::Unstandardize<S>>(
        View<X>(x), detail::backward_scaling(*model_, options_), options_.n_threads);
  }
  /// The same as fit(x).transform(x).
  template <MatrixOf<S> X> Matrix<S> fit_transform(const X& x) { return learn_scaled(View<X>(x)); }

  /// Standardize a matrix, or a block or map of one, where it is: no copy, either storage order.
  template <class X>
  requires MatrixOf<std::remove_reference_t<X>, S>
  void transform_in_place(X&& x) const {
    Writable<X> target(x);
    detail::scale_in_place<detail::Standardize<S>>(
        target, detail::forward_scaling(*model_, options_), options_.n_threads);
  }
  /// transform into a matrix of either storage order that the caller keeps. Fresh memory costs as
  /// much as the arithmetic, so reuse one for batch after batch. A matrix is resized when it must
  /// be; a block or map has to have the shape of x. `out` must not overlap x.
  template <MatrixOf<S> X, class Y>
  requires MatrixOf<std::remove_reference_t<Y>, S>
  void transform_into(const X& x, Y&& out) const {
    const auto scaling = detail::forward_scaling(*model_, options_);
    // Not resize(): when memory runs out, it leaves `out` with what it has freed already.
    if constexpr (is_owning<std::remove_reference_t<Y>>)
      if (out.rows() != x.rows() || out.cols() != x.cols())
        out = std::remove_reference_t<Y>(x.rows(), x.cols());
    Writable<Y> target(out);
    detail::scale_into<detail::Standardize<S>>(View<X>(x), scaling, options_.n_threads, target);
  }

  [[nodiscard]] bool is_fitted() const { return static_cast<bool>(model_); }
  [[nodiscard]] const Options& options() const { return options_; }
  [[nodiscard]] const Model& model() const { return *model_; }
  [[nodiscard]] Index n_features() const { return model_->mean.size(); }
  [[nodiscard]] Index n_samples_seen() const { return model_->n_samples_seen; }
  [[nodiscard]] const Vector<S>& mean() const { return model_->mean; }
  [[nodiscard]] const Vector<S>& variance() const { return model_->variance; }
  [[nodiscard]] const Vector<S>& scale() const { return model_->scale; }

 private:
  template <class M>
  static constexpr bool is_owning = std::derived_from<M, Eigen::PlainObjectBase<M>>;
  template <class X>
  using Writable = Eigen::Ref<
      std::conditional_t<std::remove_reference_t<X>::IsRowMajor, RowMatrix<S>, Matrix<S>>>;

  StandardScaler& commit(Model model) noexcept {
    model_ = std::move(model);
    return *this;
  }

  template <class V, class... Weight> Model learn(const V& x, const Weight&... weight) const {
    detail::Team team(options_.n_threads);
    return detail::standard_scaler<S>(detail::checked_moments(team, x, weight...), x.rows(),
                                      options_);
  }

  template <class V, class... Weight> Model learn_more(const V& x, const Weight&... weight) const {
    if (is_fitted()) detail::check_n_features("StandardScaler", x, n_features());
    detail::Team team(options_.n_threads);
    return detail::standard_scaler(model_, detail::checked_moments(team, x, weight...), x.rows(),
                                   options_);
  }

  template <class V> Matrix<S> learn_scaled(const V& x) {
    detail::Team team(options_.n_threads);
    Model model = detail::standard_scaler<S>(detail::checked_moments(team, x), x.rows(), options_);
    Matrix<S> z = detail::scaled_training_data<detail::Standardize<S>>(
        team, x, detail::forward_scaling(model, options_));
    commit(std::move(model));
    return z;
  }

  Options options_;
  Fitted<Model> model_{"StandardScaler"};
};

static_assert(InvertibleTransformer<StandardScaler<double>, Matrix<double>>);
static_assert(IncrementalEstimator<StandardScaler<float>, RowMatrix<float>>);

}  // namespace unlabeled
