// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <limits>

#include "unlabeled/cluster/detail/dendrogram.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/packet.hpp"

namespace unlabeled::detail {

/// The nearest place of every place, gathered from rows that hold the distances to lower places.
/// Ties are decided by tie_of, so it is the same in whatever order rows come and whoever brings them.
class NearestPlaces {
 public:
  struct Found {
    double value;
    Index place;
  };

  NearestPlaces(Index n_places, int n_workers)
      : value_(Matrix<double>::Constant(n_places, n_workers, most)),
        tie_(Matrix<double>::Constant(n_places, n_workers, most)) {}

  /// Row i; its worker is the only one that works on it.
  void add(const double* row, Index i, int worker) {
    constexpr Index size = packet_size<double>;
    double* value = value_.col(worker).data();
    double* tie = tie_.col(worker).data();
    Best best{broadcast(most), broadcast(most)};
    // Of `size` places in a row, whole multiples on, the tie is a multiple of `size` and a lane's.
    const Packet<double> lanes = lane_ties(i % size);
    Index j = 0;
    for (; j + size <= i; j += size) {
      const Packet<double> distance = load(row + j);
      const Packet<double> here =
          plus(lanes, broadcast(static_cast<double>((i / size ^ j / size) * size)));
      best.consider(distance, here);
      Best other{load(value + j), load(tie + j)};
      other.consider(distance, here);
      store(value + j, other.value);
      store(tie + j, other.tie);
    }
    consider(best, value[i], tie[i]);
    for (; j < i; ++j) {
      const auto here = static_cast<double>(tie_of(i, j));
      consider(row[j], here, value[i], tie[i]);
      consider(row[j], here, value[j], tie[j]);
    }
  }

  /// Once all rows are there. The place itself where there is no other.
  [[nodiscard]] Found operator[](Index i) const {
    double value = most, tie = most;
    for (Index worker = 0; worker < value_.cols(); ++worker)
      consider(value_(i, worker), tie_(i, worker), value, tie);
    return {value, tie == most ? i : i ^ static_cast<Index>(tie)};
  }

 private:
  static constexpr double most = std::numeric_limits<double>::max();

  /// The nearest so far, lane by lane.
  struct Best {
    Packet<double> value, tie;
    EIGEN_ALWAYS_INLINE void consider(const Packet<double>& distance, const Packet<double>& its) {
      const Packet<double> of_equal =
          select_equal<double>(distance, value, minimum<double>(its, tie), tie);
      tie = select_less<double>(distance, value, its, of_equal);
      value = minimum<double>(value, distance);
    }
  };

  static void consider(double distance, double its, double& value, double& tie) {
    if (distance > value || (distance == value && its > tie)) return;
    value = distance, tie = its;
  }
  static void consider(const Best& best, double& value, double& tie) {
    std::array<double, static_cast<std::size_t>(packet_size<double>)> values, ties;
    store(values.data(), best.value);
    store(ties.data(), best.tie);
    for (std::size_t lane = 0; lane < values.size(); ++lane)
      consider(values[lane], ties[lane], value, tie);
  }
  static Packet<double> plus(const Packet<double>& a, const Packet<double>& b) {
    return unlabeled::detail::add<double>(a, b);
  }
  static Packet<double> lane_ties(Index remainder) {
    std::array<double, static_cast<std::size_t>(packet_size<double>)> ties;
    for (std::size_t lane = 0; lane < ties.size(); ++lane)
      ties[lane] = static_cast<double>(tie_of(remainder, static_cast<Index>(lane)));
    return load(ties.data());
  }

  Matrix<double> value_, tie_;  // by place and worker
};

}  // namespace unlabeled::detail
