// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>

#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/packet.hpp"

// The arithmetic of a window: all its inputs against all its outputs. Rows are padded with zeros to
// whole cache lines, and their number to whole tiles, so no loop has a tail.

namespace unlabeled::detail {

inline constexpr bool has_many_registers = EIGEN_ARCH_DEFAULT_NUMBER_OF_REGISTERS >= 32;

/// A tile of pairs keeps its sums in registers.
inline constexpr Index tile_inputs = 4;
inline constexpr Index tile_outputs = has_many_registers ? 4 : 2;
inline constexpr Index tile_pairs = tile_inputs * tile_outputs;

constexpr Index rounded_up(Index n, Index unit) { return (n + unit - 1) / unit * unit; }

/// Length of a padded row.
template <Real S> constexpr Index padded_length(Index n_columns) {
  return rounded_up(n_columns, cache_line_bytes / static_cast<Index>(sizeof(S)));
}

/// Where the pair of an input and an output stands in a list of tiles, row of tiles by row.
struct PairGrid {
  Index n_inputs;
  Index n_outputs;

  [[nodiscard]] Index row_of_tiles() const {
    return rounded_up(n_outputs, tile_outputs) * tile_inputs;
  }
  [[nodiscard]] Index size() const {
    return rounded_up(n_inputs, tile_inputs) / tile_inputs * row_of_tiles();
  }
  [[nodiscard]] Index row(Index input) const {
    return input / tile_inputs * row_of_tiles() + input % tile_inputs * tile_outputs;
  }
  static Index column(Index output) {
    return output / tile_outputs * tile_pairs + output % tile_outputs;
  }
};

/// sums = the products of 4 inputs with 4 (or 2) outputs.
template <Real S>
EIGEN_DONT_INLINE void multiply_tile(const S* inputs, const S* outputs, Index length, S* sums) {
  constexpr int rows = static_cast<int>(tile_inputs), columns = static_cast<int>(tile_outputs);
  Packet<S> sum[rows][columns];
#pragma GCC unroll 16
  for (int i = 0; i < rows; ++i)  // NOLINT(modernize-loop-convert)
#pragma GCC unroll 16
    for (int o = 0; o < columns; ++o) sum[i][o] = broadcast<S>(S(0));
  for (Index t = 0; t < length; t += packet_size<S>) {
    Packet<S> output[columns];
#pragma GCC unroll 16
    for (int o = 0; o < columns; ++o) output[o] = load<S>(outputs + o * length + t);
#pragma GCC unroll 16
    for (int i = 0; i < rows; ++i) {
      const Packet<S> input = load<S>(inputs + i * length + t);
#pragma GCC unroll 16
      for (int o = 0; o < columns; ++o) sum[i][o] = multiply_add<S>(input, output[o], sum[i][o]);
    }
  }
  constexpr int lanes = static_cast<int>(packet_size<S>);
  static_assert(tile_pairs % lanes == 0);
#pragma GCC unroll 16
  for (int first = 0; first < rows * columns; first += lanes) {
    PacketSquare<S> square;
#pragma GCC unroll 16
    for (int l = 0; l < lanes; ++l)
      square.packet[l] = sum[(first + l) / columns][(first + l) % columns];
    store<S>(sums + first, sums_of_lanes<S>(square));
  }
}

/// The factors of a sum of rows, in a grid of pairs: that of term t for the row r of two is at
/// data[r * row_step + t / tile * tile_step + t % tile * step].
template <Real S> struct PairFactors {
  const S* data;
  Index row_step;
  Index n_tiles;
  Index tile_step;
  Index tile;
  Index step;
};

/// to[r] = sum over t of factor(r, t) * from[t], for two rows and some packets of their columns.
template <int n_packets, Real S>
EIGEN_DONT_INLINE void combine_two(const PairFactors<S>& factors, const S* from, Index length,
                                   S* to) {
  Packet<S> sum[2][n_packets];
#pragma GCC unroll 16
  for (int p = 0; p < n_packets; ++p) sum[0][p] = sum[1][p] = broadcast<S>(S(0));
  for (Index tile = 0; tile < factors.n_tiles; ++tile) {
    const S* factor = factors.data + tile * factors.tile_step;
    for (Index t = 0; t < factors.tile; ++t, factor += factors.step, from += length) {
      const Packet<S> first = broadcast<S>(factor[0]);
      const Packet<S> second = broadcast<S>(factor[factors.row_step]);
#pragma GCC unroll 16
      for (int p = 0; p < n_packets; ++p) {
        const Packet<S> term = load<S>(from + p * packet_size<S>);
        sum[0][p] = multiply_add<S>(first, term, sum[0][p]);
        sum[1][p] = multiply_add<S>(second, term, sum[1][p]);
      }
    }
  }
#pragma GCC unroll 16
  for (int p = 0; p < n_packets; ++p) {
    store<S>(to + p * packet_size<S>, sum[0][p]);
    store<S>(to + length + p * packet_size<S>, sum[1][p]);
  }
}

/// The same for all columns.
template <Real S>
void combine_two(const PairFactors<S>& factors, const S* from, Index length, S* to) {
  constexpr int widest = has_many_registers ? 7 : 4;
  Index t = 0;
  const auto cut = [&]<int n_packets>(std::integral_constant<int, n_packets>) {
    for (; t + n_packets * packet_size<S> <= length; t += n_packets * packet_size<S>)
      combine_two<n_packets, S>(factors, from + t, length, to + t);
  };
  cut(std::integral_constant<int, widest>{});
  cut(std::integral_constant < int, has_many_registers ? 4 : 2 > {});
  cut(std::integral_constant < int, has_many_registers ? 2 : 1 > {});
  cut(std::integral_constant<int, 1>{});
}

/// Blame by the logistic function. A pair of positive weight w should have a large product x, one of
/// negative weight a small one: with y = x for w > 0 and -x else, the loss is -|w| log s(y), and
/// minus its derivative by x, w s(-y), takes the place of x, times the learning rate. Returns the
/// loss.
template <Real S>
double blame_pairs(const S* weights, Index n_pairs, S learning_rate, S* products) {
  const Packet<S> zero = broadcast<S>(S(0)), one = broadcast<S>(S(1));
  const Packet<S> rate = broadcast<S>(learning_rate);
  Packet<S> loss = zero;
  for (Index k = 0; k < n_pairs; k += packet_size<S>) {
    const Packet<S> x = load<S>(products + k), weight = load<S>(weights + k);
    const Packet<S> minus_x = subtract<S>(zero, x);
    const Packet<S> wrong = select_less<S>(weight, zero, x, minus_x);  // -y
    const Packet<S> small = exponential<S>(subtract<S>(zero, magnitude<S>(x)));
    const Packet<S> sum = add<S>(one, small);
    const Packet<S> share = divide<S>(select_less<S>(wrong, zero, small, one), sum);
    store<S>(products + k, multiply<S>(multiply<S>(rate, weight), share));
    const Packet<S> cost = add<S>(maximum<S>(wrong, zero), logarithm<S>(sum));
    loss = multiply_add<S>(magnitude<S>(weight), cost, loss);
  }
  return static_cast<double>(sum_of_lanes<S>(loss));
}

/// products = inputs * outputs^T, in the order of the grid; rows beyond the last are zero.
template <Real S>
void multiply_pairs(const PairGrid& grid, const S* inputs, const S* outputs, Index length,
                    S* products) {
  for (Index i = 0; i < grid.n_inputs; i += tile_inputs)
    for (Index o = 0; o < grid.n_outputs; o += tile_outputs, products += tile_pairs)
      multiply_tile<S>(inputs + i * length, outputs + o * length, length, products);
}

/// input_changes = factors * outputs and output_changes = factors^T * inputs.
template <Real S>
void combine_pairs(const PairGrid& grid, const S* factors, const S* inputs, const S* outputs,
                   Index length, S* input_changes, S* output_changes) {
  const Index row = grid.row_of_tiles();
  PairFactors<S> by_output{nullptr, tile_outputs, row / tile_pairs, tile_pairs, tile_outputs, 1};
  for (Index i = 0; i < grid.n_inputs; i += 2) {
    by_output.data = factors + grid.row(i);
    combine_two<S>(by_output, outputs, length, input_changes + i * length);
  }
  PairFactors<S> by_input{nullptr, 1, grid.size() / row, row, tile_inputs, tile_outputs};
  for (Index o = 0; o < grid.n_outputs; o += 2) {
    by_input.data = factors + PairGrid::column(o);
    combine_two<S>(by_input, inputs, length, output_changes + o * length);
  }
}

}  // namespace unlabeled::detail
