// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/large_matrix.hpp"
#include "unlabeled/neighbors/spanning_edge.hpp"

namespace unlabeled::detail {

/// Samples in double times a power of two, each place once: equal samples are joined by edges of
/// length 0 to the first of them, which then stands for all.
struct DistinctSamples {
  RowMatrix<double> points;
  std::vector<Index> sample;             ///< number of each point, ascending
  std::vector<SpanningEdge> duplicates;  ///< from the first sample at a place to each further one
};

/// A number that equal rows share and others hardly ever do.
inline std::uint64_t fingerprint(const double* row, Index n_features) {
  std::uint64_t bits = 0;
  for (Index j = 0; j < n_features; ++j) {
    bits ^= std::bit_cast<std::uint64_t>(row[j] + 0.0);  // -0 equals 0
    bits *= 0x9e3779b97f4a7c15u;
    bits ^= bits >> 32;
  }
  bits *= 0xd6e8feb86659fd93u;
  return bits ^ (bits >> 32);
}

/// A table of the rows of a matrix by value, open addressing.
class RowTable {
 public:
  explicit RowTable(Index n_rows)
      : slots_(std::bit_ceil(2 * static_cast<std::size_t>(n_rows)), Index{-1}) {}

  /// The row entered before that equals `row` of `points`, or else `row`, now entered.
  Index first_equal(const RowMatrix<double>& points, Index row) {
    const std::size_t mask = slots_.size() - 1;
    const double* values = points.data() + row * points.cols();
    std::size_t slot = fingerprint(values, points.cols()) & mask;
    for (; slots_[slot] >= 0; slot = (slot + 1) & mask) {
      const double* other = points.data() + slots_[slot] * points.cols();
      Index equal = 0;
      while (equal < points.cols() && values[equal] == other[equal]) ++equal;
      if (equal == points.cols()) return slots_[slot];
    }
    return slots_[slot] = row;
  }

 private:
  std::vector<Index> slots_;
};

/// Time O(n d), memory n (d + 5) numbers.
template <Real S> DistinctSamples distinct_samples(const Samples<S>& x, double unit) {
  DistinctSamples distinct;
  distinct.points = large_matrix<RowMatrix<double>>(x.n_samples, x.n_features);
  distinct.sample.reserve(static_cast<std::size_t>(x.n_samples));
  RowTable table(x.n_samples);
  Index n_distinct = 0;
  for (Index i = 0; i < x.n_samples; ++i) {
    for (Index j = 0; j < x.n_features; ++j)
      distinct.points(n_distinct, j) = static_cast<double>(x(i, j)) * unit;
    const Index first = table.first_equal(distinct.points, n_distinct);
    if (first == n_distinct) {
      distinct.sample.push_back(i);
      ++n_distinct;
    } else {
      distinct.duplicates.push_back({distinct.sample[static_cast<std::size_t>(first)], i, 0.0});
    }
  }
  if (n_distinct < x.n_samples)
    distinct.points = RowMatrix<double>(distinct.points.topRows(n_distinct));
  return distinct;
}

}  // namespace unlabeled::detail
