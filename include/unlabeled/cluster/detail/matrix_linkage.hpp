// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include "unlabeled/cluster/agglomerative_model.hpp"
#include "unlabeled/cluster/detail/dendrogram.hpp"
#include "unlabeled/cluster/detail/distance_matrix.hpp"
#include "unlabeled/cluster/detail/nearest_places.hpp"
#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/packet.hpp"

namespace unlabeled::detail {

/// The hierarchy of linkages complete, average and weighted on a matrix of distances.
///
/// In rounds as WardLinkage. Where a round merges many clusters, the rows of all that are left are
/// rewritten without the columns that went: reading and writing a matrix in its order takes a
/// fraction of the time of writing columns, and it finds every nearest cluster on the way. Where a
/// round merges few, their rows and columns are rewritten alone. So the whole takes O(n²) either
/// way. A merged cluster stays at the lower of two places: places are in the order of first samples.
template <bool takes_greatest> class MatrixLinkage {
 public:
  /// rows.fill() gives the distances.
  template <class DistanceSource>
  MatrixLinkage(Team& team, const DistanceSource& rows, Index n_samples, Linkage linkage)
      : team_(team), is_weighted_(linkage == Linkage::weighted), matrix_(n_samples) {
    for (Index i = 0; i < n_samples; ++i) {
      sample_.push_back(i);
      row_.push_back(matrix_.row(i));
    }
    size_.assign(sample_.size(), 1);
    NearestPlaces places(n_samples, team.workers(n_samples));
    rows.fill(team, matrix_, [&](Index i, int worker) { places.add(row(i), i, worker); });
    take(places);
  }

  std::vector<Merge> merges() {
    std::vector<Merge> merges;
    merges.reserve(sample_.size());
    auto n_live = static_cast<Index>(sample_.size());
    while (n_live > 1) {
      const std::vector<Pair> pairs = reciprocal_pairs();
      for (const Pair& pair : pairs)
        merges.push_back({sample(pair.kept), sample(pair.gone), nearest(pair.kept).value});
      n_live -= static_cast<Index>(pairs.size());
      if (n_live == 1) break;  // it has no nearest
      if (n_many * static_cast<Index>(pairs.size()) >= n_places())
        merge_many(pairs);
      else
        merge_few(pairs);
      if (3 * n_live <= 2 * n_places()) compact();
    }
    return merges;
  }

 private:
  using Found = NearestPlaces::Found;
  struct Pair {
    Index kept, gone;  // kept < gone
    double share;      // of the second in a mean of distances
  };
  /// The distance to a place that is gone: more than any other, and finite.
  static constexpr double far_away = 0x1p1000;

  /// A merge alone costs about as much as an n_many-th of the rewriting of all rows.
  static constexpr Index n_many = 20;

  static std::size_t index_of(Index i) { return static_cast<std::size_t>(i); }
  [[nodiscard]] Index n_places() const { return static_cast<Index>(sample_.size()); }
  [[nodiscard]] Index sample(Index place) const { return sample_[index_of(place)]; }
  [[nodiscard]] double* row(Index place) const { return row_[index_of(place)]; }
  [[nodiscard]] Index& size(Index place) { return size_[index_of(place)]; }
  [[nodiscard]] Found& nearest(Index place) { return nearest_[index_of(place)]; }
  [[nodiscard]] bool is_live(Index place) const { return size_[index_of(place)] > 0; }
  /// The distance of two places.
  [[nodiscard]] double& entry(Index i, Index j) const { return i < j ? row(j)[i] : row(i)[j]; }

  /// The distance to a merged cluster from those to its parts. Equal distances stay what they are.
  static EIGEN_ALWAYS_INLINE double combined(double first, double second, double share) {
    if constexpr (takes_greatest) return first > second ? first : second;
    return first + share * (second - first);
  }

  void take(const NearestPlaces& places) {
    nearest_.resize(sample_.size());
    for (Index i = 0; i < n_places(); ++i)
      if (is_live(i)) nearest(i) = places[i];
  }

  void unite(const Pair& pair) {
    size(pair.kept) += size(pair.gone);
    size(pair.gone) = 0;
  }

  /// In ascending order.
  std::vector<Pair> reciprocal_pairs() {
    std::vector<Pair> pairs;
    for (Index i = 0; i < n_places(); ++i) {
      if (!is_live(i)) continue;
      const Index j = nearest(i).place;
      if (j < i || nearest(j).place != i) continue;
      const auto a = static_cast<double>(size(i)), b = static_cast<double>(size(j));
      pairs.push_back({i, j, is_weighted_ ? 0.5 : b / (a + b)});
    }
    return pairs;
  }

  // Many at once. Rows of places that stay are written, rows of those that go are only read, so
  // every row is a task of its own.

  void merge_many(std::vector<Pair> pairs) {
    std::sort(pairs.begin(), pairs.end(),
              [](const Pair& one, const Pair& other) { return one.gone < other.gone; });
    std::vector<const Pair*> pair_of(sample_.size(), nullptr);
    for (const Pair& pair : pairs) {
      pair_of[index_of(pair.kept)] = &pair;
      unite(pair);
    }
    const Chunks chunks{n_places(), 16};
    const int n_workers = team_.workers(chunks.count());
    NearestPlaces places(n_places(), n_workers);
    std::vector<std::vector<Pair>> open(index_of(n_workers));
    team_.for_each_chunk(chunks, [&](const Range& range, int worker) {
      std::vector<Pair>& around = open[index_of(worker)];
      find_open(pairs, range, around);
      for (Index i = range.begin; i < range.end; ++i) {
        if (i + 1 < range.end) prefetch(row(i + 1), i + 1);
        if (!is_live(i)) continue;
        rewrite_row(i, pair_of[index_of(i)], pairs, around);
        places.add(row(i), i, worker);
      }
    });
    take(places);
  }

  /// The merges of places before some of these rows with places after some of them.
  void find_open(const std::vector<Pair>& pairs, const Range& rows, std::vector<Pair>& open) const {
    open.clear();
    for (const Pair& pair : pairs) {
      if (pair.kept >= rows.end || pair.gone <= rows.begin) continue;
      open.push_back(pair);
      prefetch(row(pair.gone) + rows.begin, rows.size());
    }
  }

  /// Row i after the merges, which come in ascending order of the places that go; `open` are those
  /// around it, at least. `mine` is the merge that place i takes part in, or null.
  void rewrite_row(Index i, const Pair* mine, const std::vector<Pair>& pairs,
                   const std::vector<Pair>& open) const {
    double* to = row(i);
    if (mine) {
      const double* other = row(mine->gone);
      for (Index j = 0; j < i; ++j) to[j] = combined(to[j], other[j], mine->share);
    }
    for (const Pair& pair : pairs) {
      if (pair.gone >= i) break;
      to[pair.kept] = combined(to[pair.kept], to[pair.gone], pair.share);
      to[pair.gone] = far_away;
    }
    for (const Pair& pair : open) {
      if (pair.kept >= i || pair.gone <= i) continue;
      double distance = row(pair.gone)[i];
      if (mine) distance = combined(distance, entry(pair.gone, mine->gone), mine->share);
      to[pair.kept] = combined(to[pair.kept], distance, pair.share);
    }
  }

  /// Moves what is live together, in its order.
  void compact() {
    std::vector<Index> live, place_now(sample_.size());
    for (Index i = 0; i < n_places(); ++i) {
      place_now[index_of(i)] = static_cast<Index>(live.size());
      if (is_live(i)) live.push_back(i);
    }
    const auto n_live = static_cast<Index>(live.size());
    team_.for_each_chunk(Chunks{n_live, 16}, [&](const Range& range, int) {
      for (Index k = range.begin; k < range.end; ++k) {
        double* to = row(live[index_of(k)]);
        for (Index c = 0; c < k; ++c) to[c] = to[live[index_of(c)]];
      }
    });
    for (Index k = 0; k < n_live; ++k) {
      const Index i = live[index_of(k)];
      sample_[index_of(k)] = sample(i);
      row_[index_of(k)] = row(i);
      size(k) = size(i);
      nearest(k) = {nearest(i).value, place_now[index_of(nearest(i).place)]};
    }
    sample_.resize(live.size());
    row_.resize(live.size());
    size_.resize(live.size());
    nearest_.resize(live.size());
  }

  // Few, one after the other.

  void merge_few(const std::vector<Pair>& pairs) {
    std::vector<char> has_changed(sample_.size(), 0);
    for (const Pair& pair : pairs) {
      merge(pair);
      has_changed[index_of(pair.kept)] = has_changed[index_of(pair.gone)] = 1;
    }
    std::vector<Index> searched;
    for (Index i = 0; i < n_places(); ++i)
      if (is_live(i) && (has_changed[index_of(i)] || has_changed[index_of(nearest(i).place)]))
        searched.push_back(i);
    team_.for_each_chunk(Chunks{static_cast<Index>(searched.size()), 4},
                         [&](const Range& range, int) {
                           for (Index s = range.begin; s < range.end; ++s)
                             search(searched[index_of(s)]);
                         });
    // What merged may, by a rounding error, be nearer to a third than its parts were.
    for (const Index i : searched) {
      const auto [value, j] = nearest(i);
      if (std::pair(value, tie_of(i, j)) < std::pair(nearest(j).value, tie_of(j, nearest(j).place)))
        nearest(j) = {value, i};
    }
  }

  void merge(const Pair& pair) {
    unite(pair);
    for (Index j = 0; j < n_places(); ++j) {
      if (!is_live(j) || j == pair.kept) continue;
      double& distance = entry(j, pair.kept);
      distance = combined(distance, entry(j, pair.gone), pair.share);
      if (j > pair.gone) row(j)[pair.gone] = far_away;
    }
  }

  void search(Index i) {
    Found found{std::numeric_limits<double>::max(), i};
    for (Index j = 0; j < n_places(); ++j) {
      if (!is_live(j) || j == i) continue;
      const double distance = entry(i, j);
      if (distance < found.value ||
          (distance == found.value && tie_of(i, j) < tie_of(i, found.place)))
        found = {distance, j};
    }
    nearest(i) = found;
  }

  Team& team_;
  bool is_weighted_;
  DistanceMatrix matrix_;
  // By place:
  std::vector<Index> sample_;  // the first of its cluster
  std::vector<double*> row_;   // distances to the places before it
  std::vector<Index> size_;    // of its cluster, 0 = gone
  std::vector<Found> nearest_;
};

}  // namespace unlabeled::detail
