// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "../tasks.hpp"
#include "autoencoder.hpp"
#include "unlabeled/cluster/kmeans.hpp"
#include "unlabeled/metrics/agreement.hpp"
#include "unlabeled/neural/detail/deep_cluster_fit.hpp"
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

/// How well clusters agree with known labels: NAME_accuracy (by best matching), NAME_nmi, NAME_ari.
inline void add_agreement(const std::string& name, const Labels& truth, const Labels& clusters,
                          double time, Reply& reply) {
  reply.emplace_back(name + "_accuracy", clustering_accuracy(truth, clusters));
  reply.emplace_back(name + "_nmi", normalized_mutual_info_score(truth, clusters));
  reply.emplace_back(name + "_ari", adjusted_rand_score(truth, clusters));
  reply.emplace_back(name + "_seconds", time);
}

/// KMeans on the samples, KMeans on the code that pretraining finds, and DEC and IDEC from there,
/// with the options of DeepCluster as they are. "code_seconds" are pretraining's.
template <Real S> Reply run_deep_clustering(const Request& request) {
  const auto& x = array<S>(request.text("x"));
  const Labels truth = array<double>(request.text("labels")).col(0).template cast<int>();
  DeepClusterOptions options{.n_clusters = request.number("n_clusters"),
                             .seed = static_cast<std::uint64_t>(request.number("seed")),
                             .n_threads = request.n_threads()};
  const KMeans<S> kmeans({.n_clusters = options.n_clusters,
                          .n_init = options.n_init,
                          .seed = options.seed,
                          .n_threads = options.n_threads});
  Reply reply;
  Labels found;
  double time = seconds([&] { found = KMeans<S>(kmeans).fit_predict(x); });
  add_agreement("raw", truth, found, time, reply);

  const RowMatrix<S> scaled = detail::unit_scale(x) * x;
  const detail::Samples<S> samples(scaled);
  detail::Team team(options.n_threads);
  detail::EpochLog log(detail::deep_cluster, options.on_iteration, 1);
  AutoencoderModel<S> start;
  time = seconds([&] { start = detail::pretrained(team, samples, options, log); });
  found = KMeans<S>(kmeans).fit_predict(detail::outputs_of(team, samples, start.encoder));
  add_agreement("code", truth, found, time, reply);

  for (const double weight : {0.0, 0.6}) {
    options.reconstruction_weight = weight;
    time = seconds([&] {
      DeepClusterModel<S> model = detail::clustered(team, samples, start, options, log);
      detail::assign_training_samples(team, samples, options.degrees_of_freedom, model);
      found = model.labels;
    });
    add_agreement(weight == 0 ? "dec" : "idec", truth, found, time, reply);
  }
  return reply;
}

template <Real S> Tasks deep_cluster_tasks() {
  return {{"deep_cluster", run_deep_cluster<S>}, {"deep_clustering", run_deep_clustering<S>}};
}

}  // namespace compare
