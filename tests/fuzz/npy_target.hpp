// SPDX-License-Identifier: MIT
#pragma once

#include "fuzz/targets.hpp"
#include "unlabeled/io/npy.hpp"

namespace unlabeled {
inline namespace testing {

template <Real S> void read_npy_text(std::string_view text) {
  std::istringstream stream{std::string(text)};
  try {
    detail::ByteSource source(stream, "input");
    const Matrix<S> x = detail::read_npy<S>(source);
    expect(static_cast<std::size_t>(x.size()) <= text.size(), "no more numbers than bytes");
  } catch (const FileError&) {
  }
}

inline void fuzz_npy(const std::uint8_t* data, std::size_t size) {
  read_npy_text<double>(as_text(data, size));
  read_npy_text<float>(as_text(data, size));
}

}  // namespace testing
}  // namespace unlabeled
