// SPDX-License-Identifier: MIT
// Iris flowers as a mixture of normal distributions: the data say how many components there are and
// of which shape, and the mixture says how sure it is of each flower, and makes up new ones.

#include <algorithm>
#include <cmath>
#include <iostream>
#include <unlabeled/unlabeled.hpp>

#include "support/data.hpp"
#include "support/plot.hpp"
#include "support/table.hpp"

using namespace unlabeled;
using support::fixed, support::percent, support::where;

const std::vector<std::pair<CovarianceType, std::string>> types{
    {CovarianceType::full, "full"},
    {CovarianceType::tied, "tied"},
    {CovarianceType::diag, "diagonal"},
    {CovarianceType::spherical, "spherical"}};

/// The line that is n_sigma deviations away from the middle of a component, in two dimensions.
void add_ellipse(support::Plot& plot, const GMM<double>& gmm, Index k, double n_sigma,
                 std::size_t color) {
  const Eigen::MatrixXd& c = gmm.covariances()[static_cast<std::size_t>(k)];
  const double a = std::sqrt(c(0, 0)), b = c(1, 0) / a, d = std::sqrt(c(1, 1) - b * b);
  const Eigen::ArrayXd angle = Eigen::ArrayXd::LinSpaced(73, 0, 2 * 3.14159265358979);
  const Eigen::ArrayXd u = n_sigma * angle.cos(), v = n_sigma * angle.sin();
  plot.outline(gmm.means()(k, 0) + a * u, gmm.means()(k, 1) + b * u + d * v, color);
}

/// Flowers in the colour of their component, with the lines of one and two deviations.
support::Plot component_map(const Eigen::MatrixXd& petals) {
  const auto gmm = GMM<double>({.n_components = 3, .n_init = 5, .seed = 1}).fit(petals);
  support::Plot map("Three components: 1 and 2 standard deviations", "petal length (cm)",
                    "petal width (cm)");
  for (int k = 0; k < 3; ++k)
    map.points("component " + std::to_string(k), where(petals.col(0), gmm.labels(), k),
               where(petals.col(1), gmm.labels(), k));
  for (int k = 0; k < 3; ++k)
    for (const double n_sigma : {1.0, 2.0})
      add_ellipse(map, gmm, k, n_sigma, static_cast<std::size_t>(k));
  return map;
}

void print_components(const GMM<double>& gmm) {
  support::Table table(
      {"component", "weight", "sepal length", "sepal width", "petal length", "petal width"});
  for (Index k = 0; k < gmm.means().rows(); ++k) {
    std::vector<std::string> row{std::to_string(k), percent(gmm.weights()(k))};
    for (Index j = 0; j < 4; ++j) row.push_back(fixed(gmm.means()(k, j), 2));
    table.add(row);
  }
  std::cout << table;
}

void run(const support::Arguments& arguments) {
  const std::string file = support::example_data("iris.csv").string();
  const Eigen::MatrixXd flowers =
      read_csv<double>(file,
                       {.columns = {"sepal_length", "sepal_width", "petal_length", "petal_width"}})
          .values;

  InformationCriterionOptions how;
  for (const auto& type : types) how.covariance_types.push_back(type.first);
  const auto search = information_criterion_search(flowers, 1, 6, {.n_init = 5, .seed = 1}, how);
  support::Plot curves("BIC: the lowest score is the best", "components", "BIC");
  for (std::size_t i = 0; i < types.size(); ++i)
    curves.line(types[i].second, search.candidates, search.scores_by_type[i]);
  std::cout << "BIC chooses " << search.best_n_clusters
            << " components; Fisher knew 3 species.\n\n";

  const GMM<double> gmm = GMM<double>({.n_components = 3, .n_init = 5, .seed = 1}).fit(flowers);
  print_components(gmm);
  const std::vector<std::string> names = read_csv_column(file, "species");
  Labels species(flowers.rows());
  for (Index i = 0; i < species.size(); ++i)  // any numbers do that are equal for equal names
    species(i) = static_cast<int>(
        std::find(names.begin(), names.end(), names[static_cast<std::size_t>(i)]) - names.begin());
  const Eigen::VectorXd certainty = gmm.predict_proba(flowers).rowwise().maxCoeff();
  std::cout << "\nagreement with the species (adjusted Rand index): "
            << fixed(adjusted_rand_score(species, gmm.labels()), 3)
            << "\nflowers whose component is less than 95 % certain: "
            << (certainty.array() < 0.95).count() << " of " << flowers.rows() << "\n\n";

  std::cout << "Three flowers that nobody has seen, drawn from the mixture (cm):\n";
  const auto drawn = gmm.sample(3, 7);
  for (Index i = 0; i < 3; ++i)
    std::cout << "  component " << drawn.labels(i) << ":  " << fixed(drawn.samples(i, 0), 1)
              << " x " << fixed(drawn.samples(i, 1), 1) << " sepal, "
              << fixed(drawn.samples(i, 2), 1) << " x " << fixed(drawn.samples(i, 3), 1)
              << " petal\n";
  std::cout << '\n';
  support::Pictures(arguments).save("08_mixture",
                                    {component_map(flowers.rightCols(2)), std::move(curves)});
}

int main(int argc, char** argv) {
  return support::run_example(argc, argv, {"--pictures"}, "usage: 08_mixture [--pictures DIR]\n",
                              run);
}
