// SPDX-License-Identifier: MIT
#include <limits>
#include <stdexcept>
#include <vector>

#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/instances/autoencoder.hpp"
#include "support/instances/pca.hpp"
#include "support/tolerance.hpp"
#include "unlabeled/io/csv.hpp"

using namespace unlabeled;
using Catch::Matchers::Message;

namespace {

/// Samples near a curve in `d` dimensions: one number tells nearly everything about each.
template <Real S> Matrix<S> curve(Index n, Index d, std::uint64_t seed) {
  Rng rng(seed);
  Matrix<S> x(n, d);
  for (Index i = 0; i < n; ++i) {
    const double t = rng.uniform(-1.5, 1.5);
    for (Index j = 0; j < d; ++j)
      x(i, j) =
          static_cast<S>(std::sin((1 + 0.5 * double(j)) * t + double(j)) + rng.normal(0, 0.02));
  }
  return x;
}

template <class E, class X> double error_of(const E& autoencoder, const X& x) {
  return static_cast<double>(autoencoder.reconstruction_error(x).mean());
}

template <Real S> bool same_weights(const AutoencoderModel<S>& a, const AutoencoderModel<S>& b) {
  auto same = [](const std::vector<DenseLayer<S>>& one, const std::vector<DenseLayer<S>>& two) {
    for (std::size_t l = 0; l < one.size(); ++l)
      if (one[l].weights != two[l].weights || one[l].bias != two[l].bias) return false;
    return one.size() == two.size();
  };
  return same(a.encoder, b.encoder) && same(a.decoder, b.decoder);
}

}  // namespace

TEMPLATE_TEST_CASE("A linear autoencoder reaches the error of PCA, and none is lower", "", float,
                   double) {
  const Matrix<TestType> x = random_matrix<TestType>(300, 2, 1) * random_matrix<TestType>(2, 6, 2) +
                             TestType(0.1) * random_matrix<TestType>(300, 6, 3);
  const auto pca = PCA<TestType>({.n_components = 2}).fit(x);
  const double least =
      static_cast<double>((pca.inverse_transform(pca.transform(x)) - x).array().square().mean());
  const auto linear = Autoencoder<TestType>({.encoder_sizes = {2},
                                             .activation = Activation::linear,
                                             .learning_rate = 0.02,
                                             .batch_size = 100,
                                             .n_epochs = 2000,
                                             .schedule = LearningRateSchedule::cosine})
                          .fit(x);
  CHECK(error_of(linear, x) < 1.01 * least);
  CHECK(error_of(linear, x) > least * (1 - 1e-4));
}

TEMPLATE_TEST_CASE("A deep autoencoder bends where PCA cannot", "", float, double) {
  const Matrix<TestType> x = curve<TestType>(400, 6, 4);
  const auto pca = PCA<TestType>({.n_components = 1}).fit(x);
  const double straight =
      static_cast<double>((pca.inverse_transform(pca.transform(x)) - x).array().square().mean());
  const auto deep = Autoencoder<TestType>({.encoder_sizes = {24, 1},
                                           .activation = Activation::tanh,
                                           .learning_rate = 0.01,
                                           .batch_size = 50,
                                           .n_epochs = 150})
                        .fit(x);
  CHECK(error_of(deep, x) < 0.2 * straight);
  CHECK(deep.transform(x).cols() == 1);
  CHECK(relative_error(deep.inverse_transform(deep.transform(x)), deep.reconstruct(x)) <
        tolerance<TestType>());
  // What is not on the curve is restored badly.
  const Matrix<TestType> elsewhere = random_matrix<TestType>(50, 6, 5) * TestType(2);
  CHECK(error_of(deep, elsewhere) > 10 * error_of(deep, x));
}

TEST_CASE("Codes of a deep network keep more of unseen pictures of digits than those of PCA") {
  const Matrix<float> pixels =
      read_csv<float>(UNLABELED_REFERENCE_DIR "/../../examples/data/digits.csv")
          .values.leftCols(64) /
      16;
  const Matrix<float> known = pixels.topRows(1500), unseen = pixels.bottomRows(297);
  const auto pca = PCA<float>({.n_components = 8}).fit(known);
  const double by_pca = static_cast<double>(
      (pca.inverse_transform(pca.transform(unseen)) - unseen).array().square().mean());
  const auto autoencoder = Autoencoder<float>({.encoder_sizes = {128, 64, 8},
                                               .learning_rate = 2e-3,
                                               .batch_size = 64,
                                               .n_epochs = 60,
                                               .schedule = LearningRateSchedule::cosine,
                                               .n_threads = 1})
                               .fit(known);
  CHECK(error_of(autoencoder, unseen) < 0.85 * by_pca);
}

