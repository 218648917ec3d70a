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
#include "unlabeled/neighbors/dense_cells.hpp"
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
  using Box = PointBox<S, d>;
  using Node = typename DenseCells<S, d>::Node;

  /// Whether samples spread over a number of cells that can be counted, and scale without overflow.
  static bool fits(const Samples<S>& x, double radius) {
    if (x.n_features != d || !(radius > 1e-290 && radius < 1e290)) return false;
    const CellFrame<d> frame(x, radius);
    if (!frame.fits()) return false;
    constexpr double most = sizeof(S) == 4 ? 0x1p60 : 0x1p500;
    const double scale = scale_of(radius);
    if (!(scale >= static_cast<double>(std::numeric_limits<S>::min()) &&
          scale <= static_cast<double>(std::numeric_limits<S>::max())))
      return false;
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

  /// Makes trees over cells with many samples, for searches of find_nearest() and for halves().
  void index_dense_cells(Team& team) { dense_ = DenseCells<S, d>(team, cells_, points_); }
  /// All samples of a cell; where there is no tree, a leaf.
  [[nodiscard]] Node whole(Index cell) const {
    const Range members = this->members(cell);
    if (dense_.is_dense(members)) return dense_.root(members);
    Box box{point(members.begin), point(members.begin)};
    for (Index p = members.begin + 1; p < members.end; ++p) box.include(point(p));
    return {.members = members, .box = box};
  }
  [[nodiscard]] std::array<Node, 2> halves(const Node& node) const { return dense_.halves(node); }

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

  /// The same in a tree, the nearer half first.
  void find_nearest(const Point& point, const Node& node, NearestFound& found) const {
    if (node.box.is_point())
      return found.take(distance(point, node.members.begin), node.first_sample);
    if (node.levels == 0) return find_nearest(point, node.members, found);
    const std::array<Node, 2> half = dense_.halves(node);
    const std::array<double, 2> gap{half[0].box.squared_gap(point), half[1].box.squared_gap(point)};
    const std::size_t first = gap[1] < gap[0] ? 1 : 0;
    for (const std::size_t each : {first, 1 - first})
      if (gap[each] <=
          found.distance * found.distance * (1 + 0x1p-40) + std::numeric_limits<double>::min())
        find_nearest(point, half[each], found);
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
    dense_.renumber(number);
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
    for (int w = 0; w < Windows<d>::size; ++w) {
      if (!in_reach(gaps(w), found)) continue;
      const Range samples = windows.samples(w);
      if (samples.size() <= DenseCells<S, d>::run)
        find_nearest(query, samples, found);
      else
        search_cells(query, windows.cells(w), gaps(w), found);
    }
  }

  /// The cells of one row, first what lies straight across.
  void search_cells(const Point& query, Range cells, double row_gap, NearestFound& found) const {
    const double place = frame_.position(static_cast<double>(query[0]) / scale_, 0) + cell_reach;
    for (const bool across : {true, false})
      for (Index cell = cells.begin; cell < cells.end; ++cell) {
        const auto begin = static_cast<double>(cells_.cell_x[static_cast<std::size_t>(cell)]);
        const double gap = begin > place ? begin - place : place - begin - 1;
        if ((gap <= 0) != across || !in_reach(row_gap + (across ? 0 : gap * gap), found)) continue;
        const Range members = this->members(cell);
        if (dense_.is_dense(members))
          find_nearest(query, dense_.root(members), found);
        else
          find_nearest(query, members, found);
      }
  }

  /// Whether what is this far away, squared and in cells, may be nearer than `found`.
  [[nodiscard]] bool in_reach(double squared_gap, const NearestFound& found) const {
    const double reach = found.distance * (frame_.per_unit / scale_);
    return squared_gap <= reach * reach * (1 + 0x1p-16) + 0x1p-20;
  }

  CellFrame<d> frame_;
  CellList cells_;
  double scale_;
  double radius_;         // in scaled units
  S certain_, possible_;  // bounds of the squares that need no further look
  std::array<Vector<S>, d> points_;
  DenseCells<S, d> dense_;
};

}  // namespace unlabeled::detail
