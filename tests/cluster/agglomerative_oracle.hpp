// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "support/data.hpp"
#include "support/instances/agglomerative.hpp"

// The shortest possible hierarchical clustering: all pairs of clusters compared before every merge,
// distances from their definitions.

namespace unlabeled {
inline namespace testing {

struct NaiveCluster {
  Index number;
  std::vector<Index> members;
  Vector<double> point;                          // mean, or midpoint for median
  std::vector<std::pair<double, Index>> leaves;  // weight of each member in linkage weighted
};

inline double naive_distance(const NaiveCluster& a, const NaiveCluster& b,
                             const Matrix<double>& distances, Linkage linkage) {
  const auto n_a = static_cast<double>(a.members.size()),
             n_b = static_cast<double>(b.members.size());
  const double gap = (a.point - b.point).norm();
  if (linkage == Linkage::ward) return std::sqrt(2 * n_a * n_b / (n_a + n_b)) * gap;
  if (linkage == Linkage::centroid || linkage == Linkage::median) return gap;
  double least = 1e300, greatest = 0, sum = 0, weighted = 0;
  for (const auto& [w, i] : a.leaves)
    for (const auto& [v, j] : b.leaves) {
      least = std::min(least, distances(i, j));
      greatest = std::max(greatest, distances(i, j));
      sum += distances(i, j);
      weighted += w * v * distances(i, j);
    }
  if (linkage == Linkage::single) return least;
  if (linkage == Linkage::complete) return greatest;
  return linkage == Linkage::average ? sum / (n_a * n_b) : weighted;
}

/// In the order in which pairs are nearest: SciPy's table where heights ascend, and where they do
/// not as well.
inline Matrix<double> naive_hierarchy(const Matrix<double>& x, const Matrix<double>& distances,
                                      Linkage linkage) {
  const Index n = distances.rows();
  std::vector<NaiveCluster> clusters;
  for (Index i = 0; i < n; ++i) clusters.push_back({i, {i}, x.row(i).transpose(), {{1.0, i}}});
  Matrix<double> table(n - 1, 4);
  for (Index s = 0; s < n - 1; ++s) {
    std::size_t first = 0, second = 1;
    double least = 1e300;
    for (std::size_t i = 0; i < clusters.size(); ++i)
      for (std::size_t j = i + 1; j < clusters.size(); ++j) {
        const double distance = naive_distance(clusters[i], clusters[j], distances, linkage);
        if (distance < least) least = distance, first = i, second = j;
      }
    NaiveCluster &a = clusters[first], &b = clusters[second];
    const auto n_a = static_cast<double>(a.members.size()),
               n_b = static_cast<double>(b.members.size());
    const double share = linkage == Linkage::median ? 0.5 : n_b / (n_a + n_b);
    table.row(s) << static_cast<double>(std::min(a.number, b.number)),
        static_cast<double>(std::max(a.number, b.number)), least, n_a + n_b;
    a.number = n + s;
    a.members.insert(a.members.end(), b.members.begin(), b.members.end());
    a.point = (a.point + share * (b.point - a.point)).eval();
    a.leaves.insert(a.leaves.end(), b.leaves.begin(), b.leaves.end());
    for (auto& [weight, member] : a.leaves) weight /= 2;
    clusters.erase(clusters.begin() + static_cast<std::ptrdiff_t>(second));
  }
  return table;
}

/// By the library's own definition of each metric.
inline Matrix<double> naive_distances(const Matrix<double>& x, Metric metric) {
  const RowMatrix<double> rows = x;
  Matrix<double> distances(x.rows(), x.rows());
  for (Index i = 0; i < x.rows(); ++i)
    for (Index j = 0; j < x.rows(); ++j)
      distances(i, j) =
          i == j ? 0 : detail::distance(metric, rows.row(i).data(), rows.row(j).data(), x.cols());
  return distances;
}

inline const std::vector<Linkage> all_linkages{
    Linkage::ward,     Linkage::complete, Linkage::average, Linkage::single,
    Linkage::weighted, Linkage::centroid, Linkage::median};
inline const std::vector<Linkage> linkages_of_any_metric{Linkage::complete, Linkage::average,
                                                         Linkage::single, Linkage::weighted};

}  // namespace testing
}  // namespace unlabeled
