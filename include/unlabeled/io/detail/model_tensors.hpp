// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "unlabeled/core/check.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/io/detail/tensor_file.hpp"

// What was learned, as tensors. An estimator lists the fields of its model once, for a visitor that
// is called as
//   visit("n", number), visit("mean", vector, "n_features"),
//   visit("components", matrix, "n_components", "n_features"),
//   visit("covariances", square matrices, "all their rows", "n_features"),
//   visit("counts", vector of integers, "n_words"), visit("words", texts, "n_words")
// where fields that name the same length must agree, and visit.require(condition, "what holds").
// What follows from other fields is not listed but computed if visit.is_reading.

namespace unlabeled::detail {

/// std::int64_t and Eigen::Index may be two types of the same size.
template <class T>
using TensorNumber = std::conditional_t<
    std::is_floating_point_v<T>, T,
    std::conditional_t<sizeof(T) == 8, std::int64_t,
                       std::conditional_t<sizeof(T) == 4, std::int32_t, std::uint8_t>>>;

template <class T>
concept TensorScalar = std::is_arithmetic_v<T> || std::is_enum_v<T>;

class TensorWriter {
 public:
  static constexpr bool is_reading = false;

  explicit TensorWriter(std::vector<TensorToWrite>& tensors, std::string prefix = "")
      : tensors_(tensors), prefix_(std::move(prefix)) {}

  [[nodiscard]] TensorWriter inside(const std::string& name) const {
    return TensorWriter(tensors_, prefix_ + name + ".");
  }

  template <TensorScalar T> void operator()(const char* name, const T& value) {
    using Number = TensorNumber<T>;
    const auto number = static_cast<Number>(value);
    add<Number>(name, {}, [number](const Sink& sink) { write_numbers(sink, &number, 1); });
  }

  /// The field must outlive the writing.
  template <class Dense, class... Lengths>
  requires std::derived_from<Dense, Eigen::MatrixBase<Dense>>
  void operator()(const char* name, const Dense& x, const Lengths&...) {
    using Number = TensorNumber<typename Dense::Scalar>;
    std::vector<Index> shape{x.rows()};
    if (Dense::ColsAtCompileTime != 1) shape.push_back(x.cols());
    add<Number>(name, std::move(shape), [&x](const Sink& sink) { write_rows<Number>(sink, x); });
  }

  /// Square matrices of equal size as one tensor, one below the other.
  template <class S>
  void operator()(const char* name, const std::vector<Matrix<S>>& stack, const char*, const char*) {
    const Index d = stack.empty() ? 0 : stack.front().cols();
    add<S>(name, {static_cast<Index>(stack.size()) * d, d}, [&stack](const Sink& sink) {
      for (const Matrix<S>& x : stack) write_rows<S>(sink, x);
    });
  }

  template <std::integral T>
  void operator()(const char* name, const std::vector<T>& values, const char*) {
    using Number = TensorNumber<T>;
    static_assert(sizeof(Number) == sizeof(T));
    add<Number>(name, {static_cast<Index>(values.size())}, [&values](const Sink& sink) {
      write_numbers(sink, reinterpret_cast<const Number*>(values.data()),
                    static_cast<Index>(values.size()));
    });
  }

  /// Texts of any bytes: where each of them ends, and all of them one after the other.
  void operator()(const char* name, const std::vector<std::string>& texts, const char*) {
    const auto n_texts = static_cast<Index>(texts.size());
    Index n_bytes = 0;
    for (const std::string& text : texts) n_bytes += static_cast<Index>(text.size());
    add<std::int64_t>((name + std::string(".ends")).c_str(), {n_texts}, [&texts](const Sink& sink) {
      std::int64_t end = 0;
      for (const std::string& text : texts) {
        end += static_cast<std::int64_t>(text.size());
        write_numbers(sink, &end, 1);
      }
    });
    add<std::uint8_t>((name + std::string(".bytes")).c_str(), {n_bytes},
                      [&texts](const Sink& sink) {
                        for (const std::string& text : texts) sink(text);
                      });
  }

  void require(bool, const char*) {}

 private:
  using Sink = TensorToWrite::Sink;

  template <class Number>
  void add(const char* name, std::vector<Index> shape, std::function<void(const Sink&)> write) {
    tensors_.push_back({prefix_ + name, tensor_type<Number>(), std::move(shape), std::move(write)});
  }

  template <class Number, class Dense> static void write_rows(const Sink& sink, const Dense& x) {
    constexpr Index values_per_block = Index{1} << 16;
    const Index n_rows = std::max<Index>(1, values_per_block / std::max<Index>(1, x.cols()));
    RowMatrix<Number> rows;
    for (Index begin = 0; begin < x.rows(); begin += n_rows) {
      rows = x.middleRows(begin, std::min(n_rows, x.rows() - begin)).template cast<Number>();
      write_numbers(sink, rows.data(), rows.size());
    }
  }

  template <class Number>
  static void write_numbers(const Sink& sink, const Number* numbers, Index count) {
    std::vector<Number> swapped;
    if constexpr (std::endian::native == std::endian::big) {
      swapped.assign(numbers, numbers + count);
      for (Number& number : swapped) number = with_swapped_bytes(number);
      numbers = swapped.data();
    }
    sink(
        {reinterpret_cast<const char*>(numbers), static_cast<std::size_t>(count) * sizeof(Number)});
  }

