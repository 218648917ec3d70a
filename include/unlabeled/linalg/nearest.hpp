// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/last_steps.hpp"
#include "unlabeled/linalg/scan.hpp"
#include "unlabeled/linalg/scan_samples.hpp"

// The nearest of some centres, for float and double alike in two stages: a scan in float that keeps
// the best two, with a bound on its rounding; and only where that bound leaves a doubt, a scan in
// double. So the answer is that of double arithmetic, at about the speed of float.

namespace unlabeled::detail {

/// A panel's worth of answers of the float scan, as plain arrays.
struct CoarseNearest {
  static constexpr Index lanes = tile_lanes<float>;
  std::array<float, static_cast<std::size_t>(lanes)> best;
  std::array<float, static_cast<std::size_t>(lanes)> second;
  std::array<float, static_cast<std::size_t>(lanes)> center;
};

/// The greatest norm of a row.
inline double longest_row(const RowMatrix<double>& rows) {
  double longest = 0;
  for (Index i = 0; i < rows.rows(); ++i) longest = std::max(longest, rows.row(i).norm());
  return longest;
}

/// At most how far a value of the float scan can be from the exact x . c - |c|^2 / 2, for a sample
/// with |x| <= norm. Samples so far out that their coordinates may have been cut off get a bound
/// that no difference passes.
struct Uncertainty {
  float unit = 0;
  float reach = 0;  // the greatest |c|

  float operator()(float norm) const {
    const float bound = unit * (norm * reach + reach * reach);
    return norm < 1e14f ? bound : 1e37f;
  }
  EIGEN_ALWAYS_INLINE Packet<float> operator()(const Packet<float>& norm) const {
    const auto bound = multiply<float>(
        broadcast<float>(unit),
        multiply_add<float>(norm, broadcast<float>(reach), broadcast<float>(reach * reach)));
    return select_less<float>(norm, broadcast<float>(1e14f), bound, broadcast<float>(1e37f));
  }
};

/// Some centres made ready for searching: centre j of `centers` (n_centers x n_features, in the
/// coordinates of `frame`).
class CenterSearch {
 public:
  static constexpr Index lanes = tile_lanes<float>;

  CenterSearch(const RowMatrix<double>& centers, Frame frame)
      : frame_(std::move(frame)),
        coarse_(pack_for_nearest<float>(centers)),
        fine_(pack_for_nearest<double>(centers)) {
    const double reach = longest_row(centers);
    // The sum of d products and the bias, each rounded, of operands that were rounded to float.
    uncertainty_ = {static_cast<float>(static_cast<double>(centers.cols() + 8) * 0x1.02p-24),
                    static_cast<float>(reach * (1 + 0x1p-20))};
  }

  [[nodiscard]] const Frame& frame() const { return frame_; }
  [[nodiscard]] Index n_features() const { return coarse_.depth; }

  [[nodiscard]] Uncertainty uncertainty() const { return uncertainty_; }

  /// The float scan of one panel, n_features x lanes.
  void scan(const float* panel, CoarseNearest& nearest) const {
    GreatestTwoStep<float> step(coarse_.number.data());
    scan_panel(coarse_, panel, step);
    for (std::size_t half = 0; half < 2; ++half) {
      const std::size_t at = half * static_cast<std::size_t>(packet_size<float>);
      store<float>(nearest.best.data() + at, step.best[half]);
      store<float>(nearest.second.data() + at, step.second[half]);
      store<float>(nearest.center.data() + at, step.row[half]);
    }
  }

  /// Scans samples again in double: label(lane) of sample(lane) for `count` <= tile_lanes<double>
  /// samples. `panel` is scratch of n_features x tile_lanes<double>.
  template <Real S, class Sample, class Assign>
  void resolve(const Samples<S>& x, Index count, double* panel, Sample&& sample,
               Assign&& assign) const {
    pack_panel(x, frame_, count, sample, panel);
    GreatestStep<double> step(fine_.number.data());
    scan_panel(fine_, panel, step);
    std::array<double, static_cast<std::size_t>(tile_lanes<double>)> center;
    store<double>(center.data(), step.row[0]);
    store<double>(center.data() + packet_size<double>, step.row[1]);
    for (Index lane = 0; lane < count; ++lane)
      assign(sample(lane), static_cast<int>(center[static_cast<std::size_t>(lane)]));
  }

