// SPDX-License-Identifier: MIT
#include <string>

#include "io/files.hpp"
#include "io/unchecked.hpp"
#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/instances/all.hpp"
#include "unlabeled/io/model_file.hpp"

using namespace unlabeled;
using Catch::Matchers::ContainsSubstring;

TEMPLATE_TEST_CASE("a loaded Autoencoder gives the same bits and learns on", "", float, double) {
  using S = TestType;
  const Matrix<S> x = random_matrix<S>(60, 5, 1);
  Autoencoder<S> autoencoder({.encoder_sizes = {7, 2},
                              .activation = Activation::softplus,
                              .output_activation = Activation::tanh,
                              .optimizer = Optimizer::adam,
                              .learning_rate = 0.003,
                              .batch_size = 16,
                              .n_epochs = 3,
                              .validation_fraction = 0.25,
                              .patience = 2,
                              .noise = 0.125,
                              .weight_decay = 1e-4,
                              .layerwise_pretraining = true,
                              .schedule = LearningRateSchedule::cosine,
                              .momentum = 0.5,
                              .seed = 11,
                              .n_threads = 1});
  autoencoder.fit(x);
  const TemporaryFolder folder;
  save(folder / "x", autoencoder);
  auto again = load<Autoencoder<S>>(folder / "x");
  CHECK(again.reconstruct(x) == autoencoder.reconstruct(x));
  CHECK(again.transform(x) == autoencoder.transform(x));
  CHECK(again.loss_history() == autoencoder.loss_history());
  CHECK(again.validation_history() == autoencoder.validation_history());
  CHECK(again.report().stop == autoencoder.report().stop);
  const AutoencoderOptions& options = again.options();
  CHECK(options.encoder_sizes == std::vector<Index>{7, 2});
  CHECK(options.activation == Activation::softplus);
  CHECK(options.output_activation == Activation::tanh);
  CHECK(options.learning_rate == 0.003);
  CHECK(options.batch_size == 16);
  CHECK(options.n_epochs == 3);
  CHECK(options.validation_fraction == 0.25);
  CHECK(options.patience == 2);
  CHECK(options.noise == 0.125);
  CHECK(options.weight_decay == 1e-4);
  CHECK(options.layerwise_pretraining);
  CHECK(options.schedule == LearningRateSchedule::cosine);
  CHECK(options.momentum == 0.5);
  CHECK(options.seed == 11);
  CHECK(options.n_threads == 1);

  autoencoder.partial_fit(x);
  save(folder / "x", autoencoder);
  again = load<Autoencoder<S>>(folder / "x");
  CHECK(again.partial_fit(x).reconstruct(x) == autoencoder.partial_fit(x).reconstruct(x));
}

TEMPLATE_TEST_CASE("a loaded VariationalAutoencoder gives the same bits, also in a pipeline", "",
                   float, double) {
  using S = TestType;
  const Matrix<S> x = random_matrix<S>(60, 5, 2);
  using Steps = Pipeline<StandardScaler<S>, VariationalAutoencoder<S>>;
  Steps pipeline(
      StandardScaler<S>(),
      VariationalAutoencoder<S>(
          {.encoder_sizes = {6, 2}, .optimizer = Optimizer::sgd, .n_epochs = 2, .beta = 0.5}));
  pipeline.fit(x);
  const TemporaryFolder folder;
  save(folder / "x", pipeline);
  const auto again = load<Steps>(folder / "x");
  CHECK(again.transform(x) == pipeline.transform(x));
  const auto& before = pipeline.template step<1>();
  const auto& after = again.template step<1>();
  CHECK(after.elbo(x) == before.elbo(x));
  CHECK(after.sample(4, 1) == before.sample(4, 1));
  CHECK(after.options().beta == 0.5);
  CHECK(after.options().optimizer == Optimizer::sgd);
  CHECK_FALSE(after.options().output_activation);
  CHECK(after.validation_history().size() == 0);
}

TEST_CASE("a network whose options and layers contradict each other is refused") {
  using Net = Autoencoder<double>;
  const Net fitted =
      Net({.encoder_sizes = {7, 2}, .n_epochs = 1}).partial_fit(random_matrix<double>(20, 5, 1));
  const TemporaryFolder folder;
  auto refusal = [&](auto&& spoil) {
    Unchecked<Net> altered{fitted.options(), fitted.model()};
    spoil(altered.the_options, altered.the_model);
    save(folder / "x", altered);
    return file_error([&] { static_cast<void>(load<Net>(folder / "x")); });
  };
  CHECK(refusal([](auto&, auto&) {}) == "no FileError");
  CHECK_THAT(refusal([](auto& options, auto&) {
               options.encoder_sizes = {7, 3};
             }),
             ContainsSubstring("model.encoder[1] must have weights of 7 x 3"));
  CHECK_THAT(refusal([](auto& options, auto&) {
               options.encoder_sizes = {7, 2, 2};
             }),
             ContainsSubstring("expected a tensor encoder.2.weights, got none"));
  CHECK_THAT(refusal([](auto& options, auto&) { options.encoder_sizes = {7}; }),
             ContainsSubstring("model.decoder[0]"));
  CHECK_THAT(refusal([](auto& options, auto&) { options.encoder_sizes = {}; }),
             ContainsSubstring("encoder_sizes must have at least 1 width"));
  CHECK_THAT(refusal([](auto&, auto& model) { model.encoder[0].activation = Activation(9); }),
             ContainsSubstring("model.encoder[0].activation must be a member of Activation"));
  CHECK_THAT(refusal([](auto&, auto& model) { model.optimizer.n_steps = -4; }),
             ContainsSubstring("model.optimizer.n_steps must be >= 0"));
}
