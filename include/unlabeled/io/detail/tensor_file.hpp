// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "unlabeled/core/types.hpp"
#include "unlabeled/io/detail/bytes.hpp"
#include "unlabeled/io/detail/strict_json.hpp"

// The safetensors container: 8 bytes with the length of a JSON header (little endian), the header
// ("__metadata__" and, for each tensor, dtype, shape and data_offsets), then the numbers,
// row-major.

namespace unlabeled::detail {

template <class T> constexpr const char* tensor_type() {
  if constexpr (std::is_same_v<T, float>) return "F32";
  if constexpr (std::is_same_v<T, double>) return "F64";
  if constexpr (std::is_same_v<T, std::int32_t>) return "I32";
  if constexpr (std::is_same_v<T, std::int64_t>) return "I64";
  if constexpr (std::is_same_v<T, std::uint8_t>) return "U8";
}

/// Bytes per number, 0 for a type that no model has.
inline std::uint64_t tensor_type_size(const std::string& type) {
  if (type == "F64" || type == "I64") return 8;
  if (type == "F32" || type == "I32") return 4;
  return type == "U8" ? 1 : 0;
}

/// FNV-1a over 64 bits: any change of a single byte changes it.
class Checksum {
 public:
  void add(std::string_view bytes) {
    for (const char byte : bytes)
      value_ = (value_ ^ static_cast<unsigned char>(byte)) * 0x100000001b3u;
  }
  [[nodiscard]] std::string digits() const {
    constexpr std::size_t length = none.size();
    char text[length];
    const auto end = std::to_chars(text, text + length, value_, 16).ptr;
    const std::string digits(text, end);
    return std::string(length - digits.size(), '0') + digits;
  }
  /// Stands in the header while the checksum of the file is taken.
  static constexpr std::string_view none = "0000000000000000";

 private:
  std::uint64_t value_ = 0xcbf29ce484222325u;
};

struct Tensor {
  std::string type;
  std::vector<Index> shape;
  std::uint64_t begin = 0;  ///< bytes, counted from the end of the header
  std::uint64_t end = 0;
};

struct TensorHeader {
  std::map<std::string, std::string> metadata;
  std::map<std::string, Tensor> tensors;
  std::uint64_t data_begin = 0;
};

/// The header of a file, after every claim it makes about sizes has been checked.
template <class J> class TensorHeaderReader {
 public:
  explicit TensorHeaderReader(ByteSource& source) : source_(source) {}

  TensorHeader read() {
    const std::string text = header_text();
    const J json = parse_json<J>(source_, text, "header");
    if (!json.is_object()) source_.refuse("header: expected a JSON object");
    for (const auto& [name, value] : json.items())
      if (name == "__metadata__")
        metadata(value);
      else
        header_.tensors[name] = tensor("tensor " + J(name).dump() + ": ", value);
    check_tiling();
    if (const auto found = header_.metadata.find("checksum"); found != header_.metadata.end())
      check_sum(text, found->second);
    return std::move(header_);
  }

 private:
  std::string header_text() {
    if (source_.size() < 8) source_.refuse("expected a model file, got fewer than 8 bytes");
    const auto length = read_number<std::uint64_t>(source_, std::endian::little);
    constexpr std::uint64_t longest = std::uint64_t{1} << 20;  // some thousand tensors
    const std::uint64_t most = std::min(longest, source_.remaining());
    if (length > most)
      source_.refuse("expected a header of at most " + std::to_string(most) +
                     " bytes, got a length of " + std::to_string(length) + " at byte 0");
    std::string text(static_cast<std::size_t>(length), '\0');
    source_.read(text.data(), length);
    header_.data_begin = source_.position();
    return text;
  }

  void metadata(const J& json) {
    if (!json.is_object()) source_.refuse("__metadata__: expected a JSON object");
    for (const auto& [key, value] : json.items()) {
      if (!value.is_string()) source_.refuse("__metadata__: expected texts only");
      header_.metadata[key] = value.template get<std::string>();
    }
  }

  Tensor tensor(const std::string& owner, const J& json) {
    const auto type = json.find("dtype"), shape = json.find("shape");
    const auto offsets = json.find("data_offsets");
    if (!json.is_object() || json.size() != 3 || type == json.end() || shape == json.end() ||
        offsets == json.end())
      source_.refuse(owner + "expected exactly dtype, shape and data_offsets");
    Tensor tensor;
    if (type->is_string()) tensor.type = type->template get<std::string>();
    std::uint64_t n_bytes = tensor_type_size(tensor.type);
    if (n_bytes == 0) source_.refuse(owner + "expected dtype F64, F32, I64, I32 or U8");
    const std::vector<std::uint64_t> lengths = numbers(owner + "shape", *shape);
    for (const std::uint64_t length : lengths) {
      if (length > static_cast<std::uint64_t>(std::numeric_limits<Index>::max()) ||
          (length != 0 && n_bytes > source_.size() / length))
        source_.refuse(owner + "expected a shape that fits into the file");
      n_bytes *= length;
      tensor.shape.push_back(static_cast<Index>(length));
    }
    const std::vector<std::uint64_t> range = numbers(owner + "data_offsets", *offsets);
    const std::uint64_t held = source_.size() - header_.data_begin;
    if (range.size() != 2 || range[0] > range[1] || range[1] > held)
      source_.refuse(owner + "expected data_offsets within " + std::to_string(held) + " bytes");
    if (range[1] - range[0] != n_bytes)
      source_.refuse(owner + "expected " + std::to_string(n_bytes) + " bytes for its shape, got " +
                     std::to_string(range[1] - range[0]));
    tensor.begin = range[0];
    tensor.end = range[1];
    return tensor;
  }

  std::vector<std::uint64_t> numbers(const std::string& owner, const J& json) const {
    std::vector<std::uint64_t> values;
    if (!json.is_array()) source_.refuse(owner + ": expected a list");
    for (const J& value : json) {
      if (!value.is_number_unsigned()) source_.refuse(owner + ": expected integers >= 0");
      values.push_back(value.template get<std::uint64_t>());
    }
    return values;
  }

  /// No gap, no overlap, nothing left: then no two tensors share bytes and none hides.
  void check_tiling() const {
    std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges;
    for (const auto& [name, tensor] : header_.tensors)
      ranges.emplace_back(tensor.begin, tensor.end);
    std::sort(ranges.begin(), ranges.end());
    std::uint64_t covered = 0;
    for (const auto& [begin, end] : ranges) {
      if (begin != covered)
        source_.refuse("expected tensors without gap or overlap, got one from byte " +
                       std::to_string(begin) + " of the data where " + std::to_string(covered) +
                       " was due");
      covered = end;
    }
    const std::uint64_t held = source_.size() - header_.data_begin;
    if (covered != held)
      source_.refuse("expected " + std::to_string(covered) + " bytes of data, got " +
                     std::to_string(held));
  }

  void check_sum(std::string text, const std::string& digits) {
    const std::string entry = "\"checksum\":\"" + digits + '"';
    const std::size_t at = text.find(entry);
    Checksum sum;
    if (digits.size() == Checksum::none.size() && at != std::string::npos) {
      text.replace(at + entry.size() - 1 - digits.size(), digits.size(), Checksum::none);
      add_file(sum, text);
    }
    if (sum.digits() != digits)
      source_.refuse(
          "expected the content that was saved, got altered bytes: the checksum differs (a program "
          "that changes a model on purpose leaves out the metadata entry \"checksum\")");
  }

  void add_file(Checksum& sum, const std::string& header) {
    std::string block(8, '\0');
    source_.seek(0);
    source_.read(block.data(), block.size());
    sum.add(block);
    sum.add(header);
    source_.seek(header_.data_begin);
    constexpr std::uint64_t largest = std::uint64_t{1} << 16;
    while (source_.remaining() > 0) {
      block.resize(static_cast<std::size_t>(std::min(largest, source_.remaining())));
      source_.read(block.data(), block.size());
      sum.add(block);
    }
  }

  ByteSource& source_;
  TensorHeader header_;
};

/// A tensor that can write its bytes (into the checksum first, then into the file).
struct TensorToWrite {
  using Sink = std::function<void(std::string_view)>;
  std::string name;
  std::string type;
  std::vector<Index> shape;
  std::function<void(const Sink&)> write;

