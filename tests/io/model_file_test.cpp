// SPDX-License-Identifier: MIT
#include "unlabeled/io/model_file.hpp"
#include "support/instances/all.hpp"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <string>
#include <utility>

#include "io/files.hpp"
#include "io/unchecked.hpp"
#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/reference.hpp"

using namespace unlabeled;
using Catch::Matchers::EndsWith;

namespace {

template <class E> E through_file(const E& estimator) {
  const TemporaryFolder folder;
  save(folder / "mödel.safetensors", estimator);
  return load<E>(folder / "mödel.safetensors");
}

/// What load says to a KMeans that was saved with this change to its model.
std::string refusal(const std::function<void(KMeansModel<double>&)>& change) {
  const auto kmeans = KMeans<double>({.n_clusters = 3}).fit(random_matrix<double>(20, 2, 1));
  KMeansModel<double> model = kmeans.model();
  change(model);
  const TemporaryFolder folder;
  detail::save_model(folder / "x", Unchecked<KMeans<double>>{kmeans.options(), std::move(model)});
  const std::string message = file_error([&] { load<KMeans<double>>(folder / "x"); });
  return message.substr(std::min(message.find("x: "), message.size()));
}

}  // namespace

TEMPLATE_TEST_CASE("a loaded StandardScaler gives the same bits", "", float, double) {
  using S = TestType;
  const Matrix<S> x = random_matrix<S>(100, 4, 1).array() * S(30) + S(1000);
  for (const bool with_mean : {false, true})
    for (const bool with_std : {false, true}) {
      StandardScaler<S> scaler({.with_mean = with_mean, .with_std = with_std, .n_threads = 1});
      scaler.fit(x);
      StandardScaler<S> again = through_file(scaler);
      CHECK(again.options().with_mean == with_mean);
      CHECK(again.options().with_std == with_std);
      CHECK(again.options().n_threads == 1);
      CHECK(again.transform(x) == scaler.transform(x));
      CHECK(again.inverse_transform(x) == scaler.inverse_transform(x));
      CHECK(again.mean() == scaler.mean());
      CHECK(again.variance() == scaler.variance());
      CHECK(again.scale() == scaler.scale());
      const Matrix<S> more = random_matrix<S>(7, 4, 2);
      CHECK(again.partial_fit(more).scale() == scaler.partial_fit(more).scale());
      CHECK(again.n_samples_seen() == 107);
    }
}

TEST_CASE("a StandardScaler of values whose variance overflows float can be loaded") {
  const Matrix<float> x = random_matrix<float>(10, 2, 1) * 1e30f;
  StandardScaler<float> scaler;
  scaler.fit(x);
  CHECK(through_file(scaler).transform(x) == scaler.transform(x));
}

TEMPLATE_TEST_CASE("a loaded KMeans gives the same bits", "", float, double) {
  using S = TestType;
  const Matrix<S> x = make_blobs<S>(200, 3, 4, 7).samples;
  KMeans<S> kmeans({.n_clusters = 4, .n_init = 2, .seed = 5});
  kmeans.fit(x);
  KMeans<S> again = through_file(kmeans);
  CHECK(again.cluster_centers() == kmeans.cluster_centers());
  CHECK(again.labels() == kmeans.labels());
  CHECK(again.inertia() == kmeans.inertia());
  CHECK(again.report().n_iterations == kmeans.report().n_iterations);
  CHECK(again.report().objective == kmeans.report().objective);
  CHECK(again.report().stop == kmeans.report().stop);
  const Matrix<S> fresh = random_matrix<S>(50, 3, 8) * S(10);
  CHECK(again.predict(fresh) == kmeans.predict(fresh));
  CHECK(again.transform(fresh) == kmeans.transform(fresh));
  CHECK(again.score(fresh) == kmeans.score(fresh));
  again.partial_fit(fresh);
  kmeans.partial_fit(fresh);
  CHECK(again.cluster_centers() == kmeans.cluster_centers());
  CHECK(through_file(again).labels() == kmeans.labels());
}

TEST_CASE("a model that Python wrote is loaded") {
  const auto path = std::filesystem::path(reference::folder()) / "io/kmeans.safetensors";
  const auto kmeans = load<KMeans<double>>(path);
  Matrix<double> samples(3, 3);
  samples << 0, 0, 0, 9, 9, 9, 0.5, -1, 2;
  CHECK(kmeans.predict(samples) == Eigen::Vector3i(0, 1, 0));
  CHECK(kmeans.transform(samples)(2, 0) == 0);
  CHECK(kmeans.options().seed == std::numeric_limits<std::uint64_t>::max());
  CHECK(kmeans.options().max_iterations == KMeansOptions{}.max_iterations);
  CHECK(kmeans.report().stop == Stop::converged);
  CHECK(kmeans.labels().sum() == 2);
}

