// SPDX-License-Identifier: MIT
// Goodness of fit of everything Rng draws, with fixed seeds: a bound here is a quantile of the
// statistic at probability 1e-4 or smaller, so a wrong distribution fails and a right one does not.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <map>
#include <numeric>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "support/catch.hpp"
#include "unlabeled/core/random.hpp"

using namespace unlabeled;

namespace {

struct Moments {
  double mean = 0, variance = 0, skewness = 0, excess_kurtosis = 0;
};

Moments moments(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  Moments m;
  for (const double v : values) m.mean += v / n;
  double m2 = 0, m3 = 0, m4 = 0;
  for (const double v : values) {
    const double e = v - m.mean;
    m2 += e * e / n, m3 += e * e * e / n, m4 += e * e * e * e / n;
  }
  m.variance = m2;
  m.skewness = m3 / std::pow(m2, 1.5);
  m.excess_kurtosis = m4 / (m2 * m2) - 3;
  return m;
}

template <class Draw> std::vector<double> draws(int count, Draw&& draw) {
  std::vector<double> values(static_cast<std::size_t>(count));
  for (double& v : values) v = static_cast<double>(draw());
  return values;
}

/// sqrt(n) times the Kolmogorov-Smirnov distance; 2.2 is exceeded with probability 1.3e-4.
template <class Cdf> double kolmogorov_smirnov(std::vector<double> values, Cdf&& cdf) {
  std::sort(values.begin(), values.end());
  const auto n = static_cast<double>(values.size());
  double distance = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double f = cdf(values[i]), position = static_cast<double>(i);
    distance = std::max({distance, f - position / n, (position + 1) / n - f});
  }
  return distance * std::sqrt(n);
}

/// Wilson-Hilferty: chi-square as an approximate standard normal. 3.7 is exceeded with probability
/// 1e-4.
double chi_square_score(const std::vector<double>& observed, const std::vector<double>& expected) {
  double chi_square = 0;
  for (std::size_t i = 0; i < observed.size(); ++i)
    chi_square += (observed[i] - expected[i]) * (observed[i] - expected[i]) / expected[i];
  const double freedom = static_cast<double>(observed.size()) - 1;
  const double spread = 2 / (9 * freedom);
  return (std::cbrt(chi_square / freedom) - (1 - spread)) / std::sqrt(spread);
}

double uniform_chi_square_score(const std::vector<double>& observed) {
  const double total = std::accumulate(observed.begin(), observed.end(), 0.0);
  return chi_square_score(
      observed, std::vector<double>(observed.size(), total / static_cast<double>(observed.size())));
}

double normal_cdf(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

constexpr int n = 100000;
constexpr double ks_bound = 2.2;
constexpr double chi_square_bound = 3.7;

}  // namespace

TEST_CASE("Uniform numbers fit the uniform distribution", "[random]") {
  Rng rng(101);
  const auto values = draws(n, [&] { return rng.uniform(); });
  const auto m = moments(values);
  INFO("mean " << m.mean << ", variance " << m.variance << ", kurtosis " << m.excess_kurtosis);
  CHECK(m.mean == Approx(0.5).margin(4 / std::sqrt(12.0 * n)));
  CHECK(m.variance == Approx(1.0 / 12).margin(0.001));
  CHECK(m.excess_kurtosis == Approx(-1.2).margin(0.02));
  CHECK(kolmogorov_smirnov(values, [](double x) { return x; }) < ks_bound);
}

TEST_CASE("Uniform numbers of an interval fit it", "[random]") {
  Rng rng(102);
  const auto values = draws(n, [&] { return rng.uniform(-3, 5); });
  CHECK(*std::min_element(values.begin(), values.end()) > -3);
  CHECK(*std::max_element(values.begin(), values.end()) < 5);
  CHECK(kolmogorov_smirnov(values, [](double x) { return (x + 3) / 8; }) < ks_bound);
}

TEST_CASE("Pairs of successive uniform numbers fill the square evenly", "[random]") {
  Rng rng(103);
  std::vector<double> cells(32 * 32, 0.0);
  for (int i = 0; i < n; ++i) {
    const auto a = static_cast<std::size_t>(rng.uniform() * 32);
    const auto b = static_cast<std::size_t>(rng.uniform() * 32);
    cells[a * 32 + b] += 1;
  }
  const double score = uniform_chi_square_score(cells);
  INFO("score = " << score);
  CHECK(std::abs(score) < chi_square_bound);
}

