// SPDX-License-Identifier: MIT
#include "support/instances/isolation_forest.hpp"

#include <limits>

#include "contract/answers.hpp"

namespace {

using namespace unlabeled;

struct Subject {
  static constexpr const char* name = "IsolationForest";
  static constexpr const char* refuses_data = "IsolationForest";
  static constexpr Index n_many = 3000;

  template <Real S> static IsolationForest<S> make(const Settings& settings) {
    return IsolationForest<S>({.n_estimators = 20,
                               .contamination = 0.1,
                               .seed = settings.seed,
                               .n_threads = settings.n_threads});
  }
  template <class E, class Use> static void accessors(const E& forest, Use use) {
    use([&] { return static_cast<double>(forest.offset()); });
    use([&] { return forest.model().thresholds; });
    use([&] { return forest.model().left_child; });
  }
  static std::vector<Refusal> refusals() {
    auto with = [](IsolationForestOptions options) {
      return [options] { IsolationForest<double>{options}; };
    };
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const std::string owner = "IsolationForest: ";
    return {
        {with({.n_estimators = 0}), owner + "n_estimators must be >= 1, got 0"},
        {with({.n_estimators = (Index{1} << 24) + 1}),
         owner + "n_estimators must be <= 16777216, got 16777217"},
        {with({.n_estimators = std::numeric_limits<Index>::max()}),
         owner + "n_estimators must be <= 16777216, got 9223372036854775807"},
        {with({.max_samples = 0}), owner + "max_samples must be >= 1, got 0"},
        {with({.max_samples = Index{1} << 40}),
         owner + "max_samples must be <= 536870912, got 1099511627776"},
        {with({.max_features = 0}), owner + "max_features must be in (0, 1], got 0"},
        {with({.max_features = 1.5}), owner + "max_features must be in (0, 1], got 1.5"},
        {with({.max_features = nan}), owner + "max_features must be in (0, 1], got nan"},
        {with({.contamination = 0.0}), owner + "contamination must be in (0, 0.5], got 0"},
        {with({.contamination = 0.6}), owner + "contamination must be in (0, 0.5], got 0.6"},
        {with({.contamination = nan}), owner + "contamination must be in (0, 0.5], got nan"},
        {with({.n_split_features = 0}), owner + "n_split_features must be >= 1, got 0"},
        {with({.n_threads = -1}),
         owner + "n_threads must be >= 0 (0 = all hardware threads), got -1"},
        {[] {
           IsolationForest<double>({.max_features = 0.5, .n_split_features = 3})
               .fit(random_matrix<double>(9, 4, 1));
         },
         owner + "n_split_features must be <= features of a tree = 2, got 3"},
    };
  }
};

}  // namespace

#include "contract/battery.hpp"
