// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>

#include "unlabeled/core/types.hpp"

namespace unlabeled {
inline namespace testing {

/// Relative error that a well-conditioned computation in S stays below: about 400 000 roundings of
/// double, 800 of float.
template <Real S> constexpr double tolerance() { return std::same_as<S, double> ? 1e-10 : 1e-4; }

/// Largest difference of two matrices of equal shape, relative to the largest entry of `expected`
/// (absolute where that is below 1). Computed in double.
template <class Actual, class Expected>
double relative_error(const Actual& actual, const Expected& expected) {
  if (actual.rows() != expected.rows() || actual.cols() != expected.cols()) return 1e300;
  if (actual.size() == 0) return 0;
  const Matrix<double> a = actual.template cast<double>(), e = expected.template cast<double>();
  return (a - e).cwiseAbs().maxCoeff() / std::max(1.0, e.cwiseAbs().maxCoeff());
}

}  // namespace testing
}  // namespace unlabeled
