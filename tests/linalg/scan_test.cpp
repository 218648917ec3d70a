// SPDX-License-Identifier: MIT
// Every last step on every shape beside plain loops. The numbers are small and whole, so all sums
// are exact and results are compared for equality.
#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include "support/catch.hpp"
#include "support/data.hpp"
#include "unlabeled/linalg/last_steps.hpp"
#include "unlabeled/linalg/scan.hpp"

using namespace unlabeled;
using detail::PackedRows;
using detail::tile_lanes;

namespace {

template <Real S> RowMatrix<S> whole_numbers(Index rows, Index columns, std::uint64_t seed) {
  Rng rng(seed);
  RowMatrix<S> x(rows, columns);
  for (Index i = 0; i < rows; ++i)
    for (Index j = 0; j < columns; ++j)
      x(i, j) = static_cast<S>(static_cast<int>(rng.below(7)) - 3);
  return x;
}

/// Some rows against one full panel of lanes, in both forms.
template <Real S> struct Problem {
  static constexpr Index lanes = tile_lanes<S>;
  RowMatrix<S> rows, samples;
  PackedRows<S> packed;
  Vector<S> panel;
  Matrix<S> values;     // rows x lanes: row . lane - |row|^2 / 2
  Matrix<S> distances;  // rows x lanes: squared

  Problem(Index n_rows, Index depth)
      : rows(whole_numbers<S>(n_rows, depth, static_cast<std::uint64_t>(n_rows))),
        samples(whole_numbers<S>(lanes, depth, static_cast<std::uint64_t>(depth) + 100)),
        packed(detail::pack_for_nearest<S>(rows)),
        panel(depth * lanes),
        values(n_rows, lanes),
        distances(n_rows, lanes) {
    detail::pack_panel<S, S>(detail::Samples<S>(samples), 0, lanes, nullptr, panel.data());
    for (Index r = 0; r < n_rows; ++r)
      for (Index lane = 0; lane < lanes; ++lane) {
        S product = 0, distance = 0, square = 0;
        for (Index t = 0; t < depth; ++t) {
          const S difference = rows(r, t) - samples(lane, t);
          product += rows(r, t) * samples(lane, t);
          distance += difference * difference;
          square += rows(r, t) * rows(r, t);
        }
        values(r, lane) = product - square / 2;
        distances(r, lane) = distance;
      }
  }
};

template <class F> void for_every_shape(F&& f) {
  for (Index n_rows = 1; n_rows <= 40; ++n_rows)
    for (Index depth = 1; depth <= 40; ++depth) {
      INFO(n_rows << " rows, " << depth << " features");
      f(n_rows, depth);
    }
}

template <Real S> std::vector<S> lanes_of(const detail::Packet<S> (&packets)[2]) {
  std::vector<S> values(static_cast<std::size_t>(tile_lanes<S>));
  detail::store<S>(values.data(), packets[0]);
  detail::store<S>(values.data() + detail::packet_size<S>, packets[1]);
  return values;
}

}  // namespace

TEMPLATE_TEST_CASE("The stored scan equals a plain loop", "[scan]", float, double) {
  using S = TestType;
  for_every_shape([](Index n_rows, Index depth) {
    const Problem<S> problem(n_rows, depth);
    Matrix<S> stored(tile_lanes<S>, n_rows);
    detail::StoreStep<S> step{stored.data()};
    detail::scan_panel(problem.packed, problem.panel.data(), step);
    REQUIRE(stored.transpose() == problem.values);
    detail::scan_panel_distances(problem.packed, problem.panel.data(), step);
    REQUIRE(stored.transpose() == problem.distances);
  });
}

TEMPLATE_TEST_CASE("The greatest and the second greatest, the lowest row on ties", "[scan]", float,
                   double) {
  using S = TestType;
  for_every_shape([](Index n_rows, Index depth) {
    const Problem<S> problem(n_rows, depth);
    detail::GreatestStep<S> one(problem.packed.number.data());
    detail::GreatestTwoStep<S> two(problem.packed.number.data());
    detail::scan_panel(problem.packed, problem.panel.data(), one);
    detail::scan_panel(problem.packed, problem.panel.data(), two);
    const auto best = lanes_of<S>(one.best), row = lanes_of<S>(one.row);
    const auto second = lanes_of<S>(two.second);
    REQUIRE(lanes_of<S>(two.best) == best);
    REQUIRE(lanes_of<S>(two.row) == row);
    for (Index lane = 0; lane < tile_lanes<S>; ++lane) {
      std::vector<S> values(problem.values.col(lane).begin(), problem.values.col(lane).end());
      const auto l = static_cast<std::size_t>(lane);
      const auto greatest = std::max_element(values.begin(), values.end());  // the first of equals
      REQUIRE(static_cast<Index>(row[l]) == greatest - values.begin());
      std::sort(values.rbegin(), values.rend());
      REQUIRE(best[l] == values[0]);
      REQUIRE(second[l] == (n_rows > 1 ? values[1] : std::numeric_limits<S>::lowest()));
    }
  });
}

