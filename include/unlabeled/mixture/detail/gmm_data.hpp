// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <utility>

#include "unlabeled/core/errors.hpp"
#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/moments.hpp"
#include "unlabeled/linalg/scan.hpp"
#include "unlabeled/mixture/detail/gmm_frame.hpp"

namespace unlabeled::detail {

/// Training samples with their weights, and the frame they are seen in.
template <Real S> struct MixtureData {
  Samples<S> x;
  Vector<double> weights;  // the greatest from 1 to 2; none: empty
  double total_weight;
  Vector<double> mean, variance;
  FeatureFrame frame;

  MixtureData(Team& team, const Samples<S>& samples, Vector<double> sample_weight,
              double regularization)
      : MixtureData(samples, relative(std::move(sample_weight)), team, regularization) {}

 private:
  MixtureData(const Samples<S>& samples, Vector<double> relative_weight, Team& team,
              double regularization)
      : MixtureData(samples, relative_weight,
                    relative_weight.size() > 0 ? column_moments(team, samples, relative_weight)
                                               : column_moments(team, samples),
                    regularization) {}
  MixtureData(const Samples<S>& samples, Vector<double> relative_weight,
              const ColumnMoments& moments, double regularization)
      : x(samples),
        weights(std::move(relative_weight)),
        total_weight(moments.weight),
        mean(moments.mean),
        variance(checked(moments)),
        frame(mean, variance.array() + regularization) {}

  /// A power of two brings weights of any size to about 1 without changing their digits. Weight by
  /// weight, because the power itself may be out of range.
  static Vector<double> relative(Vector<double> weights) {
    if (weights.size() == 0) return weights;
    const int exponent = std::ilogb(weights.maxCoeff());
    for (double& weight : weights) weight = std::ldexp(weight, -exponent);
    return weights;
  }
  static Vector<double> checked(const ColumnMoments& moments) {
    if (!all_finite(moments))
      throw NumericalError("GMM: the variance of X overflows; scale the features first");
    return moments.variance();
  }
};

}  // namespace unlabeled::detail
