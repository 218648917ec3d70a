// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

#include "unlabeled/core/types.hpp"

namespace unlabeled::detail {

/// Sets of {0, …, n - 1} that are united step by step, by one thread. A call takes amortised
/// logarithmic time: paths are halved on the way.
class DisjointSets {
 public:
  explicit DisjointSets(Index n) : parent_(static_cast<std::size_t>(n)) {
    std::iota(parent_.begin(), parent_.end(), Index{0});
  }

  /// The same member for all of a set.
  Index root(Index member) {
    while (parent(member) != member) member = parent(member) = parent(parent(member));
    return member;
  }

  /// Of two roots, the first becomes that of both sets.
  void join(Index first, Index second) { parent(second) = first; }

  /// Unites the sets of two members under the smaller root. Whether they were apart.
  bool unite(Index first, Index second) {
    first = root(first), second = root(second);
    if (first == second) return false;
    join(std::min(first, second), std::max(first, second));
    return true;
  }

 private:
  Index& parent(Index member) { return parent_[static_cast<std::size_t>(member)]; }

  std::vector<Index> parent_;
};

}  // namespace unlabeled::detail
