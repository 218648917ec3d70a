// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <vector>

#include "unlabeled/cluster/detail/kmeans_assignment.hpp"
#include "unlabeled/cluster/detail/kmeans_working_set.hpp"
#include "unlabeled/cluster/kmeans_model.hpp"
#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/nearest.hpp"

namespace unlabeled::detail {

/// Elkan's way to the same labels, without the bounds between centres that rarely pay
/// ("simplified", Newling and Fleuret 2016): a lower bound per sample and centre, so that a scan
/// skips single centres and not only whole samples. Distances are direct differences in double.
///
/// Memory: 4 n k bytes. It wins where distances are dear and clusters are clear.
///
/// Reference: C. Elkan, "Using the triangle inequality to accelerate k-means", ICML 2003.
template <Real S> class ElkanAssignment {
 public:
  ElkanAssignment(Team& team, const KMeansWorkingSet<S>& set, Index k)
      : labels(Labels::Zero(set.x.n_samples)),
        team_(team),
        set_(set),
        upper_(Vector<float>::Constant(set.x.n_samples, std::numeric_limits<float>::max() / 4)),
        lower_(RowMatrix<float>::Zero(set.x.n_samples, k)) {}

  Labels labels;

  /// `centers` are those of `search`; what stays in doubt is decided by `judge`.
  void assign(const CenterSearch& search, const CenterSearch& judge,
              const RowMatrix<double>& centers, const CenterDrift& drift) {
    team_.for_each_chunk({set_.x.n_samples, 512}, [&](Range samples, int) {
      RowMatrix<double> sample(1, set_.x.n_features);
      Doubtful doubtful(set_.x.n_features);
      for (Index i = samples.begin; i < samples.end; ++i) {
        move_bounds(drift, i);
        const double margin = rounding_margin(search, i);
        if (!beyond(drift.half_gap[labels[i]], upper_[i], margin) &&
            !beyond(closest_bound(i), upper_[i], margin))
          visit(search, centers, i, sample, doubtful);
      }
      doubtful.resolve(judge, set_.x, [&](Index i, int label) { labels[i] = label; });
    });
  }

  void relabel(Index sample, int label) {
    labels[sample] = label;
    upper_[sample] = std::numeric_limits<float>::max() / 4;
    lower_.row(sample).setZero();
  }

 private:
  void move_bounds(const CenterDrift& drift, Index i) {
    constexpr float up = 1 + 0x1p-22f, down = 1 - 0x1p-22f;
    upper_[i] = (upper_[i] + drift.moved[labels[i]]) * up;
    for (Index j = 0; j < lower_.cols(); ++j)
      lower_(i, j) = std::max(0.0f, (lower_(i, j) - drift.moved[j]) * down);
  }

  /// Squared distances closer than this may come out in either order of the search in double, which
  /// every other way uses for ties and near ties.
  [[nodiscard]] double rounding_margin(const CenterSearch& search, Index i) const {
    return static_cast<double>(search.uncertainty()(set_.norm[i])) * 0x1p-16;
  }
  static bool beyond(double bound, double distance, double margin) {
    return bound * bound > distance * distance + margin;
  }

  /// The smallest lower bound among the other centres.
  [[nodiscard]] float closest_bound(Index i) const {
    float least = std::numeric_limits<float>::max();
    for (Index j = 0; j < lower_.cols(); ++j)
      if (j != labels[i]) least = std::min(least, lower_(i, j));
    return least;
  }

  /// Measures the centres that the bounds leave in question.
  void visit(const CenterSearch& search, const RowMatrix<double>& centers, Index i,
             RowMatrix<double>& sample, Doubtful& doubtful) {
    for (Index t = 0; t < sample.cols(); ++t)
      sample(0, t) = (static_cast<double>(set_.x(i, t)) - set_.frame.shift[t]) * set_.frame.scale;
    auto measure = [&](Index j) {
      const double distance = std::sqrt(squared_distance(sample, 0, centers, j));
      lower_(i, j) = static_cast<float>(distance * (1 - 0x1p-22));
      return distance;
    };
    const double margin = rounding_margin(search, i);
    int nearest = labels[i];
    double best = measure(nearest), second = std::numeric_limits<double>::max();
    for (Index j = 0; j < centers.rows(); ++j) {
      if (j == labels[i] || beyond(lower_(i, j), best, margin)) continue;
      const double distance = measure(j);
      second = std::min(second, std::max(best, distance));
      if (distance < best) best = distance, nearest = static_cast<int>(j);
    }
    labels[i] = nearest;
    upper_[i] = static_cast<float>(best * (1 + 0x1p-22));
    if (second * second - best * best <= margin) doubtful.add(i);
  }

  Team& team_;
  const KMeansWorkingSet<S>& set_;
  Vector<float> upper_;
  RowMatrix<float> lower_;  // n x k
};

/// The chosen way of assigning samples to centres, behind one call.
template <Real S> class KMeansAssigner {
 public:
  KMeansAssigner(Team& team, const KMeansWorkingSet<S>& set, KMeansAlgorithm algorithm, Index k)
      : set_(set), bounded_(algorithm != KMeansAlgorithm::lloyd && k > 1) {
    if (algorithm == KMeansAlgorithm::elkan && k > 1)
      elkan_.emplace(team, set, k);
    else
      scan_.emplace(team, set, bounded_);
  }

  /// Labels for `centers` (k x d, in the frame of the working set).
  void assign(const RowMatrix<double>& centers) {
    const CenterSearch search(centers, set_.frame);
    assign(centers, search, search);
  }

  /// The same, with doubts decided by `judge`: a search for the same centres in a frame of its own.
  void assign(const RowMatrix<double>& centers, const CenterSearch& judge) {
    assign(centers, CenterSearch(centers, set_.frame), judge);
  }

  void relabel(Index sample, int label) {
    elkan_ ? elkan_->relabel(sample, label) : scan_->relabel(sample, label);
  }
  [[nodiscard]] const Labels& labels() const { return elkan_ ? elkan_->labels : scan_->labels; }

 private:
  void assign(const RowMatrix<double>& centers, const CenterSearch& search,
              const CenterSearch& judge) {
    // Distances between centres are worth having where they cost little beside the samples'.
    const bool with_gaps = 16 * centers.rows() < set_.x.n_samples;
    const RowMatrix<double>& before = last_.size() > 0 ? last_ : centers;
    if (elkan_)
      elkan_->assign(search, judge, centers, CenterDrift(before, centers, with_gaps));
    else if (bounded_ && last_.size() > 0)
      scan_->assign_moved(search, judge, CenterDrift(before, centers, with_gaps));
    else
      scan_->assign_all(search, judge);
    last_ = centers;
  }

  const KMeansWorkingSet<S>& set_;
  bool bounded_;
  RowMatrix<double> last_;  // the centres of the previous call
  std::optional<KMeansAssignment<S>> scan_;
  std::optional<ElkanAssignment<S>> elkan_;
};

}  // namespace unlabeled::detail
