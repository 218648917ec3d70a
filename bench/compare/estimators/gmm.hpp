// SPDX-License-Identifier: MIT
#pragma once

#include <stdexcept>
#include <string>

#include "../tasks.hpp"
#include "unlabeled/mixture/gmm.hpp"

namespace compare {

inline CovarianceType covariance_type(const std::string& name) {
  if (name == "full") return CovarianceType::full;
  if (name == "tied") return CovarianceType::tied;
  if (name == "diag") return CovarianceType::diag;
  if (name == "spherical") return CovarianceType::spherical;
  throw std::invalid_argument("no covariance type " + name);
}

/// Equal weights and, for every component, the diagonal matrix of the variances of the data.
template <Real S> GMMModel<S> common_start(const RowMatrix<S>& x, const RowMatrix<S>& means) {
  Vector<double> variance(x.cols());
  for (Index t = 0; t < x.cols(); ++t) {
    const Vector<double> column = x.col(t).template cast<double>();
    variance[t] = (column.array() - column.mean()).square().mean();
  }
  GMMModel<S> start;
  start.weights = Vector<S>::Constant(means.rows(), S(1) / static_cast<S>(means.rows()));
  start.means = means;
  start.covariances.assign(static_cast<std::size_t>(means.rows()),
                           Matrix<S>(variance.cast<S>().asDiagonal()));
  return start;
}

template <Real S> Reply run_gmm_from(const Request& request) {
  const auto& x = array<S>(request.text("x"));
  const GMMModel<S> start = common_start<S>(x, array<S>(request.text("init")));
  GMM<S> gmm({.n_components = start.means.rows(),
              .covariance_type = covariance_type(request.text("covariance_type")),
              .tolerance = 0,
              .max_iterations = request.number("iterations"),
              .n_threads = request.n_threads()});
  const double time = seconds([&] { gmm.fit_from(x, start); });
  return {{"seconds", time},
          {"log_likelihood", gmm.score(x)},
          {"iterations", static_cast<double>(gmm.report().n_iterations)}};
}

template <Real S> Tasks gmm_tasks() { return {{"gmm_from", run_gmm_from<S>}}; }

}  // namespace compare
