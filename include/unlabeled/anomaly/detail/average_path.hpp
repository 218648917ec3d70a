// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "unlabeled/core/types.hpp"

namespace unlabeled::detail {

/// Harmonic number 1 + 1/2 + … + 1/n for n >= 64, by its asymptotic series: the first term left
/// out is below a rounding of the result.
inline double large_harmonic_number(double n) {
  constexpr double euler_gamma = 0.57721566490153286061;
  const double square = n * n;
  const double series = (1.0 / 12 - (1.0 / 120 - 1.0 / (252 * square)) / square) / square;
  return std::log(n) + euler_gamma + 1 / (2 * n) - series;
}

/// c(m) = 2 H(m - 1) - 2 (m - 1) / m: the mean number of splits that isolate one of m samples
/// (an unsuccessful search in a random binary tree). c(1) = 0, c(2) = 1. The harmonic numbers are
/// exact, not the logarithm of the papers, which is a quarter off for m = 3.
inline double average_path_length(Index m) {
  constexpr Index n_summed = 64;
  constexpr auto summed = [] {
    std::array<double, n_summed + 1> lengths{};
    double harmonic = 0;
    for (Index i = 2; i <= n_summed; ++i) {
      const auto others = static_cast<double>(i - 1);
      harmonic += 1 / others;
      lengths[static_cast<std::size_t>(i)] = 2 * harmonic - 2 * others / static_cast<double>(i);
    }
    return lengths;
  }();
  if (m <= n_summed) return summed[static_cast<std::size_t>(m)];
  const auto others = static_cast<double>(m - 1);
  return 2 * large_harmonic_number(others) - 2 * others / static_cast<double>(m);
}

/// ceil(log2 m), m >= 1: no tree of m samples grows deeper.
inline int depth_limit(Index m) {
  return static_cast<int>(std::bit_width(static_cast<std::uint64_t>(m - 1)));
}

}  // namespace unlabeled::detail
