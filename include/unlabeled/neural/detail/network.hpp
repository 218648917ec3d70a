// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/neural/detail/loss.hpp"
#include "unlabeled/neural/detail/row_buffer.hpp"
#include "unlabeled/neural/detail/trained_layer.hpp"

namespace unlabeled::detail {

/// A chain of dense layers in training: all buffers are made once, for batches of up to `max_rows`
/// samples.
template <Real S> class Network {
 public:
  Network(const std::vector<DenseLayer<S>>& layers, Index max_rows, const OptimizerOptions& options,
          const Team& team)
      : options_(options) {
    Index deepest = std::max(max_rows, layers.front().weights.rows());
    values_.emplace_back(max_rows, layers.front().weights.rows());
    for (const DenseLayer<S>& layer : layers) {
      layers_.emplace_back(layer);
      values_.emplace_back(max_rows, layer.weights.cols());
      deltas_.emplace_back(max_rows, layer.weights.cols());
      deepest = std::max(deepest, layer.weights.cols());
    }
    const int n_workers = Pass<S>::workers(team, deepest, deepest);
    scratch_.assign(static_cast<std::size_t>(n_workers), Vector<S>(deepest * tile_lanes<S>));
  }

  [[nodiscard]] RowBuffer<S>& input() { return values_.front(); }
  [[nodiscard]] const RowBuffer<S>& output() const { return values_.back(); }
  [[nodiscard]] Activation output_activation() const { return layers_.back().activation(); }
  /// Gradient of the loss by the sums of the last layer: to be set between forward() and step().
  [[nodiscard]] RowBuffer<S>& output_delta() { return deltas_.back(); }

  [[nodiscard]] std::vector<DenseLayer<S>> learned() const {
    std::vector<DenseLayer<S>> layers;
    for (const TrainedLayer<S>& layer : layers_) layers.push_back(layer.learned());
    return layers;
  }

  /// The layers as they stand, for passes over samples beside the training.
  [[nodiscard]] std::vector<const PackedLayer<S>*> packed() const {
    std::vector<const PackedLayer<S>*> layers;
    for (const TrainedLayer<S>& layer : layers_) layers.push_back(&layer.packed());
    return layers;
  }

  [[nodiscard]] OptimizerState<S> optimizer_state() const {
    OptimizerState<S> state{n_steps_, {}, {}};
    for (const TrainedLayer<S>& layer : layers_) {
      state.first_moments.push_back(layer.first_moment());
      state.second_moments.push_back(layer.second_moment());
    }
    return state;
  }

  /// Goes on where an optimizer stopped; nothing happens where it has not begun.
  void resume(const OptimizerState<S>& state) {
    if (state.n_steps == 0) return;
    n_steps_ = state.n_steps;
    for (std::size_t l = 0; l < layers_.size(); ++l)
      layers_[l] =
          TrainedLayer<S>(layers_[l].learned(), state.first_moments[l], state.second_moments[l]);
  }

  /// From the first n_rows rows of input() to those of output().
  void forward(Team& team, Index n_rows) {
    const Pass<S> pass{team, n_rows, scratch_};
    for (std::size_t l = 0; l < layers_.size(); ++l)
      layers_[l].forward(pass, values_[l], values_[l + 1]);
  }

  /// Carries output_delta() back through the layers and moves all weights. Where `input_gradient` is
  /// given it gets the gradient by input().
  void step(Team& team, Index n_rows, double learning_rate,
            RowBuffer<S>* input_gradient = nullptr) {
    const Pass<S> pass{team, n_rows, scratch_};
    const OptimizerStep<S> step(options_, learning_rate, ++n_steps_);
    for (std::size_t l = layers_.size(); l-- > 0;) {
      if (l > 0)
        layers_[l].backward(pass, deltas_[l], layers_[l - 1].activation(), values_[l],
                            deltas_[l - 1]);
      else if (input_gradient)
        layers_[0].backward(pass, deltas_[0], Activation::linear, values_[0], *input_gradient);
      layers_[l].update(pass, values_[l], deltas_[l], step);
    }
  }

 private:
  OptimizerOptions options_;
  Index n_steps_ = 0;
  std::vector<TrainedLayer<S>> layers_;
  std::vector<RowBuffer<S>> values_;  // the input, and what each layer made of it
  std::vector<RowBuffer<S>> deltas_;  // gradient by the sums of each layer
  std::vector<Vector<S>> scratch_;
};

/// The loss of the first n_rows rows, a mean over samples and features, and its gradient as the
/// network's output_delta().
template <Real S>
double blame(Team& team, Loss loss, const RowBuffer<S>& target, Index n_rows, Network<S>& network) {
  const RowBuffer<S>& output = network.output();
  const Index n_features = output.n_columns();
  const double share = 1 / (static_cast<double>(n_rows) * static_cast<double>(n_features));
  const Index rows_per_task = std::max<Index>(1, (Index{1} << 14) / n_features);
  return share * team.reduce(Chunks{n_rows, rows_per_task}, 0.0, [&](Range rows, int) {
    double sum = 0;
    for (Index i = rows.begin; i < rows.end; ++i) {
      sum += loss_of(loss, output.row(i), target.row(i), n_features);
      set_delta(loss, network.output_activation(), static_cast<S>(share), output, target, i,
                network.output_delta());
    }
    return sum;
  });
}

}  // namespace unlabeled::detail
