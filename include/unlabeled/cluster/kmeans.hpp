// SPDX-License-Identifier: MIT
#pragma once

#include <utility>

#include "unlabeled/cluster/detail/kmeans_fit.hpp"
#include "unlabeled/cluster/detail/kmeans_mini_batch.hpp"
#include "unlabeled/cluster/kmeans_model.hpp"
#include "unlabeled/core/check.hpp"
#include "unlabeled/core/concepts.hpp"
#include "unlabeled/core/fitted.hpp"
#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/nearest.hpp"
#include "unlabeled/linalg/product.hpp"

namespace unlabeled {

namespace detail {

inline KMeansOptions checked(KMeansOptions options) {
  constexpr const char* owner = "KMeans";
  check_option(options.n_clusters >= 1, owner, "n_clusters", ">= 1", options.n_clusters);
  check_option(options.n_clusters < (Index{1} << 24), owner, "n_clusters", "< 16777216",
               options.n_clusters);
  check_option(options.n_init >= 1, owner, "n_init", ">= 1", options.n_init);
  check_option(options.max_iterations >= 1, owner, "max_iterations", ">= 1",
               options.max_iterations);
  check_option(is_finite(options.tolerance) && options.tolerance >= 0, owner, "tolerance",
               ">= 0 and finite", options.tolerance);
  const auto init = static_cast<int>(options.init);
  check_option(init >= 0 && init <= static_cast<int>(KMeansInit::random), owner, "init",
               "a member of KMeansInit", init);
  const auto algorithm = static_cast<int>(options.algorithm);
  check_option(algorithm >= 0 && algorithm <= static_cast<int>(KMeansAlgorithm::elkan), owner,
               "algorithm", "a member of KMeansAlgorithm", algorithm);
  check_n_threads(owner, options.n_threads);
  return options;
}

/// A model made elsewhere, when it agrees with itself and the options.
template <Real S> KMeansModel<S> checked(KMeansModel<S> model, const KMeansOptions& options) {
  constexpr const char* owner = "KMeans";
  const Index k = options.n_clusters;
  if (model.cluster_centers.rows() != k)
    refuse(owner, "model.cluster_centers must have n_clusters = " + printed(k) + " rows, got " +
                      printed(model.cluster_centers.rows()));
  check_finite(owner, "model.cluster_centers", model.cluster_centers);
  const Vector<double>& weights = model.cluster_weights;
  if (weights.size() != k || !all_finite(weights) || (weights.array() < 0).any())
    refuse(owner, "model.cluster_weights must be " + printed(k) + " finite values >= 0");
  if ((model.labels.array() < 0).any() || (model.labels.array().template cast<Index>() >= k).any())
    refuse(owner, "model.labels must be from 0 to " + printed(k - 1));
  check_option(is_finite(model.inertia) && model.inertia >= 0, owner, "model.inertia",
               ">= 0 and finite", model.inertia);
  check_option(model.report.n_iterations >= 0, owner, "model.report.n_iterations", ">= 0",
               model.report.n_iterations);
  return model;
}

/// Starting centres given by the user.
template <class V>
void check_initial_centers(const V& centers, Index n_clusters, Index n_features) {
  if (centers.rows() != n_clusters || centers.cols() != n_features)
    refuse("KMeans", "initial_centers must be n_clusters x n_features = " + printed(n_clusters) +
                         " x " + printed(n_features) + ", got " + printed(centers.rows()) + " x " +
                         printed(centers.cols()));
  check_finite("KMeans", "initial_centers", centers);
}

}  // namespace detail

/// Splits samples into n_clusters groups around their means.
///
/// Finds centres c_j that locally minimise the inertia, sum over samples of w_i min_j |x_i - c_j|²:
/// greedy k-means++ seeds, then Lloyd's iterations (each sample to its nearest centre, each centre
/// to the mean of its samples), the best of n_init starts. Equal distances go to the lowest cluster
/// number; an empty cluster is moved onto the sample farthest from its centre. Clusters come out
/// convex and of similar spread; scale the features first (StandardScaler).
///
/// Shapes      X is n_samples x n_features, rows are samples. cluster_centers() is n_clusters x
///             n_features, labels() n_samples.
/// Units       inertia() and score() are in squared units of X; transform() gives plain distances.
/// Cost        an iteration takes 2 n k d operations at most, and far fewer once bounds settle most
///             samples; seeding (2 + ln k) n k d. Memory beside X: 4 n d + 24 n bytes, while
///             seeding 4 n (3 + ln k) more.
/// Stops       when no sample changes its cluster, or when sum_j |c_j - c_j'|² <= tolerance * mean
///             variance of the features, or after max_iterations; the reason is in report().stop.
/// Randomness  the seeds; start r draws from stream r of `seed`. Equal seed, data and options give
///             equal bits, whatever n_threads is; storage orders differ by rounding of the mean.
/// Threads     samples are handed out in fixed chunks. After fit, all const members may be called
///             from several threads.
/// Throws      std::invalid_argument for bad options, empty or non-finite X, n_clusters above the
///             number of samples, weights that are negative or all zero, another number of
///             features; NumericalError where squared deviations leave the range of double
///             (beyond about 1e150, below about 1e-150); NotFitted.
///
/// @code
/// const auto kmeans = unlabeled::KMeans<double>({.n_clusters = 4, .seed = 42}).fit(X);
/// const unlabeled::Labels labels = kmeans.predict(new_samples);
/// std::cout << kmeans.cluster_centers() << '\n' << kmeans.inertia() << '\n';
/// @endcode
///
/// References: S. Lloyd, "Least squares quantization in PCM", IEEE Trans. Inf. Theory 28, 1982,
/// doi 10.1109/TIT.1982.1056489; D. Arthur, S. Vassilvitskii, "k-means++: the advantages of careful
/// seeding", SODA 2007; G. Hamerly, "Making k-means even faster", SDM 2010,
/// doi 10.1137/1.9781611972801.12.
template <Real S = double> class KMeans {
 public:
  using Scalar = S;
  using Options = KMeansOptions;
  using Model = KMeansModel<S>;

  explicit KMeans(Options options = {}) : options_(detail::checked(std::move(options))) {}
  /// The fitted estimator with this model.
  KMeans(Options options, Model model)
      : options_(detail::checked(std::move(options))),
        model_("KMeans", detail::checked(std::move(model), options_)) {}

  /// Learn centres and labels from X.
  template <MatrixOf<S> X> KMeans& fit(const X& x) & {
    model_ = detail::fit_kmeans<S>(View<X>(x), {}, {}, options_);
    return *this;
  }
  template <MatrixOf<S> X> KMeans fit(const X& x) && { return std::move(fit(x)); }

  /// The same with a weight per sample: an integer weight counts as that many copies.
  template <MatrixOf<S> X, VectorOf<S> W> KMeans& fit(const X& x, const W& sample_weight) & {
    model_ = detail::fit_kmeans<S>(View<X>(x), weights(x, sample_weight), {}, options_);
    return *this;
  }
  template <MatrixOf<S> X, VectorOf<S> W> KMeans fit(const X& x, const W& sample_weight) && {
    return std::move(fit(x, sample_weight));
  }

  /// Learn from given starting centres (n_clusters x n_features); init and n_init are not used.
  template <MatrixOf<S> X, MatrixOf<S> C> KMeans& fit_from(const X& x, const C& initial_centers) & {
    check_size(x);
    detail::check_initial_centers(View<C>(initial_centers), options_.n_clusters, x.cols());
    model_ = detail::fit_kmeans<S>(View<X>(x), {}, Matrix<S>(initial_centers), options_);
    return *this;
  }
  template <MatrixOf<S> X, MatrixOf<S> C> KMeans fit_from(const X& x, const C& initial_centers) && {
    return std::move(fit_from(x, initial_centers));
  }
  template <MatrixOf<S> X, MatrixOf<S> C, VectorOf<S> W>
  KMeans& fit_from(const X& x, const C& initial_centers, const W& sample_weight) & {
    check_size(x);
    detail::check_initial_centers(View<C>(initial_centers), options_.n_clusters, x.cols());
    model_ = detail::fit_kmeans<S>(View<X>(x), weights(x, sample_weight),
                                   Matrix<S>(initial_centers), options_);
    return *this;
  }
  template <MatrixOf<S> X, MatrixOf<S> C, VectorOf<S> W>
  KMeans fit_from(const X& x, const C& initial_centers, const W& sample_weight) && {
    return std::move(fit_from(x, initial_centers, sample_weight));
  }

  /// One step of mini-batch k-means. The first batch seeds the centres and must hold n_clusters
  /// samples; afterwards labels(), inertia() and report() speak of the latest batch.
  template <MatrixOf<S> X> KMeans& partial_fit(const X& x) & {
    return partial_fit_checked(View<X>(x), {});
  }
  template <MatrixOf<S> X> KMeans partial_fit(const X& x) && { return std::move(partial_fit(x)); }
  template <MatrixOf<S> X, VectorOf<S> W>
  KMeans& partial_fit(const X& x, const W& sample_weight) & {
    return partial_fit_checked(View<X>(x), weights(x, sample_weight));
  }
  template <MatrixOf<S> X, VectorOf<S> W>
  KMeans partial_fit(const X& x, const W& sample_weight) && {
    return std::move(partial_fit(x, sample_weight));
  }

  /// Nearest centre of every row of X.
  template <MatrixOf<S> X> [[nodiscard]] Labels predict(const X& x) const {
    return predict_checked(View<X>(x));
  }

  template <MatrixOf<S> X> Labels fit_predict(const X& x) { return fit(x).labels(); }

  /// Euclidean distances to all centres, n_samples x n_clusters.
  template <MatrixOf<S> X> [[nodiscard]] Matrix<S> transform(const X& x) const {
    return transform_checked(View<X>(x));
  }

  template <MatrixOf<S> X> Matrix<S> fit_transform(const X& x) {
    KMeans fitted = KMeans(options_).fit(x);
    Matrix<S> z = fitted.transform(x);
    *this = std::move(fitted);  // now that nothing can fail
    return z;
  }

  /// Minus the inertia of X: greater is better.
  template <MatrixOf<S> X> [[nodiscard]] double score(const X& x) const {
    return score_checked(View<X>(x));
  }

  [[nodiscard]] bool is_fitted() const { return static_cast<bool>(model_); }
  [[nodiscard]] const Options& options() const { return options_; }
  [[nodiscard]] const Model& model() const { return *model_; }
  [[nodiscard]] Index n_features() const { return model_->cluster_centers.cols(); }
  [[nodiscard]] const Matrix<S>& cluster_centers() const { return model_->cluster_centers; }
  [[nodiscard]] const Labels& labels() const { return model_->labels; }
  [[nodiscard]] double inertia() const { return model_->inertia; }
  [[nodiscard]] const Report& report() const { return model_->report; }

 private:
  /// Missing samples are named before what should fit them.
  template <class X> static void check_size(const X& x) {
    if (x.size() == 0) detail::check_training_data("KMeans", View<X>(x));
  }

  template <class X, class W> static Vector<double> weights(const X& x, const W& sample_weight) {
    check_size(x);
    const Vector<S> values = sample_weight;
    detail::check_sample_weight("KMeans", values, x.rows());
    return values.template cast<double>();
  }

  template <class V> KMeans& partial_fit_checked(const V& x, const Vector<double>& sample_weight) {
    detail::check_training_data("KMeans", x);
    if (is_fitted()) detail::check_new_data("KMeans", x, n_features());
    model_ = detail::partial_fit_kmeans<S>(
        x, sample_weight,
        is_fitted() ? *model_ : detail::mini_batch_start<S>(x, sample_weight, options_), options_);
    return *this;
  }

  template <class V> Labels predict_checked(const V& x) const {
    detail::check_new_data("KMeans", x, n_features());
    detail::Team team(options_.n_threads);
    return detail::predict_kmeans(team, detail::Samples<S>(x), model_->cluster_centers);
  }

  template <class V> Matrix<S> transform_checked(const V& x) const {
    detail::check_new_data("KMeans", x, n_features());
    detail::Team team(options_.n_threads);
    return detail::euclidean_distances(team, detail::Samples<S>(x),
                                       RowMatrix<S>(model_->cluster_centers));
  }

  template <class V> double score_checked(const V& x) const {
    const Labels labels = predict_checked(x);
    detail::Team team(options_.n_threads);
    return -detail::inertia_of(team, detail::Samples<S>(x), model_->cluster_centers, labels,
                               nullptr);
  }

  Options options_;
  Fitted<Model> model_{"KMeans"};
};

static_assert(Clusterer<KMeans<double>, Matrix<double>>);
static_assert(Predictor<KMeans<float>, Matrix<float>>);
static_assert(Transformer<KMeans<double>, Matrix<double>>);
static_assert(IncrementalEstimator<KMeans<float>, Matrix<float>>);

}  // namespace unlabeled
