// SPDX-License-Identifier: MIT
#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/instances/deep_cluster.hpp"
#include "support/tolerance.hpp"
#include "unlabeled/metrics/clustering.hpp"
#include "unlabeled/pipeline.hpp"
#include "unlabeled/preprocessing/standard_scaler.hpp"

using namespace unlabeled;
using Catch::Matchers::Message;

namespace {

/// Small enough for a test, large enough to find blobs.
DeepClusterOptions small_options() {
  return {.n_clusters = 4,
          .encoder_sizes = {16, 3},
          .n_pretraining_epochs = 20,
          .pretraining_learning_rate = 5e-3,
          .pretraining_batch_size = 50,
          .learning_rate = 1e-3,
          .batch_size = 50,
          .max_iterations = 400,
          .update_interval = 20,
          .n_init = 5,
          .seed = 3};
}

template <Real S> bool same_model(const DeepClusterModel<S>& a, const DeepClusterModel<S>& b) {
  for (std::size_t l = 0; l < a.encoder.size(); ++l)
    if (a.encoder[l].weights != b.encoder[l].weights || a.encoder[l].bias != b.encoder[l].bias)
      return false;
  return a.cluster_centers == b.cluster_centers && a.labels == b.labels &&
         a.loss_history == b.loss_history && a.cluster_masses == b.cluster_masses;
}

}  // namespace

TEMPLATE_TEST_CASE("Separate blobs are found, by DEC and by IDEC", "", float, double) {
  const auto blobs = make_blobs<TestType>(400, 8, 4, 1);
  DeepClusterOptions options = small_options();
  options.reconstruction_weight = GENERATE(0.0, 1.0);
  const auto fitted = DeepCluster<TestType>(options).fit(blobs.samples);
  CHECK(clustering_accuracy(blobs.labels, fitted.labels()) == 1);
  CHECK(fitted.report().stop == Stop::converged);
  CHECK(fitted.report().n_iterations < 60 + 400);
  CHECK_FALSE(fitted.model().collapsed);
  CHECK(fitted.model().decoder.size() == (options.reconstruction_weight > 0 ? 2 : 0));
  const Matrix<TestType> q = fitted.predict_proba(blobs.samples);
  CHECK((q.rowwise().sum().array() - 1).abs().maxCoeff() < 1e-5);
  const Vector<double> masses = q.template cast<double>().colwise().sum().transpose();
  CHECK(fitted.model().cluster_masses.sum() == Approx(400));
  CHECK((masses - fitted.model().cluster_masses).cwiseAbs().maxCoeff() < 1e-3);
  for (Index i = 0; i < 400; ++i) CHECK(q(i, fitted.labels()[i]) == q.row(i).maxCoeff());
}

TEST_CASE("Memberships become surer while it learns, and new samples join their blob") {
  const auto blobs = make_blobs<double>(500, 8, 4, 2, 2.0);
  const Matrix<double> x = blobs.samples.topRows(400), others = blobs.samples.bottomRows(100);
  DeepClusterOptions options = small_options();
  options.tolerance = 0;
  const auto sureness = [&](Index n_updates) {
    options.max_iterations = n_updates;
    return DeepCluster<double>(options).fit(x).predict_proba(x).rowwise().maxCoeff().mean();
  };
  const double at_first = sureness(1);
  options.max_iterations = 400;
  const auto fitted = DeepCluster<double>(options).fit(x);
  CHECK(fitted.predict_proba(x).rowwise().maxCoeff().mean() > at_first + 0.05);
  CHECK(clustering_accuracy(blobs.labels.tail(100), fitted.predict(others)) > 0.98);
  CHECK(fitted.report().stop == Stop::max_iterations);
  CHECK(fitted.report().n_iterations == 60 + 400);
  CHECK(fitted.loss_history().size() == 20);
}

