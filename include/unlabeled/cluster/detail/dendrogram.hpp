// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "unlabeled/core/check.hpp"
#include "unlabeled/core/disjoint_sets.hpp"
#include "unlabeled/core/types.hpp"

// The hierarchy as a table in SciPy's format, and what can be read from it. Row s merges the
// clusters in columns 0 and 1 into cluster n + s; clusters below n are the samples themselves.

namespace unlabeled::detail {

/// The clusters that hold the samples a and b become one.
struct Merge {
  Index a;
  Index b;
  double height;
};

/// Which of equally near clusters is nearer: the one with the lesser number here. Symmetric, and
/// different for all b, so that among equal distances there always are pairs that are each other's
/// nearest; and (unlike with the lowest number) many of them, even when all samples are equal.
inline Index tie_of(Index a, Index b) { return a ^ b; }

/// Columns of the table.
enum DendrogramColumn : Index { first_column, second_column, height_column, size_column };

/// Sorts merges by height. No merge may be lower than one inside its clusters: what rounding took
/// is given back first. Merges of equal height keep their order, in which inner ones come first.
inline void sort_by_height(std::vector<Merge>& merges) {
  const auto n = static_cast<Index>(merges.size()) + 1;
  DisjointSets sets(n);
  std::vector<double> top(static_cast<std::size_t>(n), 0.0);
  for (Merge& merge : merges) {
    const Index a = sets.root(merge.a), b = sets.root(merge.b);
    double& highest = top[static_cast<std::size_t>(a)];
    highest = std::max(merge.height, std::max(highest, top[static_cast<std::size_t>(b)]));
    merge.height = highest;
    sets.join(a, b);
  }
  std::stable_sort(merges.begin(), merges.end(),
                   [](const Merge& one, const Merge& other) { return one.height < other.height; });
}

/// The table of merges in their order.
inline Matrix<double> linkage_table(const std::vector<Merge>& merges) {
  const auto n = static_cast<Index>(merges.size()) + 1;
  Matrix<double> table(n - 1, 4);
  DisjointSets sets(n);
  std::vector<Index> cluster(static_cast<std::size_t>(n)), size(static_cast<std::size_t>(n), 1);
  std::iota(cluster.begin(), cluster.end(), Index{0});
  for (Index s = 0; s < n - 1; ++s) {
    const Merge& merge = merges[static_cast<std::size_t>(s)];
    const auto a = static_cast<std::size_t>(sets.root(merge.a));
    const auto b = static_cast<std::size_t>(sets.root(merge.b));
    table(s, first_column) = static_cast<double>(std::min(cluster[a], cluster[b]));
    table(s, second_column) = static_cast<double>(std::max(cluster[a], cluster[b]));
    table(s, height_column) = merge.height;
    const Index n_members = size[a] + size[b];
    table(s, size_column) = static_cast<double>(n_members);
    const auto [kept, joined] = size[a] < size[b] ? std::pair(b, a) : std::pair(a, b);
    sets.join(static_cast<Index>(kept), static_cast<Index>(joined));
    size[kept] = n_members;
    cluster[kept] = n + s;
  }
  return table;
}

/// The two clusters of a row.
inline std::pair<Index, Index> children(const Matrix<double>& table, Index row) {
  return {static_cast<Index>(table(row, first_column)),
          static_cast<Index>(table(row, second_column))};
}

/// What every table keeps to.
inline void check_linkage_table(const char* owner, const Matrix<double>& table) {
  const char* const name = "model.linkage_matrix";
  if (table.cols() != 4) refuse(owner, std::string(name) + " must have 4 columns");
  check_finite(owner, name, table);
  const Index n = table.rows() + 1;
  std::vector<double> size(static_cast<std::size_t>(2 * n - 1), 1);  // 0 = in a cluster already
  for (Index s = 0; s < n - 1; ++s) {
    double members = 0;
    for (const Index column : {first_column, second_column}) {
      const double child = table(s, column);
      const bool exists =
          child >= 0 && child < static_cast<double>(n + s) && child == std::floor(child);
      double* const its = exists ? &size[static_cast<std::size_t>(child)] : nullptr;
      if (!its || *its == 0)
        refuse(owner, std::string(name) +
                          " must merge two clusters in each row that no row before" +
                          " merged, got " + printed(child) + " in row " + printed(s));
      members += std::exchange(*its, 0);
    }
    size[static_cast<std::size_t>(n + s)] = members;
    if (table(s, height_column) < 0 || table(s, size_column) != members)
      refuse(owner, std::string(name) + " must have heights >= 0 and counts of samples, got " +
                        printed(table(s, height_column)) + " and " +
                        printed(table(s, size_column)) + " in row " + printed(s));
  }
}

/// For each row the greatest height in its subtree, itself included: never less than a child's.
inline Vector<double> greatest_heights(const Matrix<double>& table) {
  const Index n = table.rows() + 1;
  Vector<double> greatest = table.col(height_column);
  for (Index s = 0; s < n - 1; ++s) {
    const auto [a, b] = children(table, s);
    for (const Index child : {a, b})
      if (child >= n) greatest[s] = std::max(greatest[s], greatest[child - n]);
  }
  return greatest;
}

/// A label per sample when the merges of the marked rows are made, by first appearance. With a row
/// all rows in its subtree must be marked.
inline Labels labels_of_cut(const Matrix<double>& table, const std::vector<bool>& is_made) {
  const Index n = table.rows() + 1;
  std::vector<int> label(static_cast<std::size_t>(2 * n - 1), -1);
  // From the root down: the number of the cluster that each node lies in, -1 above the cut.
  std::vector<Index> top(static_cast<std::size_t>(2 * n - 1));
  std::iota(top.begin(), top.end(), Index{0});
  for (Index s = n - 2; s >= 0; --s) {
    if (!is_made[static_cast<std::size_t>(s)]) continue;
    const auto [a, b] = children(table, s);
    top[static_cast<std::size_t>(a)] = top[static_cast<std::size_t>(b)] =
        top[static_cast<std::size_t>(n + s)];
  }
  Labels labels(n);
  int next = 0;
  for (Index i = 0; i < n; ++i) {
    int& mine = label[static_cast<std::size_t>(top[static_cast<std::size_t>(i)])];
    if (mine < 0) mine = next++;
    labels[i] = mine;
  }
  return labels;
}

/// Makes all merges whose subtree has no height above the distance.
inline Labels labels_at(const Matrix<double>& table, double distance) {
  const Vector<double> greatest = greatest_heights(table);
  std::vector<bool> is_made(static_cast<std::size_t>(table.rows()));
  for (Index s = 0; s < table.rows(); ++s)
    is_made[static_cast<std::size_t>(s)] = greatest[s] <= distance;
  return labels_of_cut(table, is_made);
}

/// Makes the n - n_clusters lowest merges, by the greatest height in their subtree, the earlier row
/// first where that is equal.
inline Labels labels_of(const Matrix<double>& table, Index n_clusters) {
  const Vector<double> greatest = greatest_heights(table);
  std::vector<Index> order(static_cast<std::size_t>(table.rows()));
  std::iota(order.begin(), order.end(), Index{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](Index one, Index other) { return greatest[one] < greatest[other]; });
  std::vector<bool> is_made(order.size(), false);
  for (Index i = 0; i < table.rows() + 1 - n_clusters; ++i)
    is_made[static_cast<std::size_t>(order[static_cast<std::size_t>(i)])] = true;
  return labels_of_cut(table, is_made);
}

/// Samples from left to right when the tree is drawn with the cluster of column 0 on the left.
inline std::vector<Index> leaves_in_order(const Matrix<double>& table) {
  const Index n = table.rows() + 1;
  std::vector<Index> leaves, waiting{2 * n - 2};
  leaves.reserve(static_cast<std::size_t>(n));
  while (!waiting.empty()) {
    const Index node = waiting.back();
    waiting.pop_back();
    if (node < n) {
      leaves.push_back(node);
      continue;
    }
    const auto [left, right] = children(table, node - n);
    waiting.push_back(right);
    waiting.push_back(left);
  }
  return leaves;
}

/// For all pairs i < j, row after row, the height of the merge that first puts them together.
inline Vector<double> cophenetic(const Matrix<double>& table) {
  const Index n = table.rows() + 1;
  const std::vector<Index> leaves = leaves_in_order(table);
  Vector<double> distances(n * (n - 1) / 2);
  // Every node is a run of leaves; those of its children touch.
  std::vector<Index> begin(static_cast<std::size_t>(2 * n - 1)), end(begin.size());
  for (Index place = 0; place < n; ++place) {
    const auto leaf = static_cast<std::size_t>(leaves[static_cast<std::size_t>(place)]);
    begin[leaf] = place, end[leaf] = place + 1;
  }
  for (Index s = 0; s < n - 1; ++s) {
    const auto left = static_cast<std::size_t>(children(table, s).first);
    const auto right = static_cast<std::size_t>(children(table, s).second);
    const double height = table(s, height_column);
    for (Index p = begin[left]; p < end[left]; ++p)
      for (Index q = begin[right]; q < end[right]; ++q) {
        const Index one = leaves[static_cast<std::size_t>(p)];
        const Index other = leaves[static_cast<std::size_t>(q)];
        const Index i = std::min(one, other), j = std::max(one, other);
        distances[n * i - i * (i + 1) / 2 + j - i - 1] = height;
      }
    begin[static_cast<std::size_t>(n + s)] = begin[left];
    end[static_cast<std::size_t>(n + s)] = end[right];
  }
  return distances;
}

}  // namespace unlabeled::detail
