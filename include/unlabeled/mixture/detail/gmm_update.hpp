// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "unlabeled/core/check.hpp"
#include "unlabeled/core/errors.hpp"
#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/cholesky.hpp"
#include "unlabeled/mixture/detail/gmm_moments.hpp"

// The maximization step: from sums relative to the current mixture to the next one.
//   mean' = mean + L delta,  covariance' = L (sum w p y y^T / N - delta delta^T) L^T + regularization
// with delta = sum w p y / N and L the current Cholesky factor.

namespace unlabeled::detail {

/// A mixture with the factors L that its covariances are made of, shaped like its whitening: lower
/// triangles, or deviations.
struct FactoredMixture {
  Mixture mixture;
  std::vector<Matrix<double>> factors;
};

/// "component 3", or what is wrong with all of them when they share a covariance.
[[noreturn]] inline void report_collapse(CovarianceType type, Index component,
                                         double regularization) {
  const std::string which = type == CovarianceType::tied
                                ? "the covariance of all components"
                                : "the covariance of component " + printed(component);
  throw NumericalError("GMM: " + which + " is not positive definite; raise regularization (now " +
                       printed(regularization) + "), scale the features or lower n_components");
}

/// Whether a variance in the frame, where samples are of size one, is no more than what rounding
/// leaves of samples that are all at `mean`. No component with samples has a mean beyond 2^20.
inline bool is_rounding(double variance, double mean) {
  return !(variance > 0x1p-100 * (1 + std::min(mean * mean, 0x1p40))) || !is_finite(variance);
}

/// Whether any variance of a covariance that component k, or all of them, has is only rounding.
inline bool has_collapsed(const Mixture& mixture, const Matrix<double>& covariance, Index k) {
  for (Index t = 0; t < mixture.n_features(); ++t) {
    const double variance = mixture.is_triangular() ? covariance(t, t) : covariance(k, t);
    const double mean = mixture.type == CovarianceType::tied ? 0 : mixture.means(k, t);
    if (is_rounding(variance, mean)) return true;
  }
  return false;
}

/// Replaces covariances (lower triangles, or n_components x n_features variances) in the frame by
/// their factors and fills the whitening. In parallel over the components.
inline void factorize(Team& team, FactoredMixture& result, double regularization) {
  Mixture& mixture = result.mixture;
  const auto n_factors = static_cast<Index>(result.factors.size());
  mixture.whitening.resize(result.factors.size());
  if (!mixture.is_triangular()) {
    for (Index k = 0; k < mixture.n_components(); ++k)
      if (has_collapsed(mixture, result.factors[0], k))
        report_collapse(mixture.type, k, regularization);
    result.factors[0] = result.factors[0].cwiseSqrt();
    mixture.whitening[0] = result.factors[0].cwiseInverse();
    return;
  }
  std::vector<char> failed(result.factors.size(), 0);
  team.run(n_factors, [&](Index k, int) {
    const auto at = static_cast<std::size_t>(k);
    const bool collapsed = has_collapsed(mixture, result.factors[at], k);
    failed[at] = collapsed || cholesky_in_place(result.factors[at]) >= 0 ? 1 : 0;
    if (failed[at] == 0) mixture.whitening[at] = inverse_of_lower(result.factors[at]);
  });
  for (Index k = 0; k < n_factors; ++k)
    if (failed[static_cast<std::size_t>(k)] != 0) report_collapse(mixture.type, k, regularization);
}

/// The next mixture.
class MixtureUpdate {
 public:
  /// `regularization` is in squared units of the data.
  MixtureUpdate(Team& team, const FeatureFrame& frame, double regularization)
      : team_(team), regularization_(regularization), square_scale_(frame.scale.array().square()) {}

  [[nodiscard]] FactoredMixture operator()(const FactoredMixture& now, const MixtureSums& sums,
                                           double total_weight) const {
    FactoredMixture next = now;
    const Index n_components = now.mixture.n_components();
    next.mixture.weights = sums.weight / sums.weight.sum();
    Matrix<double> delta = sums.first;
    for (Index k = 0; k < n_components; ++k)
      delta.col(k) *= keeps_place(sums, k, total_weight) ? 0.0 : 1 / sums.weight[k];
    for (Index k = 0; k < n_components; ++k) move_mean(now, delta, k, next.mixture);
    if (now.mixture.type == CovarianceType::full) {
      team_.run(n_components, [&](Index k, int) {
        if (!keeps_place(sums, k, total_weight))
          full_covariance(sums, delta, k, next);
        else
          restore_covariance(k, next);
      });
    } else if (now.mixture.type == CovarianceType::tied) {
      tied_covariance(now.mixture, sums, delta, next);
    } else {
      for (Index k = 0; k < n_components; ++k)
        if (!keeps_place(sums, k, total_weight))
          variances(sums, delta, k, next);
        else
          next.factors[0].row(k) = next.factors[0].row(k).cwiseAbs2();
    }
    factorize(team_, next, regularization_);
    return next;
  }

