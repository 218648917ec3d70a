// SPDX-License-Identifier: MIT
#include <iostream>

#include <unlabeled/unlabeled.hpp>

int main() {
  unlabeled::Matrix<double> x(4, 1);
  x << 0, 1, 10, 11;
  const auto kmeans = unlabeled::KMeans<double>({.n_clusters = 2, .seed = 1}).fit(x);
  std::cout << "unlabeled " << UNLABELED_VERSION_MAJOR << '.' << UNLABELED_VERSION_MINOR
            << ": inertia " << kmeans.inertia() << '\n';
  return kmeans.inertia() == 1.0 ? 0 : 1;
}
