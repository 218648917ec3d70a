// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/random.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/neural/deep_cluster_model.hpp"
#include "unlabeled/neural/detail/batches.hpp"
#include "unlabeled/neural/detail/cluster_head.hpp"
#include "unlabeled/neural/detail/layers.hpp"
#include "unlabeled/neural/detail/network.hpp"
#include "unlabeled/neural/detail/optimizer.hpp"
#include "unlabeled/neural/detail/soft_assignment.hpp"

namespace unlabeled::detail {

/// What all samples belong to at one moment: q (n_samples x n_clusters) and its greatest entries.
template <Real S> struct Memberships {
  Memberships(Index n_samples, Index n_clusters)
      : q(n_samples, n_clusters), labels(Labels::Constant(n_samples, -1)) {}

  /// Fills in the rows of a block of embedded samples.
  void set(Index begin, Index n_rows, const RowBuffer<S>& z, const RowMatrix<S>& centers,
           double degrees_of_freedom, Vector<double>& scratch) {
    const Index k = centers.rows();
    for (Index i = 0; i < n_rows; ++i) {
      labels[begin + i] =
          assign(z.row(i), centers, degrees_of_freedom, scratch.data(), scratch.data() + k);
      q.row(begin + i) = scratch.tail(k).transpose().template cast<S>();
    }
  }

  [[nodiscard]] Vector<double> masses() const {
    Vector<double> sums = Vector<double>::Zero(q.cols());
    for (Index i = 0; i < q.rows(); ++i) sums += q.row(i).transpose().template cast<double>();
    return sums;
  }

  [[nodiscard]] Vector<double> counts() const {
    Vector<double> counts = Vector<double>::Zero(q.cols());
    for (const int label : labels) ++counts[label];
    return counts;
  }

  RowMatrix<S> q;
  Labels labels;
};

/// Encoder and centres in training, with the decoder where it has a weight. Buffers are made once.
template <Real S> class ClusterTraining {
 public:
  ClusterTraining(Team& team, const Samples<S>& x, const DeepClusterModel<S>& start,
                  const DeepClusterOptions& options)
      : team_(team),
        x_(x),
        options_(options),
        batches_{x.n_samples, std::min(x.n_samples, options.batch_size)},
        encoder_(start.encoder, batches_.size, {}, team),
        head_(start.cluster_centers, options.degrees_of_freedom, batches_.size),
        everything_(team, x.n_samples, encoder_.packed()),
        scratch_(static_cast<std::size_t>(everything_.n_workers()),
                 Vector<double>(2 * start.cluster_centers.rows())),
        memberships_(x.n_samples, start.cluster_centers.rows()),
        previous_labels_(x.n_samples),
        order_(static_cast<std::size_t>(x.n_samples)) {
    if (options.reconstruction_weight > 0)
      decoder_.emplace(start.decoder, batches_.size, OptimizerOptions{}, team);
  }

  [[nodiscard]] const Memberships<S>& memberships() const { return memberships_; }

  void keep(DeepClusterModel<S>& model) const {
    model.encoder = encoder_.learned();
    if (decoder_) model.decoder = decoder_->learned();
    model.cluster_centers = head_.centers();
  }

  /// Assigns all samples anew and holds the target that follows. Returns the share of labels that
  /// are others than before.
  double refresh() {
    previous_labels_.swap(memberships_.labels);
    everything_.run(team_, x_, encoder_.packed(),
                    [&](Index begin, Index n_rows, const RowBuffer<S>& z, int worker) {
                      memberships_.set(begin, n_rows, z, head_.centers(),
                                       options_.degrees_of_freedom,
                                       scratch_[static_cast<std::size_t>(worker)]);
                    });
    masses_ = memberships_.masses();
    const Index changed = (memberships_.labels.array() != previous_labels_.array()).count();
    return static_cast<double>(changed) / static_cast<double>(x_.n_samples);
  }

  /// One update with the next batch, in a new order of the samples each time they are used up.
  /// Returns the loss before it.
  double update() {
    const Index in_pass = n_steps_ % batches_.count();
    if (in_pass == 0) {
      for (Index i = 0; i < x_.n_samples; ++i) order_[static_cast<std::size_t>(i)] = i;
      network_rng(options_.seed, NetworkStream::clustering, 1 + n_steps_ / batches_.count())
          .shuffle(order_);
    }
    return step(order_, batches_[in_pass]);
  }

  /// An update with given samples.
  double step(const std::vector<Index>& order, Range batch) {
    const Index n_rows = batch.size();
    gather(x_, order, batch, encoder_.input());
    encoder_.forward(team_, n_rows);
    RowBuffer<S>& delta = encoder_.output_delta();
    double loss = 0;
    if (decoder_)
      loss = reconstruct(n_rows, delta);
    else
      delta.top(n_rows).setZero();
    loss += head_.blame(team_, encoder_.output(), n_rows, delta, [&](Index i, double* p) {
      sharpen(memberships_.q.row(order[static_cast<std::size_t>(batch.begin + i)]).data(), masses_,
              p);
    });
    for (Index i = 0; i < n_rows; ++i)
      for (Index panel = 0; panel < n_panels<S>(delta.n_columns()); ++panel)
        multiply_by_derivative(encoder_.output_activation(),
                               encoder_.output().row(i) + panel * tile_lanes<S>,
                               delta.row(i) + panel * tile_lanes<S>);
    encoder_.step(team_, n_rows, options_.learning_rate);
    head_.step(OptimizerStep<S>({}, options_.learning_rate, ++n_steps_));
    return loss;
  }

 private:
  /// Moves the decoder; delta becomes the gradient by the embedding. Returns the weighted loss.
  double reconstruct(Index n_rows, RowBuffer<S>& delta) {
    decoder_->input().top(n_rows) = encoder_.output().top(n_rows);
    decoder_->forward(team_, n_rows);
    const double loss =
        detail::blame(team_, Loss::mean_squared, encoder_.input(), n_rows, *decoder_);
    decoder_->output_delta().top(n_rows) *= static_cast<S>(options_.reconstruction_weight);
    decoder_->step(team_, n_rows, options_.learning_rate, &delta);
    return options_.reconstruction_weight * loss;
  }

  Team& team_;
  Samples<S> x_;
  const DeepClusterOptions& options_;
  Chunks batches_;
  Network<S> encoder_;
  std::optional<Network<S>> decoder_;
  ClusterHead<S> head_;
  BlockPass<S> everything_;
  std::vector<Vector<double>> scratch_;
  Memberships<S> memberships_;
  Vector<double> masses_;
  Labels previous_labels_;
  std::vector<Index> order_;
  Index n_steps_ = 0;
};

}  // namespace unlabeled::detail
