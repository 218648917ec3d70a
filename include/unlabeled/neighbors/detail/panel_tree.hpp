// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/large_matrix.hpp"
#include "unlabeled/linalg/tile.hpp"
#include "unlabeled/neighbors/kd_tree.hpp"

namespace unlabeled::detail {

/// A k-d tree whose leaves are panels for packets: n_features x width values, feature by feature.
/// Points are known by their slot, leaf * width + lane; the last lanes of a panel may repeat its
/// last point, and those slots are no points.
class PanelTree {
 public:
  PanelTree(Team& team, const RowMatrix<double>& points, Index leaf_size)
      : tree_(build_kd_tree<double>(team, Samples<double>(points), leaf_size)) {
    Index largest = 0;
    for (Index leaf = 0; leaf < n_leaves(); ++leaf) largest = std::max(largest, count(leaf));
    width_ = n_panels<double>(largest) * tile_lanes<double>;
    values_ = large_matrix<Vector<double>>(n_slots() * n_features(), 1);
    sample_.resize(static_cast<std::size_t>(n_slots()));
    team.run(n_leaves(), [&](Index leaf, int) {
      const Range range = tree_.range(node_of(leaf));
      for (Index lane = 0; lane < width_; ++lane) {
        const Index position = std::min(range.begin + lane, range.end - 1);
        sample_[static_cast<std::size_t>(leaf * width_ + lane)] =
            tree_.order[static_cast<std::size_t>(position)];
        for (Index j = 0; j < n_features(); ++j)
          values_[(leaf * n_features() + j) * width_ + lane] = tree_.points(position, j);
      }
    });
    tree_.points = Matrix<double>();  // the panels hold them
    tree_.order = std::vector<Index>();
  }

  [[nodiscard]] Index n_features() const { return tree_.lower.cols(); }
  [[nodiscard]] Index n_nodes() const { return tree_.n_nodes(); }
  [[nodiscard]] Index n_leaves() const { return tree_.n_leaves(); }
  [[nodiscard]] Index n_slots() const { return n_leaves() * width_; }
  [[nodiscard]] Index width() const { return width_; }
  [[nodiscard]] bool is_leaf(Index node) const { return tree_.is_leaf(node); }
  [[nodiscard]] Index leaf_of(Index node) const { return node - tree_.first_leaf(); }
  [[nodiscard]] Index node_of(Index leaf) const { return tree_.first_leaf() + leaf; }

  /// Points in a leaf, in its first lanes.
  [[nodiscard]] Index count(Index leaf) const { return tree_.range(node_of(leaf)).size(); }
  [[nodiscard]] Index sample(Index slot) const { return sample_[static_cast<std::size_t>(slot)]; }
  [[nodiscard]] const double* panel(Index leaf) const {
    return values_.data() + leaf * n_features() * width_;
  }

  /// Corners of the box of a node.
  [[nodiscard]] const double* lower(Index node) const {
    return tree_.lower.data() + node * n_features();
  }
  [[nodiscard]] const double* upper(Index node) const {
    return tree_.upper.data() + node * n_features();
  }

 private:
  KdTree<double> tree_;
  Index width_ = 0;
  Vector<double> values_;
  std::vector<Index> sample_;
};

}  // namespace unlabeled::detail
