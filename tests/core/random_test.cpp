// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "unlabeled/core/random.hpp"

using namespace unlabeled;
using Catch::Matchers::StartsWith;

TEST_CASE("Philox gives the known answers of its authors", "[random]") {
  // Counter words c0 c1 c2 c3 and key words k0 k1, low word first.
  using Block = std::array<std::uint64_t, 2>;
  CHECK(Rng::philox(0, 0, 0) == Block{0xe169c58d6627e8d5u, 0x9b00dbd8bc57ac4cu});
  const std::uint64_t ones = std::numeric_limits<std::uint64_t>::max();
  CHECK(Rng::philox(ones, ones, ones) == Block{0x41c83b0e408f276du, 0x6d5451fda20bc7c6u});
  CHECK(Rng::philox(0x85a308d3243f6a88u, 0x0370734413198a2eu, 0x299f31d0a4093822u) ==
        Block{0x94fdccebd16cfe09u, 0x24126ea15001e420u});
}

TEST_CASE("A generator walks the counter in its low half and its stream in the high half",
          "[random]") {
  Rng rng(7, 3);
  for (std::uint64_t block = 0; block < 5; ++block) {
    const auto expected = Rng::philox(block, 3, 7);
    CHECK(rng.bits() == expected[0]);
    CHECK(rng.bits() == expected[1]);
  }
}

TEST_CASE("A copy of a generator continues where the original stood", "[random]") {
  Rng rng(1);
  rng.bits();
  Rng copy = rng;
  for (int i = 0; i < 10; ++i) CHECK(copy.bits() == rng.bits());
}

TEST_CASE("The first values of every distribution under seed 42 never change", "[random]") {
  // A change here changes the results of every user: it belongs into the change log.
  SECTION("bits") {
    Rng rng(42);
    CHECK(rng.bits() == 0x77f5493b9ceaf053u);
    CHECK(rng.bits() == 0x5742b3d712bf50adu);
    CHECK(rng.bits() == 0x53ba6cfdfcdb2127u);
  }
  SECTION("uniform") {
    Rng rng(42);
    CHECK(rng.uniform() == 0x1.dfd524ee73abep-2);
    CHECK(rng.uniform() == 0x1.5d0acf5c4afd6p-2);
    CHECK(rng.uniform(-2, 6) == 0x1.3ba6cfdfcdb28p-1);
  }
  SECTION("below") {
    Rng rng(42);
    CHECK(rng.below(10) == 4);
    CHECK(rng.below(1000000007) == 340861551);
    CHECK(rng.index_below(6) == 1);
  }
  SECTION("normal") {
    Rng rng(42);
    CHECK(rng.normal() == Approx(-0.078823468852531789).epsilon(1e-14));
    CHECK(rng.normal() == Approx(-0.41011294279565141).epsilon(1e-14));
    CHECK(rng.normal(10, 2) == Approx(9.1039267442041449).epsilon(1e-14));
  }
  SECTION("exponential") {
    Rng rng(42);
    CHECK(rng.exponential() == Approx(0.75803452340531108).epsilon(1e-14));
    CHECK(rng.exponential(30) == Approx(32.288366930328941).epsilon(1e-14));
  }
  SECTION("log-normal") {
    Rng rng(42);
    CHECK(rng.log_normal(4, 1) == Approx(50.459777367668856).epsilon(1e-14));
  }
  SECTION("Poisson by products and by rejection") {
    Rng rng(42);
    std::vector<Index> small, large;
    for (int i = 0; i < 6; ++i) small.push_back(rng.poisson(5));
    for (int i = 0; i < 6; ++i) large.push_back(rng.poisson(40));
    CHECK(small == std::vector<Index>{7, 3, 4, 7, 2, 4});
    CHECK(large == std::vector<Index>{56, 39, 47, 36, 34, 37});
  }
  SECTION("weighted choice") {
    Rng rng(42);
    const std::vector<double> weights{1, 2, 3, 4};
    std::vector<Index> drawn;
    for (int i = 0; i < 8; ++i) drawn.push_back(rng.weighted_choice(weights));
    CHECK(drawn == std::vector<Index>{2, 2, 2, 2, 3, 3, 3, 2});
  }
  SECTION("shuffle") {
    Rng rng(42);
    std::vector<int> values{0, 1, 2, 3, 4, 5, 6, 7};
    rng.shuffle(values);
    CHECK(values == std::vector<int>{0, 5, 7, 4, 6, 1, 2, 3});
  }
  SECTION("sampling without replacement") {
    Rng rng(42);
    CHECK(rng.sample_without_replacement(100, 6) == std::vector<Index>{31, 32, 44, 65, 77, 97});
  }
}

