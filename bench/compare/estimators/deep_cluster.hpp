// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "../tasks.hpp"
#include "autoencoder.hpp"
#include "unlabeled/neural/detail/deep_cluster_training.hpp"

namespace compare {

/// A refresh of the target and one pass of updates over the samples, in their order, from the same
/// weights and centres (the codes of the first samples) as the peer. "weight": of reconstruction.
template <Real S> Reply run_deep_cluster(const Request& request) {
  const auto& x = array<S>(request.text("x"));
  const AutoencoderModel<S> start = start_model<S>(x.cols(), sizes_of(request));
  detail::Team team(request.n_threads());
  DeepClusterModel<S> model;
  model.encoder = start.encoder;
  model.decoder = start.decoder;
  const RowMatrix<S> first = x.topRows(request.number("n_clusters"));
  model.cluster_centers = detail::outputs_of(team, detail::Samples<S>(first), start.encoder);
  const DeepClusterOptions options{
      .n_clusters = first.rows(),
      .learning_rate = 1e-3,
      .batch_size = request.number("batch_size"),
      .reconstruction_weight = static_cast<double>(request.number("weight"))};
  detail::ClusterTraining<S> training(team, detail::Samples<S>(x), model, options);
  std::vector<Index> order(static_cast<std::size_t>(x.rows()));
  for (Index i = 0; i < x.rows(); ++i) order[static_cast<std::size_t>(i)] = i;
  double loss = 0;
  const double time = seconds([&] {
    training.refresh();
    const detail::Chunks batches{x.rows(), options.batch_size};
    for (Index b = 0; b < batches.count(); ++b)
      loss += static_cast<double>(batches[b].size()) * training.step(order, batches[b]);
  });
  return {{"seconds", time}, {"loss", loss / static_cast<double>(x.rows())}};
}

template <Real S> Tasks deep_cluster_tasks() { return {{"deep_cluster", run_deep_cluster<S>}}; }

}  // namespace compare
