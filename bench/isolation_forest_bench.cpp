// SPDX-License-Identifier: MIT
// IsolationForest on a normal cloud: growing the trees, scoring, and explaining. The complexity
// that is printed is the growth over n.

#include "unlabeled/anomaly/isolation_forest.hpp"

#include <benchmark/benchmark.h>

#include "unlabeled/core/random.hpp"

namespace {

using namespace unlabeled;

template <Real S> RowMatrix<S> cloud(Index n, Index d) {
  Rng rng(1);
  return RowMatrix<S>::NullaryExpr(n, d, [&] { return static_cast<S>(rng.normal()); });
}

template <Real S> IsolationForest<S> forest_of(const benchmark::State& state, Index q = 1) {
  return IsolationForest<S>({.n_split_features = q, .n_threads = static_cast<int>(state.range(2))});
}

template <Real S> void fit(benchmark::State& state) {
  const RowMatrix<S> x = cloud<S>(state.range(0), state.range(1));
  IsolationForest<S> forest = forest_of<S>(state);
  for (auto _ : state) forest.fit(x);
  state.SetComplexityN(state.range(0));
}

template <Real S, Index q> void score(benchmark::State& state) {
  const RowMatrix<S> x = cloud<S>(state.range(0), state.range(1));
  const IsolationForest<S> forest = forest_of<S>(state, q).fit(x);
  for (auto _ : state) benchmark::DoNotOptimize(forest.score_samples(x));
  state.SetComplexityN(state.range(0));
}

template <Real S> void explain(benchmark::State& state) {
  const RowMatrix<S> x = cloud<S>(state.range(0), state.range(1));
  const IsolationForest<S> forest = forest_of<S>(state).fit(x);
  for (auto _ : state) benchmark::DoNotOptimize(forest.feature_contributions(x));
  state.SetComplexityN(state.range(0));
}

/// Trees of many samples are deep, and too large for the caches.
template <Real S> void score_deep(benchmark::State& state) {
  const RowMatrix<S> x = cloud<S>(100000, 10);
  const auto forest = IsolationForest<S>({.max_samples = state.range(0), .n_threads = 1}).fit(x);
  for (auto _ : state) benchmark::DoNotOptimize(forest.score_samples(x));
}

void growth(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"n", "d", "threads"})->Unit(benchmark::kMillisecond)->UseRealTime();
  for (const Index n : {1000, 10000, 100000, 1000000}) bench->Args({n, 10, 1});
  bench->Complexity([](benchmark::IterationCount n) { return static_cast<double>(n); });
}

void sizes(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"n", "d", "threads"})->Unit(benchmark::kMillisecond)->UseRealTime();
  for (const int threads : {1, 2})
    for (const Index d : {2, 20, 100}) bench->Args({200000, d, threads});
}

BENCHMARK(fit<double>)->Apply(growth);
BENCHMARK(score<double, 1>)->Apply(growth);
BENCHMARK(score<float, 1>)->Apply(growth);
BENCHMARK(score<double, 3>)->Apply(growth);
BENCHMARK(explain<double>)->Apply(growth);
BENCHMARK(fit<double>)->Apply(sizes);
BENCHMARK(score<double, 1>)->Apply(sizes);
BENCHMARK(score<float, 1>)->Apply(sizes);
BENCHMARK(score_deep<double>)
    ->ArgName("max_samples")
    ->Unit(benchmark::kMillisecond)
    ->RangeMultiplier(4)
    ->Range(256, 65536);

}  // namespace
