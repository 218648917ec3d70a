// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "unlabeled/cluster/kmeans.hpp"
#include "unlabeled/core/check.hpp"
#include "unlabeled/core/knee.hpp"
#include "unlabeled/core/random.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/metrics/silhouette.hpp"
#include "unlabeled/model_selection/detail/search.hpp"
#include "unlabeled/model_selection/information_criterion.hpp"

// How many clusters? Three searches over KMeans with k_min to k_max clusters:
//
//   elbow               where the inertia stops falling fast; cheap, needs an eye on the curve
//   silhouette_search   where clusters are dense and apart; n_samples^2, at least 2 clusters
//   gap_statistic       where the inertia is lowest against data without clusters; may answer 1
//
// `options` are those of every fit (n_clusters is not used). options.on_iteration hears of all
// iterations of all fits as of one long fit: index grows to at most total, objective is the inertia
// of the fit in hand. Returning false ends the search: candidates that are complete stay, the one
// in hand is left out; if it is the first, it is the result, as it stands.
//
// The search over mixtures, information_criterion_search, is in a header of its own that comes with
// this one.

namespace unlabeled {
namespace detail {

template <class V>
NClustersSearch<typename V::Scalar> elbow(const V& x, Index k_min, Index k_max,
                                          const KMeansOptions& options) {
  const Range candidates = checked_candidates("elbow", x, k_min, k_max, {1, x.rows() + 1});
  SearchProgress progress(options, candidates.size());
  auto search = search_n_clusters(
      x, candidates, progress, [](const auto& kmeans) { return ScoreAndError{kmeans.inertia()}; },
      [](const auto& found) { return knee(found.scores); });
  search.standard_errors.clear();
  return search;
}

/// 0 where equal samples left fewer than two clusters with members.
template <class V> double silhouette_or_zero(const V& x, const Labels& labels, int n_threads) {
  if ((labels.array() == labels(0)).all()) return 0;
  return silhouette("silhouette_search", x, labels, n_threads).mean();
}

template <class V>
NClustersSearch<typename V::Scalar> silhouette_search(const V& x, Index k_min, Index k_max,
                                                      const KMeansOptions& options) {
  const Range candidates = checked_candidates("silhouette_search", x, k_min, k_max, {2, x.rows()});
  SearchProgress progress(options, candidates.size());
  auto search = search_n_clusters(
      x, candidates, progress,
      [&](const auto& kmeans) {
        return ScoreAndError{silhouette_or_zero(x, kmeans.labels(), options.n_threads)};
      },
      [](const auto& found) {
        return static_cast<std::size_t>(std::max_element(found.scores.begin(), found.scores.end()) -
                                        found.scores.begin());
      });
  search.standard_errors.clear();
  return search;
}

/// The smallest box with sides along the axes that holds the samples of a View.
template <class V> class Box {
 public:
  using S = typename V::Scalar;

  explicit Box(const V& x)
      : low_(x.colwise().minCoeff().template cast<double>()),
        high_(x.colwise().maxCoeff().template cast<double>()),
        n_samples_(x.rows()) {}

  /// As many samples, uniform in the box, stored in the order of X: one instantiation of KMeans
  /// does for both. Reference b of a seed is the same in every call.
  [[nodiscard]] typename V::PlainObject reference(std::uint64_t seed, Index b) const {
    constexpr std::uint64_t streams_of_references = std::uint64_t{1} << 32;  // fits use the first
    Rng rng(seed, streams_of_references + static_cast<std::uint64_t>(b));
    typename V::PlainObject samples(n_samples_, low_.size());
    for (Index i = 0; i < samples.rows(); ++i)
      for (Index j = 0; j < samples.cols(); ++j)
        samples(i, j) = static_cast<S>(rng.uniform(low_(j), high_(j)));
    return samples;
  }

  /// Logarithm of an inertia; what rounding alone can leave counts as equally small.
  [[nodiscard]] double log_inertia(double inertia) const {
    const auto epsilon = static_cast<double>(std::numeric_limits<S>::epsilon());
    const double rounding =
        static_cast<double>(n_samples_) * (high_ - low_).squaredNorm() * epsilon * epsilon;
    return std::log(std::max({inertia, rounding, std::numeric_limits<double>::min()}));
  }

 private:
  Eigen::RowVectorXd low_, high_;
  Index n_samples_;
};

/// The smallest candidate whose gap the next one does not exceed by a standard error.
inline std::size_t first_gap_not_exceeded(const std::vector<double>& gaps,
                                          const std::vector<double>& standard_errors) {
  std::size_t i = 0;
  while (i + 1 < gaps.size() && gaps[i] < gaps[i + 1] - standard_errors[i + 1]) ++i;
  return i;
}

template <class V>
NClustersSearch<typename V::Scalar> gap_statistic(const V& x, Index k_min, Index k_max,
                                                  const KMeansOptions& options,
                                                  Index n_references) {
  using S = typename V::Scalar;
  const Range candidates = checked_candidates("gap_statistic", x, k_min, k_max, {1, x.rows() + 1});
  check_option(n_references >= 1, "gap_statistic", "n_references", ">= 1", n_references);
  SearchProgress progress(options, candidates.size() * (1 + n_references));
  const Box<V> box(x);
  const auto gap = [&](const KMeans<S>& kmeans) {
    Vector<double> expected(n_references);
    for (Index b = 0; b < n_references; ++b) {
      KMeans<S> on_reference(progress.next_fit(kmeans.options().n_clusters));
      expected(b) = box.log_inertia(on_reference.fit(box.reference(options.seed, b)).inertia());
    }
    const double mean = expected.mean();
    const double variance = (expected.array() - mean).square().mean();
    return ScoreAndError{mean - box.log_inertia(kmeans.inertia()),
                         std::sqrt(variance * (1 + 1 / static_cast<double>(n_references)))};
  };
  return search_n_clusters(x, candidates, progress, gap, [](const auto& found) {
    return first_gap_not_exceeded(found.scores, found.standard_errors);
  });
}

}  // namespace detail

/// Number of clusters by the bend of the inertia curve.
///
/// scores[i] is the inertia with candidates[i] clusters. The best is where the curve lies farthest
/// below the straight line between its ends: the knee of Kneedle without smoothing and with
/// sensitivity 0. Where no point lies below the line (one or two candidates, a flat curve), k_min.
/// The line depends on the range, so choose k_max well beyond the number expected, and look at the
/// curve: a soft bend is no evidence of clusters.
///
/// Cost        k_max - k_min + 1 fits of KMeans; their labels are kept until the best is known.
/// Randomness  that of KMeans. Equal seed, data and options give equal bits for every n_threads.
/// Throws      std::invalid_argument unless 1 <= k_min <= k_max <= n_samples.
///
/// @code
/// const auto search = unlabeled::elbow(X, 1, 10, {.n_init = 5, .seed = 42});
/// const unlabeled::Labels& labels = search.best.labels();  // search.best_n_clusters clusters
/// @endcode
///
/// Reference: V. Satopaa, J. Albrecht, D. Irwin, B. Raghavan, "Finding a 'Kneedle' in a haystack",
/// ICDCS workshops 2011, doi 10.1109/ICDCSW.2011.20.
template <detail::RealMatrix X>
[[nodiscard]] NClustersSearch<typename X::Scalar> elbow(const X& x, Index k_min, Index k_max,
                                                        const KMeansOptions& options = {}) {
  return detail::elbow(View<X>(x), k_min, k_max, options);
}

/// Number of clusters by the greatest mean silhouette.
///
/// scores[i] is silhouette_score with candidates[i] clusters; the first of equal scores wins. A fit
/// that leaves all samples in one cluster, because they are equal, scores 0.
///
/// Cost        k_max - k_min + 1 fits of KMeans and as many silhouettes of n_samples^2 n_features
///             operations each; for very many samples search on a random part of them.
/// Randomness  that of KMeans. Equal seed, data and options give equal bits for every n_threads.
/// Throws      std::invalid_argument unless 2 <= k_min <= k_max <= n_samples - 1.
///
/// Reference: P. J. Rousseeuw, "Silhouettes: a graphical aid to the interpretation and validation
/// of cluster analysis", J. Comput. Appl. Math. 20, 1987, doi 10.1016/0377-0427(87)90125-7.
template <detail::RealMatrix X>
[[nodiscard]] NClustersSearch<typename X::Scalar> silhouette_search(
    const X& x, Index k_min, Index k_max, const KMeansOptions& options = {}) {
  return detail::silhouette_search(View<X>(x), k_min, k_max, options);
}

/// Number of clusters by the inertia against that of data without clusters.
///
/// scores[i] is Gap(k) = mean over b of ln W_b(k) - ln W(k), where W is the inertia of X with
/// k = candidates[i] clusters and W_b that of reference b: n_samples samples uniform in the
/// smallest box around X with sides along the features. standard_errors[i] is s(k) = sd_b(ln
/// W_b(k)) sqrt(1 + 1 / n_references). The best is the smallest k with Gap(k) >= Gap(k + 1) - s(k +
/// 1), and k_max if there is none. With k_min = 1 the answer may be that there are no clusters.
///
/// Features should be scaled and not strongly correlated: the box of correlated features is mostly
/// empty, and then any split of the samples beats the references (rotate by PCA first).
///
/// Cost        (k_max - k_min + 1)(1 + n_references) fits of KMeans; memory for one reference.
/// Randomness  reference b draws from a stream of its own number under options.seed, the same for
///             every k. Equal seed, data and options give equal bits for every n_threads.
/// Throws      std::invalid_argument unless 1 <= k_min <= k_max <= n_samples, n_references >= 1.
///
/// Reference: R. Tibshirani, G. Walther, T. Hastie, "Estimating the number of clusters in a data
/// set via the gap statistic", J. R. Stat. Soc. B 63, 2001, doi 10.1111/1467-9868.00293.
template <detail::RealMatrix X>
[[nodiscard]] NClustersSearch<typename X::Scalar> gap_statistic(const X& x, Index k_min,
                                                                Index k_max,
                                                                const KMeansOptions& options = {},
                                                                Index n_references = 10) {
  return detail::gap_statistic(View<X>(x), k_min, k_max, options, n_references);
}

}  // namespace unlabeled
