// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <type_traits>

#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/unit.hpp"
#include "unlabeled/metrics/detail/labels.hpp"

// Scores that compare the spread within clusters with the spread between their means.

namespace unlabeled {
namespace detail {

/// Means of the clusters, relative to the first sample: an offset of all samples then costs no
/// digits. In double whatever the samples are, and in a unit in which squares stay in its range:
/// the scores do not depend on it.
struct ClusterMeans {
  double unit = 1;              ///< what samples are multiplied with
  Eigen::RowVectorXd origin;    ///< the first sample
  Vector<double> sizes;         ///< n_clusters
  RowMatrix<double> means;      ///< n_clusters x n_features
  Eigen::RowVectorXd midpoint;  ///< mean of all samples
};

/// Calls f(code, sample · unit - origin as a row of double) for the samples of a range, in order.
template <class V, class F>
void for_each_sample(const V& x, const ClusterMeans& clusters, const Labels& codes, Range range,
                     F&& f) {
  constexpr Index rows_at_once = 32;  // copied as a block, so that both storage orders are streamed
  RowMatrix<double> block(rows_at_once, x.cols());
  for (Index begin = range.begin; begin < range.end; begin += rows_at_once) {
    const Index n_rows = std::min(rows_at_once, range.end - begin);
    block.topRows(n_rows) = x.middleRows(begin, n_rows).template cast<double>() * clusters.unit;
    block.topRows(n_rows).rowwise() -= clusters.origin;
    for (Index row = 0; row < n_rows; ++row) f(codes(begin + row), block.row(row));
  }
}

/// Chunks of samples with one partial result per cluster each: long enough that all partial results
/// together are smaller than the data.
inline Chunks chunks_for_clusters(Index n_samples, Index n_clusters) {
  return {n_samples, std::max<Index>(4096, 8 * n_clusters)};
}

template <class V> ClusterMeans cluster_means(const V& x, const LabelCodes& codes, Team& team) {
  const Index n_clusters = codes.n_labels(), d = x.cols();
  ClusterMeans clusters;
  if constexpr (std::is_same_v<typename V::Scalar, double>)  // which holds all squares of floats
    clusters.unit = unit_factor(largest_magnitude(team, x));
  clusters.origin = x.row(0).template cast<double>() * clusters.unit;
  clusters.sizes.setZero(n_clusters);
  for (const int code : codes.code) clusters.sizes(code) += 1;
  const RowMatrix<double> zero = RowMatrix<double>::Zero(n_clusters, d);
  clusters.means =
      team.reduce(chunks_for_clusters(x.rows(), n_clusters), zero, [&](Range range, int) {
        RowMatrix<double> sums = zero;
        for_each_sample(x, clusters, codes.code, range,
                        [&](int code, const auto& row) { sums.row(code) += row; });
        return sums;
      });
  clusters.midpoint = clusters.means.colwise().sum() / static_cast<double>(x.rows());
  clusters.means.array().colwise() /= clusters.sizes.array();
  return clusters;
}

/// Sum over the samples of each cluster of measure(sample - mean of the cluster).
template <class V, class Measure>
Vector<double> deviations(const V& x, const LabelCodes& codes, const ClusterMeans& clusters,
                          Team& team, Measure&& measure) {
  const Vector<double> zero = Vector<double>::Zero(codes.n_labels());
  return team.reduce(chunks_for_clusters(x.rows(), codes.n_labels()), zero, [&](Range range, int) {
    Vector<double> sums = zero;
    for_each_sample(x, clusters, codes.code, range, [&](int code, const auto& row) {
      sums(code) += measure(row - clusters.means.row(code));
    });
    return sums;
  });
}

template <class V> double calinski_harabasz(const V& x, const LabelsView& labels, int n_threads) {
  const LabelCodes codes = checked_labels("calinski_harabasz_score", x, labels, n_threads);
  Team team(n_threads);
  const ClusterMeans clusters = cluster_means(x, codes, team);
  const double within = deviations(x, codes, clusters, team, [](const auto& difference) {
                          return difference.squaredNorm();
                        }).sum();
  if (within == 0) return 1;
  const double between =
      clusters.sizes.dot((clusters.means.rowwise() - clusters.midpoint).rowwise().squaredNorm());
  const auto n_clusters = static_cast<double>(codes.n_labels());
  return between * (static_cast<double>(x.rows()) - n_clusters) / (within * (n_clusters - 1));
}

template <class V> double davies_bouldin(const V& x, const LabelsView& labels, int n_threads) {
  const LabelCodes codes = checked_labels("davies_bouldin_score", x, labels, n_threads);
  Team team(n_threads);
  const ClusterMeans clusters = cluster_means(x, codes, team);
  const RowMatrix<double>& means = clusters.means;
  const Vector<double> radius = deviations(x, codes, clusters, team, [](const auto& difference) {
                                  return difference.norm();
                                }).cwiseQuotient(clusters.sizes);

  const Vector<double> from_midpoint = (means.rowwise() - clusters.midpoint).rowwise().norm();
  const double equal = 1e-13 * (radius.maxCoeff() + from_midpoint.maxCoeff());  // up to rounding
  Vector<double> worst = Vector<double>::Zero(codes.n_labels());
  team.for_each_chunk({codes.n_labels(), 64}, [&](Range range, int) {
    for (Index c = range.begin; c < range.end; ++c)
      for (Index other = 0; other < codes.n_labels(); ++other) {
        const double distance = (means.row(c) - means.row(other)).norm();
        if (distance <= equal) continue;
        worst(c) = std::max(worst(c), (radius(c) + radius(other)) / distance);
      }
  });
  return worst.mean();
}

}  // namespace detail

/// Variance ratio: (B / (k - 1)) / (W / (n - k)) for k clusters, where W is the sum of squared
/// distances of the samples to their cluster's mean and B that of the cluster means (each counted
/// with its size) to the mean of all samples. The higher the better; 1 where W = 0.
///
/// Shapes      X is n_samples x n_features; one int label per sample (-1 counts as a cluster).
/// Cost        two passes over X, k n_features memory; double for float data too.
/// Threads     over samples; n_threads 0 = all hardware threads. The result does not depend on it.
/// Throws      std::invalid_argument unless there are 2 to n_samples - 1 different labels.
///
/// Reference: T. Caliński, J. Harabasz, "A dendrite method for cluster analysis", Commun. Stat. 3,
/// 1974, doi 10.1080/03610927408827101.
template <detail::RealMatrix X>
[[nodiscard]] double calinski_harabasz_score(const X& x, const LabelsView& labels,
                                             int n_threads = 0) {
  return detail::calinski_harabasz(View<X>(x), labels, n_threads);
}

/// Mean over the clusters i of max over j of (r_i + r_j) / |m_i - m_j|, where m is the mean of a
/// cluster and r the mean distance of its samples to it. The lower the better, at least 0.
///
/// Pairs of clusters with equal means (up to rounding: 1e-13 of the spread) are left out of the
/// maximum; the score is 0 where all means are equal.
///
/// Shapes      X is n_samples x n_features; one int label per sample (-1 counts as a cluster).
/// Cost        two passes over X and k^2 n_features operations; double for float data too.
/// Threads     over samples; n_threads 0 = all hardware threads. The result does not depend on it.
/// Throws      std::invalid_argument unless there are 2 to n_samples - 1 different labels.
///
/// Reference: D. L. Davies, D. W. Bouldin, "A cluster separation measure", IEEE PAMI 1, 1979,
/// doi 10.1109/TPAMI.1979.4766909.
template <detail::RealMatrix X>
[[nodiscard]] double davies_bouldin_score(const X& x, const LabelsView& labels, int n_threads = 0) {
  return detail::davies_bouldin(View<X>(x), labels, n_threads);
}

}  // namespace unlabeled
