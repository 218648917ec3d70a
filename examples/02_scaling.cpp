// SPDX-License-Identifier: MIT
// Why to scale: in years and euros, distances see only the euros. StandardScaler gives every column
// mean 0 and deviation 1, and the two generations of customers appear.

#include <iostream>
#include <unlabeled/unlabeled.hpp>

#include "support/plot.hpp"
#include "support/table.hpp"

using namespace unlabeled;
using support::fixed, support::where;

support::Plot scatter(const std::string& title, const Eigen::MatrixXd& customers,
                      const Labels& labels) {
  const Eigen::VectorXd age = customers.col(0), income = customers.col(1) / 1000;
  return support::Plot(title, "age (years)", "income (1000 euros a year)")
      .points("cluster 0", where(age, labels, 0), where(income, labels, 0))
      .points("cluster 1", where(age, labels, 1), where(income, labels, 1));
}

void run(const support::Arguments& arguments) {
  constexpr Index n = 400;
  Rng rng(7);
  Eigen::MatrixXd customers(n, 2);
  Labels generation(n);
  for (Index i = 0; i < n; ++i) {
    generation(i) = i < n / 2 ? 0 : 1;
    customers(i, 0) = rng.normal(generation(i) == 0 ? 30 : 57, 4);
    customers(i, 1) = rng.normal(42000, 9000);
  }

  StandardScaler<double> scaler;
  const Eigen::MatrixXd scaled = scaler.fit_transform(customers);
  support::Table learned({"what the scaler learned", "age (years)", "income (euros)"});
  learned.add({"mean", fixed(scaler.mean()(0), 1), fixed(scaler.mean()(1), 0)});
  learned.add({"standard deviation", fixed(scaler.scale()(0), 1), fixed(scaler.scale()(1), 0)});

  KMeans<double> kmeans({.n_clusters = 2, .n_init = 10, .seed = 1});
  const Labels without = kmeans.fit_predict(customers), with = kmeans.fit_predict(scaled);
  std::cout << learned << "\nDo two clusters match the two generations? (1 = fully, 0 = by chance)"
            << "\n  without scaling  " << fixed(adjusted_rand_score(generation, without), 2)
            << "\n  with scaling     " << fixed(adjusted_rand_score(generation, with), 2) << "\n\n";

  support::Pictures(arguments).save("02_scaling",
                                    {scatter("Clusters without scaling", customers, without),
                                     scatter("Clusters with scaling", customers, with)});
}

int main(int argc, char** argv) {
  return support::run_example(argc, argv, {"--pictures"}, "usage: 02_scaling [--pictures DIR]\n",
                              run);
}
