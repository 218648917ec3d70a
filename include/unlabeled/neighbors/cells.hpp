// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/neighbors/detail/radix_sort.hpp"

// Cubes so small that samples in one are neighbours, so large that neighbours are at most two apart.
// Only cubes that hold samples exist. Those of one row (equal but for the first feature) follow each
// other in memory with their samples, so a sample's neighbourhood is one run of samples for each of
// 1, 5 or 25 rows, and walking along the rows moves all runs forward.

namespace unlabeled::detail {

/// How far away cells of neighbours are, along each feature.
inline constexpr int cell_reach = 2;

/// Where cells lie: the side is radius / sqrt(d), less a share that rounding cannot eat up.
template <int d> struct CellFrame {
  std::array<double, d> origin{};
  std::array<double, d> n_cells{};
  double per_unit = 0;  // cells per unit

  template <Real S>
  CellFrame(const Samples<S>& x, double radius)
      : per_unit(std::sqrt(double(d)) * (1 + 0x1p-19) / radius) {
    for (Index j = 0; j < d; ++j) {
      S least = x(0, j), greatest = least;
      for (Index i = 0; i < x.n_samples; ++i) {
        const S value = x(i, j);
        least = value < least ? value : least;
        greatest = value > greatest ? value : greatest;
      }
      const auto feature = static_cast<std::size_t>(j);
      origin[feature] = static_cast<double>(least);
      n_cells[feature] = std::floor(position(static_cast<double>(greatest), j)) + 1;
    }
  }

  /// In cells from the origin.
  [[nodiscard]] double position(double value, Index j) const {
    return (value - origin[static_cast<std::size_t>(j)]) * per_unit;
  }
  /// Whether positions are accurate to 2^-22 cells and keys fit 62 bits.
  [[nodiscard]] bool fits() const {
    double product = 1;
    bool each = per_unit < 1e300 && per_unit > 1e-300;
    for (const double count : n_cells) {
      each = each && count <= 0x1p30;
      product *= count + 2 * cell_reach;
    }
    return each && product < 0x1p62;
  }
  /// Rows are numbered with empty ones around, so that a step across an edge meets no samples.
  [[nodiscard]] std::int64_t padded(std::size_t j) const {
    return static_cast<std::int64_t>(n_cells[j]) + std::int64_t{2} * cell_reach;
  }
  [[nodiscard]] int key_bits() const {
    double product = 1;
    for (std::size_t j = 0; j < d; ++j) product *= static_cast<double>(padded(j));
    return static_cast<int>(std::ceil(std::log2(product)));
  }
  /// Number of the cell of a sample; false beyond the reach of all samples.
  template <Real S> bool key(const Samples<S>& x, Index i, std::uint64_t& number) const {
    std::int64_t key = 0;
    for (std::size_t j = d; j-- > 0;) {
      const double place = std::floor(
          position(static_cast<double>(x(i, static_cast<Index>(j))), static_cast<Index>(j)));
      if (!(place >= -cell_reach && place < n_cells[j] + cell_reach)) return false;
      key = key * padded(j) + static_cast<std::int64_t>(place) + cell_reach;
    }
    number = static_cast<std::uint64_t>(key);
    return true;
  }
};

/// Samples by cells: cell c holds samples order[cell_begin[c]] to order[cell_begin[c + 1] - 1], row
/// r the cells row_begin[r] to row_begin[r + 1] - 1.
struct CellList {
  std::vector<std::uint32_t> order;
  std::vector<std::uint32_t> cell_begin;
  std::vector<std::int32_t> cell_x;  // place in the row
  std::vector<std::uint32_t> row_begin;
  std::vector<std::int64_t> row_key;

  [[nodiscard]] Index n_samples() const { return static_cast<Index>(order.size()); }
  [[nodiscard]] Index n_cells() const { return static_cast<Index>(cell_x.size()); }
  [[nodiscard]] Index n_rows() const { return static_cast<Index>(row_key.size()); }

