// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <stdexcept>
#include <utility>

#include "unlabeled/core/fitted.hpp"
#include "unlabeled/core/report.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/io/detail/stored_model.hpp"

// An estimator with one option and one field of each type, for tests of the file format itself.

namespace unlabeled {
inline namespace testing {

enum class ToyMode { slow, fast };

struct ToyOptions {
  bool flag = true;
  Index n_clusters = 2;
  int n_threads = 0;
  std::uint64_t seed = 0;
  double tolerance = 0.5;
  ToyMode mode = ToyMode::slow;
};

template <Real S> struct ToyModel {
  Matrix<S> centers;
  Vector<double> weights;
  Labels labels;
  S noise = 0;
  Report report;
};

template <Real S> class Toy {
 public:
  using Scalar = S;
  using Options = ToyOptions;
  using Model = ToyModel<S>;

  explicit Toy(Options options = {}) : options_(options) {
    if (options.n_clusters < 1) throw std::invalid_argument("Toy: n_clusters must be >= 1");
  }
  Toy(Options options, Model model) : Toy(options) { model_ = std::move(model); }

  [[nodiscard]] const Options& options() const { return options_; }
  [[nodiscard]] const Model& model() const { return *model_; }

 private:
  Options options_;
  Fitted<Model> model_{"Toy"};
};

/// Two clusters in three dimensions.
template <Real S> Toy<S> fitted_toy(const ToyOptions& options = {}) {
  ToyModel<S> model;
  model.centers.resize(2, 3);
  model.centers << S(0.1), 2, 3, 4, 5, 6;
  model.weights = Vector<double>::LinSpaced(2, 1, 2);
  model.labels = Labels::LinSpaced(5, 0, 1);
  model.noise = S(0.7);
  model.report = {17, -0.25, Stop::callback};
  return Toy<S>(options, std::move(model));
}

}  // namespace testing

namespace detail {

template <Real S> struct Stored<Toy<S>> {
  static constexpr const char* kind = "Toy";

  static void options(auto& visit, auto& options) {
    visit("flag", options.flag);
    visit("n_clusters", options.n_clusters);
    visit("n_threads", options.n_threads);
    visit("seed", options.seed);
    visit("tolerance", options.tolerance);
    visit("mode", options.mode, {{"slow", ToyMode::slow}, {"fast", ToyMode::fast}});
  }

  static void model(auto& visit, auto& model, const ToyOptions& options) {
    visit("centers", model.centers, "n_clusters", "n_features");
    visit("weights", model.weights, "n_clusters");
    visit("labels", model.labels, "n_samples");
    visit("noise", model.noise);
    visit_report(visit, model.report);
    visit.require(model.centers.rows() == options.n_clusters, "as many centers as n_clusters");
  }
};

}  // namespace detail
}  // namespace unlabeled