  [[nodiscard]] std::uint64_t n_bytes() const {
    std::uint64_t bytes = tensor_type_size(type);
    for (const Index length : shape) bytes *= static_cast<std::uint64_t>(length);
    return bytes;
  }
};

/// The first 8 bytes and the header, checksum included. Wide types come first, so that every tensor
/// begins at a multiple of its type's size.
template <class J>
std::string tensor_file_start(std::vector<TensorToWrite>& tensors,
                              std::map<std::string, std::string> metadata) {
  std::stable_sort(tensors.begin(), tensors.end(), [](const auto& a, const auto& b) {
    return tensor_type_size(a.type) > tensor_type_size(b.type);
  });
  metadata["checksum"] = Checksum::none;
  J header;
  header["__metadata__"] = metadata;
  std::uint64_t offset = 0;
  for (const TensorToWrite& tensor : tensors) {
    const std::uint64_t end = offset + tensor.n_bytes();
    J& entry = header[tensor.name];
    entry["dtype"] = tensor.type;
    entry["shape"] = tensor.shape;
    entry["data_offsets"] = std::vector<std::uint64_t>{offset, end};
    offset = end;
  }
  std::string text = header.dump();
  text.append((8 - text.size() % 8) % 8, ' ');
  auto length = static_cast<std::uint64_t>(text.size());
  if constexpr (std::endian::native == std::endian::big) length = with_swapped_bytes(length);
  std::string start(reinterpret_cast<const char*>(&length), sizeof length);
  start += text;
  Checksum sum;
  sum.add(start);
  for (const TensorToWrite& tensor : tensors)
    tensor.write([&](std::string_view bytes) { sum.add(bytes); });
  const std::string entry = "\"checksum\":\"";
  return start.replace(start.find(entry) + entry.size(), Checksum::none.size(), sum.digits());
}

}  // namespace unlabeled::detail
