// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/scatter_block.hpp"
#include "unlabeled/linalg/tile.hpp"

// Scatter matrix S = sum over samples of (x - mean)(x - mean)^T by one read of the data.
//
// A block of at most 256 samples is centred on its own mean while it is packed for the register
// tile, so nothing of the offset of the data ever reaches a product, and only the lower triangle is
// formed. A further block (n_b samples, mean m_b) joins those before it (n_a, m_a) by [1]
//   S = S_a + S_b + n_a n_b / (n_a + n_b) (m_b - m_a)(m_b - m_a)^T,
// whose last term is just one more sample of the block. Every term is positive semidefinite:
// nothing is subtracted, nothing cancels. Products of float data are summed in float inside a block
// and in double over the blocks; means are double throughout, and relative to one center, so that
// an offset common to all samples does not eat the digits of m_b - m_a either.
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

/// Features that are multiplied as one task; a multiple of tile_lanes for every scalar and machine.
/// Two such strips of a block stay in the second-level cache.
inline constexpr Index scatter_strip = 96;

/// Up to this many features threads take chunks of samples, each with a matrix of its own; above
/// it they share one matrix and take pieces of its output.
inline constexpr Index scatter_private_features = 384;

/// c(j, i) += the entry of row i and lane j of some packets of lanes, for lanes below n_features.
template <int n_packets, Real S>
void add_scatter_tile(const Packet<S> (*tile)[n_packets], Index row, Index lane,
                      Matrix<double>& c) {
  constexpr Index width = n_packets * packet_size<S>;
  const Index count = std::min(width, c.rows() - lane);
  const Index n_rows = std::min<Index>(scatter_rows<S>, c.rows() - row);
  S values[width];
  for (Index r = 0; r < n_rows; ++r) {
    for (int p = 0; p < n_packets; ++p) store<S>(values + p * packet_size<S>, tile[r][p]);
    double* to = &c(lane, row + r);
    if (count == width)
      for (Index i = 0; i < width; ++i) to[i] += static_cast<double>(values[i]);
    else
      for (Index i = 0; i < count; ++i) to[i] += static_cast<double>(values[i]);
  }
}

/// Adds the products of a panel of lanes and scatter_rows features to c. They lie in a far cache
/// by now, so they are sent for before the products are formed.
template <Real S>
void add_panel_products(const ScatterBlock<S>& block, Index lane, Index row, Matrix<double>& c) {
  const Index n_lanes = std::min(tile_lanes<S>, c.rows() - lane);
  const Index n_rows = std::min<Index>(scatter_rows<S>, c.rows() - row);
  for (Index r = 0; r < n_rows; ++r) prefetch(&c(lane, row + r), n_lanes);
  const bool only_low = n_lanes <= packet_size<S>, only_high = row >= lane + packet_size<S>;
  if (only_low || only_high) {
    const Index skipped = only_high ? packet_size<S> : 0;
    Packet<S> half[scatter_rows<S>][1];
    for (auto& packet : half) packet[0] = broadcast<S>(S(0));
    multiply_add_half_tile<scatter_rows<S>, S>(block.depth(), block.rows(row),
                                               block.panel(lane) + skipped, &half[0][0]);
    add_scatter_tile<1, S>(half, row, lane + skipped, c);
  } else {
    Tile<S, scatter_rows<S>> tile;
    tile.set_zero();
    multiply_add_tile(block.depth(), block.rows(row), block.panel(lane), tile);
    add_scatter_tile<2, S>(tile.value, row, lane, c);
  }
}

/// Adds the products of two strips of the packed block to c: lanes below, rows right, so that the
/// lower triangle fills up. Tiles on the diagonal also write a little above it.
template <Real S>
void add_strip_products(const ScatterBlock<S>& block, Range lanes, Range rows, Matrix<double>& c) {
  for (Index lane = lanes.begin; lane < lanes.end; lane += tile_lanes<S>)
    for (Index row = rows.begin; row < std::min(rows.end, lane + tile_lanes<S>);
         row += scatter_rows<S>)
      add_panel_products(block, lane, row, c);
}

/// Pairs (lanes strip, rows strip) of the lower triangle, in one running number.
inline std::pair<Index, Index> strip_pair(Index number) {
  Index lanes = 0;
  while (number > lanes) number -= ++lanes;
  return {lanes, number};
}

