// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <limits>

#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/packet.hpp"
#include "unlabeled/linalg/tile.hpp"

// What a scan does with its values while they are in registers. Each last step is called once per
// row, in ascending order of rows, with the two packets of a panel's lanes.

namespace unlabeled::detail {

/// Greatest value and its row; the lowest row on ties.
template <Real S> struct GreatestStep {
  const S* number;  // row numbers as S, from PackedRows
  Packet<S> best[2];
  Packet<S> row[2];

  explicit GreatestStep(const S* row_numbers) : number(row_numbers) {
    best[0] = best[1] = broadcast<S>(std::numeric_limits<S>::lowest());
    row[0] = row[1] = broadcast<S>(S(0));
  }
  EIGEN_ALWAYS_INLINE void operator()(Index r, const Packet<S>& a, const Packet<S>& b) {
    const Packet<S> here = broadcast<S>(number[r]);
    row[0] = select_less<S>(best[0], a, here, row[0]);
    row[1] = select_less<S>(best[1], b, here, row[1]);
    best[0] = maximum<S>(best[0], a);
    best[1] = maximum<S>(best[1], b);
  }
};

/// Greatest and second greatest value, and the row of the greatest.
template <Real S> struct GreatestTwoStep {
  const S* number;
  Packet<S> best[2];
  Packet<S> second[2];
  Packet<S> row[2];

  explicit GreatestTwoStep(const S* row_numbers) : number(row_numbers) {
    best[0] = best[1] = second[0] = second[1] = broadcast<S>(std::numeric_limits<S>::lowest());
    row[0] = row[1] = broadcast<S>(S(0));
  }
  EIGEN_ALWAYS_INLINE void operator()(Index r, const Packet<S>& a, const Packet<S>& b) {
    const Packet<S> here = broadcast<S>(number[r]);
    row[0] = select_less<S>(best[0], a, here, row[0]);
    row[1] = select_less<S>(best[1], b, here, row[1]);
    second[0] = maximum<S>(second[0], minimum<S>(best[0], a));
    second[1] = maximum<S>(second[1], minimum<S>(best[1], b));
    best[0] = maximum<S>(best[0], a);
    best[1] = maximum<S>(best[1], b);
  }
};

/// For every row on its own: what the running minimum of a lane would become, and its sum over the
/// lanes times their weights. The candidates' minima go to minima[row * tile_lanes + lane].
template <Real S> struct RunningMinimumStep {
  const S* minimum_so_far;  // tile_lanes
  const S* weight;          // tile_lanes; 0 silences a lane
  S* minima;                // rows x tile_lanes
  double* sums;             // one per row, added to

  EIGEN_ALWAYS_INLINE void operator()(Index r, const Packet<S>& a, const Packet<S>& b) {
    constexpr Index half = packet_size<S>;
    const Packet<S> low = minimum<S>(load<S>(minimum_so_far), a);
    const Packet<S> high = minimum<S>(load<S>(minimum_so_far + half), b);
    store<S>(minima + r * tile_lanes<S>, low);
    store<S>(minima + r * tile_lanes<S> + half, high);
    const Packet<S> weighted =
        multiply_add<S>(high, load<S>(weight + half), multiply<S>(low, load<S>(weight)));
    sums[r] += static_cast<double>(sum_of_lanes<S>(weighted));
  }
};

/// One bit per lane and row: whether the value is at most the threshold.
template <Real S> struct ThresholdMaskStep {
  Packet<S> threshold;
  std::uint32_t* masks;  // one per row; bit l is lane l

  ThresholdMaskStep(S at_most, std::uint32_t* row_masks)
      : threshold(broadcast<S>(at_most)), masks(row_masks) {}

  EIGEN_ALWAYS_INLINE void operator()(Index r, const Packet<S>& a, const Packet<S>& b) {
    // Through memory: the packet layer has no portable way to gather the sign bits of a mask.
    constexpr Index half = packet_size<S>;
    S under[tile_lanes<S>];
    const Packet<S> one = broadcast<S>(S(1)), zero = broadcast<S>(S(0));
    store<S>(under, select<S>(less_or_equal<S>(a, threshold), one, zero));
    store<S>(under + half, select<S>(less_or_equal<S>(b, threshold), one, zero));
    std::uint32_t mask = 0;
    for (Index lane = 0; lane < tile_lanes<S>; ++lane)
      mask |= static_cast<std::uint32_t>(under[lane] != S(0)) << lane;
    masks[r] = mask;
  }
};

/// Plain store: values[row * tile_lanes + lane].
template <Real S> struct StoreStep {
  S* values;

  EIGEN_ALWAYS_INLINE void operator()(Index r, const Packet<S>& a, const Packet<S>& b) {
    store<S>(values + r * tile_lanes<S>, a);
    store<S>(values + r * tile_lanes<S> + packet_size<S>, b);
  }
};

}  // namespace unlabeled::detail
