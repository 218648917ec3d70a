// SPDX-License-Identifier: MIT
#include "support/instances/dbscan.hpp"

#include <limits>

#include "contract/answers.hpp"

namespace {

using namespace unlabeled;

struct Subject {
  static constexpr const char* name = "DBSCAN";
  static constexpr const char* refuses_data = "DBSCAN";
  static constexpr Index n_many = 20000;

  template <Real S> static DBSCAN<S> make(const Settings& settings) {
    return DBSCAN<S>({.eps = 1.5, .min_samples = 4, .n_threads = settings.n_threads});
  }
  template <class E, class Use> static void accessors(const E& dbscan, Use use) {
    use([&] { return dbscan.labels(); });
    use([&] { return dbscan.core_sample_indices(); });
    use([&] { return static_cast<Index>(dbscan.n_clusters()); });
  }
  static std::vector<Refusal> refusals() {
    auto with = [](DBSCANOptions options) { return [options] { DBSCAN<double>{options}; }; };
    const double infinity = std::numeric_limits<double>::infinity();
    return {
        {with({.eps = 0}), "DBSCAN: eps must be > 0 and finite, got 0"},
        {with({.eps = -0.5}), "DBSCAN: eps must be > 0 and finite, got -0.5"},
        {with({.eps = infinity}), "DBSCAN: eps must be > 0 and finite, got inf"},
        {with({.min_samples = 0}), "DBSCAN: min_samples must be >= 1, got 0"},
        {with({.metric = static_cast<Metric>(9)}),
         "DBSCAN: metric must be a member of Metric, got 9"},
        {with({.n_threads = -2}),
         "DBSCAN: n_threads must be >= 0 (0 = all hardware threads), got -2"},
    };
  }
};

}  // namespace

#include "contract/battery.hpp"
