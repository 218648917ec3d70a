// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "unlabeled/cluster/kmeans.hpp"
#include "unlabeled/core/check.hpp"
#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/report.hpp"
#include "unlabeled/core/types.hpp"

namespace unlabeled {

/// What a search for the number of clusters found.
template <Real S> struct NClustersSearch {
  std::vector<Index> candidates;        ///< the numbers of clusters tried, ascending
  std::vector<double> scores;           ///< the curve: one score per candidate
  std::vector<double> standard_errors;  ///< one per score; empty but for gap_statistic
  Index best_n_clusters = 0;            ///< one of the candidates
  KMeans<S> best{};                     ///< the estimator fitted with best_n_clusters
  Stop stop = Stop::converged;          ///< callback: on_iteration ended the search
};

namespace detail {

/// The iterations of all fits of a search, numbered as those of one long fit.
template <class Options> class SearchProgress {
 public:
  SearchProgress(const Options& options, Index n_fits)
      : options_(options),
        iterations_per_fit_(product_or_most(options.n_init, options.max_iterations)),
        total_(product_or_most(n_fits, iterations_per_fit_)) {}
  SearchProgress(const SearchProgress&) = delete;
  SearchProgress& operator=(const SearchProgress&) = delete;

  /// Options of the next fit; their callback lives no longer than this object.
  [[nodiscard]] Options next_fit(Index n_clusters) {
    Options options = final_options(n_clusters);
    const Index first_iteration = product_or_most(iterations_per_fit_, n_fits_++);
    if (options_.on_iteration)
      options.on_iteration = [this, first_iteration](const Iteration& iteration) {
        // Below total_ also where that is the greatest number there is.
        const Index first = std::min(first_iteration, total_ - 1 - iteration.index);
        return report({first + iteration.index, total_, iteration.objective, iteration.change});
      };
    return options;
  }

  /// Options of the fitted estimator that the user gets: with the user's own callback.
  [[nodiscard]] Options final_options(Index n_clusters) const {
    Options options = options_;
    if constexpr (requires { options.n_clusters; })
      options.n_clusters = n_clusters;
    else
      options.n_components = n_clusters;
    return options;
  }

  /// Whether the callback has asked to stop.
  [[nodiscard]] bool stopped() const { return stopped_; }

 private:
  bool report(const Iteration& iteration) {
    stopped_ = stopped_ || !options_.on_iteration(iteration);
    return !stopped_;
  }

  Options options_;
  Index iterations_per_fit_;
  Index total_;
  Index n_fits_ = 0;
  bool stopped_ = false;
};

/// What all searches ask first; returns the candidates.
template <class V>
Range checked_candidates(const char* owner, const V& x, Index k_min, Index k_max, Range allowed) {
  check_training_data(owner, x);
  check_option(k_min >= allowed.begin, owner, "k_min", (">= " + printed(allowed.begin)).c_str(),
               k_min);
  check_option(k_max >= k_min, owner, "k_max", (">= k_min = " + printed(k_min)).c_str(), k_max);
  const std::string most = allowed.end > x.rows() ? "n_samples = " : "n_samples - 1 = ";
  check_option(k_max < allowed.end, owner, "k_max",
               ("<= " + most + printed(allowed.end - 1)).c_str(), k_max);
  return {k_min, k_max + 1};
}

struct ScoreAndError {
  double score = 0;
  double standard_error = 0;
};

/// Fits and scores the candidates in order; choose(search) gives the position of the best. After a
/// stop, a candidate that was cut short is left out unless it is the first.
template <class V, class Score, class Choose>
NClustersSearch<typename V::Scalar> search_n_clusters(const V& x, Range candidates,
                                                      SearchProgress<KMeansOptions>& progress,
                                                      Score&& score, Choose&& choose) {
  using S = typename V::Scalar;
  NClustersSearch<S> search;
  std::vector<KMeansModel<S>> models;
  const auto cut_short = [&] { return progress.stopped() && !models.empty(); };
  for (Index k = candidates.begin; k < candidates.end && !progress.stopped(); ++k) {
    const KMeans<S> kmeans = KMeans<S>(progress.next_fit(k)).fit(x);
    if (cut_short()) break;
    const ScoreAndError result = score(kmeans);
    if (cut_short()) break;
    models.push_back(kmeans.model());
    search.candidates.push_back(k);
    search.scores.push_back(result.score);
    search.standard_errors.push_back(result.standard_error);
  }
  const std::size_t best = choose(search);
  search.best_n_clusters = search.candidates[best];
  search.best = KMeans<S>(progress.final_options(search.best_n_clusters), std::move(models[best]));
  if (progress.stopped()) search.stop = Stop::callback;
  return search;
}

}  // namespace detail
}  // namespace unlabeled
