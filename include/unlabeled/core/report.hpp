// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <limits>

#include "unlabeled/core/types.hpp"

namespace unlabeled {

namespace detail {
/// a * b for counts of what can come, or the greatest Index where the product is beyond it.
constexpr Index product_or_most(Index a, Index b) {
  constexpr Index most = std::numeric_limits<Index>::max();
  return a != 0 && b > most / a ? most : a * b;
}
/// a + b likewise.
constexpr Index sum_or_most(Index a, Index b) {
  constexpr Index most = std::numeric_limits<Index>::max();
  return b > most - a ? most : a + b;
}
}  // namespace detail

/// Why an iterative fit ended. Running out of iterations is a result, not an error.
enum class Stop { converged, max_iterations, callback };

/// What an iteration of a running fit reports.
struct Iteration {
  Index index = 0;       ///< 0 for the first
  Index total = 0;       ///< the most there can be (all restarts together)
  double objective = 0;  ///< meaning is fixed by each estimator's documentation
  double change = 0;     ///< the quantity that the estimator's stopping rule looks at
};

/// Called once per iteration on the thread that called fit(); return false to stop early with a
/// valid model.
using OnIteration = std::function<bool(const Iteration&)>;

/// How an iterative fit went.
struct Report {
  Index n_iterations = 0;
  double objective = 0;
  Stop stop = Stop::max_iterations;
};

}  // namespace unlabeled
