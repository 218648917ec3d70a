// SPDX-License-Identifier: MIT
// Compiled with -ffast-math, under which a compiler may take every number for finite.
#include <bit>
#include <cstdint>
#include <stdexcept>

#include "support/catch.hpp"
#include "unlabeled/core/check.hpp"

#if !defined(__FAST_MATH__)
#error "this test shows nothing unless it is compiled with -ffast-math"
#endif

using namespace unlabeled;
using Catch::Matchers::Message;

namespace {

// Made from bits that are read at run time, so that the compiler cannot reason about the values.
double from_bits(std::uint64_t bits) {
  volatile std::uint64_t at_run_time = bits;
  return std::bit_cast<double>(std::uint64_t{at_run_time});
}
float from_bits(std::uint32_t bits) {
  volatile std::uint32_t at_run_time = bits;
  return std::bit_cast<float>(std::uint32_t{at_run_time});
}

constexpr std::uint64_t nan64 = 0x7ff8000000000000u, infinity64 = 0x7ff0000000000000u;
constexpr std::uint32_t nan32 = 0x7fc00000u, infinity32 = 0xff800000u;

}  // namespace

TEST_CASE("Non-finite values are seen under -ffast-math", "[check]") {
  CHECK_FALSE(detail::is_finite(from_bits(nan64)));
  CHECK_FALSE(detail::is_finite(from_bits(infinity64)));
  CHECK_FALSE(detail::is_finite(from_bits(nan32)));
  CHECK_FALSE(detail::is_finite(from_bits(infinity32)));
  CHECK(detail::is_finite(1.0));
}

TEST_CASE("Non-finite training data are refused under -ffast-math", "[check]") {
  Matrix<double> x = Matrix<double>::Ones(100, 3);
  CHECK_NOTHROW(detail::check_training_data("KMeans", x));
  x(57, 1) = from_bits(nan64);
  x(58, 0) = from_bits(infinity64);
  CHECK_THROWS_MATCHES(
      detail::check_training_data("KMeans", x), std::invalid_argument,
      Message("KMeans: X has a non-finite value at row 57, column 1 (and 1 more)"));
  RowMatrix<float> y = RowMatrix<float>::Ones(100, 3);
  y(99, 2) = from_bits(infinity32);
  CHECK_THROWS_MATCHES(detail::check_new_data("KMeans", y, 3), std::invalid_argument,
                       Message("KMeans: X has a non-finite value at row 99, column 2"));
}

TEST_CASE("Non-finite weights are refused under -ffast-math", "[check]") {
  Vector<double> weights = Vector<double>::Ones(4);
  weights(2) = from_bits(nan64);
  CHECK_THROWS_MATCHES(detail::check_sample_weight("KMeans", weights, 4), std::invalid_argument,
                       Message("KMeans: sample_weight has a non-finite value at position 2"));
}