TEST_CASE("Ten samples are learned by heart") {
  const Matrix<double> x = random_matrix<double>(10, 5, 6);
  const auto autoencoder =
      Autoencoder<double>({.encoder_sizes = {64, 10}, .learning_rate = 0.01, .n_epochs = 1500})
          .fit(x);
  CHECK(error_of(autoencoder, x) < 1e-3);
  const Vector<double> errors = autoencoder.reconstruction_error(x);
  const Matrix<double> restored = autoencoder.reconstruct(x);
  for (Index i = 0; i < 10; ++i)
    CHECK(errors(i) == Approx((restored.row(i) - x.row(i)).squaredNorm() / 5).margin(1e-15));
}

TEST_CASE("The loss falls, epoch by epoch at first, and stands in the history") {
  const Matrix<double> x = curve<double>(256, 5, 7);
  std::vector<Iteration> seen;
  const auto autoencoder = Autoencoder<double>({.encoder_sizes = {16, 2},
                                                .batch_size = 32,
                                                .n_epochs = 20,
                                                .on_iteration =
                                                    [&](const Iteration& now) {
                                                      seen.push_back(now);
                                                      return true;
                                                    }})
                               .fit(x);
  const Vector<double>& history = autoencoder.loss_history();
  REQUIRE(history.size() == 20);
  REQUIRE(seen.size() == 20);
  for (Index e = 0; e < 20; ++e) {
    CHECK(seen[static_cast<std::size_t>(e)].index == e);
    CHECK(seen[static_cast<std::size_t>(e)].total == 20);
    CHECK(seen[static_cast<std::size_t>(e)].objective == history(e));
    if (e > 0) CHECK(seen[static_cast<std::size_t>(e)].change == history(e - 1) - history(e));
    if (e > 0 && e < 5) CHECK(history(e) < history(e - 1));
  }
  CHECK(history(19) < 0.3 * history(0));
  CHECK(autoencoder.report().objective == history(19));
  CHECK(autoencoder.report().stop == Stop::max_iterations);
  CHECK(autoencoder.validation_history().size() == 0);
}

TEST_CASE("The first loss is that of the untrained network, whatever the batch size is") {
  // At a rate of next to nothing an epoch's mean over batches is the loss of one network.
  const Matrix<double> x = random_matrix<double>(37, 4, 8);
  std::vector<double> losses;
  for (const Index batch_size : {1, 10, 36, 37, 1000})
    losses.push_back(Autoencoder<double>({.encoder_sizes = {3},
                                          .learning_rate = 1e-300,
                                          .batch_size = batch_size,
                                          .n_epochs = 1})
                         .fit(x)
                         .loss_history()(0));
  for (const double loss : losses) CHECK(loss == Approx(losses[0]).epsilon(1e-12));
}

TEST_CASE("Early stopping keeps the weights of the best validation loss") {
  // 20 noisy samples and a large network: it learns the noise, and the validation loss turns.
  const Matrix<double> x = random_matrix<double>(40, 8, 9);
  AutoencoderOptions options{.encoder_sizes = {64, 6},
                             .learning_rate = 0.01,
                             .batch_size = 10,
                             .n_epochs = 500,
                             .validation_fraction = 0.5,
                             .patience = 10};
  const auto stopped = Autoencoder<double>(options).fit(x);
  CHECK(stopped.report().stop == Stop::converged);
  const Vector<double>& validation = stopped.validation_history();
  CHECK(validation.size() == stopped.loss_history().size());
  CHECK(validation.size() == stopped.report().n_iterations);
  Index best = 0;
  validation.minCoeff(&best);
  CHECK(best == validation.size() - 11);
  // The same fit ended by hand after the best epoch has the same weights.
  options.patience = 0;
  options.n_epochs = best + 1;
  const auto ended = Autoencoder<double>(options).fit(x);
  CHECK(same_weights(stopped.model(), ended.model()));
  CHECK(ended.validation_history()(best) == validation(best));
}

