// SPDX-License-Identifier: MIT
#pragma once

#include "fuzz/targets.hpp"
#include "unlabeled/io/csv.hpp"

namespace unlabeled {
inline namespace testing {

template <Real S> std::string csv_text(const Table<S>& table) {
  std::string text;
  for (const std::string& name : table.columns)
    text += (text.empty() ? "" : ",") + detail::csv_name(name);
  for (Index i = 0; i < table.values.rows(); ++i)
    for (Index j = 0; j < table.values.cols(); ++j) {
      text += j == 0 ? '\n' : ',';
      detail::append_number(text, table.values(i, j));
    }
  return text;
}

/// What was read, written and read again is the same, down to the sign of zero.
template <Real S> void read_csv_text(std::string_view text, const CsvOptions& options) {
  Table<S> table;
  try {
    table = detail::parse_csv<S>("input", text, options);
  } catch (const FileError&) {
    return;
  }
  expect(static_cast<Index>(table.columns.size()) == table.values.cols(), "a name per column");
  const auto again = detail::parse_csv<S>("again", csv_text(table), {.missing_as_nan = true});
  expect(again.columns == table.columns, "equal names");
  expect(csv_text(again) == csv_text(table), "equal values");
}

inline void fuzz_csv(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = as_text(data, size);
  read_csv_text<double>(text, {});
  read_csv_text<float>(text, {.header = false, .separator = ';', .missing_as_nan = true});
  read_csv_text<double>(text, {.header = false, .separator = ' ', .columns = {"1"}});
}

}  // namespace testing
}  // namespace unlabeled