  std::vector<TensorToWrite>& tensors_;
  std::string prefix_;
};

class TensorReader {
 public:
  static constexpr bool is_reading = true;

  TensorReader(ByteSource& source, const TensorHeader& header, std::set<std::string>& known,
               std::string prefix = "")
      : source_(source), header_(header), known_(known), prefix_(std::move(prefix)) {}

  [[nodiscard]] TensorReader inside(const std::string& name) const {
    return {source_, header_, known_, prefix_ + name + "."};
  }
  [[nodiscard]] const ByteSource& source() const { return source_; }

  template <TensorScalar T> void operator()(const char* name, T& value) {
    using Number = TensorNumber<T>;
    find<Number>(name, {});
    const auto number = read_number<Number>(source_, std::endian::little);
    check_finite(name, &number, 1);
    value = static_cast<T>(number);
  }

  template <class Dense, class... Lengths>
  requires std::derived_from<Dense, Eigen::MatrixBase<Dense>>
  void operator()(const char* name, Dense& x, const Lengths&... lengths) {
    static_assert(sizeof...(Lengths) == (Dense::ColsAtCompileTime == 1 ? 1 : 2));
    using Number = TensorNumber<typename Dense::Scalar>;
    const Tensor& tensor = find<Number>(name, {lengths...});
    x.resize(tensor.shape.front(), sizeof...(Lengths) == 1 ? 1 : tensor.shape.back());
    read_matrix<Number>(source_, std::endian::little, false, x);
    check_finite(name, x.data(), x.size());
  }

  template <class S>
  void operator()(const char* name, std::vector<Matrix<S>>& stack, const char* n_rows,
                  const char* n_columns) {
    Matrix<S> all;
    (*this)(name, all, n_rows, n_columns);
    const Index d = all.cols();
    require(d > 0 && all.rows() % d == 0, (name + std::string(" of square matrices")).c_str());
    for (Index row = 0; row < all.rows(); row += d) stack.emplace_back(all.middleRows(row, d));
  }

  template <std::integral T>
  void operator()(const char* name, std::vector<T>& values, const char* length) {
    Eigen::Matrix<T, Eigen::Dynamic, 1> read;
    (*this)(name, read, length);
    values.assign(read.begin(), read.end());
  }

  void operator()(const char* name, std::vector<std::string>& texts, const char* length) {
    std::vector<std::int64_t> ends;
    std::vector<std::uint8_t> bytes;
    const std::string field(name);
    (*this)((field + ".ends").c_str(), ends, length);
    (*this)((field + ".bytes").c_str(), bytes, (field + ".n_bytes").c_str());
    const std::string within = field + ".ends that ascend within " + field + ".bytes";
    std::int64_t begin = 0;
    texts.reserve(ends.size());
    for (const std::int64_t end : ends) {
      require(begin <= end && end <= static_cast<std::int64_t>(bytes.size()), within.c_str());
      texts.emplace_back(bytes.begin() + begin, bytes.begin() + end);
      begin = end;
    }
    require(begin == static_cast<std::int64_t>(bytes.size()),
            (field + ".ends that reach the end of " + field + ".bytes").c_str());
  }

  void require(bool holds, const char* what) const {
    if (!holds) source_.refuse("expected " + prefix_ + what);
  }

 private:
  /// Leaves the source at the tensor's first byte. Its size was compared with the file's already.
  template <class Number>
  const Tensor& find(const char* field, const std::vector<const char*>& lengths) {
    const std::string name = prefix_ + field;
    const auto found = header_.tensors.find(name);
    if (found == header_.tensors.end()) source_.refuse("expected a tensor " + name + ", got none");
    known_.insert(name);
    const Tensor& tensor = found->second;
    if (tensor.type != tensor_type<Number>())
      source_.refuse("tensor " + name + ": expected dtype " + tensor_type<Number>() + ", got " +
                     tensor.type);
    if (tensor.shape.size() != lengths.size())
      source_.refuse("tensor " + name + ": expected " + std::to_string(lengths.size()) +
                     " dimensions, got " + std::to_string(tensor.shape.size()));
    for (std::size_t i = 0; i < lengths.size(); ++i) {
      const Index due = lengths_.emplace(lengths[i], tensor.shape[i]).first->second;
      if (tensor.shape[i] != due)
        source_.refuse("tensor " + name + ": expected " + lengths[i] + " = " + std::to_string(due) +
                       " in dimension " + std::to_string(i) + ", as in the tensors before, got " +
                       std::to_string(tensor.shape[i]));
    }
    source_.seek(header_.data_begin + tensor.begin);
    return tensor;
  }

  template <class T> void check_finite(const char* field, const T* values, Index count) const {
    if constexpr (std::is_floating_point_v<T>)
      if (!all_finite(values, count))
        source_.refuse("tensor " + prefix_ + field + ": expected finite numbers only");
  }

  ByteSource& source_;
  const TensorHeader& header_;
  std::set<std::string>& known_;
  std::string prefix_;
  std::map<std::string, Index> lengths_;
};

}  // namespace unlabeled::detail
