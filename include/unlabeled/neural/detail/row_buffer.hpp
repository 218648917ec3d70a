// SPDX-License-Identifier: MIT
#pragma once

#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/packet.hpp"
#include "unlabeled/linalg/tile.hpp"

namespace unlabeled::detail {

/// The values of a layer for a batch of samples: a sample is a row, padded to whole panels.
template <Real S> class RowBuffer {
 public:
  RowBuffer(Index n_rows, Index n_columns)
      : n_columns_(n_columns), stride_(padded_stride(n_columns)), data_(n_rows * stride_) {
    data_.setZero();
  }

  [[nodiscard]] Index n_columns() const { return n_columns_; }
  [[nodiscard]] Index stride() const { return stride_; }
  S* row(Index i) { return data_.data() + i * stride_; }
  const S* row(Index i) const { return data_.data() + i * stride_; }

  /// As the broadcast operand of a tile whose rows are samples, or are columns.
  [[nodiscard]] Rows<S> samples() const { return {data_.data(), stride_, 1}; }
  [[nodiscard]] Rows<S> columns() const { return {data_.data(), 1, stride_}; }

  /// The first rows without their padding.
  auto top(Index n_rows) {
    return Eigen::Map<RowMatrix<S>, 0, Stride>(row(0), n_rows, n_columns_, Stride(stride_));
  }
  auto top(Index n_rows) const {
    return Eigen::Map<const RowMatrix<S>, 0, Stride>(row(0), n_rows, n_columns_, Stride(stride_));
  }

 private:
  using Stride = Eigen::OuterStride<>;

  /// Rows that start a power of two apart would compete for the same places of the cache.
  static Index padded_stride(Index n_columns) {
    constexpr Index line = cache_line_bytes / static_cast<Index>(sizeof(S));
    const Index whole = n_panels<S>(n_columns) * tile_lanes<S>;
    return whole % (16 * line) == 0 ? whole + line : whole;
  }

  Index n_columns_;
  Index stride_;
  Vector<S> data_;
};

}  // namespace unlabeled::detail
