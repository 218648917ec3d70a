// SPDX-License-Identifier: MIT
#include "unlabeled/linalg/thin_product.hpp"

#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/tolerance.hpp"

using namespace unlabeled;
using detail::Samples;
using detail::Team;

namespace {

template <Real S> struct Case {
  Matrix<S> x;
  Matrix<S> right;
  Vector<double> mean;
  Matrix<double> centred;

  Case(Index n, Index d, Index k)
      : x(random_matrix<S>(n, d, 1).array() + S(3)),
        right(random_matrix<S>(d, k, 2)),
        mean(x.template cast<double>().colwise().mean()),
        centred(x.template cast<double>().rowwise() - mean.transpose()) {}
};

}  // namespace

TEMPLATE_TEST_CASE("thin products equal their definition at every shape of tile and piece", "",
                   float, double) {
  const Index n = GENERATE(1, 95, 97, 200), d = GENERATE(1, 13, 255, 300), k = GENERATE(1, 9, 33);
  const Case<TestType> c(n, d, k);
  INFO("n = " << n << ", d = " << d << ", k = " << k);
  Team team(2);
  const Matrix<double> wide = c.right.template cast<double>(), product = c.centred * wide;
  const Samples<TestType> samples(c.x);
  const double limit = tolerance<TestType>() * 20;
  CHECK(relative_error(detail::thin_product<TestType>(team, samples, &c.mean, c.right), product) <
        limit);
  CHECK(relative_error(detail::transposed_product(team, samples, &c.mean, product),
                       Matrix<double>(c.centred.transpose() * product)) < limit);
  CHECK(relative_error(detail::gram_product(team, samples, c.mean, wide),
                       Matrix<double>(c.centred.transpose() * product)) < limit);
}

TEMPLATE_TEST_CASE("thin products do without a mean and in either storage order", "", float,
                   double) {
  const Case<TestType> c(150, 40, 5);
  const RowMatrix<TestType> by_rows = c.x;
  Team team(1);
  const Matrix<TestType> expected = c.x * c.right;
  CHECK(
      relative_error(detail::thin_product<TestType>(team, Samples<TestType>(c.x), nullptr, c.right),
                     expected) < tolerance<TestType>());
  CHECK(relative_error(
            detail::thin_product<TestType>(team, Samples<TestType>(by_rows), nullptr, c.right),
            expected) < tolerance<TestType>());
  CHECK(relative_error(detail::gram_product(team, Samples<TestType>(by_rows), c.mean,
                                            c.right.template cast<double>()),
                       detail::gram_product(team, Samples<TestType>(c.x), c.mean,
                                            c.right.template cast<double>())) <
        tolerance<TestType>());
}

TEMPLATE_TEST_CASE("thin products have the same bits for every number of threads", "", float,
                   double) {
  const Case<TestType> c(3000, 30, 4);
  const Samples<TestType> samples(c.x);
  const Matrix<double> wide = c.right.template cast<double>();
  Team one(1);
  const Matrix<TestType> product = detail::thin_product<TestType>(one, samples, &c.mean, c.right);
  const Matrix<double> gram = detail::gram_product(one, samples, c.mean, wide);
  for (const int n_threads : {2, 3, 5}) {
    Team team(n_threads);
    CHECK(detail::thin_product<TestType>(team, samples, &c.mean, c.right) == product);
    CHECK(detail::gram_product(team, samples, c.mean, wide) == gram);
  }
}
