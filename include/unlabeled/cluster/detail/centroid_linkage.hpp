// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include "unlabeled/cluster/agglomerative_model.hpp"
#include "unlabeled/cluster/detail/centroids.hpp"
#include "unlabeled/cluster/detail/dendrogram.hpp"
#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/packet.hpp"

namespace unlabeled::detail {

/// The hierarchy of linkages centroid and median, whose merges can bring clusters nearer to each
/// other, so that pairs have to merge one after the other (Müllner 2011, arXiv 1109.2378, "generic
/// algorithm", here with points in place of the matrix of distances).
///
/// Every cluster has a lower bound on the distance to its nearest; the least of them is looked at,
/// searched anew if what it belonged to is gone, and merged if it is a distance. Clusters lie in
/// the order of their first samples; of equal distances the first place wins.
template <Real S> class CentroidLinkage {
 public:
  CentroidLinkage(Team& team, const Samples<S>& x, double unit, Linkage linkage)
      : team_(team), centroids_(x, unit), linkage_(linkage) {
    std::vector<Index> all(static_cast<std::size_t>(x.n_samples));
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<Index>(i);
    size_ = Vector<double>::Ones(x.n_samples);
    lay_out(all);
    for (Index place = 0; place < n_places(); ++place) search(place);
  }

  std::vector<Merge> merges() {
    std::vector<Merge> merges;
    for (Index n_live = n_places(); n_live > 1;) {
      Index place = 0;
      bound_.minCoeff(&place);
      if (nearest_[static_cast<std::size_t>(place)] < 0) {
        search(place);
        continue;
      }
      merges.push_back(merge(place, nearest_[static_cast<std::size_t>(place)]));
      if (2 * --n_live <= n_places() && n_places() > 64) compact();
    }
    return merges;
  }

 private:
  static constexpr double most = std::numeric_limits<double>::max();

  [[nodiscard]] Index n_places() const { return static_cast<Index>(cluster_.size()); }
  [[nodiscard]] Index cluster(Index place) const {
    return cluster_[static_cast<std::size_t>(place)];
  }

  /// Places for these clusters, which all have to search.
  void lay_out(const std::vector<Index>& clusters) {
    cluster_ = clusters;
    constexpr Index step = packet_size<double>;
    const Index n_rows = (n_places() + step - 1) / step * step;
    // Fresh ones, because Eigen frees before it allocates and a failure in between is not survived.
    points_ =
        Matrix<double>(Matrix<double>::Constant(n_rows, centroids_.n_features(), empty_place));
    squares_ = Vector<double>(n_rows);
    for (Index place = 0; place < n_places(); ++place) write_point(place);
    bound_ = Vector<double>(Vector<double>::Zero(n_places()));
    nearest_.assign(cluster_.size(), -1);
  }
  void write_point(Index place) {
    for (Index t = 0; t < points_.cols(); ++t)
      points_(place, t) = centroids_.coordinate(cluster(place), t);
  }

  /// squares_ = squared distances of all places from one.
  void measure(Index place) {
    constexpr Index step = packet_size<double>;
    const Index size = std::max<Index>(2048, (Index{1} << 17) / points_.cols() / step * step);
    const Chunks chunks{points_.rows(), size};
    team_.for_each_chunk(chunks, [&](const Range& range, int) {
      for (Index i = range.begin; i < range.end; i += packet_size<double>) {
        Packet<double> sum = broadcast(0.0);
        const double* from = points_.data() + i;
        for (Index t = 0; t < points_.cols(); ++t, from += points_.rows()) {
          const Packet<double> gap = subtract<double>(load(from), broadcast(points_(place, t)));
          sum = multiply_add<double>(gap, gap, sum);
        }
        store(squares_.data() + i, sum);
      }
    });
    squares_[place] = most;
  }

  void search(Index place) {
    measure(place);
    Index nearest = 0;
    bound_[place] = squares_.head(n_places()).minCoeff(&nearest);
    nearest_[static_cast<std::size_t>(place)] = nearest;
  }

  /// The cluster at the first of two places takes in that at the second; afterwards every bound is
  /// a lower bound again.
  Merge merge(Index one, Index other) {
    const Index kept = std::min(one, other), gone = std::max(one, other);
    const Index a = cluster(kept), b = cluster(gone);
    const double square = centroids_.squared_distance(a, b);
    const double share = linkage_ == Linkage::median ? 0.5 : size_[b] / (size_[a] + size_[b]);
    centroids_.move(a, b, share);
    size_[a] += size_[b];
    write_point(kept);
    points_.row(gone).setConstant(empty_place);
    bound_[gone] = most;
    search(kept);
    for (Index place = 0; place < n_places(); ++place) {
      Index& nearest = nearest_[static_cast<std::size_t>(place)];
      if (place == kept || bound_[place] == most) continue;
      if (squares_[place] < bound_[place])
        bound_[place] = squares_[place], nearest = kept;
      else if (nearest == kept || nearest == gone)
        nearest = -1;
    }
    return {a, b, std::sqrt(square)};
  }

  /// Closes the gaps.
  void compact() {
    std::vector<Index> live, place_now(cluster_.size(), -1);
    for (Index place = 0; place < n_places(); ++place) {
      if (bound_[place] == most) continue;
      place_now[static_cast<std::size_t>(place)] = static_cast<Index>(live.size());
      live.push_back(place);
    }
    std::vector<Index> clusters, nearest;
    Vector<double> bound(static_cast<Index>(live.size()));
    for (const Index place : live) {
      const Index old = nearest_[static_cast<std::size_t>(place)];
      bound[static_cast<Index>(clusters.size())] = bound_[place];
      nearest.push_back(old < 0 ? -1 : place_now[static_cast<std::size_t>(old)]);
      clusters.push_back(cluster(place));
    }
    lay_out(clusters);
    bound_ = std::move(bound);
    nearest_ = std::move(nearest);
  }

  Team& team_;
  Centroids<S> centroids_;
  Linkage linkage_;
  Vector<double> size_;         // by cluster, which is known by its first sample
  std::vector<Index> cluster_;  // by place, as all that follows
  Matrix<double> points_;       // padded to whole packets
  Vector<double> bound_;        // squared, at most that of the nearest; most = gone
  std::vector<Index> nearest_;  // -1 = not known
  Vector<double> squares_;
};

}  // namespace unlabeled::detail
