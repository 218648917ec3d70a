// SPDX-License-Identifier: MIT
// KMeans on blobs: a fixed number of Lloyd iterations by each algorithm, seeding, prediction.

#include "unlabeled/cluster/kmeans.hpp"

#include <benchmark/benchmark.h>

#include "unlabeled/core/random.hpp"

namespace {

using namespace unlabeled;

/// Blobs of unit variance around k centres in a box of side 20.
template <Real S> RowMatrix<S> blobs(Index n, Index d, Index k) {
  Rng rng(1);
  const RowMatrix<S> centers =
      RowMatrix<S>::NullaryExpr(k, d, [&] { return static_cast<S>(rng.uniform(-10, 10)); });
  RowMatrix<S> x(n, d);
  for (Index i = 0; i < n; ++i) {
    const Index center = rng.index_below(k);
    for (Index j = 0; j < d; ++j) x(i, j) = centers(center, j) + static_cast<S>(rng.normal());
  }
  return x;
}

template <Real S, KMeansAlgorithm algorithm> void ten_iterations(benchmark::State& state) {
  const Index n = state.range(0), d = state.range(1), k = state.range(2);
  const RowMatrix<S> x = blobs<S>(n, d, k);
  const Matrix<S> start = x.topRows(k);
  KMeans<S> kmeans({.n_clusters = k,
                    .max_iterations = 10,
                    .tolerance = 0,
                    .algorithm = algorithm,
                    .n_threads = static_cast<int>(state.range(3))});
  for (auto _ : state) kmeans.fit_from(x, start);
  state.counters["inertia"] = kmeans.inertia();
}

template <Real S> void fit(benchmark::State& state) {
  const Index n = state.range(0), d = state.range(1), k = state.range(2);
  const RowMatrix<S> x = blobs<S>(n, d, k);
  KMeans<S> kmeans({.n_clusters = k, .n_threads = static_cast<int>(state.range(3))});
  for (auto _ : state) kmeans.fit(x);
  state.counters["inertia"] = kmeans.inertia();
}

template <Real S> void predict(benchmark::State& state) {
  const Index n = state.range(0), d = state.range(1), k = state.range(2);
  const RowMatrix<S> x = blobs<S>(n, d, k);
  const auto kmeans =
      KMeans<S>(
          {.n_clusters = k, .max_iterations = 2, .n_threads = static_cast<int>(state.range(3))})
          .fit(blobs<S>(10 * k, d, k));
  for (auto _ : state) benchmark::DoNotOptimize(kmeans.predict(x));
}

void sizes(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"n", "d", "k", "threads"})->Unit(benchmark::kMillisecond)->UseRealTime();
  for (const int threads : {1, 2})
    for (const Index n : {1000, 10000, 100000})
      for (const Index d : {2, 20, 100}) bench->Args({n, d, 16, threads});
}

BENCHMARK(ten_iterations<double, KMeansAlgorithm::lloyd>)->Apply(sizes);
BENCHMARK(ten_iterations<double, KMeansAlgorithm::hamerly>)->Apply(sizes);
BENCHMARK(ten_iterations<double, KMeansAlgorithm::elkan>)->Apply(sizes);
BENCHMARK(ten_iterations<float, KMeansAlgorithm::hamerly>)->Apply(sizes);
BENCHMARK(fit<double>)->Apply(sizes);
BENCHMARK(fit<float>)->Apply(sizes);
BENCHMARK(predict<double>)->Apply(sizes);
BENCHMARK(predict<float>)->Apply(sizes);

}  // namespace
