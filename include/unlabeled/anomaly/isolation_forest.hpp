// SPDX-License-Identifier: MIT
#pragma once

#include <utility>

#include "unlabeled/anomaly/detail/isolation_check.hpp"
#include "unlabeled/anomaly/detail/isolation_contributions.hpp"
#include "unlabeled/anomaly/detail/isolation_fit.hpp"
#include "unlabeled/anomaly/detail/isolation_scores.hpp"
#include "unlabeled/anomaly/isolation_forest_model.hpp"
#include "unlabeled/core/check.hpp"
#include "unlabeled/core/concepts.hpp"
#include "unlabeled/core/fitted.hpp"
#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"

namespace unlabeled {

/// Finds outliers as the samples that random splits isolate soonest.
///
/// Each tree takes psi = min(max_samples, n) samples, without replacement unless `bootstrap`, and
/// round(max_features * d) >= 1 of the features. It splits a node at a feature drawn among those
/// that differ within it, at a threshold uniform between their least and greatest value, until the
/// samples are single or equal or ceil(log2 psi) splits deep. With h(x) = splits on the path of x
/// + c(samples in its leaf), c(m) = 2 H(m - 1) - 2 (m - 1) / m (c(1) = 0) and the exact harmonic
/// number H, the score is
///
///     s(x) = 2^(-mean over trees of h(x) / c(psi)), in (0, 1].
///
/// Near 1 is an outlier, 0.5 and less is ordinary; where nothing can be split (equal samples, one
/// sample) s = 0.5 exactly. score_samples() = -s, decision_function() = score_samples() - offset(),
/// and predict() is -1 (outlier) where that is negative, else +1: equality is no outlier. offset()
/// is -0.5; with `contamination` it is that quantile of the training scores, linear between two of
/// them: of n training samples ceil(contamination (n - 1)) are flagged, or fewer where scores tie.
///
/// n_split_features > 1 makes the extended forest: a split looks at so many features, along a
/// direction with normal entries, and its threshold is uniform between the least and the greatest
/// projection. As in the paper directions are drawn in the units of the data: where these differ,
/// scale first (StandardScaler). Plain splits need no scaling.
///
/// Shapes      X is n_samples x n_features, rows are samples. All answers have one entry per sample;
///             feature_contributions() is n_samples x n_features.
/// Cost        fit: n_estimators psi log2 psi, and n d to look for values that are not finite; with
///             contamination the cost of scoring too. Scoring: n n_estimators log2 psi, measured
///             0.6 ns (float) to 0.8 ns each, 8 ns with q = 3 split features. Measured from 1k to
///             1M samples of 10 features, time grows as n^0.25 in fit (n^0.6 from 100k on), as
///             n^0.97 in scoring, and as n^0.99 in oblique scoring and feature_contributions().
/// Memory      beside X, in bytes for each of at most 2 psi nodes a tree: 20, with q > 1 split
///             features 16 + 20 q; while fitting at most twice that on top, a copy of a tree's
///             samples per thread, and 16 n in all with contamination; while scoring 24 + 4 q on
///             top and a block of samples per thread.
/// Randomness  tree t draws from stream t of `seed`. Equal seed, data and options give equal bits,
///             whatever n_threads and the storage order are.
/// Threads     trees, then chunks of samples. After fit, all const members may be called from
///             several threads.
/// Throws      std::invalid_argument for bad options, empty or non-finite X (missing values are not
///             taken), more n_split_features than a tree has features, another number of features;
///             NotFitted.
///
/// @code
/// const auto forest = unlabeled::IsolationForest<double>({.contamination = 0.05}).fit(X);
/// const unlabeled::Labels is_normal = forest.predict(new_samples);     // -1 = outlier
/// const Eigen::MatrixXd why = forest.feature_contributions(new_samples);
/// @endcode
///
/// References: F. T. Liu, K. M. Ting, Z.-H. Zhou, "Isolation forest", ICDM 2008,
/// doi 10.1109/ICDM.2008.17, and "Isolation-based anomaly detection", TKDD 6, 2012,
/// doi 10.1145/2133360.2133363; S. Hariri, M. Carrasco Kind, R. J. Brunner, "Extended isolation
/// forest", TKDE 33, 2021, doi 10.1109/TKDE.2019.2947676; N. Asadi, J. Lin, A. P. de Vries,
/// "Runtime optimizations for tree-based machine learning models", TKDE 26, 2014,
/// doi 10.1109/TKDE.2013.73 (walking without branches).
template <Real S = double> class IsolationForest {
 public:
  using Scalar = S;
  using Options = IsolationForestOptions;
  using Model = IsolationForestModel<S>;

  explicit IsolationForest(Options options = {}) : options_(detail::checked(options)) {}
  /// The fitted estimator with this model.
  IsolationForest(Options options, Model model)
      : options_(detail::checked(options)),
        model_("IsolationForest", detail::checked(std::move(model), options_)) {}

  /// Grow the trees, and with `contamination` place the offset.
  template <MatrixOf<S> X> IsolationForest& fit(const X& x) & {
    model_ = detail::fit_isolation_forest<S>(View<X>(x), options_);
    return *this;
  }
  template <MatrixOf<S> X> IsolationForest fit(const X& x) && { return std::move(fit(x)); }

  /// +1 for normal samples, -1 for outliers: decision_function(X) < 0.
  template <MatrixOf<S> X> [[nodiscard]] Labels predict(const X& x) const {
    return (decision_function(x).array() < 0).select(Labels::Constant(x.rows(), -1), 1);
  }

  template <MatrixOf<S> X> Labels fit_predict(const X& x) {
    IsolationForest fitted = IsolationForest(options_).fit(x);
    Labels labels = fitted.predict(x);
    *this = std::move(fitted);  // now that nothing can fail
    return labels;
  }

  /// The paper's s in (0, 1]: high is anomalous.
  template <MatrixOf<S> X> [[nodiscard]] Vector<S> anomaly_score(const X& x) const {
    return answer(View<X>(x), detail::anomaly_scores<S>);
  }

  /// -anomaly_score(X): high is normal.
  template <MatrixOf<S> X> [[nodiscard]] Vector<S> score_samples(const X& x) const {
    return -anomaly_score(x);
  }

  /// score_samples(X) - offset(): negative for outliers.
  template <MatrixOf<S> X> [[nodiscard]] Vector<S> decision_function(const X& x) const {
    return -anomaly_score(x).array() - offset();
  }

  /// Mean of h(x) over the trees.
  template <MatrixOf<S> X> [[nodiscard]] Vector<S> path_lengths(const X& x) const {
    return answer(View<X>(x), detail::isolation_path_lengths<S>);
  }

  /// What each feature does to the path of each sample: for each split on it, from a node of m
  /// samples to a child of m', c(m) - c(m') - 1, averaged over the trees. Positive entries shorten
  /// the path, so they are what makes the sample anomalous; a row sums to c(psi) - path_lengths.
  /// An oblique split is shared out among its features in proportion to |entry of the direction| *
  /// range of the feature in the node: how far each alone spreads the projections.
  template <MatrixOf<S> X> [[nodiscard]] Matrix<S> feature_contributions(const X& x) const {
    return answer(View<X>(x), detail::isolation_contributions<S>);
  }

  [[nodiscard]] bool is_fitted() const { return static_cast<bool>(model_); }
  [[nodiscard]] const Options& options() const { return options_; }
  [[nodiscard]] const Model& model() const { return *model_; }
  [[nodiscard]] Index n_features() const { return model_->n_features; }
  /// Samples whose score_samples are below it are outliers.
  [[nodiscard]] S offset() const { return model_->offset; }

 private:
  template <class V, class Compute> auto answer(const V& x, Compute compute) const {
    detail::check_new_data("IsolationForest", x, n_features());
    detail::Team team(options_.n_threads);
    return compute(team, detail::Samples<S>(x), *model_);
  }

  Options options_;
  Fitted<Model> model_{"IsolationForest"};
};

static_assert(OutlierDetector<IsolationForest<double>, Matrix<double>>);
static_assert(Predictor<IsolationForest<float>, Matrix<float>>);

}  // namespace unlabeled
