// SPDX-License-Identifier: MIT
#include <cstdint>

#include <benchmark/benchmark.h>

#include "unlabeled/core/random.hpp"
#include "unlabeled/preprocessing/standard_scaler.hpp"

// Memory traffic is the limit: the rate of each pass stands beside that of a plain sum over the
// same matrix ("read"). Quality: the largest difference of the variance of a result from 1.

namespace {

using namespace unlabeled;

template <class M> M samples(Index n_samples, Index n_features) {
  Rng rng(1);
  M x(n_samples, n_features);
  for (Index i = 0; i < n_samples; ++i)
    for (Index j = 0; j < n_features; ++j)
      x(i, j) = static_cast<typename M::Scalar>(rng.uniform(-1, 1));
  return x;
}

template <class M> void count_bytes(benchmark::State& state, const M& x, std::int64_t passes) {
  state.SetBytesProcessed(state.iterations() * passes * x.size() *
                          static_cast<std::int64_t>(sizeof(typename M::Scalar)));
}

template <class M> void read(benchmark::State& state) {
  const M x = samples<M>(state.range(0), state.range(1));
  for (auto _ : state) benchmark::DoNotOptimize(x.sum());
  count_bytes(state, x, 1);
}

template <class M> void fit(benchmark::State& state) {
  const M x = samples<M>(state.range(0), state.range(1));
  StandardScaler<typename M::Scalar> scaler({.n_threads = static_cast<int>(state.range(2))});
  for (auto _ : state) scaler.fit(x);
  count_bytes(state, x, 1);
}

template <class M> void fit_transform(benchmark::State& state) {
  const M x = samples<M>(state.range(0), state.range(1));
  StandardScaler<typename M::Scalar> scaler({.n_threads = static_cast<int>(state.range(2))});
  for (auto _ : state) benchmark::DoNotOptimize(scaler.fit_transform(x).data());
  count_bytes(state, x, 3);
  const auto z = scaler.transform(x);
  state.counters["variance_error"] = benchmark::Counter(static_cast<double>(
      (z.array().square().colwise().mean() - typename M::Scalar(1)).abs().maxCoeff()));
}

template <class M> void transform_in_place(benchmark::State& state) {
  M x = samples<M>(state.range(0), state.range(1));
  StandardScaler<typename M::Scalar> scaler({.n_threads = static_cast<int>(state.range(2))});
  x = scaler.fit_transform(x);
  scaler.fit(x);  // standardized data stay as they are, however often they are standardized
  for (auto _ : state) scaler.transform_in_place(x);
  count_bytes(state, x, 3);
}

void sizes(benchmark::internal::Benchmark* bench) {
  bench->Unit(benchmark::kMillisecond)->UseRealTime()->ArgNames({"n", "d", "threads"});
  for (const std::int64_t n_threads : {1, 2}) {
    bench->Args({1000, 20, n_threads})->Args({100000, 2, n_threads});
    bench->Args({100000, 100, n_threads})->Args({2000000, 32, n_threads});
  }
}

void read_sizes(benchmark::internal::Benchmark* bench) {
  bench->Unit(benchmark::kMillisecond)->UseRealTime()->ArgNames({"n", "d"});
  bench->Args({1000, 20})->Args({100000, 2})->Args({100000, 100})->Args({2000000, 32});
}

}  // namespace

BENCHMARK_TEMPLATE(read, RowMatrix<double>)->Apply(read_sizes);
BENCHMARK_TEMPLATE(read, RowMatrix<float>)->Apply(read_sizes);
BENCHMARK_TEMPLATE(fit, RowMatrix<double>)->Apply(sizes);
BENCHMARK_TEMPLATE(fit, Matrix<double>)->Apply(sizes);
BENCHMARK_TEMPLATE(fit, RowMatrix<float>)->Apply(sizes);
BENCHMARK_TEMPLATE(fit, Matrix<float>)->Apply(sizes);
BENCHMARK_TEMPLATE(fit_transform, RowMatrix<double>)->Apply(sizes);
BENCHMARK_TEMPLATE(fit_transform, Matrix<double>)->Apply(sizes);
BENCHMARK_TEMPLATE(fit_transform, RowMatrix<float>)->Apply(sizes);
BENCHMARK_TEMPLATE(fit_transform, Matrix<float>)->Apply(sizes);
BENCHMARK_TEMPLATE(transform_in_place, RowMatrix<double>)->Apply(sizes);
BENCHMARK_TEMPLATE(transform_in_place, Matrix<float>)->Apply(sizes);
