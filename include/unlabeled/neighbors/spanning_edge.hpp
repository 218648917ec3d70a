// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <tuple>

#include "unlabeled/core/types.hpp"

namespace unlabeled::detail {

/// An edge between samples a < b.
struct SpanningEdge {
  Index a;
  Index b;
  double length;
};

/// The order that makes a minimum spanning tree unique: by length, equal ones by their samples.
inline bool operator<(const SpanningEdge& e, const SpanningEdge& f) {
  return std::tie(e.length, e.a, e.b) < std::tie(f.length, f.a, f.b);
}

inline SpanningEdge edge_between(Index i, Index j, double length) {
  return {std::min(i, j), std::max(i, j), length};
}

}  // namespace unlabeled::detail
