// SPDX-License-Identifier: MIT
#include "unlabeled/linalg/gram.hpp"

#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/tolerance.hpp"

using namespace unlabeled;
using namespace unlabeled::detail;

TEMPLATE_TEST_CASE("The lower Gram matrix is the sum of products over the lanes", "", float,
                   double) {
  using T = TestType;
  for (Index n = 1; n <= 14; ++n)
    for (const Index n_packets : {1, 2, 5}) {
      const Index lanes = n_packets * packet_size<T>, stride = lanes + 3;
      const RowMatrix<T> a = random_matrix<T>(n, stride, 1), b = random_matrix<T>(n, stride, 2);
      Matrix<double> sums = Matrix<double>::Ones(n, n);
      add_lower_gram<T>(n, {a.data(), stride, n_packets}, {b.data(), stride, n_packets},
                        sums.data());
      const Matrix<double> expected = (a.leftCols(lanes).template cast<double>() *
                                       b.leftCols(lanes).transpose().template cast<double>())
                                          .array() +
                                      1;
      const Matrix<double> low = sums.triangularView<Eigen::Lower>();
      const Matrix<double> due = expected.triangularView<Eigen::Lower>();
      INFO("n = " << n << ", packets " << n_packets);
      CHECK(relative_error(low, due) < tolerance<T>());
    }
}

TEMPLATE_TEST_CASE("A row is summed over all its packets", "", float, double) {
  using T = TestType;
  for (Index n_packets = 0; n_packets <= 5; ++n_packets) {
    const Vector<T> row = random_matrix<T>(n_packets * packet_size<T> + 1, 1, 4);
    const double expected = row.head(n_packets * packet_size<T>).template cast<double>().sum();
    CHECK(static_cast<double>(sum_of_row(row.data(), n_packets)) ==
          Approx(expected).margin(tolerance<T>()));
  }
}
