// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/packet.hpp"
#include "unlabeled/linalg/unit.hpp"
#include "unlabeled/neighbors/detail/measure.hpp"
#include "unlabeled/neighbors/spanning_edge.hpp"

// Prim's algorithm without a matrix: the tree grows by the outsider nearest to it, and every
// outsider remembers its nearest sample in the tree. Outsiders lie packed: the last one moves into
// the place of the one that joins. n² / 2 distances, each computed once.

namespace unlabeled::detail {

/// Outsiders that are looked through at once; distances of a block are in the first cache.
inline constexpr Index outsider_block = 256;

/// Where the distances from the sample that joined last to the outsiders come from, as a source:
///   join(position, last)   the outsider at `position` joins, the one at `last` takes its place
///   lengths(begin, to)     distances to outsider_block outsiders from position `begin` on;
///                          beyond the last outsider any number
/// This one: samples that lie feature by feature, compared by a metric.
template <Metric metric> class SampleDistances {
 public:
  explicit SampleDistances(const RowMatrix<double>& points)
      : stride_((points.rows() + outsider_block - 1) / outsider_block * outsider_block +
                cache_line_bytes / static_cast<Index>(sizeof(double))),
        values_(Vector<double>::Zero(stride_ * points.cols())),
        joined_(points.cols()) {
    for (Index j = 0; j < points.cols(); ++j)
      for (Index i = 0; i < points.rows(); ++i) values_[j * stride_ + i] = points(i, j);
  }

  [[nodiscard]] Index n_features() const { return joined_.size(); }

  void join(Index position, Index last) {
    for (Index j = 0; j < n_features(); ++j) {
      joined_[j] = values_[j * stride_ + position];
      values_[j * stride_ + position] = values_[j * stride_ + last];
    }
  }

  void lengths(Index begin, double* to) const {
    constexpr Index at_once = 4 * packet_size<double>;
    for (Index i = 0; i < outsider_block; i += at_once) {
      Packet<double> sum[4];
#pragma GCC unroll 4
      for (auto& lane : sum) lane = broadcast<double>(0.0);
      const double* from = values_.data() + begin + i;
      for (Index j = 0; j < n_features(); ++j, from += stride_) {
        const Packet<double> value = broadcast<double>(joined_.data()[j]);
#pragma GCC unroll 4
        for (Index k = 0; k < 4; ++k)
          sum[k] = add_difference<metric>(
              sum[k], subtract<double>(value, load<double>(from + k * packet_size<double>)));
      }
#pragma GCC unroll 4
      for (Index k = 0; k < 4; ++k)
        store<double>(to + i + k * packet_size<double>, length_of<metric>(sum[k]));
    }
  }

 private:
  Index stride_;           // of features; no multiple of 4096 bytes
  Vector<double> values_;  // n_features x stride
  Vector<double> joined_;
};

/// 1 - a·b / (|a| |b|). Every sample is measured in a unit of its own, so no square overflows.
template <> class SampleDistances<Metric::cosine> {
 public:
  template <Real S>
  explicit SampleDistances(const Samples<S>& x)
      : stride_((x.n_samples + outsider_block - 1) / outsider_block * outsider_block +
                cache_line_bytes / static_cast<Index>(sizeof(double))),
        values_(Vector<double>::Zero(stride_ * x.n_features)),
        norms_(Vector<double>::Ones(stride_)),
        joined_(x.n_features) {
    for (Index i = 0; i < x.n_samples; ++i) {
      double largest = 0, square = 0;
      for (Index j = 0; j < x.n_features; ++j)
        largest = std::max(largest, std::abs(static_cast<double>(x(i, j))));
      const double unit = unit_factor(largest);
      for (Index j = 0; j < x.n_features; ++j) {
        const double value = static_cast<double>(x(i, j)) * unit;
        values_[j * stride_ + i] = value;
        square += value * value;
      }
      norms_[i] = std::sqrt(square);
    }
  }

  [[nodiscard]] Index n_features() const { return joined_.size(); }

  void join(Index position, Index last) {
    for (Index j = 0; j < n_features(); ++j) {
      joined_[j] = values_[j * stride_ + position];
      values_[j * stride_ + position] = values_[j * stride_ + last];
    }
    joined_norm_ = norms_[position];
    norms_[position] = norms_[last];
  }

  void lengths(Index begin, double* to) const {
    constexpr Index size = packet_size<double>;
    for (Index i = 0; i < outsider_block; i += 2 * size) {
      Packet<double> first = broadcast<double>(0.0), second = first;
      const double* from = values_.data() + begin + i;
      for (Index j = 0; j < n_features(); ++j, from += stride_) {
        const Packet<double> value = broadcast<double>(joined_.data()[j]);
        first = multiply_add<double>(value, load<double>(from), first);
        second = multiply_add<double>(value, load<double>(from + size), second);
      }
      store<double>(to + i, first);
      store<double>(to + i + size, second);
    }
    for (Index i = 0; i < outsider_block; ++i) {
      const double distance = 1 - to[i] / (joined_norm_ * norms_.data()[begin + i]);
      to[i] = distance > 0 ? distance : 0.0;
    }
  }

 private:
  Index stride_;
  Vector<double> values_;
  Vector<double> norms_;
  Vector<double> joined_;
  double joined_norm_ = 1;
};

/// Distances that are given, as a symmetric matrix: read along its memory, whatever its order.
template <Real S> class GivenDistances {
 public:
  explicit GivenDistances(const Samples<S>& x)
      : data_(x.data),
        step_(std::min(x.row_stride, x.column_stride)),
        line_(std::max(x.row_stride, x.column_stride)),
        sample_(static_cast<std::size_t>(x.n_samples + outsider_block), Index{0}) {
    for (Index i = 0; i < x.n_samples; ++i) sample_[static_cast<std::size_t>(i)] = i;
  }

  /// Reading a number is a random access: as dear as a dozen features.
  [[nodiscard]] Index n_features() const { return 12; }

  void join(Index position, Index last) {
    joined_ = sample_[static_cast<std::size_t>(position)];
    sample_[static_cast<std::size_t>(position)] = sample_[static_cast<std::size_t>(last)];
  }

  void lengths(Index begin, double* to) const {
    const S* line = data_ + joined_ * line_;
    const Index* sample = sample_.data() + begin;
    for (Index i = 0; i < outsider_block; ++i) to[i] = static_cast<double>(line[sample[i] * step_]);
  }

 private:
  const S* data_;
  Index step_;
  Index line_;
  std::vector<Index> sample_;
  Index joined_ = 0;
};

/// The samples outside the tree, each with the sample of the tree that is nearest to it. Numbers of
/// samples are kept as double, so that packets can carry them.
class Outsiders {
 public:
  explicit Outsiders(Index n_samples)
      : count_(n_samples),
        number_(n_samples + outsider_block),
        length_(Vector<double>::Constant(n_samples + outsider_block,
                                         std::numeric_limits<double>::infinity())),
        nearest_(Vector<double>::Zero(n_samples + outsider_block)),
        least_(n_samples / outsider_block + 1) {
    for (Index i = 0; i < number_.size(); ++i) number_[i] = static_cast<double>(i);
  }

