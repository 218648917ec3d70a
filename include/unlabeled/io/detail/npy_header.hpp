// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "unlabeled/core/types.hpp"
#include "unlabeled/io/detail/bytes.hpp"

// The header of a .npy file: a magic number, a version, and a Python dictionary of three entries.

namespace unlabeled::detail {

struct NpyHeader {
  std::string type;  ///< kind and bytes, "f8"
  std::endian order = std::endian::native;
  bool by_columns = false;
  Index n_rows = 0;
  Index n_columns = 1;
};

/// Reads exactly {'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }, entries in any order.
class NpyDictionary {
 public:
  NpyDictionary(const ByteSource& source, std::uint64_t offset, std::string_view text)
      : source_(source), offset_(offset), text_(text) {}

  NpyHeader parse() {
    expect('{');
    while (!accept('}')) {
      entry();
      if (accept(',')) continue;
      expect('}');
      break;
    }
    blanks();
    if (at_ != text_.size()) refuse("the end of the header");
    if (seen_.size() != 3) refuse("the three keys 'descr', 'fortran_order' and 'shape'");
    return std::move(header_);
  }

 private:
  void entry() {
    const std::string key(string());
    if (std::find(seen_.begin(), seen_.end(), key) != seen_.end()) refuse("each key once");
    seen_.push_back(key);
    expect(':');
    if (key == "descr")
      type();
    else if (key == "fortran_order")
      header_.by_columns = boolean();
    else if (key == "shape")
      shape();
    else
      refuse("a key 'descr', 'fortran_order' or 'shape'");
  }

  void type() {
    blanks();
    if (next() == '[') refuse("numbers of one type, got a structured array");
    const std::string text(string());
    if (text.size() < 2 || std::string_view("<>|=").find(text[0]) == std::string_view::npos)
      refuse("a type such as '<f8', got '" + text + "'");
    if (text[0] == '<') header_.order = std::endian::little;
    if (text[0] == '>') header_.order = std::endian::big;
    header_.type = text.substr(1);
  }

  bool boolean() {
    blanks();
    for (const std::string_view word : {"False", "True"})
      if (text_.substr(at_).starts_with(word)) {
        at_ += word.size();
        return word == "True";
      }
    refuse("True or False");
  }

  void shape() {
    expect('(');
    std::vector<Index> lengths;
    while (!accept(')')) {
      lengths.push_back(length());
      if (accept(',')) continue;
      expect(')');
      break;
    }
    if (lengths.empty() || lengths.size() > 2)
      refuse("an array of 1 or 2 dimensions, got " + std::to_string(lengths.size()) +
             " (numpy.reshape makes it one)");
    header_.n_rows = lengths[0];
    if (lengths.size() == 2) header_.n_columns = lengths[1];
  }

  Index length() {
    blanks();
    std::uint64_t value = 0;
    const char* const end = text_.data() + text_.size();
    const auto [stop, error] = std::from_chars(text_.data() + at_, end, value);
    if (error != std::errc() ||
        value > static_cast<std::uint64_t>(std::numeric_limits<Index>::max()))
      refuse("a length");
    at_ = static_cast<std::size_t>(stop - text_.data());
    return static_cast<Index>(value);
  }

  std::string_view string() {
    blanks();
    const char quote = next();
    if (quote != '\'' && quote != '"') refuse("a text in quotes");
    const std::size_t begin = at_ + 1, end = text_.find(quote, begin);
    if (end == std::string_view::npos) refuse("a text with a closing quote");
    at_ = end + 1;
    return text_.substr(begin, end - begin);
  }

  [[nodiscard]] char next() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void blanks() {
    while (next() == ' ' || next() == '\n' || next() == '\t') ++at_;
  }
  bool accept(char c) {
    blanks();
    if (next() != c || at_ == text_.size()) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!accept(c)) refuse(std::string("'") + c + "'");
  }
  [[noreturn]] void refuse(const std::string& expected) const {
    source_.refuse("expected " + expected + " in the .npy header, near byte " +
                   std::to_string(offset_ + at_));
  }

  const ByteSource& source_;
  std::uint64_t offset_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<std::string> seen_;
  NpyHeader header_;
};

/// Leaves the source at the first byte of the data.
inline NpyHeader read_npy_header(ByteSource& source) {
  constexpr std::string_view magic = "\x93NUMPY";
  std::string start(std::min<std::uint64_t>(source.size(), magic.size()), '\0');
  source.read(start.data(), start.size());
  if (start != magic) source.refuse("expected a .npy file, got other content at byte 0");
  const auto major = read_number<std::uint8_t>(source, std::endian::little);
  const auto minor = read_number<std::uint8_t>(source, std::endian::little);
  if (major < 1 || major > 3 || minor != 0)
    source.refuse("expected version 1.0, 2.0 or 3.0 of the .npy format, got " +
                  std::to_string(major) + "." + std::to_string(minor));
  const std::uint64_t length = major == 1 ? read_number<std::uint16_t>(source, std::endian::little)
                                          : read_number<std::uint32_t>(source, std::endian::little);
  constexpr std::uint64_t longest = 0xffff;  // what three short entries never reach
  if (length > std::min(source.remaining(), longest))
    source.refuse("expected a header of at most " +
                  std::to_string(std::min(source.remaining(), longest)) +
                  " bytes, got a length of " + std::to_string(length));
  std::string text(static_cast<std::size_t>(length), '\0');
  const std::uint64_t offset = source.position();
  source.read(text.data(), text.size());
  return NpyDictionary(source, offset, text).parse();
}

}  // namespace unlabeled::detail
