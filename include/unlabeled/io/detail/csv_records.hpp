// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "unlabeled/core/file.hpp"

// The layer of lines, separators and quotes (RFC 4180, read strictly).

namespace unlabeled::detail {

struct CsvField {
  std::string_view text;  ///< a view of the file: inside the quotes, or with blanks trimmed
  bool quoted = false;
  bool has_doubled_quotes = false;

  /// As it stands in the file, quotes included.
  [[nodiscard]] std::string_view raw() const {
    return quoted ? std::string_view(text.data() - 1, text.size() + 2) : text;
  }
  [[nodiscard]] std::string value() const {
    std::string plain;
    plain.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
      plain += text[i];
      if (has_doubled_quotes && text[i] == '"') ++i;
    }
    return plain;
  }
};

/// Walks the records of a text that outlives it.
class CsvRecords {
 public:
  CsvRecords(std::string name, std::string_view text, char separator)
      : name_(std::move(name)), text_(text), separator_(separator) {
    constexpr std::string_view utf8_mark = "\xEF\xBB\xBF";
    if (text_.starts_with(utf8_mark)) text_.remove_prefix(utf8_mark.size());
    if (text_.starts_with("\xFF\xFE") || text_.starts_with("\xFE\xFF"))
      refuse(text_.data(), "expected UTF-8 text, got UTF-16");
  }

  /// Reads the next record; false at the end. Blank lines may end the file, never interrupt it.
  bool next(std::vector<CsvField>& fields) {
    fields.clear();
    record_begin_ = position_;
    while (position_ < text_.size() && at_blank_line()) skip_line();
    if (position_ == text_.size()) return false;
    if (position_ != record_begin_)
      refuse(text_.data() + record_begin_, "expected a record, got a blank line");
    do {
      const bool quoted = position_ < text_.size() && text_[position_] == '"';
      fields.push_back(quoted ? quoted_field() : plain_field());
    } while (!ends_record());
    return true;
  }

  /// The last record as it stands in the file, without its line end.
  [[nodiscard]] std::string_view record() const {
    return text_.substr(record_begin_, record_end_ - record_begin_);
  }
  [[nodiscard]] const char* record_place() const { return text_.data() + record_begin_; }

  /// "customers.csv:17:3: …" with line and character counted from 1, as editors do.
  [[noreturn]] void refuse(const char* place, const std::string& what) const {
    std::size_t line = 1, line_begin = 0;
    const auto offset = static_cast<std::size_t>(place - text_.data());
    for (std::size_t i = 0; i < offset; ++i)
      if (text_[i] == '\n') ++line, line_begin = i + 1;
    refuse_file(name_ + ":" + std::to_string(line) + ":" + std::to_string(offset - line_begin + 1),
                what);
  }

 private:
  /// At "\n", "\r\n" or the end of the text (which may cut "\r\n" in two).
  [[nodiscard]] bool line_ends_at(std::size_t at) const {
    if (at < text_.size() && text_[at] == '\r') ++at;
    return at == text_.size() || text_[at] == '\n';
  }
  void skip_line() { position_ = std::min(text_.find('\n', position_), text_.size() - 1) + 1; }

  [[nodiscard]] bool is_blank(char c) const { return (c == ' ' || c == '\t') && c != separator_; }

  [[nodiscard]] bool at_blank_line() const {
    std::size_t at = position_;
    while (at < text_.size() && is_blank(text_[at])) ++at;
    return line_ends_at(at);
  }

  CsvField plain_field() {
    const std::size_t begin = position_;
    while (position_ < text_.size() && text_[position_] != separator_ && !line_ends_at(position_)) {
      if (text_[position_] == '"')
        refuse(text_.data() + position_,
               "expected quotes around the whole field (inner quotes doubled), got a quote inside");
      if (text_[position_] == '\r')
        refuse(text_.data() + position_,
               "expected lines that end with \\n or \\r\\n, got a \\r without \\n");
      ++position_;
    }
    std::string_view text = text_.substr(begin, position_ - begin);
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return {text};
  }

  CsvField quoted_field() {
    const std::size_t begin = ++position_;
    bool doubled = false;
    while (true) {
      const std::size_t quote = text_.find('"', position_);
      if (quote == std::string_view::npos)
        refuse(text_.data() + begin - 1, "expected a closing quote for the one here");
      position_ = quote + 1;
      if (position_ == text_.size() || text_[position_] != '"') break;
      doubled = true;
      ++position_;
    }
    if (!line_ends_at(position_) && text_[position_] != separator_)
      refuse(text_.data() + position_, "expected a separator or the end of the line after a quote");
    return {text_.substr(begin, position_ - 1 - begin), true, doubled};
  }

  /// Steps over what follows a field: a line end or a separator.
  bool ends_record() {
    record_end_ = position_;
    if (!line_ends_at(position_)) {
      ++position_;
      return false;
    }
    if (position_ < text_.size()) skip_line();
    return true;
  }

  std::string name_;
  std::string_view text_;
  char separator_;
  std::size_t position_ = 0;
  std::size_t record_begin_ = 0;
  std::size_t record_end_ = 0;
};

}  // namespace unlabeled::detail
