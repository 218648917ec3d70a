// SPDX-License-Identifier: MIT
#include "unlabeled/neighbors/grid.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "support/catch.hpp"
#include "support/data.hpp"

using namespace unlabeled;
using detail::Grid;
using detail::Range;
using detail::Samples;

TEMPLATE_TEST_CASE("Samples are sorted by whole numbers, equal ones in their order", "",
                   detail::ShortEntry, detail::LongEntry) {
  const bool wide = sizeof(TestType) > 8;
  for (const int n_bits : {1, 11, 12, 32, 50}) {
    if (n_bits > 32 && !wide) continue;
    Rng rng(1);
    std::vector<TestType> entries;
    for (std::uint32_t i = 0; i < 100000; ++i)
      entries.emplace_back(rng.bits() & ((std::uint64_t{1} << n_bits) - 1), i);
    auto expected = entries;
    std::stable_sort(expected.begin(), expected.end(),
                     [](const auto& a, const auto& b) { return a.key() < b.key(); });
    detail::Team team(2);
    detail::radix_sort(team, entries, n_bits);
    CHECK(std::equal(entries.begin(), entries.end(), expected.begin(),
                     [](const auto& a, const auto& b) {
                       return a.key() == b.key() && a.sample() == b.sample();
                     }));
  }
}

namespace {

/// Every pair within the radius is met once in the windows of its cells, and cells hold only pairs
/// within the radius.
template <int d, Real S> void check_windows(const Matrix<S>& x, double radius) {
  detail::Team team(1);
  REQUIRE((Grid<S, d>::fits(Samples<S>(x), radius)));
  const Grid<S, d> grid(team, Samples<S>(x), radius);
  const auto& order = grid.cells().order;
  const auto distance = [&](Index p, Index q) {
    return (x.row(order[static_cast<std::size_t>(p)]) - x.row(order[static_cast<std::size_t>(q)]))
        .template cast<double>()
        .norm();
  };
  auto windows = grid.windows();
  windows.walk(grid.cells(), {0, grid.cells().n_cells()}, [&](Index cell) {
    const Range own = grid.members(cell);
    std::vector<int> met(order.size(), 0);
    for (int w = 0; w < detail::Windows<d>::size; ++w)
      for (Index q = windows.samples(w).begin; q < windows.samples(w).end; ++q)
        ++met[static_cast<std::size_t>(q)];
    for (Index p = own.begin; p < own.end; ++p)
      for (Index q = 0; q < grid.cells().n_samples(); ++q) {
        const int times = met[static_cast<std::size_t>(q)];
        if (times > 1 || (times == 0 && distance(p, q) <= radius)) FAIL(p << " and " << q);
        if (q >= own.begin && q < own.end && distance(p, q) > radius) FAIL(p << " and " << q);
      }
  });
}

}  // namespace

TEMPLATE_TEST_CASE("Windows of a grid hold every neighbour once", "", float, double) {
  for (const double radius : {0.1, 0.5, 3.0, 50.0}) {
    check_windows<1>(Matrix<TestType>(random_matrix<TestType>(300, 1, 1)), radius);
    check_windows<2>(Matrix<TestType>(random_matrix<TestType>(300, 2, 2)), radius);
    check_windows<3>(Matrix<TestType>(random_matrix<TestType>(300, 3, 3)), radius);
  }
}

TEST_CASE("A grid of more cells than can be counted does not fit") {
  Matrix<double> x = random_matrix<double>(10, 2, 1);
  const auto fits = [&](double radius) {
    return Grid<double, 2>::fits(Samples<double>(x), radius);
  };
  CHECK(fits(1e-3));
  CHECK_FALSE(fits(1e-12));
  CHECK_FALSE(fits(1e-300));
  CHECK_FALSE(Grid<double, 3>::fits(Samples<double>(x), 1));
  x(0, 0) = 1e300;
  CHECK_FALSE(fits(1));
}
