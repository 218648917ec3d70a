// SPDX-License-Identifier: MIT
#include "unlabeled/core/disjoint_sets.hpp"

#include <vector>

#include "support/catch.hpp"
#include "unlabeled/core/random.hpp"

using namespace unlabeled;
using detail::DisjointSets;

TEST_CASE("Sets begin apart, and uniting says whether they were") {
  DisjointSets sets(5);
  for (Index i = 0; i < 5; ++i) CHECK(sets.root(i) == i);
  CHECK(sets.unite(4, 2));
  CHECK(sets.root(4) == 2);
  CHECK(sets.unite(2, 0));
  CHECK_FALSE(sets.unite(4, 0));
  CHECK(sets.root(4) == 0);
  CHECK(sets.root(1) == 1);
  sets.join(3, 0);
  CHECK(sets.root(4) == 3);
}

TEST_CASE("Sets united at random agree with labels that are rewritten") {
  Rng rng(1);
  DisjointSets sets(200);
  std::vector<Index> label(200);
  for (std::size_t i = 0; i < 200; ++i) label[i] = static_cast<Index>(i);
  for (int step = 0; step < 150; ++step) {
    const Index a = rng.index_below(200), b = rng.index_below(200);
    const Index from = label[static_cast<std::size_t>(a)], to = label[static_cast<std::size_t>(b)];
    CHECK(sets.unite(a, b) == (from != to));
    for (Index& each : label)
      if (each == from) each = to;
  }
  for (Index i = 0; i < 200; ++i)
    for (Index j = 0; j < i; ++j)
      CHECK((sets.root(i) == sets.root(j)) ==
            (label[static_cast<std::size_t>(i)] == label[static_cast<std::size_t>(j)]));
}
