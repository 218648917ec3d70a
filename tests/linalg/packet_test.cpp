// SPDX-License-Identifier: MIT
// The operations of the packet layer that the library words itself, lane by lane beside plain ones.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <limits>

#include "support/catch.hpp"
#include "support/data.hpp"
#include "unlabeled/linalg/packet.hpp"

using namespace unlabeled;
using detail::load;
using detail::packet_size;
using detail::store;

namespace {

template <Real S> using Lanes = std::array<S, static_cast<std::size_t>(packet_size<S>)>;

/// Lanes of values that repeat where there are fewer than lanes.
template <Real S> Lanes<S> lanes_of(std::initializer_list<S> values) {
  Lanes<S> lanes;
  for (std::size_t i = 0; i < lanes.size(); ++i) lanes[i] = values.begin()[i % values.size()];
  return lanes;
}

}  // namespace

TEMPLATE_TEST_CASE("a square root is the correctly rounded one", "", float, double) {
  using S = TestType;
  constexpr S infinity = std::numeric_limits<S>::infinity();
  const Vector<S> numbers = random_matrix<S>(64 * packet_size<S>, 1, 1).cwiseAbs();
  for (Index i = 0; i < numbers.size(); i += packet_size<S>) {
    Lanes<S> roots;
    store<S>(roots.data(), detail::square_root<S>(load<S>(numbers.data() + i)));
    for (Index lane = 0; lane < packet_size<S>; ++lane)
      REQUIRE(roots[static_cast<std::size_t>(lane)] == std::sqrt(numbers[i + lane]));
  }
  for (const S edge :
       {S(0), infinity, std::numeric_limits<S>::max(), std::numeric_limits<S>::denorm_min()}) {
    Lanes<S> roots;
    store<S>(roots.data(), detail::square_root<S>(detail::broadcast<S>(edge)));
    CHECK(roots[0] == std::sqrt(edge));
  }
}

TEMPLATE_TEST_CASE("exponentials, logarithms and quotients are those of the standard library", "",
                   float, double) {
  using S = TestType;
  const S rounding = 4 * std::numeric_limits<S>::epsilon();
  const Vector<S> numbers = S(10) * random_matrix<S>(64 * packet_size<S>, 1, 3);
  for (Index i = 0; i < numbers.size(); i += packet_size<S>) {
    Lanes<S> powers, logarithms, quotients;
    const auto power = detail::exponential<S>(load<S>(numbers.data() + i));
    store<S>(powers.data(), power);
    store<S>(logarithms.data(), detail::logarithm<S>(power));
    store<S>(quotients.data(), detail::divide<S>(power, load<S>(numbers.data() + i)));
    for (std::size_t lane = 0; lane < powers.size(); ++lane) {
      const S x = numbers[i + static_cast<Index>(lane)];
      REQUIRE(std::abs(powers[lane] / std::exp(x) - 1) <= rounding * (1 + std::abs(x)));
      REQUIRE(std::abs(logarithms[lane] - std::log(powers[lane])) <= rounding * (1 + std::abs(x)));
      REQUIRE(quotients[lane] == powers[lane] / x);
    }
  }
  Lanes<S> edge;
  store<S>(edge.data(), detail::exponential<S>(detail::broadcast<S>(S(-1e30))));
  CHECK(edge[0] <= 2 * std::numeric_limits<S>::min());
  store<S>(edge.data(), detail::exponential<S>(detail::broadcast<S>(S(0))));
  CHECK(edge[0] == 1);
}

TEMPLATE_TEST_CASE("a selection by comparison takes each lane on its own", "", float, double) {
  using S = TestType;
  const Lanes<S> a = lanes_of<S>({1, 2, 3, -1, 0}), b = lanes_of<S>({2, 2, 1, 0});
  const Lanes<S> yes = lanes_of<S>({10, 20, 30}), no = lanes_of<S>({-10, -20});
  Lanes<S> selected;
  store<S>(selected.data(), detail::select_less<S>(load<S>(a.data()), load<S>(b.data()),
                                                   load<S>(yes.data()), load<S>(no.data())));
  for (std::size_t i = 0; i < a.size(); ++i) CHECK(selected[i] == (a[i] < b[i] ? yes[i] : no[i]));
  store<S>(selected.data(), detail::select_equal<S>(load<S>(a.data()), load<S>(b.data()),
                                                    load<S>(yes.data()), load<S>(no.data())));
  for (std::size_t i = 0; i < a.size(); ++i) CHECK(selected[i] == (a[i] == b[i] ? yes[i] : no[i]));
  CHECK(detail::least_lane<S>(load<S>(a.data())) == *std::min_element(a.begin(), a.end()));
}

TEMPLATE_TEST_CASE("a square of packets is turned", "", float, double) {
  using S = TestType;
  constexpr Index size = packet_size<S>;
  const Matrix<S> numbers = random_matrix<S>(size, size, 2);
  detail::PacketSquare<S> square;
  for (int i = 0; i < size; ++i) square.packet[i] = load<S>(&numbers(0, i));
  detail::transpose<S>(square);
  Matrix<S> turned(size, size);
  for (int i = 0; i < size; ++i) store<S>(&turned(0, i), square.packet[i]);
  CHECK(turned == numbers.transpose());
}

TEMPLATE_TEST_CASE("a bit for each lane that is at most another", "", float, double) {
  using S = TestType;
  const Lanes<S> a = lanes_of<S>({1, 2, 3, -1, 0, -5}), b = lanes_of<S>({1, 1, 4});
  std::uint32_t expected = 0;
  for (std::size_t lane = 0; lane < a.size(); ++lane)
    if (a[lane] <= b[lane]) expected |= std::uint32_t{1} << lane;
  CHECK(detail::lanes_at_most<S>(load<S>(a.data()), load<S>(b.data())) == expected);
  Lanes<S> sizes;
  store<S>(sizes.data(), detail::magnitude<S>(load<S>(a.data())));
  for (std::size_t lane = 0; lane < a.size(); ++lane) CHECK(sizes[lane] == std::abs(a[lane]));
}
