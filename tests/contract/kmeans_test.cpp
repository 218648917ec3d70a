// SPDX-License-Identifier: MIT
#include <limits>

#include "contract/answers.hpp"
#include "support/instances/kmeans.hpp"

namespace {

using namespace unlabeled;

struct Subject {
  static constexpr const char* name = "KMeans";
  static constexpr const char* refuses_data = "KMeans";
  static constexpr Index n_many = 20000;

  template <Real S> static KMeans<S> make(const Settings& settings) {
    return KMeans<S>({.n_clusters = 4,
                      .max_iterations = settings.max_iterations,
                      .seed = settings.seed,
                      .n_threads = settings.n_threads,
                      .on_iteration = settings.on_iteration});
  }
  template <class E, class Use> static void accessors(const E& kmeans, Use use) {
    use([&] { return kmeans.cluster_centers(); });
    use([&] { return kmeans.labels(); });
    use([&] { return kmeans.inertia(); });
  }
  static std::vector<Refusal> refusals() {
    auto with = [](KMeansOptions options) { return [options] { KMeans<double>{options}; }; };
    const double infinity = std::numeric_limits<double>::infinity();
    return {
        {with({.n_clusters = 0}), "KMeans: n_clusters must be >= 1, got 0"},
        {with({.n_clusters = -3}), "KMeans: n_clusters must be >= 1, got -3"},
        {with({.n_init = 0}), "KMeans: n_init must be >= 1, got 0"},
        {with({.max_iterations = 0}), "KMeans: max_iterations must be >= 1, got 0"},
        {with({.tolerance = -1e-3}), "KMeans: tolerance must be >= 0 and finite, got -0.001"},
        {with({.tolerance = infinity}), "KMeans: tolerance must be >= 0 and finite, got inf"},
        {with({.n_threads = -2}),
         "KMeans: n_threads must be >= 0 (0 = all hardware threads), got -2"},
        {[] { KMeans<double>({.n_clusters = 61}).fit(random_matrix<double>(60, 3, 1)); },
         "KMeans: n_clusters must be <= n_samples = 60, got 61"},
    };
  }
};

}  // namespace

#include "contract/battery.hpp"
