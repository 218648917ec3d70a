// SPDX-License-Identifier: MIT
#include "unlabeled/neighbors/kd_tree.hpp"

#include <algorithm>
#include <numeric>

#include "support/catch.hpp"
#include "support/data.hpp"

using namespace unlabeled;
using detail::KdTree;
using detail::Samples;

namespace {

template <class X> KdTree<double> built(const X& x, Index leaf_size, int n_threads = 1) {
  detail::Team team(n_threads);
  return detail::build_kd_tree<double>(team, Samples<typename X::Scalar>(x), leaf_size);
}

Matrix<double> with_ties(Index n) {
  Matrix<double> x = (random_matrix<double>(n, 3, 1) * 2).array().round();
  x.col(2).setConstant(1e9);
  return x;
}

}  // namespace

TEST_CASE("A k-d tree holds every sample once, in leaves of at most the size asked for") {
  for (const Index n : {1, 2, 3, 7, 64, 65, 1000})
    for (const Index leaf_size : {2, 3, 16}) {
      const Matrix<double> x = with_ties(n);
      const KdTree<double> tree = built(x, leaf_size);
      std::vector<Index> sorted = tree.order, all(static_cast<std::size_t>(n));
      std::sort(sorted.begin(), sorted.end());
      std::iota(all.begin(), all.end(), Index{0});
      CHECK(sorted == all);
      Index next = 0;
      for (Index node = tree.first_leaf(); node < tree.n_nodes(); ++node) {
        CHECK(tree.is_leaf(node));
        CHECK(tree.range(node).begin == next);
        CHECK(tree.range(node).size() <= leaf_size);
        CHECK(tree.range(node).size() >= 1);
        next = tree.range(node).end;
      }
      CHECK(next == n);
      for (Index p = 0; p < n; ++p)
        CHECK((tree.points.row(p).array() == x.row(tree.order[static_cast<std::size_t>(p)]).array())
                  .all());
    }
}

TEST_CASE("Boxes are tight, and the halves of a node touch at most") {
  const Matrix<double> x = random_matrix<double>(500, 3, 2);
  const KdTree<double> tree = built(x, 8);
  for (Index node = 0; node < tree.n_nodes(); ++node) {
    const auto members = tree.points.middleRows(tree.range(node).begin, tree.range(node).size());
    CHECK((members.colwise().minCoeff().array() == tree.lower.row(node).array()).all());
    CHECK((members.colwise().maxCoeff().array() == tree.upper.row(node).array()).all());
    if (tree.is_leaf(node)) continue;
    CHECK(KdTree<double>::parent(KdTree<double>::left(node)) == node);
    CHECK(KdTree<double>::parent(KdTree<double>::right(node)) == node);
    Index widest = 0;
    (tree.upper.row(node) - tree.lower.row(node)).maxCoeff(&widest);
    CHECK(tree.upper(KdTree<double>::left(node), widest) <=
          tree.lower(KdTree<double>::right(node), widest));
  }
}

TEST_CASE("The tree is the same for any number of threads and both storage orders") {
  const Matrix<double> x = with_ties(3000);
  const RowMatrix<double> rows = x;
  const KdTree<double> alone = built(x, 16);
  CHECK(built(x, 16, 3).order == alone.order);
  CHECK(built(rows, 16, 2).order == alone.order);
}

TEST_CASE("Float samples can have a tree in double") {
  const Matrix<float> x = random_matrix<float>(100, 2, 5);
  const KdTree<double> tree = built(x, 4);
  CHECK(tree.points(0, 1) == static_cast<double>(x(tree.order[0], 1)));
  CHECK(tree.order == built(Matrix<double>(x.cast<double>()), 4).order);
}
