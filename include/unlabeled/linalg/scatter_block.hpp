// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>

#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/tile.hpp"

// A block of samples on its way into the register tile: its means, and centred copies of its
// features in panels. One copy serves both operands of x^T x: the tile's lanes are a panel, and its
// broadcast rows are some of the lanes of a panel.

namespace unlabeled::detail {

/// Samples of a block: a panel of it fills the nearest cache, and float products are summed in
/// float over no more samples than these.
inline constexpr Index scatter_block_rows = 256;

/// Rows of a tile, which must divide its lanes. (tile_rows would need a copy of its own, and gains
/// nothing: these accumulators are enough to keep the multiply-adds busy.)
template <Real S>
inline constexpr int scatter_rows = static_cast<int>(std::min<Index>(tile_rows >= 12 ? 8 : 4,
                                                                     tile_lanes<S>));

/// Means minus `center` of features that are contiguous in memory, over samples `stride` apart.
/// Summed relative to the first sample, so that the mean of a constant feature is exact; differences
/// are summed in S over few samples only.
template <Real S>
void mean_of_rows(const S* first, Index stride, Index n_samples, Range features,
                  const double* center, double* __restrict mean) {
  constexpr Index group = 8;
  const Index n_features = features.size();
  center += features.begin;
  mean += features.begin;
  std::fill_n(mean, n_features, 0.0);
  Index t = 0;
  for (; t + group <= n_samples; t += group) {
    const S* from = first + t * stride;
    for (Index j = 0; j < n_features; ++j) {
      S sum = 0;
      for (Index r = 0; r < group; ++r) sum += from[r * stride + j] - first[j];
      mean[j] += static_cast<double>(sum);
    }
  }
  for (; t < n_samples; ++t)
    for (Index j = 0; j < n_features; ++j)
      mean[j] += static_cast<double>(first[t * stride + j] - first[j]);
  const double share = 1.0 / static_cast<double>(n_samples);
  for (Index j = 0; j < n_features; ++j)
    mean[j] = (static_cast<double>(first[j]) - center[j]) + mean[j] * share;
}

/// The mean of one feature minus `center`, in the same way.
template <Real S>
double mean_of_column(const S* from, Index stride, Index n_samples, double center) {
  constexpr Index lanes = 8;
  const S first = from[0];
  double sums[lanes] = {};
  const Index whole = n_samples / lanes * lanes;
  for (Index t = 0; t < whole; t += lanes)
    for (Index lane = 0; lane < lanes; ++lane)
      sums[lane] += static_cast<double>(from[(t + lane) * stride] - first);
  for (Index t = whole; t < n_samples; ++t)
    sums[0] += static_cast<double>(from[t * stride] - first);
  for (Index lane = 1; lane < lanes; ++lane) sums[0] += sums[lane];
  return (static_cast<double>(first) - center) + sums[0] / static_cast<double>(n_samples);
}

/// Mean of each feature of a block minus `center`, to the last digit where a feature is constant.
template <Real S>
void block_mean(const Samples<S>& x, Range samples, Range features, const double* center,
                double* mean) {
  const S* from = x.data + samples.begin * x.row_stride + features.begin * x.column_stride;
  if (x.column_stride == 1)
    return mean_of_rows(from, x.row_stride, samples.size(), features, center, mean);
  for (Index j = features.begin; j < features.end; ++j, from += x.column_stride)
    mean[j] = mean_of_column(from, x.row_stride, samples.size(), center[j]);
}

/// A block of samples as panels [panel][sample][lane], with room for one extra sample. Lanes beyond
/// the features are zero.
template <Real S> class ScatterBlock {
 public:
  explicit ScatterBlock(Index n_features) : panels_(n_panels<S>(n_features) * panel_size) {}

  [[nodiscard]] Index depth() const { return depth_; }
  void set_depth(Index depth) { depth_ = depth; }

  /// The panel that a feature lies in.
  [[nodiscard]] const S* panel(Index feature) const {
    return panels_.data() + feature / tile_lanes<S> * panel_size;
  }
  /// The tile's rows from a multiple of scatter_rows on.
  [[nodiscard]] Rows<S> rows(Index feature) const {
    return {panel(feature) + feature % tile_lanes<S>, 1, tile_lanes<S>};
  }

  /// Packs x minus `center` + `mean` (none: nullptr) for the features of `strip`, which starts with a
  /// panel. The sum is subtracted as a rounded part, which is exact for values near it, and what the
  /// rounding left.
  void pack(const Samples<S>& x, Range samples, Range strip, const double* center,
            const double* mean) {
    for (Index j = strip.begin; j < strip.end; j += tile_lanes<S>) {
      const Range features{j, std::min(j + tile_lanes<S>, strip.end)};
      Shift shift;
      for (Index i = 0; mean && i < features.size(); ++i) {
        shift.rounded[i] = static_cast<S>(center[j + i] + mean[j + i]);
        const double rounding = center[j + i] - static_cast<double>(shift.rounded[i]);
        shift.residue[i] = static_cast<S>(rounding + mean[j + i]);
      }
      pack_panel(x, samples, features, shift);
    }
  }

  /// Writes one value of the extra sample `t`.
  void set(Index t, Index feature, double value) {
    panels_[feature / tile_lanes<S> * panel_size + t * tile_lanes<S> + feature % tile_lanes<S>] =
        static_cast<S>(value);
  }

 private:
  static constexpr Index panel_size = (scatter_block_rows + 1) * tile_lanes<S>;

  struct Shift {
    S rounded[tile_lanes<S>] = {};
    S residue[tile_lanes<S>] = {};
  };

  void pack_panel(const Samples<S>& x, Range samples, Range features, const Shift& shift) {
    constexpr Index lanes = tile_lanes<S>;
    const S* from = x.data + samples.begin * x.row_stride + features.begin * x.column_stride;
    S* to = panels_.data() + features.begin / lanes * panel_size;
    if (features.size() < lanes)
      std::fill_n(to, (samples.size() + 1) * lanes, S(0));
    else if (x.column_stride == 1)
      return pack_rows(from, x.row_stride, samples.size(), shift, to);
    else if (x.row_stride == 1)
      return pack_columns(from, x.column_stride, samples.size(), shift, to);
    for (Index j = 0; j < features.size(); ++j)
      pack_values(from + j * x.column_stride, x.row_stride, {0, samples.size()}, shift.rounded[j],
                  shift.residue[j], to + j);
  }
  /// One feature, value by value.
  static void pack_values(const S* from, Index stride, Range samples, S rounded, S residue, S* to) {
    for (Index t = samples.begin; t < samples.end; ++t)
      to[t * tile_lanes<S>] = (from[t * stride] - rounded) - residue;
  }
  static void pack_rows(const S* from, Index stride, Index n_samples, const Shift& shift, S* to) {
    const Packet<S> low = load<S>(shift.rounded), low_residue = load<S>(shift.residue);
    const Packet<S> high = load<S>(shift.rounded + packet_size<S>);
    const Packet<S> high_residue = load<S>(shift.residue + packet_size<S>);
    for (Index t = 0; t < n_samples; ++t, from += stride, to += tile_lanes<S>) {
      store<S>(to, subtract<S>(subtract<S>(load<S>(from), low), low_residue));
      store<S>(to + packet_size<S>,
               subtract<S>(subtract<S>(load<S>(from + packet_size<S>), high), high_residue));
    }
  }
  /// Squares of as many samples as features are turned in registers.
  static void pack_columns(const S* from, Index stride, Index n_samples, const Shift& shift,
                           S* to) {
    constexpr Index side = packet_size<S>;
    const Index whole = n_samples / side * side;
    for (Index j = 0; j < tile_lanes<S>; j += side)
      for (Index t = 0; t < whole; t += side) {
        PacketSquare<S> square;
        for (Index i = 0; i < side; ++i)
          square.packet[i] = subtract<S>(
              subtract<S>(load<S>(from + (j + i) * stride + t), broadcast<S>(shift.rounded[j + i])),
              broadcast<S>(shift.residue[j + i]));
        transpose<S>(square);
        for (Index i = 0; i < side; ++i)
          store<S>(to + (t + i) * tile_lanes<S> + j, square.packet[i]);
      }
    for (Index j = 0; j < tile_lanes<S>; ++j)
      pack_values(from + j * stride, 1, {whole, n_samples}, shift.rounded[j], shift.residue[j],
                  to + j);
  }

  Index depth_ = 0;
  Vector<S> panels_;
};

}  // namespace unlabeled::detail
