// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "unlabeled/core/number_text.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/io/detail/csv_records.hpp"

// From records to columns.

namespace unlabeled::detail {

/// Names of all columns of a file, and which of them are asked for, in the order of asking.
struct CsvColumns {
  std::vector<std::string> names;
  std::vector<std::size_t> chosen;
};

inline std::size_t find_csv_column(const CsvRecords& records, const std::vector<std::string>& names,
                                   const std::string& wanted) {
  const auto found = std::find(names.begin(), names.end(), wanted);
  if (found == names.end()) {
    std::string known;
    for (const std::string& name : names) known += (known.empty() ? "" : ", ") + excerpt(name);
    records.refuse(records.record_place(),
                   "expected a column " + excerpt(wanted) + ", got only " + known);
  }
  if (std::find(found + 1, names.end(), wanted) != names.end())
    records.refuse(records.record_place(),
                   "expected one column " + excerpt(wanted) + ", got several of that name");
  return static_cast<std::size_t>(found - names.begin());
}

/// Reads the first record. Without a header the columns are called "0", "1", …
inline CsvColumns read_csv_columns(CsvRecords& records, std::vector<CsvField>& fields, bool header,
                                   const std::vector<std::string>& wanted) {
  if (!records.next(fields))
    records.refuse(records.record_place(), header ? "expected a header, got an empty file"
                                                  : "expected data, got an empty file");
  CsvColumns columns;
  for (const CsvField& field : fields)
    columns.names.push_back(header ? field.value() : std::to_string(columns.names.size()));
  for (const std::string& name : wanted)
    columns.chosen.push_back(find_csv_column(records, columns.names, name));
  if (wanted.empty())
    for (std::size_t j = 0; j < fields.size(); ++j) columns.chosen.push_back(j);
  return columns;
}

/// Calls row(fields) for every record of data; refuses one with too few or too many fields.
template <class Row>
void for_each_csv_row(CsvRecords& records, std::vector<CsvField>& fields, bool header, Row&& row) {
  const std::size_t n_fields = fields.size();
  for (bool more = !header || records.next(fields); more; more = records.next(fields)) {
    if (fields.size() != n_fields)
      records.refuse(records.record_place(), "expected " + std::to_string(n_fields) +
                                                 " fields as in the first line, got " +
                                                 std::to_string(fields.size()));
    row(fields);
  }
}

/// Copies a text as it stands but for some pieces, ascending views of it, that others take the place
/// of.
class CsvCopy {
 public:
  explicit CsvCopy(std::string_view text) : left_(text) {}

  void put(std::string_view in_place_of, std::string_view piece) {
    const auto before = static_cast<std::size_t>(in_place_of.data() - left_.data());
    (copy_ += left_.substr(0, before)) += piece;
    left_.remove_prefix(before + in_place_of.size());
  }
  std::string finish() && { return std::move(copy_ += left_); }

 private:
  std::string_view left_;
  std::string copy_;
};

/// How the text of a field becomes a number.
struct CsvMissing {
  const std::vector<std::string>& texts;
  bool as_nan;

  template <Real S>
  S number(const CsvRecords& records, const CsvField& field, const std::string& column) const {
    if (std::find(texts.begin(), texts.end(), field.text) != texts.end()) {
      if (as_nan) return std::numeric_limits<S>::quiet_NaN();
      refuse(records, field, column, "got the missing value ",
             " (CsvOptions::missing_as_nan allows it)");
    }
    S value{};
    const NumberText kind = parse_number(field.text, value);
    if (kind == NumberText::malformed)
      refuse(records, field, column, "got ", " (CsvOptions::columns selects what is read)");
    if (kind == NumberText::too_large)
      refuse(records, field, column, "got ",
             sizeof(S) == 4 ? " (too large for float)" : " (too large for double)");
    return value;
  }

 private:
  [[noreturn]] static void refuse(const CsvRecords& records, const CsvField& field,
                                  const std::string& column, const char* before,
                                  const char* after) {
    records.refuse(field.text.data(), "expected a number in column " + excerpt(column) + ", " +
                                          before + excerpt(field.text) + after);
  }
};

}  // namespace unlabeled::detail
