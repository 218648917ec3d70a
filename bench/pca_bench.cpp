// SPDX-License-Identifier: MIT
#include <cmath>
#include <cstdint>

#include <benchmark/benchmark.h>

#include "unlabeled/core/random.hpp"
#include "unlabeled/decomposition/pca.hpp"
#include "unlabeled/linalg/scatter.hpp"

// Rates count the multiply-adds that the lower triangle needs (scatter) or that the thin products
// take (gram_product), as flops. Quality: the share of the variance that the components explain.

namespace {

using namespace unlabeled;

/// Samples whose variance falls off with the direction as that of real data does, around an offset.
template <class M> M samples(Index n_samples, Index n_features) {
  using S = typename M::Scalar;
  Rng rng(1);
  M x(n_samples, n_features);
  for (Index i = 0; i < n_samples; ++i)
    for (Index j = 0; j < n_features; ++j)
      x(i, j) =
          static_cast<S>(1 + rng.uniform(-1, 1) * std::pow(1.0 + static_cast<double>(j), -0.7));
  return x;
}

void count_flops(benchmark::State& state, double per_iteration) {
  state.counters["flops"] =
      benchmark::Counter(per_iteration, benchmark::Counter::kIsIterationInvariantRate);
}

template <class M> void scatter_matrix(benchmark::State& state) {
  const M x = samples<M>(state.range(0), state.range(1));
  detail::Team team(static_cast<int>(state.range(2)));
  for (auto _ : state)
    benchmark::DoNotOptimize(
        detail::scatter(team, detail::Samples<typename M::Scalar>(x)).scatter.data());
  const auto n = static_cast<double>(x.rows()), d = static_cast<double>(x.cols());
  count_flops(state, n * d * (d + 1));
}

template <class M> void gram_product(benchmark::State& state) {
  const M x = samples<M>(state.range(0), state.range(1));
  detail::Team team(static_cast<int>(state.range(2)));
  const Vector<double> mean = Vector<double>::Ones(x.cols());
  const Matrix<double> right = Matrix<double>::Ones(x.cols(), 30);
  for (auto _ : state)
    benchmark::DoNotOptimize(
        detail::gram_product(team, detail::Samples<typename M::Scalar>(x), mean, right).data());
  count_flops(state, 4 * 30 * static_cast<double>(x.size()));
}

template <class M> void fit(benchmark::State& state) {
  const M x = samples<M>(state.range(0), state.range(1));
  PCA<typename M::Scalar> pca(
      {.n_components = state.range(2), .n_threads = static_cast<int>(state.range(3))});
  for (auto _ : state) pca.fit(x);
  state.counters["explained"] =
      benchmark::Counter(static_cast<double>(pca.explained_variance_ratio().sum()));
}

template <class M> void transform(benchmark::State& state) {
  const M x = samples<M>(state.range(0), state.range(1));
  PCA<typename M::Scalar> pca(
      {.n_components = state.range(2), .n_threads = static_cast<int>(state.range(3))});
  pca.fit(x);
  for (auto _ : state) benchmark::DoNotOptimize(pca.transform(x).data());
  count_flops(state, 2 * static_cast<double>(x.size() * state.range(2)));
}

void products(benchmark::internal::Benchmark* bench) {
  for (const std::int64_t n_threads : {1, 2})
    bench->Args({200000, 64, n_threads})->Args({10000, 784, n_threads});
  bench->UseRealTime()->Unit(benchmark::kMillisecond);
}

void fits(benchmark::internal::Benchmark* bench) {
  for (const std::int64_t n_threads : {1, 2})
    bench->Args({200000, 64, 0, n_threads})
        ->Args({20000, 784, 50, n_threads})
        ->Args({5000, 5000, 20, n_threads});
  bench->UseRealTime()->Unit(benchmark::kMillisecond);
}

void transforms(benchmark::internal::Benchmark* bench) {
  for (const std::int64_t n_threads : {1, 2})
    bench->Args({200000, 64, 16, n_threads})->Args({20000, 784, 50, n_threads});
  bench->UseRealTime()->Unit(benchmark::kMillisecond);
}

BENCHMARK_TEMPLATE(scatter_matrix, RowMatrix<double>)->Apply(products);
BENCHMARK_TEMPLATE(scatter_matrix, Matrix<double>)->Apply(products);
BENCHMARK_TEMPLATE(scatter_matrix, RowMatrix<float>)->Apply(products);
BENCHMARK_TEMPLATE(gram_product, RowMatrix<double>)->Apply(products);
BENCHMARK_TEMPLATE(gram_product, RowMatrix<float>)->Apply(products);
BENCHMARK_TEMPLATE(fit, RowMatrix<double>)->Apply(fits);
BENCHMARK_TEMPLATE(fit, RowMatrix<float>)->Apply(fits);
BENCHMARK_TEMPLATE(transform, RowMatrix<double>)->Apply(transforms);
BENCHMARK_TEMPLATE(transform, RowMatrix<float>)->Apply(transforms);

}  // namespace