 private:
  Frame frame_;
  PackedRows<float> coarse_;
  PackedRows<double> fine_;
  Uncertainty uncertainty_;
};

/// |x| of every lane of a float panel, rounded up.
inline void panel_norms(const float* panel, Index depth, float* norms) {
  constexpr Index lanes = CoarseNearest::lanes;
  std::array<double, static_cast<std::size_t>(lanes)> squares{};
  for (Index t = 0; t < depth; ++t)
    for (Index lane = 0; lane < lanes; ++lane) {
      const double value = panel[t * lanes + lane];
      squares[static_cast<std::size_t>(lane)] += value * value;
    }
  for (Index lane = 0; lane < lanes; ++lane)
    norms[lane] =
        static_cast<float>(std::sqrt(squares[static_cast<std::size_t>(lane)]) * (1 + 0x1p-22));
}

/// Samples whose float scan left a doubt, to be searched again in double.
class Doubtful {
 public:
  explicit Doubtful(Index n_features) : panel_(n_features * tile_lanes<double>) {}

  void add(Index sample) { samples_.push_back(sample); }

  /// assign(sample, label) for every doubtful sample; then there are none.
  template <Real S, class Assign>
  void resolve(const CenterSearch& search, const Samples<S>& x, Assign&& assign) {
    const auto total = static_cast<Index>(samples_.size());
    for (Index begin = 0; begin < total; begin += tile_lanes<double>) {
      const Index count = std::min(tile_lanes<double>, total - begin);
      search.resolve(
          x, count, panel_.data(),
          [&](Index lane) { return samples_[static_cast<std::size_t>(begin + lane)]; }, assign);
    }
    samples_.clear();
  }

 private:
  std::vector<Index> samples_;
  Vector<double> panel_;
};

/// Nearest centre of every sample, the lowest index on ties.
/// Cost: 2 n k d operations in float; scratch of a few panels per thread.
template <Real S>
Labels nearest_centers(Team& team, const Samples<S>& x, const CenterSearch& search) {
  constexpr Index lanes = CenterSearch::lanes;
  Labels labels(x.n_samples);
  const Chunks chunks{x.n_samples, 16 * lanes};
  team.for_each_chunk(chunks, [&](Range range, int) {
    Vector<float> panel(x.n_features * lanes);
    std::array<float, static_cast<std::size_t>(lanes)> norms;
    CoarseNearest nearest;
    Doubtful doubtful(x.n_features);
    for (Index begin = range.begin; begin < range.end; begin += lanes) {
      const Index count = std::min(lanes, range.end - begin);
      pack_panel(
          x, search.frame(), count, [&](Index lane) { return begin + lane; }, panel.data());
      panel_norms(panel.data(), x.n_features, norms.data());
      search.scan(panel.data(), nearest);
      for (Index lane = 0; lane < count; ++lane) {
        const auto l = static_cast<std::size_t>(lane);
        labels[begin + lane] = static_cast<int>(nearest.center[l]);
        const bool certain =
            nearest.best[l] - nearest.second[l] > 2 * search.uncertainty()(norms[l]);
        if (!certain) doubtful.add(begin + lane);
      }
    }
    doubtful.resolve(search, x, [&](Index i, int label) { labels[i] = label; });
  });
  return labels;
}

/// The same for a handful of samples, fewer than fill a panel: at once in double, with the centres
/// in the lanes. Cost: 2 n k d operations and packing the centres, k d.
template <Real S>
Labels nearest_centers_of_few(const Samples<S>& x, const RowMatrix<double>& centers,
                              const Frame& frame) {
  Labels labels(x.n_samples);
  RowMatrix<double> samples(x.n_samples, x.n_features);
  for (Index i = 0; i < x.n_samples; ++i)
    for (Index t = 0; t < x.n_features; t += Frame::strip)
      frame.coordinates(x.data + i * x.row_stride + t * x.column_stride, x.column_stride, t,
                        std::min(Frame::strip, x.n_features - t), &samples(i, t));
  greatest_lanes(pack_lanes_for_nearest(centers), {samples.data(), x.n_features, 1}, x.n_samples,
                 [&](Index i, Index center) { labels[i] = static_cast<int>(center); });
  return labels;
}

}  // namespace unlabeled::detail