/// Adds ranges of samples to the lower triangle of a matrix, block by block.
template <Real S> class ScatterPass {
 public:
  /// Centred, with means relative to `center`; or without a center as the samples are.
  ScatterPass(Team& team, const Samples<S>& x, const Vector<double>* center)
      : team_(team), x_(x), center_(center) {}

  void add(Range samples, ScatterBlock<S>& block, Scatter& sum) const {
    const Chunks strips{x_.n_features, scatter_strip};
    Vector<double> mean(x_.n_features);
    for (Index begin = samples.begin; begin < samples.end; begin += scatter_block_rows) {
      const Range rows{begin, std::min(begin + scatter_block_rows, samples.end)};
      team_.for_each_chunk(strips, [&](Range strip, int) {
        if (center_)
          pack_centred(rows, strip, mean.data(), sum, block);
        else
          block.pack(x_, rows, strip, nullptr, nullptr);
      });
      block.set_depth(rows.size() + (center_ && sum.n_samples > 0 ? 1 : 0));
      sum.n_samples += static_cast<double>(rows.size());
      team_.run(strips.count() * (strips.count() + 1) / 2, [&](Index number, int) {
        const auto [lanes, features] = strip_pair(number);
        add_strip_products(block, strips[lanes], strips[features], sum.scatter);
      });
    }
  }

 private:
  /// Centres and packs one strip of a block and moves the running mean of `sum` on.
  void pack_centred(Range samples, Range strip, double* mean, Scatter& sum,
                    ScatterBlock<S>& block) const {
    block_mean(x_, samples, strip, center_->data(), mean);
    block.pack(x_, samples, strip, center_->data(), mean);
    const double count = static_cast<double>(samples.size());
    const double share = count / (sum.n_samples + count);
    const double scale = std::sqrt(sum.n_samples * share);
    for (Index j = strip.begin; j < strip.end; ++j) {
      const double delta = mean[j] - sum.mean[j];
      if (sum.n_samples > 0) block.set(samples.size(), j, scale * delta);
      sum.mean[j] += delta * share;
    }
  }

  Team& team_;
  const Samples<S>& x_;
  const Vector<double>* center_;
};

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

/// A value amid the samples for each feature: the mean of the first block, rounded to S so that its
/// difference to values near it is exact.
template <Real S> Vector<double> scatter_center(const Samples<S>& x) {
  const Vector<double> zero = Vector<double>::Zero(x.n_features);
  Vector<double> center(x.n_features);
  const Range first_block{0, std::min(scatter_block_rows, x.n_samples)};
  block_mean(x, first_block, {0, x.n_features}, zero.data(), center.data());
  for (Index j = 0; j < center.size(); ++j)
    center[j] = static_cast<double>(static_cast<S>(center[j]));
  return center;
}

/// The mean of the result is relative to `center`.
template <Real S>
Scatter sum_samples(Team& team, const Samples<S>& x, const Vector<double>* center) {
  const Index d = x.n_features;
  const Chunks chunks = d <= scatter_private_features ? scatter_chunks(x.n_samples, d)
                                                      : Chunks{x.n_samples, x.n_samples};
  const ScatterPass<S> pass(team, x, center);
  Scatter total = no_scatter(d);
  if (chunks.count() <= 1) {
    ScatterBlock<S> block(d);
    pass.add({0, x.n_samples}, block, total);
  } else {
    std::vector<ScatterBlock<S>> blocks(static_cast<std::size_t>(team.workers(chunks.count())),
                                        ScatterBlock<S>(d));
    std::vector<Scatter> sums(static_cast<std::size_t>(chunks.count()), total);
    team.run(chunks.count(), [&](Index chunk, int worker) {
      pass.add(chunks[chunk], blocks[static_cast<std::size_t>(worker)],
               sums[static_cast<std::size_t>(chunk)]);
    });
    for (const Scatter& sum : sums) total.merge(sum);
  }
  mirror_lower_triangle(total.scatter);
  return total;
}

/// Count, mean and scatter matrix of the samples. O(n d^2 / 2) multiply-adds, O(d^2) memory.
template <Real S> Scatter scatter(Team& team, const Samples<S>& x) {
  const Vector<double> center = scatter_center(x);
  Scatter sum = sum_samples(team, x, &center);
  sum.mean += center;
  return sum;
}

/// x^T x as it stands, nothing subtracted.
template <Real S> Matrix<double> second_moments(Team& team, const Samples<S>& x) {
  return sum_samples(team, x, nullptr).scatter;
}

}  // namespace detail
}  // namespace unlabeled
