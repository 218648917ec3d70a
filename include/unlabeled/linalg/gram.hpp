// SPDX-License-Identifier: MIT
#pragma once

#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/packet.hpp"

// Sums over the lanes of a block: a^T, a b^T for rows of few numbers (features, components) and
// many lanes (samples). A tile of products is summed in registers over all lanes of the block and
// then across the lanes, so the sums themselves are plain numbers that stay in a near cache.

namespace unlabeled::detail {

/// Rows of a tile, and columns: what the registers hold beside the operands.
inline constexpr Index gram_rows = 4;
inline constexpr Index gram_columns = EIGEN_ARCH_DEFAULT_NUMBER_OF_REGISTERS >= 32 ? 4 : 2;

/// Rows of lanes, `stride` apart.
template <Real T> struct LaneRows {
  const T* data;
  Index stride;
  Index n_packets;

  [[nodiscard]] const T* row(Index r) const { return data + r * stride; }
};

/// Sum of all lanes of a row, in one order whatever its address is.
template <Real T> T sum_of_row(const T* row, Index n_packets) {
  Packet<T> sum = broadcast<T>(T(0)), other = sum;
  Index v = 0;
  for (; v + 2 <= n_packets; v += 2) {
    sum = add<T>(sum, load<T>(row + v * packet_size<T>));
    other = add<T>(other, load<T>(row + (v + 1) * packet_size<T>));
  }
  if (v < n_packets) sum = add<T>(sum, load<T>(row + v * packet_size<T>));
  return sum_of_lanes<T>(add<T>(sum, other));
}

/// sums[i] = sum of the lanes of packets[i], as many at once as a packet has lanes.
template <int count, Real T>
EIGEN_ALWAYS_INLINE void sums_of_lanes(const Packet<T>* packets, T* sums) {
  if constexpr (count % packet_size<T> == 0) {
    for (int first = 0; first < count; first += static_cast<int>(packet_size<T>)) {
      PacketSquare<T> square;
      for (int i = 0; i < packet_size<T>; ++i) square.packet[i] = packets[first + i];
      transpose<T>(square);
      Packet<T> sum = square.packet[0];
      for (int i = 1; i < packet_size<T>; ++i) sum = add<T>(sum, square.packet[i]);
      store<T>(sums + first, sum);
    }
  } else {
    for (int i = 0; i < count; ++i) sums[i] = sum_of_lanes<T>(packets[i]);
  }
}

/// to(i, j) += sum over the lanes of a_i b_j for rows i < n_rows of a and rows j < n_columns of b.
template <int n_rows, int n_columns, Real T>
EIGEN_DONT_INLINE void add_gram_tile(const T* a, const T* b, Index stride, Index n_packets,
                                     double* to, Index to_stride) {
  Packet<T> sum[n_rows * n_columns];
#pragma GCC unroll 16
  for (int i = 0; i < n_rows * n_columns; ++i) sum[i] = broadcast<T>(T(0));
  for (Index v = 0; v < n_packets; ++v) {
    Packet<T> column[n_columns];
#pragma GCC unroll 4
    for (int j = 0; j < n_columns; ++j) column[j] = load<T>(b + j * stride);
#pragma GCC unroll 4
    for (int i = 0; i < n_rows; ++i) {
      const Packet<T> row = load<T>(a + i * stride);
#pragma GCC unroll 4
      for (int j = 0; j < n_columns; ++j)
        sum[j * n_rows + i] = multiply_add<T>(row, column[j], sum[j * n_rows + i]);
    }
    a += packet_size<T>;
    b += packet_size<T>;
  }
  T sums[n_rows * n_columns];
  sums_of_lanes<n_rows * n_columns, T>(sum, sums);
  for (int j = 0; j < n_columns; ++j)
    for (int i = 0; i < n_rows; ++i)
      to[j * to_stride + i] += static_cast<double>(sums[j * n_rows + i]);
}

/// The tiles of n_rows rows from `row` on, left of and on the diagonal.
template <int n_rows, Real T>
void add_gram_rows(const LaneRows<T>& a, const LaneRows<T>& b, Index row, double* sums,
                   Index n_total) {
  const T* from = a.row(row);
  const Index end = row + n_rows, stride = a.stride;
  double* to = sums + row;
  Index j = 0;
  for (; j + gram_columns <= end; j += gram_columns)
    add_gram_tile<n_rows, gram_columns, T>(from, b.row(j), stride, a.n_packets, to + j * n_total,
                                           n_total);
  for (; j + 2 <= end; j += 2)
    add_gram_tile<n_rows, 2, T>(from, b.row(j), stride, a.n_packets, to + j * n_total, n_total);
  if (j < end)
    add_gram_tile<n_rows, 1, T>(from, b.row(j), stride, a.n_packets, to + j * n_total, n_total);
}

/// sums (n_rows x n_rows, column-major) += a b^T over the lanes, lower triangle; tiles on the
/// diagonal also write above it. a and b are alike in stride and number of lanes.
template <Real T>
void add_lower_gram(Index n_rows, const LaneRows<T>& a, const LaneRows<T>& b, double* sums) {
  Index row = 0;
  for (; row + 4 <= n_rows; row += 4) add_gram_rows<4, T>(a, b, row, sums, n_rows);
  if (row + 2 <= n_rows) add_gram_rows<2, T>(a, b, row, sums, n_rows), row += 2;
  if (row < n_rows) add_gram_rows<1, T>(a, b, row, sums, n_rows);
}

}  // namespace unlabeled::detail
