// SPDX-License-Identifier: MIT
#pragma once

#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/packet.hpp"
#include "unlabeled/linalg/tile.hpp"

// Squared Mahalanobis distances of a panel of samples (lanes are samples): by a triangular factor
// of each component, |W x + b|^2, or by a diagonal one, sum_t (w_t x_t + b_t)^2. The triangle costs
// n (n + 1) / 2 multiply-adds and the little that its tiles reach above the diagonal.

namespace unlabeled::detail {

/// Rows of a triangle that are formed together; the last ones in a group of 2 and one of 1.
inline constexpr Index whiten_rows = 4;

/// Rows of the group that starts where n rows are left.
constexpr Index whiten_group(Index n) { return n >= 4 ? 4 : n >= 2 ? 2 : 1; }

/// A lower triangle W with a bias b per row, packed for broadcasting: for each group of rows, the
/// values of its rows lie side by side, column after column up to the diagonal of the last row.
template <Real T> class TriangularRows {
 public:
  TriangularRows(const Matrix<double>& lower, const Vector<double>& bias)
      : n_rows_(lower.rows()), bias_(bias.cast<T>()) {
    Index size = 0;
    for (Index first = 0, n = 0; first < n_rows_; first += n) {
      n = whiten_group(n_rows_ - first);
      size += n * (first + n);
    }
    values_.resize(size);
    T* to = values_.data();
    for (Index first = 0, n = 0; first < n_rows_; first += n) {
      n = whiten_group(n_rows_ - first);
      for (Index t = 0; t < first + n; ++t)
        for (Index r = first; r < first + n; ++r)
          *to++ = static_cast<T>(r >= t ? lower(r, t) : 0.0);
    }
  }

  [[nodiscard]] Index n_rows() const { return n_rows_; }
  [[nodiscard]] const T* values() const { return values_.data(); }
  [[nodiscard]] const T* bias() const { return bias_.data(); }

 private:
  Index n_rows_;
  Vector<T> values_;
  Vector<T> bias_;
};

/// Rows [first, first + n) of W x + b for a panel, written to y (one row each `stride`); adds their
/// squares. Returns where the next group's values start.
template <int n, Real T>
EIGEN_ALWAYS_INLINE const T* whiten_some_rows(const T* values, const T* bias, Index depth,
                                              const T* panel, T* y, Index stride,
                                              Packet<T>* square) {
  Packet<T> sum[n][2];
#pragma GCC unroll 4
  for (int r = 0; r < n; ++r) sum[r][0] = sum[r][1] = broadcast<T>(bias[r]);
  for (Index t = 0; t < depth; ++t) {
    const Packet<T> low = load<T>(panel), high = load<T>(panel + packet_size<T>);
#pragma GCC unroll 4
    for (int r = 0; r < n; ++r) {
      const Packet<T> factor = broadcast<T>(values[r]);
      sum[r][0] = multiply_add<T>(factor, low, sum[r][0]);
      sum[r][1] = multiply_add<T>(factor, high, sum[r][1]);
    }
    values += n;
    panel += tile_lanes<T>;
  }
#pragma GCC unroll 4
  for (int r = 0; r < n; ++r) {
    store<T>(y + r * stride, sum[r][0]);
    store<T>(y + r * stride + packet_size<T>, sum[r][1]);
    square[0] = multiply_add<T>(sum[r][0], sum[r][0], square[0]);
    square[1] = multiply_add<T>(sum[r][1], sum[r][1], square[1]);
  }
  return values;
}

/// y = W x + b for the lanes of a panel (n_rows x tile_lanes), row r to y + r * stride, and
/// squares[lane] = |y|^2.
template <Real T>
EIGEN_DONT_INLINE void whiten_panel(const TriangularRows<T>& rows, const T* panel, T* y,
                                    Index stride, T* squares) {
  const Index d = rows.n_rows();
  const T* values = rows.values();
  Packet<T> square[2] = {broadcast<T>(T(0)), broadcast<T>(T(0))};
  Index r = 0;
  for (; r + 4 <= d; r += 4)
    values = whiten_some_rows<4, T>(values, rows.bias() + r, r + 4, panel, y + r * stride, stride,
                                    square);
  if (r + 2 <= d) {
    values = whiten_some_rows<2, T>(values, rows.bias() + r, r + 2, panel, y + r * stride, stride,
                                    square);
    r += 2;
  }
  if (r < d)
    whiten_some_rows<1, T>(values, rows.bias() + r, r + 1, panel, y + r * stride, stride, square);
  store<T>(squares, square[0]);
  store<T>(squares + packet_size<T>, square[1]);
}

/// Rows of factors and biases, packed for broadcasting in groups of whiten_rows: for each feature
/// the factors of the group's rows, then their biases.
template <Real T> class ScaledRows {
 public:
  ScaledRows() = default;
  ScaledRows(const RowMatrix<double>& factors, const RowMatrix<double>& biases)
      : n_rows_(factors.rows()), depth_(factors.cols()), values_(2 * n_rows_ * depth_) {
    T* to = values_.data();
    for (Index first = 0, n = 0; first < n_rows_; first += n) {
      n = whiten_group(n_rows_ - first);
      for (Index t = 0; t < depth_; ++t) {
        for (Index r = first; r < first + n; ++r) *to++ = static_cast<T>(factors(r, t));
        for (Index r = first; r < first + n; ++r) *to++ = static_cast<T>(biases(r, t));
      }
    }
  }

  [[nodiscard]] Index n_rows() const { return n_rows_; }
  [[nodiscard]] Index depth() const { return depth_; }
  [[nodiscard]] const T* values() const { return values_.data(); }

 private:
  Index n_rows_ = 0;
  Index depth_ = 0;
  Vector<T> values_;
};

template <int n, Real T>
EIGEN_ALWAYS_INLINE const T* scaled_some_rows(const T* values, Index depth, const T* panel,
                                              Index panel_stride, T* squares, Index stride) {
  Packet<T> sum[n][2];
#pragma GCC unroll 4
  for (int r = 0; r < n; ++r) sum[r][0] = sum[r][1] = broadcast<T>(T(0));
  for (Index t = 0; t < depth; ++t) {
    const Packet<T> low = load<T>(panel), high = load<T>(panel + packet_size<T>);
#pragma GCC unroll 4
    for (int r = 0; r < n; ++r) {
      const Packet<T> factor = broadcast<T>(values[r]), bias = broadcast<T>(values[n + r]);
      const Packet<T> a = multiply_add<T>(factor, low, bias);
      const Packet<T> b = multiply_add<T>(factor, high, bias);
      sum[r][0] = multiply_add<T>(a, a, sum[r][0]);
      sum[r][1] = multiply_add<T>(b, b, sum[r][1]);
    }
    values += 2 * n;
    panel += panel_stride;
  }
#pragma GCC unroll 4
  for (int r = 0; r < n; ++r) {
    store<T>(squares + r * stride, sum[r][0]);
    store<T>(squares + r * stride + packet_size<T>, sum[r][1]);
  }
  return values;
}

/// squares[r * stride + lane] = sum over t of (factor(r, t) * x_t + bias(r, t))^2 for tile_lanes
/// lanes, whose features lie panel_stride apart.
template <Real T>
EIGEN_DONT_INLINE void scaled_squares(const ScaledRows<T>& rows, const T* panel, Index panel_stride,
                                      T* squares, Index stride) {
  const T* values = rows.values();
  const Index depth = rows.depth();
  Index r = 0;
  for (; r + 4 <= rows.n_rows(); r += 4)
    values =
        scaled_some_rows<4, T>(values, depth, panel, panel_stride, squares + r * stride, stride);
  if (r + 2 <= rows.n_rows()) {
    values =
        scaled_some_rows<2, T>(values, depth, panel, panel_stride, squares + r * stride, stride);
    r += 2;
  }
  if (r < rows.n_rows())
    scaled_some_rows<1, T>(values, depth, panel, panel_stride, squares + r * stride, stride);
}

}  // namespace unlabeled::detail
