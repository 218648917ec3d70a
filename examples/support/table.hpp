// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstdio>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace support {

/// A number with a fixed count of decimals: fixed(2.345, 1) is "2.3".
inline std::string fixed(double value, int n_decimals) {
  char text[400];  // room for the largest double
  std::snprintf(text, sizeof text, "%.*f", n_decimals, value);
  const std::string digits = text;
  const bool zero = digits.find_first_not_of("-0.") == std::string::npos;
  return zero && digits[0] == '-' ? digits.substr(1) : digits;
}

/// A share as "37.5 %".
inline std::string percent(double share) { return fixed(100 * share, 1) + " %"; }

/// Cells of text, printed with aligned columns: the first to the left, the others to the right.
class Table {
 public:
  explicit Table(std::vector<std::string> header) { rows_.push_back(std::move(header)); }

  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }

  friend std::ostream& operator<<(std::ostream& out, const Table& table) {
    const std::vector<std::size_t> widths = table.widths();
    for (std::size_t r = 0; r < table.rows_.size(); ++r) {
      for (std::size_t c = 0; c < widths.size(); ++c) {
        const std::string& cell = table.rows_[r][c];
        const std::string blank(widths[c] - cell.size(), ' ');
        out << "  " << (c == 0 ? cell + blank : blank + cell);
      }
      out << '\n';
      if (r == 0) out << "  " << table.rule(widths) << '\n';
    }
    return out;
  }

 private:
  [[nodiscard]] std::vector<std::size_t> widths() const {
    std::vector<std::size_t> widths(rows_[0].size(), 0);
    for (const auto& row : rows_)
      for (std::size_t c = 0; c < widths.size(); ++c)
        widths[c] = std::max(widths[c], row[c].size());
    return widths;
  }

  [[nodiscard]] std::string rule(const std::vector<std::size_t>& widths) const {
    std::size_t length = 2 * (widths.size() - 1);
    for (const std::size_t width : widths) length += width;
    return std::string(length, '-');
  }

  std::vector<std::vector<std::string>> rows_;
};

}  // namespace support
