// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>

#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/packet.hpp"
#include "unlabeled/linalg/scan.hpp"
#include "unlabeled/linalg/tile.hpp"

// The scan of scan.hpp with the operands changed about: the centres lie in the lanes and samples
// are broadcast. It takes samples as they are, one or a dozen, where packing them into lanes would
// leave most lanes idle. Every value is the same chain of multiply-adds, so it has the same bits.

namespace unlabeled::detail {

/// Rows packed as lanes: panels of depth x tile_lanes, and what a value starts from.
template <Real S> struct PackedLanes {
  Index n_rows = 0;
  Index depth = 0;
  Vector<S> values;
  Vector<S> bias;  // whole panels; lanes beyond n_rows can never be the greatest

  [[nodiscard]] const S* panel(Index p) const { return values.data() + p * depth * tile_lanes<S>; }
};

/// Packs rows with the bias that turns the scan into a search for the nearest one.
template <Real S> PackedLanes<S> pack_lanes_for_nearest(const RowMatrix<S>& rows) {
  constexpr Index lanes = tile_lanes<S>;
  const Index panels = n_panels<S>(rows.rows());
  PackedLanes<S> packed{rows.rows(), rows.cols(), Vector<S>(panels * rows.cols() * lanes),
                        Vector<S>::Constant(panels * lanes, std::numeric_limits<S>::lowest() / 2)};
  for (Index p = 0; p < panels; ++p)
    pack_panel<S, S>(Samples<S>(rows), p * lanes, std::min(lanes, rows.rows() - p * lanes), nullptr,
                     packed.values.data() + p * rows.cols() * lanes);
  for (Index i = 0; i < rows.rows(); ++i) packed.bias[i] = nearest_bias<S>(rows, i);
  return packed;
}

/// Greatest value of each sample of a tile and the row it belongs to, the lowest on ties.
template <Real S> class GreatestLaneStep {
 public:
  GreatestLaneStep() {
    for (int r = 0; r < tile_rows; ++r)
      for (int half = 0; half < 2; ++half) {
        best_[r][half] = broadcast<S>(std::numeric_limits<S>::lowest());
        panel_[r][half] = broadcast<S>(S(0));
      }
  }

  EIGEN_ALWAYS_INLINE void operator()(Index r, Index p, const Packet<S>& a, const Packet<S>& b) {
    const Packet<S> here = broadcast<S>(static_cast<S>(p));
    panel_[r][0] = select_less<S>(best_[r][0], a, here, panel_[r][0]);
    panel_[r][1] = select_less<S>(best_[r][1], b, here, panel_[r][1]);
    best_[r][0] = maximum<S>(best_[r][0], a);
    best_[r][1] = maximum<S>(best_[r][1], b);
  }

  /// The row that won for sample r of the tile.
  [[nodiscard]] Index winner(Index r) const {
    constexpr Index lanes = tile_lanes<S>;
    std::array<S, static_cast<std::size_t>(lanes)> best, panel;
    for (Index half = 0; half < 2; ++half) {
      store<S>(best.data() + half * packet_size<S>, best_[r][half]);
      store<S>(panel.data() + half * packet_size<S>, panel_[r][half]);
    }
    Index row = static_cast<Index>(panel[0]) * lanes;
    S greatest = best[0];
    for (Index lane = 1; lane < lanes; ++lane) {
      const auto l = static_cast<std::size_t>(lane);
      const Index candidate = static_cast<Index>(panel[l]) * lanes + lane;
      if (best[l] > greatest || (best[l] == greatest && candidate < row))
        greatest = best[l], row = candidate;
    }
    return row;
  }

 private:
  Packet<S> best_[tile_rows][2];
  Packet<S> panel_[tile_rows][2];
};

/// result(sample, row): the row with the greatest value of row . sample + bias, for `n_samples`
/// samples to be broadcast.
template <Real S, class Result>
void greatest_lanes(const PackedLanes<S>& rows, const Rows<S>& samples, Index n_samples,
                    Result&& result) {
  for (Index first = 0, n = 0; first < n_samples; first += n) {
    n = row_tile_size(n_samples - first);
    GreatestLaneStep<S> step;
    Tile<S, tile_rows> tile;
    for (Index p = 0; p < n_panels<S>(rows.n_rows); ++p) {
      const S* bias = rows.bias.data() + p * tile_lanes<S>;
      for (Index r = 0; r < n; ++r) {
        tile.value[r][0] = load<S>(bias);
        tile.value[r][1] = load<S>(bias + packet_size<S>);
      }
      multiply_add_rows<S>(n, rows.depth, samples.from(first), rows.panel(p), tile);
      for (Index r = 0; r < n; ++r) step(r, p, tile.value[r][0], tile.value[r][1]);
    }
    for (Index r = 0; r < n; ++r) result(first + r, step.winner(r));
  }
}

}  // namespace unlabeled::detail
