// SPDX-License-Identifier: MIT
#pragma once

#include "unlabeled/core/types.hpp"

// Kernels that many tests call are compiled once, in a library of their own, not in each test: a
// header here declares those of one estimator as `extern template`, the source of the same name
// instantiates them. Tests include it beside the estimator's header; without it they would compile
// the same code again, which takes longer than all else in them.

namespace unlabeled {
inline namespace testing {

template <class S> using ColumnView = View<Matrix<S>>;
template <class S> using RowView = View<RowMatrix<S>>;

}  // namespace testing
}  // namespace unlabeled

/// list(how, S, V) for both scalars and storage orders.
#define UNLABELED_FOR_EACH_VIEW(list, how)                             \
  list(how, float, ColumnView<float>) list(how, float, RowView<float>) \
      list(how, double, ColumnView<double>) list(how, double, RowView<double>)
