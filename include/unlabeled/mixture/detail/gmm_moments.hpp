// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/gram.hpp"
#include "unlabeled/linalg/packet.hpp"
#include "unlabeled/mixture/detail/gmm_density.hpp"

// What a maximization step needs of the samples, summed block by block from the whitened samples
// that the densities left in a near cache. Sums are relative to the current means and in units of
// the current deviations, so they are of size one and nothing of an offset is in them.

namespace unlabeled::detail {

/// Sums over samples i with weight w_i and posteriors p_ik, where y_ik = W_k (x_i - mean_k). Sums of
/// other samples under the same mixture are added.
struct MixtureSums {
  double log_likelihood = 0;  // sum of w ln density
  Vector<double> weight;      // n_components: sum of w p
  Matrix<double> first;       // n_features x n_components: sum of w p y
  /// full: a lower triangle of sum w p y y^T for each component, side by side; tied: one of
  /// sum w (W x - W mean_i)(W x - W mean_i)^T with mean_i = sum_k p_ik mean_k; diag and spherical:
  /// n_features x n_components sums of w p y^2.
  Matrix<double> second;
  Matrix<double> overlap;  // tied: n_components squared, lower triangle of sum w p p^T

  MixtureSums(CovarianceType type, Index n_components, Index n_features)
      : weight(Vector<double>::Zero(n_components)),
        first(Matrix<double>::Zero(n_features, n_components)),
        second(Matrix<double>::Zero(n_features, n_columns(type, n_components, n_features))) {
    if (type == CovarianceType::tied) overlap = Matrix<double>::Zero(n_components, n_components);
  }

  MixtureSums& operator+=(const MixtureSums& other) {
    log_likelihood += other.log_likelihood;
    weight += other.weight;
    first += other.first;
    second += other.second;
    overlap += other.overlap;
    return *this;
  }

 private:
  static Index n_columns(CovarianceType type, Index n_components, Index n_features) {
    if (type == CovarianceType::full) return n_components * n_features;
    return type == CovarianceType::tied ? n_features : n_components;
  }
};

/// Adds blocks, whose posteriors are known, to sums.
class MomentAdder {
 public:
  /// Leaves out what weighs less than `negligible` times the weight of the component.
  MomentAdder(const Mixture& mixture, double negligible) : mixture_(mixture) {
    const Index k = mixture.n_components(), d = mixture.n_features();
    // Packets of exponentials end at 1e-308, not at 0.
    least_ = (mixture.weights * negligible).cwiseMax(1e-290);
    factors_ = RowMatrix<double>::Zero(k, MixtureBlock::row_stride(d));
    biases_ = factors_;
    if (mixture.type == CovarianceType::full) return;
    if (!mixture.is_triangular()) factors_.leftCols(d) = mixture.whitening[0];
    for (Index c = 0; c < k; ++c) biases_.row(c).head(d) = -mixture.whitened_mean(c).transpose();
  }

  /// block.weight holds the weights of the samples, 0 in lanes without one.
  void add_block(MixtureBlock& block, MixtureSums& sums) const {
    const Index n_lanes = block.n_panels() * FeatureFrame::lanes;
    for (Index i = 0; i < n_lanes; ++i)
      sums.log_likelihood += block.weight[i] * block.log_density[i];
    for (Index k = 0; k < mixture_.n_components(); ++k) add_component(k, block, sums);
    if (mixture_.type == CovarianceType::tied) add_tied(block, sums);
  }

 private:
  static constexpr Index size = packet_size<double>;

