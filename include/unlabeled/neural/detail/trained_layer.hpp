// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/panels.hpp"
#include "unlabeled/linalg/tile.hpp"
#include "unlabeled/neural/detail/activation.hpp"
#include "unlabeled/neural/detail/optimizer.hpp"
#include "unlabeled/neural/detail/row_buffer.hpp"
#include "unlabeled/neural/network_options.hpp"

// A dense layer at work. Its three products,
//   forward    A = activation(X W + b)       lanes are outputs
//   backward   dX = dA W^T                   lanes are inputs
//   update     W -= step(X^T dA)             lanes are outputs
// are cut into tasks by panels of lanes and blocks of rows. Every number is computed by one task as
// one chain of multiply-adds, so the cut and the number of threads change nothing.

namespace unlabeled::detail {

/// What a product of a layer needs beside its operands.
template <Real S> struct Pass {
  Team& team;
  Index n_samples;
  std::vector<Vector<S>>& scratch;  // a panel for each thread, as deep as any product needs

  /// Threads that can be at work at a time, in products of up to this many lanes and rows.
  static int workers(const Team& team, Index n_lanes, Index n_rows) {
    return team.workers(n_panels<S>(n_lanes) * Chunks{n_rows, least_rows}.count());
  }

  /// task(panel, rows, scratch) for all panels of lanes and blocks of rows. Short work stays on the
  /// calling thread: waking another one takes longer.
  template <class Task> void run(Index n_panels, Index n_rows, Index depth, Task&& task) const {
    const Chunks blocks{n_rows, rows_per_task(n_panels, n_rows)};
    const Index n_tasks = n_panels * blocks.count();
    const auto one = [&](Index i, int worker) {
      task(i / blocks.count(), blocks[i % blocks.count()],
           scratch[static_cast<std::size_t>(worker)].data());
    };
    const double multiply_adds = static_cast<double>(n_panels * tile_lanes<S>) *
                                 static_cast<double>(n_rows) * static_cast<double>(depth);
    if (multiply_adds < 2e5)
      for (Index i = 0; i < n_tasks; ++i) one(i, 0);
    else
      team.run(n_tasks, one);
  }

 private:
  /// A task brings its panel into the cache, so rows are cut only for want of tasks.
  [[nodiscard]] Index rows_per_task(Index n_panels, Index n_rows) const {
    constexpr Index tasks_per_thread = 16;
    const Index n_blocks = team.size() == 1 ? 1 : 1 + tasks_per_thread * team.size() / n_panels;
    return std::max(least_rows, (n_rows + n_blocks - 1) / n_blocks);
  }
  static constexpr Index least_rows = Index{8} * tile_rows;
};

/// The numbers of a layer as the products want them.
template <Real S> class PackedLayer {
 public:
  explicit PackedLayer(const DenseLayer<S>& layer)
      : activation(layer.activation),
        weights(layer.weights, {0, layer.weights.rows()}),
        bias(Vector<S>::Zero(weights.count() * tile_lanes<S>)) {
    bias.head(layer.bias.size()) = layer.bias;
  }

  [[nodiscard]] Index n_inputs() const { return weights.n_rows(); }
  [[nodiscard]] Index n_outputs() const { return weights.n_columns(); }

  void set_zero() {
    weights.set_zero();
    bias.setZero();
  }

  [[nodiscard]] DenseLayer<S> unpacked() const {
    DenseLayer<S> layer{Matrix<S>(n_inputs(), n_outputs()), bias.head(n_outputs()), activation};
    for (Index j = 0; j < n_outputs(); ++j)
      for (Index i = 0; i < n_inputs(); ++i) layer.weights(i, j) = weights(i, j);
    return layer;
  }

  /// Panel p of the outputs of some rows.
  void forward(Index p, Range rows, const RowBuffer<S>& input, RowBuffer<S>& output) const {
    multiply_panel(input.samples().from(rows.begin), rows.size(), n_inputs(), weights.at(p, 0),
                   bias.data() + p * tile_lanes<S>,
                   [&](Index first, Index n, const Tile<S, tile_rows>& tile) {
                     S* to = output.row(rows.begin + first) + p * tile_lanes<S>;
                     store_tile(tile, n, to, output.stride());
                     for (Index r = 0; r < n; ++r) activate(activation, to + r * output.stride());
                   });
  }

  Activation activation;
  Panels<S> weights;
  Vector<S> bias;  // whole panels
};

/// A layer that learns.
template <Real S> class TrainedLayer {
 public:
  explicit TrainedLayer(const DenseLayer<S>& start)
      : layer_(start), first_moment_(start), second_moment_(start) {
    first_moment_.set_zero();
    second_moment_.set_zero();
  }
  /// Goes on where an optimizer stopped.
  TrainedLayer(const DenseLayer<S>& start, const DenseLayer<S>& first_moment,
               const DenseLayer<S>& second_moment)
      : layer_(start), first_moment_(first_moment), second_moment_(second_moment) {}

  [[nodiscard]] Index n_inputs() const { return layer_.n_inputs(); }
  [[nodiscard]] Index n_outputs() const { return layer_.n_outputs(); }
  [[nodiscard]] Activation activation() const { return layer_.activation; }

  [[nodiscard]] const PackedLayer<S>& packed() const { return layer_; }
  [[nodiscard]] DenseLayer<S> learned() const { return layer_.unpacked(); }
  [[nodiscard]] DenseLayer<S> first_moment() const { return first_moment_.unpacked(); }
  [[nodiscard]] DenseLayer<S> second_moment() const { return second_moment_.unpacked(); }

  /// output = activation(input W + bias).
  void forward(const Pass<S>& pass, const RowBuffer<S>& input, RowBuffer<S>& output) const {
    pass.run(layer_.weights.count(), pass.n_samples, n_inputs(),
             [&](Index p, Range rows, S*) { layer_.forward(p, rows, input, output); });
  }

  /// gradient = (delta W^T) * below'(sums), where input = below(sums) is what the layer was given
  /// and delta the gradient by this layer's sums.
  void backward(const Pass<S>& pass, const RowBuffer<S>& delta, Activation below,
                const RowBuffer<S>& input, RowBuffer<S>& gradient) const {
    pass.run(n_panels<S>(n_inputs()), pass.n_samples, n_outputs(),
             [&](Index q, Range rows, S* transposed) {
               transpose_panel(q, transposed);
               multiply_panel(delta.samples().from(rows.begin), rows.size(), n_outputs(),
                              static_cast<const S*>(transposed), static_cast<const S*>(nullptr),
                              [&](Index first, Index n, const Tile<S, tile_rows>& tile) {
                                const Index row = rows.begin + first, column = q * tile_lanes<S>;
                                S* to = gradient.row(row) + column;
                                store_tile(tile, n, to, gradient.stride());
                                for (Index r = 0; r < n; ++r)
                                  multiply_by_derivative(below, input.row(row + r) + column,
                                                         to + r * gradient.stride());
                              });
             });
  }

  /// Moves weights and bias against their gradients, X^T delta and the sum of delta.
  void update(const Pass<S>& pass, const RowBuffer<S>& input, const RowBuffer<S>& delta,
              const OptimizerStep<S>& step) {
    pass.run(layer_.weights.count(), n_inputs(), pass.n_samples,
             [&](Index p, Range inputs, S* panel) {
               copy_panel(delta, p, pass.n_samples, panel);
               if (inputs.begin == 0) update_bias(p, pass.n_samples, panel, step);
               multiply_panel(input.columns().from(inputs.begin), inputs.size(), pass.n_samples,
                              static_cast<const S*>(panel), static_cast<const S*>(nullptr),
                              [&](Index first, Index n, const Tile<S, tile_rows>& tile) {
                                S gradient[tile_rows * tile_lanes<S>];
                                store_tile(tile, n, gradient, tile_lanes<S>);
                                const Index row = inputs.begin + first;
                                step(gradient, n * tile_lanes<S>, layer_.weights.at(p, row),
                                     first_moment_.weights.at(p, row),
                                     second_moment_.weights.at(p, row));
                              });
             });
  }

 private:
  /// Inputs [q lanes, (q + 1) lanes) of all outputs: n_outputs x tile_lanes.
  void transpose_panel(Index q, S* to) const {
    const Index first = q * tile_lanes<S>, count = std::min(tile_lanes<S>, n_inputs() - first);
    for (Index k = 0; k < n_outputs(); k += packet_size<S>) {
      const S* from = layer_.weights.at(k / tile_lanes<S>, first) + k % tile_lanes<S>;
      const Index depth = std::min(packet_size<S>, n_outputs() - k);
      for (Index half = 0; half < 2; ++half) {
        PacketSquare<S> square;
        for (Index lane = 0; lane < packet_size<S>; ++lane) {
          const Index input = half * packet_size<S> + lane;
          square.packet[lane] =
              input < count ? load<S>(from + input * tile_lanes<S>) : broadcast<S>(S(0));
        }
        transpose<S>(square);
        for (Index t = 0; t < depth; ++t)
          store<S>(to + (k + t) * tile_lanes<S> + half * packet_size<S>, square.packet[t]);
      }
    }
  }

  static void copy_panel(const RowBuffer<S>& from, Index p, Index n_rows, S* to) {
    for (Index i = 0; i < n_rows; ++i)
      std::copy_n(from.row(i) + p * tile_lanes<S>, tile_lanes<S>, to + i * tile_lanes<S>);
  }

  void update_bias(Index p, Index n_rows, const S* delta, const OptimizerStep<S>& step) {
    Eigen::Array<S, static_cast<int>(tile_lanes<S>), 1> gradient;
    gradient.setZero();
    for (Index i = 0; i < n_rows; ++i) gradient += ConstLanes<S>(delta + i * tile_lanes<S>);
    const Index first = p * tile_lanes<S>;
    step(gradient.data(), tile_lanes<S>, layer_.bias.data() + first,
         first_moment_.bias.data() + first, second_moment_.bias.data() + first);
  }

  PackedLayer<S> layer_;
  PackedLayer<S> first_moment_;
  PackedLayer<S> second_moment_;
};

}  // namespace unlabeled::detail
