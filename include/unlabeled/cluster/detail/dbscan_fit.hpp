// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "unlabeled/cluster/dbscan_model.hpp"
#include "unlabeled/cluster/detail/concurrent_sets.hpp"
#include "unlabeled/cluster/detail/dbscan_core_index.hpp"
#include "unlabeled/cluster/detail/dbscan_demand.hpp"
#include "unlabeled/cluster/detail/dbscan_grid.hpp"
#include "unlabeled/cluster/detail/dbscan_partition.hpp"
#include "unlabeled/cluster/detail/dbscan_precomputed.hpp"
#include "unlabeled/core/check.hpp"
#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/metric.hpp"

// The three steps, whatever the method: core samples by the weight of their neighbourhoods; clusters
// as the components of neighbouring core samples; other samples to their nearest core sample.

namespace unlabeled::detail {

/// Core samples of a fit in their components.
template <Real S> struct CoreComponents {
  Labels root;  // n_samples: a number per component, -1 where not core
  CoreIndex<S> index;
};

template <Real S, int d>
CoreComponents<S> components_in_grid(Team& team, Grid<S, d> grid, const Samples<S>& x,
                                     const CoreDemand& demand, double eps) {
  CoreComponents<S> found{Labels::Constant(x.n_samples, -1), {}};
  grid.keep(core_positions(team, grid, demand));
  grid.index_dense_cells(team);
  connect(team, grid, x, eps, [&](std::uint32_t sample, std::uint32_t number) {
    found.root[static_cast<Index>(sample)] = static_cast<int>(number);
  });
  if (grid.cells().n_samples() > 0) found.index = CoreIndex<S>(std::move(grid));
  return found;
}

template <Real T, Real S>
CoreComponents<S> components_in_tree(Team& team, MetricSpace<S> space, const Samples<S>& x,
                                     const CoreDemand& demand, double eps) {
  CoreComponents<S> found{Labels::Constant(x.n_samples, -1), {}};
  std::vector<std::uint32_t> members;
  {
    const Partition<T> all(team, space, x, all_samples(x.n_samples));
    const std::vector<std::uint8_t> core = core_samples(team, space, all, x, eps, demand);
    for (std::uint32_t i = 0; i < core.size(); ++i)
      if (core[i] != 0) members.push_back(i);
  }
  if (members.empty()) return found;
  members.shrink_to_fit();
  // A tree of their own: its boxes are not stretched by noise, and predict() needs it.
  Partition<T> cores(team, space, x, std::move(members));
  connect(team, space, cores, x, eps, [&](std::uint32_t sample, std::uint32_t number) {
    found.root[static_cast<Index>(sample)] = static_cast<int>(number);
  });
  found.index = CoreIndex<S>(Tree<T, S>{std::move(space), std::move(cores)});
  return found;
}

/// Fills in the core samples of a model whose labels tell them.
template <Real S> void collect_core_samples(const Samples<S>& x, DBSCANModel<S>& model) {
  const Index n_core = (model.labels.array() >= 0).template cast<Index>().sum();
  model.core_sample_indices.resize(n_core);
  model.core_samples.resize(n_core, x.n_features);
  for (Index i = 0, rank = 0; i < x.n_samples; ++i)
    if (model.labels[i] >= 0) model.core_sample_indices[rank++] = i;
  for (Index j = 0; j < x.n_features; ++j)
    for (Index rank = 0; rank < n_core; ++rank)
      model.core_samples(rank, j) = x(model.core_sample_indices[rank], j);
}

/// Gives the samples that are not core the label of the core sample that is nearest within eps. In
/// four batches, so that their copies take less memory than the search for core samples took.
template <Real S>
void label_borders(Team& team, const Samples<S>& x, double eps, const CoreIndex<S>& index,
                   Labels& labels) {
  const Index n_others = (labels.array() < 0).template cast<Index>().sum();
  if (n_others == 0 || n_others == labels.size()) return;
  const Index batch = std::min(n_others, std::max<Index>(4096, (n_others + 3) / 4));
  std::vector<std::uint32_t> others;
  others.reserve(static_cast<std::size_t>(batch));
  RowMatrix<S> rows(batch, x.n_features);
  for (Index i = 0; i < x.n_samples;) {
    others.clear();
    for (; i < x.n_samples && static_cast<Index>(others.size()) < batch; ++i) {
      if (labels[i] >= 0) continue;
      for (Index j = 0; j < x.n_features; ++j) rows(static_cast<Index>(others.size()), j) = x(i, j);
      others.push_back(static_cast<std::uint32_t>(i));
    }
    Samples<S> searched(rows);
    searched.n_samples = static_cast<Index>(others.size());
    index.nearest(team, x, eps, searched, [&](Index row, Index core) {
      labels[static_cast<Index>(others[static_cast<std::size_t>(row)])] = labels[core];
    });
  }
}

/// From numbers of samples to those of core samples.
template <Real S> void renumber(const DBSCANModel<S>& model, CoreIndex<S>& index) {
  std::vector<std::uint32_t> rank(static_cast<std::size_t>(model.labels.size()));
  for (Index r = 0; r < model.core_sample_indices.size(); ++r)
    rank[static_cast<std::size_t>(model.core_sample_indices[r])] = static_cast<std::uint32_t>(r);
  index.renumber([&](std::uint32_t sample) { return rank[sample]; });
}

template <class V> void check_dbscan_data(const V& x, const DBSCANOptions& options) {
  constexpr const char* owner = "DBSCAN";
  check_sample_numbers(owner, x.rows());
  check_training_data(owner, x);
  if (options.metric == Metric::cosine) check_directions(owner, x);
  if (options.metric == Metric::precomputed) check_distances(owner, x);
}

/// `sample_weight` is empty or has one entry a sample.
template <Real S, class V>
DBSCANModel<S> fit_dbscan(const V& x, const Vector<double>& sample_weight,
                          const DBSCANOptions& options) {
  check_dbscan_data(x, options);
  Team team(options.n_threads);
  const CoreDemand demand(options.min_samples, sample_weight);
  if (options.metric == Metric::precomputed)
    return fit_dbscan_precomputed<S>(team, x, demand, options.eps);
  const Samples<S> samples(x);
  CoreComponents<S> found = with_method(
      team, samples, options.metric, options.eps,
      [&](auto grid) {
        return components_in_grid(team, std::move(grid), samples, demand, options.eps);
      },
      [&](MetricSpace<S> space, auto accurate) {
        return components_in_tree<decltype(accurate)>(team, std::move(space), samples, demand,
                                                      options.eps);
      });
  DBSCANModel<S> model;
  model.labels = std::move(found.root);
  model.n_clusters = number_clusters(model.labels);
  collect_core_samples(samples, model);
  label_borders(team, samples, options.eps, found.index, model.labels);
  renumber(model, found.index);
  model.index = std::make_shared<const CoreIndex<S>>(std::move(found.index));
  return model;
}

/// Label of the nearest core sample within eps of each row of x, else -1.
template <Real S>
Labels predict_dbscan(const Samples<S>& x, const DBSCANModel<S>& model,
                      const DBSCANOptions& options) {
  Labels labels = Labels::Constant(x.n_samples, -1);
  Team team(options.n_threads);
  const auto take = [&](Index row, Index rank) {
    labels[row] = model.labels[model.core_sample_indices[rank]];
  };
  if (options.metric == Metric::precomputed)
    nearest_precomputed(team, x, model.core_sample_indices, options.eps, take);
  else
    model.index->nearest(team, Samples<S>(model.core_samples), options.eps, x, take);
  return labels;
}

}  // namespace unlabeled::detail
