// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "unlabeled/cluster/detail/kmeans_working_set.hpp"
#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/random.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/large_matrix.hpp"
#include "unlabeled/linalg/last_steps.hpp"
#include "unlabeled/linalg/scan.hpp"

namespace unlabeled::detail {

/// k different samples, each drawn with probability proportional to its weight among those left:
/// the k greatest of log(u) / weight [Efraimidis, Spirakis 2006, doi 10.1016/j.ipl.2005.11.003].
template <Real S>
std::vector<Index> random_seeds(const KMeansWorkingSet<S>& set, Index k, Rng& rng) {
  if (!set.sample_weight) {
    std::vector<Index> seeds = rng.sample_without_replacement(set.x.n_samples, k);
    rng.shuffle(seeds);
    return seeds;
  }
  std::vector<std::pair<double, Index>> keys;
  for (Index i = 0; i < set.x.n_samples; ++i) {
    const double weight = set.weight_of(i);
    // A weight of zero is drawn only when nothing else is left.
    const double key =
        weight > 0 ? std::log(rng.uniform()) / weight : std::numeric_limits<double>::lowest();
    keys.emplace_back(-key, i);
  }
  std::partial_sort(keys.begin(), keys.begin() + k, keys.end());
  std::vector<Index> seeds;
  for (Index j = 0; j < k; ++j) seeds.push_back(keys[static_cast<std::size_t>(j)].second);
  return seeds;
}

/// Greedy k-means++: each further seed is the best of 2 + floor(ln k) candidates, drawn with
/// probability proportional to weight * squared distance to the nearest seed so far; best is the
/// candidate that leaves the smallest sum of those ("potential").
///
/// Distances are direct differences in float, exactly 0 for copies of a seed.
/// Cost: (2 + ln k) n k d operations, one read of the packed samples per seed; n (3 + ln k) floats.
///
/// Reference: D. Arthur, S. Vassilvitskii, "k-means++: the advantages of careful seeding", SODA 2007.
template <Real S> class PlusPlusSeeding {
 public:
  PlusPlusSeeding(Team& team, const KMeansWorkingSet<S>& set, Index k)
      : team_(team),
        set_(set),
        k_(k),
        n_candidates_(2 + static_cast<Index>(std::log(static_cast<double>(k)))),
        distance_(Vector<float>::Constant(set.panels() * lanes, std::numeric_limits<float>::max())),
        minima_(large_matrix<Vector<float>>(set.panels() * lanes * n_candidates_, 1)),
        potential_(set.chunks().count(), n_candidates_) {}

  std::vector<Index> seeds(Rng& rng) {
    std::vector<Index> chosen{first_seed(rng)};
    commit(evaluate(chosen), 1);
    while (static_cast<Index>(chosen.size()) < k_) {
      const std::vector<Index> candidates = draw(rng);
      const Index best = evaluate(candidates);
      commit(best, n_candidates_);
      chosen.push_back(candidates[static_cast<std::size_t>(best)]);
    }
    return chosen;
  }

 private:
  static constexpr Index lanes = KMeansWorkingSet<S>::lanes;

  Index first_seed(Rng& rng) const {
    if (!set_.sample_weight) return rng.index_below(set_.x.n_samples);
    return rng.weighted_choice(
        Eigen::Map<const Vector<double>>(set_.sample_weight, set_.x.n_samples));
  }

  /// Candidates at equal chances of the current potential, which current_ holds per chunk.
  std::vector<Index> draw(Rng& rng) const {
    const double total = current_.sum();
    std::vector<Index> candidates;
    for (Index c = 0; c < n_candidates_; ++c) {
      const double u = rng.uniform();
      candidates.push_back(total > 0
                               ? locate(u * total)
                               : static_cast<Index>(u * static_cast<double>(set_.x.n_samples)));
    }
    return candidates;
  }

  /// The sample at which the running sum of weight * distance passes `target`.
  Index locate(double target) const {
    Index chunk = 0;
    while (chunk + 1 < current_.size() && target >= current_[chunk]) target -= current_[chunk++];
    const Range panels = set_.chunks()[chunk];
    const Index end = std::min(panels.end * lanes, set_.x.n_samples);
    Index last_possible = panels.begin * lanes;
    for (Index i = panels.begin * lanes; i < end; ++i) {
      const double mass = static_cast<double>(distance_[i]) * static_cast<double>(set_.weight[i]);
      if (mass > 0) last_possible = i;
      target -= mass;
      if (target < 0) return i;
    }
    return last_possible;
  }

  /// Distances to all candidates in one pass; the candidate with the smallest potential.
  Index evaluate(const std::vector<Index>& candidates) {
    const PackedRows<float> rows = packed(candidates);
    team_.run(set_.chunks().count(), [&](Index chunk, int) {
      const Range panels = set_.chunks()[chunk];
      Vector<double> sums = Vector<double>::Zero(rows.n_rows);
      for (Index p = panels.begin; p < panels.end; ++p) {
        RunningMinimumStep<float> step{distance_.data() + p * lanes, set_.weight.data() + p * lanes,
                                       minima_.data() + p * lanes * rows.n_rows, sums.data()};
        scan_panel_distances(rows, set_.panel(p), step);
      }
      potential_.row(chunk).head(rows.n_rows) = sums.transpose();
    });
    Vector<double> potential = Vector<double>::Zero(rows.n_rows);
    for (Index chunk = 0; chunk < potential_.rows(); ++chunk)
      potential += potential_.row(chunk).head(rows.n_rows).transpose();
    Index best = 0;
    for (Index c = 1; c < rows.n_rows; ++c)
      if (potential[c] < potential[best]) best = c;
    return best;
  }

  /// Makes candidate `best` of the `n_rows` evaluated ones a seed.
  void commit(Index best, Index n_rows) {
    team_.for_each_chunk(set_.chunks(), [&](Range panels, int) {
      for (Index p = panels.begin; p < panels.end; ++p)
        std::copy_n(minima_.data() + (p * n_rows + best) * lanes, lanes,
                    distance_.data() + p * lanes);
    });
    current_ = potential_.col(best);
  }

  /// The float values of the packed samples themselves, so that a seed is at distance 0 of itself.
  PackedRows<float> packed(const std::vector<Index>& samples) const {
    PackedRows<float> rows(static_cast<Index>(samples.size()), set_.x.n_features);
    float* to = rows.values.data();
    for (Index first = 0, n = 0; first < rows.n_rows; first += n) {
      n = row_tile_size(rows.n_rows - first);
      for (Index t = 0; t < rows.depth; ++t)
        for (Index r = 0; r < n; ++r) {
          const Index i = samples[static_cast<std::size_t>(first + r)];
          *to++ = set_.panel(i / lanes)[t * lanes + i % lanes];
        }
    }
    return rows;
  }

  Team& team_;
  const KMeansWorkingSet<S>& set_;
  Index k_;
  Index n_candidates_;
  Vector<float> distance_;    // squared, to the nearest seed so far
  Vector<float> minima_;      // what it would become, panel by panel and candidate by candidate
  Matrix<double> potential_;  // chunks x candidates
  Vector<double> current_;    // chunks: the potential of the seeds so far
};

}  // namespace unlabeled::detail
