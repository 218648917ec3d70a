// SPDX-License-Identifier: MIT
// Which samples are odd, and why: an isolation forest on points of which five are wide, drawn as a
// map of its scores, and on real customers, where it names the columns that make one unusual.

#include <algorithm>
#include <iostream>
#include <numeric>
#include <unlabeled/unlabeled.hpp>

#include "support/data.hpp"
#include "support/plot.hpp"
#include "support/table.hpp"

using namespace unlabeled;
using support::fixed, support::where;

/// Numbers of the `count` samples with the highest scores, highest first.
std::vector<Index> most_anomalous(const Eigen::VectorXd& scores, Index count) {
  std::vector<Index> order(static_cast<std::size_t>(scores.size()));
  std::iota(order.begin(), order.end(), Index{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](Index a, Index b) { return scores(a) > scores(b); });
  order.resize(static_cast<std::size_t>(count));
  return order;
}

/// The anomaly score at every point of a grid over the plane, with the samples on it.
support::Plot map_of(const IsolationForest<double>& forest, const Eigen::MatrixXd& x,
                     const std::string& title) {
  constexpr Index n = 120;
  const Eigen::RowVector2d low = x.colwise().minCoeff(), high = x.colwise().maxCoeff();
  const Eigen::RowVector2d margin = 0.05 * (high - low);
  const Eigen::VectorXd across =
      Eigen::VectorXd::LinSpaced(n, low(0) - margin(0), high(0) + margin(0));
  const Eigen::VectorXd up = Eigen::VectorXd::LinSpaced(n, low(1) - margin(1), high(1) + margin(1));
  Eigen::MatrixXd grid(n * n, 2);
  for (Index i = 0; i < n * n; ++i) grid.row(i) << across(i / n), up(i % n);
  const Labels labels = forest.predict(x);
  return support::Plot(title, "first feature", "second feature")
      .heat("anomaly score", grid.col(0), grid.col(1), forest.anomaly_score(grid))
      .points("normal", where(x.col(0), labels, 1), where(x.col(1), labels, 1))
      .points("top 5 %", where(x.col(0), labels, -1), where(x.col(1), labels, -1));
}

/// 95 normal points and, last, 5 of a spread six times as wide.
void show_points(const support::Pictures& pictures) {
  Rng rng(11);
  Eigen::MatrixXd x(100, 2);
  for (Index i = 0; i < 100; ++i)
    for (Index j = 0; j < 2; ++j) x(i, j) = rng.normal(0, i < 95 ? 1 : 6);
  const auto plain = IsolationForest<double>({.contamination = 0.05, .seed = 1}).fit(x);
  const auto oblique =
      IsolationForest<double>({.contamination = 0.05, .n_split_features = 2, .seed = 1}).fit(x);
  Labels is_wide = Labels::Zero(100);
  is_wide.tail(5).setOnes();
  support::Table table({"forest", "wide points among the top 5", "ROC AUC"});
  for (const auto& [name, forest] :
       {std::pair{"one feature a split", &plain}, std::pair{"oblique splits", &oblique}}) {
    const Index found = (forest->predict(x).tail(5).array() == -1).count();
    table.add(
        {name, std::to_string(found), fixed(roc_auc_score(is_wide, forest->anomaly_score(x)), 3)});
  }
  std::cout << "95 normal points and 5 wide ones\n\n" << table << '\n';
  pictures.save("09_anomalies_map", {map_of(plain, x, "One feature a split"),
                                     map_of(oblique, x, "Oblique splits of both features")});
}

/// "income 959, assets 300000": the columns that contribute most, with their values.
std::string reasons(const Table<double>& customers, Index row, const Eigen::MatrixXd& why) {
  std::string text;
  for (const Index column : most_anomalous(why.row(row).transpose(), 3))
    text += (text.empty() ? "" : ", ") + customers.columns[static_cast<std::size_t>(column)] + ' ' +
            fixed(customers.values(row, column), 0);
  return text;
}

void show_customers(const support::Pictures& pictures) {
  const Table<double> customers =
      read_csv<double>(support::example_data("credit_customers.csv").string(),
                       {.columns = {"age_years", "seniority_years", "expenses", "income", "assets",
                                    "debt", "loan_amount", "loan_months", "price"}});
  const Eigen::MatrixXd& x = customers.values;  // no scaling: a split asks for order only
  const auto forest = IsolationForest<double>({.contamination = 0.05, .seed = 1}).fit(x);
  const Eigen::VectorXd scores = forest.anomaly_score(x);
  const Eigen::MatrixXd why = forest.feature_contributions(x);
  support::Table table({"customer (row)", "score", "because of"});
  for (const Index row : most_anomalous(scores, 8))
    table.add({std::to_string(row), fixed(scores(row), 3), reasons(customers, row, why)});
  std::cout << x.rows() << " credit customers, the most unusual ones\n\n"
            << table << "\nThe mean score is " << fixed(scores.mean(), 3) << ".\n\n";

  const Labels labels = forest.predict(x);
  const Eigen::VectorXd income = x.col(3), price = x.col(8);
  pictures.save("09_anomalies_customers",
                support::Plot("Credit customers: the most unusual 5 %", "income",
                              "price of what the loan pays for")
                    .points("usual", where(income, labels, 1), where(price, labels, 1))
                    .points("top 5 %", where(income, labels, -1), where(price, labels, -1)));
}

void run(const support::Arguments& arguments) {
  const support::Pictures pictures(arguments);
  show_points(pictures);
  show_customers(pictures);
}

int main(int argc, char** argv) {
  return support::run_example(argc, argv, {"--pictures"}, "usage: 09_anomalies [--pictures DIR]\n",
                              run);
}
