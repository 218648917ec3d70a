// SPDX-License-Identifier: MIT
#include <filesystem>
#include <sstream>
#include <string>
#include <utility>

#include "io/files.hpp"
#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/instances/all.hpp"
#include "unlabeled/io/model_file.hpp"

using namespace unlabeled;
using Catch::Matchers::EndsWith;

// Distances to some centres, clustered again: three steps that compile faster than those with PCA.
using Scaler = StandardScaler<double>;
using Segments = Pipeline<Scaler, KMeans<double>, KMeans<double>>;
using Nested = Pipeline<Pipeline<Scaler, KMeans<double>>, KMeans<double>>;

TEST_CASE("a loaded pipeline gives the same bits, nested ones too") {
  const auto x = make_blobs<double>(300, 4, 3, 5).samples;
  const TemporaryFolder folder;
  const Scaler scaler;
  const KMeans<double> distances({.n_clusters = 5});
  const KMeans<double> kmeans({.n_clusters = 3, .seed = 9});
  Segments segments(scaler, distances, kmeans);
  Nested nested(Pipeline<Scaler, KMeans<double>>(scaler, distances), kmeans);
  segments.fit(x);
  nested.fit(x);
  save(folder / "x", segments);
  save(folder / "nested", nested);
  const auto again = load<Segments>(folder / "x");
  CHECK(again.predict(x) == segments.predict(x));
  CHECK(again.labels() == segments.labels());
  CHECK(again.step<1>().options().n_clusters == 5);
  CHECK(again.step<2>().options().seed == 9);
  CHECK(load<Nested>(folder / "nested").predict(x) == segments.predict(x));
  CHECK_THAT(file_error([&] { load<Segments>(folder / "nested"); }),
             EndsWith("holds a Pipeline(Pipeline(StandardScaler, KMeans), KMeans), expected a "
                      "Pipeline(StandardScaler, KMeans, KMeans)"));
  CHECK_THAT(
      file_error([&] { load<Scaler>(folder / "x"); }),
      EndsWith("holds a Pipeline(StandardScaler, KMeans, KMeans), expected a StandardScaler"));
}

TEST_CASE("a pipeline before fit cannot be saved") {
  const TemporaryFolder folder;
  CHECK_THROWS_WITH(save(folder / "x", Segments(Scaler(), KMeans<double>(), KMeans<double>())),
                    "Pipeline: call fit() first");
  CHECK_FALSE(std::filesystem::exists(folder / "x"));
}

TEST_CASE("a pipeline whose steps do not fit together is refused") {
  Scaler scaler;
  KMeans<double> distances({.n_clusters = 3}), kmeans({.n_clusters = 2});
  scaler.fit(random_matrix<double>(9, 4, 1));
  distances.fit(random_matrix<double>(9, 4, 1));
  kmeans.fit(random_matrix<double>(9, 2, 1));
  const TemporaryFolder folder;
  save(folder / "x", Segments(scaler, distances, kmeans));
  CHECK_THAT(file_error([&] { load<Segments>(folder / "x"); }),
             EndsWith("expected step 2 of Pipeline(StandardScaler, KMeans, KMeans) to take the 3 "
                      "features that the step before makes, got 2"));
}

TEST_CASE("a pipeline's file cut at any byte or changed in any is refused") {
  const TemporaryFolder folder;
  using Short = Pipeline<Scaler, KMeans<double>>;
  Short pipeline(Scaler({.n_threads = 1}), KMeans<double>({.n_clusters = 1, .n_threads = 1}));
  save(folder / "x", pipeline.fit(random_matrix<double>(3, 1, 1)));
  const std::string whole = read_file(folder / "x");
  const auto is_refused = [](const std::string& content) {
    std::istringstream stream(content);
    return file_error([&] {
             detail::ByteSource source(stream, "x");
             detail::load_model<Short>(source);
           }) != "no FileError";
  };
  CHECK_FALSE(is_refused(whole));
  Index n_read = 0;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    n_read += !is_refused(whole.substr(0, at));
    for (const int flip : {1, 128, 255}) {
      std::string changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ flip);
      n_read += !is_refused(changed);
    }
  }
  CHECK(n_read == 0);
}
