// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "unlabeled/cluster/dbscan_model.hpp"
#include "unlabeled/cluster/detail/concurrent_sets.hpp"
#include "unlabeled/cluster/detail/dbscan_core_index.hpp"
#include "unlabeled/cluster/detail/dbscan_demand.hpp"
#include "unlabeled/core/check.hpp"
#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"

// DBSCAN on a matrix of distances: passes over it as it lies in memory, and n_samples numbers beside.
// Where rounding left the matrix a little asymmetric, the row is what a sample sees.

namespace unlabeled::detail {

inline constexpr Index distance_rows_per_chunk = 256;

/// What distances to new samples must be, which are not square.
template <class V> void check_new_distances(const char* owner, const V& x) {
  for (Index i = 0; i < x.rows(); ++i)
    for (Index j = 0; j < x.cols(); ++j)
      if (x.coeff(i, j) < 0)
        refuse(owner, "X must be >= 0 as metric precomputed needs, got " + printed(x.coeff(i, j)) +
                          " at row " + printed(i) + ", column " + printed(j));
}

/// use(row, column) for the entries of some rows that are at most eps, in the order of memory.
template <Real S, class Use>
void for_each_near(const Samples<S>& distances, Range rows, double eps, Use&& use) {
  const auto visit = [&](Index i, Index j) {
    if (static_cast<double>(distances(i, j)) <= eps) use(i, j);
  };
  if (distances.rows_are_contiguous())
    for (Index i = rows.begin; i < rows.end; ++i)
      for (Index j = 0; j < distances.n_features; ++j) visit(i, j);
  else
    for (Index j = 0; j < distances.n_features; ++j)
      for (Index i = rows.begin; i < rows.end; ++i) visit(i, j);
}

/// result(row, rank) of the nearest of the columns `cores` within eps, the first of equally near.
template <Real S, class Result>
void nearest_precomputed(Team& team, const Samples<S>& distances,
                         const Eigen::Matrix<Index, Eigen::Dynamic, 1>& cores, double eps,
                         Result&& result) {
  team.for_each_chunk(Chunks{distances.n_samples, distance_rows_per_chunk}, [&](Range rows, int) {
    std::vector<double> nearest(static_cast<std::size_t>(rows.size()), eps);
    std::vector<Index> rank(static_cast<std::size_t>(rows.size()), -1);
    for (Index r = 0; r < cores.size(); ++r)
      for (Index i = rows.begin; i < rows.end; ++i) {
        const auto own = static_cast<std::size_t>(i - rows.begin);
        const auto distance = static_cast<double>(distances(i, cores[r]));
        if (distance < nearest[own] || (rank[own] < 0 && distance == nearest[own]))
          nearest[own] = distance, rank[own] = r;
      }
    for (Index i = rows.begin; i < rows.end; ++i) {
      const Index found = rank[static_cast<std::size_t>(i - rows.begin)];
      if (found >= 0) result(i, found);
    }
  });
}

template <Real S, class V>
DBSCANModel<S> fit_dbscan_precomputed(Team& team, const V& x, const CoreDemand& demand,
                                      double eps) {
  const Samples<S> distances(x);
  const Index n = distances.n_samples;
  const Chunks chunks{n, distance_rows_per_chunk};
  const auto weight = [&](Index j) {
    return demand.is_weighted() ? demand.weights[static_cast<std::size_t>(j)] : std::int64_t{1};
  };
  std::vector<std::int64_t> sums(static_cast<std::size_t>(n));
  team.for_each_chunk(chunks, [&](Range rows, int) {
    for_each_near(distances, rows, eps,
                  [&](Index i, Index j) { sums[static_cast<std::size_t>(i)] += weight(j); });
  });
  const auto is_core = [&](Index i) { return sums[static_cast<std::size_t>(i)] >= demand.enough; };
  ConcurrentSets sets(n);
  team.for_each_chunk(chunks, [&](Range rows, int) {
    for_each_near(distances, rows, eps, [&](Index i, Index j) {
      if (is_core(i) && is_core(j)) sets.unite(i, j);
    });
  });

  DBSCANModel<S> model;
  model.labels = Labels::Constant(n, -1);
  Index n_core = 0;
  for (Index i = 0; i < n; ++i) n_core += is_core(i);
  model.core_sample_indices.resize(n_core);
  for (Index i = 0, rank = 0; i < n; ++i)
    if (is_core(i)) {
      model.labels[i] = static_cast<int>(sets.root(i));
      model.core_sample_indices[rank++] = i;
    }
  model.n_clusters = number_clusters(model.labels);
  const Labels of_cores = model.labels;
  nearest_precomputed(team, distances, model.core_sample_indices, eps, [&](Index i, Index rank) {
    model.labels[i] = of_cores[model.core_sample_indices[rank]];
  });
  model.index = std::make_shared<const CoreIndex<S>>();
  return model;
}

}  // namespace unlabeled::detail
