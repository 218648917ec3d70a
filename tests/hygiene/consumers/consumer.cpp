// SPDX-License-Identifier: MIT
#include <iostream>

#include <unlabeled/unlabeled.hpp>

int main() {
  unlabeled::Matrix<double> x(4, 1);
  x << 0, 2, 4, 6;
  const auto scaler = unlabeled::StandardScaler<double>().fit(x);
  std::cout << "unlabeled " << UNLABELED_VERSION_MAJOR << '.' << UNLABELED_VERSION_MINOR
            << ": variance " << scaler.variance() << '\n';
  return scaler.variance()(0) == 5.0 ? 0 : 1;
}
