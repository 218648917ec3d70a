// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "unlabeled/core/types.hpp"

namespace unlabeled::detail {

/// How much weight makes a core sample. Weights are whole numbers of a small unit (2^-60 of their
/// sum), so their sums are exact and do not depend on the order of samples. What a sample weighs
/// beyond min_samples decides nothing and is cut off, lest it make the unit too coarse for others.
struct CoreDemand {
  std::vector<std::int64_t> weights;  // one a sample; empty: each weighs 1
  std::int64_t enough = 0;

  explicit CoreDemand(Index min_samples) : enough(min_samples) {}

  CoreDemand(Index min_samples, const Vector<double>& sample_weight) : enough(min_samples) {
    if (sample_weight.size() == 0) return;
    const auto most = static_cast<double>(min_samples);
    const int shift = 60 - std::ilogb(sample_weight.cwiseMin(most).sum()) - 1;
    weights.resize(static_cast<std::size_t>(sample_weight.size()));
    for (Index i = 0; i < sample_weight.size(); ++i)
      weights[static_cast<std::size_t>(i)] = static_cast<std::int64_t>(
          std::llrint(std::ldexp(std::min(sample_weight[i], most), shift)));
    const double due = std::ldexp(most, shift);
    enough = due < 0x1p62 ? std::max<std::int64_t>(1, std::llrint(std::ceil(due)))
                          : std::numeric_limits<std::int64_t>::max();
  }

  [[nodiscard]] bool is_weighted() const { return !weights.empty(); }
};

/// Weights by position in an index, to be added up over lanes and runs of positions.
class PositionWeights {
 public:
  PositionWeights(const CoreDemand& demand, const std::vector<std::uint32_t>& order) {
    if (!demand.is_weighted()) return;
    sum_before_.resize(order.size() + 1);
    for (std::size_t p = 0; p < order.size(); ++p)
      sum_before_[p + 1] = sum_before_[p] + demand.weights[order[p]];
  }

  /// Of the positions [begin, end).
  [[nodiscard]] std::int64_t of(Index begin, Index end) const {
    return sum_before_.empty() ? end - begin : at(end) - at(begin);
  }
  /// Of position p + l for every bit l that is set.
  [[nodiscard]] std::int64_t of(std::uint32_t lanes, Index p) const {
    if (sum_before_.empty()) return std::popcount(lanes);
    std::int64_t sum = 0;
    for (; lanes != 0; lanes &= lanes - 1) {
      const Index position = p + std::countr_zero(lanes);
      sum += at(position + 1) - at(position);
    }
    return sum;
  }

 private:
  [[nodiscard]] std::int64_t at(Index p) const { return sum_before_[static_cast<std::size_t>(p)]; }

  std::vector<std::int64_t> sum_before_;  // empty: each weighs 1
};

}  // namespace unlabeled::detail
