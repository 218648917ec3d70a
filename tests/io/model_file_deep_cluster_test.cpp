// SPDX-License-Identifier: MIT
#include <vector>

#include "io/files.hpp"
#include "io/unchecked.hpp"
#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/instances/all.hpp"
#include "unlabeled/io/model_file.hpp"

using namespace unlabeled;
using Catch::Matchers::ContainsSubstring;

TEMPLATE_TEST_CASE("a loaded DeepCluster gives the same bits", "", float, double) {
  using S = TestType;
  const Matrix<S> x = random_matrix<S>(60, 5, 1);
  const DeepCluster<S> fitted = DeepCluster<S>({.n_clusters = 3,
                                                .encoder_sizes = {7, 2},
                                                .n_pretraining_epochs = 2,
                                                .pretraining_learning_rate = 0.003,
                                                .pretraining_batch_size = 24,
                                                .pretraining_noise = 0.125,
                                                .layerwise_pretraining = false,
                                                .learning_rate = 2e-4,
                                                .batch_size = 16,
                                                .max_iterations = 9,
                                                .degrees_of_freedom = 2,
                                                .update_interval = 4,
                                                .tolerance = 0,
                                                .reconstruction_weight = 0.5,
                                                .n_init = 3,
                                                .activation = Activation::softplus,
                                                .seed = 11,
                                                .n_threads = 1})
                                    .fit(x);
  const TemporaryFolder folder;
  save(folder / "x", fitted);
  const auto again = load<DeepCluster<S>>(folder / "x");
  CHECK(again.transform(x) == fitted.transform(x));
  CHECK(again.predict_proba(x) == fitted.predict_proba(x));
  CHECK(again.predict(x) == fitted.labels());
  CHECK(again.labels() == fitted.labels());
  CHECK(again.cluster_centers() == fitted.cluster_centers());
  CHECK(again.loss_history() == fitted.loss_history());
  CHECK(again.model().cluster_masses == fitted.model().cluster_masses);
  CHECK(again.model().collapsed == fitted.model().collapsed);
  REQUIRE(again.model().decoder.size() == 2);
  CHECK(again.model().decoder[1].weights == fitted.model().decoder[1].weights);
  CHECK(again.report().stop == fitted.report().stop);
  CHECK(again.report().n_iterations == fitted.report().n_iterations);
  const DeepClusterOptions& options = again.options();
  CHECK(options.n_clusters == 3);
  CHECK(options.encoder_sizes == std::vector<Index>{7, 2});
  CHECK(options.activation == Activation::softplus);
  CHECK(options.n_pretraining_epochs == 2);
  CHECK(options.pretraining_learning_rate == 0.003);
  CHECK(options.pretraining_batch_size == 24);
  CHECK(options.pretraining_noise == 0.125);
  CHECK_FALSE(options.layerwise_pretraining);
  CHECK(options.learning_rate == 2e-4);
  CHECK(options.batch_size == 16);
  CHECK(options.max_iterations == 9);
  CHECK(options.update_interval == 4);
  CHECK(options.tolerance == 0);
  CHECK(options.degrees_of_freedom == 2);
  CHECK(options.reconstruction_weight == 0.5);
  CHECK(options.n_init == 3);
  CHECK(options.seed == 11);
  CHECK(options.n_threads == 1);
}

TEST_CASE("a DeepCluster that came from an autoencoder keeps its layers in a file") {
  const Matrix<double> x = random_matrix<double>(40, 5, 2);
  const auto autoencoder = Autoencoder<double>({.encoder_sizes = {6, 4, 2}, .n_epochs = 1}).fit(x);
  const auto fitted =
      DeepCluster<double>({.n_clusters = 2, .max_iterations = 3}).fit_from(x, autoencoder);
  const TemporaryFolder folder;
  save(folder / "x", fitted);
  const auto again = load<DeepCluster<double>>(folder / "x");
  CHECK(again.model().encoder.size() == 3);
  CHECK(again.model().decoder.empty());
  CHECK(again.transform(x) == fitted.transform(x));
}

TEST_CASE("a DeepCluster whose parts contradict each other is refused") {
  using Clusters = DeepCluster<double>;
  const Clusters fitted = Clusters({.n_clusters = 3,
                                    .encoder_sizes = {4, 2},
                                    .n_pretraining_epochs = 1,
                                    .max_iterations = 1,
                                    .reconstruction_weight = 1})
                              .fit(random_matrix<double>(20, 5, 1));
  const TemporaryFolder folder;
  auto refusal = [&](auto&& spoil) {
    Unchecked<Clusters> altered{fitted.options(), fitted.model()};
    spoil(altered.the_options, altered.the_model);
    save(folder / "x", altered);
    return file_error([&] { static_cast<void>(load<Clusters>(folder / "x")); });
  };
  CHECK(refusal([](auto&, auto&) {}) == "no FileError");
  CHECK_THAT(refusal([](auto& options, auto&) { options.n_clusters = 4; }),
             ContainsSubstring("model.cluster_centers must be 4 x 2, got 3 x 2"));
  CHECK_THAT(refusal([](auto&, auto& model) { model.encoder.pop_back(); }),
             ContainsSubstring("model.decoder must have 1 layers, got 2"));
  CHECK_THAT(refusal([](auto&, auto& model) { model.encoder.clear(); }),
             ContainsSubstring("model.encoder must have at least 1 layer"));
  CHECK_THAT(refusal([](auto&, auto& model) { model.encoder[1].weights.setZero(5, 2); }),
             ContainsSubstring("model.encoder[1] must have weights of 4 x 2"));
  CHECK_THAT(refusal([](auto&, auto& model) { model.labels[4] = 3; }),
             ContainsSubstring("model.labels must be from 0 to 2"));
  CHECK_THAT(refusal([](auto&, auto& model) { model.cluster_masses[1] = -1; }),
             ContainsSubstring("model.cluster_masses must be 3 finite values >= 0"));
  CHECK_THAT(refusal([](auto&, auto& model) { model.encoder[0].activation = Activation(9); }),
             ContainsSubstring("model.encoder[0].activation must be a member of Activation"));
}
