// SPDX-License-Identifier: MIT
#include "support/instances/autoencoder.hpp"
#include "contract/answers.hpp"

namespace {

using namespace unlabeled;

struct Subject {
  static constexpr const char* name = "Autoencoder";
  static constexpr const char* refuses_data = "Autoencoder";
  static constexpr Index n_many = 600;

  template <Real S> static Autoencoder<S> make(const Settings& settings) {
    return Autoencoder<S>({.encoder_sizes = {40, 2},
                           .activation = Activation::tanh,
                           .batch_size = 200,
                           .n_epochs = std::min<Index>(settings.max_iterations, 4),
                           .seed = settings.seed,
                           .n_threads = settings.n_threads,
                           .on_iteration = settings.on_iteration});
  }
  template <class E, class Use> static void accessors(const E& autoencoder, Use use) {
    use([&] { return autoencoder.loss_history(); });
    use([&] { return autoencoder.validation_history(); });
    use([&] { return autoencoder.model().encoder[0].weights; });
    use([&] { return autoencoder.model().decoder[1].bias; });
  }
  static std::vector<Refusal> refusals() {
    using Options = AutoencoderOptions;
    auto with = [](Options options) { return [options] { Autoencoder<double>{options}; }; };
    const double infinity = std::numeric_limits<double>::infinity();
    return {
        {with({.encoder_sizes = {}}),
         "Autoencoder: encoder_sizes must have at least 1 width, got none"},
        {with({.encoder_sizes = {8, 0}}),
         "Autoencoder: encoder_sizes must be from 1 to 16777215, got 0 at position 1"},
        {with({.activation = static_cast<Activation>(9)}),
         "Autoencoder: activation must be a member of Activation, got 9"},
        {with({.output_activation = static_cast<Activation>(-1)}),
         "Autoencoder: output_activation must be a member of Activation, got -1"},
        {with({.output_activation = Activation::relu, .loss = Loss::binary_cross_entropy}),
         "Autoencoder: output_activation must be Activation::sigmoid (3) for loss "
         "binary_cross_entropy, got 1"},
        {with({.loss = static_cast<Loss>(2)}), "Autoencoder: loss must be a member of Loss, got 2"},
        {with({.optimizer = static_cast<Optimizer>(2)}),
         "Autoencoder: optimizer must be a member of Optimizer, got 2"},
        {with({.learning_rate = 0}), "Autoencoder: learning_rate must be > 0 and finite, got 0"},
        {with({.learning_rate = infinity}),
         "Autoencoder: learning_rate must be > 0 and finite, got inf"},
        {with({.batch_size = 0}), "Autoencoder: batch_size must be >= 1, got 0"},
        {with({.n_epochs = 0}), "Autoencoder: n_epochs must be >= 1, got 0"},
        {with({.validation_fraction = 1}),
         "Autoencoder: validation_fraction must be >= 0 and < 1, got 1"},
        {with({.validation_fraction = 0.2, .patience = -1}),
         "Autoencoder: patience must be >= 0 (0 = never stop early), got -1"},
        {with({.patience = 3}),
         "Autoencoder: patience must be 0 where validation_fraction is 0, "
         "got 3"},
        {with({.noise = 1}), "Autoencoder: noise must be >= 0 and < 1, got 1"},
        {with({.weight_decay = -1}), "Autoencoder: weight_decay must be >= 0 and finite, got -1"},
        {with({.schedule = static_cast<LearningRateSchedule>(3)}),
         "Autoencoder: schedule must be a member of LearningRateSchedule, got 3"},
        {with({.momentum = 1}), "Autoencoder: momentum must be >= 0 and < 1, got 1"},
        {with({.n_threads = -1}),
         "Autoencoder: n_threads must be >= 0 (0 = all hardware threads), got -1"},
        {[] {
           Autoencoder<double>({.validation_fraction = 0.9}).fit(random_matrix<double>(2, 3, 1));
         },
         "Autoencoder: validation_fraction must leave a sample to train with, got 0.9 of 2 "
         "samples"},
        {[] {
           Autoencoder<double>({.loss = Loss::binary_cross_entropy})
               .fit(Matrix<double>(Matrix<double>::Constant(2, 3, 1.5)));
         },
         "Autoencoder: X must be from 0 to 1 for loss binary_cross_entropy, got 1.5 at row 0, "
         "column 0"},
    };
  }
};

}  // namespace

#include "contract/battery.hpp"
