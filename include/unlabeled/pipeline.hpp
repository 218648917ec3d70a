// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

#include "unlabeled/core/concepts.hpp"
#include "unlabeled/core/errors.hpp"
#include "unlabeled/core/types.hpp"

namespace unlabeled {

template <class... Steps> class Pipeline;

namespace detail {

/// A step with the same options that has learned nothing.
template <class Step> Step unfitted(const Step& step) {
  if constexpr (std::constructible_from<Step, decltype(step.options())>)
    return Step(step.options());
  else
    return step;  // fit() forgets what was learned before
}
/// The same for all steps of a pipeline, at any depth.
template <class... Steps> Pipeline<Steps...> unfitted(const Pipeline<Steps...>& pipeline) {
  return std::apply([](const Steps&... step) { return Pipeline<Steps...>(unfitted(step)...); },
                    pipeline.steps());
}

template <class Step, class X>
concept ProbabilityPredictor = requires(const Step& step, const X& x) {
  step.predict_proba(x);
};

template <class Step, class X>
concept SampleScorer = requires(const Step& step, const X& x) {
  step.score_samples(x);
};

template <class Step, class X>
concept Scorer = requires(const Step& step, const X& x) {
  step.score(x);
};

template <class Step>
concept Reporter = requires(const Step& step) {
  step.report();
};

}  // namespace detail

/// Transformers and one last estimator that are fitted and used as one.
///
/// fit() gives the samples to the first step, what it makes of them to the second, and so on. The
/// pipeline then can do what its last step can (predict, transform, score_samples, labels, …), for
/// samples in the units of the first; it models the concepts of the last step, so pipelines nest.
///
/// Shapes      X is n_samples x n_features of the first step. Everything learned: see step<I>().
/// Cost        the sum of the steps; one result of a step is kept while the next one works on it.
/// Stops       as the last step; report() is its report.
/// Randomness  that of the steps. Equal options and data give equal results, whatever n_threads is.
/// Threads     those of the steps. After fit, all const members may be called from several threads.
/// Throws      what the steps throw, in their names; NotFitted before fit. When a step fails, the
///             earlier fit of all steps is kept.
///
/// @code
/// unlabeled::Pipeline segments(unlabeled::StandardScaler<double>(),
///                              unlabeled::PCA<double>({.n_components = 2}),
///                              unlabeled::KMeans<double>({.n_clusters = 4, .seed = 42}));
/// segments.fit(customers);
/// const unlabeled::Labels of_new_ones = segments.predict(new_customers);
/// const auto& centers = segments.step<2>().cluster_centers();
/// @endcode
template <class... Steps> class Pipeline {
  static constexpr std::size_t last = sizeof...(Steps) - 1;
  template <std::size_t I> using StepType = std::tuple_element_t<I, std::tuple<Steps...>>;
  using First = StepType<0>;
  using Last = StepType<last>;

 public:
  using Scalar = typename First::Scalar;

 private:
  using Samples = Matrix<Scalar>;

  template <std::size_t... I>
  static constexpr bool all_but_last_transform(std::index_sequence<I...>) {
    return (Transformer<StepType<I>, Samples> && ...);
  }
  static_assert((std::same_as<typename Steps::Scalar, Scalar> && ...),
                "all steps of a Pipeline must have the same scalar type");
  static_assert(all_but_last_transform(std::make_index_sequence<last>()),
                "every step of a Pipeline but the last must be a Transformer");
  static_assert(Estimator<Last, Samples>, "the last step of a Pipeline must be an Estimator");
  static_assert((std::is_nothrow_move_assignable_v<Steps> && ...),
                "a Pipeline commits its steps by moves that cannot fail");

 public:
  explicit Pipeline(Steps... steps) : steps_(std::move(steps)...) {}

  /// Fit every step to what the steps before it make of x.
  template <MatrixOf<Scalar> X> Pipeline& fit(const X& x) & {
    learn(x, [](Last& step, const auto& z) { step.fit(z); });
    return *this;
  }
  template <MatrixOf<Scalar> X> Pipeline fit(const X& x) && { return std::move(fit(x)); }

  /// The first batch fits all steps. Further ones teach the last step only: the steps before it
  /// stay as they are, because what the last has learned is expressed in their results. The first
  /// is the one that finds a step unfitted; as fit() does, it forgets what other steps had learned
  /// elsewhere, for that was in the results of other steps.
  template <MatrixOf<Scalar> X>
      Pipeline& partial_fit(const X& x) & requires IncrementalEstimator<Last, Samples> {
    if (is_fitted())
      through(x, [&](const auto& z) { std::get<last>(steps_).partial_fit(z); });
    else
      learn(x, [](Last& step, const auto& z) { step.partial_fit(z); });
    return *this;
  }
  template <MatrixOf<Scalar> X>
      Pipeline partial_fit(const X& x) && requires IncrementalEstimator<Last, Samples> {
    return std::move(partial_fit(x));
  }

  /// Label of each sample, by the last step.
  template <MatrixOf<Scalar> X>
  [[nodiscard]] Labels predict(const X& x) const requires Predictor<Last, Samples> {
    return through(x, [&](const auto& z) { return fitted_last().predict(z); });
  }
  /// Probability of each label for each sample, by the last step.
  template <MatrixOf<Scalar> X>
  [[nodiscard]] auto predict_proba(
      const X& x) const requires detail::ProbabilityPredictor<Last, Samples> {
    return through(x, [&](const auto& z) { return fitted_last().predict_proba(z); });
  }
  /// The samples after all steps.
  template <MatrixOf<Scalar> X>
  [[nodiscard]] Matrix<Scalar> transform(const X& x) const requires Transformer<Last, Samples> {
    return through(x, [&](const auto& z) { return fitted_last().transform(z); });
  }
  /// From the results of transform back to the units of x, through all steps in reverse.
  template <MatrixOf<Scalar> X>
  [[nodiscard]] Matrix<Scalar> inverse_transform(const X& z) const
      requires(InvertibleTransformer<Steps, Samples>&&...) {
    check_fitted();
    Samples x = std::get<last>(steps_).inverse_transform(z);
    for_each<0, last>([&](auto i) { x = std::get<last - 1 - i>(steps_).inverse_transform(x); });
    return x;
  }
  /// Score of each sample, by the last step: log density, or how normal a sample is.
  template <MatrixOf<Scalar> X>
  [[nodiscard]] Vector<Scalar> score_samples(
      const X& x) const requires detail::SampleScorer<Last, Samples> {
    return through(x, [&](const auto& z) { return fitted_last().score_samples(z); });
  }
  /// Score of each sample relative to the threshold of the last step.
  template <MatrixOf<Scalar> X>
  [[nodiscard]] Vector<Scalar> decision_function(const X& x) const requires
      OutlierDetector<Last, Samples> {
    return through(x, [&](const auto& z) { return fitted_last().decision_function(z); });
  }
  /// Score of all samples together, by the last step.
  template <MatrixOf<Scalar> X>
  [[nodiscard]] auto score(const X& x) const requires detail::Scorer<Last, Samples> {
    return through(x, [&](const auto& z) { return fitted_last().score(z); });
  }

  template <MatrixOf<Scalar> X> Labels fit_predict(const X& x) requires Clusterer<Last, Samples> {
    Labels labels;
    learn(x, [&](Last& step, const auto& z) { labels = step.fit_predict(z); });
    return labels;
  }
  template <MatrixOf<Scalar> X>
  Matrix<Scalar> fit_transform(const X& x) requires Transformer<Last, Samples> {
    Samples result;
    learn(x, [&](Last& step, const auto& z) { result = step.fit_transform(z); });
    return result;
  }

  [[nodiscard]] bool is_fitted() const {
    return std::apply([](const auto&... step) { return (step.is_fitted() && ...); }, steps_);
  }
  /// The options of each step, as a tuple of references into this pipeline.
  [[nodiscard]] auto options() const {
    return std::apply(
        [](const auto&... step) {
          return std::tuple<decltype(step.options())...>(step.options()...);
        },
        steps_);
  }
  /// The model of each step, as a tuple of references into this pipeline.
  [[nodiscard]] auto model() const {
    check_fitted();
    return std::apply(
        [](const auto&... step) { return std::tuple<decltype(step.model())...>(step.model()...); },
        steps_);
  }
  [[nodiscard]] const std::tuple<Steps...>& steps() const { return steps_; }
  template <std::size_t I> [[nodiscard]] const StepType<I>& step() const {
    return std::get<I>(steps_);
  }
  [[nodiscard]] Index n_features() const {
    check_fitted();
    return std::get<0>(steps_).n_features();
  }
  [[nodiscard]] const Labels& labels() const requires Clusterer<Last, Samples> {
    return fitted_last().labels();
  }
  [[nodiscard]] decltype(auto) report() const requires detail::Reporter<Last> {
    return fitted_last().report();
  }

 private:
  void check_fitted() const {
    if (!is_fitted()) throw NotFitted("Pipeline: call fit() first");
  }
  const Last& fitted_last() const {
    check_fitted();
    return std::get<last>(steps_);
  }

  /// use(samples after all steps but the last).
  template <class X, class Use> auto through(const X& x, Use use) const {
    check_fitted();
    if constexpr (last == 0) {
      return use(x);
    } else {
      Samples z = std::get<0>(steps_).transform(x);
      for_each<1, last>([&](auto i) { z = std::get<i>(steps_).transform(z); });
      return use(z);
    }
  }

  /// Fits unfitted steps; only when all went well do they take the place of the present ones.
  template <class X, class Use> void learn(const X& x, Use use) {
    auto steps = std::apply(
        [](const auto&... step) { return std::tuple<Steps...>(detail::unfitted(step)...); },
        steps_);
    if constexpr (last == 0) {
      use(std::get<0>(steps), x);
    } else {
      Samples z = std::get<0>(steps).fit_transform(x);
      for_each<1, last>([&](auto i) { z = std::get<i>(steps).fit_transform(z); });
      use(std::get<last>(steps), z);
    }
    steps_ = std::move(steps);
  }

  /// use(I) for the constants begin <= I < end, in this order.
  template <std::size_t begin, std::size_t end, class Use> static void for_each(Use use) {
    if constexpr (begin < end) {
      use(std::integral_constant<std::size_t, begin>());
      for_each<begin + 1, end>(use);
    }
  }

  std::tuple<Steps...> steps_;
};

}  // namespace unlabeled