TEST_CASE("Uniform numbers never reach 0 or 1, not even from extreme bits", "[random]") {
  const std::uint64_t ones = std::numeric_limits<std::uint64_t>::max();
  CHECK(Rng::to_unit_interval(0) > 0.0);
  CHECK(Rng::to_unit_interval(ones) < 1.0);
  CHECK(Rng::to_unit_interval(0) == 1.0 - Rng::to_unit_interval(ones));
  CHECK(std::abs(Rng::normal_quantile(Rng::to_unit_interval(ones))) < 9);
}

TEST_CASE("A bounded integer stays below its bound at awkward sizes", "[random]") {
  Rng rng(5);
  const std::uint64_t half = std::uint64_t{1} << 63;
  for (const std::uint64_t n : {std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{3}, half - 1,
                                half, half + 1, std::numeric_limits<std::uint64_t>::max()}) {
    std::uint64_t highest = 0;
    for (int i = 0; i < 2000; ++i) {
      const std::uint64_t value = rng.below(n);
      REQUIRE(value < n);
      highest = std::max(highest, value);
    }
    INFO("n = " << n << ", highest of 2000 = " << highest);
    CHECK(static_cast<double>(highest) >= 0.99 * static_cast<double>(n - 1));
  }
}

TEST_CASE("A bounded integer is unbiased where plain multiplication would not be", "[random]") {
  // At n = 3 * 2^62 a multiply-shift without rejection gives every third value twice as often.
  Rng rng(6);
  const std::uint64_t n = std::uint64_t{3} << 62;
  std::array<int, 3> by_remainder{};
  constexpr int draws = 30000;
  for (int i = 0; i < draws; ++i) ++by_remainder[rng.below(n) % 3];
  for (const int count : by_remainder) {
    INFO("count = " << count << ", expected " << draws / 3);
    CHECK(std::abs(count - draws / 3) < 5 * std::sqrt(draws * 2.0 / 9));
  }
}

TEST_CASE("The normal quantile agrees with published values and is odd", "[random]") {
  // Wichura 1988 gives the first three; the last is in every table.
  CHECK(Rng::normal_quantile(0.25) == Approx(-0.6744897501960817).epsilon(1e-15));
  CHECK(Rng::normal_quantile(0.001) == Approx(-3.090232306167814).epsilon(1e-15));
  CHECK(Rng::normal_quantile(1e-20) == Approx(-9.262340089798408).epsilon(1e-15));
  CHECK(Rng::normal_quantile(0.975) == Approx(1.959963984540054).epsilon(1e-15));
  CHECK(Rng::normal_quantile(0.5) == 0.0);
  for (const double p : {0.01, 0.07, 0.0751, 0.3, 0.4999})
    CHECK(Rng::normal_quantile(1 - p) == Approx(-Rng::normal_quantile(p)).epsilon(1e-13));
}

TEST_CASE("The normal quantile inverts the distribution function", "[random]") {
  double worst = 0;
  for (double x = -7; x <= 5; x += 0.01) {
    const double p = 0.5 * std::erfc(-x / std::sqrt(2.0));
    // An error of one rounding in p moves the quantile by p * 1e-16 / density.
    const double density = std::exp(-x * x / 2) / std::sqrt(2 * 3.14159265358979323846);
    const double allowed = 1e-15 * (1 + std::abs(x)) + 4e-16 * p / density;
    worst = std::max(worst, std::abs(Rng::normal_quantile(p) - x) / allowed);
  }
  INFO("largest error over what rounding allows = " << worst);
  CHECK(worst < 2);
}

TEST_CASE("Shuffle keeps the elements and leaves short containers alone", "[random]") {
  Rng rng(9);
  std::vector<int> empty, one{4}, many{5, 5, 1, 2, 9, 9, 9};
  rng.shuffle(empty);
  rng.shuffle(one);
  rng.shuffle(many);
  CHECK(empty.empty());
  CHECK(one == std::vector<int>{4});
  std::sort(many.begin(), many.end());
  CHECK(many == std::vector<int>{1, 2, 5, 5, 9, 9, 9});
  Labels labels = Labels::LinSpaced(10, 0, 9);
  rng.shuffle(labels);
  CHECK(labels.sum() == 45);
}