TEST_CASE("all options of a KMeans are kept but the callback") {
  Index n_calls = 0;
  const KMeansOptions options{.n_clusters = 3,
                              .init = KMeansInit::random,
                              .n_init = 4,
                              .max_iterations = 17,
                              .tolerance = 1e-7 / 3,
                              .algorithm = KMeansAlgorithm::elkan,
                              .seed = std::numeric_limits<std::uint64_t>::max() - 1,
                              .n_threads = 2,
                              .on_iteration = [&](const Iteration&) { return ++n_calls < 1000; }};
  const auto again = through_file(KMeans<double>(options).fit(random_matrix<double>(20, 2, 1)));
  CHECK(again.options().n_clusters == 3);
  CHECK(again.options().init == KMeansInit::random);
  CHECK(again.options().n_init == 4);
  CHECK(again.options().max_iterations == 17);
  CHECK(again.options().tolerance == 1e-7 / 3);
  CHECK(again.options().algorithm == KMeansAlgorithm::elkan);
  CHECK(again.options().seed == options.seed);
  CHECK(again.options().n_threads == 2);
  CHECK_FALSE(again.options().on_iteration);
}

TEST_CASE("a file of another estimator or scalar is refused with both names") {
  const TemporaryFolder folder;
  StandardScaler<double> scaler;
  scaler.fit(random_matrix<double>(5, 2, 1));
  save(folder / "x", scaler);
  CHECK_THAT(file_error([&] { load<KMeans<double>>(folder / "x"); }),
             EndsWith("x: holds a StandardScaler, expected a KMeans"));
  CHECK_THAT(file_error([&] { load<StandardScaler<float>>(folder / "x"); }),
             EndsWith("x: holds a StandardScaler of float64, expected one of float32"));
}

TEST_CASE("a KMeans whose parts contradict each other is refused") {
  CHECK(refusal([](auto& model) { model.labels[3] = 3; }) ==
        "x: expected a valid model: KMeans: model.labels must be from 0 to 2");
  CHECK(refusal([](auto& model) { model.labels[3] = -1; }) ==
        "x: expected a valid model: KMeans: model.labels must be from 0 to 2");
  CHECK(refusal([](auto& model) { model.cluster_weights[0] = -1; }) ==
        "x: expected a valid model: KMeans: model.cluster_weights must be 3 finite values >= 0");
  CHECK(refusal([](auto& model) {
          model.cluster_weights.resize(2);
        }).starts_with("x: tensor cluster_weights: expected n_clusters = 3 in dimension 0"));
  CHECK(refusal([](auto& model) { model.cluster_centers(0, 0) = 0.0 / 0.0; }) ==
        "x: tensor cluster_centers: expected finite numbers only");
  CHECK(refusal([](auto& model) {
          model.cluster_centers = Matrix<double>::Zero(2, 2);
          model.cluster_weights = Vector<double>::Zero(2);
          model.labels.setZero();
        }) ==
        "x: expected a valid model: KMeans: model.cluster_centers must have n_clusters = 3 "
        "rows, got 2");
  CHECK(refusal([](auto& model) { model.cluster_centers.resize(3, 0); }) ==
        "x: expected cluster_centers of at least 1 feature");
  CHECK(refusal([](auto& model) { model.inertia = -5; }) ==
        "x: expected a valid model: KMeans: model.inertia must be >= 0 and finite, got -5");
  CHECK(refusal([](auto& model) { model.report.n_iterations = -3; }) ==
        "x: expected a valid model: KMeans: model.report.n_iterations must be >= 0, got -3");
  CHECK(refusal([](auto& model) {
          model.report.stop = static_cast<Stop>(9);
        }).starts_with("x: expected report.stop"));
}

TEST_CASE("a StandardScaler of impossible moments is refused") {
  StandardScaler<double> scaler;
  scaler.fit(random_matrix<double>(5, 2, 1));
  const TemporaryFolder folder;
  const auto refused = [&](const std::function<void(StandardScalerModel<double>&)>& change) {
    auto model = scaler.model();
    change(model);
    detail::save_model(folder / "x", Unchecked<StandardScaler<double>>{{}, std::move(model)});
    return file_error([&] { load<StandardScaler<double>>(folder / "x"); });
  };
  CHECK_THAT(refused([](auto& model) { model.moments.weight = 0; }),
             EndsWith("expected a valid model: StandardScaler: model.moments.weight must be "
                      "finite and > 0"));
  CHECK_THAT(refused([](auto& model) { model.moments.m2[1] = -1; }),
             EndsWith("model.moments.m2 must be n_features finite values >= 0"));
  CHECK_THAT(refused([](auto& model) { model.n_samples_seen = 0; }),
             EndsWith("model.n_samples_seen must be >= 1"));
}

TEST_CASE("an estimator before fit cannot be saved, and an earlier file stays") {
  const TemporaryFolder folder;
  save(folder / "x", KMeans<double>({.n_clusters = 1}).fit(random_matrix<double>(5, 2, 1)));
  CHECK_THROWS_WITH(save(folder / "x", KMeans<double>()), "KMeans: call fit() first");
  CHECK_THROWS_AS(save(folder / "x", StandardScaler<double>()), NotFitted);
  CHECK(load<KMeans<double>>(folder / "x").n_features() == 2);
}
