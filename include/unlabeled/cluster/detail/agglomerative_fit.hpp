// SPDX-License-Identifier: MIT
#pragma once

#include <utility>
#include <vector>

#include "unlabeled/cluster/agglomerative_model.hpp"
#include "unlabeled/cluster/detail/centroid_linkage.hpp"
#include "unlabeled/cluster/detail/dendrogram.hpp"
#include "unlabeled/cluster/detail/distance_matrix.hpp"
#include "unlabeled/cluster/detail/matrix_linkage.hpp"
#include "unlabeled/cluster/detail/ward_linkage.hpp"
#include "unlabeled/core/check.hpp"
#include "unlabeled/core/errors.hpp"
#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/metric.hpp"
#include "unlabeled/linalg/unit.hpp"
#include "unlabeled/neighbors/minimum_spanning_tree.hpp"

namespace unlabeled::detail {

/// What the data have to be for these options.
template <class V> void check_agglomerative_data(const V& x, const AgglomerativeOptions& options) {
  constexpr const char* owner = "Agglomerative";
  check_training_data(owner, x);
  if (options.metric == Metric::precomputed) check_distances(owner, x);
  if (options.metric == Metric::cosine) check_directions(owner, x);
  if (!options.distance_threshold)
    check_option(options.n_clusters <= x.rows(), owner, "n_clusters",
                 ("<= n_samples = " + printed(x.rows())).c_str(), options.n_clusters);
}

/// A power of two times which distances and their squares are normal numbers; 1 in all but odd
/// data, where distances have no unit, and for linkage single, which finds a unit itself.
template <class V>
double unit_of_distances(Team& team, const V& x, const AgglomerativeOptions& options) {
  if (options.metric == Metric::cosine || options.linkage == Linkage::single) return 1;
  const auto largest = static_cast<double>(largest_magnitude(team, x));
  return squares_are_safe(largest) ? 1 : unit_factor(largest, roomy_exponent<double>);
}

/// Linkages complete, average and weighted.
template <class DistanceSource>
std::vector<Merge> merges_of_matrix(Team& team, const DistanceSource& rows, Index n_samples,
                                    Linkage linkage) {
  if (linkage == Linkage::complete)
    return MatrixLinkage<true>(team, rows, n_samples, linkage).merges();
  return MatrixLinkage<false>(team, rows, n_samples, linkage).merges();
}
template <Real S>
std::vector<Merge> merges_of_matrix(Team& team, const Samples<S>& x, double unit,
                                    const AgglomerativeOptions& options) {
  const auto merges = [&](const auto& rows) {
    return merges_of_matrix(team, rows, x.n_samples, options.linkage);
  };
  switch (options.metric) {
    case Metric::manhattan:
      return merges(DistanceRows<Metric::manhattan, S>(team, x, unit));
    case Metric::chebyshev:
      return merges(DistanceRows<Metric::chebyshev, S>(team, x, unit));
    case Metric::cosine:
      return merges(DistanceRows<Metric::cosine, S>(team, x, unit));
    case Metric::precomputed:
      return merges(GivenRows<S>(x, unit));
    default:
      return merges(DistanceRows<Metric::euclidean, S>(team, x, unit));
  }
}

template <Real S>
std::vector<Merge> merges_of_spanning_tree(Team& team, const Samples<S>& x, Metric metric) {
  const std::vector<SpanningEdge> edges = minimum_spanning_tree(team, x, metric);
  std::vector<Merge> merges;
  merges.reserve(edges.size());
  for (const SpanningEdge& edge : edges) merges.push_back({edge.a, edge.b, edge.length});
  return merges;
}

/// All merges as they are made, heights times the unit.
template <Real S>
std::vector<Merge> scaled_merges(Team& team, const Samples<S>& x, double unit,
                                 const AgglomerativeOptions& options) {
  switch (options.linkage) {
    case Linkage::ward:
      return WardLinkage<S>(team, x, unit).merges();
    case Linkage::single:
      return merges_of_spanning_tree(team, x, options.metric);
    case Linkage::centroid:
    case Linkage::median:
      return CentroidLinkage<S>(team, x, unit, options.linkage).merges();
    default:
      return merges_of_matrix(team, x, unit, options);
  }
}

/// In the order of the table.
template <Real S>
std::vector<Merge> merges_in_order(Team& team, const Samples<S>& x, double unit,
                                   const AgglomerativeOptions& options) {
  std::vector<Merge> merges = scaled_merges(team, x, unit, options);
  for (Merge& merge : merges) {
    merge.height /= unit;
    if (!is_finite(merge.height))
      throw NumericalError("Agglomerative: distances leave the range of double; scale X");
  }
  if (options.linkage != Linkage::centroid && options.linkage != Linkage::median)
    sort_by_height(merges);
  return merges;
}

/// The part of a model that the options cut.
template <Real S>
void cut_model(AgglomerativeModel<S>& model, const AgglomerativeOptions& options) {
  model.labels = options.distance_threshold
                     ? labels_at(model.linkage_matrix, *options.distance_threshold)
                     : labels_of(model.linkage_matrix, options.n_clusters);
  model.n_clusters = model.labels.maxCoeff() + 1;
}

template <Real S, class V>
AgglomerativeModel<S> fit_agglomerative(const V& x, const AgglomerativeOptions& options) {
  check_agglomerative_data(x, options);
  AgglomerativeModel<S> model;
  Team team(options.n_threads);
  const double unit = unit_of_distances(team, x, options);
  model.linkage_matrix = linkage_table(merges_in_order(team, Samples<S>(x), unit, options));
  model.n_features = x.cols();
  cut_model(model, options);
  return model;
}

}  // namespace unlabeled::detail
