// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/random.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/neural/detail/row_buffer.hpp"
#include "unlabeled/neural/detail/trained_layer.hpp"
#include "unlabeled/neural/network_options.hpp"

// Networks as plain lists of layers: their first weights, and what they make of samples.

namespace unlabeled::detail {

/// Random weights that keep the spread of values from layer to layer: normal with variance
/// 2 / n_inputs before a relu (He et al. 2015), else uniform within ± sqrt(6 / (n_inputs +
/// n_outputs)) (Glorot and Bengio 2010). No bias.
template <Real S>
DenseLayer<S> initial_layer(Index n_inputs, Index n_outputs, Activation activation, Rng& rng) {
  DenseLayer<S> layer{Matrix<S>(n_inputs, n_outputs), Vector<S>::Zero(n_outputs), activation};
  const double deviation = std::sqrt(2.0 / static_cast<double>(n_inputs));
  const double bound = std::sqrt(6.0 / static_cast<double>(n_inputs + n_outputs));
  for (Index i = 0; i < n_inputs; ++i)
    for (Index j = 0; j < n_outputs; ++j)
      layer.weights(i, j) = static_cast<S>(
          activation == Activation::relu ? rng.normal(0, deviation) : rng.uniform(-bound, bound));
  return layer;
}

/// Layers of these widths, the first of which is the input's; `hidden` between, `last` at the end.
template <Real S>
std::vector<DenseLayer<S>> initial_layers(const std::vector<Index>& widths, Activation hidden,
                                          Activation last, Rng& rng) {
  std::vector<DenseLayer<S>> layers;
  for (std::size_t l = 0; l + 1 < widths.size(); ++l)
    layers.push_back(
        initial_layer<S>(widths[l], widths[l + 1], l + 2 == widths.size() ? last : hidden, rng));
  return layers;
}

/// What layers make of samples, a block at a time: the buffers, one set for each thread, serve any
/// number of passes over up to n_samples samples.
template <Real S> class BlockPass {
 public:
  using Layers = std::vector<const PackedLayer<S>*>;

  BlockPass(const Team& team, Index n_samples, const Layers& layers) {
    std::vector<RowBuffer<S>> buffers{RowBuffer<S>(block_size, layers.front()->n_inputs())};
    for (const PackedLayer<S>* layer : layers) buffers.emplace_back(block_size, layer->n_outputs());
    scratch_.assign(static_cast<std::size_t>(team.workers(Chunks{n_samples, block_size}.count())),
                    buffers);
  }

  /// Threads that can be at work at a time.
  [[nodiscard]] Index n_workers() const { return static_cast<Index>(scratch_.size()); }

  /// use(first sample, n_rows, values, worker) for each block, with what the layers make of it.
  /// Blocks come in any order and on any thread.
  template <class Use> void run(Team& team, const Samples<S>& x, const Layers& layers, Use&& use) {
    team.for_each_chunk({x.n_samples, block_size}, [&](Range rows, int worker) {
      std::vector<RowBuffer<S>>& values = scratch_[static_cast<std::size_t>(worker)];
      for (Index i = 0; i < rows.size(); ++i)
        for (Index j = 0; j < x.n_features; ++j) values[0].row(i)[j] = x(rows.begin + i, j);
      for (std::size_t l = 0; l < layers.size(); ++l)
        for (Index p = 0; p < layers[l]->weights.count(); ++p)
          layers[l]->forward(p, {0, rows.size()}, values[l], values[l + 1]);
      use(rows.begin, rows.size(), std::as_const(values.back()), worker);
    });
  }

 private:
  static constexpr Index block_size = Index{8} * tile_rows;

  std::vector<std::vector<RowBuffer<S>>> scratch_;
};

/// use(first sample, n_rows, values) likewise in one go, for layers as they are stored.
template <Real S, class Use>
void for_each_output(Team& team, const Samples<S>& x, const std::vector<DenseLayer<S>>& layers,
                     Use&& use) {
  const std::vector<PackedLayer<S>> packed(layers.begin(), layers.end());
  typename BlockPass<S>::Layers all;
  for (const PackedLayer<S>& layer : packed) all.push_back(&layer);
  BlockPass<S>(team, x.n_samples, all)
      .run(team, x, all, [&](Index begin, Index n_rows, const RowBuffer<S>& values, int) {
        use(begin, n_rows, values);
      });
}

/// What the layers make of all samples: n_samples x outputs.
template <Real S>
Matrix<S> outputs_of(Team& team, const Samples<S>& x, const std::vector<DenseLayer<S>>& layers) {
  Matrix<S> result(x.n_samples, layers.back().weights.cols());
  for_each_output(team, x, layers, [&](Index begin, Index n_rows, const RowBuffer<S>& values) {
    result.middleRows(begin, n_rows) = values.top(n_rows);
  });
  return result;
}

/// Mean squared difference of each sample and what the layers make of it.
template <Real S>
Vector<S> reconstruction_errors(Team& team, const Samples<S>& x,
                                const std::vector<DenseLayer<S>>& layers) {
  Vector<S> errors(x.n_samples);
  for_each_output(team, x, layers, [&](Index begin, Index n_rows, const RowBuffer<S>& values) {
    for (Index i = 0; i < n_rows; ++i) {
      double sum = 0;
      for (Index j = 0; j < x.n_features; ++j) {
        const double difference =
            static_cast<double>(values.row(i)[j]) - static_cast<double>(x(begin + i, j));
        sum += difference * difference;
      }
      errors[begin + i] = static_cast<S>(sum / static_cast<double>(x.n_features));
    }
  });
  return errors;
}

}  // namespace unlabeled::detail
