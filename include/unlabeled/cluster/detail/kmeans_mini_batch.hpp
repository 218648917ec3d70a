// SPDX-License-Identifier: MIT
#pragma once

#include <utility>

#include "unlabeled/cluster/detail/kmeans_fit.hpp"
#include "unlabeled/cluster/kmeans_model.hpp"
#include "unlabeled/core/check.hpp"
#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/nearest.hpp"

namespace unlabeled::detail {

/// Seeds for the first mini-batch: centres that average nothing yet.
template <Real S, class V>
KMeansModel<S> mini_batch_start(const V& x, const Vector<double>& weights,
                                const KMeansOptions& options) {
  check_option(options.n_clusters <= x.rows(), "KMeans", "n_clusters",
               ("<= n_samples = " + printed(x.rows()) + " in the first batch").c_str(),
               options.n_clusters);
  Team team(options.n_threads);
  const Samples<S> samples(x);
  const KMeansWorkingSet<S> set(team, samples, kmeans_moments(team, x),
                                weights.size() > 0 ? weights.data() : nullptr);
  KMeansModel<S> model;
  model.cluster_centers = starting_centers(team, set, options, 0);
  model.cluster_weights = Vector<double>::Zero(options.n_clusters);
  return model;
}

/// One step of mini-batch k-means: every centre becomes the mean of all the samples that were ever
/// nearest to it when their batch came, the update with a learning rate of 1 / (samples so far).
///
/// Reference: D. Sculley, "Web-scale k-means clustering", WWW 2010, doi 10.1145/1772690.1772862.
template <Real S, class V>
KMeansModel<S> partial_fit_kmeans(const V& x, const Vector<double>& weights, KMeansModel<S> model,
                                  const KMeansOptions& options) {
  Team team(options.n_threads);
  const Samples<S> samples(x);
  const Labels labels = predict_kmeans(team, samples, model.cluster_centers);
  RowMatrix<double> sum = RowMatrix<double>::Zero(model.cluster_centers.rows(), x.cols());
  Vector<double> weight = Vector<double>::Zero(sum.rows());
  for (Index i = 0; i < x.rows(); ++i) {
    const double w = weights.size() > 0 ? weights[i] : 1.0;
    sum.row(labels[i]) +=
        w * (x.row(i) - model.cluster_centers.row(labels[i])).template cast<double>();
    weight[labels[i]] += w;
  }
  model.cluster_weights += weight;
  for (Index j = 0; j < sum.rows(); ++j)
    if (weight[j] > 0)
      model.cluster_centers.row(j) += (sum.row(j) / model.cluster_weights[j]).template cast<S>();
  model.labels = predict_kmeans(team, samples, model.cluster_centers);
  model.inertia = inertia_of(team, samples, model.cluster_centers, model.labels,
                             weights.size() > 0 ? weights.data() : nullptr);
  check_inertia(model.inertia + model.cluster_weights.sum());
  model.report.n_iterations += 1;
  model.report.objective = model.inertia;
  model.report.stop = Stop::max_iterations;
  return model;
}

}  // namespace unlabeled::detail
