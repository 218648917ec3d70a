// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/tolerance.hpp"
#include "unlabeled/core/concepts.hpp"
#include "unlabeled/core/report.hpp"
#include "unlabeled/core/types.hpp"

// What the contract battery asks of any estimator, found out by what it offers.

namespace unlabeled {
inline namespace testing {

/// What a test wants to set, whatever the options of an estimator are called.
struct Settings {
  std::uint64_t seed = 1;
  int n_threads = 1;
  Index max_iterations = 100;
  OnIteration on_iteration = {};
};

/// Options that the constructor refuses, and with which words.
struct Refusal {
  std::function<void()> construct;
  std::string message;
};

template <class S, int order> struct Layout {
  using Scalar = S;
  using Data = Eigen::Matrix<S, Eigen::Dynamic, Eigen::Dynamic, order>;
  using OtherOrder = Eigen::Matrix<S, Eigen::Dynamic, Eigen::Dynamic,
                                   order == Eigen::RowMajor ? Eigen::ColMajor : Eigen::RowMajor>;
};
using Layouts = std::tuple<Layout<float, Eigen::ColMajor>, Layout<float, Eigen::RowMajor>,
                           Layout<double, Eigen::ColMajor>, Layout<double, Eigen::RowMajor>>;

/// Four clusters, so that no estimator has to decide a tie.
template <class L> typename L::Data samples(Index n_samples, std::uint64_t seed) {
  return make_blobs<typename L::Scalar>(n_samples, 3, 4, seed).samples;
}

template <class E, class X>
concept HasScoreSamples = requires(const E& estimator, const X& x) {
  estimator.score_samples(x);
};
template <class E, class X>
concept HasPredictProba = requires(const E& estimator, const X& x) {
  estimator.predict_proba(x);
};
template <class E, class X>
concept HasScore = requires(const E& estimator, const X& x) {
  estimator.score(x);
};
template <class E>
concept HasReport = requires(const E& estimator) {
  estimator.report();
};

/// An answer to come, in double. Tests handle answers through this one type, so that they are
/// compiled once and not for every estimator, scalar and storage order.
using Ask = std::function<Matrix<double>()>;
using Use = std::function<void(const Ask&)>;

template <class Derived> Matrix<double> as_matrix(const Eigen::MatrixBase<Derived>& values) {
  return values.template cast<double>();
}
inline Matrix<double> as_matrix(double value) { return Matrix<double>::Constant(1, 1, value); }
inline Matrix<double> as_matrix(Index value) { return as_matrix(static_cast<double>(value)); }
inline Matrix<double> as_matrix(const Report& report) {
  Matrix<double> row(1, 3);
  row << static_cast<double>(report.n_iterations), report.objective,
      static_cast<double>(report.stop);
  return row;
}

/// use(answer) for every accessor of a fitted estimator, the general ones and those of the subject.
template <class Subject, class E> void for_each_accessor(const E& estimator, const Use& use) {
  auto add = [&](auto get) { use([&] { return as_matrix(get()); }); };
  add([&] { return estimator.n_features(); });
  if constexpr (HasReport<E>) add([&] { return estimator.report(); });
  Subject::accessors(estimator, add);
}

/// use(answer) for every question about samples whose answer has a row for each of them.
template <class E, class X> void for_each_question(const E& estimator, const X& x, const Use& use) {
  auto add = [&](auto get) { use([&] { return as_matrix(get()); }); };
  if constexpr (Transformer<E, X>) add([&] { return estimator.transform(x); });
  if constexpr (InvertibleTransformer<E, X>)
    add([&] { return estimator.inverse_transform(estimator.transform(x)); });
  if constexpr (Predictor<E, X>) add([&] { return estimator.predict(x); });
  if constexpr (HasPredictProba<E, X>) add([&] { return estimator.predict_proba(x); });
  if constexpr (HasScoreSamples<E, X>) add([&] { return estimator.score_samples(x); });
  if constexpr (OutlierDetector<E, X>) add([&] { return estimator.decision_function(x); });
}

/// Everything an estimator says about itself and about some samples.
struct Answers {
  std::vector<Matrix<double>> values;

  /// To the last bit.
  friend bool operator==(const Answers& a, const Answers& b) {
    return std::equal(a.values.begin(), a.values.end(), b.values.begin(), b.values.end(),
                      [](const Matrix<double>& one, const Matrix<double>& two) {
                        return one.rows() == two.rows() && one.cols() == two.cols() && one == two;
                      });
  }

  /// Largest relative difference; a huge number where the shapes differ.
  [[nodiscard]] double difference(const Answers& expected) const {
    if (values.size() != expected.values.size()) return 1e300;
    double largest = 0;
    for (std::size_t i = 0; i < values.size(); ++i)
      largest = std::max(largest, relative_error(values[i], expected.values[i]));
    return largest;
  }
};

template <class Subject, class E, class X> Answers answers(const E& estimator, const X& x) {
  Answers all;
  const Use add = [&](const Ask& ask) { all.values.push_back(ask()); };
  for_each_accessor<Subject>(estimator, add);
  for_each_question(estimator, x, add);
  if constexpr (HasScore<E, X>) all.values.push_back(as_matrix(estimator.score(x)));
  return all;
}

/// The message of the exception of this very type; empty when there is none.
template <class Exception> std::string message_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Exception& error) {
    return error.what();
  }
  return "";
}

}  // namespace testing
}  // namespace unlabeled