TEST_CASE("However small a share is asked for, one sample judges") {
  const Matrix<double> x = random_matrix<double>(10, 3, 20);
  const auto fitted =
      Autoencoder<double>(
          {.encoder_sizes = {2}, .n_epochs = 5, .validation_fraction = 0.01, .patience = 3})
          .fit(x);
  CHECK(fitted.validation_history().size() == fitted.loss_history().size());
  CHECK_THROWS_MATCHES(
      Autoencoder<double>({.encoder_sizes = {2}, .validation_fraction = 0.01}).fit(x.topRows(1)),
      std::invalid_argument,
      Message("Autoencoder: validation_fraction must leave a sample to train with, got 0.01 of 1 "
              "samples"));
}

TEST_CASE("A validation loss beyond all numbers is a failure, with patience and without") {
  const Matrix<double> x = random_matrix<double>(60, 3, 21);
  for (const Index patience : {0, 1})
    CHECK_THROWS_MATCHES(Autoencoder<double>({.encoder_sizes = {4},
                                              .learning_rate = 1e200,
                                              .n_epochs = 1,
                                              .validation_fraction = 0.5,
                                              .patience = patience})
                             .fit(x),
                         NumericalError,
                         Message("Autoencoder: the loss is not finite in epoch 0; lower "
                                 "learning_rate, or scale the features"));
}

TEST_CASE("A loss that is not a number is told from a large one") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const Loss loss : {Loss::mean_squared, Loss::binary_cross_entropy}) {
    const double output[] = {0.5, nan}, target[] = {0.2, 0.9};
    CHECK_FALSE(detail::is_finite(detail::loss_of(loss, output, target, 2)));
  }
}

TEST_CASE("Memory is taken for the threads that can work, not for those allowed") {
  const Matrix<double> x = random_matrix<double>(20, 30, 22);
  AutoencoderOptions options{.encoder_sizes = {500, 10}, .batch_size = 7, .n_epochs = 1};
  options.n_threads = 1;
  const auto one = Autoencoder<double>(options).fit(x);
  options.n_threads = std::numeric_limits<int>::max();
  CHECK(same_weights(Autoencoder<double>(options).fit(x).model(), one.model()));
}

TEST_CASE("Noise makes the network restore what is missing") {
  Rng rng(10);
  Matrix<double> x(500, 6);
  for (Index i = 0; i < x.rows(); ++i) {
    x.row(i).setConstant(rng.normal());
    for (double& value : x.row(i)) value += rng.normal(0, 0.05);
  }
  Matrix<double> damaged = x;
  for (Index i = 0; i < x.rows(); ++i) damaged(i, i % 6) = 0;
  auto restoration_error = [&](double noise) {
    const auto autoencoder = Autoencoder<double>({.encoder_sizes = {32, 6},
                                                  .learning_rate = 5e-3,
                                                  .batch_size = 50,
                                                  .n_epochs = 60,
                                                  .noise = noise})
                                 .fit(x);
    return (autoencoder.reconstruct(damaged) - x).array().square().mean();
  };
  CHECK(restoration_error(0.2) < 0.4 * restoration_error(0));
}

TEST_CASE("Dropped entries have the share asked for and are drawn anew") {
  detail::RowBuffer<float> from(300, 101), to(300, 101);
  from.top(300).setOnes();
  Rng rng(11);
  detail::drop_entries(from, 300, 0.3, rng, to);
  const Matrix<float> first = to.top(300);
  const double n = 300 * 101, share = 1 - double(first.sum()) / n;
  CHECK(std::abs(share - 0.3) < 4 * std::sqrt(0.3 * 0.7 / n));
  detail::drop_entries(from, 300, 0.3, rng, to);
  CHECK(to.top(300) != first);
}

