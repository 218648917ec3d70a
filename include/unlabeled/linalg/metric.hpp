// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "unlabeled/core/check.hpp"
#include "unlabeled/core/types.hpp"

// How far apart two samples are: the measures that estimators offer, their definitions in double,
// and what each asks of its data.

namespace unlabeled {

/// Distance between samples a and b.
enum class Metric {
  euclidean,   ///< sqrt(sum of (a_j - b_j)²)
  manhattan,   ///< sum of |a_j - b_j|
  chebyshev,   ///< greatest |a_j - b_j|
  cosine,      ///< 1 - a·b / (|a| |b|), from 0 to 2; a sample of zeros has none
  precomputed  ///< X is the n_samples x n_samples matrix of distances
};

namespace detail {

inline void check_metric(const char* owner, Metric metric) {
  const int number = static_cast<int>(metric);
  check_option(number >= 0 && number <= static_cast<int>(Metric::precomputed), owner, "metric",
               "a member of Metric", number);
}

template <Real S> double squared_euclidean_distance(const S* a, const S* b, Index n_features) {
  double sum = 0;
  for (Index j = 0; j < n_features; ++j) {
    const double difference = static_cast<double>(a[j]) - static_cast<double>(b[j]);
    sum += difference * difference;
  }
  return sum;
}

template <Real S> double manhattan_distance(const S* a, const S* b, Index n_features) {
  double sum = 0;
  for (Index j = 0; j < n_features; ++j)
    sum += std::abs(static_cast<double>(a[j]) - static_cast<double>(b[j]));
  return sum;
}

template <Real S> double chebyshev_distance(const S* a, const S* b, Index n_features) {
  double largest = 0;
  for (Index j = 0; j < n_features; ++j)
    largest = std::max(largest, std::abs(static_cast<double>(a[j]) - static_cast<double>(b[j])));
  return largest;
}

template <Real S> double cosine_distance(const S* a, const S* b, Index n_features) {
  double product = 0, a_squared = 0, b_squared = 0;
  for (Index j = 0; j < n_features; ++j) {
    const double p = static_cast<double>(a[j]), q = static_cast<double>(b[j]);
    product += p * q, a_squared += p * p, b_squared += q * q;
  }
  return std::max(0.0, 1 - product / (std::sqrt(a_squared) * std::sqrt(b_squared)));
}

/// The distance by its definition, in double from differences: the yardstick of faster ways. Both
/// samples are contiguous. Metric::precomputed has no samples.
template <Real S> double distance(Metric metric, const S* a, const S* b, Index n_features) {
  switch (metric) {
    case Metric::manhattan:
      return manhattan_distance(a, b, n_features);
    case Metric::chebyshev:
      return chebyshev_distance(a, b, n_features);
    case Metric::cosine:
      return cosine_distance(a, b, n_features);
    default:
      return std::sqrt(squared_euclidean_distance(a, b, n_features));
  }
}

/// Metric::cosine needs directions.
template <class V> void check_directions(const char* owner, const V& x) {
  for (Index i = 0; i < x.rows(); ++i)
    if ((x.row(i).array() == 0).all())
      refuse(owner, "X has a sample of zeros at row " + printed(i) +
                        ", which has no direction as metric cosine needs");
}

/// Metric::precomputed needs a square, symmetric matrix without negative entries and with a zero
/// diagonal; symmetric up to the rounding of a few operations.
template <class V> void check_distances(const char* owner, const V& x) {
  using S = typename V::Scalar;
  if (x.rows() != x.cols())
    refuse(owner, "X must be square as metric precomputed needs, got " + printed(x.rows()) + " x " +
                      printed(x.cols()));
  const auto complain = [&](Index i, Index j, const std::string& expected) {
    refuse(owner, "X must be " + expected + " as metric precomputed needs, got " +
                      printed(x.coeff(i, j)) + " at row " + printed(i) + ", column " + printed(j));
  };
  constexpr S slack = 64 * std::numeric_limits<S>::epsilon();
  for (Index i = 0; i < x.rows(); ++i) {
    if (x.coeff(i, i) != 0) complain(i, i, "zero on its diagonal");
    for (Index j = 0; j < i; ++j) {
      const S here = x.coeff(i, j), there = x.coeff(j, i);
      if (here < 0) complain(i, j, ">= 0");
      if (there < 0) complain(j, i, ">= 0");
      if (std::abs(here - there) > slack * std::max(here, there)) complain(i, j, "symmetric");
    }
  }
}

}  // namespace detail
}  // namespace unlabeled
