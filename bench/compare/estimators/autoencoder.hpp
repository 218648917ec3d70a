// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <sstream>
#include <string>
#include <vector>

#include "../tasks.hpp"
#include "unlabeled/neural/autoencoder.hpp"

namespace compare {

/// Weights that both sides compute by the same formula, of the size that He's start has.
template <Real S>
std::vector<DenseLayer<S>> start_of(const std::vector<Index>& widths, Index first) {
  std::vector<DenseLayer<S>> layers;
  for (std::size_t l = 0; l + 1 < widths.size(); ++l) {
    DenseLayer<S> layer{Matrix<S>(widths[l], widths[l + 1]), Vector<S>::Zero(widths[l + 1]),
                        l + 2 == widths.size() ? Activation::linear : Activation::relu};
    const double bound = std::sqrt(6.0 / static_cast<double>(widths[l]));
    for (Index j = 0; j < widths[l + 1]; ++j)
      for (Index i = 0; i < widths[l]; ++i) {
        const double chaos =
            43758.5453 *
            std::sin(12.9898 * static_cast<double>(i) + 78.233 * static_cast<double>(j) +
                     static_cast<double>(first) + static_cast<double>(l));
        layer.weights(i, j) = static_cast<S>(bound * (2 * (chaos - std::floor(chaos)) - 1));
      }
    layers.push_back(layer);
  }
  return layers;
}

/// "500-500-2000-10" as numbers.
inline std::vector<Index> sizes_of(const Request& request) {
  std::vector<Index> sizes;
  std::istringstream text(request.text("sizes"));
  for (std::string size; std::getline(text, size, '-');) sizes.push_back(std::stol(size));
  return sizes;
}

/// Encoder and decoder for `n_features`, the encoder's widths behind them being `sizes`.
template <Real S>
AutoencoderModel<S> start_model(Index n_features, const std::vector<Index>& sizes) {
  std::vector<Index> widths = sizes;
  widths.insert(widths.begin(), n_features);
  AutoencoderModel<S> start;
  start.encoder = start_of<S>(widths, 0);
  start.decoder = start_of<S>({widths.rbegin(), widths.rend()}, static_cast<Index>(sizes.size()));
  return start;
}

/// One epoch from that start: "sizes" are the widths of the encoder behind the input.
template <Real S> Reply run_autoencoder(const Request& request) {
  const auto& x = array<S>(request.text("x"));
  const AutoencoderOptions options{.encoder_sizes = sizes_of(request),
                                   .batch_size = request.number("batch_size"),
                                   .n_epochs = 1,
                                   .n_threads = request.n_threads()};
  Autoencoder<S> autoencoder(options, start_model<S>(x.cols(), options.encoder_sizes));
  const double time = seconds([&] { autoencoder.partial_fit(x); });
  return {{"seconds", time}, {"loss", autoencoder.report().objective}};
}

template <Real S> Tasks autoencoder_tasks() { return {{"autoencoder", run_autoencoder<S>}}; }

}  // namespace compare
