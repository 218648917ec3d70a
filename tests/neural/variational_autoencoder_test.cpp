// SPDX-License-Identifier: MIT
#include <cmath>
#include <vector>

#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/instances/variational_autoencoder.hpp"
#include "support/tolerance.hpp"

using namespace unlabeled;
using namespace unlabeled::detail;

namespace {

std::vector<Index> first_numbers(Index n) {
  std::vector<Index> all(static_cast<std::size_t>(n));
  for (Index i = 0; i < n; ++i) all[static_cast<std::size_t>(i)] = i;
  return all;
}

}  // namespace

TEST_CASE("The divergence from the prior is that of normal distributions") {
  const double posterior[] = {0.5, -1, 0.3, -0.7};  // means, log variances
  const double expected = 0.5 * (0.25 + std::exp(0.3) - 1 - 0.3 + 1 + std::exp(-0.7) - 1 + 0.7);
  CHECK(divergence_from_prior(posterior, 2) == Approx(expected).epsilon(1e-14));
  const float prior[] = {0, 0, 0, 0};
  CHECK(divergence_from_prior(prior, 2) == 0);
}

TEST_CASE("Likelihoods are those of the Bernoulli and of the normal distribution") {
  const double y[] = {0.2, 0.9}, x[] = {0, 1};
  CHECK(negative_log_likelihood(Loss::binary_cross_entropy, y, x, 2) ==
        Approx(-std::log(0.8) - std::log(0.9)));
  CHECK(negative_log_likelihood(Loss::mean_squared, y, x, 2) ==
        Approx(0.5 * (0.04 + 0.01) + std::log(2 * 3.14159265358979323846)));
}

TEST_CASE("Gradients through the sampling equal finite differences") {
  const Matrix<double> x = (random_matrix<double>(9, 4, 1).array() * 0.2 + 0.5).min(0.9).max(0.1);
  const RowMatrix<double> rows = x;
  for (const Loss loss : {Loss::mean_squared, Loss::binary_cross_entropy}) {
    const VariationalAutoencoderOptions options{.encoder_sizes = {5, 2},
                                                .activation = Activation::tanh,
                                                .loss = loss,
                                                .optimizer = Optimizer::sgd,
                                                .batch_size = 9,
                                                .beta = 0.7,
                                                .momentum = 0,
                                                .seed = 4};
    auto model = initial_variational_autoencoder<double>(4, options);
    Team team(1);
    VariationalTraining<double> training(team, Samples<double>(rows), model, options, 9);
    training.epoch(first_numbers(9), 0, 1);
    auto moved = model;
    training.keep(moved);
    const std::vector<Index> order = shuffled(9, network_rng(4, NetworkStream::order, 0));
    auto loss_now = [&] {
      VariationalTraining<double> fresh(team, Samples<double>(rows), model, options, 9);
      return fresh.loss(order, network_rng(4, NetworkStream::latent, 0));
    };
    auto check = [&](double& parameter, double after) {
      const double kept = parameter, h = 1e-5;
      parameter = kept + h;
      const double above = loss_now();
      parameter = kept - h;
      const double below = loss_now();
      parameter = kept;
      INFO("loss " << int(loss));
      CHECK(kept - after == Approx((above - below) / (2 * h)).epsilon(1e-6).margin(1e-8));
    };
    for (std::size_t l = 0; l < 2; ++l)
      for (Index i = 0; i < 2; ++i) {
        check(model.encoder[l].weights(i, i), moved.encoder[l].weights(i, i));
        check(model.encoder[l].bias(i + 1), moved.encoder[l].bias(i + 1));
        check(model.decoder[l].weights(i, i), moved.decoder[l].weights(i, i));
        check(model.decoder[l].bias(i + 1), moved.decoder[l].bias(i + 1));
      }
  }
}

TEST_CASE("A linear model with a normal likelihood reaches the density of probabilistic PCA") {
  // x = 3 u z + noise of variance 1: log p(x) is known, and the bound can be tight.
  Rng rng(2);
  Vector<double> u(3);
  u << 2.0 / 3, -2.0 / 3, 1.0 / 3;
  Matrix<double> x(4000, 3);
  for (Index i = 0; i < x.rows(); ++i) {
    const double z = rng.normal();
    for (Index j = 0; j < 3; ++j) x(i, j) = 3 * u(j) * z + rng.normal();
  }
  double log_density = 0;
  for (Index i = 0; i < x.rows(); ++i) {
    const double along = x.row(i).dot(u), across = x.row(i).squaredNorm() - along * along;
    log_density -= 0.5 * (along * along / 10 + across + std::log(10.0) +
                          3 * std::log(2 * 3.14159265358979323846));
  }
  log_density /= static_cast<double>(x.rows());
  const auto vae = VariationalAutoencoder<double>({.encoder_sizes = {1},
                                                   .activation = Activation::linear,
                                                   .learning_rate = 0.02,
                                                   .n_epochs = 40,
                                                   .schedule = LearningRateSchedule::cosine,
                                                   .seed = 3})
                       .fit(x);
  const double bound = vae.elbo(x);
  CHECK(bound == Approx(log_density).margin(0.05));
  // New samples have the spread of the signal.
  const Matrix<double> made = vae.sample(4000, 5);
  const Vector<double> along = made * u;
  CHECK(std::sqrt(along.squaredNorm() / 4000) == Approx(3).epsilon(0.1));
}