TEMPLATE_TEST_CASE("The running minimum and its weighted sum", "[scan]", float, double) {
  using S = TestType;
  static constexpr Index lanes = tile_lanes<S>;
  for_every_shape([](Index n_rows, Index depth) {
    const Problem<S> problem(n_rows, depth);
    Vector<S> so_far(lanes), weight(lanes);
    for (Index lane = 0; lane < lanes; ++lane) {
      so_far[lane] = static_cast<S>(4 * depth + lane % 5);
      weight[lane] = static_cast<S>(lane % 3);  // a zero silences the lane
    }
    Matrix<S> minima(lanes, n_rows);
    Vector<double> sums = Vector<double>::Constant(n_rows, 5.0);
    detail::RunningMinimumStep<S> step{so_far.data(), weight.data(), minima.data(), sums.data()};
    detail::scan_panel_distances(problem.packed, problem.panel.data(), step);
    for (Index r = 0; r < n_rows; ++r) {
      const Vector<S> expected = problem.distances.row(r).transpose().cwiseMin(so_far);
      REQUIRE(minima.col(r) == expected);
      REQUIRE(sums[r] == 5.0 + static_cast<double>(expected.dot(weight)));
    }
  });
}

TEMPLATE_TEST_CASE("The mask has a bit for every value at or under the threshold", "[scan]", float,
                   double) {
  using S = TestType;
  for_every_shape([](Index n_rows, Index depth) {
    const Problem<S> problem(n_rows, depth);
    const S threshold = problem.distances(n_rows / 2, 1);  // so that some values are equal to it
    std::vector<std::uint32_t> masks(static_cast<std::size_t>(n_rows), 0xdeadbeef);
    detail::ThresholdMaskStep<S> step(threshold, masks.data());
    detail::scan_panel_distances(problem.packed, problem.panel.data(), step);
    for (Index r = 0; r < n_rows; ++r) {
      std::uint32_t expected = 0;
      for (Index lane = 0; lane < tile_lanes<S>; ++lane)
        expected |= std::uint32_t{problem.distances(r, lane) <= threshold} << lane;
      REQUIRE(masks[static_cast<std::size_t>(r)] == expected);
    }
  });
}

TEMPLATE_TEST_CASE("Panels hold the samples in the frame, and repeat the last one", "[scan]",
                   (Matrix<float>), (Matrix<double>), (RowMatrix<float>), (RowMatrix<double>)) {
  using S = typename TestType::Scalar;
  constexpr Index lanes = tile_lanes<S>;
  for (Index depth = 1; depth <= 150; depth += depth < 40 ? 1 : 37) {
    // A block in the middle of a matrix: nothing around it may be read.
    TestType whole = TestType::Constant(lanes + 6, depth + 4, std::numeric_limits<S>::quiet_NaN());
    whole.block(2, 3, lanes + 2, depth) = whole_numbers<S>(lanes + 2, depth, 8);
    const View<TestType> view = whole.block(2, 3, lanes + 2, depth);
    const detail::Samples<S> x(view);
    Vector<double> shift(depth);
    for (Index t = 0; t < depth; ++t) shift[t] = static_cast<double>(t % 3);
    const detail::Frame frame(shift, 4.0);
    REQUIRE(frame.scale == 0.25);
    for (const Index count : {Index{1}, Index{2}, lanes - 1, lanes}) {
      Vector<S> panel(depth * lanes);
      detail::pack_panel(
          x, frame, count, [](Index lane) { return lane + 1; }, panel.data());
      for (Index t = 0; t < depth; ++t)
        for (Index lane = 0; lane < lanes; ++lane) {
          const S value = view(std::min(lane, count - 1) + 1, t);
          REQUIRE(panel[t * lanes + lane] == (value - static_cast<S>(t % 3)) / 4);
        }
    }
  }
}

TEMPLATE_TEST_CASE("Plain panels take a range of samples minus a shift", "[scan]", (Matrix<float>),
                   (RowMatrix<double>)) {
  using S = typename TestType::Scalar;
  constexpr Index lanes = tile_lanes<S>;
  const TestType x = whole_numbers<S>(lanes + 5, 9, 4);
  const Vector<S> shift = Vector<S>::LinSpaced(9, 0, 8);
  const detail::Samples<S> samples(x);
  for (const Index count : {Index{1}, lanes - 1, lanes})
    for (const bool shifted : {false, true}) {
      Vector<S> panel(9 * lanes);
      detail::pack_panel<S, S>(samples, 3, count, shifted ? shift.data() : nullptr, panel.data());
      for (Index t = 0; t < 9; ++t)
        for (Index lane = 0; lane < lanes; ++lane)
          REQUIRE(panel[t * lanes + lane] ==
                  x(3 + std::min(lane, count - 1), t) - (shifted ? shift[t] : S(0)));
    }
}

TEST_CASE("A frame scales by a power of two and back without rounding", "[scan]") {
  const Matrix<double> x = random_matrix<double>(10, 3, 1) * 1e80;
  const detail::Frame frame(Vector<double>::Zero(3), 1e80);
  CHECK(frame.unframed<double>(frame.framed(x)) == x);
  CHECK(frame.framed(x).cwiseAbs().maxCoeff() < 16);
  CHECK(detail::Frame(Vector<double>::Zero(3), 0).scale == 1);
}
