// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/tile.hpp"

// Scatter matrix S = sum over samples of (x - mean)(x - mean)^T by one read of the data.
//
// A block of at most 256 samples is centred on its own mean while it is packed for the register
// tile, so nothing of the offset of the data ever reaches a product, and only the lower triangle is
// formed. A further block (n_b samples, mean m_b) joins those before it (n_a, m_a) by [1]
//   S = S_a + S_b + n_a n_b / (n_a + n_b) (m_b - m_a)(m_b - m_a)^T,
// whose last term is just one more sample of the block. Every term is positive semidefinite:
// nothing is subtracted, nothing cancels. Products of float data are summed in float inside a block
// and in double over the blocks; means are double throughout.
//
// [1] T. Chan, G. Golub, R. LeVeque, "Updating formulae and a pairwise algorithm for computing
//     sample variances", COMPSTAT 1982, doi 10.1007/978-3-642-51461-6_3.

namespace unlabeled {

/// Count, mean and scatter matrix of samples. Two of them merge into those of the samples together,
/// which serves threads, batches and data larger than memory alike.
struct Scatter {
  double n_samples = 0;
  Vector<double> mean;     ///< n_features
  Matrix<double> scatter;  ///< n_features x n_features, symmetric

  /// Take in the scatter of other samples of the same features.
  void merge(const Scatter& other) {
    if (other.n_samples == 0) return;
    if (n_samples == 0) {
      *this = other;
      return;
    }
    const double total = n_samples + other.n_samples;
    const double weight = n_samples * (other.n_samples / total);
    const Vector<double> delta = other.mean - mean;
    for (Index j = 0; j < delta.size(); ++j)
      scatter.col(j) += other.scatter.col(j) + (weight * delta[j]) * delta;
    mean += delta * (other.n_samples / total);
    n_samples = total;
  }
};

namespace detail {

/// Samples of a block: a packed panel (2 packets) or row group fills half of a 32 kB nearest cache.
inline constexpr Index scatter_block_rows = 256;

/// Features that are packed and multiplied as one task; a multiple of tile_rows and of tile_lanes
/// for every scalar and machine. One such strip of a block stays in the second-level cache.
inline constexpr Index scatter_strip = 96;

/// Up to this many features threads take chunks of samples, each with a matrix of its own; above
/// it they share one matrix and take pieces of its output.
inline constexpr Index scatter_private_features = 384;

/// A block of samples, centred and packed twice: in panels (the lanes of the tile) and in groups of
/// tile_rows features (its broadcast rows). Padding lanes are zero.
template <Real S> class ScatterBlock {
 public:
  ScatterBlock(Index n_features, bool columns_are_contiguous)
      : n_features_(n_features),
        by_columns_(columns_are_contiguous),
        panels_(n_panels<S>(n_features) * panel_size),
        groups_((n_features + tile_rows - 1) / tile_rows * group_size),
        shift_(n_features),
        residue_(n_features) {}

  [[nodiscard]] Index depth() const { return depth_; }
  void set_depth(Index depth) { depth_ = depth; }

  [[nodiscard]] const S* panel(Index feature) const {
    return panels_.data() + feature / tile_lanes<S> * panel_size;
  }
  [[nodiscard]] Rows<S> rows(Index feature) const {
    const S* group = groups_.data() + feature / tile_rows * group_size;
    const Index first = feature % tile_rows;
    return by_columns_ ? Rows<S>{group + first * group_stride, group_stride, 1}
                       : Rows<S>{group + first, 1, tile_rows};
  }

  /// Packs x minus `mean` (none: nullptr) for the features of `strip`. The mean is subtracted as a
  /// rounded part, which is exact for values near it, and what the rounding left.
  void pack(const Samples<S>& x, Range samples, Range strip, const double* mean) {
    for (Index j = strip.begin; j < strip.end; ++j) {
      shift_[j] = mean ? static_cast<S>(mean[j]) : S(0);
      residue_[j] = mean ? static_cast<S>(mean[j] - static_cast<double>(shift_[j])) : S(0);
    }
    for (Index j = strip.begin; j < strip.end; j += tile_lanes<S>)
      pack_lanes(x, samples, {j, std::min(j + tile_lanes<S>, strip.end)});
    for (Index j = strip.begin; j < strip.end; j += tile_rows)
      pack_rows(x, samples, {j, std::min<Index>(j + tile_rows, strip.end)});
  }

  /// Writes one value of the extra sample `t`.
  void set(Index t, Index feature, double value) {
    panels_[feature / tile_lanes<S> * panel_size + t * tile_lanes<S> + feature % tile_lanes<S>] =
        static_cast<S>(value);
    const Index place =
        by_columns_ ? feature % tile_rows * group_stride + t : t * tile_rows + feature % tile_rows;
    groups_[feature / tile_rows * group_size + place] = static_cast<S>(value);
  }

 private:
  static constexpr Index max_depth = scatter_block_rows + 1;
  static constexpr Index group_stride = scatter_block_rows + cache_line_bytes / sizeof(S);
  static constexpr Index panel_size = max_depth * tile_lanes<S>;
  static constexpr Index group_size = group_stride * tile_rows;

  /// One tile's width of features as [sample][feature].
  template <Index width>
  void interleave(const Samples<S>& x, Range samples, Range features, S* to) const {
    const S* from = x.data + samples.begin * x.row_stride + features.begin * x.column_stride;
    // Local copies: the compiler cannot know that `to` leaves the members alone.
    S shift[width] = {}, residue[width] = {}, value[width];
    std::copy_n(shift_.data() + features.begin, features.size(), shift);
    std::copy_n(residue_.data() + features.begin, features.size(), residue);
    if (features.size() == width && x.column_stride == 1) {
      for (Index t = 0; t < samples.size(); ++t, from += x.row_stride, to += width) {
        for (Index j = 0; j < width; ++j) value[j] = (from[j] - shift[j]) - residue[j];
        for (Index j = 0; j < width; ++j) to[j] = value[j];
      }
      return;
    }
    std::fill_n(to, samples.size() * width, S(0));
    for (Index j = 0; j < features.size(); ++j, from += x.column_stride)
      for (Index t = 0; t < samples.size(); ++t)
        to[t * width + j] = (from[t * x.row_stride] - shift[j]) - residue[j];
  }
  void pack_lanes(const Samples<S>& x, Range samples, Range features) {
    interleave<tile_lanes<S>>(x, samples, features,
                              panels_.data() + features.begin / tile_lanes<S> * panel_size);
  }
  void pack_rows(const Samples<S>& x, Range samples, Range features) {
    S* group = groups_.data() + features.begin / tile_rows * group_size;
    if (!by_columns_) return interleave<tile_rows>(x, samples, features, group);
    for (Index j = features.begin; j < features.end; ++j, group += group_stride) {
      const S* from = x.data + samples.begin * x.row_stride + j * x.column_stride;
      for (Index t = 0; t < samples.size(); ++t) group[t] = (from[t] - shift_[j]) - residue_[j];
    }
  }

  Index n_features_;
  bool by_columns_;
  Index depth_ = 0;
  Vector<S> panels_;
  Vector<S> groups_;
  Vector<S> shift_;
  Vector<S> residue_;
};

/// c(j, i) += the tile's entry of row i and lane j, for lanes below n_features.
template <int n_rows, Real S>
void add_scatter_tile(const Tile<S, n_rows>& tile, Index row, Index lane, Matrix<double>& c) {
  const Index count = std::min(tile_lanes<S>, c.rows() - lane);
  S values[tile_lanes<S>];
  for (int r = 0; r < n_rows; ++r) {
    store<S>(values, tile.value[r][0]);
    store<S>(values + packet_size<S>, tile.value[r][1]);
    double* to = c.data() + (row + r) * c.rows() + lane;
    if (count == tile_lanes<S>)
      for (Index i = 0; i < tile_lanes<S>; ++i) to[i] += static_cast<double>(values[i]);
    else
      for (Index i = 0; i < count; ++i) to[i] += static_cast<double>(values[i]);
  }
}

/// Adds the products of two strips of the packed block to c: lanes below, rows right, so that the
/// lower triangle fills up. Tiles on the diagonal also write a little above it.
template <Real S>
void add_strip_products(const ScatterBlock<S>& block, Range lanes, Range rows, Matrix<double>& c) {
  for (Index lane = lanes.begin; lane < lanes.end; lane += tile_lanes<S>) {
    const Index n_rows = std::min(rows.end, lane + tile_lanes<S>) - rows.begin;
    for_each_row_tile(n_rows, [&](auto size, Index first) {
      Tile<S, size> tile;
      tile.set_zero();
      multiply_add_tile(block.depth(), block.rows(rows.begin + first), block.panel(lane), tile);
      add_scatter_tile(tile, rows.begin + first, lane, c);
    });
  }
}

/// Pairs (lanes strip, rows strip) of the lower triangle, in one running number.
inline std::pair<Index, Index> strip_pair(Index number) {
  Index lanes = 0;
  while (number > lanes) number -= ++lanes;
  return {lanes, number};
}

/// Mean of each feature of a block, to the last digit where a feature is constant.
template <Real S>
void block_mean(const Samples<S>& x, Range samples, Range features, double* mean) {
  constexpr Index lanes = 8;
  const double share = 1.0 / static_cast<double>(samples.size());
  if (x.column_stride != 1) {
    for (Index j = features.begin; j < features.end; ++j) {
      const S* from = x.data + samples.begin * x.row_stride + j * x.column_stride;
      const S first = from[0];
      double sums[lanes] = {};
      const Index whole = samples.size() / lanes * lanes;
      for (Index t = 0; t < whole; t += lanes)
        for (Index lane = 0; lane < lanes; ++lane)
          sums[lane] += static_cast<double>(from[(t + lane) * x.row_stride] - first);
      for (Index t = whole; t < samples.size(); ++t)
        sums[0] += static_cast<double>(from[t * x.row_stride] - first);
      for (Index lane = 1; lane < lanes; ++lane) sums[0] += sums[lane];
      mean[j] = static_cast<double>(first) + sums[0] * share;
    }
    return;
  }
  const S* first = x.data + samples.begin * x.row_stride;
  std::fill(mean + features.begin, mean + features.end, 0.0);
  for (Index t = 1; t < samples.size(); ++t) {
    const S* from = first + t * x.row_stride;
    for (Index j = features.begin; j < features.end; ++j)
      mean[j] += static_cast<double>(from[j] - first[j]);
  }
  for (Index j = features.begin; j < features.end; ++j)
    mean[j] = static_cast<double>(first[j]) + mean[j] * share;
}

/// Centres and packs one strip of a block and moves the running mean of `sum` on.
template <Real S>
void pack_centred(const Samples<S>& x, Range samples, Range strip, double* mean, Scatter& sum,
                  ScatterBlock<S>& block) {
  block_mean(x, samples, strip, mean);
  block.pack(x, samples, strip, mean);
  const double count = static_cast<double>(samples.size());
  const double share = count / (sum.n_samples + count);
  const double scale = std::sqrt(sum.n_samples * share);
  for (Index j = strip.begin; j < strip.end; ++j) {
    const double delta = mean[j] - sum.mean[j];
    if (sum.n_samples > 0) block.set(samples.size(), j, scale * delta);
    sum.mean[j] += delta * share;
  }
}

/// Adds a range of samples to the lower triangle of `sum`, block by block; as it is, or centred.
template <Real S>
void add_samples(Team& team, const Samples<S>& x, Range samples, bool centred,
                 ScatterBlock<S>& block, Scatter& sum) {
  const Chunks strips{x.n_features, scatter_strip};
  Vector<double> mean(x.n_features);
  for (Index begin = samples.begin; begin < samples.end; begin += scatter_block_rows) {
    const Range rows{begin, std::min(begin + scatter_block_rows, samples.end)};
    team.for_each_chunk(strips, [&](Range strip, int) {
      if (centred)
        pack_centred(x, rows, strip, mean.data(), sum, block);
      else
        block.pack(x, rows, strip, nullptr);
    });
    block.set_depth(rows.size() + (centred && sum.n_samples > 0 ? 1 : 0));
    sum.n_samples += static_cast<double>(rows.size());
    team.run(strips.count() * (strips.count() + 1) / 2, [&](Index number, int) {
      const auto [lanes, features] = strip_pair(number);
      add_strip_products(block, strips[lanes], strips[features], sum.scatter);
    });
  }
}

inline Scatter no_scatter(Index n_features) {
  return {0, Vector<double>::Zero(n_features), Matrix<double>::Zero(n_features, n_features)};
}

/// Copies the lower triangle to the upper, in squares that stay in the nearest cache.
inline void mirror_lower_triangle(Matrix<double>& c) {
  constexpr Index side = 32;
  for (Index column = 0; column < c.cols(); column += side)
    for (Index row = column; row < c.rows(); row += side)
      for (Index j = column; j < std::min(column + side, c.cols()); ++j)
        for (Index i = std::max(row, j + 1); i < std::min(row + side, c.rows()); ++i)
          c(j, i) = c(i, j);
}

/// Chunks of whole blocks whose matrices together take a sixteenth of the data at the most.
inline Chunks scatter_chunks(Index n_samples, Index n_features) {
  const Index size = std::max({Index(4096), 16 * n_features, n_samples / 64});
  return {n_samples, (size + scatter_block_rows - 1) / scatter_block_rows * scatter_block_rows};
}

template <Real S> Scatter sum_samples(Team& team, const Samples<S>& x, bool centred) {
  const Index d = x.n_features;
  const bool by_columns = x.column_stride != 1;
  const Chunks chunks = d <= scatter_private_features ? scatter_chunks(x.n_samples, d)
                                                      : Chunks{x.n_samples, x.n_samples};
  Scatter total = no_scatter(d);
  if (chunks.count() <= 1) {
    ScatterBlock<S> block(d, by_columns);
    add_samples(team, x, {0, x.n_samples}, centred, block, total);
  } else {
    std::vector<ScatterBlock<S>> blocks(static_cast<std::size_t>(team.size()), {d, by_columns});
    std::vector<Scatter> sums(static_cast<std::size_t>(chunks.count()), total);
    team.run(chunks.count(), [&](Index chunk, int worker) {
      add_samples(team, x, chunks[chunk], centred, blocks[static_cast<std::size_t>(worker)],
                  sums[static_cast<std::size_t>(chunk)]);
    });
    for (const Scatter& sum : sums) total.merge(sum);
  }
  mirror_lower_triangle(total.scatter);
  return total;
}

/// Count, mean and scatter matrix of the samples. O(n d^2 / 2) multiply-adds, O(d^2) memory.
template <Real S> Scatter scatter(Team& team, const Samples<S>& x) {
  return sum_samples(team, x, true);
}

/// x^T x as it stands, nothing subtracted.
template <Real S> Matrix<double> second_moments(Team& team, const Samples<S>& x) {
  return sum_samples(team, x, false).scatter;
}

}  // namespace detail
}  // namespace unlabeled
