// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/metric.hpp"
#include "unlabeled/linalg/scan.hpp"
#include "unlabeled/linalg/unit.hpp"
#include "unlabeled/neighbors/distance_tile.hpp"

// A metric made ready for fast searches: coordinates in which packets of samples are compared, how
// far that can be from the truth, and the truth, which is the distance in double.

namespace unlabeled::detail {

/// Differences of samples in units in which a length given beforehand is about 1, so that squares
/// stay in range. The unit is a power of two: no digit differs from those of linalg/metric.hpp.
template <Real S> class MetricSpace {
 public:
  /// `length` is what distances are compared with; 0 takes the extent of the samples.
  MetricSpace(Metric metric, const Samples<S>& x, double length) : metric_(metric) {
    Vector<double> least(x.n_features), greatest(x.n_features);
    for (Index j = 0; j < x.n_features; ++j) least[j] = greatest[j] = static_cast<double>(x(0, j));
    for (Index i = 1; i < x.n_samples; ++i)
      for (Index j = 0; j < x.n_features; ++j) {
        const auto value = static_cast<double>(x(i, j));
        least[j] = value < least[j] ? value : least[j];
        greatest[j] = value > greatest[j] ? value : greatest[j];
      }
    const double extent = (0.5 * greatest - 0.5 * least).maxCoeff();
    if (metric == Metric::cosine) {
      frame_ = Frame(Vector<double>::Zero(x.n_features), 0);
      reach_ = 1;
      return;
    }
    // Not so small a unit that a factor overflows; the cut at limit<T> then says what is far.
    const double unit = std::clamp(length > 0 ? length : extent, 0x1p-1000, 0x1p1000);
    frame_ = Frame(0.5 * least + 0.5 * greatest, unit);
    reach_ = std::min(extent * frame_.scale, Frame::limit<double>);
  }

  [[nodiscard]] Metric metric() const { return metric_; }
  [[nodiscard]] Measure measure() const {
    return metric_ == Metric::manhattan   ? Measure::magnitudes
           : metric_ == Metric::chebyshev ? Measure::greatest
                                          : Measure::squares;
  }
  [[nodiscard]] Index n_features() const { return frame_.shift.size(); }

  /// A distance in the units of distance().
  [[nodiscard]] double in_units(double length) const {
    return metric_ == Metric::cosine ? length : length * frame_.scale;
  }
  /// The other way round.
  [[nodiscard]] double plain(double units) const {
    return metric_ == Metric::cosine ? units : units / frame_.scale;
  }

  /// Between sample i of a and sample j of b, in double.
  [[nodiscard]] double distance(const Samples<S>& a, Index i, const Samples<S>& b, Index j) const {
    const S* const from = a.data + i * a.row_stride;
    const S* const to = b.data + j * b.row_stride;
    const double scale = frame_.scale;
    const auto gap = [&](Index t) {
      return (static_cast<double>(from[t * a.column_stride]) -
              static_cast<double>(to[t * b.column_stride])) *
             scale;
    };
    double sum = 0;
    switch (metric_) {
      case Metric::cosine:
        return cosine(a, i, b, j);
      case Metric::manhattan:
        for (Index t = 0; t < a.n_features; ++t) sum += std::abs(gap(t));
        return sum;
      case Metric::chebyshev:
        for (Index t = 0; t < a.n_features; ++t) sum = std::max(sum, std::abs(gap(t)));
        return sum;
      default:
        for (Index t = 0; t < a.n_features; ++t) sum += gap(t) * gap(t);
        return std::sqrt(sum);
    }
  }

  /// Coordinates of a sample whose Measure is its distance to others (cosine: whose squared
  /// Euclidean distance is twice it), rounded to T.
  template <Real T> void coordinates(const Samples<S>& x, Index i, T* to) const {
    const S* const from = x.data + i * x.row_stride;
    if (metric_ == Metric::cosine) {
      const auto [factor, norm] = size_of(x, i);
      for (Index t = 0; t < x.n_features; ++t)
        to[t] = static_cast<T>(static_cast<double>(from[t * x.column_stride]) * factor / norm);
      return;
    }
    for (Index t = 0; t < x.n_features; t += Frame::strip)
      frame_.coordinates(from + t * x.column_stride, x.column_stride, t,
                         std::min(Frame::strip, x.n_features - t), to + t);
  }

  /// What coordinate() multiplies a sample by, for those in `members`: one number for each sample
  /// of x where the metric asks for directions, none otherwise.
  [[nodiscard]] Vector<double> factors(const Samples<S>& x,
                                       const std::vector<std::uint32_t>& members) const {
    if (metric_ != Metric::cosine) return {};
    Vector<double> factors = Vector<double>::Zero(x.n_samples);
    for (const std::uint32_t i : members) {
      const auto [factor, norm] = size_of(x, static_cast<Index>(i));
      factors[static_cast<Index>(i)] = factor / norm;
    }
    return factors;
  }
  /// One coordinate, for the choice of halves: here the last digit does not matter.
  template <Real T>
  [[nodiscard]] T coordinate(const Samples<S>& x, Index i, Index j,
                             const Vector<double>& factors) const {
    const auto value = static_cast<double>(x(i, j));
    if (factors.size() > 0) return static_cast<T>(value * factors[i]);
    const double framed = (value - frame_.shift[j]) * frame_.scale;
    return static_cast<T>(std::clamp(framed, -Frame::limit<T>, Frame::limit<T>));
  }

  /// The least and the greatest value of Measure over coordinates in T that a distance can have.
  template <Real T> [[nodiscard]] std::pair<T, T> bounds(double distance) const {
    constexpr double rounding = std::numeric_limits<T>::epsilon();
    const auto d = static_cast<double>(n_features());
    const bool squares = measure() == Measure::squares;
    const double length = metric_ == Metric::cosine ? std::sqrt(2 * distance) : distance;
    const double error = coordinate_error<T>() * 2 * (squares ? std::sqrt(d) : d);
    const double share = (d + 8) * rounding;
    // Cosines are differences from 1, in double: with an error of their own.
    const double own = metric_ == Metric::cosine ? (d + 8) * 0x1p-50 : 0;
    double low = length - error, high = length + error;
    if (squares) low *= std::abs(low), high *= high;  // below 0: nothing is certain
    low = low * (1 - share) - own;
    high = high * (1 + share) + own + std::numeric_limits<T>::min();
    constexpr double most = std::numeric_limits<T>::max();
    return {static_cast<T>(std::max(low, -1.0)), static_cast<T>(std::min(high, most))};
  }

  /// Whether T tells distances from `length` but for a few.
  template <Real T> [[nodiscard]] bool is_accurate(double length) const {
    const double d = static_cast<double>(n_features());
    const double units = metric_ == Metric::cosine ? std::sqrt(2 * length) : in_units(length);
    return 2 * coordinate_error<T>() * std::sqrt(d) <= 0x1p-8 * units;
  }

 private:
  template <Real T> [[nodiscard]] double coordinate_error() const {
    return (reach_ + 1) * std::numeric_limits<T>::epsilon();
  }

  struct Size {
    double factor, norm;
  };
  /// A power of two that brings the largest entry of a sample near 1, and its norm after that.
  static Size size_of(const Samples<S>& x, Index i) {
    double largest = 0, squares = 0;
    for (Index t = 0; t < x.n_features; ++t)
      largest = std::max(largest, std::abs(static_cast<double>(x(i, t))));
    const double factor = unit_factor(largest);
    for (Index t = 0; t < x.n_features; ++t) {
      const double value = static_cast<double>(x(i, t)) * factor;
      squares += value * value;
    }
    return {factor, std::sqrt(squares)};
  }

  static double cosine(const Samples<S>& a, Index i, const Samples<S>& b, Index j) {
    double product = 0, a_squared = 0, b_squared = 0;
    for (Index t = 0; t < a.n_features; ++t) {
      const double p = static_cast<double>(a(i, t)), q = static_cast<double>(b(j, t));
      product += p * q, a_squared += p * p, b_squared += q * q;
    }
    constexpr double least = 1e-250, most = 1e300;
    if (a_squared < least || b_squared < least || !(a_squared < most) || !(b_squared < most)) {
      const Size one = size_of(a, i), two = size_of(b, j);
      product = 0;
      for (Index t = 0; t < a.n_features; ++t)
        product += (static_cast<double>(a(i, t)) * one.factor) *
                   (static_cast<double>(b(j, t)) * two.factor);
      return std::max(0.0, 1 - product / (one.norm * two.norm));
    }
    return std::max(0.0, 1 - product / (std::sqrt(a_squared) * std::sqrt(b_squared)));
  }

  Metric metric_;
  Frame frame_{Vector<double>(), 0};
  double reach_ = 0;  // the greatest coordinate
};

}  // namespace unlabeled::detail