  void add_component(Index k, MixtureBlock& block, MixtureSums& sums) const {
    const Index n_chosen = choose(k, block);
    if (n_chosen == 0) return;
    if (!mixture_.is_triangular()) return add_scaled(k, n_chosen, block, sums);
    const Index d = mixture_.n_features(), n_lanes = block.n_panels() * FeatureFrame::lanes;
    const bool full = mixture_.type == CovarianceType::full;
    const double* white = block.white.data() + (full ? k * d * block_stride : 0);
    // Gathering pays unless nearly all lanes are wanted.
    const bool dense = 4 * n_chosen > 3 * n_lanes;
    if (dense)
      weigh_all(k, block);
    else
      gather(k, white, n_chosen, block);
    const Index n_packets = dense ? block.n_packets() : (n_chosen + size - 1) / size;
    sums.weight[k] += sum_of_row(block.share.data(), n_packets);
    add_moments(k, dense ? white : block.plain.data(), n_packets, block, sums);
  }

  /// Lists the samples that weigh something in component k; returns how many.
  [[nodiscard]] Index choose(Index k, MixtureBlock& block) const {
    const double *posterior = block.joint.data() + k * block_stride, *weight = block.weight.data();
    const double least = least_[k];
    int* chosen = block.chosen.data();
    Index n_chosen = 0;
    for (int i = 0; i < static_cast<int>(block.n_lanes); ++i) {
      chosen[n_chosen] = i;  // without a branch, which would be guessed wrong too often
      n_chosen += static_cast<Index>(posterior[i] * weight[i] > least);
    }
    return n_chosen;
  }

  static void weigh_all(Index k, MixtureBlock& block) {
    const double* posterior = block.joint.data() + k * block_stride;
    const Index n_lanes = block.n_panels() * FeatureFrame::lanes;
    for (Index i = 0; i < n_lanes; ++i) block.share[i] = posterior[i] * block.weight[i];
  }

  /// The chosen samples side by side, with zeros to the end of the last packet.
  void gather(Index k, const double* white, Index n_chosen, MixtureBlock& block) const {
    const Index end = (n_chosen + size - 1) / size * size;
    weigh_chosen(k, n_chosen, block);
    std::fill(block.share.data() + n_chosen, block.share.data() + end, 0.0);
    const int* chosen = block.chosen.data();
    for (Index t = 0; t < mixture_.n_features(); ++t) {
      const double* from = white + t * block_stride;
      double* to = block.plain.data() + t * block_stride;
      for (Index c = 0; c < n_chosen; ++c) to[c] = from[chosen[c]];
      std::fill(to + n_chosen, to + end, 0.0);
    }
  }

  static void weigh_chosen(Index k, Index n_chosen, MixtureBlock& block) {
    const double* posterior = block.joint.data() + k * block_stride;
    for (Index c = 0; c < n_chosen; ++c) {
      const Index i = block.chosen[c];
      block.share[c] = posterior[i] * block.weight[i];
    }
  }

  /// full and tied: lanes are samples. For tied, y still lacks the mean of the component.
  void add_moments(Index k, const double* plain, Index n_packets, MixtureBlock& block,
                   MixtureSums& sums) const {
    const Index d = mixture_.n_features();
    double* weighted = block.weighted.data();
    const double* share = block.share.data();
    const bool full = mixture_.type == CovarianceType::full;
    for (Index t = 0; t < d; ++t) {
      const double* from = plain + t * block_stride;
      double* to = weighted + t * block_stride;
      const Packet<double> bias = broadcast<double>(biases_(k, t));
      Packet<double> first = broadcast<double>(0.0);
      for (Index v = 0; v < n_packets; ++v) {
        const Packet<double> y = add<double>(load<double>(from + v * size), bias);
        const Packet<double> part = multiply<double>(load<double>(share + v * size), y);
        if (full) store<double>(to + v * size, part);
        first = add<double>(first, part);
      }
      sums.first(t, k) += sum_of_lanes<double>(first);
    }
    if (full)
      add_lower_gram<double>(d, {weighted, block_stride, n_packets},
                             {plain, block_stride, n_packets}, &sums.second(0, k * d));
  }