TEST_CASE("Sampling without replacement gives ascending distinct numbers of any range",
          "[random]") {
  Rng rng(10);
  CHECK(rng.sample_without_replacement(5, 0).empty());
  CHECK(rng.sample_without_replacement(0, 0).empty());
  CHECK(rng.sample_without_replacement(4, 4) == std::vector<Index>{0, 1, 2, 3});
  const Index huge = Index{1} << 62;
  const auto few = rng.sample_without_replacement(huge, 100);
  REQUIRE(few.size() == 100);
  CHECK(std::adjacent_find(few.begin(), few.end(), [](Index a, Index b) { return a >= b; }) ==
        few.end());
  CHECK(few.front() >= 0);
  CHECK(few.back() < huge);
  CHECK(few.back() > huge / 2);
}

TEST_CASE("Weighted choice never picks a zero weight", "[random]") {
  Rng rng(11);
  const std::vector<double> weights{0, 0, 3, 0, 1, 0};
  std::set<Index> seen;
  for (int i = 0; i < 2000; ++i) seen.insert(rng.weighted_choice(weights));
  CHECK(seen == std::set<Index>{2, 4});
  const std::vector<double> tiny{0, 5e-324, 0};
  CHECK(rng.weighted_choice(tiny) == 1);
  const Vector<float> single = Vector<float>::Constant(1, 2.5f);
  CHECK(rng.weighted_choice(single) == 0);
}

TEST_CASE("Poisson of mean zero is always zero", "[random]") {
  Rng rng(12);
  for (int i = 0; i < 100; ++i) CHECK(rng.poisson(0) == 0);
}

TEST_CASE("A log-normal is the exponential of the normal from the same stream", "[random]") {
  Rng a(13), b(13);
  for (int i = 0; i < 10; ++i) CHECK(a.log_normal(1, 0.5) == std::exp(b.normal(1, 0.5)));
}

TEST_CASE("parameters that no distribution has are refused before anything is drawn") {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  constexpr double infinity = std::numeric_limits<double>::infinity();
  using Weights = std::vector<double>;
  Rng rng(1);
  for (const double mean : {nan, infinity, -infinity, -1.0}) {
    CHECK_THROWS_WITH(rng.poisson(mean), StartsWith("Rng: mean must be >= 0 and finite, got "));
    CHECK_THROWS_WITH(rng.exponential(mean), StartsWith("Rng: mean must be >= 0 and finite, got "));
  }
  CHECK_THROWS_WITH(rng.poisson(1e19), "Rng: mean must be < 2^62, got 1e+19");
  CHECK_THROWS_WITH(rng.below(0), "Rng: n must be >= 1, got 0");
  for (const Index n : {0, -3})
    CHECK_THROWS_WITH(rng.index_below(n), "Rng: n must be >= 1, got " + std::to_string(n));
  CHECK_THROWS_WITH(rng.sample_without_replacement(2, 5), "Rng: m must be from 0 to n, got 5");
  CHECK_THROWS_WITH(rng.sample_without_replacement(2, -1), "Rng: m must be from 0 to n, got -1");
  CHECK_THROWS_WITH(rng.sample_without_replacement(-2, -2), "Rng: n must be >= 0, got -2");
  CHECK_THROWS_WITH(rng.weighted_choice(Weights{1, -0.5}), "Rng: weights must be >= 0, got -0.5");
  for (const Weights& weights :
       {Weights{}, Weights{0, 0}, Weights{1, nan}, Weights{infinity, 1}, Weights{1e308, 1e308}})
    CHECK_THROWS_WITH(rng.weighted_choice(weights),
                      StartsWith("Rng: sum of weights must be positive and finite, got "));
  CHECK(rng.bits() == Rng(1).bits());
}

TEST_CASE("a very large Poisson mean is drawn near itself") {
  Rng rng(2);
  for (int i = 0; i < 20; ++i)
    CHECK(static_cast<double>(rng.poisson(1e18)) == Approx(1e18).epsilon(1e-8));
}
