// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <limits>
#include <thread>
#include <type_traits>
#include <utility>

#include "contract/answers.hpp"

// The tests that every estimator has to pass, for float and double in both storage orders. A test
// file defines a struct `Subject` and includes this page:
//
//   struct Subject {
//     static constexpr const char* name = "KMeans";          // NotFitted names it
//     static constexpr const char* refuses_data = "KMeans";  // as X is refused; the first step
//     static constexpr Index n_many = 20000;                 // samples that keep threads busy
//     template <Real S> static auto make(const Settings& settings);  // an unfitted estimator
//     template <class E, class Use> static void accessors(const E& estimator, Use use);
//     static std::vector<Refusal> refusals();  // every bad option
//   };

namespace {

using namespace unlabeled;

template <class L> auto make(const Settings& settings = {}) {
  return Subject::make<typename L::Scalar>(settings);
}
template <class L> using Subjected = decltype(make<L>());

template <class L> typename L::Data training() { return samples<L>(60, 1); }
template <class L> typename L::Data probe() { return samples<L>(17, 2); }
template <class L> typename L::Data other() { return samples<L>(45, 3) * typename L::Scalar(2); }

template <class L, class E> Answers told(const E& estimator) {
  return answers<Subject>(estimator, probe<L>());
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("fit twice equals fit once", "[contract]", Layouts) {
  auto estimator = make<TestType>();
  estimator.fit(training<TestType>());
  const Answers once = told<TestType>(estimator);
  estimator.fit(training<TestType>());
  CHECK(told<TestType>(estimator) == once);
}

TEMPLATE_LIST_TEST_CASE("a new fit forgets the old one", "[contract]", Layouts) {
  auto fresh = make<TestType>(), used = make<TestType>();
  fresh.fit(training<TestType>());
  used.fit(other<TestType>());
  CHECK(told<TestType>(used) != told<TestType>(fresh));
  used.fit(training<TestType>());
  CHECK(told<TestType>(used) == told<TestType>(fresh));
}

TEMPLATE_LIST_TEST_CASE("copies and moves keep the fit", "[contract]", Layouts) {
  auto estimator = make<TestType>();
  estimator.fit(training<TestType>());
  const Answers before = told<TestType>(estimator);
  auto copy = estimator;
  CHECK(told<TestType>(copy) == before);
  estimator.fit(other<TestType>());
  CHECK(told<TestType>(copy) == before);
  auto moved = std::move(copy);
  CHECK(told<TestType>(moved) == before);
  CHECK_FALSE(copy.is_fitted());
  copy = moved;
  CHECK(told<TestType>(copy) == before);
  estimator = std::move(copy);
  CHECK(told<TestType>(estimator) == before);
}

TEMPLATE_LIST_TEST_CASE("a temporary can be fitted and kept", "[contract]", Layouts) {
  const auto kept = make<TestType>().fit(training<TestType>());
  auto named = make<TestType>();
  CHECK(told<TestType>(kept) == told<TestType>(named.fit(training<TestType>())));
}

TEMPLATE_LIST_TEST_CASE("fit leaves its input untouched", "[contract]", Layouts) {
  const auto x = training<TestType>();
  auto given = x;
  auto estimator = make<TestType>();
  estimator.fit(given);
  told<TestType>(estimator);
  CHECK((given.array() == x.array()).all());
  for_each_question(estimator, given, [](const Ask& ask) { ask(); });
  CHECK((given.array() == x.array()).all());
}

TEMPLATE_LIST_TEST_CASE("both storage orders give the same answers", "[contract]", Layouts) {
  using S = typename TestType::Scalar;
  const auto x = training<TestType>();
  const typename TestType::OtherOrder y = x;
  auto estimator = make<TestType>(), twin = make<TestType>();
  estimator.fit(x);
  twin.fit(y);
  const double error = told<TestType>(twin).difference(told<TestType>(estimator));
  INFO("largest relative difference " << error);
  CHECK(error < tolerance<S>());
}

TEMPLATE_LIST_TEST_CASE("blocks, maps, transposes and expressions are samples too", "[contract]",
                        Layouts) {
  using S = typename TestType::Scalar;
  using Data = typename TestType::Data;
  const Data x = training<TestType>();
  auto plain = make<TestType>();
  const Answers expected = told<TestType>(plain.fit(x));
  auto same = [&](const auto& given) {
    auto estimator = make<TestType>();
    const double error = told<TestType>(estimator.fit(given)).difference(expected);
    INFO("largest relative difference " << error);
    CHECK(error < tolerance<S>());
  };
  Data wide = Data::Constant(x.rows() + 4, x.cols() + 3, std::numeric_limits<S>::quiet_NaN());
  wide.block(3, 2, x.rows(), x.cols()) = x;
  same(wide.block(3, 2, x.rows(), x.cols()));
  same(Eigen::Map<const Data>(x.data(), x.rows(), x.cols()));
  const Data turned = x.transpose();
  same(turned.transpose());
  same(x / S(2) + x / S(2));
  Data spread = Data::Constant(2 * x.rows(), 2 * x.cols(), std::numeric_limits<S>::quiet_NaN());
  using Strides = Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>;
  Eigen::Map<Data, 0, Strides> sparse(spread.data(), x.rows(), x.cols(),
                                      Strides(2 * spread.outerStride(), 2));
  sparse = x;
  same(sparse);
}

TEMPLATE_LIST_TEST_CASE("any number of threads gives the same bits", "[contract]", Layouts) {
  const auto x = samples<TestType>(Subject::n_many, 4);
  auto alone = make<TestType>();
  alone.fit(x);
  const Answers expected = answers<Subject>(alone, x);
  for (const int n_threads : {2, 3, 4, 0}) {
    auto team = make<TestType>({.n_threads = n_threads});
    team.fit(x);
    INFO("n_threads = " << n_threads);
    CHECK(answers<Subject>(team, x) == expected);
  }
}

TEMPLATE_LIST_TEST_CASE("as many threads may be allowed as can be counted", "[contract]", Layouts) {
  auto one = make<TestType>(), any = make<TestType>({.n_threads = std::numeric_limits<int>::max()});
  CHECK(told<TestType>(any.fit(training<TestType>())) ==
        told<TestType>(one.fit(training<TestType>())));
}

TEMPLATE_LIST_TEST_CASE("the same seed gives the same bits", "[contract]", Layouts) {
  auto first = make<TestType>({.seed = 7}), second = make<TestType>({.seed = 7});
  CHECK(told<TestType>(first.fit(training<TestType>())) ==
        told<TestType>(second.fit(training<TestType>())));
}

TEMPLATE_LIST_TEST_CASE("the combined calls do what the single ones do", "[contract]", Layouts) {
  using E = Subjected<TestType>;
  using X = typename TestType::Data;
  const X x = training<TestType>();
  auto separate = make<TestType>(), combined = make<TestType>();
  separate.fit(x);
  if constexpr (Clusterer<E, X>) {
    CHECK((combined.fit_predict(x).array() == separate.labels().array()).all());
    CHECK(told<TestType>(combined) == told<TestType>(separate));
  }
  if constexpr (Transformer<E, X>) {
    const double error = relative_error(combined.fit_transform(x), separate.transform(x));
    INFO("largest relative difference " << error);
    CHECK(error < tolerance<typename TestType::Scalar>());
    CHECK(told<TestType>(combined) == told<TestType>(separate));
  }
}

TEMPLATE_LIST_TEST_CASE("labels equal predict on the training data at every cap", "[contract]",
                        Layouts) {
  using X = typename TestType::Data;
  const X x = samples<TestType>(200, 5);
  for (Index cap = 1; cap <= 5; ++cap) {
    auto estimator = make<TestType>({.max_iterations = cap});
    estimator.fit(x);
    INFO("max_iterations = " << cap);
    if constexpr (Clusterer<Subjected<TestType>, X> && Predictor<Subjected<TestType>, X>)
      CHECK((estimator.labels().array() == estimator.predict(x).array()).all());
    if constexpr (HasReport<Subjected<TestType>>) CHECK(estimator.report().n_iterations <= cap);
    CHECK(estimator.is_fitted());
  }
}

TEMPLATE_LIST_TEST_CASE("const members can be called from several threads", "[contract]", Layouts) {
  auto estimator = make<TestType>({.n_threads = 2});
  estimator.fit(training<TestType>());
  const Answers expected = told<TestType>(estimator);
  std::vector<Answers> heard(4);
  std::vector<std::thread> threads;
  for (Answers& mine : heard)
    threads.emplace_back([&estimator, &mine] { mine = told<TestType>(std::as_const(estimator)); });
  for (std::thread& thread : threads) thread.join();
  for (const Answers& mine : heard) CHECK(mine == expected);
}

TEMPLATE_LIST_TEST_CASE("nothing can be asked before fit", "[contract]", Layouts) {
  const auto estimator = make<TestType>();
  std::string expected = Subject::name;
  expected += ": call fit() first";
  CHECK_FALSE(estimator.is_fitted());
  const Use refuses = [&](const Ask& ask) { CHECK(message_of<NotFitted>(ask) == expected); };
  CHECK(message_of<NotFitted>([&] { static_cast<void>(estimator.model()); }) == expected);
  for_each_accessor<Subject>(estimator, refuses);
  for_each_question(estimator, probe<TestType>(), refuses);
  if constexpr (HasScore<Subjected<TestType>, typename TestType::Data>)
    refuses([&] { return as_matrix(estimator.score(probe<TestType>())); });
}

TEMPLATE_LIST_TEST_CASE("a callback stops a fit, and the model is valid", "[contract]", Layouts) {
  if constexpr (HasReport<Subjected<TestType>>) {
    using X = typename TestType::Data;
    const X x = random_matrix<typename TestType::Scalar>(500, 3, 6);
    Index calls = 0;
    const std::thread::id caller = std::this_thread::get_id();
    auto estimator = make<TestType>({.n_threads = 2, .on_iteration = [&](const Iteration& now) {
                                       CHECK(now.index == calls);
                                       CHECK(now.index < now.total);
                                       CHECK(std::this_thread::get_id() == caller);
                                       return ++calls < 2;
                                     }});
    estimator.fit(x);
    CHECK(calls == 2);
    CHECK(estimator.report().stop == Stop::callback);
    CHECK(estimator.report().n_iterations == 2);
    for (const Matrix<double>& answer : told<TestType>(estimator).values) CHECK(answer.allFinite());
    if constexpr (Predictor<Subjected<TestType>, X>)
      CHECK((estimator.labels().array() == estimator.predict(x).array()).all());
  }
}

TEMPLATE_LIST_TEST_CASE("an exception of the callback reaches the caller", "[contract]", Layouts) {
  if constexpr (HasReport<Subjected<TestType>>) {
    bool fails = false;
    auto estimator = make<TestType>({.on_iteration = [&](const Iteration&) -> bool {
      if (fails) throw std::runtime_error("enough");
      return true;
    }});
    estimator.fit(training<TestType>());
    const Answers before = told<TestType>(estimator);
    fails = true;
    CHECK(message_of<std::runtime_error>([&] { estimator.fit(other<TestType>()); }) == "enough");
    CHECK(told<TestType>(estimator) == before);
  }
}

TEMPLATE_LIST_TEST_CASE("zero rows in, zero rows out", "[contract]", Layouts) {
  using X = typename TestType::Data;
  auto estimator = make<TestType>();
  estimator.fit(training<TestType>());
  const X none(0, 3);
  for_each_question(estimator, none, [](const Ask& ask) { CHECK(ask().rows() == 0); });
  if constexpr (Transformer<Subjected<TestType>, X>)
    CHECK(estimator.transform(none).cols() == estimator.transform(probe<TestType>()).cols());
}

TEMPLATE_LIST_TEST_CASE("another number of features is refused", "[contract]", Layouts) {
  using S = typename TestType::Scalar;
  using X = typename TestType::Data;
  auto estimator = make<TestType>();
  estimator.fit(training<TestType>());
  CHECK(estimator.n_features() == 3);
  const Answers before = told<TestType>(estimator);
  const X wide = random_matrix<S>(10, 4, 1), narrow = random_matrix<S>(10, 2, 1);
  auto refused = [&](const X& x) {
    std::string expected(Subject::refuses_data);
    expected += ": X must have 3 features (columns) as in fit, got " + std::to_string(x.cols());
    auto refuses = [&](const std::function<void()>& call) {
      CHECK(message_of<std::invalid_argument>(call) == expected);
    };
    for_each_question(estimator, x, refuses);
    if constexpr (HasScore<Subjected<TestType>, X>)
      refuses([&] { static_cast<void>(estimator.score(x)); });
    if constexpr (IncrementalEstimator<Subjected<TestType>, X>)
      refuses([&] { estimator.partial_fit(x); });
  };
  refused(wide);
  refused(narrow);
  CHECK(told<TestType>(estimator) == before);
}

TEMPLATE_LIST_TEST_CASE("NaN and infinity are refused with their place", "[contract]", Layouts) {
  using S = typename TestType::Scalar;
  using X = typename TestType::Data;
  auto estimator = make<TestType>();
  estimator.fit(training<TestType>());
  const Answers before = told<TestType>(estimator);
  const std::string expected =
      std::string(Subject::refuses_data) + ": X has a non-finite value at row 11, column 2";
  auto refuses = [](const std::function<void()>& call, const std::string& message) {
    CHECK(message_of<std::invalid_argument>(call) == message);
  };
  for (const S bad : {std::numeric_limits<S>::quiet_NaN(), std::numeric_limits<S>::infinity(),
                      -std::numeric_limits<S>::infinity()}) {
    X x = training<TestType>();
    x(11, 2) = bad;
    refuses([&] { estimator.fit(x); }, expected);
    if constexpr (IncrementalEstimator<Subjected<TestType>, X>)
      refuses([&] { estimator.partial_fit(x); }, expected);
    for_each_question(estimator, x, [&](const Ask& ask) { refuses(ask, expected); });
    x(40, 0) = bad;
    refuses([&] { estimator.fit(x); }, expected + " (and 1 more)");
  }
  CHECK(told<TestType>(estimator) == before);
}

TEMPLATE_LIST_TEST_CASE("empty input is refused", "[contract]", Layouts) {
  using X = typename TestType::Data;
  auto estimator = make<TestType>();
  estimator.fit(training<TestType>());
  const Answers before = told<TestType>(estimator);
  const std::string who = Subject::refuses_data;
  CHECK(message_of<std::invalid_argument>([&] { estimator.fit(X(0, 3)); }) ==
        who + ": X must have at least 1 sample (row), got 0");
  CHECK(message_of<std::invalid_argument>([&] { estimator.fit(X(5, 0)); }) ==
        who + ": X must have at least 1 feature (column), got 0");
  CHECK(message_of<std::invalid_argument>([&] { estimator.fit(X()); }) ==
        who + ": X must have at least 1 sample (row), got 0");
  CHECK(told<TestType>(estimator) == before);
}

TEMPLATE_LIST_TEST_CASE("the first partial_fit needs no fit", "[contract]", Layouts) {
  using X = typename TestType::Data;
  if constexpr (IncrementalEstimator<Subjected<TestType>, X>) {
    auto estimator = make<TestType>();
    estimator.partial_fit(training<TestType>());
    CHECK(estimator.is_fitted());
    CHECK(estimator.n_features() == 3);
    const Answers first = told<TestType>(estimator);
    auto&& kept = make<TestType>().partial_fit(training<TestType>());
    STATIC_REQUIRE(std::is_rvalue_reference_v<decltype(kept)>);  // a value, not what dangles
    CHECK(told<TestType>(kept) == first);
    estimator.partial_fit(other<TestType>());
    CHECK(told<TestType>(estimator) != first);
    const Answers second = told<TestType>(estimator);
    // Of a fitted pipeline it is the last step that learns and refuses, in its own name.
    const std::string refusal =
        message_of<std::invalid_argument>([&] { estimator.partial_fit(X(0, 3)); });
    CHECK(refusal.substr(refusal.find(':') + 1) == " X must have at least 1 sample (row), got 0");
    CHECK(told<TestType>(estimator) == second);
  }
}

TEST_CASE("every bad option is refused by name and value", "[contract]") {
  REQUIRE_FALSE(Subject::refusals().empty());
  for (const Refusal& refusal : Subject::refusals())
    CHECK(message_of<std::invalid_argument>(refusal.construct) == refusal.message);
}
