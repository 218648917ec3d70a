// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/neighbors/cells.hpp"

// Cells may hold any number of samples. Those with many get a small k-d tree each, so that a search
// for a neighbour, or for a pair of neighbours in two cells, need not pass over all of them.

namespace unlabeled::detail {

/// The least box around some points.
template <Real S, int d> struct PointBox {
  using Point = std::array<S, d>;
  Point lower{}, upper{};

  void include(const Point& point) {
    for (std::size_t j = 0; j < d; ++j) {
      lower[j] = std::min(lower[j], point[j]);
      upper[j] = std::max(upper[j], point[j]);
    }
  }
  [[nodiscard]] bool is_point() const { return lower == upper; }
  [[nodiscard]] std::size_t widest() const {
    std::size_t widest = 0;
    for (std::size_t j = 1; j < d; ++j)
      if (upper[j] - lower[j] > upper[widest] - lower[widest]) widest = j;
    return widest;
  }
  [[nodiscard]] double squared_gap(const PointBox& other) const {
    double sum = 0;
    for (std::size_t j = 0; j < d; ++j) {
      const double above = static_cast<double>(other.lower[j]) - static_cast<double>(upper[j]);
      const double below = static_cast<double>(lower[j]) - static_cast<double>(other.upper[j]);
      const double gap = std::max({above, below, 0.0});
      sum += gap * gap;
    }
    return sum;
  }
  [[nodiscard]] double squared_gap(const Point& point) const {
    return squared_gap(PointBox{point, point});
  }
};

/// The trees of cells with more than a run of samples: halves along the widest feature until each is
/// at most a run, or all its samples are equal. Memory: (2 d sizeof(S) + 4) / 16 bytes a sample.
template <Real S, int d> class DenseCells {
 public:
  using Box = PointBox<S, d>;
  using Point = typename Box::Point;
  static constexpr Index run = 64;

  /// Samples at positions next to each other. Of equal ones (box.is_point()), the first position
  /// stands for all.
  struct Node {
    Range members;
    Box box;
    std::uint32_t first_sample = 0;  // the lowest number
    int levels = 0;                  // below; 0 is a leaf
    std::size_t place = 0;           // of the tree
    std::size_t number = 0;          // in it: the halves of i are 2 i + 1 and 2 i + 2
  };

  DenseCells() = default;
  /// Sorts the samples of dense cells, which are `points` in the order of `cells`.
  DenseCells(Team& team, CellList& cells, std::array<Vector<S>, d>& points) {
    std::vector<Range> dense;
    for (std::size_t c = 0; c + 1 < cells.cell_begin.size(); ++c)
      if (const Range members{cells.cell_begin[c], cells.cell_begin[c + 1]}; members.size() > run)
        dense.push_back(members);
    if (dense.empty()) return;
    // A tree of m samples has fewer than m / 16 nodes, so the first position tells its place.
    boxes_.resize(cells.order.size() / samples_per_node);
    first_samples_.resize(boxes_.size(), unused);
    team.run(static_cast<Index>(dense.size()), [&](Index i, int) {
      const Range members = dense[static_cast<std::size_t>(i)];
      std::vector<Entry> entries(static_cast<std::size_t>(members.size()));
      for (std::size_t r = 0; r < entries.size(); ++r) {
        const Index p = members.begin + static_cast<Index>(r);
        for (std::size_t j = 0; j < d; ++j) entries[r].point[j] = points[j][p];
        entries[r].sample = cells.order[static_cast<std::size_t>(p)];
      }
      halve(entries.data(), members, place_of(members), 0, levels_of(members));
      for (std::size_t r = 0; r < entries.size(); ++r) {
        const Index p = members.begin + static_cast<Index>(r);
        for (std::size_t j = 0; j < d; ++j) points[j][p] = entries[r].point[j];
        cells.order[static_cast<std::size_t>(p)] = entries[r].sample;
      }
    });
  }

  /// Whether the members of a cell, or of one among several, have a tree.
  [[nodiscard]] bool is_dense(Range members) const {
    return members.size() > run && !boxes_.empty();
  }
  [[nodiscard]] Node root(Range members) const {
    return node(members, levels_of(members), place_of(members), 0);
  }
  [[nodiscard]] std::array<Node, 2> halves(const Node& of) const {
    const Index middle = middle_of(of.members);
    return {node({of.members.begin, middle}, of.levels - 1, of.place, 2 * of.number + 1),
            node({middle, of.members.end}, of.levels - 1, of.place, 2 * of.number + 2)};
  }

  /// Gives samples other numbers, in the same ascending order.
  template <class Number> void renumber(Number&& number) {
    for (std::uint32_t& sample : first_samples_)
      if (sample != unused) sample = number(sample);
  }

 private:
  static constexpr std::size_t samples_per_node = 16;
  static constexpr std::uint32_t unused = ~std::uint32_t{0};

  struct Entry {
    Point point;
    std::uint32_t sample;
  };

  static Index middle_of(Range members) { return members.begin + (members.size() + 1) / 2; }
  static std::size_t place_of(Range members) {
    return static_cast<std::size_t>(members.begin) / samples_per_node;
  }
  static int levels_of(Range members) {
    int levels = 0;
    for (Index size = members.size(); size > run; size = (size + 1) / 2) ++levels;
    return levels;
  }

  [[nodiscard]] Node node(Range members, int levels, std::size_t place, std::size_t number) const {
    Node found{members, boxes_[place + number], first_samples_[place + number], levels, place,
               number};
    if (found.box.is_point()) found.members.end = members.begin + 1, found.levels = 0;
    return found;
  }

  void halve(Entry* entries, Range members, std::size_t place, std::size_t number, int levels) {
    Box box{entries->point, entries->point};
    std::uint32_t first_sample = entries->sample;
    for (Index r = 1; r < members.size(); ++r) {
      box.include(entries[r].point);
      first_sample = std::min(first_sample, entries[r].sample);
    }
    boxes_[place + number] = box;
    first_samples_[place + number] = first_sample;
    if (levels == 0 || box.is_point()) return;
    const std::size_t widest = box.widest();
    const Index middle = middle_of(members), half = middle - members.begin;
    std::nth_element(
        entries, entries + half, entries + members.size(),
        [&](const Entry& a, const Entry& b) { return a.point[widest] < b.point[widest]; });
    halve(entries, {members.begin, middle}, place, 2 * number + 1, levels - 1);
    halve(entries + half, {middle, members.end}, place, 2 * number + 2, levels - 1);
  }

  std::vector<Box> boxes_;                    // empty: no cell is dense
  std::vector<std::uint32_t> first_samples_;  // of each box
};

}  // namespace unlabeled::detail
