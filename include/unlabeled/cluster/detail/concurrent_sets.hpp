// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "unlabeled/core/types.hpp"

namespace unlabeled::detail {

/// Sets of {0, …, n - 1} that any threads may unite at the same time, without locks. The root of a
/// set is its smallest member, whatever the order of the unions.
class ConcurrentSets {
 public:
  explicit ConcurrentSets(Index n) : parent_(static_cast<std::size_t>(n)) {
    for (std::size_t i = 0; i < parent_.size(); ++i)
      parent_[i].store(static_cast<std::uint32_t>(i), std::memory_order_relaxed);
  }

  std::uint32_t root(std::uint32_t i) {
    while (true) {
      const std::uint32_t parent = parent_[i].load(std::memory_order_relaxed);
      if (parent == i) return i;
      const std::uint32_t next = parent_[parent].load(std::memory_order_relaxed);
      if (next == parent) return parent;
      parent_[i].store(next, std::memory_order_relaxed);  // any ancestor will do
      i = next;
    }
  }
  std::uint32_t root(Index i) { return root(static_cast<std::uint32_t>(i)); }

  void unite(Index first, Index second) {
    std::uint32_t a = root(first), b = root(second);
    while (a != b) {
      if (a < b) std::swap(a, b);
      std::uint32_t expected = a;  // a root goes below a smaller one, if it still is a root
      if (parent_[a].compare_exchange_weak(expected, b, std::memory_order_relaxed)) return;
      a = root(a), b = root(b);
    }
  }

 private:
  std::vector<std::atomic<std::uint32_t>> parent_;
};

/// Numbers sets by their smallest member: from a root (below the number of labels) for each sample,
/// or -1, to 0, 1, … in order of appearance. Returns their number.
inline int number_clusters(Labels& labels) {
  std::vector<int> number(static_cast<std::size_t>(labels.size()), -1);
  int n_clusters = 0;
  for (int& label : labels) {
    if (label < 0) continue;
    int& mine = number[static_cast<std::size_t>(label)];
    if (mine < 0) mine = n_clusters++;
    label = mine;
  }
  return n_clusters;
}

}  // namespace unlabeled::detail
