// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/large_matrix.hpp"
#include "unlabeled/linalg/metric.hpp"
#include "unlabeled/linalg/packet.hpp"
#include "unlabeled/linalg/tile.hpp"
#include "unlabeled/linalg/unit.hpp"

namespace unlabeled::detail {

/// Distances between all pairs of samples, each once: row i holds those to samples 0 … i - 1.
class DistanceMatrix {
 public:
  explicit DistanceMatrix(Index n_samples)
      : values_(large_matrix<Vector<double>>(n_samples * (n_samples - 1) / 2, 1)) {}
  [[nodiscard]] double* row(Index i) { return values_.data() + i * (i - 1) / 2; }

 private:
  Vector<double> values_;
};

/// Samples as panels of tile_lanes, whatever their order in memory was, in double.
template <Real S> class SamplePanels {
 public:
  static constexpr Index lanes = tile_lanes<double>;

  /// Every value times `unit`.
  SamplePanels(Team& team, const Samples<S>& x, double unit)
      : SamplePanels(team, x, [unit](const double*) { return unit; }) {}

  /// Every sample times a factor of its own: cosine distances ask for directions only.
  static SamplePanels with_unit_samples(Team& team, const Samples<S>& x) {
    return SamplePanels(team, x, [&x](const double* sample) {
      double largest = 0;
      for (Index t = 0; t < x.n_features; ++t) {
        const double magnitude = std::abs(sample[t * lanes]);
        largest = magnitude > largest ? magnitude : largest;
      }
      return unit_factor(largest);
    });
  }

  [[nodiscard]] Index count() const { return n_panels_; }
  [[nodiscard]] const double* operator[](Index panel) const { return values_.col(panel).data(); }

  /// The length of each sample as a vector, in whole panels.
  [[nodiscard]] Vector<double> norms(Index n_features) const {
    Vector<double> norms(n_panels_ * lanes);
    for (Index i = 0; i < norms.size(); ++i) {
      double square = 0;
      for (Index t = 0; t < n_features; ++t) {
        const double value = (*this)[i / lanes][t * lanes + i % lanes];
        square += value * value;
      }
      norms[i] = std::sqrt(square);
    }
    return norms;
  }

 private:
  template <class Factor>
  SamplePanels(Team& team, const Samples<S>& x, Factor&& factor)
      : n_panels_(n_panels<double>(x.n_samples)), values_(x.n_features * lanes, n_panels_) {
    team.run(n_panels_, [&](Index panel, int) {
      double* to = values_.col(panel).data();
      pack_panel<double>(x, panel * lanes, std::min(lanes, x.n_samples - panel * lanes),
                         static_cast<const S*>(nullptr), to);
      for (Index lane = 0; lane < lanes; ++lane) {
        const double scale = factor(to + lane);
        for (Index t = 0; t < x.n_features; ++t) to[t * lanes + lane] *= scale;
      }
    });
  }

  Index n_panels_;
  Matrix<double> values_;  // a column for each panel
};

/// One more feature of the distance between a and b.
template <Metric metric>
EIGEN_ALWAYS_INLINE Packet<double> with_feature(const Packet<double>& a, const Packet<double>& b,
                                                const Packet<double>& sum) {
  if constexpr (metric == Metric::cosine) return multiply_add<double>(a, b, sum);
  const Packet<double> gap = subtract<double>(a, b);
  if constexpr (metric == Metric::euclidean) return multiply_add<double>(gap, gap, sum);
  const Packet<double> magnitude = maximum<double>(gap, subtract<double>(b, a));
  if constexpr (metric == Metric::chebyshev) return maximum<double>(sum, magnitude);
  return add<double>(sum, magnitude);
}

/// The distances of all samples to those of one panel before them, `rows` samples at a time.
template <Metric metric, Real S> class DistanceRows {
 public:
  static constexpr Index lanes = SamplePanels<S>::lanes;

  DistanceRows(Team& team, const Samples<S>& x, double unit)
      : n_samples_(x.n_samples),
        n_features_(x.n_features),
        panels_(metric == Metric::cosine ? SamplePanels<S>::with_unit_samples(team, x)
                                         : SamplePanels<S>(team, x, unit)) {
    if (metric == Metric::cosine) norms_ = panels_.norms(n_features_);
  }

  /// Calls on_row(i, worker) as soon as row i of the matrix is there.
  template <class OnRow> void fill(Team& team, DistanceMatrix& matrix, OnRow&& on_row) const {
    team.run(panels_.count(), [&](Index panel, int worker) {
      const Index begin = panel * lanes, end = std::min(n_samples_, begin + lanes);
      for (Index other = 0; other <= panel; ++other)
        for (Index i = begin; i < end; i += height) write_tile(matrix, i, other);
      for (Index i = begin; i < end; ++i) on_row(i, worker);
    });
  }

 private:
  static constexpr Index height = lanes < 4 ? lanes : 4;

  /// Rows first … first + height - 1 of the matrix, the columns of one panel.
  void write_tile(DistanceMatrix& matrix, Index first, Index panel) const {
    Packet<double> sum[height][2];
#pragma GCC unroll 4
    for (Index r = 0; r < height; ++r) sum[r][0] = sum[r][1] = broadcast(0.0);
    const double* row = panels_[first / lanes] + first % lanes;
    const double* columns = panels_[panel];
    for (Index t = 0; t < n_features_; ++t, row += lanes, columns += lanes) {
      const Packet<double> a = load(columns), b = load(columns + packet_size<double>);
#pragma GCC unroll 4
      for (Index r = 0; r < height; ++r) {
        const Packet<double> value = broadcast(row[r]);
        sum[r][0] = with_feature<metric>(value, a, sum[r][0]);
        sum[r][1] = with_feature<metric>(value, b, sum[r][1]);
      }
    }
    const Index begin = panel * lanes;
    for (Index i = first; i < std::min(first + height, n_samples_); ++i) {
      std::array<double, static_cast<std::size_t>(lanes)> diagonal;
      double* to = begin + lanes <= i ? matrix.row(i) + begin : diagonal.data();
      for (Index half = 0; half < 2; ++half)
        store(to + half * packet_size<double>,
              finished(sum[i - first][half], i, begin + half * packet_size<double>));
      if (to == diagonal.data()) std::copy_n(to, i - begin, matrix.row(i) + begin);
    }
  }

  [[nodiscard]] EIGEN_ALWAYS_INLINE Packet<double> finished(const Packet<double>& sum, Index i,
                                                            Index column) const {
    if constexpr (metric == Metric::euclidean) return square_root<double>(sum);
    if constexpr (metric != Metric::cosine) return sum;
    const Packet<double> lengths =
        multiply<double>(broadcast(norms_[i]), load(norms_.data() + column));
    return maximum<double>(broadcast(0.0),
                           subtract<double>(broadcast(1.0), divide<double>(sum, lengths)));
  }

  Index n_samples_, n_features_;
  SamplePanels<S> panels_;
  Vector<double> norms_;  // for cosine
};

/// The rows of a matrix that is given; of the two entries of a pair the one above the diagonal.
template <Real S> class GivenRows {
 public:
  GivenRows(const Samples<S>& x, double unit) : x_(x), unit_(unit) {}

  template <class OnRow> void fill(Team& team, DistanceMatrix& matrix, OnRow&& on_row) const {
    team.for_each_chunk(Chunks{x_.n_samples, 16}, [&](const Range& rows, int worker) {
      for (Index i = rows.begin; i < rows.end; ++i) {
        double* row = matrix.row(i);
        for (Index j = 0; j < i; ++j) row[j] = static_cast<double>(x_(j, i)) * unit_;
        on_row(i, worker);
      }
    });
  }

 private:
  Samples<S> x_;
  double unit_;
};

}  // namespace unlabeled::detail
