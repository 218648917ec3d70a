// SPDX-License-Identifier: MIT
#include "unlabeled/linalg/large_matrix.hpp"
#include "support/catch.hpp"

using namespace unlabeled;

TEMPLATE_TEST_CASE("A large matrix is a matrix like any other", "", Matrix<float>, Matrix<double>,
                   RowMatrix<double>) {
  // Under, around and far over the 2 MB of a large page, and empty.
  for (const Index n : {0, 1, 1000, 262144, 262145, 1000000}) {
    auto x = detail::large_matrix<TestType>(n, 2);
    CHECK(x.rows() == n);
    CHECK(x.cols() == 2);
    x.setOnes();
    CHECK(x.sum() == static_cast<typename TestType::Scalar>(2 * n));
    x.resize(3, 3);
  }
}