TEST_CASE("Every bit is set half of the time", "[random]") {
  Rng rng(104);
  std::array<int, 64> set{};
  for (int i = 0; i < n; ++i) {
    const std::uint64_t bits = rng.bits();
    for (std::size_t b = 0; b < 64; ++b) set[b] += static_cast<int>(bits >> b & 1);
  }
  for (const int count : set) CHECK(std::abs(count - n / 2) < 4.5 * std::sqrt(n / 4.0));
}

TEST_CASE("Bounded integers are equally likely", "[random]") {
  Rng rng(105);
  for (const std::uint64_t bound : {2u, 3u, 6u, 7u, 64u, 1000u}) {
    std::vector<double> counts(bound, 0.0);
    for (int i = 0; i < n; ++i) counts[rng.below(bound)] += 1;
    const double score = uniform_chi_square_score(counts);
    INFO("bound " << bound << ", score " << score);
    CHECK(std::abs(score) < chi_square_bound);
  }
}

TEST_CASE("Normal numbers fit the normal distribution", "[random]") {
  Rng rng(106);
  const auto values = draws(n, [&] { return rng.normal(); });
  const auto m = moments(values);
  INFO("mean " << m.mean << ", variance " << m.variance << ", skewness " << m.skewness
               << ", kurtosis " << m.excess_kurtosis);
  CHECK(m.mean == Approx(0).margin(4 / std::sqrt(double(n))));
  CHECK(m.variance == Approx(1).margin(4 * std::sqrt(2.0 / n)));
  CHECK(m.skewness == Approx(0).margin(4 * std::sqrt(6.0 / n)));
  CHECK(m.excess_kurtosis == Approx(0).margin(4 * std::sqrt(24.0 / n)));
  CHECK(kolmogorov_smirnov(values, normal_cdf) < ks_bound);
}

TEST_CASE("Normal numbers take their mean and deviation", "[random]") {
  Rng rng(107);
  const auto values = draws(n, [&] { return rng.normal(50, 15); });
  CHECK(kolmogorov_smirnov(values, [](double x) { return normal_cdf((x - 50) / 15); }) < ks_bound);
}

TEST_CASE("Exponential numbers fit their distribution", "[random]") {
  Rng rng(108);
  const auto values = draws(n, [&] { return rng.exponential(30); });
  const auto m = moments(values);
  INFO("mean " << m.mean << ", variance " << m.variance);
  CHECK(m.mean == Approx(30).margin(4 * 30 / std::sqrt(double(n))));
  CHECK(m.variance == Approx(900).epsilon(4 * std::sqrt(8.0 / n)));
  CHECK(m.skewness == Approx(2).margin(0.2));
  CHECK(kolmogorov_smirnov(values, [](double x) { return 1 - std::exp(-x / 30); }) < ks_bound);
}

TEST_CASE("Log-normal numbers fit their distribution", "[random]") {
  Rng rng(109);
  const auto values = draws(n, [&] { return rng.log_normal(4, 1); });
  const auto m = moments(values);
  const double mean = std::exp(4.5), deviation = mean * std::sqrt(std::exp(1.0) - 1);
  INFO("mean " << m.mean << ", expected " << mean);
  CHECK(m.mean == Approx(mean).margin(4 * deviation / std::sqrt(double(n))));
  CHECK(kolmogorov_smirnov(values, [](double x) { return normal_cdf(std::log(x) - 4); }) <
        ks_bound);
}

