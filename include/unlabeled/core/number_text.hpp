// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>

#include "unlabeled/core/types.hpp"

// Numbers as text, the same in every locale.

namespace unlabeled::detail {

enum class NumberText { number, malformed, too_large };

/// Decimal exponent of the first non-zero digit of a well-formed number.
inline std::int64_t decimal_exponent(std::string_view number) {
  std::int64_t exponent = 0;
  const std::size_t e = number.find_first_of("eE");
  if (e != std::string_view::npos) {
    std::string_view digits = number.substr(e + 1);
    const bool negative = digits.starts_with('-');
    if (negative || digits.starts_with('+')) digits.remove_prefix(1);
    constexpr std::int64_t beyond_every_type = std::int64_t{1} << 40;
    const auto end = digits.data() + digits.size();
    if (std::from_chars(digits.data(), end, exponent).ec != std::errc())
      exponent = beyond_every_type;
    if (negative) exponent = -exponent;
    number = number.substr(0, e);
  }
  const std::size_t point = std::min(number.find('.'), number.size());
  const std::size_t first = std::min(number.find_first_not_of("-0."), number.size());
  const auto distance = static_cast<std::int64_t>(point) - static_cast<std::int64_t>(first);
  return exponent + (distance > 0 ? distance - 1 : distance);
}

/// A whole text as a decimal number or "inf": correctly rounded, and zero where S has nothing
/// smaller. "nan" is malformed here, as is a text that only begins with a number.
template <Real S> NumberText parse_number(std::string_view text, S& value) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return NumberText::malformed;
  }
  const std::size_t sign = text.starts_with('-') ? 1 : 0;
  if (text.size() == sign || text[sign] == 'n' || text[sign] == 'N') return NumberText::malformed;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (stop != end || error == std::errc::invalid_argument) return NumberText::malformed;
  if (error == std::errc::result_out_of_range) {
    if (decimal_exponent(text) > 0) return NumberText::too_large;
    value = sign == 0 ? S(0) : -S(0);
  }
  return NumberText::number;
}

/// The shortest text that parse_number() turns into the same value; "nan" whatever its sign.
template <class T> void append_number(std::string& text, T value) {
  char buffer[32];
  const char* const end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  const std::string_view digits(buffer, static_cast<std::size_t>(end - buffer));
  text += digits.ends_with("nan") ? "nan" : digits;
}

}  // namespace unlabeled::detail