TEST_CASE("Layerwise pretraining starts deep networks nearer to the goal") {
  const Matrix<double> x = curve<double>(200, 12, 12);
  auto fitted = [&](bool pretraining) {
    Index epochs = 0;
    auto autoencoder = Autoencoder<double>({.encoder_sizes = {16, 12, 8, 2},
                                            .activation = Activation::sigmoid,
                                            .learning_rate = 0.01,
                                            .batch_size = 20,
                                            .n_epochs = 15,
                                            .layerwise_pretraining = pretraining,
                                            .on_iteration = [&](const Iteration& now) {
                                              CHECK(now.index == epochs++);
                                              CHECK(now.total == (pretraining ? 75 : 15));
                                              return true;
                                            }});
    autoencoder.fit(x);
    CHECK(autoencoder.loss_history().size() == 15);
    CHECK(autoencoder.report().n_iterations == epochs);
    CHECK(epochs == (pretraining ? 75 : 15));
    return autoencoder;
  };
  CHECK(fitted(true).loss_history()(0) < 0.8 * fitted(false).loss_history()(0));
}

TEST_CASE("A fit stopped while it pretrains is a valid model") {
  const Matrix<double> x = curve<double>(50, 4, 13);
  Index epochs = 0;
  const auto autoencoder =
      Autoencoder<double>({.encoder_sizes = {5, 2},
                           .n_epochs = 10,
                           .layerwise_pretraining = true,
                           .on_iteration = [&](const Iteration&) { return ++epochs < 3; }})
          .fit(x);
  CHECK(epochs == 3);
  CHECK(autoencoder.report().stop == Stop::callback);
  CHECK(autoencoder.report().n_iterations == 3);
  CHECK(detail::is_finite(autoencoder.report().objective));
  CHECK(autoencoder.loss_history().size() == 0);
  CHECK(autoencoder.reconstruct(x).allFinite());
}

TEST_CASE("Binary cross-entropy gives probabilities") {
  Matrix<double> x = (random_matrix<double>(100, 2, 14) * random_matrix<double>(2, 8, 15));
  x = (x.array() > 0).cast<double>().eval();
  const auto autoencoder = Autoencoder<double>({.encoder_sizes = {32, 2},
                                                .loss = Loss::binary_cross_entropy,
                                                .learning_rate = 0.01,
                                                .batch_size = 20,
                                                .n_epochs = 150})
                               .fit(x);
  const Matrix<double> restored = autoencoder.reconstruct(x);
  CHECK(restored.minCoeff() >= 0);
  CHECK(restored.maxCoeff() <= 1);
  const double right = ((restored.array() > 0.5) == (x.array() > 0.5)).cast<double>().mean();
  CHECK(right > 0.97);
}

TEST_CASE("Epochs of partial_fit are those of one training") {
  const Matrix<double> x = curve<double>(120, 5, 16);
  const AutoencoderOptions options{.encoder_sizes = {12, 2}, .batch_size = 30, .n_epochs = 4};
  auto parts = Autoencoder<double>(options);
  for (int epoch = 0; epoch < 4; ++epoch) parts.partial_fit(x);
  const auto whole = Autoencoder<double>(options).fit(x);
  REQUIRE(parts.loss_history().size() == 4);
  CHECK(parts.report().n_iterations == 4);
  // Orders differ (fit keeps validation samples apart first), the progress does not.
  CHECK(parts.loss_history()(3) == Approx(whole.loss_history()(3)).epsilon(0.1));
  CHECK(parts.model().optimizer.n_steps == 16);
  // A copy goes on from the same place.
  auto copy = parts;
  CHECK(same_weights(copy.partial_fit(x).model(), parts.partial_fit(x).model()));
  // Without the optimizer's state the next step is another one.
  AutoencoderModel<double> amnesic = whole.model(), model = parts.model();
  amnesic = model;
  amnesic.optimizer = {};
  CHECK_FALSE(same_weights(Autoencoder<double>(options, amnesic).partial_fit(x).model(),
                           Autoencoder<double>(options, model).partial_fit(x).model()));
}

TEST_CASE("Constant features, single samples and single features can be learned") {
  Matrix<double> x = random_matrix<double>(30, 3, 17);
  x.col(1).setConstant(5);
  CHECK(
      Autoencoder<double>({.encoder_sizes = {4}, .n_epochs = 5}).fit(x).reconstruct(x).allFinite());
  CHECK(Autoencoder<double>({.encoder_sizes = {4}, .n_epochs = 5}).fit(x.topRows(1)).is_fitted());
  CHECK(
      Autoencoder<double>({.encoder_sizes = {4}, .n_epochs = 5}).fit(x.leftCols(1)).n_features() ==
      1);
}

