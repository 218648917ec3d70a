// SPDX-License-Identifier: MIT
#include "contract/failing_allocation.hpp"  // first
#include "contract/survivor.hpp"
#include "unlabeled/neural/autoencoder.hpp"
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
