// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "unlabeled/cluster/detail/kmeans_assignment.hpp"
#include "unlabeled/cluster/detail/kmeans_elkan.hpp"
#include "unlabeled/cluster/detail/kmeans_seeding.hpp"
#include "unlabeled/cluster/detail/kmeans_update.hpp"
#include "unlabeled/cluster/detail/kmeans_working_set.hpp"
#include "unlabeled/cluster/kmeans_model.hpp"
#include "unlabeled/core/check.hpp"
#include "unlabeled/core/errors.hpp"
#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/random.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/moments.hpp"
#include "unlabeled/linalg/nearest.hpp"

namespace unlabeled::detail {

/// Centres in a frame that depends on them alone, as predict() needs.
struct FramedCenters {
  Frame frame;
  RowMatrix<double> centers;

  template <Real S>
  explicit FramedCenters(const Matrix<S>& values)
      : frame(around(values)), centers(frame.framed(values)) {}

 private:
  template <Real S> static Frame around(const Matrix<S>& values) {
    const Frame middle(values.template cast<double>().colwise().mean().transpose(), 0);
    return Frame(middle.shift, longest_row(middle.framed(values)));
  }
};

/// Nearest centre of every sample, the lowest on ties.
template <Real S> Labels predict_kmeans(Team& team, const Samples<S>& x, const Matrix<S>& centers) {
  const FramedCenters framed(centers);
  if (x.n_samples < CenterSearch::lanes)
    return nearest_centers_of_few(x, framed.centers, framed.frame);
  return nearest_centers(team, x, CenterSearch(framed.centers, framed.frame));
}

/// |x_i - c|^2 in double; four sums, because a single chain of additions would wait for itself.
template <Real S> double squared_distance(const Samples<S>& x, Index i, const double* center) {
  const S* row = x.data + i * x.row_stride;
  std::array<double, 4> sum{};
  Index t = 0;
  auto square = [&](Index feature) {
    const double difference = static_cast<double>(row[feature * x.column_stride]) - center[feature];
    return difference * difference;
  };
  for (; t + 4 <= x.n_features; t += 4)
    for (Index part = 0; part < 4; ++part) sum[static_cast<std::size_t>(part)] += square(t + part);
  for (; t < x.n_features; ++t) sum[0] += square(t);
  return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

/// Sum of weight * |x - c|^2 by direct differences, added in the order of the samples.
template <Real S>
double inertia_of(Team& team, const Samples<S>& x, const Matrix<S>& centers, const Labels& labels,
                  const double* weights) {
  const RowMatrix<double> rows = centers.template cast<double>();
  return team.reduce(Chunks{x.n_samples, 1024}, 0.0, [&](Range range, int) {
    double sum = 0;
    for (Index i = range.begin; i < range.end; ++i) {
      const double distance = squared_distance(x, i, rows.data() + labels[i] * x.n_features);
      sum += weights ? weights[i] * distance : distance;
    }
    return sum;
  });
}

/// An inertia is the first to leave the range of double.
inline void check_inertia(double inertia) {
  if (!is_finite(inertia))
    throw NumericalError("KMeans: the inertia of X overflows; scale the features first");
}

template <class V> bool rows_are_equal(const V& x) {
  for (Index j = 0; j < x.cols(); ++j)
    for (Index i = 1; i < x.rows(); ++i)
      if (x.coeff(i, j) != x.coeff(0, j)) return false;
  return true;
}

/// Moments of data whose squared deviations are within the range of double.
template <class V> ColumnMoments kmeans_moments(Team& team, const V& x) {
  ColumnMoments moments = column_moments(team, Samples<typename V::Scalar>(x));
  const double total = moments.m2.sum();
  check_inertia(total);
  constexpr double least =
      std::numeric_limits<double>::min() / std::numeric_limits<double>::epsilon();
  if (total < least && !rows_are_equal(x))
    throw NumericalError("KMeans: the inertia of X underflows; scale the features first");
  return moments;
}

/// One run of k-means from given centres to its stop: assign, update, until nothing moves.
template <Real S> class KMeansRun {
 public:
  /// One of `n_runs`, before which there were `first` iterations.
  KMeansRun(Team& team, const KMeansWorkingSet<S>& set, const KMeansOptions& options, Index n_runs,
            Index first)
      : team_(team),
        set_(set),
        options_(options),
        total_iterations_(product_or_most(n_runs, options.max_iterations)),
        first_iteration_(first) {}

  /// Whether the callback has asked to stop, be it in the iteration that converged.
  [[nodiscard]] bool refused() const { return refused_; }

  KMeansModel<S> from(RowMatrix<double> centers) {
    const Index k = centers.rows();
    ClusterSums<S> sums(set_, k);
    KMeansAssigner<S> assigner(team_, set_, options_.algorithm, k);
    Report report;
    while (report.n_iterations < options_.max_iterations) {
      assigner.assign(centers);
      Index changed = sums.update(team_, assigner.labels());
      changed += relocate_empty_clusters(team_, set_, centers, assigner.labels(), sums,
                                         [&](Index i, int label) { assigner.relabel(i, label); });
      const double inertia = sums.inertia(centers) * set_.weight_unit;
      RowMatrix<double> means = sums.means(centers);
      const double shift = relative_shift(centers, means);
      centers = std::move(means);
      const Index iteration = report.n_iterations++;
      refused_ = !tell(iteration, inertia, shift);
      if (changed == 0 || shift <= options_.tolerance) {
        report.stop = Stop::converged;
        break;
      }
      if (refused_) {
        report.stop = Stop::callback;
        break;
      }
    }
    return finish(centers, sums.weight(), assigner, report);
  }

 private:
  /// Squared movement of all centres over the mean variance of the features.
  [[nodiscard]] double relative_shift(const RowMatrix<double>& a,
                                      const RowMatrix<double>& b) const {
    const double scale = set_.frame.scale;
    const double movement = (a - b).squaredNorm() / (scale * scale);
    return movement == 0 ? 0 : movement / set_.mean_variance;
  }

  [[nodiscard]] bool tell(Index iteration, double inertia, double shift) const {
    if (!options_.on_iteration) return true;
    return options_.on_iteration({first_iteration_ + iteration, total_iterations_, inertia, shift});
  }

  /// Labels and inertia for the centres as they are returned, rounded to S, with doubts decided as
  /// predict() decides them: so that all agree at every cap.
  [[nodiscard]] KMeansModel<S> finish(const RowMatrix<double>& centers,
                                      const Vector<double>& weight, KMeansAssigner<S>& assigner,
                                      Report report) const {
    KMeansModel<S> model;
    model.cluster_centers = set_.frame.template unframed<S>(centers);
    model.cluster_weights = weight * set_.weight_unit;
    const FramedCenters judge(model.cluster_centers);
    assigner.assign(set_.frame.framed(model.cluster_centers),
                    CenterSearch(judge.centers, judge.frame));
    model.labels = assigner.labels();
    model.inertia =
        inertia_of(team_, set_.x, model.cluster_centers, model.labels, set_.sample_weight);
    check_inertia(model.inertia);
    report.objective = model.inertia;
    model.report = report;
    return model;
  }

  Team& team_;
  const KMeansWorkingSet<S>& set_;
  const KMeansOptions& options_;
  Index total_iterations_;
  Index first_iteration_;
  bool refused_ = false;
};

/// The starting centres of restart number `restart`.
template <Real S>
Matrix<S> starting_centers(Team& team, const KMeansWorkingSet<S>& set, const KMeansOptions& options,
                           Index restart) {
  Rng rng(options.seed, static_cast<std::uint64_t>(restart));
  const std::vector<Index> seeds =
      options.init == KMeansInit::random
          ? random_seeds(set, options.n_clusters, rng)
          : PlusPlusSeeding<S>(team, set, options.n_clusters).seeds(rng);
  Matrix<S> centers(options.n_clusters, set.x.n_features);
  for (Index j = 0; j < centers.rows(); ++j)
    for (Index t = 0; t < centers.cols(); ++t)
      centers(j, t) = set.x(seeds[static_cast<std::size_t>(j)], t);
  return centers;
}

/// k-means from data to model: the best of n_init runs, or the run from `initial` centres.
template <Real S, class V>
KMeansModel<S> fit_kmeans(const V& x, const Vector<double>& weights, const Matrix<S>& initial,
                          const KMeansOptions& options) {
  check_training_data("KMeans", x);
  check_option(options.n_clusters <= x.rows(), "KMeans", "n_clusters",
               ("<= n_samples = " + printed(x.rows())).c_str(), options.n_clusters);
  Team team(options.n_threads);
  const Samples<S> samples(x);
  const double* sample_weight = weights.size() > 0 ? weights.data() : nullptr;
  const KMeansWorkingSet<S> set(team, samples, kmeans_moments(team, x), sample_weight);
  if (initial.rows() > 0) {
    const RowMatrix<double> centers =
        (initial.template cast<double>().rowwise() - set.frame.shift.transpose()) * set.frame.scale;
    return KMeansRun<S>(team, set, options, 1, 0).from(centers);
  }
  std::optional<KMeansModel<S>> best;
  Index n_iterations = 0;
  for (Index restart = 0; restart < options.n_init; ++restart) {
    KMeansRun<S> run(team, set, options, options.n_init, n_iterations);
    KMeansModel<S> model =
        run.from(set.frame.framed(starting_centers(team, set, options, restart)));
    n_iterations += model.report.n_iterations;
    const bool cut_short = model.report.stop == Stop::callback || restart + 1 < options.n_init;
    if (!best || model.inertia < best->inertia) best = std::move(model);
    if (!run.refused()) continue;
    if (cut_short) best->report.stop = Stop::callback;
    break;
  }
  return *std::move(best);
}

}  // namespace unlabeled::detail
