// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include "unlabeled/cluster/detail/kmeans_working_set.hpp"
#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/nearest.hpp"

namespace unlabeled::detail {

/// |row i of a - row j of b|^2.
inline double squared_distance(const RowMatrix<double>& a, Index i, const RowMatrix<double>& b,
                               Index j) {
  return (a.row(i) - b.row(j)).squaredNorm();
}

/// How far the centres moved in the last update, and how far apart they are: what bounds need.
struct CenterDrift {
  Vector<float> moved;  // k, rounded up
  float most = 0;       // the greatest of these
  float second = 0;     // the greatest but for that of `farthest`
  int farthest = 0;     // the centre that moved most
  Vector<float>
      half_gap;  // k: half the distance to the nearest other centre, rounded down; or none

  CenterDrift(const RowMatrix<double>& before, const RowMatrix<double>& after, bool with_gaps)
      : moved(before.rows()), half_gap(Vector<float>::Zero(before.rows())) {
    constexpr double up = 1 + 0x1p-20, down = 1 - 0x1p-20;
    const Index k = before.rows();
    for (Index j = 0; j < k; ++j) {
      moved[j] = static_cast<float>(std::sqrt(squared_distance(before, j, after, j)) * up);
      if (moved[j] > most)
        second = std::exchange(most, moved[j]), farthest = static_cast<int>(j);
      else
        second = std::max(second, moved[j]);
    }
    if (!with_gaps) return;
    Vector<double> squared = Vector<double>::Constant(k, std::numeric_limits<double>::max());
    for (Index i = 0; i < k; ++i)
      for (Index j = i + 1; j < k; ++j) {
        const double distance = squared_distance(after, i, after, j);
        squared[i] = std::min(squared[i], distance);
        squared[j] = std::min(squared[j], distance);
      }
    for (Index j = 0; j < k; ++j)
      half_gap[j] = static_cast<float>(0.5 * down * std::sqrt(squared[j]));
  }
};

/// The label of every sample from one set of centres to the next. Lloyd's way scans all samples;
/// Hamerly's keeps for each sample an upper bound of the distance to its centre and a lower bound
/// of the distance to every other, moves them with the centres, and scans only where they meet.
/// Samples that must be scanned are gathered into dense panels, so that the survivors of a late
/// iteration cost what they cost in a full scan and the rest two comparisons each.
///
/// Bounds are rounded away from each other, and equal or doubtful distances are decided in double:
/// both ways give the same labels.
///
/// References: G. Hamerly, "Making k-means even faster", SDM 2010, doi 10.1137/1.9781611972801.12;
/// J. Newling, F. Fleuret, "Fast k-means with accurate bounds", ICML 2016 (arXiv 1602.02514).
template <Real S> class KMeansAssignment {
 public:
  KMeansAssignment(Team& team, const KMeansWorkingSet<S>& set, bool with_bounds)
      : labels(set.x.n_samples),
        team_(team),
        set_(set),
        upper_(Vector<float>::Zero(with_bounds ? set.panels() * lanes : 0)),
        lower_(Vector<float>::Zero(with_bounds ? set.panels() * lanes : 0)) {
    for (int worker = 0; worker < team.workers(set.chunks().count()); ++worker)
      scratch_.push_back(Scratch(set, with_bounds));
  }

  Labels labels;

  /// Scans every sample. What stays in doubt is decided by `judge`, a search for the same centres.
  void assign_all(const CenterSearch& search, const CenterSearch& judge) {
    team_.for_each_chunk(set_.chunks(), [&](Range panels, int worker) {
      Scratch& scratch = scratch_[static_cast<std::size_t>(worker)];
      for (Index p = panels.begin; p < panels.end; ++p) scan_panel(search, p, scratch);
      resolve(judge, scratch);
    });
  }

  /// Scans the samples whose bounds leave a doubt after the centres moved.
  void assign_moved(const CenterSearch& search, const CenterSearch& judge,
                    const CenterDrift& drift) {
    const Index k = drift.moved.size();
    team_.for_each_chunk(set_.chunks(), [&](Range panels, int worker) {
      Scratch& scratch = scratch_[static_cast<std::size_t>(worker)];
      const Range samples{panels.begin * lanes, std::min(panels.end * lanes, set_.x.n_samples)};
      move_bounds(search, drift, samples, scratch);
      const auto survivors = static_cast<Index>(scratch.survivors.size());
      // Gathering a sample takes about as long as scanning it against 24 centres.
      if (survivors * (24 + k) < samples.size() * k)
        scan_gathered(search, scratch);
      else
        scan_touched(search, scratch);
      resolve(judge, scratch);
    });
  }

  /// Gives a sample to a centre that was just placed on it.
  void relabel(Index sample, int label) {
    labels[sample] = label;
    if (upper_.size() == 0) return;
    upper_[sample] = std::numeric_limits<float>::max() / 4;
    lower_[sample] = 0;
  }

 private:
  static constexpr Index lanes = KMeansWorkingSet<S>::lanes;

  struct Scratch {
    Vector<float> panel;
    Doubtful doubtful;
    std::vector<Index> survivors;
    Vector<float> moved;     // by the samples' own centres
    Vector<float> others;    // at the most by any other centre
    Vector<float> half_gap;  // of the samples' own centres
    Vector<float> excess;    // of the squared upper bound over the lower

    Scratch(const KMeansWorkingSet<S>& set, bool with_bounds)
        : panel(set.x.n_features * lanes), doubtful(set.x.n_features) {
      const Index n = with_bounds ? set.chunks().size * lanes : 0;
      survivors.reserve(static_cast<std::size_t>(n));
      for (Vector<float>* values : {&moved, &others, &half_gap, &excess}) values->setZero(n);
    }
  };

  void scan_panel(const CenterSearch& search, Index p, Scratch& scratch) {
    CoarseNearest nearest;
    search.scan(set_.panel(p), nearest);
    settle(
        search, nearest, set_.samples_in(p), [&](Index lane) { return p * lanes + lane; },
        scratch.doubtful);
  }

  /// Whole panels, wherever a survivor lies in them.
  void scan_touched(const CenterSearch& search, Scratch& scratch) {
    Index last = -1;
    for (const Index sample : scratch.survivors) {
      const Index p = sample / lanes;
      if (p == last) continue;
      scan_panel(search, p, scratch);
      last = p;
    }
  }

  void scan_gathered(const CenterSearch& search, Scratch& scratch) {
    const Index depth = set_.x.n_features, survivors = static_cast<Index>(scratch.survivors.size());
    CoarseNearest nearest;
    // A sample that fills a cache line is read faster where it lies in one piece than from the panel.
    const bool fills_cache_line =
        set_.x.rows_are_contiguous() && depth * static_cast<Index>(sizeof(S)) >= cache_line_bytes;
    for (Index begin = 0; begin < survivors; begin += lanes) {
      const Index count = std::min(lanes, survivors - begin);
      const Index* sample = scratch.survivors.data() + begin;
      if (fills_cache_line)
        pack_panel(
            set_.x, set_.frame, count, [&](Index lane) { return sample[lane]; },
            scratch.panel.data());
      else
        for (Index lane = 0; lane < lanes; ++lane) {
          const Index i = sample[std::min(lane, count - 1)];
          const float* from = set_.panel(i / lanes) + i % lanes;
          float* to = scratch.panel.data() + lane;
          for (Index t = 0; t < depth; ++t) to[t * lanes] = from[t * lanes];
        }
      search.scan(scratch.panel.data(), nearest);
      settle(
          search, nearest, count, [&](Index lane) { return sample[lane]; }, scratch.doubtful);
    }
  }

  /// Takes the answers of one panel: labels, bounds, and whom to ask again.
  template <class Sample>
  void settle(const CenterSearch& search, const CoarseNearest& nearest, Index count,
              Sample&& sample, Doubtful& doubtful) {
    int* label = labels.data();
    const float* norms = set_.norm.data();
    const bool with_bounds = upper_.size() > 0;
    const Uncertainty uncertainty = search.uncertainty();
    for (Index lane = 0; lane < count; ++lane) {
      const auto l = static_cast<std::size_t>(lane);
      const Index i = sample(lane);
      label[i] = static_cast<int>(nearest.center[l]);
      const float doubt = 2 * uncertainty(norms[i]);
      const bool certain = nearest.best[l] - nearest.second[l] > doubt;
      if (!certain) doubtful.add(i);
      if (!with_bounds) continue;
      const float square = norms[i] * norms[i], slack = 2 * doubt + 0x1p-21f * square;
      const float runner_up = certain ? nearest.second[l] : nearest.best[l];
      upper_.data()[i] =
          rounded_up(std::sqrt(std::max(0.0f, square - 2 * nearest.best[l] + slack)));
      lower_.data()[i] = rounded_down(std::sqrt(std::max(0.0f, square - 2 * runner_up - slack)));
    }
  }

  void resolve(const CenterSearch& judge, Scratch& scratch) {
    scratch.doubtful.resolve(judge, set_.x, [&](Index i, int label) { labels[i] = label; });
  }

  /// Moves the bounds of the samples with their centres; lists those whose bounds meet.
  void move_bounds(const CenterSearch& search, const CenterDrift& drift, Range samples,
                   Scratch& scratch) {
    look_up(drift, samples, scratch);
    compare_bounds(search.uncertainty(), samples, scratch);
    scratch.survivors.resize(static_cast<std::size_t>(samples.size()));
    const float* excess = scratch.excess.data();
    Index* survivors = scratch.survivors.data();
    Index n_survivors = 0;
    for (Index i = 0; i < samples.size(); ++i) {
      survivors[n_survivors] = samples.begin + i;
      n_survivors += excess[i] < 0 ? 0 : 1;
    }
    scratch.survivors.resize(static_cast<std::size_t>(n_survivors));
  }

  /// What the drift means for each sample.
  void look_up(const CenterDrift& drift, Range samples, Scratch& scratch) const {
    const int* label = labels.data() + samples.begin;
    const float *center_moved = drift.moved.data(), *center_half_gap = drift.half_gap.data();
    const float most = drift.most, second = drift.second;
    const int farthest = drift.farthest;
    float *moved = scratch.moved.data(), *others = scratch.others.data();
    float* half_gap = scratch.half_gap.data();
    for (Index i = 0; i < samples.size(); ++i) {
      moved[i] = center_moved[label[i]];
      half_gap[i] = center_half_gap[label[i]];
      others[i] = label[i] == farthest ? second : most;
    }
  }

  /// By how much the squared upper bound, with all that rounding may add, exceeds the lower. In
  /// packets, as every sample passes here in every iteration.
  void compare_bounds(const Uncertainty& uncertainty, Range samples, Scratch& scratch) {
    const auto up = broadcast<float>(rounded_up(1)), down = broadcast<float>(rounded_down(1));
    const auto zero = broadcast<float>(0);
    for (Index i = 0; i < samples.size(); i += packet_size<float>) {
      float* upper_bound = upper_.data() + samples.begin + i;
      float* lower_bound = lower_.data() + samples.begin + i;
      const auto moved = load<float>(scratch.moved.data() + i);
      const auto others = load<float>(scratch.others.data() + i);
      const auto upper = multiply<float>(add<float>(load<float>(upper_bound), moved), up);
      const auto lower = maximum<float>(
          zero, multiply<float>(subtract<float>(load<float>(lower_bound), others), down));
      store<float>(upper_bound, upper);
      store<float>(lower_bound, lower);
      const auto other = maximum<float>(lower, load<float>(scratch.half_gap.data() + i));
      const auto doubt = uncertainty(load<float>(set_.norm.data() + samples.begin + i));
      store<float>(
          scratch.excess.data() + i,
          subtract<float>(multiply_add<float>(upper, upper, doubt), multiply<float>(other, other)));
    }
  }

  static float rounded_up(float value) { return value * (1 + 0x1p-22f); }
  static float rounded_down(float value) { return value * (1 - 0x1p-22f); }

  Team& team_;
  const KMeansWorkingSet<S>& set_;
  Vector<float> upper_;
  Vector<float> lower_;
  std::vector<Scratch> scratch_;
};

}  // namespace unlabeled::detail
