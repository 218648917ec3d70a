// SPDX-License-Identifier: MIT
// Agglomerative on blobs by every linkage: time over the number of samples, and how it grows.

#include "unlabeled/cluster/agglomerative.hpp"

#include <benchmark/benchmark.h>

#include "unlabeled/core/random.hpp"

namespace {

using namespace unlabeled;

/// Blobs of unit variance around 30 centres in a box of side 20.
template <Real S> RowMatrix<S> blobs(Index n, Index d) {
  Rng rng(1);
  const RowMatrix<S> centers =
      RowMatrix<S>::NullaryExpr(30, d, [&] { return static_cast<S>(rng.uniform(-10, 10)); });
  RowMatrix<S> x(n, d);
  for (Index i = 0; i < n; ++i) {
    const Index center = rng.index_below(30);
    for (Index j = 0; j < d; ++j) x(i, j) = centers(center, j) + static_cast<S>(rng.normal());
  }
  return x;
}

template <Real S, Linkage linkage> void fit(benchmark::State& state) {
  const RowMatrix<S> x = blobs<S>(state.range(0), state.range(1));
  Agglomerative<S> hierarchy({.linkage = linkage, .n_threads = static_cast<int>(state.range(2))});
  for (auto _ : state) hierarchy.fit(x);
  state.counters["heights"] = hierarchy.linkage_matrix().col(2).sum();
  state.SetComplexityN(state.range(0));
}

void cut(benchmark::State& state) {
  const auto hierarchy = Agglomerative<double>().fit(blobs<double>(state.range(0), 2));
  for (auto _ : state) benchmark::DoNotOptimize(hierarchy.cut(30));
}

/// A fit of a power of n for each number of features.
template <Index d, Index most> void sizes(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"n", "d", "threads"})->Unit(benchmark::kMillisecond)->UseRealTime();
  for (Index n = 1000; n <= most; n *= 10) bench->Args({n, d, 1});
  bench->Complexity();
}

BENCHMARK(fit<double, Linkage::ward>)->Apply(sizes<2, 1000000>);
BENCHMARK(fit<double, Linkage::ward>)->Apply(sizes<8, 100000>);
BENCHMARK(fit<double, Linkage::ward>)->Apply(sizes<100, 10000>);
BENCHMARK(fit<float, Linkage::ward>)->Apply(sizes<8, 100000>);
BENCHMARK(fit<double, Linkage::single>)->Apply(sizes<2, 1000000>);
BENCHMARK(fit<double, Linkage::single>)->Apply(sizes<8, 100000>);
BENCHMARK(fit<double, Linkage::complete>)->Apply(sizes<8, 10000>);
BENCHMARK(fit<double, Linkage::average>)->Apply(sizes<8, 10000>);
BENCHMARK(fit<double, Linkage::weighted>)->Apply(sizes<8, 10000>);
BENCHMARK(fit<double, Linkage::centroid>)->Apply(sizes<8, 10000>);
BENCHMARK(fit<double, Linkage::median>)->Apply(sizes<8, 10000>);
BENCHMARK(cut)->Arg(10000)->Arg(100000)->Unit(benchmark::kMillisecond);

}  // namespace
