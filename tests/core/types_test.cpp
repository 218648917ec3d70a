// SPDX-License-Identifier: MIT
#include <type_traits>

#include "support/catch.hpp"
#include "support/data.hpp"
#include "unlabeled/core/types.hpp"

using namespace unlabeled;

namespace {

template <class X> const void* address_in_view(const X& argument) {
  const View<X> x = argument;
  return x.data();
}

template <class X> bool samples_match(const X& argument) {
  const View<X> x = argument;
  const detail::Samples<typename X::Scalar> samples(x);
  if (samples.n_samples != argument.rows() || samples.n_features != argument.cols()) return false;
  for (Index i = 0; i < argument.rows(); ++i)
    for (Index j = 0; j < argument.cols(); ++j)
      if (samples(i, j) != argument(i, j)) return false;
  return true;
}

}  // namespace

static_assert(Real<float> && Real<double>);
static_assert(!Real<int> && !Real<long double> && !Real<const double>);

static_assert(MatrixOf<Matrix<double>, double>);
static_assert(MatrixOf<RowMatrix<float>, float>);
static_assert(MatrixOf<Eigen::Matrix3d, double>);
static_assert(MatrixOf<Eigen::Map<const Matrix<double>>, double>);
static_assert(MatrixOf<std::remove_cv_t<decltype(2.0 * Matrix<double>())>, double>);
static_assert(MatrixOf<Eigen::Transpose<Matrix<double>>, double>);
static_assert(!MatrixOf<Matrix<float>, double>, "float into double is never converted in silence");
static_assert(!MatrixOf<Eigen::MatrixXi, double>);
static_assert(!MatrixOf<Eigen::ArrayXXd, double>);
static_assert(!MatrixOf<double, double>);

static_assert(VectorOf<Vector<double>, double>);
static_assert(VectorOf<Eigen::RowVectorXd, double>);
static_assert(VectorOf<decltype(Vector<double>().head(2)), double>);
static_assert(MatrixOf<decltype(Matrix<double>().topRows(2)), double>);
static_assert(!VectorOf<decltype(Vector<float>().head(2)), double>);
static_assert(!VectorOf<Matrix<double>, double>);
static_assert(!VectorOf<Vector<float>, double>);

static_assert(!View<Matrix<double>>::IsRowMajor && View<RowMatrix<double>>::IsRowMajor);

TEST_CASE("Matrices, maps, blocks and transposes are viewed in place", "[types]") {
  const Matrix<double> x = random_matrix<double>(6, 4, 1);
  const RowMatrix<double> y = x;
  CHECK(address_in_view(x) == x.data());
  CHECK(address_in_view(y) == y.data());
  CHECK(address_in_view(x.transpose()) == x.data());
  CHECK(address_in_view(y.middleRows(2, 3)) == &y(2, 0));
  CHECK(address_in_view(x.middleRows(2, 3)) == &x(2, 0));
  CHECK(address_in_view(x.block(1, 1, 3, 2)) == &x(1, 1));
  CHECK(address_in_view(Eigen::Map<const RowMatrix<double>>(y.data(), 6, 4)) == y.data());
}

TEST_CASE("An expression is evaluated into the view", "[types]") {
  const Matrix<double> x = random_matrix<double>(6, 4, 1);
  const View<std::remove_cv_t<decltype(2 * x)>> doubled = 2 * x;
  CHECK(doubled.data() != x.data());
  CHECK(doubled == Matrix<double>(x + x));
}

TEMPLATE_TEST_CASE("Samples reads every entry of every kind of view", "[types]", float, double) {
  const Matrix<TestType> x = random_matrix<TestType>(7, 5, 2);
  const RowMatrix<TestType> y = x;
  CHECK(samples_match(x));
  CHECK(samples_match(y));
  CHECK(samples_match(x.transpose()));
  CHECK(samples_match(y.transpose()));
  CHECK(samples_match(x.block(2, 1, 3, 4)));
  CHECK(samples_match(y.block(2, 1, 3, 4)));
  CHECK(samples_match(x.row(3)));
  CHECK(samples_match(y.col(3)));
  CHECK(samples_match(x.col(1)));
}

TEST_CASE("Samples knows which direction is contiguous", "[types]") {
  const Matrix<double> x = random_matrix<double>(7, 5, 2);
  const RowMatrix<double> y = x;
  CHECK(detail::Samples<double>(x).columns_are_contiguous());
  CHECK_FALSE(detail::Samples<double>(x).rows_are_contiguous());
  CHECK(detail::Samples<double>(y).rows_are_contiguous());
  CHECK_FALSE(detail::Samples<double>(y).columns_are_contiguous());
  CHECK(detail::Samples<double>(y).row_stride == 5);
  CHECK(detail::Samples<double>(x).column_stride == 7);
}