  void close() {
    cell_begin.push_back(static_cast<std::uint32_t>(order.size()));
    row_begin.push_back(static_cast<std::uint32_t>(cell_x.size()));
  }
  void open_cell(std::int64_t row, std::int32_t x, std::size_t position) {
    if (row_key.empty() || row_key.back() != row) {
      row_key.push_back(row);
      row_begin.push_back(static_cast<std::uint32_t>(cell_x.size()));
    }
    cell_x.push_back(x);
    cell_begin.push_back(static_cast<std::uint32_t>(position));
  }
};

/// Samples of x that have a cell, sorted by it.
template <class Entry, int d, Real S>
std::vector<Entry> sorted_entries(Team& team, const CellFrame<d>& frame, const Samples<S>& x) {
  std::vector<Entry> entries(static_cast<std::size_t>(x.n_samples));
  constexpr auto nowhere = ~std::uint32_t{0};
  const Chunks chunks{x.n_samples, Index{1} << 14};
  team.for_each_chunk(chunks, [&](Range range, int) {
    for (Index i = range.begin; i < range.end; ++i) {
      std::uint64_t key = 0;
      const bool found = frame.key(x, i, key);
      entries[static_cast<std::size_t>(i)] = {key, found ? static_cast<std::uint32_t>(i) : nowhere};
    }
  });
  std::erase_if(entries, [](const Entry& entry) { return entry.sample() == nowhere; });
  radix_sort(team, entries, frame.key_bits());
  return entries;
}

template <class Entry, int d>
CellList cells_of(const CellFrame<d>& frame, const std::vector<Entry>& entries) {
  CellList cells;
  cells.order.resize(entries.size());
  const auto length = static_cast<std::uint64_t>(frame.padded(0));
  std::size_t n_cells = 0;
  for (std::size_t p = 0; p < entries.size(); ++p)
    n_cells += p == 0 || entries[p].key() != entries[p - 1].key();
  cells.cell_x.reserve(n_cells);
  cells.cell_begin.reserve(n_cells + 1);
  for (std::size_t p = 0; p < entries.size(); ++p) {
    cells.order[p] = entries[p].sample();
    const std::uint64_t key = entries[p].key();
    if (p == 0 || key != entries[p - 1].key())
      cells.open_cell(static_cast<std::int64_t>(key / length),
                      static_cast<std::int32_t>(key % length), p);
  }
  cells.close();
  return cells;
}

/// Time O(n) a pass of the sort; memory 16 to 32 bytes a sample while it runs.
template <int d, Real S>
CellList cells_of(Team& team, const CellFrame<d>& frame, const Samples<S>& x) {
  if (frame.key_bits() <= 32) return cells_of(frame, sorted_entries<ShortEntry>(team, frame, x));
  return cells_of(frame, sorted_entries<LongEntry>(team, frame, x));
}

/// Walks over the cells of a list in their order and knows for each the runs of cells of another
/// list (or the same) that may hold neighbours: window(0) in the cell's own row, then the rows
/// nearest first.
template <int d> class Windows {
 public:
  static constexpr int size = d == 1 ? 1 : d == 2 ? 5 : 25;

  /// Offset of a row in cells along the features beyond the first.
  struct Offset {
    int y, z;
  };
  /// Nearest first.
  static constexpr std::array<Offset, size> offsets = [] {
    std::array<Offset, size> all{};
    std::size_t n = 0;
    for (int square = 0; square <= 2 * cell_reach * cell_reach; ++square)
      for (int z = d == 3 ? -cell_reach : 0; z <= (d == 3 ? cell_reach : 0); ++z)
        for (int y = d >= 2 ? -cell_reach : 0; y <= (d >= 2 ? cell_reach : 0); ++y)
          if (y * y + z * z == square) all[n++] = {y, z};
    return all;
  }();

  Windows(const CellFrame<d>& frame, const CellList& target) : target_(target) {
    const std::int64_t width = d == 3 ? frame.padded(1) : 0;
    for (std::size_t w = 0; w < size; ++w) rows_[w].shift = offsets[w].y + offsets[w].z * width;
  }

  /// f(row, cell) for the cells in `range` of `source`.
  template <class F> void walk(const CellList& source, Range range, F&& f) {
    const auto first = std::upper_bound(source.row_begin.begin(), source.row_begin.end(),
                                        static_cast<std::uint32_t>(range.begin)) -
                       source.row_begin.begin() - 1;
    Index cell = range.begin;
    for (auto row = static_cast<std::size_t>(first); cell < range.end; ++row) {
      enter_row(source.row_key[row]);
      const Index end = std::min<Index>(range.end, source.row_begin[row + 1]);
      for (; cell < end; ++cell) {
        move_to(source.cell_x[static_cast<std::size_t>(cell)]);
        f(cell);
      }
    }
  }

  /// Cells of the target in a window.
  [[nodiscard]] Range cells(int window) const {
    const Row& row = rows_[static_cast<std::size_t>(window)];
    return {row.begin, row.end};
  }
  /// The samples in them.
  [[nodiscard]] Range samples(int window) const {
    const Row& row = rows_[static_cast<std::size_t>(window)];
    return {target_.cell_begin[row.begin], target_.cell_begin[row.end]};
  }

 private:
  struct Row {
    std::int64_t shift = 0;
    std::size_t number = 0;  // first row of the target that is not before the wanted one
    std::uint32_t begin = 0, end = 0, last = 0;
  };

  void enter_row(std::int64_t key) {
    const std::vector<std::int64_t>& keys = target_.row_key;
    for (int w = 0; w < size; ++w) {
      Row& row = rows_[static_cast<std::size_t>(w)];
      const std::int64_t wanted = key + row.shift;
      for (int step = 0; row.number < keys.size() && keys[row.number] < wanted; ++row.number)
        if (++step == 8) {
          const auto from = keys.begin() + static_cast<std::ptrdiff_t>(row.number);
          row.number =
              static_cast<std::size_t>(std::lower_bound(from, keys.end(), wanted) - keys.begin());
          break;
        }
      const bool found = row.number < keys.size() && keys[row.number] == wanted;
      row.begin = row.end = row.last = 0;
      if (!found) continue;
      row.begin = row.end = target_.row_begin[row.number];
      row.last = target_.row_begin[row.number + 1];
    }
  }

  void move_to(std::int32_t x) {
    for (int w = 0; w < size; ++w) {
      Row& row = rows_[static_cast<std::size_t>(w)];
      advance(row.begin, row.last, x - cell_reach);
      if (row.end < row.begin) row.end = row.begin;
      advance(row.end, row.last, x + cell_reach + 1);
    }
  }

  /// To the first cell that is not before `x`.
  void advance(std::uint32_t& cell, std::uint32_t last, std::int32_t x) const {
    const std::int32_t* const places = target_.cell_x.data();
    for (int step = 0; cell < last && places[cell] < x; ++cell)
      if (++step == 8) {
        cell =
            static_cast<std::uint32_t>(std::lower_bound(places + cell, places + last, x) - places);
        return;
      }
  }

  const CellList& target_;
  std::array<Row, size> rows_;
};

}  // namespace unlabeled::detail
