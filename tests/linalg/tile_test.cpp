// SPDX-License-Identifier: MIT
#include <limits>
#include <vector>

#include "support/catch.hpp"
#include "support/data.hpp"
#include "unlabeled/linalg/tile.hpp"

using namespace unlabeled;
using detail::for_each_row_tile;
using detail::Rows;
using detail::Tile;
using detail::tile_lanes;

namespace {

/// Small whole numbers: every sum of products is exact in any order, so results are compared for
/// equality.
template <Real S> Matrix<S> whole_numbers(Index rows, Index columns, std::uint64_t seed) {
  Rng rng(seed);
  Matrix<S> x(rows, columns);
  for (S& value : x.reshaped()) value = static_cast<S>(static_cast<int>(rng.below(13)) - 6);
  return x;
}

/// The panel of these lanes (tile_lanes x depth).
template <Real S> std::vector<S> panel_of(const Matrix<S>& lanes) {
  std::vector<S> panel;
  for (Index t = 0; t < lanes.cols(); ++t)
    for (Index lane = 0; lane < lanes.rows(); ++lane) panel.push_back(lanes(lane, t));
  return panel;
}

/// n_rows x tile_lanes by one kernel, starting from `initial` in every place.
template <Real S, class Kernel>
Matrix<S> by_tiles(Index n_rows, const Rows<S>& rows, S initial, Kernel&& kernel) {
  Matrix<S> values(n_rows, tile_lanes<S>);
  // A matrix of no columns has no address that rows could be counted from.
  const S nothing = 0;
  const Rows<S> readable = rows.data ? rows : Rows<S>{&nothing, 0, 0};
  for_each_row_tile(n_rows, [&](auto n, Index first) {
    Tile<S, n> tile;
    for (int r = 0; r < n; ++r) tile.value[r][0] = tile.value[r][1] = detail::broadcast<S>(initial);
    kernel(readable.from(first), tile);
    for (int r = 0; r < n; ++r) {
      S lanes[tile_lanes<S>];
      detail::store<S>(lanes, tile.value[r][0]);
      detail::store<S>(lanes + detail::packet_size<S>, tile.value[r][1]);
      for (Index lane = 0; lane < tile_lanes<S>; ++lane) values(first + r, lane) = lanes[lane];
    }
  });
  return values;
}

template <Real S>
Matrix<S> products_by_tiles(Index n_rows, Index depth, const Rows<S>& rows, const S* panel) {
  return by_tiles<S>(n_rows, rows, S(3), [&](const Rows<S>& from, auto& tile) {
    detail::multiply_add_tile(depth, from, panel, tile);
  });
}

template <Real S>
Matrix<S> distances_by_tiles(Index n_rows, Index depth, const Rows<S>& rows, const S* panel) {
  return by_tiles<S>(n_rows, rows, S(0), [&](const Rows<S>& from, auto& tile) {
    detail::squared_difference_tile(depth, from, panel, tile);
  });
}

}  // namespace

TEST_CASE("Row tiles cover every row once, in order, with at most five sizes", "[tile]") {
  for (Index n = 0; n <= 100; ++n) {
    Index next = 0;
    for_each_row_tile(n, [&](auto rows, Index first) {
      REQUIRE(first == next);
      constexpr int size = rows;
      REQUIRE((size == detail::tile_rows || size == 6 || size == 4 || size == 2 || size == 1));
      next += size;
    });
    REQUIRE(next == n);
  }
}

TEMPLATE_TEST_CASE("Tiles of products equal a plain loop at every shape", "[tile]", float, double) {
  using S = TestType;
  for (Index n_rows = 1; n_rows <= 40; ++n_rows)
    for (Index depth = 0; depth <= 40; ++depth) {
      const Matrix<S> a = whole_numbers<S>(n_rows, depth, 1);
      const Matrix<S> b = whole_numbers<S>(tile_lanes<S>, depth, 2);
      const std::vector<S> panel = panel_of(b);
      Matrix<S> expected = Matrix<S>::Constant(n_rows, tile_lanes<S>, S(3));
      for (Index i = 0; i < n_rows; ++i)
        for (Index lane = 0; lane < tile_lanes<S>; ++lane)
          for (Index t = 0; t < depth; ++t) expected(i, lane) += a(i, t) * b(lane, t);
      const RowMatrix<S> a_by_rows = a;
      INFO(n_rows << " rows, " << depth << " features");
      REQUIRE(products_by_tiles<S>(n_rows, depth, {a.data(), 1, n_rows}, panel.data()) == expected);
      REQUIRE(products_by_tiles<S>(n_rows, depth, {a_by_rows.data(), depth, 1}, panel.data()) ==
              expected);
    }
}

