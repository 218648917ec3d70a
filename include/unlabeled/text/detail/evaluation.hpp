// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "unlabeled/core/check.hpp"
#include "unlabeled/core/file.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/text/detail/named_vectors.hpp"
#include "unlabeled/text/vocabulary.hpp"
#include "unlabeled/text/word_vectors.hpp"

// What all evaluations on files have in common: their lines, and words in any case.

namespace unlabeled::detail {

/// The capital of a letter that UTF-8 writes in two bytes: Latin, Greek and Cyrillic; others are
/// their own.
inline unsigned capital(unsigned letter) {
  const auto within = [letter](unsigned first, unsigned last) {
    return letter >= first && letter <= last;
  };
  if (within(0xE0, 0xFE) && letter != 0xF7) return letter - 0x20;
  const bool even_capitals = within(0x100, 0x137) || within(0x14A, 0x177) || within(0x460, 0x481) ||
                             within(0x48A, 0x4BF) || within(0x4D0, 0x52F);
  if (even_capitals && letter != 0x131) return letter & ~1u;
  if (within(0x139, 0x148) || within(0x179, 0x17E) || within(0x4C1, 0x4CE))
    return letter % 2 == 0 ? letter - 1 : letter;
  if (letter == 0xFF) return 0x178;
  if (letter == 0x3C2) return 0x3A3;  // a sigma at the end of a word
  if (letter == 0x3AC) return 0x386;  // the accented vowels of Greek
  if (within(0x3AD, 0x3AF)) return letter - 0x25;
  if (letter == 0x3CC) return 0x38C;
  if (within(0x3CD, 0x3CE)) return letter - 0x3F;
  if (within(0x3B1, 0x3CB) || within(0x430, 0x44F)) return letter - 0x20;
  if (within(0x450, 0x45F)) return letter - 0x50;
  return letter;
}

/// UTF-8 text in capitals.
inline std::string in_capitals(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool two_bytes = byte >= 0xC3 && byte <= 0xD4 && i + 1 < text.size();
    if (byte >= 'a' && byte <= 'z') {
      result += static_cast<char>(byte - 'a' + 'A');
    } else if (two_bytes) {
      const auto next = static_cast<unsigned char>(text[++i]);
      const unsigned letter = capital((byte & 0x1Fu) << 6 | (next & 0x3Fu));
      result += static_cast<char>(0xC0u | letter >> 6);
      result += static_cast<char>((next & 0xC0u) | (letter & 0x3Fu));
    } else {
      result += text[i];
    }
  }
  return result;
}

inline void check_evaluation(const EvaluationOptions& options) {
  check_option(options.max_words >= 0, "Word2Vec", "max_words", ">= 0", options.max_words);
  check_n_threads("Word2Vec", options.n_threads);
}

/// The words that an evaluation knows, by their text as it compares them.
class EvaluatedWords {
 public:
  template <NamedWords Words>
  EvaluatedWords(const Words& words, const EvaluationOptions& options)
      : size_(std::min(static_cast<Index>(words.size()), options.max_words)),
        ignore_case_(options.ignore_case) {
    check_evaluation(options);
    for (Index i = 0; i < size_; ++i)
      if (table_.add(compared(words.word(i))) == static_cast<Index>(first_.size()))
        first_.push_back(i);
  }

  [[nodiscard]] Index size() const { return size_; }

  [[nodiscard]] std::string compared(std::string_view word) const {
    return ignore_case_ ? in_capitals(word) : std::string(word);
  }

  /// The first word that equals this one, or -1.
  [[nodiscard]] Index find(std::string_view word) const {
    const Index found = table_.find(compared(word));
    return found < 0 ? found : first_[static_cast<std::size_t>(found)];
  }

 private:
  Index size_;
  bool ignore_case_;
  WordTable table_;           // as compared
  std::vector<Index> first_;  // of each word of the table, its first in the vocabulary
};

/// The lines of a small text file, without their ends, and its refusals with the number of the line
/// (from 1, as editors count).
class TextLines {
 public:
  explicit TextLines(const std::filesystem::path& path)
      : name_(shown(path)), text_(read_text(path)) {
    constexpr std::string_view utf8_mark = "\xEF\xBB\xBF";
    if (text_.starts_with(utf8_mark)) at_ = utf8_mark.size();
  }

  std::optional<std::string_view> next() {
    if (at_ == text_.size()) return std::nullopt;
    const std::size_t end = std::min(text_.find('\n', at_), text_.size());
    std::string_view line = std::string_view(text_).substr(at_, end - at_);
    at_ = std::min(end + 1, text_.size());
    ++number_;
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
  }

  [[noreturn]] void refuse_line(const std::string& what) const {
    refuse_file(name_ + ":" + std::to_string(number_), what);
  }
  [[noreturn]] void refuse(const std::string& what) const { refuse_file(name_, what); }
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  std::string name_;
  std::string text_;
  std::size_t at_ = 0;
  Index number_ = 0;
};

}  // namespace unlabeled::detail
