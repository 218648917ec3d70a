// SPDX-License-Identifier: MIT
// What Agglomerative searches nearest clusters with.
#include "unlabeled/cluster/detail/ward_tree.hpp"

#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "support/catch.hpp"
#include "support/data.hpp"
#include "unlabeled/cluster/detail/nearest_places.hpp"

using namespace unlabeled;
using detail::WardQuery;
using detail::WardTree;

namespace {

WardTree tree_of(const Matrix<double>& means, const Vector<double>& sizes) {
  detail::Team team(1);
  std::vector<Index> clusters(static_cast<std::size_t>(means.rows()));
  std::iota(clusters.begin(), clusters.end(), Index{0});
  return WardTree(team, means, clusters, sizes);
}

Index position_of(const WardTree& tree, Index cluster) {
  Index position = 0;
  while (tree.cluster(position) != cluster) ++position;
  return position;
}

}  // namespace

TEST_CASE("Places without a cluster are farther than any cluster, by sums that are finite",
          "[agglomerative]") {
  // Where the largest means can be: no arithmetic on squares may come to inf - inf.
  const double most = std::ldexp(1.0, detail::roomy_exponent<double>);
  const Index d = GENERATE(1, 16, 100);
  Matrix<double> means(3, d);
  means.row(0).setConstant(-most);
  means.row(1).setConstant(most);
  means.row(2).setZero();
  WardTree tree = tree_of(means, Vector<double>::Ones(3));
  const Index emptied = position_of(tree, 2);
  tree.remove(emptied);
  const double greatest = (means.row(0) - means.row(1)).squaredNorm();
  Index n_empty = 0;
  for (Index position = 0; position < tree.n_positions(); ++position) {
    if (tree.cluster(position) >= 0) continue;
    ++n_empty;
    for (Index i = 0; i < 2; ++i) {
      double square = 0;
      for (Index t = 0; t < d; ++t)
        square += std::pow(tree.coordinate(position, t) - means(i, t), 2);
      CHECK(square > greatest);
      CHECK(square * 1000 < std::numeric_limits<double>::max());
    }
  }
  CHECK(n_empty >= 1);
}

TEST_CASE("A search among few that are left of many finds the nearest", "[agglomerative]") {
  const Index n = 300;
  const Index d = GENERATE(2, 16, 40);
  const Matrix<double> means = random_matrix<double>(n, d, 5);
  Vector<double> sizes(n);
  for (Index i = 0; i < n; ++i) sizes[i] = static_cast<double>(1 + i % 7);
  WardTree tree = tree_of(means, sizes);
  const auto is_left = [](Index i) { return i % 50 == 3; };
  for (Index i = 0; i < n; ++i)
    if (!is_left(i)) tree.remove(position_of(tree, i));
  for (Index i = 3; i < n; i += 50) {
    const Vector<double> point = means.row(i);
    WardQuery query{point.data(), sizes[i], i};
    tree.search(query);
    Index nearest = -1;
    double least = std::numeric_limits<double>::max();
    for (Index j = 3; j < n; j += 50) {
      const double value =
          detail::ward_weight(sizes[i], sizes[j]) * (means.row(i) - means.row(j)).squaredNorm();
      if (j != i && value < least) least = value, nearest = j;
    }
    CHECK(query.nearest() == nearest);
    CHECK(query.value == Approx(least).epsilon(1e-13));
  }
}

TEST_CASE("A place without another is its own nearest", "[agglomerative]") {
  const detail::NearestPlaces places(3, 2);
  for (Index i = 0; i < 3; ++i) CHECK(places[i].place == i);
}
