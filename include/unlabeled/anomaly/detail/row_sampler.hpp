// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "unlabeled/core/random.hpp"
#include "unlabeled/core/types.hpp"

namespace unlabeled::detail {

/// m of n different rows in O(m), whatever n is (Floyd's method), with memory that serves all trees
/// of a worker.
class RowSampler {
 public:
  explicit RowSampler(Index most)
      : table_(std::bit_ceil(2 * static_cast<std::size_t>(most)), {-1, -1}) {}

  void draw(Rng& rng, Index n, std::vector<Index>& rows) {
    ++round_;
    Index j = n - static_cast<Index>(rows.size());
    for (Index& row : rows) {
      row = rng.index_below(j + 1);
      if (!insert(row)) insert(row = j);
      ++j;
    }
  }

 private:
  struct Entry {
    Index row, round;
  };

  /// Whether the row was not there yet.
  bool insert(Index row) {
    const std::size_t mask = table_.size() - 1;
    std::size_t place = (static_cast<std::uint64_t>(row) * 0x9E3779B97F4A7C15u >> 20) & mask;
    for (; table_[place].round == round_; place = (place + 1) & mask)
      if (table_[place].row == row) return false;
    table_[place] = {row, round_};
    return true;
  }

  std::vector<Entry> table_;
  Index round_ = 0;
};

}  // namespace unlabeled::detail
