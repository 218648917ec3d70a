// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <tuple>
#include <unordered_set>
#include <utility>
#include <vector>

#include "unlabeled/core/check.hpp"
#include "unlabeled/core/types.hpp"

// Own generator and own distributions: those of <random> differ between standard libraries, and the
// numbers drawn here are part of the library's interface (a change of a stream is a release note).

namespace unlabeled {

/// Counter-based random numbers: draw i of stream s under a seed is a pure function of the three,
/// so independent work (a restart, a tree, a chunk of samples) takes a stream of its own number and
/// scheduling cannot change a result.
///
/// Throws      std::invalid_argument for parameters that no distribution has, before it draws.
/// Bits        Philox4x32-10; period 2^65 draws in each of 2^64 streams under each of 2^64 seeds.
/// Cost        about 5 ns for 64 bits, 10 ns for a normal; 64 bytes, no allocation.
///
/// Reference: J. Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011,
/// doi 10.1145/2063384.2063405.
class Rng {
 public:
  explicit Rng(std::uint64_t seed, std::uint64_t stream = 0) : seed_(seed), stream_(stream) {}

  /// 64 uniform bits.
  std::uint64_t bits() {
    if (used_ == 2) {
      block_ = philox(block_index_++, stream_, seed_);
      used_ = 0;
    }
    return block_[used_++];
  }

  /// Uniform on the open interval (0, 1), 52 bits, never an end point.
  double uniform() { return to_unit_interval(bits()); }

  /// Uniform on (low, high).
  double uniform(double low, double high) { return low + (high - low) * uniform(); }

  /// Uniform on {0, …, n - 1}, n >= 1, without bias (Lemire 2019, doi 10.1145/3230636).
  std::uint64_t below(std::uint64_t n) {
    detail::check_option(n >= 1, "Rng", "n", ">= 1", n);
    auto [high, low] = multiply(bits(), n);
    if (low < n) {
      const std::uint64_t threshold = (0 - n) % n;
      while (low < threshold) std::tie(high, low) = multiply(bits(), n);
    }
    return high;
  }

  /// Uniform on {0, …, n - 1}, n >= 1, for matrix indices.
  Index index_below(Index n) {
    detail::check_option(n >= 1, "Rng", "n", ">= 1", n);
    return static_cast<Index>(below(static_cast<std::uint64_t>(n)));
  }

  /// Normal with mean 0 and variance 1, one draw each: the quantile function at a uniform number.
  double normal() { return normal_quantile(uniform()); }
  double normal(double mean, double deviation) { return mean + deviation * normal(); }

  /// Exponential with the given mean >= 0 (not rate).
  double exponential(double mean = 1.0) {
    check_mean(mean);
    return -mean * std::log(uniform());
  }

  /// exp of a normal with this mean and deviation.
  double log_normal(double mean, double deviation) { return std::exp(normal(mean, deviation)); }

  /// Poisson with mean >= 0, below 2^62 so that an Index holds every draw.
  Index poisson(double mean) {
    check_mean(mean);
    detail::check_option(mean < 0x1p62, "Rng", "mean", "< 2^62", mean);
    return mean < 10 ? poisson_by_products(mean) : poisson_by_rejection(mean);
  }

  /// Index i with probability weights[i] / sum, for weights >= 0 with a positive, finite sum.
  template <class Weights> Index weighted_choice(const Weights& weights) {
    double total = 0, least = 0;
    for (const auto weight : weights) {
      total += static_cast<double>(weight);
      least = std::min(least, static_cast<double>(weight));
    }
    detail::check_option(least >= 0, "Rng", "weights", ">= 0", least);
    detail::check_option(detail::is_finite(total) && total > 0, "Rng", "sum of weights",
                         "positive and finite", total);
    double left = uniform() * total;
    Index index = 0, last_positive = 0;
    for (const auto weight : weights) {
      left -= static_cast<double>(weight);
      if (weight > 0) last_positive = index;
      if (left < 0 && weight > 0) return index;
      ++index;
    }
    return last_positive;  // rounding left a crumb
  }

