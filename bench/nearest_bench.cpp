// SPDX-License-Identifier: MIT
// The share of the machine's arithmetic peak that the scan for the nearest centre reaches. The peak
// is measured in the same run by a loop of nothing but multiply-adds.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>

#include "unlabeled/core/random.hpp"
#include "unlabeled/linalg/last_steps.hpp"
#include "unlabeled/linalg/scan.hpp"
#include "unlabeled/linalg/scan_samples.hpp"

namespace {

using namespace unlabeled;
using namespace unlabeled::detail;

double seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Operations per second of independent multiply-adds that stay in registers; the best of several.
template <Real S> double peak() {
  constexpr int chains = 12, repeats = 200000;
  double best = 0;
  for (int run = 0; run < 20; ++run) {
    Tile<S, chains / 2> sum;
    // Different values in every chain, or compilers would compute one for all.
#pragma GCC unroll 16
    for (int r = 0; r < chains / 2; ++r) {
      sum.value[r][0] = broadcast<S>(static_cast<S>(1 + r));
      sum.value[r][1] = broadcast<S>(static_cast<S>(-1 - r));
    }
    const Packet<S> factor = broadcast<S>(S(0.999)), term = broadcast<S>(S(0.001));
    const double start = seconds();
    for (int i = 0; i < repeats; ++i)
#pragma GCC unroll 16
      for (int r = 0; r < chains / 2; ++r) {
        sum.value[r][0] = multiply_add<S>(sum.value[r][0], factor, term);
        sum.value[r][1] = multiply_add<S>(sum.value[r][1], factor, term);
      }
    const double elapsed = seconds() - start;
    S kept = 0;
#pragma GCC unroll 16
    for (int r = 0; r < chains / 2; ++r)
      kept += sum_of_lanes<S>(sum.value[r][0]) + sum_of_lanes<S>(sum.value[r][1]);
    benchmark::DoNotOptimize(kept);
    best = std::max(best, 2.0 * repeats * chains * static_cast<double>(packet_size<S>) / elapsed);
  }
  return best;
}

template <Real S> RowMatrix<S> numbers(Index n, Index d, std::uint64_t seed) {
  Rng rng(seed);
  return RowMatrix<S>::NullaryExpr(n, d, [&] { return static_cast<S>(rng.normal()); });
}

void report(benchmark::State& state, double operations, double peak_rate) {
  state.counters["GFlop/s"] =
      benchmark::Counter(operations / 1e9, benchmark::Counter::kIsIterationInvariantRate);
  state.counters["of_peak"] =
      benchmark::Counter(operations / peak_rate, benchmark::Counter::kIsIterationInvariantRate);
}

/// Lanes are samples: what a fit runs.
template <Real S, class Step> void scan_lanes_are_samples(benchmark::State& state) {
  const Index d = state.range(0), k = state.range(1), n_blocks = 64;
  constexpr Index lanes = tile_lanes<S>;
  const PackedRows<S> rows = pack_for_nearest<S>(numbers<S>(k, d, 1));
  const RowMatrix<S> samples = numbers<S>(n_blocks * lanes, d, 2);
  Vector<S> panels(n_blocks * lanes * d);
  for (Index p = 0; p < n_blocks; ++p)
    pack_panel<S, S>(Samples<S>(samples), p * lanes, lanes, nullptr, panels.data() + p * lanes * d);
  const double peak_rate = peak<S>();
  for (auto _ : state)
    for (Index p = 0; p < n_blocks; ++p) {
      Step step(rows.number.data());
      scan_panel(rows, panels.data() + p * lanes * d, step);
      benchmark::DoNotOptimize(step);
    }
  report(state, 2.0 * static_cast<double>(n_blocks * lanes * k * d), peak_rate);
}

/// Lanes are centres: what a prediction for a few samples runs.
template <Real S> void scan_lanes_are_centers(benchmark::State& state) {
  const Index d = state.range(0), k = state.range(1), n = 64 * tile_rows;
  const PackedLanes<S> rows = pack_lanes_for_nearest(numbers<S>(k, d, 1));
  const RowMatrix<S> samples = numbers<S>(n, d, 2);
  const double peak_rate = peak<S>();
  Index sum = 0;
  for (auto _ : state)
    greatest_lanes(rows, {samples.data(), d, 1}, n, [&](Index, Index row) { sum += row; });
  benchmark::DoNotOptimize(sum);
  report(state, 2.0 * static_cast<double>(n * k * d), peak_rate);
}

void shapes(benchmark::internal::Benchmark* bench) {
  for (auto [d, k] : {std::pair{8, 64}, {16, 64}, {64, 64}, {100, 256}, {784, 64}, {784, 10}})
    bench->Args({d, k});
}

BENCHMARK(scan_lanes_are_samples<float, GreatestStep<float>>)
    ->Apply(shapes)
    ->Name("nearest/lanes_are_samples/float");
BENCHMARK(scan_lanes_are_samples<double, GreatestStep<double>>)
    ->Apply(shapes)
    ->Name("nearest/lanes_are_samples/double");
BENCHMARK(scan_lanes_are_samples<float, GreatestTwoStep<float>>)
    ->Apply(shapes)
    ->Name("nearest_two/lanes_are_samples/float");
BENCHMARK(scan_lanes_are_centers<float>)->Apply(shapes)->Name("nearest/lanes_are_centers/float");
BENCHMARK(scan_lanes_are_centers<double>)->Apply(shapes)->Name("nearest/lanes_are_centers/double");

}  // namespace
