// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "unlabeled/core/errors.hpp"
#include "unlabeled/core/types.hpp"

// What the fuzzers do with the bytes they invent: any content must be read or refused with a
// FileError. Another exception, or a std::logic_error from here, is a finding.

namespace unlabeled {
inline namespace testing {

inline void expect(bool holds, const char* what) {
  if (!holds) throw std::logic_error(what);
}

inline std::string_view as_text(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace testing
}  // namespace unlabeled
