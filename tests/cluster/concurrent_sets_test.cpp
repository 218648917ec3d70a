// SPDX-License-Identifier: MIT
#include "unlabeled/cluster/detail/concurrent_sets.hpp"

#include "support/catch.hpp"
#include "unlabeled/core/parallel.hpp"

using namespace unlabeled;
using detail::ConcurrentSets;

TEST_CASE("The root of a set is its smallest member, whatever the order of unions") {
  ConcurrentSets sets(6);
  for (Index i = 0; i < 6; ++i) CHECK(sets.root(i) == i);
  sets.unite(5, 4);
  sets.unite(1, 3);
  CHECK(sets.root(Index{5}) == 4);
  sets.unite(3, 5);
  for (const Index i : {1, 3, 4, 5}) CHECK(sets.root(i) == 1);
  CHECK(sets.root(Index{0}) == 0);
  CHECK(sets.root(Index{2}) == 2);
}

TEST_CASE("Threads unite the same sets at the same time") {
  constexpr Index n = 20000;
  for (int repeat = 0; repeat < 5; ++repeat) {
    ConcurrentSets sets(n);
    detail::Team team(4);
    team.run(n, [&](Index i, int) {  // residues of 7
      if (i + 7 < n) sets.unite(i, i + 7);
      sets.unite(n - 1 - i, (n - 1 - i) % 7);
    });
    for (Index i = 0; i < n; ++i)
      if (sets.root(i) != i % 7) FAIL(i << " has root " << sets.root(i));
  }
}

TEST_CASE("Sets are numbered by their smallest members") {
  Labels labels(7);
  labels << 5, -1, 2, 5, 6, 2, -1;
  CHECK(detail::number_clusters(labels) == 3);
  Labels expected(7);
  expected << 0, -1, 1, 0, 2, 1, -1;
  CHECK(labels == expected);
}
