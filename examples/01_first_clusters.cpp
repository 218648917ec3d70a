// SPDX-License-Identifier: MIT
// Six points, two clusters: the whole of the library's shape in ten lines.

#include <iostream>
#include <unlabeled/unlabeled.hpp>

int main() {
  Eigen::MatrixXd points(6, 2);  // rows are samples
  points << 1.0, 1.2, 0.8, 1.0, 1.2, 0.8, 5.0, 5.2, 4.8, 5.0, 5.2, 4.8;

  const auto kmeans = unlabeled::KMeans<double>({.n_clusters = 2}).fit(points);

  std::cout << "cluster of each point: " << kmeans.labels().transpose() << '\n'
            << "centers, one a row:\n"
            << kmeans.cluster_centers() << '\n';
}
