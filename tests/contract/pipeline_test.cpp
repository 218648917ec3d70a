// SPDX-License-Identifier: MIT
#include "unlabeled/pipeline.hpp"
#include "contract/answers.hpp"
#include "support/instances/kmeans.hpp"
#include "unlabeled/preprocessing/standard_scaler.hpp"

namespace {

using namespace unlabeled;

// A pipeline answers as its last step, refuses data as its first and has no options of its own: the
// two refusals are those of its steps.
struct Subject {
  static constexpr const char* name = "Pipeline";
  static constexpr const char* refuses_data = "StandardScaler";
  static constexpr Index n_many = 20000;

  template <Real S> static auto make(const Settings& settings) {
    return Pipeline(StandardScaler<S>({.n_threads = settings.n_threads}),
                    KMeans<S>({.n_clusters = 4,
                               .max_iterations = settings.max_iterations,
                               .seed = settings.seed,
                               .n_threads = settings.n_threads,
                               .on_iteration = settings.on_iteration}));
  }
  template <class E, class Use> static void accessors(const E& pipeline, Use use) {
    use([&] { return pipeline.labels(); });
    use([&] { return std::get<0>(pipeline.model()).mean; });
    use([&] { return std::get<1>(pipeline.model()).cluster_centers; });
  }
  static std::vector<Refusal> refusals() {
    return {{[] { Pipeline(StandardScaler<double>({.n_threads = -1}), KMeans<double>()); },
             "StandardScaler: n_threads must be >= 0 (0 = all hardware threads), got -1"},
            {[] { make<double>({}).fit(random_matrix<double>(3, 2, 1)); },
             "KMeans: n_clusters must be <= n_samples = 3, got 4"}};
  }
};

}  // namespace

#include "contract/battery.hpp"
