// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <vector>

#include "support/instances/dbscan.hpp"
#include "unlabeled/linalg/metric.hpp"

namespace unlabeled {
inline namespace testing {

/// DBSCAN by its definition: all distances, one after the other.
struct NaiveDBSCAN {
  Labels labels;
  std::vector<Index> core;
  int n_clusters = 0;

  template <class X>
  NaiveDBSCAN(const X& x, const DBSCANOptions& options, const Vector<double>& weight = {})
      : NaiveDBSCAN(distances(x, options.metric), options, weight, 0) {}

  template <class X> static Matrix<double> distances(const X& x, Metric metric) {
    if (metric == Metric::precomputed) return x.template cast<double>();
    const RowMatrix<typename X::Scalar> rows = x;
    Matrix<double> d(x.rows(), x.rows());
    for (Index i = 0; i < x.rows(); ++i)
      for (Index j = 0; j < x.rows(); ++j)
        d(i, j) = detail::distance(metric, rows.row(i).data(), rows.row(j).data(), x.cols());
    return d;
  }

 private:
  NaiveDBSCAN(const Matrix<double>& d, const DBSCANOptions& options, const Vector<double>& weight,
              int)
      : labels(Labels::Constant(d.rows(), -1)) {
    const Index n = d.rows();
    for (Index i = 0; i < n; ++i) {
      double sum = 0;
      for (Index j = 0; j < n; ++j)
        if (d(i, j) <= options.eps) sum += weight.size() > 0 ? weight[j] : 1;
      if (sum >= static_cast<double>(options.min_samples)) core.push_back(i);
    }
    for (const Index seed : core) {
      if (labels[seed] >= 0) continue;
      std::vector<Index> open{seed};
      labels[seed] = n_clusters;
      while (!open.empty()) {
        const Index p = open.back();
        open.pop_back();
        for (const Index q : core)
          if (labels[q] < 0 && d(p, q) <= options.eps) labels[q] = n_clusters, open.push_back(q);
      }
      ++n_clusters;
    }
    const Labels of_cores = labels;
    for (Index i = 0; i < n; ++i) {
      if (of_cores[i] >= 0) continue;
      double nearest = options.eps;
      for (const Index q : core)
        if (d(i, q) < nearest || (labels[i] < 0 && d(i, q) == nearest))
          nearest = d(i, q), labels[i] = of_cores[q];
    }
  }
};

}  // namespace testing
}  // namespace unlabeled
