// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "unlabeled/core/file.hpp"
#include "unlabeled/core/types.hpp"

// Numbers in binary files.

namespace unlabeled::detail {

template <class T> T with_swapped_bytes(T value) {
  auto bytes = std::bit_cast<std::array<unsigned char, sizeof(T)>>(value);
  std::reverse(bytes.begin(), bytes.end());
  return std::bit_cast<T>(bytes);
}

template <class T> void read_numbers(ByteSource& source, std::endian order, T* to, Index count) {
  source.read(to, static_cast<std::uint64_t>(count) * sizeof(T));
  if (order != std::endian::native)
    std::transform(to, to + count, to, [](T value) { return with_swapped_bytes(value); });
}

template <class T> T read_number(ByteSource& source, std::endian order) {
  T value;
  read_numbers(source, order, &value, 1);
  return value;
}

/// Fills x, whose size has been compared with the file's, from numbers of type T that stand row
/// after row, or column after column. Memory: one block of lines.
template <class T, class Dense>
void read_matrix(ByteSource& source, std::endian order, bool by_columns, Dense& x) {
  using S = typename Dense::Scalar;
  if (x.size() == 0) return;
  const Index n_lines = by_columns ? x.cols() : x.rows(), length = x.size() / n_lines;
  constexpr Index values_per_block = Index{1} << 16;
  Matrix<T> lines(length, std::min(n_lines, std::max<Index>(1, values_per_block / length)));
  for (Index begin = 0; begin < n_lines; begin += lines.cols()) {
    const Index count = std::min(lines.cols(), n_lines - begin);
    read_numbers(source, order, lines.data(), length * count);
    if (by_columns)
      x.middleCols(begin, count) = lines.leftCols(count).template cast<S>();
    else
      x.middleRows(begin, count) = lines.leftCols(count).transpose().template cast<S>();
  }
}

}  // namespace unlabeled::detail
