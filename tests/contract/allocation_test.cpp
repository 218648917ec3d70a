// SPDX-License-Identifier: MIT
#include "contract/failing_allocation.hpp"  // first

#include <functional>
#include <string>

#include "support/catch.hpp"
#include "support/data.hpp"
#include "unlabeled/cluster/kmeans.hpp"
#include "unlabeled/decomposition/pca.hpp"
#include "unlabeled/pipeline.hpp"
#include "unlabeled/preprocessing/standard_scaler.hpp"

using namespace unlabeled;

namespace {

/// Calls again and again, each time with a later allocation failing, until there is none left to
/// fail. A call that throws must leak nothing and leave `unchanged` true; after one that gets by
/// without the memory (std::stable_sort does) `restore` is called. Returns the number of failures.
long fail_each_allocation(const std::function<void()>& call, const std::function<bool()>& unchanged,
                          const std::function<void()>& restore) {
  long failures = 0;
  for (bool failed = true; failed; ++failures) {
    const long live_before = failing_allocation::live;
    bool threw = false;
    {
      const failing_allocation::Failure failure(failures);
      try {
        call();
      } catch (const std::bad_alloc&) {
        threw = true;
      }
      failed = failure.happened();
    }
    const long leaked = failing_allocation::live - live_before;
    INFO("failing allocation " << failures);
    if (threw) REQUIRE(leaked == 0);
    if (threw) REQUIRE(unchanged());
    if (!threw) restore();
  }
  return failures - 1;
}

template <class E> void survives_failing_allocations(E estimator) {
  const Matrix<double> first = random_matrix<double>(50, 3, 1);
  const Matrix<double> second = random_matrix<double>(40, 3, 2);
  estimator.fit(first);
  const Matrix<double> expected = estimator.transform(first);
  auto unchanged = [&] { return estimator.transform(first) == expected; };
  auto restore = [&] { estimator.fit(first); };
  auto survives = [&](const std::string& name, const std::function<void()>& call) {
    const long failures = fail_each_allocation(call, unchanged, restore);
    INFO(name << " makes " << failures << " allocations");
    CHECK(failures >= 2);
    CHECK(unchanged());
  };
  survives("fit", [&] { estimator.fit(second); });
  survives("partial_fit", [&] { estimator.partial_fit(second); });
  survives("fit_transform", [&] { estimator.fit_transform(second); });
  survives("transform", [&] { static_cast<void>(estimator.transform(second)); });
}

}  // namespace

TEST_CASE("The allocator of these tests fails and counts Eigen's memory too") {
  const long before = failing_allocation::live;
  {
    const Matrix<double> x(10, 10);
    CHECK(failing_allocation::live == before + 1);
    const failing_allocation::Failure failure(0);
    CHECK_THROWS_AS(Matrix<double>(10, 10), std::bad_alloc);
  }
  CHECK(failing_allocation::live == before);
}

TEST_CASE("StandardScaler keeps its fit and leaks nothing when memory runs out") {
  survives_failing_allocations(StandardScaler<double>({.n_threads = GENERATE(1, 2)}));
}

TEST_CASE("KMeans keeps its fit and leaks nothing when memory runs out") {
  survives_failing_allocations(KMeans<double>({.n_clusters = 4, .n_threads = GENERATE(1, 2)}));
}

TEST_CASE("PCA keeps its fit and leaks nothing when memory runs out") {
  survives_failing_allocations(PCA<double>({.n_components = 2, .n_threads = GENERATE(1, 2)}));
}

TEST_CASE("A Pipeline keeps the fit of all steps when memory runs out") {
  const int n_threads = GENERATE(1, 2);
  survives_failing_allocations(Pipeline(StandardScaler<double>({.n_threads = n_threads}),
                                        KMeans<double>({.n_clusters = 4, .n_threads = n_threads})));
}
