// SPDX-License-Identifier: MIT
// DBSCAN on normal clusters over uniform noise at constant density: the growth with the number of
// samples shows in samples_per_second (level: linear time), by each method; predict; k_distances.

#include "unlabeled/cluster/dbscan.hpp"

#include <algorithm>
#include <cmath>

#include <benchmark/benchmark.h>

#include "unlabeled/core/random.hpp"
#include "unlabeled/neighbors/k_distances.hpp"

namespace {

using namespace unlabeled;

/// A cluster of unit variance for every 2000 samples, in a box that grows with their number, and a
/// fifth of the samples uniform in it.
template <Real S> RowMatrix<S> noisy_blobs(Index n, Index d) {
  Rng rng(1);
  const Index k = std::max<Index>(1, n / 2000);
  const double box = 8 * std::pow(static_cast<double>(k), 1 / static_cast<double>(d));
  const RowMatrix<double> centers =
      RowMatrix<double>::NullaryExpr(k, d, [&] { return rng.uniform(-0.9 * box, 0.9 * box); });
  RowMatrix<S> x(n, d);
  for (Index i = 0; i < n; ++i) {
    const Index center = rng.index_below(k);
    for (Index j = 0; j < d; ++j)
      x(i, j) =
          static_cast<S>(i % 5 == 0 ? rng.uniform(-box, box) : rng.normal(centers(center, j), 1));
  }
  return x;
}

/// About a tenth of the distance between samples of a cluster in 2 and 3 dimensions, half of it in 16.
double radius(Index d) { return d == 2 ? 0.3 : d == 3 ? 0.6 : 3.5; }

template <Real S> void fit(benchmark::State& state) {
  const Index n = state.range(0), d = state.range(1);
  const RowMatrix<S> x = noisy_blobs<S>(n, d);
  DBSCAN<S> dbscan(
      {.eps = radius(d), .min_samples = 10, .n_threads = static_cast<int>(state.range(2))});
  for (auto _ : state) dbscan.fit(x);
  state.counters["clusters"] = dbscan.n_clusters();
  state.counters["samples_per_second"] =
      benchmark::Counter(static_cast<double>(n), benchmark::Counter::kIsIterationInvariantRate);
}

template <Real S> void predict(benchmark::State& state) {
  const Index n = state.range(0), d = state.range(1);
  const RowMatrix<S> x = noisy_blobs<S>(n, d);
  const auto dbscan =
      DBSCAN<S>(
          {.eps = radius(d), .min_samples = 10, .n_threads = static_cast<int>(state.range(2))})
          .fit(x);
  for (auto _ : state) benchmark::DoNotOptimize(dbscan.predict(x));
}

void k_distance_curve(benchmark::State& state) {
  const RowMatrix<double> x = noisy_blobs<double>(state.range(0), state.range(1));
  for (auto _ : state)
    benchmark::DoNotOptimize(
        k_distances(x, 10, Metric::euclidean, static_cast<int>(state.range(2))));
}

void sizes(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"n", "d", "threads"})->Unit(benchmark::kMillisecond)->UseRealTime();
  for (const int threads : {1, 2})
    for (const Index d : {2, 3, 16})
      for (const Index n : {1000, 10000, 100000, 1000000})
        if (d < 16 || n <= 100000) bench->Args({n, d, threads});
}

BENCHMARK(fit<double>)->Apply(sizes);
BENCHMARK(fit<float>)->Apply(sizes);
BENCHMARK(predict<double>)->Apply(sizes);
BENCHMARK(k_distance_curve)->Apply(sizes);

}  // namespace
