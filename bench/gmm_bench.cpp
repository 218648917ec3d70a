// SPDX-License-Identifier: MIT
// GMM on overlapping blobs: a fixed number of iterations of each covariance type, prediction.

#include "unlabeled/mixture/gmm.hpp"

#include <benchmark/benchmark.h>

#include "unlabeled/core/random.hpp"

namespace {

using namespace unlabeled;

constexpr Index k = 8;

/// Clusters of unit variance around centres in a box of side 4.
template <Real S> RowMatrix<S> blobs(Index n, Index d) {
  Rng rng(1);
  const RowMatrix<double> centers =
      RowMatrix<double>::NullaryExpr(k, d, [&] { return rng.uniform(-2, 2); });
  RowMatrix<S> x(n, d);
  for (Index i = 0; i < n; ++i)
    for (Index j = 0; j < d; ++j) x(i, j) = static_cast<S>(rng.normal(centers(i % k, j), 1));
  return x;
}

template <Real S> GMMModel<S> start_at(const RowMatrix<S>& means) {
  GMMModel<S> start;
  start.weights = Vector<S>::Constant(k, S(1) / S(k));
  start.means = means;
  start.covariances.assign(k, Matrix<S>::Identity(means.cols(), means.cols()) * S(2));
  return start;
}

template <Real S, CovarianceType type> void ten_iterations(benchmark::State& state) {
  const RowMatrix<S> x = blobs<S>(state.range(0), state.range(1));
  const GMMModel<S> start = start_at<S>(x.topRows(k));
  GMM<S> gmm({.n_components = k,
              .covariance_type = type,
              .tolerance = 0,
              .max_iterations = 10,
              .n_threads = static_cast<int>(state.range(2))});
  for (auto _ : state) gmm.fit_from(x, start);
  state.counters["lower_bound"] = gmm.lower_bound();
  state.SetComplexityN(state.range(0));
}

template <Real S> void fit(benchmark::State& state) {
  const RowMatrix<S> x = blobs<S>(state.range(0), state.range(1));
  GMM<S> gmm({.n_components = k, .n_threads = static_cast<int>(state.range(2))});
  for (auto _ : state) gmm.fit(x);
  state.counters["lower_bound"] = gmm.lower_bound();
  state.SetComplexityN(state.range(0));
}

template <Real S> void predict_proba(benchmark::State& state) {
  const RowMatrix<S> x = blobs<S>(state.range(0), state.range(1));
  const auto gmm = GMM<S>({.n_components = k, .n_threads = static_cast<int>(state.range(2))})
                       .fit_from(x.topRows(1000), start_at<S>(x.topRows(k)));
  for (auto _ : state) benchmark::DoNotOptimize(gmm.predict_proba(x));
  state.SetComplexityN(state.range(0));
}

template <Index d, int n_threads> void sizes(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"n", "d", "threads"})->Unit(benchmark::kMillisecond)->UseRealTime();
  for (const Index n : {1000, 10000, 100000, 1000000}) bench->Args({n, d, n_threads});
  bench->Complexity();
}

BENCHMARK(ten_iterations<double, CovarianceType::full>)->Apply(sizes<2, 1>);
BENCHMARK(ten_iterations<double, CovarianceType::full>)->Apply(sizes<16, 1>);
BENCHMARK(ten_iterations<double, CovarianceType::full>)->Apply(sizes<16, 2>);
BENCHMARK(ten_iterations<float, CovarianceType::full>)->Apply(sizes<16, 1>);
BENCHMARK(ten_iterations<double, CovarianceType::tied>)->Apply(sizes<16, 1>);
BENCHMARK(ten_iterations<double, CovarianceType::diag>)->Apply(sizes<16, 1>);
BENCHMARK(ten_iterations<double, CovarianceType::spherical>)->Apply(sizes<16, 1>);
BENCHMARK(fit<double>)->Apply(sizes<16, 1>);
BENCHMARK(predict_proba<double>)->Apply(sizes<16, 1>);

}  // namespace
