// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "unlabeled/cluster/detail/centroids.hpp"
#include "unlabeled/cluster/detail/dendrogram.hpp"
#include "unlabeled/cluster/detail/ward_tree.hpp"
#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/neighbors/distinct_samples.hpp"
#include "unlabeled/neighbors/spanning_edge.hpp"

namespace unlabeled::detail {

/// For each cluster those whose nearest it is.
class Followers {
 public:
  explicit Followers(Index n_clusters)
      : first_(static_cast<std::size_t>(n_clusters), Index{-1}), next_(first_) {}

  /// `follower` has no leader so far.
  void add(Index leader, Index follower) {
    next(follower) = first(leader);
    first(leader) = follower;
  }
  void remove(Index leader, Index follower) {
    Index* at = &first(leader);
    while (*at != follower) at = &next(*at);
    *at = next(follower);
  }
  /// All of them leave; function(follower) for each.
  template <class Function> void release(Index leader, Function&& function) {
    for (Index at = std::exchange(first(leader), -1); at >= 0;) {
      const Index follower = std::exchange(at, next(at));
      function(follower);
    }
  }

 private:
  Index& first(Index leader) { return first_[static_cast<std::size_t>(leader)]; }
  Index& next(Index follower) { return next_[static_cast<std::size_t>(follower)]; }

  // Lists that run through the followers, -1 = no more.
  std::vector<Index> first_, next_;
};

/// Ward's hierarchy from the means of the clusters, without a matrix of distances.
///
/// Equal samples first become one cluster. Then in rounds: every cluster knows its nearest; all
/// pairs that are each other's nearest merge at once, which gives the tree of one merge after the
/// other because no merge brings a cluster nearer to a third than both its parts were (Sumengen et
/// al. 2021, arXiv 2105.11653). Only merged clusters, and those whose nearest has merged, search
/// anew, and nothing else is looked at: rounds that merge few clusters are cheap. Clusters are known
/// by their first sample, which also decides ties (tie_of): so there is a pair in every round.
template <Real S> class WardLinkage {
 public:
  WardLinkage(Team& team, const Samples<S>& x, double unit)
      : team_(team),
        centroids_(x, unit),
        size_(Vector<double>::Ones(x.n_samples)),
        value_(x.n_samples),
        nearest_(index_of(x.n_samples), -1),
        position_(index_of(x.n_samples)),
        state_(index_of(x.n_samples), State::merged),
        followers_(x.n_samples) {
    merges_.reserve(index_of(x.n_samples));
    merge_equal(distinct_samples(x, unit));
  }

  /// In the order in which they are made, heights in the unit.
  std::vector<Merge> merges() && {
    std::size_t n_live = live_.size(), n_planted = 0;
    while (n_live > 1) {
      if (10 * n_live < 7 * n_planted || n_planted == 0) {
        plant();
        n_planted = n_live;
      }
      search();
      const auto pairs = reciprocal_pairs();
      pending_.clear();
      for (const auto& [a, b] : pairs) merges_.push_back(merge(a, b));
      n_live -= pairs.size();
    }
    return std::move(merges_);
  }

 private:
  enum class State : char { settled, leaderless, merged };  // the latter two have to search

  static std::size_t index_of(Index i) { return static_cast<std::size_t>(i); }
  Index& nearest(Index cluster) { return nearest_[index_of(cluster)]; }
  Index& position(Index cluster) { return position_[index_of(cluster)]; }
  State& state(Index cluster) { return state_[index_of(cluster)]; }

  /// Among equal samples a search would find all of them at the same distance, 0, and could leave
  /// none of them out.
  void merge_equal(DistinctSamples distinct) {
    std::sort(distinct.duplicates.begin(), distinct.duplicates.end());
    for (const SpanningEdge& edge : distinct.duplicates) {
      size_[edge.a] += 1;
      size_[edge.b] = 0;
      merges_.push_back({edge.a, edge.b, 0.0});
    }
    live_ = std::move(distinct.sample);
    pending_ = live_;
  }

  /// A new tree of the live clusters.
  void plant() {
    std::erase_if(live_, [&](Index cluster) { return size_[cluster] == 0; });
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

  /// The nearest of every pending cluster.
  void search() {
    sort_pending();
    const Chunks chunks{static_cast<Index>(pending_.size()), 16};
    Matrix<double> points(centroids_.n_features(), team_.workers(chunks.count()));
    team_.for_each_chunk(chunks, [&](const Range& range, int worker) {
      for (Index i = range.begin; i < range.end; ++i)
        find_nearest(pending_[index_of(i)], points.col(worker).data());
    });
    for (const Index cluster : pending_) {
      state(cluster) = State::settled;
      followers_.add(nearest(cluster), cluster);
    }
    // What merged may, by a rounding error, be nearer to a third than its parts were.
    for (const Index cluster : pending_) {
      const Index other = nearest(cluster);
      if (std::pair(value_[cluster], tie_of(other, cluster)) <
          std::pair(value_[other], tie_of(other, nearest(other)))) {
        followers_.remove(nearest(other), other);
        followers_.add(cluster, other);
        value_[other] = value_[cluster], nearest(other) = cluster;
      }
    }
  }

  /// Into the order of the tree, so that one search finds in the cache what the last one read.
  void sort_pending() {
    if (16 * static_cast<Index>(pending_.size()) < tree_->n_positions()) {
      std::sort(pending_.begin(), pending_.end(),
                [&](Index one, Index other) { return position(one) < position(other); });
      return;
    }
    pending_.clear();
    for (Index p = 0; p < tree_->n_positions(); ++p)
      if (const Index cluster = tree_->cluster(p); cluster >= 0 && state(cluster) != State::settled)
        pending_.push_back(cluster);
  }

  /// Writes what belongs to this cluster only.
  void find_nearest(Index cluster, double* point) {
    const Index place = position(cluster);
    for (Index t = 0; t < centroids_.n_features(); ++t) point[t] = tree_->coordinate(place, t);
    WardQuery query{point, size_[cluster], cluster};
    // No farther than what its nearest has become, with room for rounding.
    if (state(cluster) == State::leaderless) query.value = (1 + 1e-12) * merged_value(query);
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
    for (const Index part : {a, b})
      followers_.release(part, [&](Index follower) {
        if (follower == a || follower == b) return;
        set_pending(follower, State::leaderless);
        nearest(follower) = a;
      });
    set_pending(a, State::merged);
    tree_->remove(position(b));
    tree_->replace(position(a), a, size, [&](Index t) { return centroids_.coordinate(a, t); });
    return {a, b, std::sqrt(square)};
  }

  void set_pending(Index cluster, State why) {
    state(cluster) = why;
    pending_.push_back(cluster);
  }

  Team& team_;
  Centroids<S> centroids_;
  std::optional<WardTree> tree_;
  std::vector<Merge> merges_;
  // By cluster, which is known by its first sample:
  Vector<double> size_;   // 0 = part of another one
  Vector<double> value_;  // squared Ward distance to the nearest
  std::vector<Index> nearest_;
  std::vector<Index> position_;  // in the tree
  std::vector<State> state_;
  Followers followers_;
  std::vector<Index> live_;     // those in the tree when it was planted
  std::vector<Index> pending_;  // those that have to search
};

}  // namespace unlabeled::detail