TEST_CASE("It stops by the share of labels that change, and says so") {
  const auto blobs = make_blobs<double>(300, 6, 4, 3, 5.0);  // they overlap
  DeepClusterOptions options = small_options();
  std::vector<Iteration> seen;
  options.on_iteration = [&](const Iteration& now) {
    seen.push_back(now);
    return true;
  };
  options.tolerance = 0.001;  // not one of 300
  const auto fitted = DeepCluster<double>(options).fit(blobs.samples);
  REQUIRE(fitted.report().stop == Stop::converged);
  const Index n_updates = fitted.report().n_iterations - 60;
  REQUIRE(n_updates > 20);
  CHECK(n_updates % 20 == 0);
  CHECK(fitted.loss_history().size() == n_updates / 20);
  CHECK(static_cast<Index>(seen.size()) == fitted.report().n_iterations);
  // Until the last refresh, each told of changes to the updates behind it.
  for (std::size_t i = 60 + 20; i < seen.size(); ++i) CHECK(seen[i].change >= 0.001);
  for (std::size_t i = 0; i < seen.size(); ++i) {
    CHECK(seen[i].index == static_cast<Index>(i));
    CHECK(seen[i].total == 60 + 400);
  }
  double mean = 0;
  for (std::size_t i = seen.size() - 20; i < seen.size(); ++i) mean += seen[i].objective / 20;
  CHECK(fitted.loss_history().tail(1)(0) == Approx(mean));
  CHECK(fitted.report().objective == seen.back().objective);
}

TEST_CASE("Few samples are pretrained in more epochs, up to as many updates as they need") {
  const auto total = [](Index n_samples, Index batch_size) {
    Index most = 0;
    DeepClusterOptions options = small_options();
    options.n_pretraining_epochs = -1;
    options.pretraining_batch_size = batch_size;
    options.on_iteration = [&](const Iteration& now) {
      most = now.total;
      return false;
    };
    DeepCluster<double>(options).fit(random_matrix<double>(n_samples, 3, 1));
    return most - options.max_iterations;
  };
  CHECK(total(30, 50) == 3 * 4000);  // two pairs of layers, and all together
  CHECK(total(100, 50) == 3 * 2000);
  CHECK(total(110, 50) == 3 * 1334);
  CHECK(total(4010, 10) == 3 * 10);
}

TEST_CASE("A fit can be stopped in pretraining and while it clusters") {
  const auto blobs = make_blobs<double>(200, 6, 4, 4);
  const Index calls = GENERATE(1, 45, 60, 61, 75);
  DeepClusterOptions options = small_options();
  options.on_iteration = [&](const Iteration& now) { return now.index + 1 < calls; };
  const auto fitted = DeepCluster<double>(options).fit(blobs.samples);
  CHECK(fitted.report().stop == Stop::callback);
  CHECK(fitted.report().n_iterations == calls);
  CHECK(detail::is_finite(fitted.report().objective));
  CHECK(fitted.loss_history().size() == (calls > 60 ? 1 : 0));
  CHECK(fitted.loss_history().allFinite());
  CHECK(fitted.predict(blobs.samples) == fitted.labels());
  CHECK(fitted.labels().maxCoeff() == 3);
}

TEMPLATE_TEST_CASE("Any number of threads gives the same bits", "", float, double) {
  const Matrix<TestType> x = make_blobs<TestType>(600, 40, 5, 5, 2.0).samples;
  DeepClusterOptions options = small_options();
  options.n_clusters = 5;
  options.encoder_sizes = {70, 33, 10};
  options.n_pretraining_epochs = 2;
  options.pretraining_batch_size = options.batch_size = 130;
  options.max_iterations = 30;
  options.update_interval = 7;
  options.reconstruction_weight = GENERATE(0.0, 0.1);
  options.n_threads = 1;
  const auto alone = DeepCluster<TestType>(options).fit(x);
  for (const int n_threads : {2, 3, 5}) {
    options.n_threads = n_threads;
    const auto team = DeepCluster<TestType>(options).fit(x);
    CHECK(same_model(team.model(), alone.model()));
    CHECK(team.predict_proba(x) == alone.predict_proba(x));
  }
}

TEST_CASE("Another order of features gives another fit of the same blobs") {
  const auto blobs = make_blobs<double>(300, 6, 4, 6);
  const auto fitted = DeepCluster<double>(small_options()).fit(blobs.samples);
  const Matrix<double> reversed = blobs.samples.rowwise().reverse();
  const auto other = DeepCluster<double>(small_options()).fit(reversed);
  CHECK(adjusted_rand_score(fitted.labels(), other.labels()) == 1);
  const Matrix<double> upside_down = blobs.samples.colwise().reverse();
  const auto third = DeepCluster<double>(small_options()).fit(upside_down);
  CHECK(adjusted_rand_score(fitted.labels(), Labels(third.labels().reverse())) == 1);
}

