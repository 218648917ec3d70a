// SPDX-License-Identifier: MIT
#pragma once

#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/unit.hpp"

namespace unlabeled::detail {

/// Every coordinate of a place without a point. From any point it is farther, in every feature, than
/// points can be apart; a sum of 2^43 squares of such distances is still finite, so that no
/// difference of sums is NaN.
inline constexpr double empty_place = 0x1p490;
static_assert(roomy_exponent<double> <= 488);

/// Points that stand for clusters of samples (their means, or midpoints of midpoints), each known
/// by a sample of its cluster.
///
/// A point is kept as its distance vector from that sample, so that the distance of two points is
/// right to rounding however near they are: rounding a point itself would cost what the data spread
/// over, rounding its distance vector costs what the cluster spreads over. coordinates() gives the
/// rounded points for searches, minus a shift where it comes off without rounding. All in a unit
/// (a power of two) whose squares neither overflow nor vanish.
template <Real S> class Centroids {
 public:
  Centroids(const Samples<S>& x, double unit)
      : x_(x),
        unit_(unit),
        shift_(x.n_features),
        offset_(RowMatrix<double>::Zero(x.n_samples, x.n_features)) {
    for (Index t = 0; t < x.n_features; ++t) shift_[t] = exact_shift(t);
  }

  [[nodiscard]] Index n_samples() const { return x_.n_samples; }
  [[nodiscard]] Index n_features() const { return x_.n_features; }

  /// Squared distance of the points of a and b.
  [[nodiscard]] double squared_distance(Index a, Index b) const {
    double sum = 0;
    for (Index t = 0; t < n_features(); ++t) {
      const double difference = apart(a, b, t);
      sum += difference * difference;
    }
    return sum;
  }

  /// The point of a goes `share` of the way to that of b.
  void move(Index a, Index b, double share) {
    for (Index t = 0; t < n_features(); ++t) offset_(a, t) += share * apart(a, b, t);
  }

  /// Feature t of the point of a.
  [[nodiscard]] double coordinate(Index a, Index t) const {
    return (sample(a, t) - shift_[t]) + offset_(a, t);
  }

 private:
  [[nodiscard]] double sample(Index i, Index t) const {
    return static_cast<double>(x_(i, t)) * unit_;
  }
  [[nodiscard]] double apart(Index a, Index b, Index t) const {
    return (sample(b, t) - sample(a, t)) + (offset_(b, t) - offset_(a, t));
  }

  /// The first sample where all values lie within a factor of two: so is every difference from it
  /// exact, and where they do not, an offset costs nothing.
  [[nodiscard]] double exact_shift(Index t) const {
    double least = sample(0, t), greatest = least;
    for (Index i = 1; i < x_.n_samples; ++i) {
      const double value = sample(i, t);
      least = value < least ? value : least;
      greatest = value > greatest ? value : greatest;
    }
    const bool near =
        (least > 0 && greatest <= 2 * least) || (greatest < 0 && least >= 2 * greatest);
    return near ? sample(0, t) : 0;
  }

  Samples<S> x_;
  double unit_;
  Vector<double> shift_;
  RowMatrix<double> offset_;
};

}  // namespace unlabeled::detail
