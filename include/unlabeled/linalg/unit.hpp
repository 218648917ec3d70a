// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"

// Squares leave the range of a scalar long before its values do: in float beyond 1e19 and below
// 1e-19. Measuring in another unit keeps them inside, and a power of two costs no digit.

namespace unlabeled::detail {

/// The factor that brings `largest` >= 0 to [1/2, 1) · 2^exponent, or as near as a power of two can
/// that is a normal number and has a normal inverse.
template <Real S> S unit_factor(S largest, int exponent = 0) {
  int present = 0;
  std::frexp(largest, &present);
  constexpr int most = std::numeric_limits<S>::max_exponent - 2;
  return std::ldexp(S(1), std::clamp(exponent - present, -most, most));
}

/// Where unit_factor() leaves room below for small values and above for sums of 2^44 squares.
template <Real S> constexpr int roomy_exponent = std::numeric_limits<S>::max_exponent / 2 - 24;

/// Whether values up to `largest` can be squared as they are: no sum of 2^44 squares overflows, and
/// differences of one rounding unit of `largest` have squares with all their digits.
template <Real S> bool squares_are_safe(S largest) {
  using Limits = std::numeric_limits<S>;
  constexpr int least = Limits::min_exponent / 2 + 3 * Limits::digits / 2;
  return largest == 0 ||
         (largest >= std::ldexp(S(1), least) && largest <= std::ldexp(S(1), roomy_exponent<S>));
}

/// The greatest absolute value in x, which has an entry.
template <class V> typename V::Scalar largest_magnitude(Team& team, const V& x) {
  using S = typename V::Scalar;
  const Chunks chunks{x.rows(), std::max<Index>(64, (Index{1} << 16) / x.cols())};
  Vector<S> largest(chunks.count());
  team.run(chunks.count(), [&](Index chunk, int) {
    const Range rows = chunks[chunk];
    largest[chunk] = x.middleRows(rows.begin, rows.size()).cwiseAbs().maxCoeff();
  });
  return largest.maxCoeff();
}

}  // namespace unlabeled::detail