TEMPLATE_TEST_CASE("Tiles of squared distances equal a plain loop at every shape", "[tile]", float,
                   double) {
  using S = TestType;
  for (Index n_rows = 1; n_rows <= 40; ++n_rows)
    for (Index depth = 0; depth <= 40; ++depth) {
      const Matrix<S> a = whole_numbers<S>(n_rows, depth, 3);
      const Matrix<S> b = whole_numbers<S>(tile_lanes<S>, depth, 4);
      const std::vector<S> panel = panel_of(b);
      Matrix<S> expected = Matrix<S>::Zero(n_rows, tile_lanes<S>);
      for (Index i = 0; i < n_rows; ++i)
        for (Index lane = 0; lane < tile_lanes<S>; ++lane)
          for (Index t = 0; t < depth; ++t)
            expected(i, lane) += (a(i, t) - b(lane, t)) * (a(i, t) - b(lane, t));
      INFO(n_rows << " rows, " << depth << " features");
      REQUIRE(distances_by_tiles<S>(n_rows, depth, {a.data(), 1, n_rows}, panel.data()) ==
              expected);
    }
}

TEMPLATE_TEST_CASE("Rows are read at their stride, whatever lies between them", "[tile]", float,
                   double) {
  using S = TestType;
  Matrix<S> whole = Matrix<S>::Constant(60, 20, std::numeric_limits<S>::quiet_NaN());
  const Matrix<S> block = whole_numbers<S>(23, 9, 5);
  whole.block(7, 3, 23, 9) = block;
  const Matrix<S> lanes = whole_numbers<S>(tile_lanes<S>, 9, 6);
  const std::vector<S> panel = panel_of(lanes);
  const Rows<S> strided{&whole(7, 3), 1, 60}, dense{block.data(), 1, 23};
  CHECK(products_by_tiles<S>(23, 9, strided, panel.data()) ==
        products_by_tiles<S>(23, 9, dense, panel.data()));
}

TEMPLATE_TEST_CASE("A product has the same bits whichever operand is broadcast, in any tile",
                   "[tile]", float, double) {
  using S = TestType;
  constexpr Index lanes = tile_lanes<S>;
  for (const Index depth : {1, 2, 3, 7, 16, 33}) {
    const Matrix<S> a = random_matrix<S>(lanes, depth, 7), b = random_matrix<S>(lanes, depth, 8);
    const std::vector<S> a_panel = panel_of(a), b_panel = panel_of(b);
    const Matrix<S> ab = products_by_tiles<S>(lanes, depth, {a.data(), 1, lanes}, b_panel.data());
    const Matrix<S> ba = products_by_tiles<S>(lanes, depth, {b.data(), 1, lanes}, a_panel.data());
    REQUIRE(ab == ba.transpose());
    for (Index i = 0; i < lanes; ++i)
      REQUIRE(products_by_tiles<S>(1, depth, {&a(i, 0), 1, lanes}, b_panel.data()) == ab.row(i));
  }
}

TEMPLATE_TEST_CASE("Equal points are at distance zero, far from the origin too", "[tile]", float,
                   double) {
  using S = TestType;
  const Matrix<S> x =
      random_matrix<S>(tile_lanes<S>, 5, 9) + Matrix<S>::Constant(tile_lanes<S>, 5, S(1e6));
  const std::vector<S> panel = panel_of(x);
  const Matrix<S> distances =
      distances_by_tiles<S>(x.rows(), 5, {x.data(), 1, x.rows()}, panel.data());
  CHECK((distances.diagonal().array() == S(0)).all());
  CHECK((distances.array() >= S(0)).all());
}
