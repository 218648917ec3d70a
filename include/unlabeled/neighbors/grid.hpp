// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/packet.hpp"
#include "unlabeled/neighbors/cells.hpp"
#include "unlabeled/neighbors/nearest_found.hpp"

// Neighbours within a radius in 1, 2 and 3 dimensions: samples copied to the order of cells, where
// packets of them are compared at once, without square roots. What lies too near the radius for that
// is decided by the distance itself, in double.

namespace unlabeled::detail {

/// Samples in cells for one radius. Coordinates are multiplied by a power of two that brings the
/// radius to [1, 2): no digit is lost, no square near the radius overflows.
template <Real S, int d> class Grid {
 public:
  using Point = std::array<S, d>;

  /// Whether samples spread over a number of cells that can be counted, and scale without overflow.
  static bool fits(const Samples<S>& x, double radius) {
    if (x.n_features != d || !(radius > 1e-290 && radius < 1e290)) return false;
    const CellFrame<d> frame(x, radius);
    if (!frame.fits()) return false;
    constexpr double most = sizeof(S) == 4 ? 0x1p60 : 0x1p500;
    const double scale = scale_of(radius);
    for (Index j = 0; j < d; ++j) {
      const auto feature = static_cast<std::size_t>(j);
      const double far = std::abs(frame.origin[feature]) + frame.n_cells[feature] / frame.per_unit;
      if (!(far * scale < most)) return false;
    }
    return true;
  }

  Grid(Team& team, const Samples<S>& x, double radius)
      : frame_(x, radius),
        cells_(cells_of(team, frame_, x)),
        scale_(scale_of(radius)),
        radius_(radius * scale_) {
    // A difference, its square and the sum are each rounded.
    constexpr double share = (d + 4) * double(std::numeric_limits<S>::epsilon());
    certain_ = static_cast<S>(radius_ * radius_ * (1 - share));
    possible_ = static_cast<S>(radius_ * radius_ * (1 + share));
    copy_points(team, x);
  }

  [[nodiscard]] const CellList& cells() const { return cells_; }
  /// In scaled units.
  [[nodiscard]] double radius() const { return radius_; }
  [[nodiscard]] Windows<d> windows() const { return Windows<d>(frame_, cells_); }
  [[nodiscard]] Range members(Index cell) const {
    const auto c = static_cast<std::size_t>(cell);
    return {cells_.cell_begin[c], cells_.cell_begin[c + 1]};
  }
  [[nodiscard]] Point point(Index position) const {
    Point point;
    for (std::size_t j = 0; j < d; ++j) point[j] = points_[j][position];
    return point;
  }
  [[nodiscard]] Point point(const Samples<S>& x, Index i) const {
    Point point;
    for (std::size_t j = 0; j < d; ++j)
      point[j] = x(i, static_cast<Index>(j)) * static_cast<S>(scale_);
    return point;
  }

  /// Squared distance in cells, along the features beyond the first, between a point and the rows of
  /// a window around its cell; what is beyond `reach` holds no neighbour.
  class Gaps {
   public:
    static constexpr double reach = d * (1 + 0x1p-16);

    Gaps(const Grid& grid, const Point& point) {
      for (std::size_t j = 1; j < d; ++j) {
        const double place = grid.frame_.position(static_cast<double>(point[j]) / grid.scale_,
                                                  static_cast<Index>(j));
        const double inside = place - std::floor(place);
        for (int step = -cell_reach; step <= cell_reach; ++step) {
          const double gap = step > 0 ? step - inside : step < 0 ? inside - step - 1 : 0;
          squares_[j - 1][static_cast<std::size_t>(step + cell_reach)] = gap * gap;
        }
      }
    }
    [[nodiscard]] double operator()(int window) const {
      const auto offset = Windows<d>::offsets[static_cast<std::size_t>(window)];
      double sum = 0;
      if constexpr (d >= 2) sum += squares_[0][static_cast<std::size_t>(offset.y + cell_reach)];
      if constexpr (d >= 3) sum += squares_[1][static_cast<std::size_t>(offset.z + cell_reach)];
      return sum;
    }

   private:
    std::array<std::array<double, 2 * cell_reach + 1>, d> squares_;
  };

  /// Adds weight(lanes, first position) of the neighbours of a point among those at `range`, until
  /// the sum is `enough`.
  template <class Weight>
  std::int64_t weigh(const Point& point, Range range, std::int64_t sum, std::int64_t enough,
                     Weight&& weight) const {
    const Packet<S> certain = broadcast<S>(certain_), possible = broadcast<S>(possible_);
    for (Index p = range.begin; p < range.end && sum < enough; p += packet_size<S>) {
      const Packet<S> squares = squared_distances(point, p);
      const std::uint32_t present = lanes_present(range.end - p);
      std::uint32_t near = lanes_at_most<S>(squares, possible) & present;
      if (near == 0) continue;
      const std::uint32_t sure = lanes_at_most<S>(squares, certain) & present;
      if (near != sure) near = sure | decided(point, p, near & ~sure);
      sum += weight(near, p);
    }
    return sum;
  }

  /// Whether any of those at `range` is a neighbour.
  [[nodiscard]] bool any_near(const Point& point, Range range) const {
    return weigh(point, range, 0, 1, [](std::uint32_t lanes, Index) { return lanes != 0; }) > 0;
  }

  /// Takes what is nearer to the point than `found`, or as near with a lower number.
  void find_nearest(const Point& point, Range range, NearestFound& found) const {
    for (Index p = range.begin; p < range.end; p += packet_size<S>) {
      const auto limit = static_cast<S>(found.distance * found.distance);
      const S inflated = limit + limit * (d + 4) * 2 * std::numeric_limits<S>::epsilon() +
                         std::numeric_limits<S>::min();
      std::uint32_t near = lanes_at_most<S>(squared_distances(point, p), broadcast<S>(inflated)) &
                           lanes_present(range.end - p);
      for (; near != 0; near &= near - 1) {
        const Index position = p + std::countr_zero(near);
        found.take(distance(point, position), cells_.order[static_cast<std::size_t>(position)]);
      }
    }
  }

  /// The nearest sample within the radius for each row of x: result(row, found).
  template <class Result>
  void find_nearest(Team& team, const Samples<S>& x, Result&& result) const {
    const CellList queries = cells_of(team, frame_, x);
    const Chunks chunks{queries.n_cells(), 1024};
    team.for_each_chunk(chunks, [&](Range range, int) {
      Windows<d> windows = this->windows();
      windows.walk(queries, range, [&](Index cell) {
        const auto c = static_cast<std::size_t>(cell);
        for (auto p = queries.cell_begin[c]; p < queries.cell_begin[c + 1]; ++p) {
          NearestFound found(radius_);
          const Point query = point(x, queries.order[p]);
          search_windows(query, windows, found);
          if (found) result(static_cast<Index>(queries.order[p]), found);
        }
      });
    });
  }

  /// Leaves only positions that are marked, in place.
  void keep(const std::vector<std::uint8_t>& marked) {
    CellList kept;
    kept.order = std::move(cells_.order);
    std::size_t to = 0;
    for (std::size_t row = 0; row + 1 < cells_.row_begin.size(); ++row)
      for (auto cell = cells_.row_begin[row]; cell < cells_.row_begin[row + 1]; ++cell) {
        bool opened = false;
        for (auto p = cells_.cell_begin[cell]; p < cells_.cell_begin[cell + 1]; ++p) {
          if (marked[p] == 0) continue;
          if (!std::exchange(opened, true))
            kept.open_cell(cells_.row_key[row], cells_.cell_x[cell], to);
          for (auto& feature : points_) feature[static_cast<Index>(to)] = feature[p];
          kept.order[to++] = kept.order[p];
        }
      }
    kept.order.resize(to);
    kept.close();
    cells_ = std::move(kept);
  }

  /// Gives samples other numbers, in the same ascending order.
  template <class Number> void renumber(Number&& number) {
    for (std::uint32_t& sample : cells_.order) sample = number(sample);
  }

 private:
  static double scale_of(double radius) { return std::ldexp(1.0, -std::ilogb(radius)); }

  static std::uint32_t lanes_present(Index n) {
    return n >= packet_size<S> ? ~std::uint32_t{0} : (std::uint32_t{1} << n) - 1;
  }

  void copy_points(Team& team, const Samples<S>& x) {
    const Index n = cells_.n_samples();
    for (auto& feature : points_) {
      feature = Vector<S>(n + packet_size<S>);  // the last packet may start at the last sample
      feature.tail(packet_size<S>).setZero();
    }
    team.for_each_chunk(Chunks{n, Index{1} << 14}, [&](Range range, int) {
      for (Index p = range.begin; p < range.end; ++p) {
        const Point copied = point(x, cells_.order[static_cast<std::size_t>(p)]);
        for (std::size_t j = 0; j < d; ++j) points_[j][p] = copied[j];
      }
    });
  }

  EIGEN_ALWAYS_INLINE Packet<S> squared_distances(const Point& point, Index p) const {
    Packet<S> sum = broadcast<S>(S(0));
#pragma GCC unroll 3
    for (std::size_t j = 0; j < d; ++j) {
      const Packet<S> gap = subtract<S>(broadcast<S>(point[j]), load<S>(points_[j].data() + p));
      sum = multiply_add<S>(gap, gap, sum);
    }
    return sum;
  }

  /// By the definition, in double.
  [[nodiscard]] double distance(const Point& point, Index position) const {
    double sum = 0;
    for (std::size_t j = 0; j < d; ++j) {
      const double gap = static_cast<double>(point[j]) - static_cast<double>(points_[j][position]);
      sum += gap * gap;
    }
    return std::sqrt(sum);
  }

  /// The lanes of `open` that are neighbours by the definition.
  EIGEN_DONT_INLINE std::uint32_t decided(const Point& point, Index p, std::uint32_t open) const {
    std::uint32_t near = 0;
    for (; open != 0; open &= open - 1)
      if (distance(point, p + std::countr_zero(open)) <= radius_) near |= open & (~open + 1);
    return near;
  }

  void search_windows(const Point& query, const Windows<d>& windows, NearestFound& found) const {
    const Gaps gaps(*this, query);
    const double cells_per_unit = frame_.per_unit / scale_;
    for (int w = 0; w < Windows<d>::size; ++w) {
      const double reach = found.distance * cells_per_unit;
      if (gaps(w) <= reach * reach * (1 + 0x1p-16) + 0x1p-20)
        find_nearest(query, windows.samples(w), found);
    }
  }

  CellFrame<d> frame_;
  CellList cells_;
  double scale_;
  double radius_;         // in scaled units
  S certain_, possible_;  // bounds of the squares that need no further look
  std::array<Vector<S>, d> points_;
};

}  // namespace unlabeled::detail
