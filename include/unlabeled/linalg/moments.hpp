// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "unlabeled/core/check.hpp"
#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"

// Weight, mean and sum of squared deviations of every column, in double, by one read of the data.
//
// A block of at most 256 samples is summed relative to one of its own rows, which keeps an offset
// common to all samples (time stamps, prices) from eating the digits of the spread. Blocks are then
// merged by the update of [1], their means relative to one sample for the same reason. Because the
// subtracted row belongs to the block, its squared distance D² from the block's mean is part of m2,
// and what the shift adds, n D², is at most n m2: whatever the data, the relative error of m2 stays
// below a small multiple of 256 rounding units.
//
// [1] T. Chan, G. Golub, R. LeVeque, "Algorithms for computing the sample variance: analysis and
//     recommendations", The American Statistician 37, 1983, doi 10.2307/2683386.

namespace unlabeled {

namespace detail {

/// The moments of `size` columns, stored elsewhere.
template <class T> struct MomentsSpan {
  double weight;
  T* mean;
  T* m2;
  Index size;
};

/// The moments of both sets of samples together, from zeros or any earlier moments.
inline void merge(MomentsSpan<double>& total, const MomentsSpan<const double>& other) {
  if (other.weight == 0) return;
  const double share = other.weight / (total.weight + other.weight);
  for (Index j = 0; j < total.size; ++j) {
    const double delta = other.mean[j] - total.mean[j];
    total.mean[j] += delta * share;
    total.m2[j] += other.m2[j] + delta * total.weight * delta * share;
  }
  total.weight += other.weight;
}

}  // namespace detail

/// What one pass over samples leaves behind for each column. Two of them merge into the moments of
/// all their samples, which serves threads, batches and data larger than memory alike.
struct ColumnMoments {
  double weight = 0;    ///< sum of the sample weights; without weights the number of samples
  Vector<double> mean;  ///< n_features
  Vector<double> m2;    ///< n_features, sum of weight · (x - mean)²

  /// Take in the moments of other samples of the same features (any, when still empty).
  void merge(const ColumnMoments& other) {
    if (mean.size() == 0) {
      *this = other;
      return;
    }
    detail::MomentsSpan<double> mine{weight, mean.data(), m2.data(), mean.size()};
    detail::merge(mine, {other.weight, other.mean.data(), other.m2.data(), other.mean.size()});
    weight = mine.weight;
  }

  /// m2 / weight: the population variance (divisor n).
  [[nodiscard]] Vector<double> variance() const { return m2 / weight; }
};

namespace detail {

/// Every sample counts once.
struct EqualWeights {
  double operator()(Index) const { return 1; }
  static double total(Range samples) { return static_cast<double>(samples.size()); }
  static Index heaviest(Range samples) { return samples.begin; }
};

/// One weight per sample.
struct SampleWeights {
  const double* values;

