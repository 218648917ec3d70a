// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/random.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/mixture/detail/gmm_density.hpp"
#include "unlabeled/mixture/detail/gmm_parameters.hpp"

namespace unlabeled::detail {

/// A fitted model made ready for questions about samples.
class MixtureJudge {
 public:
  template <Real S>
  MixtureJudge(const GMMModel<S>& model, CovarianceType type)
      : frame_(frame_of(model)),
        mixture_(mixture_of(model, type, frame_)),
        density_(mixture_, frame_) {}
  MixtureJudge(const MixtureJudge&) = delete;
  MixtureJudge& operator=(const MixtureJudge&) = delete;

  /// The likeliest component of every sample, the lowest number on ties.
  template <Real S> [[nodiscard]] Labels labels(Team& team, const Samples<S>& x) const {
    Labels result(x.n_samples);
    for_each_block(team, x, [&](Range samples, const MixtureBlock& block) {
      for (Index i = 0; i < samples.size(); ++i) {
        int best = 0;
        const double* joint = block.joint.data() + i;
        for (int k = 1; k < static_cast<int>(mixture_.n_components()); ++k)
          if (joint[k * block_stride] > joint[best * block_stride]) best = k;
        result[samples.begin + i] = best;
      }
    });
    return result;
  }

  /// Posteriors, n_samples x n_components.
  template <Real S> [[nodiscard]] Matrix<S> posteriors(Team& team, const Samples<S>& x) const {
    Matrix<S> result(x.n_samples, mixture_.n_components());
    for_each_block(team, x, [&](Range samples, MixtureBlock& block) {
      density_.normalize(block);
      for (Index k = 0; k < mixture_.n_components(); ++k)
        for (Index i = 0; i < samples.size(); ++i)
          result(samples.begin + i, k) = static_cast<S>(block.joint[k * block_stride + i]);
    });
    return result;
  }

  /// Log density of every sample.
  template <Real S>
  [[nodiscard]] Vector<double> log_densities(Team& team, const Samples<S>& x) const {
    Vector<double> result(x.n_samples);
    for_each_block(team, x, [&](Range samples, MixtureBlock& block) {
      density_.normalize(block);
      for (Index i = 0; i < samples.size(); ++i) result[samples.begin + i] = block.log_density[i];
    });
    return result;
  }

  /// n samples drawn from the mixture: one uniform number for the component of each, then a normal
  /// number for each feature.
  template <Real S> [[nodiscard]] GMMSample<S> sample(Index n, std::uint64_t seed) const {
    const Index d = mixture_.n_features();
    GMMSample<S> drawn{Matrix<S>(n, d), Labels(n)};
    const FactoredMixture fit = factored(mixture_);
    Rng rng(seed);
    Vector<double> normal(d), value(d);
    for (Index i = 0; i < n; ++i) {
      const Index k = rng.weighted_choice(mixture_.weights);
      for (double& number : normal) number = rng.normal();
      value = mixture_.means.row(k).transpose();
      if (!mixture_.is_triangular())
        value += fit.factors[0].row(k).transpose().cwiseProduct(normal);
      else
        for (Index t = 0; t < d; ++t) {
          const auto at = mixture_.type == CovarianceType::full ? static_cast<std::size_t>(k) : 0;
          add_multiple(normal[t], fit.factors[at].data() + t * d, t, d, value.data());
        }
      for (Index t = 0; t < d; ++t)
        drawn.samples(i, t) = static_cast<S>(value[t] / frame_.scale[t] + frame_.shift[t]);
      drawn.labels[i] = static_cast<int>(k);
    }
    return drawn;
  }

 private:
  template <Real S, class Use>
  void for_each_block(Team& team, const Samples<S>& x, Use&& use) const {
    const Chunks chunks{x.n_samples, block_lanes};
    std::vector<MixtureBlock> blocks(
        static_cast<std::size_t>(team.workers(chunks.count())),
        MixtureBlock(mixture_.type, mixture_.n_components(), mixture_.n_features()));
    team.for_each_chunk(chunks, [&](Range samples, int worker) {
      MixtureBlock& block = blocks[static_cast<std::size_t>(worker)];
      density_.log_joint(x, samples, block);
      use(samples, block);
    });
  }

  FeatureFrame frame_;
  Mixture mixture_;
  MixtureDensity density_;
};

/// Free parameters of a mixture: covariances, means and weights.
inline double n_free_parameters(CovarianceType type, Index n_components, Index n_features) {
  const auto k = static_cast<double>(n_components), d = static_cast<double>(n_features);
  const double rest = k * d + k - 1;
  switch (type) {
    case CovarianceType::full:
      return k * d * (d + 1) / 2 + rest;
    case CovarianceType::tied:
      return d * (d + 1) / 2 + rest;
    case CovarianceType::diag:
      return k * d + rest;
    default:
      return k + rest;
  }
}

}  // namespace unlabeled::detail
