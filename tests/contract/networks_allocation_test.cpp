// SPDX-License-Identifier: MIT
#include "contract/failing_allocation.hpp"  // first
#include "contract/survivor.hpp"
#include "unlabeled/neural/autoencoder.hpp"
#include "unlabeled/neural/deep_cluster.hpp"
#include "unlabeled/neural/variational_autoencoder.hpp"

using namespace unlabeled;

TEST_CASE("Autoencoder keeps its fit and leaks nothing when memory runs out") {
  const AutoencoderOptions options{.encoder_sizes = {5, 2},
                                   .batch_size = 16,
                                   .n_epochs = 2,
                                   .validation_fraction = 0.25,
                                   .patience = GENERATE(0, 1),
                                   .noise = 0.1,
                                   .layerwise_pretraining = true,
                                   .n_threads = GENERATE(1, 2)};
  Survivor columns{Autoencoder<double>(options)};
  columns.survives_all();
  columns.survives("reconstruction_error", [](const auto& e, const auto& x, const auto&) {
    static_cast<void>(e.reconstruction_error(x));
  });
  // From a fit that has been learning on before: its histories and moments have to be replaced.
  Autoencoder<double> learning(options);
  learning.fit(random_matrix<double>(50, 3, 1));
  learning.partial_fit(random_matrix<double>(50, 3, 1));
  Survivor<Autoencoder<double>> again{learning};
  again.survives_all();
}

TEST_CASE("VariationalAutoencoder keeps its fit and leaks nothing when memory runs out") {
  const VariationalAutoencoderOptions options{.encoder_sizes = {5, 2},
                                              .batch_size = 16,
                                              .n_epochs = 2,
                                              .validation_fraction = 0.25,
                                              .patience = GENERATE(0, 1),
                                              .n_threads = GENERATE(1, 2)};
  Survivor<VariationalAutoencoder<double>, RowMatrix> survivor{
      VariationalAutoencoder<double>(options)};
  survivor.survives("fit", [](auto& e, const auto& x, const auto&) { e.fit(x); });
  survivor.survives("fit_transform",
                    [](auto& e, const auto& x, const auto&) { e.fit_transform(x); });
  survivor.survives("reconstruct", [](const auto& e, const auto& x, const auto&) {
    static_cast<void>(e.reconstruct(x));
  });
  survivor.survives(
      "elbo", [](const auto& e, const auto& x, const auto&) { static_cast<void>(e.elbo(x)); });
  survivor.survives(
      "sample", [](const auto& e, const auto&, const auto&) { static_cast<void>(e.sample(5, 1)); });
}

TEST_CASE("DeepCluster keeps its fit and leaks nothing when memory runs out") {
  const DeepClusterOptions options{.n_clusters = 3,
                                   .encoder_sizes = {5, 2},
                                   .n_pretraining_epochs = 1,
                                   .batch_size = 16,
                                   .max_iterations = 4,
                                   .update_interval = 2,
                                   .reconstruction_weight = GENERATE(0.0, 1.0),
                                   .n_init = 1,
                                   .n_threads = GENERATE(1, 2)};
  Survivor survivor{DeepCluster<double>(options)};
  const auto start = Autoencoder<double>({.encoder_sizes = {5, 2}, .n_epochs = 1})
                         .fit(random_matrix<double>(40, 3, 2));
  survivor.survives("fit", [](auto& e, const auto& x, const auto&) { e.fit(x); });
  survivor.survives("fit_from", [&](auto& e, const auto& x, const auto&) { e.fit_from(x, start); });
  survivor.survives("fit_transform",
                    [](auto& e, const auto& x, const auto&) { e.fit_transform(x); });
  survivor.survives("predict_proba", [](const auto& e, const auto& x, const auto&) {
    static_cast<void>(e.predict_proba(x));
  });
}