TEMPLATE_TEST_CASE("Samples look like the data, reconstructions like the sample", "", float,
                   double) {
  // Two kinds of rows of eight pixels.
  Matrix<TestType> x(600, 8);
  Rng rng(6);
  for (Index i = 0; i < x.rows(); ++i)
    for (Index j = 0; j < 8; ++j)
      x(i, j) =
          (i % 2 == 0) == (j < 4) ? TestType(rng.uniform(0.8, 1)) : TestType(rng.uniform(0, 0.2));
  const auto vae = VariationalAutoencoder<TestType>({.encoder_sizes = {32, 2},
                                                     .loss = Loss::binary_cross_entropy,
                                                     .learning_rate = 5e-3,
                                                     .batch_size = 50,
                                                     .n_epochs = 60,
                                                     .seed = 7})
                       .fit(x);
  const Matrix<TestType> restored = vae.reconstruct(x);
  CHECK(((restored.array() > TestType(0.5)) == (x.array() > TestType(0.5))).all());
  const Matrix<TestType> made = vae.sample(200, 8);
  Index clear = 0, left = 0;
  for (Index i = 0; i < made.rows(); ++i) {
    const double first = double(made.row(i).head(4).mean()),
                 second = double(made.row(i).tail(4).mean());
    clear += std::abs(first - second) > 0.4;
    left += first > second;
  }
  CHECK(clear > 150);
  CHECK(left > 50);
  CHECK(left < 150);
  CHECK(vae.sample(200, 8) == made);
  CHECK(vae.sample(200, 9) != made);
  CHECK(vae.sample(0, 1).rows() == 0);
  CHECK(vae.elbo(x) == vae.elbo(x));
  CHECK(vae.transform(x).cols() == 2);
  // The loss is minus the bound, of weights that still moved.
  CHECK(vae.elbo(x) == Approx(-vae.report().objective).epsilon(0.1));
}

TEST_CASE("A heavy beta leaves nothing but the prior") {
  const Matrix<double> x = random_matrix<double>(300, 3, 9);
  auto spread = [&](double beta) {
    const auto vae = VariationalAutoencoder<double>({.encoder_sizes = {8, 2},
                                                     .learning_rate = 0.01,
                                                     .batch_size = 50,
                                                     .n_epochs = 60,
                                                     .beta = beta})
                         .fit(x * 3);
    return vae.transform(x * 3).array().square().mean();
  };
  CHECK(spread(1) > 0.5);
  CHECK(spread(1000) < 0.01);
}

TEST_CASE("Noise makes the networks restore what is missing") {
  // Six copies of one number: three tell the others.
  Matrix<double> x(400, 6);
  x = random_matrix<double>(400, 1, 11).replicate(1, 6) * 3;
  Matrix<double> damaged = x;
  damaged.leftCols(3).setZero();
  const auto error = [&](double noise) {
    const auto vae = VariationalAutoencoder<double>({.encoder_sizes = {16, 1},
                                                     .learning_rate = 0.01,
                                                     .batch_size = 50,
                                                     .n_epochs = 100,
                                                     .noise = noise})
                         .fit(x);
    return (vae.reconstruct(damaged) - x).squaredNorm() / x.squaredNorm();
  };
  CHECK(error(0.5) < 0.5 * error(0));
}

TEST_CASE("Layerwise pretraining starts variational networks nearer to the goal") {
  const Matrix<double> z = random_matrix<double>(300, 2, 12);
  const Matrix<double> x = (z * random_matrix<double>(2, 10, 13) * 2).array().sin() * 3;
  const auto first_loss = [&](bool pretraining) {
    Index epochs = 0;
    const auto vae =
        VariationalAutoencoder<double>({.encoder_sizes = {24, 16, 2},
                                        .learning_rate = 0.005,
                                        .batch_size = 50,
                                        .n_epochs = 30,
                                        .layerwise_pretraining = pretraining,
                                        .on_iteration =
                                            [&](const Iteration& now) {
                                              CHECK(now.total == (pretraining ? 120 : 30));
                                              ++epochs;
                                              return true;
                                            }})
            .fit(x);
    CHECK(epochs == (pretraining ? 120 : 30));
    CHECK(vae.loss_history().size() == 30);
    return vae.loss_history()(0);
  };
  CHECK(first_loss(true) < 0.9 * first_loss(false));
}

TEST_CASE("Early stopping judges by the validation loss") {
  const Matrix<double> x = random_matrix<double>(60, 6, 10);
  const auto vae = VariationalAutoencoder<double>({.encoder_sizes = {64, 4},
                                                   .learning_rate = 0.01,
                                                   .batch_size = 10,
                                                   .n_epochs = 400,
                                                   .validation_fraction = 0.3,
                                                   .patience = 8})
                       .fit(x);
  CHECK(vae.report().stop == Stop::converged);
  Index best = 0;
  vae.validation_history().minCoeff(&best);
  CHECK(best == vae.validation_history().size() - 9);
}

TEST_CASE("Models of variational autoencoders from elsewhere are checked") {
  const VariationalAutoencoderOptions options{.encoder_sizes = {4, 2}, .n_epochs = 1};
  const auto good =
      VariationalAutoencoder<double>(options).fit(random_matrix<double>(9, 3, 1)).model();
  auto refusal = [&](auto&& spoil) {
    auto model = good;
    spoil(model);
    try {
      VariationalAutoencoder<double>{options, model};
    } catch (const std::invalid_argument& error) {
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  CHECK(refusal([](auto&) {}) == "accepted");
  CHECK(refusal([](auto& model) { model.encoder[1].weights = Matrix<double>::Zero(4, 2); }) ==
        "VariationalAutoencoder: model.encoder[1] must have weights of 4 x 4 and as many biases as "
        "columns, got 4 x 2 and 4");
  CHECK(refusal([](auto& model) { model.decoder.pop_back(); }) ==
        "VariationalAutoencoder: model.decoder must have 2 layers, got 1");
}
