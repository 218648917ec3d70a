// SPDX-License-Identifier: MIT
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>

#include "support/catch.hpp"
#include "support/data.hpp"
#include "unlabeled/preprocessing/standard_scaler.hpp"

using namespace unlabeled;

TEMPLATE_TEST_CASE("A model that contradicts itself or the options is refused", "", float, double) {
  using Scaler = StandardScaler<TestType>;
  const auto fitted = Scaler().fit(random_matrix<TestType>(20, 3, 6));
  auto refusal = [&](auto&& change, StandardScalerOptions options = {}) -> std::string {
    StandardScalerModel<TestType> model = fitted.model();
    change(model);
    try {
      Scaler(options, std::move(model));
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "accepted";
  };
  CHECK(refusal([](auto&) {}) == "accepted");
  CHECK(refusal([](auto& model) { model.moments = {}; }) ==
        "StandardScaler: model.moments.mean must be finite values, at least 1");
  for (const double bad : {-1.0, std::numeric_limits<double>::infinity()})
    CHECK(refusal([&](auto& model) { model.moments.m2[1] = bad; }) ==
          "StandardScaler: model.moments.m2 must be n_features finite values >= 0");
  CHECK(refusal([](auto& model) { model.moments.m2.conservativeResize(2); }) ==
        "StandardScaler: model.moments.m2 must be n_features finite values >= 0");
  CHECK(refusal([](auto& model) { model.moments.weight = 0; }) ==
        "StandardScaler: model.moments.weight must be finite and > 0");
  CHECK(refusal([](auto& model) { model.n_samples_seen = 0; }) ==
        "StandardScaler: model.n_samples_seen must be >= 1");
  const std::string derived =
      "StandardScaler: model.mean, variance and scale must be those of model.moments and the "
      "options";
  CHECK(refusal([](auto& model) { model.mean[0] += TestType(0.1); }) == derived);
  CHECK(refusal([](auto& model) { model.variance[2] *= 2; }) == derived);
  CHECK(refusal([](auto& model) { model.scale.conservativeResize(1); }) == derived);
  CHECK(refusal([](auto&) {}, {.with_std = false}) == derived);
  CHECK(refusal([](auto&) {}, {.with_mean = false}) == "accepted");
}
