// SPDX-License-Identifier: MIT
#include "support/instances/gmm.hpp"

#include <limits>

#include "contract/answers.hpp"

namespace {

using namespace unlabeled;

struct Subject {
  static constexpr const char* name = "GMM";
  static constexpr const char* refuses_data = "GMM";
  static constexpr Index n_many = 5000;

  template <Real S> static GMM<S> make(const Settings& settings) {
    return GMM<S>({.n_components = 4,
                   .max_iterations = settings.max_iterations,
                   .seed = settings.seed,
                   .n_threads = settings.n_threads,
                   .on_iteration = settings.on_iteration});
  }
  template <class E, class Use> static void accessors(const E& gmm, Use use) {
    use([&] { return gmm.weights(); });
    use([&] { return gmm.means(); });
    for (std::size_t k = 0; k < 4; ++k) use([&] { return gmm.covariances()[k]; });
    use([&] { return gmm.labels(); });
    use([&] { return gmm.lower_bound(); });
    use([&] { return gmm.sample(5, 3).samples; });
    use([&] { return gmm.sample(5, 3).labels; });
  }
  static std::vector<Refusal> refusals() {
    auto with = [](GMMOptions options) { return [options] { GMM<double>{options}; }; };
    const double infinity = std::numeric_limits<double>::infinity();
    return {
        {with({.n_components = 0}), "GMM: n_components must be >= 1, got 0"},
        {with({.covariance_type = CovarianceType{7}}),
         "GMM: covariance_type must be a member of CovarianceType, got 7"},
        {with({.tolerance = -1}), "GMM: tolerance must be >= 0 and finite, got -1"},
        {with({.tolerance = infinity}), "GMM: tolerance must be >= 0 and finite, got inf"},
        {with({.regularization = -1e-6}),
         "GMM: regularization must be >= 0 and finite, got -1e-06"},
        {with({.max_iterations = 0}), "GMM: max_iterations must be >= 1, got 0"},
        {with({.n_init = 0}), "GMM: n_init must be >= 1, got 0"},
        {with({.init = GMMInit{-1}}), "GMM: init must be a member of GMMInit, got -1"},
        {with({.n_threads = -2}), "GMM: n_threads must be >= 0 (0 = all hardware threads), got -2"},
        {[] { GMM<double>({.n_components = 61}).fit(random_matrix<double>(60, 3, 1)); },
         "GMM: n_components must be <= n_samples = 60, got 61"},
    };
  }
};

}  // namespace

#include "contract/battery.hpp"