TEST_CASE("Poisson numbers fit their distribution at small and large means", "[random]") {
  // Both algorithms, both sides of the change at 10, and far above it.
  for (const double mean : {0.1, 1.0, 5.0, 9.99, 10.0, 11.5, 40.0, 1000.0}) {
    Rng rng(110, static_cast<std::uint64_t>(mean * 100));
    const auto values = draws(n, [&] { return rng.poisson(mean); });
    const auto m = moments(values);
    INFO("mean " << mean << ": " << m.mean << ", variance " << m.variance << ", skewness "
                 << m.skewness);
    CHECK(m.mean == Approx(mean).margin(4 * std::sqrt(mean / n)));
    CHECK(m.variance == Approx(mean).margin(4 * std::sqrt((mean + 2 * mean * mean) / n)));
    // Cells of at least 20 expected draws; the tails are one cell each.
    std::vector<double> expected, observed;
    std::map<long, double> counts;
    for (const double v : values) counts[static_cast<long>(v)] += 1;
    double cell_expected = 0, cell_observed = 0, covered = 0;
    const auto last = static_cast<long>(mean + 12 * std::sqrt(mean) + 12);
    for (long k = 0; k <= last; ++k) {
      const auto real = static_cast<double>(k);
      cell_expected += n * std::exp(real * std::log(mean) - mean - std::lgamma(real + 1));
      cell_observed += counts[k];
      covered += counts[k];
      if (cell_expected < 20) continue;
      expected.push_back(std::exchange(cell_expected, 0.0));
      observed.push_back(std::exchange(cell_observed, 0.0));
    }
    CHECK(covered == n);
    expected.back() += cell_expected;
    observed.back() += cell_observed;
    const double score = chi_square_score(observed, expected);
    INFO("cells " << observed.size() << ", score " << score);
    CHECK(score < chi_square_bound);
  }
}

TEST_CASE("Weighted choice follows the weights", "[random]") {
  Rng rng(111);
  const std::vector<float> weights{1, 0, 2, 3, 0, 4, 0.5f};
  std::vector<double> observed, expected;
  std::vector<double> counts(weights.size(), 0.0);
  for (int i = 0; i < n; ++i) counts[static_cast<std::size_t>(rng.weighted_choice(weights))] += 1;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (weights[i] == 0) {
      CHECK(counts[i] == 0);
      continue;
    }
    observed.push_back(counts[i]);
    expected.push_back(n * static_cast<double>(weights[i]) / 10.5);
  }
  CHECK(std::abs(chi_square_score(observed, expected)) < chi_square_bound);
}

TEST_CASE("Shuffle gives every order equally often", "[random]") {
  Rng rng(112);
  std::map<std::vector<int>, double> counts;
  for (int i = 0; i < n; ++i) {
    std::vector<int> values{0, 1, 2, 3, 4};
    rng.shuffle(values);
    counts[values] += 1;
  }
  std::vector<double> observed;
  for (const auto& [order, count] : counts) observed.push_back(count);
  REQUIRE(observed.size() == 120);
  CHECK(std::abs(uniform_chi_square_score(observed)) < chi_square_bound);
}

TEST_CASE("Sampling without replacement gives every subset equally often", "[random]") {
  Rng rng(113);
  std::map<std::vector<Index>, double> counts;
  for (int i = 0; i < n; ++i) counts[rng.sample_without_replacement(8, 3)] += 1;
  std::vector<double> observed;
  for (const auto& [subset, count] : counts) observed.push_back(count);
  REQUIRE(observed.size() == 56);
  CHECK(std::abs(uniform_chi_square_score(observed)) < chi_square_bound);
}

TEST_CASE("Streams of one seed, and seeds of one stream, are independent", "[random]") {
  // Correlation of 64 neighbouring streams and seeds with the first, and no value shared.
  std::set<std::uint64_t> first_bits;
  constexpr int length = 4000;
  Rng base(7, 0);
  const auto reference = draws(length, [&] { return base.uniform() - 0.5; });
  for (std::uint64_t i = 1; i <= 64; ++i) {
    for (Rng other : {Rng(7, i), Rng(7 + i, 0)}) {
      double product = 0;
      for (const double v : reference) product += v * (other.uniform() - 0.5);
      const double correlation = product * 12 / length;
      INFO("stream or seed " << i << ", correlation " << correlation);
      CHECK(std::abs(correlation) < 4.5 / std::sqrt(double(length)));
    }
    CHECK(first_bits.insert(Rng(7, i).bits()).second);
    CHECK(first_bits.insert(Rng(7 + i, 0).bits()).second);
  }
}

TEST_CASE("The first numbers of many streams are themselves uniform", "[random]") {
  // What a loop over restarts, trees or chunks sees when each takes one draw of its own stream.
  std::vector<double> values;
  for (std::uint64_t stream = 0; stream < n; ++stream) values.push_back(Rng(0, stream).uniform());
  CHECK(kolmogorov_smirnov(values, [](double x) { return x; }) < ks_bound);
}
