// SPDX-License-Identifier: MIT
// DBSCAN beside scikit-learn's (tests/reference/make_dbscan.py): the same core samples, the same
// clusters of them in the same order, the same noise. Border samples may differ: theirs go to the
// cluster that reaches them first, ours to the nearest core sample.
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/instances/dbscan.hpp"
#include "support/reference.hpp"

using namespace unlabeled;

namespace {

template <Real S>
void compare(const std::string& data, const std::string& file, const Vector<S>& weight,
             const std::vector<DBSCANOptions>& runs) {
  const Matrix<S> x = reference::read("dbscan/" + data + ".csv").cast<S>();
  const Matrix<double> expected = reference::read("dbscan/" + file + ".csv");
  REQUIRE(expected.cols() == 2 * static_cast<Index>(runs.size()));
  Index column = 0;
  for (const DBSCANOptions& options : runs) {
    const auto dbscan = DBSCAN<S>(options).fit(x, weight);
    const Labels core = expected.col(column).template cast<int>();
    const Labels labels = expected.col(column + 1).template cast<int>();
    INFO(file << ", eps " << options.eps << ", metric " << static_cast<int>(options.metric));
    CHECK(dbscan.n_clusters() == labels.maxCoeff() + 1);
    CHECK(dbscan.core_sample_indices().size() == core.sum());
    for (const Index i : dbscan.core_sample_indices()) {
      CHECK(core[i] == 1);
      CHECK(dbscan.labels()[i] == labels[i]);
    }
    CHECK(((dbscan.labels().array() < 0) == (labels.array() < 0)).all());
    column += 2;
  }
}

/// As (metric, eps, min_samples) in the script.
const std::vector<DBSCANOptions> iris_runs{
    {.eps = 0.55, .min_samples = 5},
    {.eps = 0.775, .min_samples = 10},
    {.eps = 0.85, .min_samples = 5, .metric = Metric::manhattan},
    {.eps = 0.35, .min_samples = 6, .metric = Metric::chebyshev},
    {.eps = 0.001, .min_samples = 8, .metric = Metric::cosine}};

}  // namespace

TEMPLATE_TEST_CASE("DBSCAN agrees with scikit-learn", "[dbscan]", float, double) {
  using S = TestType;
  compare<S>("iris", "iris_fits", Vector<S>::Ones(150), iris_runs);
  Vector<S> weight(150);
  for (Index i = 0; i < 150; ++i) weight[i] = S(0.5) + static_cast<S>(i % 4);
  compare<S>("iris", "iris_weighted_fits", weight, iris_runs);
  compare<S>("moons", "moons_fits", Vector<S>::Ones(300),
             {{.eps = 0.1501, .min_samples = 5},
              {.eps = 0.2001, .min_samples = 10},
              {.eps = 0.2005, .min_samples = 5, .metric = Metric::manhattan}});
  compare<S>("digits", "digits_fits", Vector<S>::Ones(150),
             {{.eps = 22.5, .min_samples = 4},
              {.eps = 110, .min_samples = 4, .metric = Metric::manhattan},
              {.eps = 0.08, .min_samples = 4, .metric = Metric::cosine}});
}
