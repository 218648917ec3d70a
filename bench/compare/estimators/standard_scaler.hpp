// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>

#include "../tasks.hpp"
#include "unlabeled/preprocessing/standard_scaler.hpp"

namespace compare {

/// How far the columns are from mean 0 and deviation 1, in double.
template <class Z> double scaling_error(const Z& z) {
  double worst = 0;
  for (Index j = 0; j < z.cols(); ++j) {
    double mean = 0, square = 0;
    for (Index i = 0; i < z.rows(); ++i) mean += static_cast<double>(z(i, j));
    mean /= static_cast<double>(z.rows());
    for (Index i = 0; i < z.rows(); ++i) {
      const double e = static_cast<double>(z(i, j)) - mean;
      square += e * e;
    }
    const double deviation = std::sqrt(square / static_cast<double>(z.rows()));
    worst = std::max({worst, std::abs(mean), std::abs(deviation - 1)});
  }
  return worst;
}

template <Real S> Reply run_scaler(const Request& request) {
  const auto& x = array<S>(request.text("x"));
  StandardScaler<S> scaler({.n_threads = request.n_threads()});
  Matrix<S> z;
  const double time = seconds([&] { z = scaler.fit_transform(x); });
  return {{"seconds", time}, {"error", scaling_error(z)}};
}

template <Real S> Tasks standard_scaler_tasks() { return {{"scaler", run_scaler<S>}}; }

}  // namespace compare