TEMPLATE_TEST_CASE("A training that diverges says so and keeps the earlier fit", "", float,
                   double) {
  const Matrix<TestType> x = random_matrix<TestType>(60, 3, 18);
  auto autoencoder = Autoencoder<TestType>({.encoder_sizes = {4}, .n_epochs = 3});
  autoencoder.fit(x);
  const Matrix<TestType> before = autoencoder.reconstruct(x);
  const TestType huge = std::numeric_limits<TestType>::max() / 8;
  CHECK_THROWS_MATCHES(
      autoencoder.fit(x * huge), NumericalError,
      Message(sizeof(TestType) == 4 ? "Autoencoder: the loss is not finite in epoch 1; lower "
                                      "learning_rate, or scale the features"
                                    : "Autoencoder: the loss is not finite in epoch 0; lower "
                                      "learning_rate, or scale the features"));
  CHECK((autoencoder.reconstruct(x).array() == before.array()).all());
}

TEST_CASE("Codes of another size are refused") {
  const auto autoencoder = Autoencoder<double>({.encoder_sizes = {4, 2}, .n_epochs = 1})
                               .fit(random_matrix<double>(9, 3, 1));
  CHECK_THROWS_MATCHES(autoencoder.inverse_transform(random_matrix<double>(5, 3, 1)),
                       std::invalid_argument,
                       Message("Autoencoder: Z must have 2 columns (the size of the code), got 3"));
  Matrix<double> z = random_matrix<double>(5, 2, 1);
  z(3, 1) = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_MATCHES(autoencoder.inverse_transform(z), std::invalid_argument,
                       Message("Autoencoder: Z has a non-finite value at row 3, column 1"));
}

TEST_CASE("Models from elsewhere are checked") {
  const AutoencoderOptions options{.encoder_sizes = {4, 2}, .n_epochs = 1};
  const Matrix<double> x = random_matrix<double>(9, 3, 1);
  const AutoencoderModel<double> good = Autoencoder<double>(options).partial_fit(x).model();
  auto refusal = [&](auto&& spoil) {
    AutoencoderModel<double> model = good;
    spoil(model);
    try {
      Autoencoder<double>{options, model};
    } catch (const std::invalid_argument& error) {
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  CHECK(refusal([](auto&) {}) == "accepted");
  CHECK(refusal([](auto& model) { model.encoder.pop_back(); }) ==
        "Autoencoder: model.encoder must have 2 layers, got 1");
  CHECK(refusal([](auto& model) { model.encoder.clear(); }) ==
        "Autoencoder: model.encoder must have 2 layers, got 0");
  CHECK(refusal([](auto& model) { model.decoder[0].weights = Matrix<double>::Zero(2, 5); }) ==
        "Autoencoder: model.decoder[0] must have weights of 2 x 4 and as many biases as columns, "
        "got 2 x 5 and 4");
  CHECK(refusal([](auto& model) { model.decoder[1].bias = Vector<double>::Zero(2); }) ==
        "Autoencoder: model.decoder[1] must have weights of 4 x 3 and as many biases as columns, "
        "got 4 x 3 and 2");
  CHECK(refusal([](auto& model) { model.encoder[1].weights(2, 1) = 0.0 / 0.0; }) ==
        "Autoencoder: model.encoder[1].weights has a non-finite value at row 2, column 1");
  CHECK(refusal([](auto& model) { model.encoder[0].activation = Activation(7); }) ==
        "Autoencoder: model.encoder[0].activation must be a member of Activation, got 7");
  CHECK(refusal([](auto& model) { model.optimizer.n_steps = -1; }) ==
        "Autoencoder: model.optimizer.n_steps must be >= 0, got -1");
  CHECK(refusal([](auto& model) { model.optimizer.first_moments.pop_back(); }) ==
        "Autoencoder: model.optimizer.first_moments must have 4 layers, got 3");
  CHECK(refusal([](auto& model) { model.optimizer.second_moments[1].bias(0) = -1; }) ==
        "Autoencoder: model.optimizer.second_moments must be >= 0");
}