TEMPLATE_TEST_CASE("The scale of the samples does not matter, in powers of two to the bit", "",
                   float, double) {
  const Matrix<TestType> x = make_blobs<TestType>(200, 6, 4, 7).samples;
  DeepClusterOptions options = small_options();
  options.max_iterations = 40;
  options.reconstruction_weight = 1;
  const auto fitted = DeepCluster<TestType>(options).fit(x);
  for (const double factor : {0x1p-40, 0x1p+40}) {
    const Matrix<TestType> scaled = x * static_cast<TestType>(factor);
    const auto other = DeepCluster<TestType>(options).fit(scaled);
    CHECK(other.cluster_centers() == fitted.cluster_centers());
    CHECK(other.labels() == fitted.labels());
    CHECK(other.transform(scaled) == fitted.transform(x));
  }
  // The decoder of IDEC gives the samples back in their own scale.
  const Autoencoder<TestType> restoring(
      {.encoder_sizes = {16, 3}}, {fitted.model().encoder, fitted.model().decoder, {}, {}, {}, {}});
  const double error = static_cast<double>(restoring.reconstruction_error(x).mean());
  CHECK(error < 0.2 * static_cast<double>(x.array().square().mean()));
}

TEST_CASE("Samples of any size, constant features and zeros can be clustered") {
  DeepClusterOptions options = small_options();
  options.max_iterations = 40;
  options.n_clusters = 2;
  const Matrix<double> x = random_matrix<double>(30, 3, 8);
  for (const double factor : {1e-290, 1e-150, 1e150, 1e290}) {
    const auto fitted = DeepCluster<double>(options).fit(x * factor);
    CHECK(fitted.predict(x * factor) == fitted.labels());
    CHECK(fitted.labels().maxCoeff() == 1);
  }
  Matrix<double> constant = x;
  constant.col(1).setConstant(5);
  CHECK(DeepCluster<double>(options).fit(constant).transform(constant).allFinite());
  const Matrix<double> zeros = Matrix<double>::Zero(10, 3);
  CHECK(DeepCluster<double>(options).fit(zeros).predict_proba(zeros).allFinite());
  options.n_clusters = 30;
  CHECK(DeepCluster<double>(options).fit(x).is_fitted());
  options.n_clusters = 1;
  const auto one = DeepCluster<double>(options).fit(x.topRows(1));
  CHECK(one.labels()[0] == 0);
}

TEST_CASE("One cluster holds all, and the first refresh sees it") {
  const Matrix<double> x = random_matrix<double>(50, 4, 9);
  DeepClusterOptions options = small_options();
  options.n_clusters = 1;
  const auto fitted = DeepCluster<double>(options).fit(x);
  CHECK(fitted.labels().isZero(0));
  CHECK((fitted.predict_proba(x).array() == 1).all());
  CHECK(fitted.report().stop == Stop::converged);
  CHECK(fitted.report().n_iterations == 60 + 20);
  CHECK(fitted.loss_history()(0) == 0);
  CHECK(fitted.model().cluster_masses(0) == 50);
}

TEST_CASE("An autoencoder that is there already is the start") {
  const auto blobs = make_blobs<double>(300, 6, 4, 10);
  const auto autoencoder =
      Autoencoder<double>(
          {.encoder_sizes = {12, 8, 3}, .learning_rate = 5e-3, .batch_size = 50, .n_epochs = 60})
          .fit(blobs.samples);
  DeepClusterOptions options = small_options();
  options.learning_rate = 1e-300;  // nothing moves: the embedding is the code
  const auto still = DeepCluster<double>(options).fit_from(blobs.samples, autoencoder);
  CHECK(still.transform(blobs.samples) == autoencoder.transform(blobs.samples));
  CHECK(still.report().stop == Stop::converged);
  CHECK(still.report().n_iterations == 20);
  options.learning_rate = 1e-3;
  options.reconstruction_weight = 1;
  auto&& fitted = DeepCluster<double>(options).fit_from(blobs.samples, autoencoder);
  CHECK(clustering_accuracy(blobs.labels, fitted.labels()) == 1);
  CHECK(fitted.labels() == fitted.predict(blobs.samples));
  CHECK(fitted.model().decoder.size() == 3);
  CHECK_THROWS_MATCHES(fitted.fit_from(random_matrix<double>(20, 5, 1), autoencoder),
                       std::invalid_argument,
                       Message("DeepCluster: X must have 6 features (columns) as in fit, got 5"));
  CHECK_THROWS_MATCHES(fitted.fit_from(blobs.samples.topRows(3), autoencoder),
                       std::invalid_argument,
                       Message("DeepCluster: n_clusters must be <= n_samples = 3, got 4"));
  CHECK_THROWS_AS(fitted.fit_from(blobs.samples, Autoencoder<double>()), NotFitted);
  CHECK(clustering_accuracy(blobs.labels, fitted.labels()) == 1);
}

