// SPDX-License-Identifier: MIT
// Agglomerative beside SciPy's linkage, fcluster, leaves_list and cophenet
// (tests/reference/make_agglomerative.py).
#include <cstddef>
#include <string>
#include <vector>

#include "cluster/agglomerative_oracle.hpp"
#include "support/catch.hpp"
#include "support/instances/agglomerative.hpp"
#include "support/reference.hpp"
#include "unlabeled/metrics/clustering.hpp"

using namespace unlabeled;

namespace {

/// Largest difference of two columns of heights, each relative to the height itself.
double error_of(const Vector<double>& heights, const Vector<double>& expected) {
  return ((heights - expected).array().abs() / expected.array()).maxCoeff();
}

/// The largest error that was seen is 7e-15.
constexpr double rounding = 1e-12;

Matrix<double> reference_of(const std::string& name, const char* what) {
  return reference::read("agglomerative/" + name + "_" + what + ".csv");
}

/// The files have as many digits as tell one float from another.
template <class S> Matrix<S> samples_of(const std::string& name) {
  return reference::read("agglomerative/" + name + ".csv").cast<float>().cast<S>();
}

bool same_partition(const Labels& labels, const Vector<double>& expected) {
  return adjusted_rand_score(labels, Labels(expected.cast<int>())) == 1;
}

/// All that SciPy says about set number `set` of n samples in the files of this name.
template <class Data>
void compare(const std::string& name, const Data& x, Index set, std::size_t which) {
  using S = typename Data::Scalar;
  const Index n = x.rows(), column = static_cast<Index>(which);
  const Linkage linkage = all_linkages[which];
  INFO(name << ", set " << set << ", linkage " << detail::name_of(linkage));
  const auto hierarchy = Agglomerative<S>({.n_clusters = 5, .linkage = linkage}).fit(x);
  const Matrix<double>& table = hierarchy.linkage_matrix();
  const Vector<double> heights =
      reference_of(name, "heights").col(column).segment(set * (n - 1), n - 1);
  const double error = error_of(table.col(2), heights);
  INFO("largest relative error of a height " << error);
  CHECK(error < rounding);
  const Vector<double> children =
      reference_of(name, "children").col(column).segment(set * 2 * (n - 1), 2 * (n - 1));
  CHECK(table.leftCols(2).transpose().reshaped() == children);

  const Vector<double> cut = reference_of(name, "cut").col(column).segment(set * n, n);
  CHECK(hierarchy.n_clusters() == 5);
  CHECK(cut.maxCoeff() == 5);
  CHECK(same_partition(hierarchy.labels(), cut));
  // The threshold is a height, which rounding here may have put a little above it.
  const double threshold = reference_of(name, "thresholds")(set, column) * (1 + rounding);
  const Vector<double> cut_at = reference_of(name, "cut_at").col(column).segment(set * n, n);
  CHECK(same_partition(hierarchy.cut_at(threshold), cut_at));

  const Vector<double> leaves = reference_of(name, "leaves").col(column).segment(set * n, n);
  const std::vector<Index> order = hierarchy.leaf_order();
  for (Index i = 0; i < n; ++i)
    CHECK(order[static_cast<std::size_t>(i)] == static_cast<Index>(leaves[i]));
  CHECK(hierarchy.cophenetic_distances().sum() ==
        Approx(reference_of(name, "cophenetic")(set, column)).epsilon(rounding));
}

}  // namespace

TEMPLATE_TEST_CASE("Hierarchies equal SciPy's on twenty random data sets", "[agglomerative]", float,
                   double) {
  const Matrix<TestType> all = samples_of<TestType>("random");
  REQUIRE(all.rows() == 20 * 30);
  const auto which = GENERATE(range(std::size_t{0}, all_linkages.size()));
  for (Index set = 0; set < 20; ++set)
    compare("random", Matrix<TestType>(all.middleRows(set * 30, 30)), set, which);
}

TEMPLATE_TEST_CASE("Hierarchies equal SciPy's on wine and iris", "[agglomerative]", float, double) {
  const std::string name = GENERATE("wine", "iris");
  const Matrix<TestType> x = samples_of<TestType>(name);
  for (std::size_t which = 0; which < all_linkages.size(); ++which) {
    compare(name, x, 0, which);
    compare(name, RowMatrix<TestType>(x), 0, which);
  }
}

TEMPLATE_TEST_CASE("Hierarchies of other metrics equal SciPy's", "[agglomerative]", float, double) {
  const auto compare_metric = [&](const std::string& data, Metric metric, const char* name) {
    const Matrix<TestType> x = samples_of<TestType>(data);
    const Matrix<double> heights = reference_of(data, name);
    for (std::size_t l = 0; l < linkages_of_any_metric.size(); ++l) {
      const auto hierarchy =
          Agglomerative<TestType>({.linkage = linkages_of_any_metric[l], .metric = metric}).fit(x);
      const double error =
          error_of(hierarchy.linkage_matrix().col(2), heights.col(static_cast<Index>(l)));
      INFO(name << ", " << detail::name_of(linkages_of_any_metric[l]) << ", error " << error);
      CHECK(error < rounding);
    }
  };
  compare_metric("wine", Metric::manhattan, "cityblock");
  compare_metric("iris", Metric::chebyshev, "chebyshev");
  compare_metric("wine", Metric::cosine, "cosine");
}
