// SPDX-License-Identifier: MIT
#pragma once

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "unlabeled/cluster/agglomerative_model.hpp"
#include "unlabeled/cluster/detail/agglomerative_fit.hpp"
#include "unlabeled/cluster/detail/dendrogram.hpp"
#include "unlabeled/core/check.hpp"
#include "unlabeled/core/concepts.hpp"
#include "unlabeled/core/fitted.hpp"
#include "unlabeled/core/types.hpp"

namespace unlabeled {

namespace detail {

inline const char* name_of(Linkage linkage) {
  constexpr const char* names[] = {"ward",     "complete", "average", "single",
                                   "weighted", "centroid", "median"};
  return names[static_cast<int>(linkage)];
}
inline const char* name_of(Metric metric) {
  constexpr const char* names[] = {"euclidean", "manhattan", "chebyshev", "cosine", "precomputed"};
  return names[static_cast<int>(metric)];
}

inline AgglomerativeOptions checked(AgglomerativeOptions options) {
  constexpr const char* owner = "Agglomerative";
  check_option(options.n_clusters >= 1, owner, "n_clusters", ">= 1", options.n_clusters);
  check_option(options.n_clusters <= std::numeric_limits<int>::max(), owner, "n_clusters",
               "<= 2147483647", options.n_clusters);
  if (const auto& threshold = options.distance_threshold)
    check_option(is_finite(*threshold) && *threshold >= 0, owner, "distance_threshold",
                 ">= 0 and finite", *threshold);
  const auto linkage = static_cast<int>(options.linkage);
  check_option(linkage >= 0 && linkage <= static_cast<int>(Linkage::median), owner, "linkage",
               "a member of Linkage", linkage);
  check_metric(owner, options.metric);
  const bool needs_means = options.linkage == Linkage::ward ||
                           options.linkage == Linkage::centroid ||
                           options.linkage == Linkage::median;
  check_option(!needs_means || options.metric == Metric::euclidean, owner, "metric",
               (std::string("euclidean for linkage ") + name_of(options.linkage)).c_str(),
               std::string(name_of(options.metric)));
  check_n_threads(owner, options.n_threads);
  return options;
}

/// A model made elsewhere, when it agrees with itself and the options.
template <Real S>
AgglomerativeModel<S> checked(AgglomerativeModel<S> model, const AgglomerativeOptions& options) {
  constexpr const char* owner = "Agglomerative";
  check_linkage_table(owner, model.linkage_matrix);
  check_option(model.n_features >= 1, owner, "model.n_features", ">= 1", model.n_features);
  const Index n = model.linkage_matrix.rows() + 1;
  if (!options.distance_threshold)
    check_option(options.n_clusters <= n, owner, "n_clusters",
                 ("<= n_samples = " + printed(n)).c_str(), options.n_clusters);
  const Labels labels = std::move(model.labels);
  cut_model(model, options);
  if (labels.size() != n || (labels.array() != model.labels.array()).any())
    refuse(owner, "model.labels must be those of the cut that the options ask for");
  return model;
}

}  // namespace detail

/// Merges the two nearest clusters again and again, from single samples up to one cluster of all.
///
/// The whole hierarchy is kept, so that it can be cut anywhere afterwards. How far apart clusters A
/// and B are is the linkage (`Linkage` has the formulas). ward, the default, merges where the sum
/// of squared deviations from the means grows least, by half the squared height; complete gives
/// clusters of small diameter, average a compromise, single chains of any shape. Scale the features
/// first (StandardScaler).
///
/// Shapes      X is n_samples x n_features, rows are samples; n_samples x n_samples for metric
///             precomputed. linkage_matrix() is (n_samples - 1) x 4 in SciPy's format: row s merges
///             the clusters in columns 0 and 1 into cluster n_samples + s, at the height in column
///             2, with the number of samples in column 3. Heights are doubles, for float X those
///             of its values.
/// Units       heights and thresholds are distances in units of X (ward too: the height of two
///             samples is their distance).
/// Order       rows ascend in height, except for centroid and median, where a merge can be lower
///             than one inside it (an inversion) and rows come as the merges were made.
/// Cuts        cut(n_clusters) makes the lowest n_samples - n_clusters merges. cut_at(distance)
///             makes those at or below the distance. With inversions the height of a merge means
///             the greatest in its subtree, as in SciPy's fcluster. labels() is the cut of the
///             options: distance_threshold if there is one, else n_clusters. Clusters are numbered
///             by first appearance among the samples.
/// Ties        among equally near clusters the numbers of their first samples decide, in the same
///             way for any n_threads and storage order; merges of equal height come in the order of
///             their first samples as far as they are made at once. With ward and single, equal
///             samples merge with the first of them. Other libraries may decide ties otherwise,
///             which can change heights too (not those of single).
/// Cost        n samples, d features; growth measured on blobs. ward: time as n^1.2 in 2 features
///             (1e4 to 1e6 samples) and as n^1.5 in 8 (1e4 to 1e5); where trees do not help towards
///             n², n^1.6 in 100 (1e3 to 1e4); n^1.7 for gaps that grow so that few merge at a time
///             (x_i = i², 1e4 to 1e5). Memory about 40 n d + 110 n bytes. single: a minimum spanning
///             tree, memory O(n d). complete, average, weighted: as n^2.3 from 1e3, whose matrix is
///             in the cache, to 1e4; memory 4 n² bytes. centroid, median: as n^2.0 from 1e3 to 1e4,
///             memory about 24 n d + 60 n bytes.
/// Throws      std::invalid_argument for bad options, empty or non-finite X, n_clusters above the
///             number of samples, a metric that the linkage cannot have, distances that are not
///             square, symmetric, >= 0 and zero on the diagonal, zero samples for cosine;
///             NumericalError where distances leave the range of double; NotFitted. Where n² / 2
///             distances are more than memory holds, std::bad_alloc comes through.
/// Threads     the same bits for any n_threads and, up to rounding, either storage order. After
///             fit, all const members may be called from several threads.
///
/// @code
/// const auto hierarchy = unlabeled::Agglomerative<double>({.n_clusters = 4}).fit(X);
/// const unlabeled::Labels four = hierarchy.labels(), nine = hierarchy.cut(9);
/// @endcode
///
/// References: F. Murtagh, "A survey of recent advances in hierarchical clustering algorithms",
/// Computer Journal 26, 1983, doi 10.1093/comjnl/26.4.354; D. Müllner, "Modern hierarchical,
/// agglomerative clustering algorithms", 2011, arXiv 1109.2378; B. Sumengen et al., "Scaling
/// hierarchical agglomerative clustering to billion-sized datasets", 2021, arXiv 2105.11653.
template <Real S = double> class Agglomerative {
 public:
  using Scalar = S;
  using Options = AgglomerativeOptions;
  using Model = AgglomerativeModel<S>;

  explicit Agglomerative(Options options = {}) : options_(detail::checked(options)) {}
  /// The fitted estimator with this model.
  Agglomerative(Options options, Model model)
      : options_(detail::checked(options)),
        model_("Agglomerative", detail::checked(std::move(model), options_)) {}

  /// Learn the hierarchy of X, or of the samples whose distances X holds (metric precomputed).
  template <MatrixOf<S> X> Agglomerative& fit(const X& x) & {
    model_ = detail::fit_agglomerative<S>(View<X>(x), options_);
    return *this;
  }
  template <MatrixOf<S> X> Agglomerative fit(const X& x) && { return std::move(fit(x)); }

  template <MatrixOf<S> X> Labels fit_predict(const X& x) { return fit(x).labels(); }

  /// Labels of exactly n_clusters clusters, 1 <= n_clusters <= n_samples.
  [[nodiscard]] Labels cut(Index n_clusters) const {
    const Index n = n_samples();
    detail::check_option(n_clusters >= 1 && n_clusters <= n, "Agglomerative", "n_clusters",
                         ("from 1 to n_samples = " + detail::printed(n)).c_str(), n_clusters);
    return detail::labels_of(model_->linkage_matrix, n_clusters);
  }

  /// Labels of the clusters that merges at or below the distance make.
  [[nodiscard]] Labels cut_at(double distance) const {
    const Matrix<double>& table = model_->linkage_matrix;
    detail::check_option(detail::is_finite(distance) && distance >= 0, "Agglomerative", "distance",
                         ">= 0 and finite", distance);
    return detail::labels_at(table, distance);
  }

  /// Samples from left to right in a drawing of the hierarchy without crossings, the cluster of
  /// column 0 always on the left.
  [[nodiscard]] std::vector<Index> leaf_order() const {
    return detail::leaves_in_order(model_->linkage_matrix);
  }

  /// For all pairs i < j of samples, row after row of the upper triangle, the height at which they
  /// first are in one cluster: n_samples (n_samples - 1) / 2 numbers.
  [[nodiscard]] Vector<double> cophenetic_distances() const {
    return detail::cophenetic(model_->linkage_matrix);
  }

  [[nodiscard]] bool is_fitted() const { return static_cast<bool>(model_); }
  [[nodiscard]] const Options& options() const { return options_; }
  [[nodiscard]] const Model& model() const { return *model_; }
  [[nodiscard]] Index n_features() const { return model_->n_features; }
  [[nodiscard]] const Matrix<double>& linkage_matrix() const { return model_->linkage_matrix; }
  [[nodiscard]] const Labels& labels() const { return model_->labels; }
  /// In labels().
  [[nodiscard]] Index n_clusters() const { return model_->n_clusters; }

 private:
  [[nodiscard]] Index n_samples() const { return model_->linkage_matrix.rows() + 1; }

  Options options_;
  Fitted<Model> model_{"Agglomerative"};
};

static_assert(Clusterer<Agglomerative<double>, Matrix<double>>);
static_assert(Clusterer<Agglomerative<float>, Matrix<float>>);

}  // namespace unlabeled
