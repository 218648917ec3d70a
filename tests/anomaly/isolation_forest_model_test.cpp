// SPDX-License-Identifier: MIT
#include <cstddef>
#include <functional>
#include <limits>
#include <stdexcept>
#include <string>

#include "anomaly/support.hpp"
#include "io/files.hpp"
#include "io/unchecked.hpp"
#include "support/catch.hpp"
#include "support/instances/all.hpp"
#include "unlabeled/io/model_file.hpp"

// A model from elsewhere must not lead predict out of its arrays, or round in circles.

using namespace unlabeled;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::Message;
using Catch::Matchers::StartsWith;

namespace {

using Forest = IsolationForest<double>;
using ForestModel = IsolationForestModel<double>;

Forest small_forest(Index q = 1) {
  return Forest({.n_estimators = 3, .max_samples = 16, .n_split_features = q})
      .fit(random_matrix<double>(40, 4, 1));
}

std::string refusal(const std::function<void(ForestModel&)>& change, Index q = 1) {
  const Forest forest = small_forest(q);
  ForestModel model = forest.model();
  change(model);
  try {
    Forest(forest.options(), std::move(model));
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "taken";
}

}  // namespace

TEST_CASE("a model goes into another forest and gives the same answers") {
  const auto q = GENERATE(Index{1}, Index{3});
  const Forest forest = small_forest(q);
  const Matrix<double> x = random_matrix<double>(30, 4, 2);
  const Forest again(forest.options(), forest.model());
  CHECK(again.score_samples(x) == forest.score_samples(x));
  CHECK(again.feature_contributions(x) == forest.feature_contributions(x));
}

TEST_CASE("a model that contradicts itself is refused") {
  CHECK(refusal([](auto&) {}) == "taken");
  CHECK(refusal([](auto& m) { m.n_features = 0; }) ==
        "IsolationForest: model.n_features must be from 1 to 16777216, got 0");
  CHECK(refusal([](auto& m) { m.n_samples_per_tree = 17; }) ==
        "IsolationForest: model.n_samples_per_tree must be from 1 to max_samples, got 17");
  CHECK(refusal([](auto& m) { m.tree_begin.conservativeResize(3); }) ==
        "IsolationForest: model.tree_begin must have n_estimators + 1 = 4 entries, got 3");
  CHECK_THAT(refusal([](auto& m) { m.tree_begin(1) = m.tree_begin(2); }),
             StartsWith("IsolationForest: model.tree_begin must ascend from 0"));
  CHECK_THAT(refusal([](auto& m) { m.tree_begin(0) = -1; }),
             StartsWith("IsolationForest: model.tree_begin must ascend from 0"));
  CHECK_THAT(refusal([](auto& m) { m.tree_begin(3) += 1; }),
             StartsWith("IsolationForest: model.tree_begin must ascend from 0"));
  CHECK_THAT(refusal([](auto& m) { m.thresholds.conservativeResize(2); }),
             StartsWith("IsolationForest: model must have an entry for each"));
  CHECK_THAT(refusal([](auto& m) { m.split_features.conservativeResize(2, 1); }),
             StartsWith("IsolationForest: model must have an entry for each"));
  CHECK_THAT(refusal([](auto& m) { m.shares.resize(0, 0); }, 2),
             StartsWith("IsolationForest: model must have an entry for each"));
  CHECK(refusal([](auto& m) { m.split_features(0, 0) = 4; }) ==
        "IsolationForest: model.split_features must be from 0 to 3");
  CHECK(refusal([](auto& m) { m.split_features(0, 0) = -1; }) ==
        "IsolationForest: model.split_features must be from 0 to 3");
  CHECK(refusal([](auto& m) { m.thresholds(0) = std::numeric_limits<double>::infinity(); }) ==
        "IsolationForest: model.thresholds must be finite");
  CHECK(refusal([](auto& m) { m.directions(0, 1) = 0.0 / 0.0; }, 2) ==
        "IsolationForest: model.directions must be finite");
  CHECK(refusal([](auto& m) { m.shares(0, 1) = 2; }, 2) ==
        "IsolationForest: model.shares must be from 0 to 1");
  CHECK(refusal([](auto& m) { m.offset = 0.5; }) ==
        "IsolationForest: model.offset must be from -1 to 0, got 0.5");
  CHECK(refusal([](auto& m) { m.left_child(0) = 0; }) ==
        "IsolationForest: model: node 1 must have one parent and a depth within the limit");
  CHECK(refusal([](auto& m) { m.left_child(0) = 1 << 30; }) ==
        "IsolationForest: model: node 0 must have children between itself and the tree's end");
  CHECK(refusal([](auto& m) { m.left_child(0) = -1; }) ==
        "IsolationForest: model: node 0 must have children between itself and the tree's end");
  CHECK(refusal([](auto& m) { m.n_node_samples(0) = 15; }) ==
        "IsolationForest: model: node 0 must have n_samples_per_tree samples in the root");
  CHECK(refusal([](auto& m) { m.n_node_samples(1) = 0; }) ==
        "IsolationForest: model: node 1 must have a sample");
  CHECK(refusal([](auto& m) { m.n_node_samples(1) += 1; }) ==
        "IsolationForest: model: node 0 must have as many samples as its children");
}

TEST_CASE("any change of an index is refused or harmless") {
  const auto q = GENERATE(Index{1}, Index{2});
  const Forest forest = small_forest(q);
  const Matrix<double> x = random_matrix<double>(20, 4, 2);
  Index n_refused = 0, n_taken = 0;
  const auto attempt = [&](const std::function<void(ForestModel&)>& change) {
    ForestModel model = forest.model();
    change(model);
    try {
      const Forest altered(forest.options(), std::move(model));
      ++n_taken;
      CHECK(altered.anomaly_score(x).allFinite());
      CHECK(altered.feature_contributions(x).allFinite());
    } catch (const std::invalid_argument&) {
      ++n_refused;
    }
  };
  for (Index node = 0; node < forest.model().left_child.size(); ++node)
    for (const int value : {-1, 0, 1, 2, 3, 7, 100, 1 << 30, std::numeric_limits<int>::max(),
                            std::numeric_limits<int>::min()}) {
      attempt([&](ForestModel& m) { m.left_child(node) = value; });
      attempt([&](ForestModel& m) { m.n_node_samples(node) = value; });
      attempt([&](ForestModel& m) { m.split_features(node, q - 1) = value; });
    }
  CHECK(n_refused > n_taken);
  CHECK(n_taken > 0);
}

TEMPLATE_TEST_CASE("a loaded IsolationForest gives the same bits", "", float, double) {
  using S = TestType;
  const auto q = GENERATE(Index{1}, Index{2});
  const Matrix<S> x = random_matrix<S>(300, 4, 1);
  const IsolationForest<S> forest = IsolationForest<S>({.n_estimators = 7,
                                                        .max_samples = 100,
                                                        .max_features = 0.75,
                                                        .contamination = 0.1,
                                                        .bootstrap = true,
                                                        .n_split_features = q,
                                                        .seed = 12,
                                                        .n_threads = 2})
                                        .fit(x);
  const TemporaryFolder folder;
  save(folder / "x", forest);
  const auto again = load<IsolationForest<S>>(folder / "x");
  CHECK(again.score_samples(x) == forest.score_samples(x));
  CHECK(again.predict(x) == forest.predict(x));
  CHECK(again.feature_contributions(x) == forest.feature_contributions(x));
  CHECK(again.offset() == forest.offset());
  CHECK(again.options().n_estimators == 7);
  CHECK(again.options().max_samples == 100);
  CHECK(again.options().max_features == 0.75);
  CHECK(again.options().contamination == 0.1);
  CHECK(again.options().bootstrap);
  CHECK(again.options().n_split_features == q);
  CHECK(again.options().seed == 12);
  CHECK(again.options().n_threads == 2);
}

TEST_CASE("an empty contamination stays empty in a file") {
  const TemporaryFolder folder;
  save(folder / "x", small_forest());
  CHECK_FALSE(load<Forest>(folder / "x").options().contamination.has_value());
}

TEST_CASE("a file with more trees or samples than a forest may have is a FileError") {
  const Forest forest = small_forest();
  const auto message = [&](IsolationForestOptions options) {
    const TemporaryFolder folder;
    detail::save_model(folder / "x", Unchecked<Forest>{options, forest.model()});
    return file_error([&] { load<Forest>(folder / "x"); });
  };
  const auto with = [&](Index n_estimators, Index max_samples) {
    IsolationForestOptions options = forest.options();
    options.n_estimators = n_estimators;
    options.max_samples = max_samples;
    return message(options);
  };
  constexpr Index most = std::numeric_limits<Index>::max();
  CHECK_THAT(with(most, 16), ContainsSubstring("IsolationForest: n_estimators must be <= 16777216, "
                                               "got 9223372036854775807"));
  CHECK_THAT(with(3, most), ContainsSubstring("IsolationForest: max_samples must be <= 536870912, "
                                              "got 9223372036854775807"));
  CHECK_THAT(with(Index{1} << 24, 16), ContainsSubstring("n_estimators + 1 = 16777217 entries"));
  CHECK(with(3, 16) == "no FileError");
}

TEST_CASE("a file whose indices were altered is a FileError") {
  const auto q = GENERATE(Index{1}, Index{2});
  const Forest forest = small_forest(q);
  const auto refused = [&](const std::function<void(ForestModel&)>& change) {
    ForestModel model = forest.model();
    change(model);
    const TemporaryFolder folder;
    detail::save_model(folder / "x", Unchecked<Forest>{forest.options(), std::move(model)});
    return file_error([&] { load<Forest>(folder / "x"); }) != "no FileError";
  };
  for (const int value : {-5, 1000, std::numeric_limits<int>::max()}) {
    CHECK(refused([&](auto& m) { m.left_child(0) = value; }));
    CHECK(refused([&](auto& m) { m.split_features(0, 0) = value; }));
    CHECK(refused([&](auto& m) { m.n_node_samples(0) = value; }));
    CHECK(refused([&](auto& m) { m.tree_begin(1) = value; }));
  }
  CHECK(refused([](auto& m) { m.thresholds(0) = std::numeric_limits<double>::quiet_NaN(); }));
  CHECK(refused([](auto& m) { m.offset = std::numeric_limits<double>::infinity(); }));
  CHECK_FALSE(refused([](auto& m) { m.thresholds(0) = 0.125; }));
}