 private:
  /// A component that no sample belongs to says nothing about where it should be: it keeps its place
  /// and shape, without weight.
  [[nodiscard]] static bool keeps_place(const MixtureSums& sums, Index k, double total_weight) {
    return !(sums.weight[k] > 1e-100 * total_weight);
  }

  static void move_mean(const FactoredMixture& now, const Matrix<double>& delta, Index k,
                        Mixture& next) {
    const Index d = now.mixture.n_features();
    if (!now.mixture.is_triangular()) {
      next.means.row(k) += now.factors[0].row(k).cwiseProduct(delta.col(k).transpose());
      return;
    }
    const Matrix<double>& l =
        now.factors[now.mixture.type == CovarianceType::full ? static_cast<std::size_t>(k) : 0];
    for (Index t = 0; t < d; ++t)
      for (Index i = t; i < d; ++i) next.means(k, i) += l(i, t) * delta(t, k);
  }

  void regularize(Matrix<double>& covariance) const {
    covariance.diagonal() += regularization_ * square_scale_;
  }

  void full_covariance(const MixtureSums& sums, const Matrix<double>& delta, Index k,
                       FactoredMixture& next) const {
    const Index d = delta.rows();
    Matrix<double> scatter = sums.second.middleCols(k * d, d) / sums.weight[k];
    for (Index j = 0; j < d; ++j)
      add_multiple(-delta(j, k), delta.data() + k * d, j, d, scatter.data() + j * d);
    Matrix<double>& factor = next.factors[static_cast<std::size_t>(k)];
    factor = lower_congruence(factor, scatter);
    regularize(factor);
  }

  static void restore_covariance(Index k, FactoredMixture& next) {
    Matrix<double>& factor = next.factors[static_cast<std::size_t>(k)];
    factor = lower_congruence(factor, Matrix<double>::Identity(factor.rows(), factor.rows()));
  }

  /// sum_ik w p (y - c_k)(y - c_k)^T with c_k = W mean_k, from the scatter around each sample's own
  /// mean m_i = sum_k p_ik c_k: what is missing is how the c_k scatter around m_i,
  /// sum_{k < l} (sum_i w p_ik p_il)(c_k - c_l)(c_k - c_l)^T. All terms but the last shift are
  /// positive, so tight clusters far apart lose no digits.
  void tied_covariance(const Mixture& now, const MixtureSums& sums, const Matrix<double>& delta,
                       FactoredMixture& next) const {
    const Index d = now.n_features();
    Matrix<double> scatter = sums.second;
    const auto add_square = [&](double factor, const Vector<double>& v) {
      for (Index j = 0; j < d; ++j)
        add_multiple(factor * v[j], v.data(), j, d, scatter.data() + j * d);
    };
    Matrix<double> centers(d, now.n_components());
    for (Index k = 0; k < now.n_components(); ++k) centers.col(k) = now.whitened_mean(k);
    for (Index k = 0; k < now.n_components(); ++k) {
      for (Index l = 0; l < k; ++l)
        if (sums.overlap(k, l) > 0) add_square(sums.overlap(k, l), centers.col(k) - centers.col(l));
      add_square(-sums.weight[k], delta.col(k));
    }
    scatter /= sums.weight.sum();
    next.factors[0] = lower_congruence(next.factors[0], scatter);
    regularize(next.factors[0]);
  }

  void variances(const MixtureSums& sums, const Matrix<double>& delta, Index k,
                 FactoredMixture& next) const {
    const Index d = delta.rows();
    Vector<double> variance(d);
    for (Index t = 0; t < d; ++t) {
      const double ratio = sums.second(t, k) / sums.weight[k] - delta(t, k) * delta(t, k);
      const double deviation = next.factors[0](k, t);
      variance[t] = deviation * deviation * (ratio > 0 ? ratio : 0.0);
    }
    if (next.mixture.type == CovarianceType::spherical) {
      const double mean = variance.cwiseQuotient(square_scale_).mean();
      variance = mean * square_scale_;
    }
    next.factors[0].row(k) = (variance + regularization_ * square_scale_).transpose();
  }

  Team& team_;
  double regularization_;
  Vector<double> square_scale_;
};

}  // namespace unlabeled::detail
