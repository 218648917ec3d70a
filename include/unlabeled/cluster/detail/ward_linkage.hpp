// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "unlabeled/cluster/detail/centroids.hpp"
#include "unlabeled/cluster/detail/dendrogram.hpp"
#include "unlabeled/cluster/detail/ward_tree.hpp"
#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"

namespace unlabeled::detail {

/// Ward's hierarchy from the means of the clusters, without a matrix of distances.
///
/// In rounds: every cluster knows its nearest; all pairs that are each other's nearest merge at
/// once, which gives the tree of one merge after the other because no merge brings a cluster nearer
/// to a third than both its parts were (Sumengen et al. 2021, arXiv 2105.11653). Only merged
/// clusters, and those whose nearest has merged, search anew. Clusters are known by their first
/// sample, which also decides ties (tie_of): so there is a pair in every round.
template <Real S> class WardLinkage {
 public:
  WardLinkage(Team& team, const Samples<S>& x, double unit)
      : team_(team),
        centroids_(x, unit),
        size_(Vector<double>::Ones(x.n_samples)),
        value_(x.n_samples),
        nearest_(index_of(x.n_samples), -1),
        position_(index_of(x.n_samples)),
        has_changed_(index_of(x.n_samples), 1),
        live_(index_of(x.n_samples)) {
    std::iota(live_.begin(), live_.end(), Index{0});
  }

  /// In the order in which they are made, heights in the unit.
  std::vector<Merge> merges() {
    std::vector<Merge> merges;
    merges.reserve(live_.size());
    std::size_t n_planted = 0;
    while (live_.size() > 1) {
      if (10 * live_.size() < 7 * n_planted || n_planted == 0) {
        plant();
        n_planted = live_.size();
      }
      search();
      for (const auto& [a, b] : reciprocal_pairs()) merges.push_back(merge(a, b));
      forget_merged();
    }
    return merges;
  }

 private:
  static std::size_t index_of(Index i) { return static_cast<std::size_t>(i); }
  Index& nearest(Index cluster) { return nearest_[index_of(cluster)]; }
  Index& position(Index cluster) { return position_[index_of(cluster)]; }

  /// A new tree of the live clusters, which from then on come in its order.
  void plant() {
    const auto n_live = static_cast<Index>(live_.size());
    Matrix<double> means(n_live, centroids_.n_features());
    Vector<double> sizes(n_live);
    for (Index i = 0; i < n_live; ++i) {
      const Index cluster = live_[index_of(i)];
      sizes[i] = size_[cluster];
      for (Index t = 0; t < means.cols(); ++t) means(i, t) = centroids_.coordinate(cluster, t);
    }
    tree_.emplace(team_, means, live_, sizes);
    live_.clear();
    for (Index p = 0; p < tree_->n_positions(); ++p)
      if (const Index cluster = tree_->cluster(p); cluster >= 0) {
        live_.push_back(cluster);
        position(cluster) = p;
      }
  }

  /// The nearest of every cluster that has merged or whose nearest has.
  void search() {
    pending_.clear();
    for (const Index cluster : live_)
      if (has_changed_[index_of(cluster)] || has_changed_[index_of(nearest(cluster))])
        pending_.push_back(cluster);
    const Chunks chunks{static_cast<Index>(pending_.size()), 16};
    Matrix<double> points(centroids_.n_features(), team_.workers(chunks.count()));
    team_.for_each_chunk(chunks, [&](const Range& range, int worker) {
      for (Index i = range.begin; i < range.end; ++i)
        find_nearest(pending_[index_of(i)], points.col(worker).data());
    });
    for (const Index cluster : pending_) has_changed_[index_of(cluster)] = 0;
    // What merged may, by a rounding error, be nearer to a third than its parts were.
    for (const Index cluster : pending_) {
      const Index other = nearest(cluster);
      if (std::pair(value_[cluster], tie_of(other, cluster)) <
          std::pair(value_[other], tie_of(other, nearest(other))))
        value_[other] = value_[cluster], nearest(other) = cluster;
    }
  }

  /// Writes what belongs to this cluster only.
  void find_nearest(Index cluster, double* point) {
    const Index place = position(cluster);
    for (Index t = 0; t < centroids_.n_features(); ++t) point[t] = tree_->coordinate(place, t);
    WardQuery query{point, size_[cluster], cluster};
    // No farther than what its nearest has become, with room for rounding.
    if (!has_changed_[index_of(cluster)]) query.value = (1 + 1e-12) * merged_value(query);
    tree_->search(query);
    value_[cluster] = query.value;
    nearest(cluster) = query.nearest();
  }
  double merged_value(const WardQuery& query) {
    const Index other = nearest(query.self), place = position(other);
    double square = 0;
    for (Index t = 0; t < centroids_.n_features(); ++t) {
      const double difference = tree_->coordinate(place, t) - query.point[t];
      square += difference * difference;
    }
    return square * ward_weight(query.size, size_[other]);
  }

  /// Ascending, the lower cluster of a pair first.
  std::vector<std::pair<Index, Index>> reciprocal_pairs() {
    std::vector<std::pair<Index, Index>> pairs;
    for (const Index cluster : pending_)
      if (const Index other = nearest(cluster); nearest(other) == cluster)
        pairs.emplace_back(std::min(cluster, other), std::max(cluster, other));
    std::sort(pairs.begin(), pairs.end());
    pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
    return pairs;
  }

  Merge merge(Index a, Index b) {
    const double size = size_[a] + size_[b];
    const double square = ward_weight(size_[a], size_[b]) * centroids_.squared_distance(a, b);
    centroids_.move(a, b, size_[b] / size);
    if (size_[b] > size_[a]) std::swap(position(a), position(b));  // the box grows least
    size_[a] = size;
    size_[b] = 0;
    nearest(b) = a;
    has_changed_[index_of(a)] = 1;
    tree_->remove(position(b));
    tree_->replace(position(a), a, size, [&](Index t) { return centroids_.coordinate(a, t); });
    return {a, b, std::sqrt(square)};
  }

  /// Drops clusters that are part of another one; who pointed to one points to that other.
  void forget_merged() {
    std::erase_if(live_, [&](Index cluster) { return size_[cluster] == 0; });
    for (const Index cluster : live_)
      if (const Index other = nearest(cluster); size_[other] == 0)
        nearest(cluster) = nearest(other);
  }

  Team& team_;
  Centroids<S> centroids_;
  std::optional<WardTree> tree_;
  // By cluster, which is known by its first sample:
  Vector<double> size_;   // 0 = part of another one
  Vector<double> value_;  // squared Ward distance to the nearest
  std::vector<Index> nearest_;
  std::vector<Index> position_;    // in the tree
  std::vector<char> has_changed_;  // since its last search
  std::vector<Index> live_;        // in the order of the tree
  std::vector<Index> pending_;     // those of them that search
};

}  // namespace unlabeled::detail
