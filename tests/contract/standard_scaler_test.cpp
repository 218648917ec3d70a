// SPDX-License-Identifier: MIT
#include "unlabeled/preprocessing/standard_scaler.hpp"
#include "contract/answers.hpp"

namespace {

using namespace unlabeled;

struct Subject {
  static constexpr const char* name = "StandardScaler";
  static constexpr const char* refuses_data = "StandardScaler";
  static constexpr Index n_many = 200000;

  template <Real S> static StandardScaler<S> make(const Settings& settings) {
    return StandardScaler<S>({.n_threads = settings.n_threads});
  }
  template <class E, class Use> static void accessors(const E& scaler, Use use) {
    use([&] { return scaler.mean(); });
    use([&] { return scaler.variance(); });
    use([&] { return scaler.scale(); });
    use([&] { return scaler.n_samples_seen(); });
  }
  static std::vector<Refusal> refusals() {
    return {{[] { StandardScaler<double>({.n_threads = -1}); },
             "StandardScaler: n_threads must be >= 0 (0 = all hardware threads), got -1"}};
  }
};

}  // namespace

#include "contract/battery.hpp"
