// SPDX-License-Identifier: MIT
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "io/files.hpp"
#include "io/unchecked.hpp"
#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/instances/all.hpp"
#include "unlabeled/io/model_file.hpp"

using namespace unlabeled;
using Catch::Matchers::EndsWith;

namespace {

template <class E> E through_file(const E& estimator) {
  const TemporaryFolder folder;
  save(folder / "x", estimator);
  return load<E>(folder / "x");
}

}  // namespace

TEMPLATE_TEST_CASE("a loaded Agglomerative is the one that was saved", "", float, double) {
  using S = TestType;
  const Matrix<S> x = random_matrix<S>(50, 3, 1).cwiseAbs();
  const AgglomerativeOptions options =
      GENERATE(AgglomerativeOptions{},
               AgglomerativeOptions{.n_clusters = 7, .linkage = Linkage::centroid, .n_threads = 2},
               AgglomerativeOptions{.distance_threshold = 0.1 + 0.2,
                                    .linkage = Linkage::weighted,
                                    .metric = Metric::chebyshev});
  const auto hierarchy = Agglomerative<S>(options).fit(x);
  const auto again = through_file(hierarchy);
  CHECK(again.options().n_clusters == options.n_clusters);
  CHECK(again.options().distance_threshold == options.distance_threshold);
  CHECK(again.options().linkage == options.linkage);
  CHECK(again.options().metric == options.metric);
  CHECK(again.options().n_threads == options.n_threads);
  CHECK(again.linkage_matrix() == hierarchy.linkage_matrix());
  CHECK(again.labels() == hierarchy.labels());
  CHECK(again.n_clusters() == hierarchy.n_clusters());
  CHECK(again.n_features() == 3);
  CHECK(again.cut(9) == hierarchy.cut(9));
}

TEST_CASE("an Agglomerative of one sample can be loaded") {
  const auto again =
      through_file(Agglomerative<double>({.n_clusters = 1}).fit(random_matrix<double>(1, 2, 1)));
  CHECK(again.linkage_matrix().rows() == 0);
  CHECK(again.labels().size() == 1);
}

TEST_CASE("a file of an Agglomerative that contradicts itself is refused") {
  const auto good = Agglomerative<double>().fit(random_matrix<double>(5, 2, 1));
  const auto refused = [&](const std::function<void(AgglomerativeModel<double>&)>& change,
                           const std::string& message) {
    AgglomerativeModel<double> model = good.model();
    change(model);
    const TemporaryFolder folder;
    detail::save_model(folder / "x",
                       Unchecked<Agglomerative<double>>{good.options(), std::move(model)});
    CHECK_THAT(file_error([&] { load<Agglomerative<double>>(folder / "x"); }),
               EndsWith("x: expected a valid model: Agglomerative: " + message));
  };
  refused([](auto& model) { model.linkage_matrix(2, 1) = 1e18; },
          "model.linkage_matrix must merge two clusters in each row that no row before merged, got "
          "1e+18 in row 2");
  refused([](auto& model) { model.labels.setZero(); },
          "model.labels must be those of the cut that the options ask for");
  refused([](auto& model) { model.labels.conservativeResize(2); },
          "model.labels must be those of the cut that the options ask for");
  refused([](auto& model) { model.n_features = -1; }, "model.n_features must be >= 1, got -1");
}