  /// diag and spherical: lanes are features.
  void add_scaled(Index k, Index n_chosen, MixtureBlock& block, MixtureSums& sums) const {
    weigh_chosen(k, n_chosen, block);
    for (Index c = 0; c < n_chosen; ++c) sums.weight[k] += block.share[c];
    const Index stride = factors_.cols();
    Index t = 0;
    for (; t + 4 * size <= stride; t += 4 * size) add_features<4>(k, t, n_chosen, block, sums);
    for (; t < stride; t += size) add_features<1>(k, t, n_chosen, block, sums);
  }

  template <int n_packets>
  void add_features(Index k, Index begin, Index n_chosen, const MixtureBlock& block,
                    MixtureSums& sums) const {
    const Index stride = factors_.cols();
    const double *rows = block.rows.data() + begin, *share = block.share.data();
    const int* chosen = block.chosen.data();
    Packet<double> factor[n_packets], bias[n_packets], first[n_packets], second[n_packets];
#pragma GCC unroll 4
    for (int v = 0; v < n_packets; ++v) {
      factor[v] = load<double>(&factors_(k, begin + v * size));
      bias[v] = load<double>(&biases_(k, begin + v * size));
      first[v] = second[v] = broadcast<double>(0.0);
    }
    for (Index c = 0; c < n_chosen; ++c) {
      const double* row = rows + chosen[c] * stride;
      const Packet<double> weight = broadcast<double>(share[c]);
#pragma GCC unroll 4
      for (int v = 0; v < n_packets; ++v) {
        const auto y = multiply_add<double>(factor[v], load<double>(row + v * size), bias[v]);
        const auto part = multiply<double>(weight, y);
        first[v] = add<double>(first[v], part);
        second[v] = multiply_add<double>(part, y, second[v]);
      }
    }
    double lanes[2][n_packets * size];
    for (int v = 0; v < n_packets; ++v) {
      store<double>(lanes[0] + v * size, first[v]);
      store<double>(lanes[1] + v * size, second[v]);
    }
    const Index count = std::min(n_packets * size, mixture_.n_features() - begin);
    for (Index t = 0; t < count; ++t) {
      sums.first(begin + t, k) += lanes[0][t];
      sums.second(begin + t, k) += lanes[1][t];
    }
  }

  /// The pooled scatter around each sample's own mixture of means, and how often components share
  /// samples; together they make the covariance (see tied_scatter) without k scatter matrices.
  void add_tied(MixtureBlock& block, MixtureSums& sums) const {
    const Index d = mixture_.n_features(), n_packets = block.n_packets();
    const Index n_components = mixture_.n_components();
    double *plain = block.plain.data(), *weighted = block.weighted.data();
    const auto weigh = [&](Index v, const Packet<double>& value) {
      return multiply<double>(load<double>(block.weight.data() + v * size), value);
    };
    for (Index t = 0; t < d; ++t)
      for (Index v = 0; v < n_packets; ++v) {
        const Index at = t * block_stride + v * size;
        const double* posterior = block.joint.data() + v * size;
        Packet<double> value = load<double>(block.white.data() + at);
        for (Index k = 0; k < n_components; ++k)
          value = multiply_add<double>(broadcast<double>(biases_(k, t)),
                                       load<double>(posterior + k * block_stride), value);
        store<double>(plain + at, value);
        store<double>(weighted + at, weigh(v, value));
      }
    add_lower_gram<double>(d, {weighted, block_stride, n_packets}, {plain, block_stride, n_packets},
                           sums.second.data());
    for (Index k = 0; k < n_components; ++k)
      for (Index v = 0; v < n_packets; ++v) {
        const Index at = k * block_stride + v * size;
        store<double>(weighted + at, weigh(v, load<double>(block.joint.data() + at)));
      }
    add_lower_gram<double>(n_components, {weighted, block_stride, n_packets},
                           {block.joint.data(), block_stride, n_packets}, sums.overlap.data());
  }

  const Mixture& mixture_;
  Vector<double> least_;
  RowMatrix<double> factors_, biases_;
};

}  // namespace unlabeled::detail
