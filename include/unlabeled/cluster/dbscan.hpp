// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <utility>

#include "unlabeled/cluster/dbscan_model.hpp"
#include "unlabeled/cluster/detail/dbscan_fit.hpp"
#include "unlabeled/core/check.hpp"
#include "unlabeled/core/concepts.hpp"
#include "unlabeled/core/fitted.hpp"
#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/metric.hpp"

namespace unlabeled {

namespace detail {

inline DBSCANOptions checked(DBSCANOptions options) {
  constexpr const char* owner = "DBSCAN";
  check_option(is_finite(options.eps) && options.eps > 0, owner, "eps", "> 0 and finite",
               options.eps);
  check_option(options.min_samples >= 1, owner, "min_samples", ">= 1", options.min_samples);
  check_metric(owner, options.metric);
  check_n_threads(owner, options.n_threads);
  return options;
}

/// Labels from -1 to n_clusters - 1, where core samples have all of them from 0 on, in their order.
template <Real S> void check_labels(const DBSCANModel<S>& model) {
  constexpr const char* owner = "DBSCAN";
  check_option(model.n_clusters >= 0, owner, "model.n_clusters", ">= 0", model.n_clusters);
  if ((model.labels.array() < -1).any() || (model.labels.array() >= model.n_clusters).any())
    refuse(owner, "model.labels must be from -1 to " + printed(model.n_clusters - 1));
  const auto& indices = model.core_sample_indices;
  int n_seen = 0;
  for (Index r = 0; r < indices.size(); ++r) {
    const Index least = r == 0 ? 0 : indices[r - 1] + 1;
    if (indices[r] < least || indices[r] >= model.labels.size())
      refuse(owner, "model.core_sample_indices must be ascending and from 0 to " +
                        printed(model.labels.size() - 1));
    if (model.labels[indices[r]] < 0)
      refuse(owner, "model.labels must be >= 0 for core samples, got -1 at position " +
                        printed(indices[r]));
    if (model.labels[indices[r]] > n_seen)
      refuse(owner, "model.labels must number clusters by their first core samples, got " +
                        printed(model.labels[indices[r]]) + " at position " + printed(indices[r]) +
                        " before any " + printed(n_seen));
    n_seen += model.labels[indices[r]] == n_seen;
  }
  if (n_seen != model.n_clusters)
    refuse(owner, "model.n_clusters must be the number of clusters with a core sample, " +
                      printed(n_seen) + ", got " + printed(model.n_clusters));
}

/// A model made elsewhere, when it agrees with itself and the options, with its index.
template <Real S> DBSCANModel<S> checked(DBSCANModel<S> model, const DBSCANOptions& options) {
  constexpr const char* owner = "DBSCAN";
  check_labels(model);
  if (options.metric == Metric::precomputed) {
    model.index = std::make_shared<const CoreIndex<S>>();
    return model;
  }
  if (model.core_samples.rows() != model.core_sample_indices.size())
    refuse(owner, "model.core_samples must have a row for each of the " +
                      printed(model.core_sample_indices.size()) + " core_sample_indices, got " +
                      printed(model.core_samples.rows()));
  check_option(model.core_samples.cols() >= 1, owner, "model.core_samples.cols()", ">= 1",
               model.core_samples.cols());
  check_finite(owner, "model.core_samples", model.core_samples);
  if (options.metric == Metric::cosine) check_directions(owner, model.core_samples);
  if (model.core_samples.rows() == 0) {
    model.index = std::make_shared<const CoreIndex<S>>();
    return model;
  }
  Team team(options.n_threads);
  model.index = std::make_shared<const CoreIndex<S>>(team, Samples<S>(model.core_samples),
                                                     options.metric, options.eps);
  return model;
}

}  // namespace detail

/// Finds clusters of any shape as regions where samples lie densely, and leaves the rest as noise.
///
/// The neighbours of p are N(p) = {q : distance(p, q) <= eps}, p itself and the boundary included. A
/// sample is core if N(p) holds min_samples samples (with weights: samples that weigh as much). Two
/// core samples belong together if neighbours lead from one to the other; those are the clusters,
/// numbered by their smallest core sample. Another sample with a core sample in reach is on the
/// border and joins the nearest one (of equally near ones the first); what is left is noise, -1.
/// Choose min_samples by the noise to be passed over (twice the number of features is usual) and eps
/// by the bend of k_distances(X, min_samples); scale the features first.
///
/// The result is exact: it is that of all distances in double, for float samples too, and the
/// partition does not depend on the order of samples. Other implementations give a border sample to
/// whichever cluster reaches it first, which differs for samples within eps of two clusters.
///
/// Shapes      X is n_samples x n_features, or n_samples x n_samples distances where the metric is
///             precomputed; then predict() takes distances to the training samples, n_new x
///             n_samples, and n_features() is n_samples.
/// Method      Euclidean in 1, 2 and 3 dimensions: a grid of cells that need few distances.
///             Otherwise: a k-d partition, tiles of samples compared in registers where boxes do not
///             decide, which in high dimension are all.
/// Cost        measured time at constant density grows as n^1.1 from 1k to 1M samples in 2 and 3
///             dimensions, as n^1.5 from 1k to 100k in 16; at most n_samples^2 n_features
///             operations. Memory grows as n, never a list of neighbours: in a grid at most 100 bytes
///             a sample beside X; elsewhere 5 n_features + 50 (9 n_features where eps is below about
///             1/10000 of X's extent) and the core samples themselves, which the model holds with an
///             index over them.
///             predict() takes one search for a neighbour a sample.
/// Randomness  none.
/// Threads     over cells or leaves; equal bits for every n_threads. After fit, all const members may
///             be called from several threads.
/// Throws      std::invalid_argument for bad options, empty or non-finite X, weights that are
///             negative or all zero, a sample of zeros with Metric::cosine, distances that are not
///             square, symmetric, >= 0 and zero on the diagonal, another number of features;
///             NotFitted.
///
/// @code
/// const auto dbscan = unlabeled::DBSCAN<double>({.eps = 0.3, .min_samples = 10}).fit(X);
/// const unlabeled::Labels& labels = dbscan.labels();  // -1 is noise
/// const unlabeled::Labels more = dbscan.predict(new_samples);
/// @endcode
///
/// References: M. Ester, H.-P. Kriegel, J. Sander, X. Xu, "A density-based algorithm for discovering
/// clusters in large spatial databases with noise", KDD 1996; A. Gunawan, "A faster algorithm for
/// DBSCAN", TU Eindhoven 2013; J. Gan, Y. Tao, "DBSCAN revisited", SIGMOD 2015,
/// doi 10.1145/2723372.2737792; E. Schubert et al., "DBSCAN revisited, revisited", ACM TODS 42, 2017,
/// doi 10.1145/3068335.
template <Real S = double> class DBSCAN {
 public:
  using Scalar = S;
  using Options = DBSCANOptions;
  using Model = DBSCANModel<S>;

  explicit DBSCAN(Options options = {}) : options_(detail::checked(options)) {}
  /// The fitted estimator with this model; its index is made anew.
  DBSCAN(Options options, Model model)
      : options_(detail::checked(options)),
        model_("DBSCAN", detail::checked(std::move(model), options_)) {}

  /// Find the clusters of X.
  template <MatrixOf<S> X> DBSCAN& fit(const X& x) & {
    model_ = detail::fit_dbscan<S>(View<X>(x), {}, options_);
    return *this;
  }
  template <MatrixOf<S> X> DBSCAN fit(const X& x) && { return std::move(fit(x)); }

  /// The same with a weight per sample: an integer weight counts as that many copies.
  template <MatrixOf<S> X, VectorOf<S> W> DBSCAN& fit(const X& x, const W& sample_weight) & {
    model_ = detail::fit_dbscan<S>(View<X>(x), weights(x, sample_weight), options_);
    return *this;
  }
  template <MatrixOf<S> X, VectorOf<S> W> DBSCAN fit(const X& x, const W& sample_weight) && {
    return std::move(fit(x, sample_weight));
  }

  /// Cluster of the nearest core sample within eps of every row of X, else -1. For the training data
  /// it is labels().
  template <MatrixOf<S> X> [[nodiscard]] Labels predict(const X& x) const {
    return predict_checked(View<X>(x));
  }

  template <MatrixOf<S> X> Labels fit_predict(const X& x) { return fit(x).labels(); }

  [[nodiscard]] bool is_fitted() const { return static_cast<bool>(model_); }
  [[nodiscard]] const Options& options() const { return options_; }
  [[nodiscard]] const Model& model() const { return *model_; }
  [[nodiscard]] Index n_features() const {
    return options_.metric == Metric::precomputed ? model_->labels.size()
                                                  : model_->core_samples.cols();
  }
  [[nodiscard]] const Labels& labels() const { return model_->labels; }
  /// Ascending.
  [[nodiscard]] const auto& core_sample_indices() const { return model_->core_sample_indices; }
  /// Noise is none of them.
  [[nodiscard]] int n_clusters() const { return model_->n_clusters; }

 private:
  template <class X, class W> static Vector<double> weights(const X& x, const W& sample_weight) {
    if (x.size() == 0) detail::check_training_data("DBSCAN", View<X>(x));
    const Vector<S> values = sample_weight;
    detail::check_sample_weight("DBSCAN", values, x.rows());
    return values.template cast<double>();
  }

  template <class V> Labels predict_checked(const V& x) const {
    constexpr const char* owner = "DBSCAN";
    const Index d = n_features();
    detail::check_sample_numbers(owner, x.rows());
    detail::check_new_data(owner, x, d);
    if (options_.metric == Metric::cosine) detail::check_directions(owner, x);
    if (options_.metric == Metric::precomputed) detail::check_new_distances(owner, x);
    return detail::predict_dbscan(detail::Samples<S>(x), *model_, options_);
  }

  Options options_;
  Fitted<Model> model_{"DBSCAN"};
};

static_assert(Clusterer<DBSCAN<double>, Matrix<double>>);
static_assert(Predictor<DBSCAN<float>, Matrix<float>>);

}  // namespace unlabeled
