// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <vector>

#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/column_product.hpp"
#include "unlabeled/linalg/large_matrix.hpp"
#include "unlabeled/linalg/tile.hpp"

// Products of centred samples X_c = X - 1 mean^T with matrices of few columns:
//   thin_product        X_c V         (projection)
//   transposed_product  X_c^T Y       (back)
//   gram_product        X_c^T X_c V   (one step of a subspace iteration) by one read of X.
//
// A block of samples is copied, in its own storage order and minus the mean, to where the register
// tile reads it as the broadcast operand: its rows are samples on the way forth and features on the
// way back, only the strides differ. X_c is never formed as a whole, and as the mean goes before
// any product the offset of the data costs no digits.

namespace unlabeled::detail {

/// Samples of a block, a multiple of tile_rows, and features of a piece of it, which fills about
/// half of a second-level cache of 512 kB.
inline constexpr Index thin_rows = 96;
inline constexpr Index thin_depth = 256;

/// What is subtracted from each feature: the rounded mean, which leaves values near it exact, and
/// what the rounding lost. Nothing at all without a mean.
template <Real S> struct Shift {
  Vector<S> rounded;
  Vector<S> residue;

  explicit Shift(const Vector<double>* mean) {
    if (!mean) return;
    rounded = mean->cast<S>();
    residue = (*mean - rounded.template cast<double>()).template cast<S>();
  }
  [[nodiscard]] bool is_none() const { return rounded.size() == 0; }
};

/// A piece (at most thin_rows samples, thin_depth features) of X_c in the storage order of X.
template <Real S> class ThinPiece {
 public:
  /// Rows of the tile are samples, its depth runs over features; or the other way round.
  [[nodiscard]] Rows<S> samples() const { return {data_.data(), sample_stride_, feature_stride_}; }
  [[nodiscard]] Rows<S> features() const { return {data_.data(), feature_stride_, sample_stride_}; }

  void copy(const Samples<S>& x, Range samples, Range features, const Shift<S>& shift) {
    data_.resize((thin_rows + pad) * (thin_depth + pad));
    const S* from = x.data + samples.begin * x.row_stride + features.begin * x.column_stride;
    if (x.column_stride == 1)
      copy_rows(from, x.row_stride, samples.size(), features, shift);
    else
      copy_columns(from, x, samples.size(), features, shift);
  }

 private:
  // Lines that start a power of two apart would compete for the same places of the cache.
  static constexpr Index pad = cache_line_bytes / sizeof(S);
  using Line = Eigen::Array<S, Eigen::Dynamic, 1>;

  void copy_rows(const S* from, Index stride, Index n_samples, Range features,
                 const Shift<S>& shift) {
    sample_stride_ = thin_depth + pad, feature_stride_ = 1;
    for (Index t = 0; t < n_samples; ++t) {
      const Eigen::Map<const Line> line(from + t * stride, features.size());
      Eigen::Map<Line> to(data_.data() + t * sample_stride_, features.size());
      if (shift.is_none())
        to = line;
      else
        to = (line - shift.rounded.segment(features.begin, features.size()).array()) -
             shift.residue.segment(features.begin, features.size()).array();
    }
  }
  void copy_columns(const S* from, const Samples<S>& x, Index n_samples, Range features,
                    const Shift<S>& shift) {
    sample_stride_ = 1, feature_stride_ = thin_rows + pad;
    for (Index j = 0; j < features.size(); ++j) {
      const Eigen::Map<const Line, 0, Eigen::InnerStride<>> line(
          from + j * x.column_stride, n_samples, Eigen::InnerStride<>(x.row_stride));
      const Eigen::Map<const Line> dense(line.data(), n_samples);
      Eigen::Map<Line> to(data_.data() + j * feature_stride_, n_samples);
      const S rounded = shift.is_none() ? S(0) : shift.rounded[features.begin + j];
      const S residue = shift.is_none() ? S(0) : shift.residue[features.begin + j];
      if (x.row_stride == 1)
        to = (dense - rounded) - residue;
      else
        to = (line - rounded) - residue;
    }
  }

  Index sample_stride_ = 0;
  Index feature_stride_ = 0;
  Vector<S> data_;
};

/// to[row][lane] of every panel += sum over t < depth of rows(row, t) * right[t][lane].
template <Real S>
void add_product(Index n_rows, Index depth, const Rows<S>& rows, const Panels<S>& right,
                 Index right_row, Index to_row, Panels<S>& to) {
  for_each_row_tile(n_rows, [&](auto size, Index first) {
    for (Index panel = 0; panel < right.count(); ++panel) {
      Tile<S, size> tile;
      tile.set_zero();
      multiply_add_tile(depth, rows.from(first), right.at(panel, right_row), tile);
      S* sum = to.at(panel, to_row + first);
      for (int r = 0; r < size; ++r) {
        S* low = sum + r * tile_lanes<S>;
        S* high = low + packet_size<S>;
        store<S>(low, add<S>(load<S>(low), tile.value[r][0]));
        store<S>(high, add<S>(load<S>(high), tile.value[r][1]));
      }
    }
  });
}

/// X_c V + 1 offset^T for V with one row per feature; mean and offset may be missing.
template <Real S>
Matrix<S> thin_product(Team& team, const Samples<S>& x, const Vector<double>* mean,
                       const Matrix<S>& right, const Vector<S>* offset = nullptr) {
  const Shift<S> shift(mean);
  const Panels<S> panels(right, {0, right.rows()});
  const Chunks blocks{x.n_samples, thin_rows}, depths{x.n_features, thin_depth};
  struct Scratch {
    ThinPiece<S> piece;
    Panels<S> product;
  };
  std::vector<Scratch> scratch(static_cast<std::size_t>(team.workers(blocks.count())),
                               {{}, Panels<S>(thin_rows, right.cols())});
  auto result = large_matrix<Matrix<S>>(x.n_samples, right.cols());
  team.for_each_chunk(blocks, [&](Range samples, int worker) {
    auto& [piece, product] = scratch[static_cast<std::size_t>(worker)];
    product.set_zero();
    for (Index k = 0; k < depths.count(); ++k) {
      piece.copy(x, samples, depths[k], shift);
      add_product(samples.size(), depths[k].size(), piece.samples(), panels, depths[k].begin, 0,
                  product);
    }
    for (Index j = 0; j < right.cols(); ++j) {
      const S add = offset ? (*offset)[j] : S(0);
      for (Index t = 0; t < samples.size(); ++t) result(samples.begin + t, j) = product(t, j) + add;
    }
  });
  return result;
}

/// Groups of blocks of samples, each with a sum of its own on the way back.
inline Chunks backward_groups(Index n_samples) {
  constexpr Index most_groups = 16;
  const Index n_blocks = Chunks{n_samples, thin_rows}.count();
  return {n_blocks, (n_blocks + most_groups - 1) / most_groups};
}

/// Runs backward(samples, worker, sum) over groups of blocks and adds the sums (n_features x
/// n_columns) of the groups in their order, in double.
template <Real S, class Backward>
Matrix<double> sum_backward(Team& team, Index n_samples, Index n_features, Index n_columns,
                            Backward&& backward) {
  const Chunks blocks{n_samples, thin_rows}, groups = backward_groups(n_samples);
  std::vector<Panels<S>> sums;
  sums.reserve(static_cast<std::size_t>(groups.count()));
  for (Index group = 0; group < groups.count(); ++group) sums.emplace_back(n_features, n_columns);
  team.run(groups.count(), [&](Index group, int worker) {
    for (Index block = groups[group].begin; block < groups[group].end; ++block)
      backward(blocks[block], worker, sums[static_cast<std::size_t>(group)]);
  });
  Matrix<double> total(n_features, n_columns);
  team.for_each_chunk(Chunks{n_features, thin_depth}, [&](Range features, int) {
    for (Index j = 0; j < n_columns; ++j)
      for (Index i = features.begin; i < features.end; ++i) {
        double sum = 0;
        for (const Panels<S>& part : sums) sum += static_cast<double>(part(i, j));
        total(i, j) = sum;
      }
  });
  return total;
}

/// X_c^T Y for Y with one row per sample.
template <Real S, class M>
Matrix<double> transposed_product(Team& team, const Samples<S>& x, const Vector<double>* mean,
                                  const M& left) {
  const Shift<S> shift(mean);
  const Chunks depths{x.n_features, thin_depth};
  std::vector<ThinPiece<S>> pieces(
      static_cast<std::size_t>(team.workers(backward_groups(x.n_samples).count())));
  return sum_backward<S>(team, x.n_samples, x.n_features, left.cols(),
                         [&](Range samples, int worker, Panels<S>& sum) {
                           ThinPiece<S>& piece = pieces[static_cast<std::size_t>(worker)];
                           const Panels<S> panels(left, samples);
                           for (Index k = 0; k < depths.count(); ++k) {
                             piece.copy(x, samples, depths[k], shift);
                             add_product(depths[k].size(), samples.size(), piece.features(), panels,
                                         0, depths[k].begin, sum);
                           }
                         });
}

/// X_c^T X_c V for V with one row per feature. Each block of X is read once and stays in a cache
/// between the two products.
template <Real S>
Matrix<double> gram_product(Team& team, const Samples<S>& x, const Vector<double>& mean,
                            const Matrix<double>& right) {
  const Shift<S> shift(&mean);
  const Panels<S> panels(right, {0, right.rows()});
  const Chunks depths{x.n_features, thin_depth};
  struct Scratch {
    std::vector<ThinPiece<S>> pieces;
    Panels<S> product;
  };
  std::vector<Scratch> scratch(
      static_cast<std::size_t>(team.workers(backward_groups(x.n_samples).count())),
      {std::vector<ThinPiece<S>>(static_cast<std::size_t>(depths.count())),
       Panels<S>(thin_rows, right.cols())});
  return sum_backward<S>(team, x.n_samples, x.n_features, right.cols(),
                         [&](Range samples, int worker, Panels<S>& sum) {
                           auto& [pieces, product] = scratch[static_cast<std::size_t>(worker)];
                           product.set_zero();
                           for (Index k = 0; k < depths.count(); ++k) {
                             ThinPiece<S>& piece = pieces[static_cast<std::size_t>(k)];
                             piece.copy(x, samples, depths[k], shift);
                             add_product(samples.size(), depths[k].size(), piece.samples(), panels,
                                         depths[k].begin, 0, product);
                           }
                           for (Index k = 0; k < depths.count(); ++k)
                             add_product(depths[k].size(), samples.size(),
                                         pieces[static_cast<std::size_t>(k)].features(), product, 0,
                                         depths[k].begin, sum);
                         });
}

}  // namespace unlabeled::detail
