// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "support/data.hpp"
#include "support/instances/gmm.hpp"
#include "support/tolerance.hpp"

namespace unlabeled {
inline namespace testing {

inline const std::vector<CovarianceType> all_types{CovarianceType::full, CovarianceType::tied,
                                                   CovarianceType::diag, CovarianceType::spherical};

/// A start at these means: equal weights, the variances of the data (spherical: their mean).
template <Real S>
GMMModel<S> start_at(const Matrix<S>& x, const Matrix<S>& means, CovarianceType type) {
  const Matrix<double> data = x.template cast<double>();
  const Eigen::RowVectorXd mean = data.colwise().mean();
  Vector<double> variance = (data.rowwise() - mean).array().square().colwise().mean().transpose();
  if (type == CovarianceType::spherical) variance.setConstant(double(variance.mean()));
  GMMModel<S> start;
  start.weights = Vector<S>::Constant(means.rows(), S(1) / static_cast<S>(means.rows()));
  start.means = means;
  start.covariances.assign(static_cast<std::size_t>(means.rows()),
                           Matrix<S>(variance.template cast<S>().asDiagonal()));
  return start;
}

/// Largest relative difference of weights, means and covariances.
template <class A, class B> double parameter_error(const A& a, const B& b) {
  double error =
      std::max(relative_error(a.weights(), b.weights()), relative_error(a.means(), b.means()));
  for (std::size_t k = 0; k < a.covariances().size(); ++k)
    error = std::max(error, relative_error(a.covariances()[k], b.covariances()[k]));
  return error;
}

}  // namespace testing
}  // namespace unlabeled
