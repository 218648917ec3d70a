// SPDX-License-Identifier: MIT
#include "support/instances/pca.hpp"
#include "contract/answers.hpp"

namespace {

using namespace unlabeled;

struct Subject {
  static constexpr const char* name = "PCA";
  static constexpr const char* refuses_data = "PCA";
  static constexpr Index n_many = 20000;

  template <Real S> static PCA<S> make(const Settings& settings) {
    return PCA<S>({.n_components = 2, .seed = settings.seed, .n_threads = settings.n_threads});
  }
  template <class E, class Use> static void accessors(const E& pca, Use use) {
    use([&] { return pca.components(); });
    use([&] { return pca.mean(); });
    use([&] { return pca.explained_variance(); });
    use([&] { return pca.explained_variance_ratio(); });
    use([&] { return pca.singular_values(); });
    use([&] { return pca.noise_variance(); });
    use([&] { return pca.total_variance(); });
    use([&] { return pca.n_components(); });
    use([&] { return pca.n_samples_seen(); });
  }
  static std::vector<Refusal> refusals() {
    auto with = [](PCAOptions options) { return [options] { PCA<double>{options}; }; };
    return {
        {with({.n_components = -1}), "PCA: n_components must be >= 0 (0 = all), got -1"},
        {with({.min_explained_variance = -0.5}),
         "PCA: min_explained_variance must be in [0, 1], got -0.5"},
        {with({.min_explained_variance = 1.5}),
         "PCA: min_explained_variance must be in [0, 1], got 1.5"},
        {with({.n_oversamples = -1}), "PCA: n_oversamples must be >= 0, got -1"},
        {with({.n_power_iterations = -2}),
         "PCA: n_power_iterations must be >= 0, or -1 (automatic), got -2"},
        {with({.n_threads = -1}), "PCA: n_threads must be >= 0 (0 = all hardware threads), got -1"},
        {[] { PCA<double>({.n_components = 4}).fit(random_matrix<double>(60, 3, 1)); },
         "PCA: n_components must be <= min(n_samples, n_features) = 3, got 4"},
        {[] { PCA<double>({.n_components = 3}).fit(random_matrix<double>(2, 3, 1)); },
         "PCA: n_components must be <= min(n_samples, n_features) = 2, got 3"},
    };
  }
};

}  // namespace

#include "contract/battery.hpp"
