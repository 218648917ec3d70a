// SPDX-License-Identifier: MIT
#include "unlabeled/linalg/column_product.hpp"

#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/tolerance.hpp"

using namespace unlabeled;
using detail::Team;

TEST_CASE("products of columns equal their definition at every shape of tile and depth") {
  const Index n = GENERATE(1, 95, 97, 600), m = GENERATE(1, 13, 40), k = GENERATE(1, 16, 33);
  INFO("n = " << n << ", m = " << m << ", k = " << k);
  const Matrix<double> wide = random_matrix<double>(n, m + 5, 1),
                       y = random_matrix<double>(m, k, 2);
  const Matrix<double> w = random_matrix<double>(n, k, 3), q = wide.middleCols(3, m);
  const detail::Samples<double> columns = detail::columns_of(wide, 3, m);
  Team team(2);
  CHECK(relative_error(detail::cross_product(team, columns, w), Matrix<double>(q.transpose() * w)) <
        1e-12);
  CHECK(relative_error(detail::combination(team, columns, y), Matrix<double>(q * y)) < 1e-12);
  Matrix<double> sum = w;
  detail::add_combination(team, columns, y, sum);
  CHECK(relative_error(sum, Matrix<double>(w + q * y)) < 1e-12);
}

TEST_CASE("products of no columns are zero") {
  const Matrix<double> q = random_matrix<double>(20, 4, 4), w = random_matrix<double>(20, 3, 5);
  Team team(1);
  CHECK(detail::cross_product(team, detail::columns_of(q, 2, 0), w).rows() == 0);
  CHECK(detail::combination(team, detail::columns_of(q, 2, 0), Matrix<double>(0, 3)).isZero(0));
}

TEST_CASE("products of columns have the same bits for every number of threads") {
  const Matrix<double> q = random_matrix<double>(1500, 50, 6),
                       w = random_matrix<double>(1500, 7, 7);
  const detail::Samples<double> columns(q);
  Team one(1);
  const Matrix<double> cross = detail::cross_product(one, columns, w);
  const Matrix<double> back = detail::combination(one, columns, cross);
  for (const int n_threads : {2, 3, 5}) {
    Team team(n_threads);
    CHECK(detail::cross_product(team, columns, w) == cross);
    CHECK(detail::combination(team, columns, cross) == back);
  }
}