  [[nodiscard]] Index count() const { return count_; }
  [[nodiscard]] Index last() const { return count_ - 1; }
  [[nodiscard]] Index sample(Index position) const { return static_cast<Index>(number_[position]); }

  SpanningEdge edge(Index position) const {
    return edge_between(sample(position), static_cast<Index>(nearest_[position]),
                        length_[position]);
  }

  void remove(Index position) {
    number_[position] = number_[last()];
    length_[position] = length_[last()];
    nearest_[position] = nearest_[last()];
    --count_;
  }

  /// Compares the block from `begin` on with `joined`, a new sample of the tree.
  void update(Index begin, const double* lengths, double joined) {
    double* length = length_.data() + begin;
    double* nearest = nearest_.data() + begin;
    const Packet<double> newcomer = broadcast<double>(joined);
    Packet<double> least = broadcast<double>(std::numeric_limits<double>::infinity());
    const Index size = std::min(outsider_block, count_ - begin);
    for (Index i = 0; i < size; i += packet_size<double>) {
      const Packet<double> now = load<double>(lengths + i), before = load<double>(length + i);
      const Packet<double> known = load<double>(nearest + i);
      // Equally near ones: the lowest number, so that the order of joining does not matter.
      const Packet<double> tied =
          select_equal<double>(now, before, minimum<double>(newcomer, known), known);
      store<double>(nearest + i, select_less<double>(now, before, newcomer, tied));
      const Packet<double> shorter = minimum<double>(now, before);
      store<double>(length + i, shorter);
      if (i + packet_size<double> <= size) least = minimum<double>(least, shorter);
    }
    double result = least_lane<double>(least);
    for (Index i = size - size % packet_size<double>; i < size; ++i)
      result = length[i] < result ? length[i] : result;
    least_[begin / outsider_block] = result;
  }

  /// Where the outsider of the first edge is.
  [[nodiscard]] Index nearest() const {
    const auto least = least_.head((count_ + outsider_block - 1) / outsider_block);
    const double length = least.minCoeff();
    Index best = -1;
    for (Index block = 0; block < least.size(); ++block) {
      if (least[block] != length) continue;
      const Index end = std::min(count_, (block + 1) * outsider_block);
      for (Index i = block * outsider_block; i < end; ++i)
        if (length_[i] == length && (best < 0 || edge(i) < edge(best))) best = i;
    }
    return best;
  }

 private:
  Index count_;
  Vector<double> number_;
  Vector<double> length_;   // to the nearest sample of the tree
  Vector<double> nearest_;  // that sample
  Vector<double> least_;    // shortest length of each block
};

/// The minimum spanning tree, in the order in which it grows. Time O(n² d), memory n (d + 4)
/// numbers. Steps short against a wake-up of threads run on the calling thread.
template <class Distances>
std::vector<SpanningEdge> prim(Team& team, Index n_samples, Distances&& distances) {
  constexpr Index task_operations = Index{1} << 18;
  const Index blocks_per_task =
      std::max<Index>(1, task_operations / (outsider_block * (distances.n_features() + 8)));
  std::vector<SpanningEdge> edges;
  edges.reserve(static_cast<std::size_t>(n_samples - 1));
  Outsiders outsiders(n_samples);
  Index next = 0;
  while (true) {
    const auto joined = static_cast<double>(outsiders.sample(next));
    distances.join(next, outsiders.last());
    outsiders.remove(next);
    if (outsiders.count() == 0) return edges;
    team.for_each_chunk(
        Chunks{outsiders.count(), blocks_per_task * outsider_block}, [&](Range range, int) {
          double lengths[outsider_block];
          for (Index begin = range.begin; begin < range.end; begin += outsider_block) {
            distances.lengths(begin, lengths);
            outsiders.update(begin, lengths, joined);
          }
        });
    next = outsiders.nearest();
    edges.push_back(outsiders.edge(next));
  }
}

}  // namespace unlabeled::detail
