// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "unlabeled/cluster/kmeans.hpp"
#include "unlabeled/core/check.hpp"
#include "unlabeled/core/errors.hpp"
#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/random.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/mixture/detail/gmm_data.hpp"
#include "unlabeled/mixture/detail/gmm_predict.hpp"
#include "unlabeled/mixture/detail/gmm_update.hpp"

namespace unlabeled::detail {

/// Expectation-maximization from given mixtures.
template <Real S> class MixtureFit {
 public:
  struct Result {
    FactoredMixture fit;
    Report report;
    bool refused = false;  // by the callback, be it in the iteration that converged
  };

  MixtureFit(Team& team, const MixtureData<S>& data, const GMMOptions& options)
      : team_(team),
        data_(data),
        options_(options),
        update_(team, data.frame, options.regularization) {}

  /// Expectation and maximization until the lower bound stays: one of `n_runs` runs, which count
  /// their iterations in n_done.
  [[nodiscard]] Result run(FactoredMixture start, Index n_runs, Index& n_done) const {
    Result result{std::move(start), {}, false};
    const Index total = product_or_most(n_runs, options_.max_iterations);
    double before = -std::numeric_limits<double>::infinity();
    while (result.report.n_iterations < options_.max_iterations) {
      const MixtureSums sums = expectation(result.fit.mixture, nullptr);
      const double bound = sums.log_likelihood / data_.total_weight;
      if (!is_finite(bound))
        throw NumericalError("GMM: the log-likelihood overflows; scale the features first");
      result.fit = update_(result.fit, sums, data_.total_weight);
      const double change = bound - before;
      before = result.report.objective = bound;
      const Index iteration = n_done++;
      ++result.report.n_iterations;
      if (options_.on_iteration)
        result.refused = !options_.on_iteration({iteration, total, bound, change});
      const bool converged = std::abs(change) < options_.tolerance;
      if (!converged && !result.refused) continue;
      result.report.stop = converged ? Stop::converged : Stop::callback;
      break;
    }
    return result;
  }

  /// The mixture of start number `restart`.
  template <class V> [[nodiscard]] FactoredMixture start(const V& x, Index restart) const {
    const std::uint64_t seed = Rng(options_.seed, static_cast<std::uint64_t>(restart)).bits();
    return options_.init == GMMInit::kmeans ? from_clusters(x, seed) : from_samples(seed);
  }

  /// The sums of all samples, with their posteriors or (if given) with a component for each.
  [[nodiscard]] MixtureSums expectation(const Mixture& mixture, const Labels* labels) const {
    // All that is left out sums up to less than a rounding of what a component weighed before. One
    // that keeps less than a thousandth of that may have been made of what was left out.
    const double mean_weight = data_.total_weight / static_cast<double>(data_.x.n_samples);
    MixtureSums sums = sums_above(0x1p-53 * mean_weight, mixture, labels);
    const Vector<double> expected = mixture.weights * data_.total_weight;
    if (!labels && (sums.weight.array() < 0x1p-10 * expected.array()).any())
      sums = sums_above(0, mixture, labels);
    return sums;
  }

 private:
  /// The same without the shares of components that are less than `negligible` times their weight.
  [[nodiscard]] MixtureSums sums_above(double negligible, const Mixture& mixture,
                                       const Labels* labels) const {
    const Index k = mixture.n_components(), d = mixture.n_features();
    const MixtureDensity density(mixture, data_.frame);
    const MomentAdder adder(mixture, negligible);
    const Chunks chunks = super_blocks(k, d);
    MixtureBlock scratch(mixture.type, k, d);
    scratch.prepare_moments(mixture.type, k, d);
    std::vector<MixtureBlock> blocks(static_cast<std::size_t>(team_.workers(chunks.count())),
                                     scratch);
    std::vector<MixtureSums> sums(static_cast<std::size_t>(chunks.count()),
                                  MixtureSums(mixture.type, k, d));
    team_.for_each_chunk(chunks, [&](Range samples, int worker) {
      MixtureBlock& block = blocks[static_cast<std::size_t>(worker)];
      MixtureSums& sum = sums[static_cast<std::size_t>(samples.begin / chunks.size)];
      for (Index begin = samples.begin; begin < samples.end; begin += block_lanes) {
        const Range rows{begin, std::min(begin + block_lanes, samples.end)};
        density.log_joint(data_.x, rows, block);
        density.normalize(block);
        weigh(rows, labels, block);
        adder.add_block(block, sum);
      }
    });
    for (std::size_t chunk = 1; chunk < sums.size(); ++chunk) sums[0] += sums[chunk];
    return std::move(sums[0]);
  }

  /// Few, because each has sums of its own: together they are no larger than X, or four of them.
  [[nodiscard]] Chunks super_blocks(Index n_components, Index n_features) const {
    const Index n = data_.x.n_samples, k = n_components, d = n_features;
    const bool tied = options_.covariance_type == CovarianceType::tied;
    const Index n_sums = tied ? k * k + k * d + d * d : k * d * d;
    const Index most = std::clamp<Index>(n * d / n_sums, 4, 32);
    const Index n_blocks = Chunks{n, block_lanes}.count();
    return {n, (n_blocks + most - 1) / most * block_lanes};
  }

  void weigh(Range samples, const Labels* labels, MixtureBlock& block) const {
    block.weight.setZero();
    for (Index i = 0; i < samples.size(); ++i)
      block.weight[i] = data_.weights.size() > 0 ? data_.weights[samples.begin + i] : 1.0;
    if (!labels) return;
    block.joint.setZero();
    for (Index i = 0; i < samples.size(); ++i)
      block.joint[(*labels)[samples.begin + i] * block_stride + i] = 1;
  }

  /// Components of the spread of all samples, feature by feature, around these means.
  [[nodiscard]] FactoredMixture round_about(const RowMatrix<double>& means) const {
    const Index k = means.rows(), d = means.cols();
    Mixture mixture;
    mixture.type = options_.covariance_type;
    mixture.weights = Vector<double>::Constant(k, 1 / static_cast<double>(k));
    mixture.means = means;
    const Vector<double> spread = data_.variance.array() + options_.regularization;
    Vector<double> inverse(d);
    for (Index t = 0; t < d; ++t)
      inverse[t] = spread[t] > 0 ? 1 / (std::sqrt(spread[t]) * data_.frame.scale[t]) : 1.0;
    const Index n_factors = mixture.type == CovarianceType::full ? k : 1;
    for (Index c = 0; c < n_factors; ++c) {
      if (mixture.is_triangular())
        mixture.whitening.emplace_back(inverse.asDiagonal());
      else
        mixture.whitening.emplace_back(inverse.transpose().replicate(k, 1));
    }
    return factored(std::move(mixture));
  }

  template <class V>
  [[nodiscard]] FactoredMixture from_clusters(const V& x, std::uint64_t seed) const {
    KMeans<S> kmeans(
        {.n_clusters = options_.n_components, .seed = seed, .n_threads = options_.n_threads});
    if (data_.weights.size() > 0)
      kmeans.fit(x, data_.weights.template cast<S>());
    else
      kmeans.fit(x);
    const FeatureFrame& frame = data_.frame;
    const RowMatrix<double> centers = kmeans.cluster_centers().template cast<double>();
    const FactoredMixture start =
        round_about((centers.rowwise() - frame.shift.transpose()) * frame.scale.asDiagonal());
    return update_(start, expectation(start.mixture, &kmeans.labels()), data_.total_weight);
  }

  /// k different samples, drawn one after the other with probabilities proportional to weight: the
  /// first k to arrive when each comes at a random time with its weight as rate. Those that weigh
  /// nothing come last.
  [[nodiscard]] std::vector<Index> different_samples(Rng& rng, Index k) const {
    std::vector<std::pair<double, Index>> arrivals;
    arrivals.reserve(static_cast<std::size_t>(data_.x.n_samples));
    for (Index i = 0; i < data_.x.n_samples; ++i) {
      const double weight = data_.weights.size() > 0 ? data_.weights[i] : 1.0;
      const double never = std::numeric_limits<double>::max();
      arrivals.emplace_back(weight > 0 ? std::min(rng.exponential() / weight, never) : never, i);
    }
    std::nth_element(arrivals.begin(), arrivals.begin() + (k - 1), arrivals.end());
    std::vector<Index> chosen;
    for (Index c = 0; c < k; ++c) chosen.push_back(arrivals[static_cast<std::size_t>(c)].second);
    std::sort(chosen.begin(), chosen.end());
    return chosen;
  }

  [[nodiscard]] FactoredMixture from_samples(std::uint64_t seed) const {
    const Index k = options_.n_components, d = data_.frame.n_features();
    // A mixture of one component is the distribution of all samples.
    const FactoredMixture one = round_about(RowMatrix<double>::Zero(1, d));
    const FactoredMixture all = update_(one, expectation(one.mixture, nullptr), data_.total_weight);
    Rng rng(seed);
    const std::vector<Index> chosen = different_samples(rng, k);
    RowMatrix<double> means(k, d);
    for (Index c = 0; c < k; ++c)
      for (Index t = 0; t < d; ++t)
        means(c, t) = FeatureFrame::coordinate(
            static_cast<double>(data_.x(chosen[static_cast<std::size_t>(c)], t)),
            data_.frame.shift[t], data_.frame.scale[t]);
    FactoredMixture start = round_about(means);
    for (std::size_t c = 0; c < start.factors.size(); ++c) {
      const bool rows = !start.mixture.is_triangular();
      start.factors[c] = rows ? all.factors[0].replicate(k, 1) : all.factors[0];
      start.mixture.whitening[c] =
          rows ? all.mixture.whitening[0].replicate(k, 1) : all.mixture.whitening[0];
    }
    return start;
  }

  Team& team_;
  const MixtureData<S>& data_;
  const GMMOptions& options_;
  MixtureUpdate update_;
};

/// The best of n_init runs, of those that do not collapse if there are any.
template <Real S, class V>
typename MixtureFit<S>::Result best_run(const MixtureFit<S>& fit, const V& x,
                                        const GMMOptions& options) {
  using Result = typename MixtureFit<S>::Result;
  std::optional<Result> best;
  std::optional<NumericalError> collapse;  // the first
  Index n_iterations = 0;
  const auto run = [&](Index restart) -> std::optional<Result> {
    try {
      return fit.run(fit.start(x, restart), options.n_init, n_iterations);
    } catch (const NumericalError& error) {
      if (!collapse) collapse = error;
      return std::nullopt;
    }
  };
  for (Index restart = 0; restart < options.n_init; ++restart) {
    std::optional<Result> result = run(restart);
    if (!result) continue;
    const bool refused = result->refused;
    const bool cut_short = result->report.stop == Stop::callback || restart + 1 < options.n_init;
    if (!best || result->report.objective > best->report.objective) best = std::move(result);
    if (!refused) continue;
    if (cut_short) best->report.stop = Stop::callback;
    break;
  }
  if (!best) throw NumericalError(*collapse);
  return *std::move(best);
}

/// A Gaussian mixture from data to model: the best of n_init runs, or the run from `initial`, a
/// checked model with its factors.
template <Real S, class V>
GMMModel<S> fit_gmm(const V& x, Vector<double> weights, const GMMModel<S>* initial,
                    const GMMOptions& options) {
  check_training_data("GMM", x);
  check_option(options.n_components <= x.rows(), "GMM", "n_components",
               ("<= n_samples = " + printed(x.rows())).c_str(), options.n_components);
  Team team(options.n_threads);
  const MixtureData<S> data(team, Samples<S>(x), std::move(weights), options.regularization);
  const MixtureFit<S> fit(team, data, options);
  Index n_done = 0;
  const auto result =
      initial
          ? fit.run(factored(mixture_of(*initial, options.covariance_type, data.frame)), 1, n_done)
          : best_run(fit, x, options);
  GMMModel<S> model = model_of<S>(result.fit, data.frame);
  model.lower_bound = result.report.objective;
  model.report = result.report;
  model.labels = MixtureJudge(model, options.covariance_type).labels(team, data.x);
  return model;
}

}  // namespace unlabeled::detail
