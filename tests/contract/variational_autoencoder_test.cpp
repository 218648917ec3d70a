// SPDX-License-Identifier: MIT
#include "support/instances/variational_autoencoder.hpp"
#include "contract/answers.hpp"

namespace {

using namespace unlabeled;

struct Subject {
  static constexpr const char* name = "VariationalAutoencoder";
  static constexpr const char* refuses_data = "VariationalAutoencoder";
  static constexpr Index n_many = 600;

  template <Real S> static VariationalAutoencoder<S> make(const Settings& settings) {
    return VariationalAutoencoder<S>({.encoder_sizes = {40, 2},
                                      .activation = Activation::tanh,
                                      .batch_size = 200,
                                      .n_epochs = std::min<Index>(settings.max_iterations, 4),
                                      .seed = settings.seed,
                                      .n_threads = settings.n_threads,
                                      .on_iteration = settings.on_iteration});
  }
  template <class E, class Use> static void accessors(const E& vae, Use use) {
    use([&] { return vae.loss_history(); });
    use([&] { return vae.validation_history(); });
    use([&] { return vae.sample(7, 3); });
    use([&] { return vae.model().encoder[0].weights; });
    use([&] { return vae.model().decoder[1].bias; });
  }
  static std::vector<Refusal> refusals() {
    using Options = VariationalAutoencoderOptions;
    auto with = [](Options options) {
      return [options] { VariationalAutoencoder<double>{options}; };
    };
    return {
        {with({.encoder_sizes = {}}),
         "VariationalAutoencoder: encoder_sizes must have at least 1 width, got none"},
        {with({.batch_size = 0}), "VariationalAutoencoder: batch_size must be >= 1, got 0"},
        {with({.noise = 1}), "VariationalAutoencoder: noise must be >= 0 and < 1, got 1"},
        {with({.beta = -1}), "VariationalAutoencoder: beta must be >= 0 and finite, got -1"},
        {[] {
           VariationalAutoencoder<double>({.loss = Loss::binary_cross_entropy})
               .fit(Matrix<double>(Matrix<double>::Constant(2, 3, -0.5)));
         },
         "VariationalAutoencoder: X must be from 0 to 1 for loss binary_cross_entropy, got -0.5 at "
         "row 0, column 0"},
        {[] {
           static_cast<void>(VariationalAutoencoder<double>({.n_epochs = 1})
                                 .fit(random_matrix<double>(5, 3, 1))
                                 .sample(-1, 0));
         },
         "VariationalAutoencoder: n_samples must be >= 0, got -1"},
    };
  }
};

}  // namespace

#include "contract/battery.hpp"
