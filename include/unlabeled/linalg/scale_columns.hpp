// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <type_traits>

#include "unlabeled/core/check.hpp"
#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/packet.hpp"

// Shift and scale every column, from either storage order into either. All of it is memory traffic,
// so samples are taken in pieces that stay in the cache between the check and the arithmetic, and
// a change of order goes through squares of packets, transposed in registers.

namespace unlabeled::detail {

/// Where results go: entry (i, j) is at data[i * row_stride + j * column_stride].
template <Real S> struct Target {
  S* data;
  Index row_stride;
  Index column_stride;

  template <class M>
  explicit Target(M& x)
      : data(x.data()),
        row_stride(M::IsRowMajor ? x.outerStride() : x.innerStride()),
        column_stride(M::IsRowMajor ? x.innerStride() : x.outerStride()) {}
};

/// z = (x - mean) · factor for each column, or back: x = z · factor + mean. The mean is kept as the
/// sum of two numbers, so that float data far from zero lose no digits to the rounding of their
/// mean: x - high is exact where x and the mean are close.
template <Real S> struct ColumnScaling {
  ColumnScaling(const Vector<double>& column_mean, const Vector<double>& column_factor)
      : mean(column_mean),
        wide_factor(column_factor),
        high(mean.cast<S>()),
        low((mean - high.template cast<double>()).template cast<S>()),
        factor(column_factor.cast<S>()),
        needs_double(leaves_range()) {}

  Vector<double> mean;
  Vector<double> wide_factor;
  Vector<S> high;  ///< n_features, the mean rounded to S
  Vector<S> low;   ///< n_features, what the rounding left
  Vector<S> factor;
  bool needs_double;  ///< float data so large that x - mean or the factor may leave the range of S

 private:
  [[nodiscard]] bool leaves_range() const {
    using Limits = std::numeric_limits<S>;
    if constexpr (std::is_same_v<S, double>) return false;
    // Below this no mean changes the greatest float.
    const double greatest_mean = std::ldexp(1.0, Limits::max_exponent - Limits::digits - 2);
    return (mean.array().abs() > greatest_mean).any() ||
           (wide_factor.array() < static_cast<double>(Limits::min())).any();
  }
};

/// The arithmetic of one entry and of one packet. Subtraction comes first: x · factor - mean ·
/// factor would cost less and cancel.
template <Real S> struct Standardize {
  template <Real T> static T entry(T x, T high, T low, T factor) {
    return ((x - high) - low) * factor;
  }
  static EIGEN_ALWAYS_INLINE Packet<S> apply(const Packet<S>& x, const Packet<S>& high,
                                             const Packet<S>& low, const Packet<S>& factor) {
    return multiply<S>(subtract<S>(subtract<S>(x, high), low), factor);
  }
};
template <Real S> struct Unstandardize {
  template <Real T> static T entry(T z, T high, T low, T factor) {
    return (z * factor + low) + high;
  }
  static EIGEN_ALWAYS_INLINE Packet<S> apply(const Packet<S>& z, const Packet<S>& high,
                                             const Packet<S>& low, const Packet<S>& factor) {
    return add<S>(multiply_add<S>(z, factor, low), high);
  }
};

/// One pass from x to a target of the same shape; the two may be the same memory in the same order.
template <Real S, class Operation> class ColumnScalingPass {
 public:
  ColumnScalingPass(const Samples<S>& x, const ColumnScaling<S>& scaling, const Target<S>& out)
      : x_(x), scaling_(scaling), out_(out) {}

  void run(Team& team) const {
    team.for_each_chunk(chunks(), [&](Range samples, int) { scale(samples); });
  }

  /// The same after a look at each piece while it is in the cache. False when an entry of x is not
  /// finite; then some results are missing.
  [[nodiscard]] bool run_checked(Team& team) const {
    std::atomic<bool> finite{true};
    team.for_each_chunk(chunks(), [&](Range samples, int) {
      if (is_finite(samples))
        scale(samples);
      else
        finite = false;
    });
    return finite;
  }

  /// Whether all of x is finite; nothing is written.
  [[nodiscard]] bool is_finite(Team& team) const {
    std::atomic<bool> finite{true};
    team.for_each_chunk(chunks(), [&](Range samples, int) {
      if (!is_finite(samples)) finite = false;
    });
    return finite;
  }

 private:
  static constexpr Index width = packet_size<S>;
  static constexpr Index tile = 64;  // rows whose piece of a column is written in one go

  /// About 2^14 entries: half of a second-level cache, and far more work than handing it out.
  Chunks chunks() const {
    constexpr Index entries = Index{1} << 14;
    const Index tiles = entries / tile / x_.n_features;
    return {x_.n_samples, tile * std::clamp<Index>(tiles, 1, 64)};
  }

  bool is_finite(Range samples) const {
    if (x_.columns_are_contiguous()) {
      for (Index j = 0; j < x_.n_features; ++j)
        if (!all_finite(x_.data + j * x_.column_stride + samples.begin, samples.size()))
          return false;
      return true;
    }
    for (Index i = samples.begin; i < samples.end; ++i)
      if (!all_finite(x_.data + i * x_.row_stride, x_.n_features)) return false;
    return true;
  }

  void scale(Range samples) const {
    if (scaling_.needs_double)
      scale_in_double(samples);
    else if (x_.row_stride == 1 && out_.row_stride == 1)
      for (Index j = 0; j < x_.n_features; ++j) scale_column(samples, j);
    else if (x_.column_stride == 1 && out_.column_stride == 1)
      for (Index i = samples.begin; i < samples.end; ++i) scale_row(i);
    else if (x_.n_features < width)
      scale_entries(samples);
    else
      for (Index i = samples.begin; i < samples.end; i += tile)
        scale_tile({i, std::min(i + tile, samples.end)});
  }

  void scale_column(Range samples, Index j) const {
    const Packet<S> high = broadcast(scaling_.high[j]), low = broadcast(scaling_.low[j]),
                    factor = broadcast(scaling_.factor[j]);
    Index i = samples.begin;
    for (; i + width <= samples.end; i += width)
      store<S>(to(i, j), Operation::apply(load(from(i, j)), high, low, factor));
    for (; i < samples.end; ++i) scale_entry(i, j);
  }

  void scale_row(Index i) const {
    Index j = 0;
    for (; j + width <= x_.n_features; j += width)
      store<S>(to(i, j), Operation::apply(load(from(i, j)), load(&scaling_.high[j]),
                                          load(&scaling_.low[j]), load(&scaling_.factor[j])));
    for (; j < x_.n_features; ++j) scale_entry(i, j);
  }

  /// Changes the storage order. The last group of columns overlaps the one before it, so that no
  /// number of columns falls back to single entries.
  void scale_tile(Range samples) const {
    const Range whole{samples.begin, samples.begin + samples.size() / width * width};
    for (Index group = 0; group < x_.n_features; group += width) {
      const Index j = std::min(group, x_.n_features - width);
      x_.rows_are_contiguous() ? turn_rows(whole, j) : turn_columns(whole, j);
    }
    scale_entries({whole.end, samples.end});
  }

  // Everything is in local variables here: stores could change the members, for all a compiler
  // knows, and reading them again for each square takes a third of the time.

  void turn_rows(Range samples, Index j) const {
    const Packet<S> high = load(&scaling_.high[j]), low = load(&scaling_.low[j]),
                    factor = load(&scaling_.factor[j]);
    const Index row_stride = x_.row_stride, column_stride = out_.column_stride;
    const S* rows = from(samples.begin, j);
    S* columns = to(samples.begin, j);
    for (Index i = samples.begin; i < samples.end; i += width) {
      PacketSquare<S> square;
      for (Index r = 0; r < width; ++r)
        square.packet[r] = Operation::apply(load(rows + r * row_stride), high, low, factor);
      transpose<S>(square);
      for (Index c = 0; c < width; ++c) store<S>(columns + c * column_stride, square.packet[c]);
      rows += width * row_stride;
      columns += width;
    }
  }

  void turn_columns(Range samples, Index j) const {
    const S *high = &scaling_.high[j], *low = &scaling_.low[j], *factor = &scaling_.factor[j];
    const Index column_stride = x_.column_stride, row_stride = out_.row_stride;
    const S* columns = from(samples.begin, j);
    S* rows = to(samples.begin, j);
    for (Index i = samples.begin; i < samples.end; i += width) {
      PacketSquare<S> square;
      for (Index c = 0; c < width; ++c)
        square.packet[c] = Operation::apply(load(columns + c * column_stride), broadcast(high[c]),
                                            broadcast(low[c]), broadcast(factor[c]));
      transpose<S>(square);
      for (Index r = 0; r < width; ++r) store<S>(rows + r * row_stride, square.packet[r]);
      columns += width;
      rows += width * row_stride;
    }
  }

  void scale_entries(Range samples) const {
    for (Index j = 0; j < x_.n_features; ++j)
      for (Index i = samples.begin; i < samples.end; ++i) scale_entry(i, j);
  }

  void scale_entry(Index i, Index j) const {
    *to(i, j) =
        Operation::entry(*from(i, j), scaling_.high[j], scaling_.low[j], scaling_.factor[j]);
  }

  void scale_in_double(Range samples) const {
    for (Index j = 0; j < x_.n_features; ++j)
      for (Index i = samples.begin; i < samples.end; ++i)
        *to(i, j) = static_cast<S>(Operation::entry(
            static_cast<double>(*from(i, j)), scaling_.mean[j], 0.0, scaling_.wide_factor[j]));
  }

  const S* from(Index i, Index j) const {
    return x_.data + i * x_.row_stride + j * x_.column_stride;
  }
  S* to(Index i, Index j) const { return out_.data + i * out_.row_stride + j * out_.column_stride; }

  Samples<S> x_;
  const ColumnScaling<S>& scaling_;
  Target<S> out_;
};

}  // namespace unlabeled::detail
