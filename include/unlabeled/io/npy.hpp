// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <type_traits>

#include "unlabeled/core/types.hpp"
#include "unlabeled/io/detail/npy_header.hpp"

namespace unlabeled {
namespace detail {

template <class T, Real S> Matrix<S> read_npy_data(ByteSource& source, const NpyHeader& header) {
  const auto n_rows = static_cast<std::uint64_t>(header.n_rows);
  const auto n_columns = static_cast<std::uint64_t>(header.n_columns);
  const std::uint64_t held = source.remaining() / sizeof(T);
  const bool fits = n_rows == 0 || n_columns == 0 || n_columns <= held / n_rows;
  if (!fits || n_rows * n_columns * sizeof(T) != source.remaining())
    source.refuse("expected " + std::to_string(n_rows) + " x " + std::to_string(n_columns) +
                  " numbers of " + std::to_string(sizeof(T)) + " bytes, got " +
                  std::to_string(source.remaining()) + " bytes after the header");
  Matrix<S> x(header.n_rows, header.n_columns);
  read_matrix<T>(source, header.order, header.by_columns, x);
  return x;
}

template <Real S> Matrix<S> read_npy(ByteSource& source) {
  const NpyHeader header = read_npy_header(source);
  if (header.type == "f8") return read_npy_data<double, S>(source, header);
  if (header.type == "f4") return read_npy_data<float, S>(source, header);
  if (header.type == "i8") return read_npy_data<std::int64_t, S>(source, header);
  if (header.type == "i4") return read_npy_data<std::int32_t, S>(source, header);
  if (header.type == "u1") return read_npy_data<std::uint8_t, S>(source, header);
  source.refuse("expected numbers of type f8, f4, i8, i4 or u1, got " + header.type);
}

template <class T> std::string npy_type() {
  const std::string mark = std::endian::native == std::endian::little ? "<" : ">";
  return mark + (std::is_floating_point_v<T> ? "f" : "i") + std::to_string(sizeof(T));
}

/// Padded so that the data begin at a multiple of 64 bytes: programs may map them into memory.
template <class V> std::string npy_header(const V& x, bool one_dimensional) {
  std::string shape = std::to_string(one_dimensional ? x.size() : x.rows()) + ",";
  if (!one_dimensional) shape += " " + std::to_string(x.cols());
  std::string text = "{'descr': '" + npy_type<typename V::Scalar>() +
                     "', 'fortran_order': " + (V::IsRowMajor ? "False" : "True") + ", 'shape': (" +
                     shape + "), }";
  constexpr std::size_t before = 10, alignment = 64;
  text.append((alignment - (before + text.size() + 1) % alignment) % alignment, ' ');
  text += '\n';
  std::string header("\x93NUMPY\x01\x00", 8);
  header += static_cast<char>(text.size() & 0xff);
  header += static_cast<char>(text.size() >> 8);
  return header + text;
}

template <class V>
void write_npy_view(const std::filesystem::path& path, const V& x, bool one_dimensional) {
  OutputFile file(path);
  file.write(npy_header(x, one_dimensional));
  const auto n_bytes = static_cast<std::size_t>(x.innerSize()) * sizeof(typename V::Scalar);
  for (Index outer = 0; outer < x.outerSize(); ++outer) {
    const auto* line = x.data() + outer * x.outerStride();
    file.write(std::string_view(reinterpret_cast<const char*>(line), n_bytes));
  }
  file.close();
}

}  // namespace detail

/// Reads an array that NumPy saved (numpy.save), of one dimension (as a column) or two.
///
/// Formats     versions 1.0 to 3.0; float64, float32, int64, int32 and uint8, of either byte order,
///             in C or Fortran order. Entries are converted to S as by static_cast: integers beyond
///             2^53 (2^24 for float) are rounded, what exceeds float becomes infinite.
/// Cost        O(n d) time; memory for the result and one block of lines.
/// Throws      FileError with the path and what was expected: other types or dimensions, a file
///             that is shorter or longer than its header says. Nothing is allocated for a size that
///             the file does not have.
template <Real S> Matrix<S> read_npy(const std::filesystem::path& path) {
  std::ifstream stream = detail::open_to_read(path);
  detail::ByteSource source(stream, detail::shown(path));
  return detail::read_npy<S>(source);
}

/// Any dense Eigen matrix expression of float, double or 32- or 64-bit signed integers.
template <class X>
concept NpyMatrix = MatrixOf<X, typename X::Scalar> &&
    (Real<typename X::Scalar> ||
     (std::signed_integral<typename X::Scalar> && sizeof(typename X::Scalar) >= 4));

/// Writes a matrix, in the storage order it has, for numpy.load: version 1.0, vectors as arrays of
/// one dimension, labels as integers. read_npy() gives the same bits back.
/// Throws FileError if the file cannot be written whole.
template <NpyMatrix X> void write_npy(const std::filesystem::path& path, const X& x) {
  detail::write_npy_view(path, View<X>(x), bool(X::IsVectorAtCompileTime));
}

}  // namespace unlabeled
