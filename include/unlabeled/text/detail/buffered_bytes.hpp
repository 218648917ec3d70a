// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <system_error>

#include "unlabeled/core/file.hpp"

// Reading of files in which texts of any length and numbers of a fixed size take turns.

namespace unlabeled::detail {

/// A source read in blocks. Texts grow with what the file holds, never with what it claims.
class BufferedBytes {
 public:
  explicit BufferedBytes(ByteSource& source) : source_(source) {}

  [[nodiscard]] std::uint64_t size() const { return source_.size(); }
  [[nodiscard]] std::uint64_t remaining() const { return size() - position(); }
  [[nodiscard]] std::uint64_t position() const {
    return source_.position() - (buffer_.size() - at_);
  }

  /// Bytes up to `end`, which is stepped over; false where the file has none any more.
  bool read_until(char end, std::string& text) {
    text.clear();
    while (fill()) {
      const std::size_t found = buffer_.find(end, at_);
      const std::size_t stop = std::min(found, buffer_.size());
      text.append(buffer_, at_, stop - at_);
      at_ = stop;
      if (found == std::string::npos) continue;
      ++at_;
      return true;
    }
    return false;
  }

  /// A line without its end ("\n", "\r\n", or that of the file); false at the end of the file.
  bool read_line(std::string& line) {
    const bool is_line = remaining() > 0;
    read_until('\n', line);
    if (line.ends_with('\r')) line.pop_back();
    return is_line;
  }

  void skip(char byte) {
    while (fill() && buffer_[at_] == byte) ++at_;
  }

  /// n_bytes <= remaining()
  void read(char* to, std::size_t n_bytes) {
    while (n_bytes > 0 && fill()) {
      const std::size_t count = std::min(n_bytes, buffer_.size() - at_);
      std::memcpy(to, buffer_.data() + at_, count);
      at_ += count;
      to += count;
      n_bytes -= count;
    }
  }

  [[noreturn]] void refuse_at(std::uint64_t place, const std::string& what) const {
    source_.refuse(what + ", at byte " + std::to_string(place));
  }

 private:
  /// Whether there is a byte at at_.
  bool fill() {
    if (at_ < buffer_.size()) return true;
    constexpr std::uint64_t block = std::uint64_t{1} << 16;
    const std::uint64_t count = std::min(block, source_.remaining());
    buffer_.resize(static_cast<std::size_t>(count));
    at_ = 0;
    source_.read(buffer_.data(), count);
    return count > 0;
  }

  ByteSource& source_;
  std::string buffer_;
  std::size_t at_ = 0;
};

inline std::string_view without_blanks(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const std::size_t begin = std::min(text.find_first_not_of(blanks), text.size());
  return text.substr(begin, text.find_last_not_of(blanks) + 1 - begin);
}

/// Takes the next text between blanks off `rest`; an empty one at its end.
inline std::string_view next_field(std::string_view& rest) {
  constexpr std::string_view blanks = " \t\r";
  rest.remove_prefix(std::min(rest.find_first_not_of(blanks), rest.size()));
  const std::string_view field = rest.substr(0, rest.find_first_of(blanks));
  rest.remove_prefix(field.size());
  return field;
}

/// Takes the next text off `rest` if it is a whole number.
inline bool take_count(std::string_view& rest, std::uint64_t& count) {
  const std::string_view field = next_field(rest);
  const char* const end = field.data() + field.size();
  const auto [stop, error] = std::from_chars(field.data(), end, count);
  return error == std::errc() && stop == end && !field.empty();
}

/// A float32 as files have it, the low byte first.
inline std::array<char, 4> little_endian_bytes(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  std::array<char, 4> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<char>(static_cast<unsigned char>(bits >> (8 * i)));
  return bytes;
}

inline float from_little_endian(const std::array<char, 4>& bytes) {
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bits |= std::uint32_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  return std::bit_cast<float>(bits);
}

}  // namespace unlabeled::detail
