// SPDX-License-Identifier: MIT
#include "unlabeled/neighbors/detail/least_first.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "support/catch.hpp"
#include "unlabeled/core/random.hpp"

using namespace unlabeled;

namespace {

using Key = std::pair<float, std::uint32_t>;

/// The least keys in order: those that selection has moved to the front, and those of a full sort.
void check_selection(std::vector<Key> keys, std::size_t n_least) {
  std::vector<Key> sorted = keys;
  std::sort(sorted.begin(), sorted.end());
  detail::put_least_first(keys.data(), static_cast<Index>(keys.size()),
                          static_cast<Index>(n_least));
  const auto middle = keys.begin() + static_cast<std::ptrdiff_t>(n_least);
  std::sort(keys.begin(), middle);
  std::sort(middle, keys.end());
  CHECK(keys == sorted);
}

}  // namespace

TEST_CASE("The least keys come first, for any number of them") {
  Rng rng(1);
  for (const std::size_t n : {std::size_t{1}, std::size_t{2}, std::size_t{33}, std::size_t{1000}}) {
    std::vector<Key> keys(n);
    for (std::size_t i = 0; i < n; ++i)
      keys[i] = {static_cast<float>(rng.normal()), static_cast<std::uint32_t>(i)};
    for (const std::size_t n_least : {std::size_t{0}, std::size_t{1}, n / 3, n / 2, n - 1, n})
      check_selection(keys, n_least);
  }
}

TEST_CASE("Equal values are told apart by the sample, in sorted and organ-pipe order too") {
  constexpr std::uint32_t n = 5000;
  std::vector<Key> equal, ascending, descending, pipe;
  for (std::uint32_t i = 0; i < n; ++i) {
    equal.emplace_back(-0.0F, n - i);
    ascending.emplace_back(static_cast<float>(i), i);
    descending.emplace_back(static_cast<float>(n - i), i);
    pipe.emplace_back(static_cast<float>(std::min(i, n - i)), i);
  }
  for (const auto& keys : {equal, ascending, descending, pipe})
    for (const std::size_t n_least : {std::size_t{1}, std::size_t{n / 2}, std::size_t{n - 1}})
      check_selection(keys, n_least);
}
