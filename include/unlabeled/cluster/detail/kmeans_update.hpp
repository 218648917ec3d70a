// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

#include "unlabeled/cluster/detail/kmeans_working_set.hpp"
#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"

namespace unlabeled::detail {

/// The sums of the samples of each cluster, in double and kept up to date by the samples that
/// change theirs: after the first iterations these are few, and an update costs them alone.
template <Real S> class ClusterSums {
 public:
  ClusterSums(const KMeansWorkingSet<S>& set, Index k)
      : set_(set), total_(k, set.x.n_features), summed_(Labels::Constant(set.x.n_samples, -1)) {}

  /// Takes in new labels; gives how many samples changed theirs.
  Index update(Team& team, const Labels& labels) {
    // Rounding adds up with every move; a fresh sum now and then keeps it that of one pass.
    const bool afresh = n_updates_++ % 32 == 0;
    if (afresh) total_.clear();
    // About as many samples will change as did last time.
    const Chunks chunks = chunks_for(afresh ? labels.size() : n_changed_);
    if (chunks.count() == 1) {
      n_changed_ = move_samples({0, labels.size()}, labels, afresh, total_);
      return n_changed_;
    }
    std::vector<Sums> partial(static_cast<std::size_t>(chunks.count()),
                              Sums(total_.sum.rows(), total_.sum.cols()));
    std::vector<Index> changed(partial.size());
    team.run(chunks.count(), [&](Index chunk, int) {
      const auto c = static_cast<std::size_t>(chunk);
      changed[c] = move_samples(chunks[chunk], labels, afresh, partial[c]);
    });
    for (const Sums& part : partial) total_.add(part);
    n_changed_ = std::accumulate(changed.begin(), changed.end(), Index{0});
    return n_changed_;
  }

  /// Takes a sample out of its cluster and puts it into another.
  void transfer(Index sample, int to) {
    add(sample, summed_[sample], -1, total_);
    add(sample, to, 1, total_);
    summed_[sample] = to;
  }

  [[nodiscard]] bool is_empty(Index j) const { return total_.count[j] == 0; }
  [[nodiscard]] double count(Index j) const { return total_.count[j]; }
  [[nodiscard]] const Vector<double>& weight() const { return total_.weight; }

  /// Means of the clusters in the frame's coordinates; an empty cluster keeps its old centre.
  [[nodiscard]] RowMatrix<double> means(const RowMatrix<double>& centers) const {
    RowMatrix<double> result = centers;
    for (Index j = 0; j < centers.rows(); ++j)
      if (!is_empty(j)) result.row(j) = total_.sum.row(j) * (set_.frame.scale / total_.weight[j]);
    return result;
  }

  /// Sum of weight * |x - c|^2 over the samples summed, in the units of the data, from
  /// |x|^2 - 2 x . c + |c|^2 per cluster: no pass over the samples.
  [[nodiscard]] double inertia(const RowMatrix<double>& centers) const {
    double sum = set_.total;
    for (Index j = 0; j < centers.rows(); ++j)
      sum += total_.weight[j] * centers.row(j).squaredNorm() -
             2 * set_.frame.scale * centers.row(j).dot(total_.sum.row(j));
    return std::max(0.0, sum) / (set_.frame.scale * set_.frame.scale);
  }

 private:
  struct Sums {
    RowMatrix<double> sum;  // k x d: of weight * (x - shift)
    Vector<double> weight;
    Vector<double> count;  // of the samples with a positive weight, which decides what is empty
    Sums(Index k, Index d) : sum(k, d), weight(k), count(k) { clear(); }
    void clear() {
      sum.setZero();
      weight.setZero();
      count.setZero();
    }
    void add(const Sums& other) {
      sum += other.sum;
      weight += other.weight;
      count += other.count;
    }
  };

  /// One chunk for little work, and never so many that adding up k x d sums outweighs the moves.
  [[nodiscard]] Chunks chunks_for(Index moves) const {
    const Index n = set_.x.n_samples;
    constexpr Index labels_per_step = 8;  // compared in the time of one addition
    if (moves * set_.x.n_features + n / labels_per_step < 65536) return {n, n};
    const Index count = std::clamp<Index>(moves / (4 * total_.sum.rows()), 1, 64);
    return {n, (n + count - 1) / count};
  }

  /// Gives how many samples changed their cluster. Blocks in which none did are compared whole.
  Index move_samples(Range samples, const Labels& labels, bool afresh, Sums& sums) {
    constexpr Index block = 32;
    int* summed = summed_.data();
    const int* label = labels.data();
    Index changed = 0;
    for (Index begin = samples.begin; begin < samples.end; begin += block) {
      const Index end = std::min(begin + block, samples.end);
      if (!afresh && std::equal(label + begin, label + end, summed + begin)) continue;
      for (Index i = begin; i < end; ++i) {
        const int from = summed[i], to = label[i];
        changed += from == to ? 0 : 1;
        if (from == to && !afresh) continue;
        if (from >= 0 && !afresh) add(i, from, -1, sums);
        add(i, to, 1, sums);
        summed[i] = to;
      }
    }
    return changed;
  }

  void add(Index sample, int label, double sign, Sums& sums) const {
    const Samples<S>& x = set_.x;
    const double weight = sign * set_.weight_of(sample);
    sums.weight.data()[label] += weight;
    sums.count.data()[label] += weight == 0 ? 0 : sign;
    const S* values = x.data + sample * x.row_stride;
    const double* shift = set_.frame.shift.data();
    double* sum = sums.sum.data() + label * x.n_features;
    if (x.rows_are_contiguous())
      for (Index t = 0; t < x.n_features; ++t)
        sum[t] += weight * (static_cast<double>(values[t]) - shift[t]);
    else
      for (Index t = 0; t < x.n_features; ++t)
        sum[t] += weight * (static_cast<double>(values[t * x.column_stride]) - shift[t]);
  }

  const KMeansWorkingSet<S>& set_;
  Sums total_;
  Labels summed_;  // the cluster each sample is counted in, -1 at first
  Index n_updates_ = 0;
  Index n_changed_ = 0;  // in the last update
};

/// Puts the centre of every empty cluster on the sample that is farthest from its own centre: the
/// move that lowers the inertia most. e empty clusters take the e farthest samples, ties by index;
/// a sample that is alone in its cluster, or at its centre, stays. Gives how many it moved.
template <Real S, class Relabel>
Index relocate_empty_clusters(Team& team, const KMeansWorkingSet<S>& set,
                              const RowMatrix<double>& centers, const Labels& labels,
                              ClusterSums<S>& sums, Relabel&& relabel) {
  std::vector<int> empty;
  for (Index j = 0; j < centers.rows(); ++j)
    if (sums.is_empty(j)) empty.push_back(static_cast<int>(j));
  if (empty.empty()) return 0;
  Vector<double> distance(set.x.n_samples);
  team.for_each_chunk({set.x.n_samples, 1024}, [&](Range range, int) {
    for (Index i = range.begin; i < range.end; ++i) {
      double sum = 0;
      for (Index t = 0; t < set.x.n_features; ++t) {
        const double value =
            (static_cast<double>(set.x(i, t)) - set.frame.shift[t]) * set.frame.scale;
        sum += (value - centers(labels[i], t)) * (value - centers(labels[i], t));
      }
      // The mean of equal samples is off by rounding, which is no distance.
      const double rounding =
          1e-24 * static_cast<double>(set.norm[i]) * static_cast<double>(set.norm[i]);
      distance[i] = set.weight_of(i) > 0 && sum > rounding ? sum : 0;
    }
  });
  std::vector<Index> order(static_cast<std::size_t>(set.x.n_samples));
  std::iota(order.begin(), order.end(), Index{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](Index a, Index b) { return distance[a] > distance[b]; });
  std::size_t moved = 0;
  for (const Index sample : order) {
    if (moved == empty.size() || !(distance[sample] > 0)) break;
    if (sums.count(labels[sample]) < 2) continue;
    sums.transfer(sample, empty[moved]);
    relabel(sample, empty[moved++]);
  }
  return static_cast<Index>(moved);
}

}  // namespace unlabeled::detail