  double operator()(Index sample) const { return values[sample]; }
  [[nodiscard]] double total(Range samples) const {
    double sum = 0;
    for (Index i = samples.begin; i < samples.end; ++i) sum += values[i];
    return sum;
  }
  [[nodiscard]] Index heaviest(Range samples) const {
    return std::max_element(values + samples.begin, values + samples.end) - values;
  }
};

/// The pass over x (n_samples x n_features) in either storage order. The hot loops have neither
/// calls nor branches, so that compilers turn them into vector code.
template <Real S, class Weights> class MomentsPass {
 public:
  MomentsPass(const Samples<S>& x, Weights weights) : x_(x), weights_(weights) {}

  ColumnMoments run(Team& team) {
    const Index heaviest = weights_.heaviest({0, x_.n_samples});
    center_.resize(x_.n_features);
    for (Index j = 0; j < x_.n_features; ++j) center_[j] = static_cast<double>(x_(heaviest, j));
    const Chunks chunks = sample_chunks();
    const Chunks panels{x_.n_features, max_columns};
    Matrix<double> mean = Matrix<double>::Zero(x_.n_features, chunks.count());
    Matrix<double> m2 = mean;
    Vector<double> weight(chunks.count());
    team.run(chunks.count() * panels.count(), [&](Index task, int) {
      const Index chunk = task / panels.count();
      const Range columns = panels[task % panels.count()];
      MomentsSpan<double> part{0, &mean(columns.begin, chunk), &m2(columns.begin, chunk),
                               columns.size()};
      add_chunk(chunks[chunk], columns, part);
      if (columns.begin == 0) weight[chunk] = part.weight;
    });
    MomentsSpan<double> total{weight[0], mean.data(), m2.data(), x_.n_features};
    for (Index c = 1; c < chunks.count(); ++c)
      merge(total, {weight[c], &mean(0, c), &m2(0, c), x_.n_features});
    return {total.weight, center_ + mean.col(0), m2.col(0)};
  }

 private:
  static constexpr Index max_rows = 256;     // of a block
  static constexpr Index max_columns = 512;  // of a panel: its sums stay in the nearest cache

  /// Sums over one block and one panel, relative to a row of the block.
  struct Sums {
    std::array<double, max_columns> shift, sum, square;
  };

  /// About 2^18 entries in a task, at least one block: more work than handing it out costs, and few
  /// partial results.
  Chunks sample_chunks() const {
    constexpr Index entries = Index{1} << 18;
    const Index blocks = entries / (max_rows * std::min(x_.n_features, max_columns));
    return {x_.n_samples, max_rows * std::clamp<Index>(blocks, 1, 64)};
  }

  /// Adds the samples to `part`: block by block, a column to its end first where that is the
  /// direction of memory.
  void add_chunk(Range samples, Range columns, MomentsSpan<double>& part) const {
    const bool by_columns = x_.columns_are_contiguous();
    const Chunks panels{columns.size(), by_columns ? 1 : max_columns};
    const Chunks blocks{samples.size(), max_rows};
    Sums sums;
    MomentsSpan<double> now = part;
    for (Index p = 0; p < panels.count(); ++p) {
      const Range panel{columns.begin + panels[p].begin, columns.begin + panels[p].end};
      now = {0, part.mean + panels[p].begin, part.m2 + panels[p].begin, panel.size()};
      for (Index b = 0; b < blocks.count(); ++b) {
        const Range block{samples.begin + blocks[b].begin, samples.begin + blocks[b].end};
        start(weights_.heaviest(block), panel, sums);
        by_columns ? add_column(block, panel.begin, sums) : add_rows(block, panel, sums);
        merge(now, finished(weights_.total(block), panel, sums));
      }
    }
    part.weight = now.weight;
  }

  void start(Index shift, Range columns, Sums& sums) const {
    for (Index j = 0; j < columns.size(); ++j) {
      const auto slot = static_cast<std::size_t>(j);
      sums.shift[slot] = static_cast<double>(x_(shift, columns.begin + j));
      sums.sum[slot] = sums.square[slot] = 0;
    }
  }

  /// Turns the sums into moments where they lie: shift becomes the mean relative to the centre, and
  /// square becomes m2.
  MomentsSpan<const double> finished(double weight, Range columns, Sums& sums) const {
    for (Index j = 0; weight > 0 && j < columns.size(); ++j) {
      const auto slot = static_cast<std::size_t>(j);
      const double mean = sums.sum[slot] / weight;
      sums.shift[slot] = (sums.shift[slot] - center_[columns.begin + j]) + mean;
      sums.square[slot] -= sums.sum[slot] * mean;
      if (sums.square[slot] < 0) sums.square[slot] = 0;  // rounding; std::max would swallow a NaN
    }
    return {weight, sums.shift.data(), sums.square.data(), columns.size()};
  }

  void add_rows(Range samples, Range columns, Sums& sums) const {
    constexpr Index group = 8;
    Index i = samples.begin;
    for (; i + group <= samples.end; i += group) add_rows<group>(i, columns, sums);
    for (; i < samples.end; ++i) add_rows<1>(i, columns, sums);
  }

  /// Some rows at once, so that the sums are loaded and stored once for all of them.
  template <Index n_rows> void add_rows(Index first, Range columns, Sums& sums) const {
    std::array<const S*, n_rows> row;
    std::array<double, n_rows> weight;
    for (std::size_t r = 0; r < n_rows; ++r) {
      const Index sample = first + static_cast<Index>(r);
      row[r] = x_.data + sample * x_.row_stride + columns.begin;
      weight[r] = weights_(sample);
    }
    // Without the promise that they do not overlap x, each call would check that anew.
    const double* __restrict shift = sums.shift.data();
    double* __restrict sum = sums.sum.data();
    double* __restrict square = sums.square.data();
    const Index n_columns = columns.size();
    for (Index j = 0; j < n_columns; ++j) {
      double part = 0, part_square = 0;
      for (std::size_t r = 0; r < n_rows; ++r) {
        const double shifted = static_cast<double>(row[r][j]) - shift[j];
        const double weighted = weight[r] * shifted;
        part += weighted;
        part_square += weighted * shifted;
      }
      sum[j] += part;
      square[j] += part_square;
    }
  }

  void add_column(Range samples, Index column, Sums& sums) const {
    constexpr std::size_t lanes = 16;
    const S* values = x_.data + column * x_.column_stride;
    const double shift = sums.shift[0];
    std::array<double, lanes> sum{}, square{};
    auto add = [&](Index sample, std::size_t lane) {
      const double shifted = static_cast<double>(values[sample]) - shift;
      const double weighted = weights_(sample) * shifted;
      sum[lane] += weighted;
      square[lane] += weighted * shifted;
    };
    Index i = samples.begin;
    for (; i + Index{lanes} <= samples.end; i += lanes)
      for (std::size_t lane = 0; lane < lanes; ++lane) add(i + static_cast<Index>(lane), lane);
    for (; i < samples.end; ++i) add(i, 0);
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      sums.sum[0] += sum[lane];
      sums.square[0] += square[lane];
    }
  }

  Samples<S> x_;
  Weights weights_;
  Vector<double> center_;  // a sample; blocks are merged relative to it
};

/// Moments of the columns of x, which has at least one sample and one feature. Bitwise equal for
/// every size of the team. A non-finite entry makes the moments of its column non-finite, so
/// all_finite(moments) is a check of the data that costs no second pass.
template <Real S> ColumnMoments column_moments(Team& team, const Samples<S>& x) {
  return MomentsPass<S, EqualWeights>(x, {}).run(team);
}

/// Moments of weighted samples: a weight of two counts like the sample given twice.
template <Real S>
ColumnMoments column_moments(Team& team, const Samples<S>& x, const Vector<double>& weights) {
  return MomentsPass<S, SampleWeights>(x, {weights.data()}).run(team);
}

/// Non-finite also when the data are finite and their squares are too large for double.
inline bool all_finite(const ColumnMoments& moments) {
  return all_finite(moments.mean) && all_finite(moments.m2);
}

}  // namespace detail
}  // namespace unlabeled