  /// Fisher-Yates: every order equally likely.
  template <class Container> void shuffle(Container& values) {
    using std::swap;
    for (auto i = static_cast<Index>(std::size(values)) - 1; i > 0; --i)
      swap(*(std::begin(values) + i), *(std::begin(values) + index_below(i + 1)));
  }

  /// m different numbers of {0, …, n - 1}, 0 <= m <= n, ascending; every subset equally likely.
  /// O(m) expected time and memory, whatever n is (Floyd's method).
  std::vector<Index> sample_without_replacement(Index n, Index m) {
    detail::check_option(n >= 0, "Rng", "n", ">= 0", n);
    detail::check_option(m >= 0 && m <= n, "Rng", "m", "from 0 to n", m);
    std::unordered_set<Index> chosen;
    chosen.reserve(static_cast<std::size_t>(m));
    for (Index j = n - m; j < n; ++j)
      if (!chosen.insert(index_below(j + 1)).second) chosen.insert(j);
    std::vector<Index> sorted(chosen.begin(), chosen.end());
    std::sort(sorted.begin(), sorted.end());
    return sorted;
  }

  /// The block of the Philox4x32-10 bijection at a counter of 128 bits (low word first).
  static std::array<std::uint64_t, 2> philox(std::uint64_t counter_low, std::uint64_t counter_high,
                                             std::uint64_t key) {
    auto low_word = [](std::uint64_t x) { return static_cast<std::uint32_t>(x); };
    auto high_word = [](std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32); };
    std::uint32_t c0 = low_word(counter_low), c1 = high_word(counter_low);
    std::uint32_t c2 = low_word(counter_high), c3 = high_word(counter_high);
    std::uint32_t k0 = low_word(key), k1 = high_word(key);
    for (int round = 0; round < 10; ++round) {
      const std::uint64_t p0 = std::uint64_t{0xD2511F53u} * c0;
      const std::uint64_t p1 = std::uint64_t{0xCD9E8D57u} * c2;
      c0 = high_word(p1) ^ c1 ^ k0;
      c1 = low_word(p1);
      c2 = high_word(p0) ^ c3 ^ k1;
      c3 = low_word(p0);
      k0 += 0x9E3779B9u;
      k1 += 0xBB67AE85u;
    }
    return {std::uint64_t{c1} << 32 | c0, std::uint64_t{c3} << 32 | c2};
  }

  /// The middle of the cell of width 2^-52 that the high bits name. One bit more and the last
  /// middle would be rounded to 1.
  static double to_unit_interval(std::uint64_t bits) {
    return (static_cast<double>(bits >> 12) + 0.5) * 0x1p-52;
  }

  /// x with P(Z <= x) = p for a standard normal Z and p in (0, 1), relative error about 1e-16.
  /// Wichura 1988, algorithm AS 241, doi 10.2307/2347330.
  static double normal_quantile(double p) {
    const double q = p - 0.5;
    if (std::abs(q) <= 0.425) return q * central_ratio(0.180625 - q * q);
    const double r = std::sqrt(-std::log(q < 0 ? p : 1 - p));
    const double x = r <= 5 ? middle_ratio(r - 1.6) : tail_ratio(r - 5);
    return q < 0 ? -x : x;
  }

 private:
  static void check_mean(double mean) {
    detail::check_option(detail::is_finite(mean) && mean >= 0, "Rng", "mean", ">= 0 and finite",
                         mean);
  }

  /// High and low half of a 128-bit product, in 32-bit pieces because ISO C++ has no such integer.
  static std::pair<std::uint64_t, std::uint64_t> multiply(std::uint64_t a, std::uint64_t b) {
    constexpr std::uint64_t mask = 0xffffffffu;
    const std::uint64_t low = (a & mask) * (b & mask);
    const std::uint64_t cross = (a >> 32) * (b & mask) + (low >> 32);
    const std::uint64_t middle = (a & mask) * (b >> 32) + (cross & mask);
    return {(a >> 32) * (b >> 32) + (cross >> 32) + (middle >> 32), a * b};
  }

