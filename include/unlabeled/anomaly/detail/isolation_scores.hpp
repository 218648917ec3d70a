// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "unlabeled/anomaly/detail/average_path.hpp"
#include "unlabeled/anomaly/detail/isolation_walk.hpp"
#include "unlabeled/anomaly/isolation_forest_model.hpp"
#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"

// From samples to path lengths and scores.

namespace unlabeled::detail {

/// Rows that walk where n_rows are asked for.
inline Index rounded_up(Index n_rows) { return (n_rows + n_walkers - 1) / n_walkers * n_walkers; }

/// Copies some features of some samples into a block, feature by feature; zeros fill the last
/// walkers.
template <Real S>
void copy_block(const Samples<S>& x, const Range& rows, const std::vector<int>& features,
                Index block_size, S* block) {
  const S* const first = x.data + rows.begin * x.row_stride;
  const Index n_rows = rows.size(), n_columns = static_cast<Index>(features.size());
  if (x.columns_are_contiguous()) {
    for (Index j = 0; j < n_columns; ++j) {
      const S* const column = first + features[static_cast<std::size_t>(j)] * x.column_stride;
      std::copy(column, column + n_rows, block + j * block_size);
    }
  } else {
    for (Index i = 0; i < n_rows; ++i)
      for (Index j = 0; j < n_columns; ++j)
        block[j * block_size + i] =
            first[i * x.row_stride + features[static_cast<std::size_t>(j)] * x.column_stride];
  }
  for (Index j = 0; j < n_columns; ++j)
    std::fill(block + j * block_size + n_rows, block + j * block_size + rounded_up(n_rows), S(0));
}

/// result(i) = of(sum over the trees of h(x_i) - c(n_samples_per_tree)) for every sample. The sum is
/// of differences so that it is exactly 0 where no tree could split anything.
template <Real S, class Of>
Vector<S> from_excess(Team& team, const Samples<S>& x, const IsolationForestModel<S>& model,
                      const Of& of) {
  Vector<S> result(x.n_samples);
  if (x.n_samples == 0) return result;
  const WalkForest<S> forest(team, model);
  const Index block_size = forest.block_size();
  const Chunks chunks{x.n_samples, block_size};
  std::vector<typename WalkForest<S>::Scratch> scratch;
  for (int worker = 0; worker < team.workers(chunks.count()); ++worker)
    scratch.emplace_back(forest);
  team.for_each_chunk(chunks, [&](const Range& rows, int worker) {
    typename WalkForest<S>::Scratch& mine = scratch[static_cast<std::size_t>(worker)];
    copy_block(x, rows, forest.features(), block_size, mine.block.data());
    mine.sums.setZero();
    forest.add_excess(rounded_up(rows.size()), mine);
    for (Index i = 0; i < rows.size(); ++i)
      result(rows.begin + i) = static_cast<S>(of(mine.sums(i)));
  });
  return result;
}

/// Mean over the trees of the splits that a sample passes and c(size) of the leaf where it ends.
template <Real S>
Vector<S> isolation_path_lengths(Team& team, const Samples<S>& x,
                                 const IsolationForestModel<S>& model) {
  const double whole = average_path_length(model.n_samples_per_tree);
  const auto n_trees = static_cast<double>(model.tree_begin.size() - 1);
  return from_excess(team, x, model, [=](double excess) { return whole + excess / n_trees; });
}

/// s = 2^(-mean path length / c(n_samples_per_tree)); 1/2 where a tree has one sample.
template <Real S>
Vector<S> anomaly_scores(Team& team, const Samples<S>& x, const IsolationForestModel<S>& model) {
  const double whole = average_path_length(model.n_samples_per_tree);
  const double unit = std::max(1.0, whole) * static_cast<double>(model.tree_begin.size() - 1);
  return from_excess(team, x, model, [=](double excess) { return std::exp2(-1 - excess / unit); });
}

}  // namespace unlabeled::detail
