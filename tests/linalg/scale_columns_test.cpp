// SPDX-License-Identifier: MIT
#include <limits>

#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/tolerance.hpp"
#include "unlabeled/linalg/scale_columns.hpp"

using namespace unlabeled;
using namespace unlabeled::detail;

namespace {

template <class S> ColumnScaling<S> some_scaling(Index d) {
  return {random_matrix<double>(d, 1, 1), random_matrix<double>(d, 1, 2).cwiseAbs()};
}

template <class Operation, class X, class Y, class S>
void run(const X& x, const ColumnScaling<S>& scaling, Y& out, int n_threads = 1) {
  Team team(n_threads);
  ColumnScalingPass<S, Operation>(Samples<S>(x), scaling, Target<S>(out)).run(team);
}

}  // namespace

TEMPLATE_TEST_CASE("Every shape is scaled from every order into every order", "", float, double) {
  for (const Index n : {1, 2, 3, 7, 8, 9, 16, 31, 63, 64, 65, 130})
    for (Index d = 1; d <= 40; ++d) {
      const Matrix<TestType> x = random_matrix<TestType>(n, d, 3);
      const RowMatrix<TestType> x_by_rows = x;
      const ColumnScaling<TestType> scaling = some_scaling<TestType>(d);
      Matrix<TestType> expected(n, d);
      for (Index j = 0; j < d; ++j)
        for (Index i = 0; i < n; ++i)
          expected(i, j) = ((x(i, j) - scaling.high[j]) - scaling.low[j]) * scaling.factor[j];
      Matrix<TestType> columns(n, d);
      RowMatrix<TestType> rows(n, d);
      bool equal = true;
      run<Standardize<TestType>>(x, scaling, columns);
      equal = equal && columns == expected;
      run<Standardize<TestType>>(x, scaling, rows);
      equal = equal && rows == expected;
      columns.setZero();
      run<Standardize<TestType>>(x_by_rows, scaling, columns);
      equal = equal && columns == expected;
      rows.setZero();
      run<Standardize<TestType>>(x_by_rows, scaling, rows);
      equal = equal && rows == expected;
      INFO(n << " x " << d);
      CHECK(equal);
    }
}

TEMPLATE_TEST_CASE("Nothing outside the target is written", "", float, double) {
  const RowMatrix<TestType> x = random_matrix<TestType>(70, 13, 4);
  const ColumnScaling<TestType> scaling = some_scaling<TestType>(13);
  Matrix<TestType> frame = Matrix<TestType>::Constant(75, 17, 9);
  auto inside = frame.block(2, 3, 70, 13);
  run<Standardize<TestType>>(x, scaling, inside, 2);
  Matrix<TestType> expected(70, 13);
  run<Standardize<TestType>>(x, scaling, expected);
  CHECK(inside == expected);
  inside.setConstant(9);
  CHECK((frame.array() == 9).all());
}

TEMPLATE_TEST_CASE("Unstandardize undoes Standardize", "", float, double) {
  const Matrix<TestType> x = random_matrix<TestType>(100, 11, 5);
  const Vector<double> mean = random_matrix<double>(11, 1, 6);
  const Vector<double> scale = (random_matrix<double>(11, 1, 7).array().abs() + 0.5).matrix();
  Matrix<TestType> z(100, 11), again(100, 11);
  run<Standardize<TestType>>(x, ColumnScaling<TestType>(mean, scale.cwiseInverse()), z);
  run<Unstandardize<TestType>>(z, ColumnScaling<TestType>(mean, scale), again);
  CHECK(relative_error(again, x) < 4 * std::numeric_limits<TestType>::epsilon());
}

TEST_CASE("The mean of float columns keeps the digits that a float has no room for") {
  const ColumnScaling<float> scaling(Vector<double>::Constant(1, 16777216.75),
                                     Vector<double>::Ones(1));
  Matrix<float> x = Matrix<float>::Constant(1, 1, 16777220.0f), z(1, 1);
  run<Standardize<float>>(x, scaling, z);
  CHECK(z(0, 0) == 3.25f);
}

TEMPLATE_TEST_CASE("The checked run finds a non-finite entry anywhere", "", float, double) {
  const ColumnScaling<TestType> scaling = some_scaling<TestType>(3);
  Matrix<TestType> x = random_matrix<TestType>(5000, 3, 8), out(5000, 3);
  Team team(2);
  auto finite = [&](const auto& samples) {
    const ColumnScalingPass<TestType, Standardize<TestType>> pass(Samples<TestType>(samples),
                                                                  scaling, Target<TestType>(out));
    const bool checked = pass.run_checked(team);
    CHECK(checked == pass.is_finite(team));
    return checked;
  };
  CHECK(finite(x));
  CHECK(finite(RowMatrix<TestType>(x)));
  for (const Index i : {0, 2500, 4999}) {
    Matrix<TestType> bad = x;
    bad(i, i % 3) = std::numeric_limits<TestType>::quiet_NaN();
    CHECK_FALSE(finite(bad));
    CHECK_FALSE(finite(RowMatrix<TestType>(bad)));
  }
}
