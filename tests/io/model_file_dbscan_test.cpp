// SPDX-License-Identifier: MIT
#include <cmath>

#include "io/files.hpp"
#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/instances/all.hpp"
#include "unlabeled/io/model_file.hpp"

using namespace unlabeled;

TEMPLATE_TEST_CASE("a loaded DBSCAN predicts the same, by whatever method", "", float, double) {
  using S = TestType;
  for (const Metric metric :
       {Metric::euclidean, Metric::manhattan, Metric::chebyshev, Metric::cosine})
    for (const Index d : {1, 2, 3, 7}) {
      const Matrix<S> x = make_blobs<S>(200, d, 3, 1).samples,
                      probe = make_blobs<S>(90, d, 4, 2).samples;
      DBSCAN<S> dbscan({.eps = 0.9, .min_samples = 4, .metric = metric, .n_threads = 1});
      dbscan.fit(x);
      const TemporaryFolder folder;
      save(folder / "x", dbscan);
      const auto again = load<DBSCAN<S>>(folder / "x");
      CHECK(again.predict(probe) == dbscan.predict(probe));
      CHECK(again.predict(x) == dbscan.labels());
      CHECK(again.labels() == dbscan.labels());
      CHECK(again.core_sample_indices() == dbscan.core_sample_indices());
      CHECK(again.model().core_samples == dbscan.model().core_samples);
      CHECK(again.n_clusters() == dbscan.n_clusters());
      CHECK(again.n_features() == d);
      CHECK(again.options().eps == 0.9);
      CHECK(again.options().min_samples == 4);
      CHECK(again.options().metric == metric);
      CHECK(again.options().n_threads == 1);
    }
}

TEST_CASE("a DBSCAN of distances, and one that found only noise, can be loaded") {
  const TemporaryFolder folder;
  const Matrix<double> x = random_matrix<double>(40, 1, 1);
  Matrix<double> distances(40, 40);
  for (Index i = 0; i < 40; ++i)
    for (Index j = 0; j < 40; ++j) distances(i, j) = std::abs(x(i, 0) - x(j, 0));
  const auto given = DBSCAN<double>({.eps = 0.1, .metric = Metric::precomputed}).fit(distances);
  save(folder / "given", given);
  const auto given_again = load<DBSCAN<double>>(folder / "given");
  CHECK(given_again.predict(distances) == given.labels());
  CHECK(given_again.n_features() == 40);

  const auto noise = DBSCAN<double>({.eps = 1e-9}).fit(random_matrix<double>(40, 3, 1));
  REQUIRE(noise.n_clusters() == 0);
  save(folder / "noise", noise);
  const auto noise_again = load<DBSCAN<double>>(folder / "noise");
  CHECK(noise_again.labels() == noise.labels());
  CHECK(noise_again.n_features() == 3);
  CHECK((noise_again.predict(Matrix<double>::Zero(2, 3)).array() == -1).all());
}
