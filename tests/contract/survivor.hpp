// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <new>
#include <string>
#include <utility>

#include "contract/failing_allocation.hpp"
#include "support/catch.hpp"
#include "support/data.hpp"
#include "unlabeled/core/concepts.hpp"
#include "unlabeled/core/types.hpp"

// Calls during which each allocation fails once.

namespace unlabeled {
inline namespace testing {

/// Calls again and again, each time with a later allocation failing, until there is none left to
/// fail. A call that throws must leak nothing and leave `unchanged` true; after one that gets by
/// without the memory (std::stable_sort does) `restore` is called. Returns the number of failures.
inline long fail_each_allocation(const std::function<void()>& call,
                                 const std::function<bool()>& unchanged,
                                 const std::function<void()>& restore) {
  long failures = 0;
  for (bool failed = true; failed; ++failures) {
    const long live_before = failing_allocation::live;
    bool threw = false;
    {
      const failing_allocation::Failure failure(failures);
      try {
        call();
      } catch (const std::bad_alloc&) {
        threw = true;
      }
      failed = failure.happened();
    }
    const long leaked = failing_allocation::live - live_before;
    INFO("failing allocation " << failures);
    if (threw) REQUIRE(leaked == 0);
    if (threw) REQUIRE(unchanged());
    if (!threw) restore();
  }
  return failures - 1;
}

/// An estimator fitted to samples, and calls with others during which each allocation fails once.
template <class E, template <class> class Data = Matrix> class Survivor {
 public:
  using S = typename E::Scalar;

  explicit Survivor(E estimator, Index n_features = 3)
      : first_(random_matrix<S>(50, n_features, 1)),
        second_(random_matrix<S>(40, n_features, 2)),
        weight_(random_matrix<S>(40, 1, 3).cwiseAbs()),
        estimator_(std::move(estimator)) {
    estimator_.fit(first_);
    expected_ = answer();
  }

  template <class Call> void survives(const std::string& name, Call&& call) {
    const auto unchanged = [&] { return answer() == expected_; };
    const auto restore = [&] { estimator_.fit(first_); };
    const long failures =
        fail_each_allocation([&] { call(estimator_, second_, weight_); }, unchanged, restore);
    INFO(name << " makes " << failures << " allocations");
    CHECK(failures >= 2);
    CHECK(unchanged());
  }

  /// The calls that all estimators here have.
  void survives_all() {
    survives("fit", [](E& e, const auto& x, const auto&) { e.fit(x); });
    survives("partial_fit", [](E& e, const auto& x, const auto&) { e.partial_fit(x); });
    survives("fit_transform", [](E& e, const auto& x, const auto&) { e.fit_transform(x); });
    survives("transform",
             [](E& e, const auto& x, const auto&) { static_cast<void>(e.transform(x)); });
  }

  /// Those with a weight for each sample.
  void survives_weights() {
    survives("fit with weights", [](E& e, const auto& x, const auto& w) { e.fit(x, w); });
    survives("partial_fit with weights",
             [](E& e, const auto& x, const auto& w) { e.partial_fit(x, w); });
  }

 private:
  [[nodiscard]] Matrix<S> answer() const {
    if constexpr (OutlierDetector<E, Data<S>>)
      return estimator_.decision_function(first_);
    else
      return estimator_.transform(first_);
  }

  Data<S> first_, second_;
  Vector<S> weight_;
  E estimator_;
  Matrix<S> expected_;
};

}  // namespace testing
}  // namespace unlabeled
