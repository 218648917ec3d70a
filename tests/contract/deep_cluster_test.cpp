// SPDX-License-Identifier: MIT
#include "support/instances/deep_cluster.hpp"
#include "contract/answers.hpp"

namespace {

using namespace unlabeled;

struct Subject {
  static constexpr const char* name = "DeepCluster";
  static constexpr const char* refuses_data = "DeepCluster";
  static constexpr Index n_many = 600;

  template <Real S> static DeepCluster<S> make(const Settings& settings) {
    // Epochs of pretraining are iterations too: none where few are allowed.
    return DeepCluster<S>({.n_clusters = 4,
                           .encoder_sizes = {20, 2},
                           .n_pretraining_epochs = settings.max_iterations < 10 ? 0 : 3,
                           .pretraining_batch_size = 200,
                           .layerwise_pretraining = false,
                           .batch_size = 200,
                           .max_iterations = std::min<Index>(settings.max_iterations, 6),
                           .update_interval = 2,
                           .n_init = 2,
                           .activation = Activation::tanh,
                           .seed = settings.seed,
                           .n_threads = settings.n_threads,
                           .on_iteration = settings.on_iteration});
  }
  template <class E, class Use> static void accessors(const E& clusters, Use use) {
    use([&] { return clusters.labels(); });
    use([&] { return clusters.cluster_centers(); });
    use([&] { return clusters.loss_history(); });
    use([&] { return clusters.model().cluster_masses; });
    use([&] { return clusters.model().encoder[0].weights; });
  }
  static std::vector<Refusal> refusals() {
    using Options = DeepClusterOptions;
    auto with = [](Options options) { return [options] { DeepCluster<double>{options}; }; };
    const double infinity = std::numeric_limits<double>::infinity();
    return {
        {with({.n_clusters = 0}), "DeepCluster: n_clusters must be >= 1, got 0"},
        {with({.n_clusters = 1 << 24}), "DeepCluster: n_clusters must be < 16777216, got 16777216"},
        {with({.encoder_sizes = {}}),
         "DeepCluster: encoder_sizes must have at least 1 width, got none"},
        {with({.encoder_sizes = {8, -1}}),
         "DeepCluster: encoder_sizes must be from 1 to 16777215, got -1 at position 1"},
        {with({.activation = static_cast<Activation>(9)}),
         "DeepCluster: activation must be a member of Activation, got 9"},
        {with({.n_pretraining_epochs = -2}),
         "DeepCluster: n_pretraining_epochs must be >= -1 (-1 = automatic), got -2"},
        {with({.pretraining_learning_rate = 0}),
         "DeepCluster: pretraining_learning_rate must be > 0 and finite, got 0"},
        {with({.pretraining_batch_size = 0}),
         "DeepCluster: pretraining_batch_size must be >= 1, got 0"},
        {with({.pretraining_noise = 1}),
         "DeepCluster: pretraining_noise must be >= 0 and < 1, got 1"},
        {with({.learning_rate = infinity}),
         "DeepCluster: learning_rate must be > 0 and finite, got inf"},
        {with({.batch_size = 0}), "DeepCluster: batch_size must be >= 1, got 0"},
        {with({.max_iterations = 0}), "DeepCluster: max_iterations must be >= 1, got 0"},
        {with({.update_interval = 0}), "DeepCluster: update_interval must be >= 1, got 0"},
        {with({.tolerance = -0.5}), "DeepCluster: tolerance must be >= 0 and finite, got -0.5"},
        {with({.degrees_of_freedom = 0}),
         "DeepCluster: degrees_of_freedom must be > 0 and finite, got 0"},
        {with({.reconstruction_weight = -1}),
         "DeepCluster: reconstruction_weight must be >= 0 and finite, got -1"},
        {with({.n_init = 0}), "DeepCluster: n_init must be >= 1, got 0"},
        {with({.n_threads = -2}),
         "DeepCluster: n_threads must be >= 0 (0 = all hardware threads), got -2"},
        {[] { DeepCluster<double>({.n_clusters = 61}).fit(random_matrix<double>(60, 3, 1)); },
         "DeepCluster: n_clusters must be <= n_samples = 60, got 61"},
    };
  }
};

}  // namespace

#include "contract/battery.hpp"