  template <std::size_t n>
  static double polynomial(const std::array<double, n>& ascending, double x) {
    double value = 0;
    for (std::size_t i = n; i-- > 0;) value = value * x + ascending[i];
    return value;
  }
  static double central_ratio(double r) {
    constexpr std::array a{3.3871328727963666080e0, 1.3314166789178437745e2,
                           1.9715909503065514427e3, 1.3731693765509461125e4,
                           4.5921953931549871457e4, 6.7265770927008700853e4,
                           3.3430575583588128105e4, 2.5090809287301226727e3};
    constexpr std::array b{1.0,
                           4.2313330701600911252e1,
                           6.8718700749205790830e2,
                           5.3941960214247511077e3,
                           2.1213794301586595867e4,
                           3.9307895800092710610e4,
                           2.8729085735721942674e4,
                           5.2264952788528545610e3};
    return polynomial(a, r) / polynomial(b, r);
  }
  static double middle_ratio(double r) {
    constexpr std::array c{1.42343711074968357734e0,  4.63033784615654529590e0,
                           5.76949722146069140550e0,  3.64784832476320460504e0,
                           1.27045825245236838258e0,  2.41780725177450611770e-1,
                           2.27238449892691845833e-2, 7.74545014278341407640e-4};
    constexpr std::array d{1.0,
                           2.05319162663775882187e0,
                           1.67638483018380384940e0,
                           6.89767334985100004550e-1,
                           1.48103976427480074590e-1,
                           1.51986665636164571966e-2,
                           5.47593808499534494600e-4,
                           1.05075007164441684324e-9};
    return polynomial(c, r) / polynomial(d, r);
  }
  static double tail_ratio(double r) {
    constexpr std::array e{6.65790464350110377720e0,  5.46378491116411436990e0,
                           1.78482653991729133580e0,  2.96560571828504891230e-1,
                           2.65321895265761230930e-2, 1.24266094738807843860e-3,
                           2.71155556874348757815e-5, 2.01033439929228813265e-7};
    constexpr std::array f{1.0,
                           5.99832206555887937690e-1,
                           1.36929880922735805310e-1,
                           1.48753612908506148525e-2,
                           7.86869131145613259100e-4,
                           1.84631831751005468180e-5,
                           1.42151175831644588870e-7,
                           2.04426310338993978564e-15};
    return polynomial(e, r) / polynomial(f, r);
  }

  Index poisson_by_products(double mean) {
    const double limit = std::exp(-mean);
    Index count = 0;
    for (double product = uniform(); product > limit; product *= uniform()) ++count;
    return count;
  }

  /// Hörmann 1993, algorithm PTRS (transformed rejection with squeeze),
  /// doi 10.1016/0167-6687(93)90997-4.
  Index poisson_by_rejection(double mean) {
    const double b = 0.931 + 2.53 * std::sqrt(mean), a = -0.059 + 0.02483 * b;
    const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
    const double squeeze = 0.9277 - 3.6224 / (b - 2);
    while (true) {
      const double u = uniform() - 0.5, v = uniform();
      const double s = 0.5 - std::abs(u);
      const double k = std::floor((2 * a / s + b) * u + mean + 0.43);
      if (s >= 0.07 && v <= squeeze) return static_cast<Index>(k);
      if (k < 0 || (s < 0.013 && v > s)) continue;
      const double log_density = k * std::log(mean) - mean - log_factorial(k);
      if (std::log(v * inverse_alpha / (a / (s * s) + b)) <= log_density)
        return static_cast<Index>(k);
    }
  }

  /// ln k! by a table below 10 and Stirling's series above; std::lgamma writes a global.
  static double log_factorial(double k) {
    if (k < 10) {
      double product = 1;
      for (double i = 2; i <= k; ++i) product *= i;
      return std::log(product);
    }
    constexpr double half_log_two_pi = 0.91893853320467274178;
    const double square = k * k;
    const double series = (1.0 / 12 - (1.0 / 360 - 1.0 / (1260 * square)) / square) / k;
    return (k + 0.5) * std::log(k) - k + half_log_two_pi + series;
  }

  std::uint64_t seed_;
  std::uint64_t stream_;
  std::uint64_t block_index_ = 0;
  std::array<std::uint64_t, 2> block_{};
  unsigned used_ = 2;
};

}  // namespace unlabeled
