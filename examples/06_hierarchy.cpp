// SPDX-License-Identifier: MIT
// A hierarchy is computed once and cut wherever one likes: 178 wines of three cultivars, described
// by what a chemist measured. The dendrogram shows where the cultivars part.

#include <algorithm>
#include <cstddef>
#include <iostream>
#include <string>
#include <unlabeled/unlabeled.hpp>
#include <vector>

#include "support/data.hpp"
#include "support/plot.hpp"
#include "support/table.hpp"

using namespace unlabeled;
using support::fixed;

/// Chemistry in columns 0 to 12, standardised; the cultivar is not for the algorithm.
struct Wines {
  Matrix<double> chemistry;
  Labels cultivar;
};

Wines read_wines() {
  const Table<double> table = read_csv<double>(support::example_data("wine.csv"));
  return {StandardScaler<double>().fit_transform(table.values.leftCols(13)),
          table.values.col(13).cast<int>()};
}

/// "62, 49, 67": how many samples each cluster has.
std::string sizes(const Labels& labels) {
  std::string text;
  for (int c = 0; c <= labels.maxCoeff(); ++c)
    text += (c > 0 ? ", " : "") + std::to_string((labels.array() == c).count());
  return text;
}

void compare_linkages(const Wines& wines) {
  support::Table table({"linkage", "3 clusters of", "agreement with cultivars"});
  const std::vector<std::pair<std::string, Linkage>> linkages{{"ward", Linkage::ward},
                                                              {"complete", Linkage::complete},
                                                              {"average", Linkage::average},
                                                              {"single", Linkage::single}};
  for (const auto& [name, linkage] : linkages) {
    const auto hierarchy =
        Agglomerative<double>({.n_clusters = 3, .linkage = linkage}).fit(wines.chemistry);
    table.add({name, sizes(hierarchy.labels()),
               fixed(adjusted_rand_score(wines.cultivar, hierarchy.labels()), 2)});
  }
  std::cout << "Three clusters by four linkages (agreement: adjusted Rand score, 1 = the same)\n\n"
            << table << '\n';
}

/// One hierarchy, cut at several numbers of clusters without computing it again.
void cut_everywhere(const Agglomerative<double>& hierarchy, const Labels& cultivar) {
  const Matrix<double>& merges = hierarchy.linkage_matrix();
  support::Table table({"clusters", "merged up to", "sizes", "agreement"});
  for (Index k = 2; k <= 6; ++k) {
    const Labels labels = hierarchy.cut(k);
    table.add({std::to_string(k), fixed(merges(merges.rows() - k, 2), 1), sizes(labels),
               fixed(adjusted_rand_score(cultivar, labels), 2)});
  }
  std::cout << "The hierarchy of ward, cut again and again\n\n" << table << '\n';
}

/// Between the third and the second merge from the top: three clusters remain.
double height_of_cut(const Matrix<double>& merges) {
  return (merges(merges.rows() - 3, 2) + merges(merges.rows() - 2, 2)) / 2;
}

/// A bracket for every merge: up from the left cluster, across, down to the right one.
support::Plot dendrogram(const Agglomerative<double>& hierarchy) {
  const Matrix<double>& merges = hierarchy.linkage_matrix();
  const Index n = merges.rows() + 1;
  std::vector<double> x(static_cast<std::size_t>(2 * n - 1)), y(x.size(), 0.0);
  double next = 0;
  for (const Index leaf : hierarchy.leaf_order()) x[static_cast<std::size_t>(leaf)] = next++;
  // The colour of a bracket is the cluster of the cut that it lies in; -1: above the cut.
  const Labels labels = hierarchy.labels();
  const double cut = height_of_cut(merges);
  std::vector<int> color(x.size(), -1);
  for (Index i = 0; i < n; ++i) color[static_cast<std::size_t>(i)] = labels(i);
  support::Plot plot("178 wines merged by ward", "wines, neighbours in the hierarchy side by side",
                     "height of the merge");
  std::vector<support::Segments> brackets(4);
  for (Index s = 0; s < n - 1; ++s) {
    const auto left = static_cast<std::size_t>(merges(s, 0)),
               right = static_cast<std::size_t>(merges(s, 1)),
               both = static_cast<std::size_t>(n + s);
    const double height = merges(s, 2);
    color[both] = height <= cut ? color[left] : -1;
    brackets[static_cast<std::size_t>(color[both] + 1)].add({x[left], x[left], x[right], x[right]},
                                                            {y[left], height, height, y[right]});
    x[both] = (x[left] + x[right]) / 2;
    y[both] = height;
  }
  for (std::size_t c = 1; c < brackets.size(); ++c)
    plot.segments("cluster " + std::to_string(c - 1), brackets[c]);
  return plot.segments("above the cut", brackets[0]).level(cut, "3 clusters");
}

void run(const support::Arguments& arguments) {
  const Wines wines = read_wines();
  compare_linkages(wines);
  const auto hierarchy = Agglomerative<double>({.n_clusters = 3}).fit(wines.chemistry);
  cut_everywhere(hierarchy, wines.cultivar);
  support::Pictures(arguments).save("06_dendrogram", dendrogram(hierarchy));
}

int main(int argc, char** argv) {
  return support::run_example(argc, argv, {"--pictures"}, "usage: 06_hierarchy [--pictures DIR]\n",
                              run);
}
