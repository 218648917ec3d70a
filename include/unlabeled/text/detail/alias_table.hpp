// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "unlabeled/core/types.hpp"

namespace unlabeled::detail {

/// 64 uniform bits at a time in about a nanosecond, for the inner loops of one chunk of text, whose
/// start comes from the stream of that chunk. Steele, Lea, Flood 2014 (SplitMix), doi
/// 10.1145/2660193.2660195.
class QuickBits {
 public:
  explicit QuickBits(std::uint64_t start) : state_(start) {}

  std::uint64_t bits() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  /// Uniform on {0, …, n - 1} for n below 2^32; the bias is below n / 2^32.
  std::uint32_t below(std::uint32_t n) {
    return static_cast<std::uint32_t>((bits() >> 32) * n >> 32);
  }

 private:
  std::uint64_t state_;
};

/// Draws i with probability weight[i] / sum in constant time: a uniform column, and in it the column
/// itself or its alias. Walker 1977, doi 10.1145/355744.355749; in Vose's order of filling.
class AliasTable {
 public:
  AliasTable() = default;
  explicit AliasTable(const std::vector<double>& weights) : columns_(weights.size()) {
    double sum = 0;
    for (const double weight : weights) sum += weight;
    std::vector<double> filled(weights.size());
    std::vector<std::uint32_t> small, large;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      filled[i] = weights[i] / sum * static_cast<double>(weights.size());
      (filled[i] < 1 ? small : large).push_back(static_cast<std::uint32_t>(i));
    }
    while (!small.empty() && !large.empty()) {
      const std::uint32_t below = small.back(), above = large.back();
      small.pop_back();
      columns_[below] = {threshold(filled[below]), above};
      filled[above] -= 1 - filled[below];
      if (filled[above] < 1) large.pop_back(), small.push_back(above);
    }
    for (const auto& rest : {small, large})  // full but for rounding
      for (const std::uint32_t i : rest) columns_[i] = {0xffffffffu, i};
  }

  std::int32_t draw(QuickBits& rng) const {
    const std::uint64_t bits = rng.bits();
    const auto column = static_cast<std::uint32_t>((bits >> 32) * columns_.size() >> 32);
    const Column& drawn = columns_[column];
    const bool itself = static_cast<std::uint32_t>(bits) < drawn.threshold;
    return static_cast<std::int32_t>(itself ? column : drawn.alias);
  }

 private:
  struct Column {
    std::uint32_t threshold;  // 2^32 times the probability to stay
    std::uint32_t alias;
  };

  static std::uint32_t threshold(double share) {
    return static_cast<std::uint32_t>(std::min(share * 0x1p32, 4294967295.0));
  }

  std::vector<Column> columns_;
};

}  // namespace unlabeled::detail
