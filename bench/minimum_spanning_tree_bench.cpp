// SPDX-License-Identifier: MIT
// Minimum spanning trees of blobs: 30 clusters of standard deviation 1.2 around centres that are
// uniform in [-10, 10]^d. The time's growth with n is the exponent that Complexity prints.

#include <benchmark/benchmark.h>

#include <string>
#include <utility>

#include "unlabeled/core/random.hpp"
#include "unlabeled/neighbors/minimum_spanning_tree.hpp"

namespace {

using namespace unlabeled;
using namespace unlabeled::detail;

template <Real S> Matrix<S> blobs(Index n, Index d) {
  Rng rng(1);
  Matrix<double> centers(30, d);
  for (double& value : centers.reshaped()) value = rng.uniform(-10, 10);
  Matrix<S> x(n, d);
  for (Index i = 0; i < n; ++i) {
    const Index cluster = rng.index_below(30);
    for (Index j = 0; j < d; ++j) x(i, j) = static_cast<S>(rng.normal(centers(cluster, j), 1.2));
  }
  return x;
}

template <Real S> void tree(benchmark::State& state, SpanningAlgorithm algorithm) {
  const Matrix<S> x = blobs<S>(state.range(0), state.range(1));
  for (auto _ : state) {
    Team team(static_cast<int>(state.range(2)));
    benchmark::DoNotOptimize(
        minimum_spanning_tree(team, Samples<S>(x), Metric::euclidean, algorithm));
  }
  state.SetComplexityN(state.range(0));
}

void grow(benchmark::internal::Benchmark* bench, Index d, Index most, int threads) {
  bench->ArgNames({"n", "d", "threads"})->Unit(benchmark::kMillisecond)->UseRealTime();
  for (Index n = 1000; n <= most; n *= 10) bench->Args({n, d, threads});
  if (d == 8) bench->Args({30000, d, threads});
}

/// One family for each d and number of threads, so that each has its own exponent.
template <Real S> void families(const std::string& name) {
  for (const int threads : {1, 2})
    for (const auto& [d, most] : {std::pair<Index, Index>{2, 1000000}, {8, 100000}}) {
      const std::string family =
          name + ("/d=" + std::to_string(d)) + "/threads=" + std::to_string(threads);
      auto* bench =
          benchmark::RegisterBenchmark(family.c_str(), tree<S>, SpanningAlgorithm::automatic);
      grow(bench, d, most, threads);
      bench->Complexity(benchmark::oAuto);
    }
}

/// Where the two algorithms cross.
void crossover(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"n", "d", "threads"})->Unit(benchmark::kMillisecond)->UseRealTime();
  for (const Index d : {2, 4, 8, 16, 32})
    for (const Index n : {1000, 3000, 10000, 20000}) bench->Args({n, d, 1});
}
const bool registered = [] {
  families<double>("tree/double");
  families<float>("tree/float");
  for (const auto& [name, algorithm] :
       {std::pair{"prim", SpanningAlgorithm::prim}, {"boruvka", SpanningAlgorithm::boruvka}})
    crossover(benchmark::RegisterBenchmark(name, tree<double>, algorithm));
  return true;
}();

}  // namespace
