// SPDX-License-Identifier: MIT
#include "unlabeled/linalg/whiten.hpp"

#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/tolerance.hpp"

using namespace unlabeled;
using namespace unlabeled::detail;

TEMPLATE_TEST_CASE("A panel is whitened by a triangle of any size", "", float, double) {
  using T = TestType;
  constexpr Index lanes = tile_lanes<T>;
  for (Index d = 1; d <= 23; ++d) {
    // What is above the diagonal must not be read.
    const Matrix<double> lower = random_matrix<double>(d, d, 1);
    const Vector<double> bias = random_matrix<double>(d, 1, 2);
    const RowMatrix<T> panel = random_matrix<T>(d, lanes, 3);
    const Index stride = lanes + 3;
    Vector<T> y = Vector<T>::Constant(d * stride, T(7)), squares(lanes);
    whiten_panel(TriangularRows<T>(lower, bias), panel.data(), y.data(), stride, squares.data());
    const Matrix<double> triangle = lower.triangularView<Eigen::Lower>();
    const Matrix<double> expected = (triangle * panel.template cast<double>()).colwise() + bias;
    RowMatrix<T> found(d, lanes);
    for (Index r = 0; r < d; ++r) {
      found.row(r) = y.segment(r * stride, lanes).transpose();
      CHECK(y[r * stride + lanes] == T(7));
    }
    INFO("d = " << d);
    CHECK(relative_error(found, expected) < tolerance<T>());
    CHECK(relative_error(squares, expected.colwise().squaredNorm().transpose()) < tolerance<T>());
  }
}

TEMPLATE_TEST_CASE("Scaled squares are sums over the features, for any number of rows", "", float,
                   double) {
  using T = TestType;
  constexpr Index lanes = tile_lanes<T>;
  for (Index k = 1; k <= 11; ++k)
    for (const Index d : {1, 2, 5, 16}) {
      const RowMatrix<double> factors = random_matrix<double>(k, d, 1);
      const RowMatrix<double> biases = random_matrix<double>(k, d, 2);
      const Index panel_stride = lanes + 5, stride = lanes + 2;
      Vector<T> panel = random_matrix<T>(d * panel_stride, 1, 3);
      Vector<T> squares(k * stride);
      scaled_squares(ScaledRows<T>(factors, biases), panel.data(), panel_stride, squares.data(),
                     stride);
      double error = 0;
      for (Index r = 0; r < k; ++r)
        for (Index lane = 0; lane < lanes; ++lane) {
          double sum = 0;
          for (Index t = 0; t < d; ++t) {
            const double value =
                factors(r, t) * static_cast<double>(panel[t * panel_stride + lane]) + biases(r, t);
            sum += value * value;
          }
          error = std::max(
              error, std::abs(static_cast<double>(squares[r * stride + lane]) - sum) / (1 + sum));
        }
      INFO("k = " << k << ", d = " << d);
      CHECK(error < tolerance<T>());
    }
}
