// SPDX-License-Identifier: MIT
// Watching KMeans work: a callback sees every iteration, draws a progress bar and keeps the inertia
// for a curve. Good starting centers (k-means++) save iterations and end lower than random ones.

#include <iostream>
#include <unlabeled/unlabeled.hpp>

#include "support/plot.hpp"
#include "support/table.hpp"

using namespace unlabeled;
using support::fixed;

/// Samples around 40 random centers in 8 dimensions.
Eigen::MatrixXd make_groups(Index n_samples) {
  Rng rng(3);
  Eigen::MatrixXd centers(40, 8), x(n_samples, 8);
  for (double& value : centers.reshaped()) value = rng.uniform(-10, 10);
  for (Index i = 0; i < n_samples; ++i)
    for (Index j = 0; j < 8; ++j) x(i, j) = rng.normal(centers(i % 40, j), 2.5);
  return x;
}

void run(const support::Arguments& arguments) {
  const Eigen::MatrixXd x = make_groups(200000);
  support::Table table({"start", "iterations", "inertia / 1e6", "stopped because"});
  support::Plot plot("Every iteration of KMeans lowers the inertia", "iteration",
                     "inertia (millions)");

  for (const auto init : {KMeansInit::random, KMeansInit::plus_plus}) {
    const std::string name = init == KMeansInit::random ? "random" : "k-means++";
    std::vector<double> iterations, inertia;
    const OnIteration bar = progress_bar(name + " start");
    const auto watch = [&](const Iteration& iteration) {
      iterations.push_back(static_cast<double>(iteration.index + 1));
      inertia.push_back(iteration.objective / 1e6);
      return bar(iteration);  // returning false would stop the fit here, with a valid model
    };
    const auto kmeans =
        KMeans<double>({.n_clusters = 40, .init = init, .seed = 5, .on_iteration = watch}).fit(x);
    const Report report = kmeans.report();
    table.add({name, std::to_string(report.n_iterations), fixed(kmeans.inertia() / 1e6, 3),
               report.stop == Stop::converged ? "converged" : "reached max_iterations"});
    plot.line(name + " start", iterations, inertia);
  }

  std::cout << x.rows() << " samples, " << x.cols() << " features, 40 clusters\n\n"
            << table << '\n';
  support::Pictures(arguments).save("04_kmeans_inertia", plot);
}

int main(int argc, char** argv) {
  return support::run_example(argc, argv, {"--pictures"}, "usage: 04_kmeans [--pictures DIR]\n",
                              run);
}
