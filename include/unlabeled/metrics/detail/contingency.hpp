// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <vector>

#include "unlabeled/core/check.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/metrics/detail/labels.hpp"

// How two labelings of the same samples meet, and the sums that the agreement scores are made of.
// Counts are integers; logarithms are taken of one ratio, so that equal counts give exactly 0.

namespace unlabeled::detail {

/// Non-zero entries only: two labelings of n samples with n labels each need n cells, not n^2.
struct Contingency {
  struct Cell {
    Index row, column, count;
  };
  std::vector<Cell> cells;      ///< row by row, columns ascending
  Vector<Index> row_totals;     ///< samples per true label
  Vector<Index> column_totals;  ///< samples per predicted label
  std::int64_t n_samples = 0;

  /// Every predicted label lies within one true label.
  [[nodiscard]] bool columns_are_pure() const { return n_cells() == column_totals.size(); }
  /// Every true label lies within one predicted label.
  [[nodiscard]] bool rows_are_pure() const { return n_cells() == row_totals.size(); }
  /// The labelings differ in names only.
  [[nodiscard]] bool is_perfect() const { return columns_are_pure() && rows_are_pure(); }

  [[nodiscard]] Matrix<Index> dense() const {
    Matrix<Index> counts = Matrix<Index>::Zero(row_totals.size(), column_totals.size());
    for (const Cell& cell : cells) counts(cell.row, cell.column) = cell.count;
    return counts;
  }

 private:
  [[nodiscard]] Index n_cells() const { return static_cast<Index>(cells.size()); }
};

inline Contingency contingency(const LabelCodes& rows, const LabelCodes& columns) {
  const LabelGroups row_groups = group(rows);
  Contingency table;
  table.n_samples = rows.code.size();
  table.row_totals =
      row_groups.begin.tail(rows.n_labels()) - row_groups.begin.head(rows.n_labels());
  table.column_totals = Vector<Index>::Zero(columns.n_labels());
  Vector<Index> counts = Vector<Index>::Zero(columns.n_labels());
  std::vector<Index> met;
  for (Index row = 0; row < rows.n_labels(); ++row) {
    met.clear();
    for (Index at = row_groups.begin(row); at < row_groups.begin(row + 1); ++at) {
      const Index column = columns.code(row_groups.sample(at));
      if (counts(column)++ == 0) met.push_back(column);
    }
    std::sort(met.begin(), met.end());
    for (const Index column : met) {
      table.cells.push_back({row, column, counts(column)});
      table.column_totals(column) += counts(column);
      counts(column) = 0;
    }
  }
  return table;
}

inline void check_same_length(const char* owner, const LabelsView& labels_true,
                              const LabelsView& labels_pred) {
  if (labels_true.size() != labels_pred.size())
    refuse(owner, "labels_true and labels_pred must have the same length, got " +
                      printed(labels_true.size()) + " and " + printed(labels_pred.size()));
}

inline Contingency checked_contingency(const char* owner, const LabelsView& labels_true,
                                       const LabelsView& labels_pred) {
  check_same_length(owner, labels_true, labels_pred);
  return contingency(encode(labels_true), encode(labels_pred));
}

/// Pairs of samples by whether each labeling puts them together. Exact up to 4e9 samples.
struct PairCounts {
  std::int64_t both, only_true, only_pred, neither;
};

inline PairCounts count_pairs(const Contingency& table) {
  auto pairs = [](std::int64_t n) { return n % 2 == 0 ? n / 2 * (n - 1) : (n - 1) / 2 * n; };
  std::int64_t both = 0, in_rows = 0, in_columns = 0;
  for (const Contingency::Cell& cell : table.cells) both += pairs(cell.count);
  for (const Index total : table.row_totals) in_rows += pairs(total);
  for (const Index total : table.column_totals) in_columns += pairs(total);
  return {both, in_rows - both, in_columns - both,
          pairs(table.n_samples) - in_rows - in_columns + both};
}

/// In nats.
inline double entropy(const Vector<Index>& totals, std::int64_t n_samples) {
  const auto n = static_cast<double>(n_samples);
  double sum = 0;
  for (const Index total : totals) sum += static_cast<double>(total) * std::log(n / double(total));
  return totals.size() > 0 ? sum / n : 0;
}

/// In nats, >= 0.
inline double mutual_information(const Contingency& table) {
  const auto n = static_cast<double>(table.n_samples);
  double sum = 0;
  for (const Contingency::Cell& cell : table.cells) {
    const auto count = static_cast<double>(cell.count);
    const auto row_total = static_cast<double>(table.row_totals(cell.row));
    const auto column_total = static_cast<double>(table.column_totals(cell.column));
    sum += count * std::log(n * count / (row_total * column_total));
  }
  return table.cells.empty() ? 0 : std::max(0.0, sum / n);
}

inline double mean_entropy(const Contingency& table) {
  return (entropy(table.row_totals, table.n_samples) +
          entropy(table.column_totals, table.n_samples)) /
         2;
}

// Purity is a matter of counts, so the upper end of these three is exactly 1; and the entropy that
// they divide by is 0 only for one label, which is pure.

inline double homogeneity(const Contingency& table) {
  if (table.columns_are_pure()) return 1;
  return std::min(1.0, mutual_information(table) / entropy(table.row_totals, table.n_samples));
}

inline double completeness(const Contingency& table) {
  if (table.rows_are_pure()) return 1;
  return std::min(1.0, mutual_information(table) / entropy(table.column_totals, table.n_samples));
}

inline double normalized_mutual_information(const Contingency& table) {
  if (table.is_perfect()) return 1;
  return std::min(1.0, mutual_information(table) / mean_entropy(table));
}

/// Mean of (m / n) ln(n m / (a b)) when a and b of n samples are drawn at random and m is the
/// number drawn twice (hypergeometric). The probabilities follow from each other outwards from the
/// most likely m, and only their sum scales them: no factorials, no cancellation of large
/// logarithms.
inline double expected_information(double n, double a, double b) {
  const double least = std::max(0.0, a + b - n), most = std::min(a, b);
  const double mode = std::clamp(std::floor((a + 1) * (b + 1) / (n + 2)), least, most);
  auto information = [&](double m) { return m > 0 ? m / n * std::log(n * m / (a * b)) : 0.0; };
  double weights = 1, sum = information(mode);
  auto visit = [&](double m, double weight) {
    weights += weight;
    sum += weight * information(m);
    return weight > 1e-30;  // far below rounding of the sums
  };
  double weight = 1;
  for (double m = mode; m < most; ++m) {
    weight *= (a - m) * (b - m) / ((m + 1) * (n - a - b + m + 1));
    if (!visit(m + 1, weight)) break;
  }
  weight = 1;
  for (double m = mode; m > least; --m) {
    weight *= m * (n - a - b + m) / ((a - m + 1) * (b - m + 1));
    if (!visit(m - 1, weight)) break;
  }
  return sum / weights;
}

/// Mean mutual information of random labelings with the totals of the table. Equal totals are
/// computed once: of n samples there are at most about 2 n different pairs of totals.
inline double expected_mutual_information(const Contingency& table) {
  std::map<Index, double> rows, columns;
  for (const Index total : table.row_totals) ++rows[total];
  for (const Index total : table.column_totals) ++columns[total];
  const auto n = static_cast<double>(table.n_samples);
  double sum = 0;
  for (const auto& [row_total, n_rows] : rows)
    for (const auto& [column_total, n_columns] : columns)
      sum += n_rows * n_columns * expected_information(n, double(row_total), double(column_total));
  return sum;
}

}  // namespace unlabeled::detail