TEST_CASE("A cluster that is being lost ends the fit, and the state before it is kept") {
  // One cloud without clusters, at a rate that throws the embedding about.
  Matrix<double> x = random_matrix<double>(200, 4, 11);
  DeepClusterOptions options = small_options();
  options.n_clusters = 6;
  options.learning_rate = 1;
  options.tolerance = 0;
  options.update_interval = 5;
  const auto fitted = DeepCluster<double>(options).fit(x);
  REQUIRE(fitted.model().collapsed);
  CHECK(fitted.report().stop == Stop::max_iterations);
  CHECK(fitted.report().n_iterations < 60 + 400);
  CHECK(fitted.predict(x) == fitted.labels());
  for (int j = 0; j < 6; ++j) CHECK((fitted.labels().array() == j).count() > 0);
}

TEST_CASE("A training that diverges names the rate to lower and keeps the earlier fit") {
  const Matrix<double> x = make_blobs<double>(60, 3, 2, 12).samples;
  DeepClusterOptions options = small_options();
  options.n_clusters = 2;
  auto fitted = DeepCluster<double>(options).fit(x);
  const auto refusal = [&](const DeepClusterOptions& bad) -> std::string {
    try {
      DeepCluster<double>(bad).fit(x);
    } catch (const NumericalError& error) {
      return error.what();
    }
    return "none";
  };
  DeepClusterOptions bad = options;
  bad.pretraining_learning_rate = 1e200;
  CHECK(refusal(bad).find("lower pretraining_learning_rate, or scale") != std::string::npos);
  bad = options;
  bad.learning_rate = 1e200;
  CHECK(refusal(bad).find("lower learning_rate, or scale") != std::string::npos);
  const Labels before = fitted.labels();
  Matrix<double> damaged = x;
  damaged(7, 1) = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_AS(fitted.fit(damaged), std::invalid_argument);
  CHECK(fitted.labels() == before);
  CHECK(fitted.predict(x) == before);
}

TEST_CASE("Behind a scaler it finds what units would hide") {
  const auto blobs = make_blobs<double>(300, 6, 4, 13);
  Matrix<double> x = blobs.samples;
  x.col(2) *= 1e4;
  x.col(5) *= 1e-3;
  Pipeline pipeline{StandardScaler<double>(), DeepCluster<double>(small_options())};
  const Labels labels = pipeline.fit_predict(x);
  CHECK(clustering_accuracy(blobs.labels, labels) == 1);
  CHECK(pipeline.predict(x) == labels);
  CHECK(pipeline.predict_proba(x).rows() == 300);
  CHECK(pipeline.transform(x).cols() == 3);
}

TEST_CASE("Models from elsewhere are refused where they contradict the options") {
  const auto fitted = DeepCluster<double>(small_options()).fit(random_matrix<double>(30, 3, 14));
  const auto refused = [&](auto&& spoil, const char* message) {
    DeepClusterModel<double> model = fitted.model();
    spoil(model);
    CHECK_THROWS_MATCHES(DeepCluster<double>(small_options(), model), std::invalid_argument,
                         Message(message));
  };
  CHECK(DeepCluster<double>(small_options(), fitted.model()).labels() == fitted.labels());
  refused([](auto& model) { model.cluster_centers.resize(3, 3); },
          "DeepCluster: model.cluster_centers must be 4 x 3, got 3 x 3");
  refused([](auto& model) { model.encoder.clear(); },
          "DeepCluster: model.encoder must have at least 1 layer");
  refused([](auto& model) { model.report.n_iterations = -1; },
          "DeepCluster: model.report.n_iterations must be >= 0, got -1");
}
