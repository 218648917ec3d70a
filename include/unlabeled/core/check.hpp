// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <type_traits>

#include "unlabeled/core/types.hpp"

// Every refusal of input is worded here: "Class: what must hold, got what was given".

namespace unlabeled::detail {

/// A number, truth value or text as a message shows it, whatever the locale is. A number gets six
/// digits, or all of them where six would show another number ("must be <= 1, got 1").
template <class T> std::string printed(const T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    return value ? "true" : "false";
  } else if constexpr (std::is_floating_point_v<T>) {
    const auto with_digits = [value](int n_digits) {
      char text[32];
      const auto general = std::chars_format::general;
      return std::string(text,
                         std::to_chars(text, text + sizeof text, value, general, n_digits).ptr);
    };
    const std::string text = with_digits(6);
    T shown{};
    std::from_chars(text.data(), text.data() + text.size(), shown);
    return shown == value ? text : with_digits(std::numeric_limits<T>::max_digits10);
  } else if constexpr (std::is_integral_v<T>) {
    return std::to_string(value);
  } else {
    return value;
  }
}

[[noreturn]] inline void refuse(const std::string& owner, const std::string& what) {
  throw std::invalid_argument(owner + ": " + what);
}

/// "KMeans: n_clusters must be >= 1, got 0".
template <class T>
void check_option(bool holds, const char* owner, const char* option, const char* allowed,
                  const T& value) {
  if (!holds)
    refuse(owner, std::string(option) + " must be " + allowed + ", got " + printed(value));
}

/// Options that count threads share one rule.
inline void check_n_threads(const char* owner, int n_threads) {
  check_option(n_threads >= 0, owner, "n_threads", ">= 0 (0 = all hardware threads)", n_threads);
}

template <Real S> using BitsOf = std::conditional_t<sizeof(S) == 4, std::uint32_t, std::uint64_t>;

/// The bits of a number's exponent; a number is infinite or missing where all are set.
template <Real S>
inline constexpr BitsOf<S> exponent_bits = sizeof(S) == 4 ? BitsOf<S>(0x7f800000u)
                                                          : BitsOf<S>(0x7ff0000000000000u);

/// Looks at bits because -ffast-math lets a compiler assume that isfinite is always true.
template <Real S> bool is_finite(S value) {
  return (std::bit_cast<BitsOf<S>>(value) & exponent_bits<S>) != exponent_bits<S>;
}

template <Real S> bool all_finite(const S* values, Index count) {
  // No early exit inside a block, and a maximum of numbers: that is what compilers vectorise.
  constexpr Index block = 4096;
  for (Index begin = 0; begin < count; begin += block) {
    const Index end = begin + block < count ? begin + block : count;
    BitsOf<S> greatest = 0;
    for (Index i = begin; i < end; ++i)
      greatest = std::max(greatest, std::bit_cast<BitsOf<S>>(values[i]) & exponent_bits<S>);
    if (greatest == exponent_bits<S>) return false;
  }
  return true;
}

template <class V> bool all_finite(const V& x) {
  if (x.innerStride() != 1) {
    bool finite = true;
    for (Index i = 0; i < x.rows(); ++i)
      for (Index j = 0; j < x.cols(); ++j) finite &= is_finite(x.coeff(i, j));
    return finite;
  }
  if (x.outerStride() == x.innerSize()) return all_finite(x.data(), x.size());
  for (Index outer = 0; outer < x.outerSize(); ++outer)
    if (!all_finite(x.data() + outer * x.outerStride(), x.innerSize())) return false;
  return true;
}

/// "KMeans: X has a non-finite value at row 17, column 3 (and 4 more)". One pass when all is well.
template <class V> void check_finite(const char* owner, const char* argument, const V& x) {
  if (x.size() == 0 || all_finite(x)) return;
  Index row = -1, column = -1, others = -1;
  for (Index i = 0; i < x.rows(); ++i)
    for (Index j = 0; j < x.cols(); ++j) {
      if (is_finite(x.coeff(i, j))) continue;
      if (others++ < 0) row = i, column = j;
    }
  std::string where = " at row " + printed(row) + ", column " + printed(column);
  if (V::IsVectorAtCompileTime) where = " at position " + printed(row + column);
  if (others > 0) where += " (and " + printed(others) + " more)";
  refuse(owner, std::string(argument) + " has a non-finite value" + where);
}

/// What every fit() asks of its data first: some rows, some columns, nothing infinite or missing.
template <class V> void check_training_data(const char* owner, const V& x) {
  if (x.rows() == 0) refuse(owner, "X must have at least 1 sample (row), got 0");
  if (x.cols() == 0) refuse(owner, "X must have at least 1 feature (column), got 0");
  check_finite(owner, "X", x);
}

/// What predict() and transform() ask; zero rows are welcome.
template <class V> void check_new_data(const char* owner, const V& x, Index n_features) {
  if (x.cols() != n_features)
    refuse(owner, "X must have " + printed(n_features) + " features (columns) as in fit, got " +
                      printed(x.cols()));
  check_finite(owner, "X", x);
}

/// One weight per sample, none negative, with a sum that is a normal number (so not all are zero).
template <class W>
void check_sample_weight(const char* owner, const W& sample_weight, Index n_samples) {
  if (sample_weight.size() != n_samples)
    refuse(owner, "sample_weight must have one entry per sample (" + printed(n_samples) +
                      "), got " + printed(sample_weight.size()));
  check_finite(owner, "sample_weight", sample_weight);
  double sum = 0;
  for (Index i = 0; i < n_samples; ++i) {
    const auto weight = sample_weight.coeff(i);
    if (weight < 0)
      refuse(owner,
             "sample_weight must be >= 0, got " + printed(weight) + " at position " + printed(i));
    sum += static_cast<double>(weight);
  }
  if (sum == 0) refuse(owner, "sample_weight must have a positive entry, got only zeros");
  if (!is_finite(sum))
    refuse(owner, "sample_weight must have a finite sum; divide it by a constant");
  if (sum < std::numeric_limits<double>::min())
    refuse(owner, "sample_weight must have a sum of at least 2.2e-308, got " + printed(sum) +
                      "; multiply it by a constant");
}

}  // namespace unlabeled::detail
