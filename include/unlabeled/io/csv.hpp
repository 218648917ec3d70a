// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "unlabeled/core/check.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/io/detail/csv_table.hpp"

namespace unlabeled {

struct CsvOptions {
  bool header = true;    ///< the first line names the columns; without it they are "0", "1", …
  char separator = ',';  ///< ',', ';', '\t', '|', ' ', …: one of punctuation or blank
  std::vector<std::string> columns = {};  ///< names of those to read, in this order; empty = all
  bool missing_as_nan = false;  ///< false: a missing value is an error, for no estimator takes one
  std::vector<std::string> missing = {"",     "NA",   "N/A",  "NaN", "nan",
                                      "NULL", "null", "None", "?"};  ///< texts that mean "missing"
  bool replace_column =
      false;  ///< append_csv_column: a column of that name gives way to the new one
};

/// Columns of numbers with their names.
template <Real S> struct Table {
  std::vector<std::string> columns;  ///< d names
  Matrix<S> values;                  ///< n x d
};

namespace detail {

inline void check_csv_separator(const char* owner, char separator) {
  const std::string_view taken = "\"\r\n+-.0123456789";
  const bool letter =
      (separator >= 'a' && separator <= 'z') || (separator >= 'A' && separator <= 'Z');
  const bool ascii = static_cast<unsigned char>(separator) - 1u < 0x7fu;
  check_option(ascii && !letter && taken.find(separator) == std::string_view::npos, owner,
               "separator", "a blank or punctuation that no number contains",
               static_cast<int>(static_cast<unsigned char>(separator)));
}

template <Real S>
Table<S> parse_csv(const std::string& name, std::string_view text, const CsvOptions& options) {
  CsvRecords records(name, text, options.separator);
  std::vector<CsvField> first;
  const CsvColumns columns = read_csv_columns(records, first, options.header, options.columns);
  const CsvMissing missing{options.missing, options.missing_as_nan};
  std::vector<S> values;  // row after row
  for_each_csv_row(records, first, options.header, [&](const std::vector<CsvField>& fields) {
    for (const std::size_t j : columns.chosen)
      values.push_back(missing.number<S>(records, fields[j], columns.names[j]));
  });
  Table<S> table;
  for (const std::size_t j : columns.chosen) table.columns.push_back(columns.names[j]);
  const auto n_columns = static_cast<Index>(columns.chosen.size());
  const auto n_rows = static_cast<Index>(values.size()) / n_columns;
  table.values = Eigen::Map<const RowMatrix<S>>(values.data(), n_rows, n_columns);
  return table;
}

/// Quotes whatever is not plainly a word, so that every name is read back as it is.
inline std::string csv_name(std::string_view name) {
  const std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
  if (!name.empty() && name.find_first_not_of(plain) == std::string_view::npos)
    return std::string(name);
  std::string quoted = "\"";
  for (const char c : name) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

template <class V>
void write_csv_rows(const std::filesystem::path& path, const V& x,
                    const std::vector<std::string>& columns) {
  if (x.cols() == 0) refuse("write_csv", "X must have at least 1 column, got 0");
  if (!columns.empty() && static_cast<Index>(columns.size()) != x.cols())
    refuse("write_csv", "columns must be empty or name each of the " + printed(x.cols()) +
                            " columns of X, got " + printed(columns.size()) + " names");
  OutputFile file(path);
  std::string line;
  for (const std::string& name : columns) line += (line.empty() ? "" : ",") + csv_name(name);
  if (!columns.empty()) file.write(line + '\n');
  for (Index i = 0; i < x.rows(); ++i) {
    line.clear();
    for (Index j = 0; j < x.cols(); ++j) {
      if (j > 0) line += ',';
      append_number(line, x.coeff(i, j));
    }
    file.write(line += '\n');
  }
  file.close();
}

/// The content of a file and the file's name for messages.
struct NamedText {
  std::string name;
  std::string_view text;
};

/// Where an appended column goes: the number of the column it replaces, or none.
inline std::optional<std::size_t> replaced_csv_column(const CsvRecords& records,
                                                      const std::vector<std::string>& names,
                                                      const std::string& column, bool replace) {
  if (std::find(names.begin(), names.end(), column) == names.end()) return std::nullopt;
  if (!replace)
    records.refuse(records.record_place(), "expected no column " + excerpt(column) +
                                               " yet, got one (CsvOptions::replace_column "
                                               "allows it)");
  return find_csv_column(records, names, column);
}

/// The text of a CSV file with one more column, or with new values in an old one.
template <class T>
std::string with_csv_column(const NamedText& csv, const std::string& column,
                            const Vector<T>& values, const CsvOptions& options) {
  CsvRecords records(csv.name, csv.text, options.separator);
  std::vector<CsvField> fields;
  const CsvColumns columns = read_csv_columns(records, fields, options.header, {});
  std::optional<std::size_t> replaced;
  if (options.header)
    replaced = replaced_csv_column(records, columns.names, column, options.replace_column);
  CsvCopy copy(csv.text);
  const auto put = [&](const std::string& field) {
    const std::string_view record = records.record();
    if (replaced)
      copy.put(fields[*replaced].raw(), field);
    else
      copy.put(record.substr(record.size()), options.separator + field);
  };
  if (options.header) put(csv_name(column));
  Index n_records = 0;
  for_each_csv_row(records, fields, options.header, [&](const auto&) {
    std::string number;
    if (n_records < values.size()) append_number(number, values[n_records]);
    put(number);
    ++n_records;
  });
  if (n_records != values.size())
    refuse("append_csv_column", "values must have one entry per record (" + printed(n_records) +
                                    "), got " + printed(values.size()));
  return std::move(copy).finish();
}

}  // namespace detail

/// Any dense Eigen matrix expression of floating point numbers or integers.
template <class X>
concept NumberMatrix = MatrixOf<X, typename X::Scalar> &&
    std::is_arithmetic_v<typename X::Scalar> && !std::same_as<typename X::Scalar, bool>;

/// Reads numbers from a text file: one sample a line, one feature a column.
///
/// Strict: a field that is not a number, a missing value, a line with too few or too many fields, a
/// blank line inside the file, an unpaired quote and a \r without \n are errors, never guesses.
/// Lines end with \n or \r\n, the last one may lack it, and a UTF-8 mark at the beginning is skipped.
/// Fields and names may stand in double quotes (a quote inside is doubled; separators and line ends
/// inside are text); blanks around unquoted ones do not count. Numbers have a point whatever the
/// locale is, and are rounded correctly to S; "inf" is a number. Columns that are not selected may
/// hold any text.
///
/// Cost        O(size of the file) time; memory for the text and up to three copies of the values.
/// Throws      FileError "path:line:character: expected …, got …" (both from 1, as editors count)
///             that names the column; std::invalid_argument for a separator that cannot be one.
///
/// @code
/// const auto customers = unlabeled::read_csv<double>(
///     "customers.csv", {.separator = ';', .columns = {"age", "income"}});
/// unlabeled::KMeans<double> kmeans({.n_clusters = 4});
/// kmeans.fit(customers.values);
/// @endcode
template <Real S>
Table<S> read_csv(const std::filesystem::path& path, const CsvOptions& options = {}) {
  detail::check_csv_separator("read_csv", options.separator);
  return detail::parse_csv<S>(detail::shown(path), detail::read_text(path), options);
}

/// Reads one column of a CSV file as text (the names of customers, known classes).
/// `options.columns` and the options about missing values are not looked at.
/// Throws as read_csv() does.
inline std::vector<std::string> read_csv_column(const std::filesystem::path& path,
                                                const std::string& column,
                                                const CsvOptions& options = {}) {
  detail::check_csv_separator("read_csv_column", options.separator);
  const std::string text = detail::read_text(path);
  detail::CsvRecords records(detail::shown(path), text, options.separator);
  std::vector<detail::CsvField> first;
  const auto columns = detail::read_csv_columns(records, first, options.header, {column});
  std::vector<std::string> values;
  detail::for_each_csv_row(records, first, options.header, [&](const auto& fields) {
    values.push_back(fields[columns.chosen.front()].value());
  });
  return values;
}

/// Writes a matrix as comma-separated text under a line with the names of its columns (no such line
/// if `columns` is empty). Every number has the fewest digits that read_csv() turns into the same
/// bits; NaN becomes "nan".
///
/// Throws      FileError if the file cannot be written whole; std::invalid_argument if the number
///             of names is not that of the columns.
template <NumberMatrix X>
void write_csv(const std::filesystem::path& path, const X& x,
               const std::vector<std::string>& columns = {}) {
  detail::write_csv_rows(path, View<X>(x), columns);
}

/// Copies a CSV file as it stands (text columns, line ends, UTF-8 mark) with one more column at its
/// end: the segment of each customer, the score of each sample.
///
/// `values` has an entry for each record of the source, in its order. `options` tell how to read
/// the source (header, separator). A column of that name that is there already is an error, or with
/// options.replace_column gets the new values where it stands; without a header there are no names.
/// The same path may be given twice: the content is written beside `path` and then renamed, so a
/// failure leaves an earlier file as it was (a pipe or a device is written directly).
/// Throws as read_csv() and write_csv() do; std::invalid_argument if the number of values is not
/// that of the records.
///
/// @code
/// unlabeled::append_csv_column("customers.csv", "segments.csv", "segment", kmeans.labels());
/// @endcode
template <NumberMatrix X>
requires(bool(X::IsVectorAtCompileTime)) void append_csv_column(const std::filesystem::path& source,
                                                                const std::filesystem::path& path,
                                                                const std::string& column,
                                                                const X& values,
                                                                const CsvOptions& options = {}) {
  detail::check_csv_separator("append_csv_column", options.separator);
  const std::string text = detail::read_text(source);
  const Vector<typename X::Scalar> entries = values;
  detail::replace_text(
      path, detail::with_csv_column({detail::shown(source), text}, column, entries, options));
}

}  // namespace unlabeled
