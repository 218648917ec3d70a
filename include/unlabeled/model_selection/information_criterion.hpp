// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "unlabeled/core/check.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/mixture/gmm.hpp"
#include "unlabeled/model_selection/detail/search.hpp"

namespace unlabeled {

/// What a fit is charged for its free parameters: ln n_samples each (bic), or 2 each (aic).
enum class InformationCriterion { bic, aic };

/// How mixtures are compared.
struct InformationCriterionOptions {
  InformationCriterion criterion = InformationCriterion::bic;
  std::vector<CovarianceType> covariance_types = {};  ///< empty: that of the options of the fits
};

/// What a search for the number and shape of the components of a mixture found.
template <Real S> struct InformationCriterionSearch {
  std::vector<Index> candidates;                 ///< the numbers of components tried, ascending
  std::vector<CovarianceType> covariance_types;  ///< in the order tried
  /// The curve of best_covariance_type: one score per candidate, after a stop perhaps fewer.
  std::vector<double> scores;
  /// The curves of all covariance types, in their order; after a stop the last may be shorter.
  std::vector<std::vector<double>> scores_by_type;
  Index best_n_clusters = 0;  ///< one of the candidates
  CovarianceType best_covariance_type = CovarianceType::full;
  GMM<S> best{};                ///< the estimator fitted with both
  Stop stop = Stop::converged;  ///< callback: on_iteration ended the search
};

namespace detail {

template <class V> class CriterionSearch {
 public:
  using S = typename V::Scalar;

  CriterionSearch(const V& x, Range candidates, const GMMOptions& options,
                  InformationCriterionOptions how)
      : x_(x),
        candidates_(candidates),
        how_(std::move(how)),
        progress_(options, candidates.size() * static_cast<Index>(how_.covariance_types.size())) {}

  InformationCriterionSearch<S> run() {
    for (Index k = candidates_.begin; k < candidates_.end; ++k) search_.candidates.push_back(k);
    std::size_t best_type = 0;
    for (const CovarianceType type : how_.covariance_types) {
      if (progress_.stopped()) break;
      search_.covariance_types.push_back(type);
      search_.scores_by_type.emplace_back();
      if (try_type(type)) best_type = search_.scores_by_type.size() - 1;
      if (!search_.scores_by_type.back().empty()) continue;
      search_.scores_by_type.pop_back();  // stopped in its first fit
      search_.covariance_types.pop_back();
    }
    search_.scores = search_.scores_by_type[best_type];
    search_.candidates.resize(search_.scores_by_type[0].size());  // the last one may be shorter
    GMMOptions best = progress_.final_options(search_.best_n_clusters);
    best.covariance_type = search_.best_covariance_type;
    search_.best = GMM<S>(std::move(best), std::move(best_model_));
    if (progress_.stopped()) search_.stop = Stop::callback;
    return std::move(search_);
  }

 private:
  /// Fits all candidates of a type; whether one is the best so far. After a stop, a fit that was cut
  /// short is left out unless it is the first of all.
  bool try_type(CovarianceType type) {
    bool found = false;
    for (Index k = candidates_.begin; k < candidates_.end && !progress_.stopped(); ++k) {
      GMMOptions options = progress_.next_fit(k);
      options.covariance_type = type;
      const GMM<S> gmm = GMM<S>(std::move(options)).fit(x_);
      if (progress_.stopped() && search_.best_n_clusters > 0) break;
      const bool bic = how_.criterion == InformationCriterion::bic;
      const double score = bic ? gmm.bic(x_) : gmm.aic(x_);
      search_.scores_by_type.back().push_back(score);
      if (search_.best_n_clusters > 0 && !(score < best_score_)) continue;
      best_score_ = score;
      best_model_ = gmm.model();
      search_.best_n_clusters = k;
      search_.best_covariance_type = type;
      found = true;
    }
    return found;
  }

  const V& x_;
  Range candidates_;
  InformationCriterionOptions how_;
  SearchProgress<GMMOptions> progress_;
  InformationCriterionSearch<S> search_;
  GMMModel<S> best_model_;
  double best_score_ = 0;
};

template <class V>
InformationCriterionSearch<typename V::Scalar> information_criterion_search(
    const V& x, Index k_min, Index k_max, const GMMOptions& options,
    InformationCriterionOptions how) {
  constexpr const char* owner = "information_criterion_search";
  const Range candidates = checked_candidates(owner, x, k_min, k_max, {1, x.rows() + 1});
  const auto criterion = static_cast<int>(how.criterion);
  check_option(criterion >= 0 && criterion <= static_cast<int>(InformationCriterion::aic), owner,
               "criterion", "a member of InformationCriterion", criterion);
  for (const CovarianceType type : how.covariance_types) {
    const auto number = static_cast<int>(type);
    check_option(number >= 0 && number <= static_cast<int>(CovarianceType::spherical), owner,
                 "covariance_types", "members of CovarianceType", number);
  }
  if (how.covariance_types.empty()) how.covariance_types = {options.covariance_type};
  return CriterionSearch<V>(x, candidates, options, std::move(how)).run();
}

}  // namespace detail

/// Number of components of a mixture, and the shape of their covariances, by an information
/// criterion.
///
/// Fits GMM with k_min to k_max components for each covariance type and scores each fit on X by BIC
/// or AIC: minus twice the log-likelihood plus a charge for each free parameter. The lowest score is
/// the best; the first of equal ones. BIC finds the true number as samples grow; AIC charges less and
/// takes more components.
///
/// `options` are those of every fit (n_components is not used). options.on_iteration hears of all
/// iterations of all fits as of one long fit; returning false ends the search with the fits that are
/// complete, or with the first one as it stands.
///
/// Cost        a fit of GMM and a pass over X for each candidate and covariance type; the memory of
///             two models.
/// Randomness  that of GMM. Equal seed, data and options give equal bits for every n_threads.
/// Throws      std::invalid_argument unless 1 <= k_min <= k_max <= n_samples, or for bad options;
///             NumericalError of GMM where a component collapses in every start.
///
/// @code
/// const auto search = unlabeled::information_criterion_search(
///     X, 1, 8, {.n_init = 5}, {.covariance_types = {CovarianceType::full, CovarianceType::diag}});
/// const unlabeled::Labels& labels = search.best.labels();  // of search.best_n_clusters components
/// @endcode
///
/// References: G. Schwarz, "Estimating the dimension of a model", Ann. Stat. 6, 1978,
/// doi 10.1214/aos/1176344136; H. Akaike, "A new look at the statistical model identification", IEEE
/// Trans. Autom. Control 19, 1974, doi 10.1109/TAC.1974.1100705.
template <class X>
requires MatrixOf<X, float> || MatrixOf<X, double>
[[nodiscard]] InformationCriterionSearch<typename X::Scalar> information_criterion_search(
    const X& x, Index k_min, Index k_max, const GMMOptions& options = {},
    const InformationCriterionOptions& how = {}) {
  return detail::information_criterion_search(View<X>(x), k_min, k_max, options, how);
}

}  // namespace unlabeled
