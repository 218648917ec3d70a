// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "unlabeled/core/check.hpp"
#include "unlabeled/core/concepts.hpp"
#include "unlabeled/core/fitted.hpp"
#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/mixture/detail/gmm_check.hpp"
#include "unlabeled/mixture/detail/gmm_fit.hpp"
#include "unlabeled/mixture/detail/gmm_predict.hpp"
#include "unlabeled/mixture/gmm_model.hpp"

namespace unlabeled {

/// A mixture of normal distributions: soft clusters of different shape, size and density.
///
/// Finds weights, means and covariances that locally maximise the mean log-likelihood
/// (1/n) sum_i ln sum_k weight_k N(x_i; mean_k, covariance_k) by expectation-maximization: each
/// sample is shared among the components by its posteriors, each component becomes the weighted
/// mean and covariance of its shares, and `regularization` is added to every variance. The best of
/// n_init starts; those in which a covariance collapses are left out unless all do.
///
/// Shapes      X is n_samples x n_features, rows are samples. weights() n_components, means()
///             n_components x n_features, covariances() n_components matrices n_features x
///             n_features for every covariance_type, labels() n_samples.
/// Units       log densities are natural logarithms; regularization is in squared units of X:
///             choose it well below the variances that matter.
/// Cost        an iteration takes about n k d^2 multiply-adds (full: half of it wherever samples
///             clearly belong to few components), n (d^2 + 3 k d + k^2 / 2) (tied), 2 n k d (diag,
///             spherical); one in which a component loses nearly all its weight reads X twice.
///             Measured from 1k to 1M samples it grows as n^0.9 to n^1.0 in time, and memory as n.
///             Memory beside X: up to 32 times the sums of an iteration (k d^2 numbers, for tied
///             d^2 + k d + k^2), of at most the size of X or four of them, and k d kilobytes per
///             thread.
/// Stops       when the mean log-likelihood changes by less than `tolerance`, or after
///             max_iterations; the reason is in report().stop. lower_bound() is that of the last
///             expectation step. It never falls but for the effect of regularization: an iteration
///             maximises the likelihood exactly and then adds to the variances.
/// Randomness  the start; start r draws from stream r of `seed`. Equal seed, data and options give
///             equal bits, whatever n_threads is; storage orders differ by rounding of the mean.
/// Threads     samples are handed out in fixed chunks. After fit, all const members may be called
///             from several threads.
/// Accuracy    all arithmetic is in double, for float samples too, around the means and in units of
///             the spread: neither offsets nor units of features cost digits. The log density of
///             a sample x far from all components is finite and, like the logarithms of its
///             posteriors, exact up to eps |x|^2 in units of the spread.
/// Throws      std::invalid_argument for bad options, empty or non-finite X, n_components above the
///             number of samples, bad weights or models; NumericalError where a covariance is not
///             positive definite (with its component; raise regularization) in every start, or
///             leaves the range of S; NotFitted. A component that loses all samples stays in place
///             without weight.
///
/// @code
/// const auto gmm = unlabeled::GMM<double>({.n_components = 3, .seed = 42}).fit(X);
/// const Eigen::MatrixXd posteriors = gmm.predict_proba(X);  // rows sum to 1
/// const double quality = gmm.bic(X);                        // lower is better
/// @endcode
///
/// References: A. P. Dempster, N. M. Laird, D. B. Rubin, "Maximum likelihood from incomplete data
/// via the EM algorithm", J. R. Stat. Soc. B 39, 1977, doi 10.1111/j.2517-6161.1977.tb01600.x;
/// G. Schwarz, "Estimating the dimension of a model", Ann. Stat. 6, 1978, doi 10.1214/aos/1176344136.
template <Real S = double> class GMM {
 public:
  using Scalar = S;
  using Options = GMMOptions;
  using Model = GMMModel<S>;

  explicit GMM(Options options = {}) : options_(detail::checked(std::move(options))) {}
  /// The fitted estimator with this model; weights, means and covariances are enough.
  GMM(Options options, Model model)
      : options_(detail::checked(std::move(options))),
        model_("GMM", detail::checked(std::move(model), options_)) {}

  /// Learn the mixture from X.
  template <MatrixOf<S> X> GMM& fit(const X& x) & {
    model_ = detail::fit_gmm<S>(View<X>(x), {}, nullptr, options_);
    return *this;
  }
  template <MatrixOf<S> X> GMM fit(const X& x) && { return std::move(fit(x)); }

  /// The same with a weight per sample: an integer weight counts as that many copies, but the start
  /// may be another (random: a sample is the mean of one component at most, whatever it weighs).
  template <MatrixOf<S> X, VectorOf<S> W> GMM& fit(const X& x, const W& sample_weight) & {
    model_ = detail::fit_gmm<S>(View<X>(x), weights(x, sample_weight), nullptr, options_);
    return *this;
  }
  template <MatrixOf<S> X, VectorOf<S> W> GMM fit(const X& x, const W& sample_weight) && {
    return std::move(fit(x, sample_weight));
  }

  /// Learn from a given start: its weights, means and covariances. init and n_init are not used.
  template <MatrixOf<S> X> GMM& fit_from(const X& x, const Model& initial_model) & {
    check_size(x);
    const Model start = detail::checked_start(initial_model, x.cols(), options_);
    model_ = detail::fit_gmm<S>(View<X>(x), {}, &start, options_);
    return *this;
  }
  template <MatrixOf<S> X> GMM fit_from(const X& x, const Model& initial_model) && {
    return std::move(fit_from(x, initial_model));
  }
  template <MatrixOf<S> X, VectorOf<S> W>
  GMM& fit_from(const X& x, const Model& initial_model, const W& sample_weight) & {
    check_size(x);
    const Model start = detail::checked_start(initial_model, x.cols(), options_);
    model_ = detail::fit_gmm<S>(View<X>(x), weights(x, sample_weight), &start, options_);
    return *this;
  }
  template <MatrixOf<S> X, VectorOf<S> W>
  GMM fit_from(const X& x, const Model& initial_model, const W& sample_weight) && {
    return std::move(fit_from(x, initial_model, sample_weight));
  }

  /// The likeliest component of every row of X, the lowest number on ties.
  template <MatrixOf<S> X> [[nodiscard]] Labels predict(const X& x) const {
    return ask(View<X>(x), [](auto& judge, auto& team, const auto& samples) {
      return judge.labels(team, samples);
    });
  }

  template <MatrixOf<S> X> Labels fit_predict(const X& x) { return fit(x).labels(); }

  /// Posterior of every component, n_samples x n_components; each row sums to 1.
  template <MatrixOf<S> X> [[nodiscard]] Matrix<S> predict_proba(const X& x) const {
    return ask(View<X>(x), [](auto& judge, auto& team, const auto& samples) {
      return judge.posteriors(team, samples);
    });
  }

  /// Log density of every row of X; what is below the range of S is its lowest number.
  template <MatrixOf<S> X> [[nodiscard]] Vector<S> score_samples(const X& x) const {
    constexpr auto lowest = static_cast<double>(std::numeric_limits<S>::lowest());
    return log_densities(x).cwiseMax(lowest).template cast<S>();
  }

  /// Mean log density: greater is better. Of no samples: 0.
  template <MatrixOf<S> X> [[nodiscard]] double score(const X& x) const {
    const Vector<double> values = log_densities(x);
    double sum = 0;  // in order, the same everywhere
    for (const double value : values) sum += value;
    return values.size() > 0 ? sum / static_cast<double>(values.size()) : 0.0;
  }

  /// Akaike's criterion, -2 ln likelihood + 2 parameters: lower is better.
  template <MatrixOf<S> X> [[nodiscard]] double aic(const X& x) const {
    return -2 * score(x) * static_cast<double>(x.rows()) + 2 * n_parameters();
  }

  /// The Bayesian criterion, -2 ln likelihood + parameters ln n_samples: lower is better.
  template <MatrixOf<S> X> [[nodiscard]] double bic(const X& x) const {
    const auto n = static_cast<double>(std::max<Index>(1, x.rows()));
    return -2 * score(x) * static_cast<double>(x.rows()) + n_parameters() * std::log(n);
  }

  /// n samples drawn from the mixture, with the components they came from.
  [[nodiscard]] GMMSample<S> sample(Index n, std::uint64_t seed = 0) const {
    const detail::MixtureJudge judge(*model_, options_.covariance_type);
    detail::check_option(n >= 0, "GMM", "n", ">= 0", n);
    return judge.sample<S>(n, seed);
  }

  [[nodiscard]] bool is_fitted() const { return static_cast<bool>(model_); }
  [[nodiscard]] const Options& options() const { return options_; }
  [[nodiscard]] const Model& model() const { return *model_; }
  [[nodiscard]] Index n_features() const { return model_->means.cols(); }
  [[nodiscard]] const Vector<S>& weights() const { return model_->weights; }
  [[nodiscard]] const Matrix<S>& means() const { return model_->means; }
  [[nodiscard]] const std::vector<Matrix<S>>& covariances() const { return model_->covariances; }
  [[nodiscard]] const Labels& labels() const { return model_->labels; }
  [[nodiscard]] double lower_bound() const { return model_->lower_bound; }
  [[nodiscard]] const Report& report() const { return model_->report; }

 private:
  /// Missing samples are named before what should fit them.
  template <class X> static void check_size(const X& x) {
    if (x.size() == 0) detail::check_training_data("GMM", View<X>(x));
  }

  template <class X, class W> static Vector<double> weights(const X& x, const W& sample_weight) {
    check_size(x);
    const Vector<S> values = sample_weight;
    detail::check_sample_weight("GMM", values, x.rows());
    return values.template cast<double>();
  }

  [[nodiscard]] double n_parameters() const {
    return detail::n_free_parameters(options_.covariance_type, options_.n_components, n_features());
  }

  template <class X> [[nodiscard]] Vector<double> log_densities(const X& x) const {
    return ask(View<X>(x), [](auto& judge, auto& team, const auto& samples) {
      return judge.log_densities(team, samples);
    });
  }

  /// question(judge, team, samples) about checked data.
  template <class V, class Question> auto ask(const V& x, Question&& question) const {
    detail::check_new_data("GMM", x, n_features());
    const detail::MixtureJudge judge(*model_, options_.covariance_type);
    detail::Team team(options_.n_threads);
    return question(judge, team, detail::Samples<S>(x));
  }

  Options options_;
  Fitted<Model> model_{"GMM"};
};

template <Real S = double> using GaussianMixture = GMM<S>;

static_assert(Clusterer<GMM<double>, Matrix<double>>);
static_assert(Predictor<GMM<float>, Matrix<float>>);
static_assert(DensityEstimator<GMM<float>, Matrix<float>>);

}  // namespace unlabeled
