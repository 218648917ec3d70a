// SPDX-License-Identifier: MIT
// Epochs of autoencoders, plain and variational, as samples a second and as billions of operations a
// second; "tile" is the most of these that the products' inner loop does on operands that are near.

#include <benchmark/benchmark.h>

#include <vector>

#include "unlabeled/core/random.hpp"
#include "unlabeled/linalg/tile.hpp"
#include "unlabeled/neural/autoencoder.hpp"
#include "unlabeled/neural/variational_autoencoder.hpp"

namespace {

using namespace unlabeled;

RowMatrix<float> random_samples(Index n_samples, Index n_features) {
  RowMatrix<float> x(n_samples, n_features);
  Rng rng(1);
  for (float& value : x.reshaped()) value = static_cast<float>(rng.uniform());
  return x;
}

/// Multiplications and additions of one sample's pass and step: forward, weights, and inputs, which
/// the first layer does not need.
double operations(const std::vector<Index>& widths) {
  double sum = 0;
  for (std::size_t l = 0; l + 1 < widths.size(); ++l)
    sum += (l == 0 ? 4.0 : 6.0) * double(widths[l]) * double(widths[l + 1]);
  return sum;
}

void count(benchmark::State& state, Index n_samples, double operations_per_sample) {
  using benchmark::Counter;
  const double n = double(n_samples) * double(state.iterations());
  state.counters["samples"] = Counter(n, Counter::kIsRate);
  state.counters["GFlop"] = Counter(1e-9 * n * operations_per_sample, Counter::kIsRate);
}

void epoch(benchmark::State& state, const std::vector<Index>& widths, Index batch_size) {
  const Index n_samples = 10000;
  const RowMatrix<float> x = random_samples(n_samples, widths.front());
  const auto half = widths.begin() + 1 + static_cast<std::ptrdiff_t>(widths.size() / 2);
  Autoencoder<float> autoencoder({.encoder_sizes = {widths.begin() + 1, half},
                                  .batch_size = batch_size,
                                  .n_threads = int(state.range(0))});
  autoencoder.partial_fit(x);
  for (auto _ : state) autoencoder.partial_fit(x);
  count(state, n_samples, operations(widths));
}

void variational_epoch(benchmark::State& state) {
  const Index n_samples = 10000;
  const RowMatrix<float> x = random_samples(n_samples, 784);
  for (auto _ : state)
    VariationalAutoencoder<float>(
        {.encoder_sizes = {400, 20}, .n_epochs = 1, .n_threads = int(state.range(0))})
        .fit(x);
  count(state, n_samples, operations({784, 400, 40}) + 6 * (20.0 * 400 + 400.0 * 784));
}

void tile(benchmark::State& state) {
  constexpr Index depth = 128;
  const Vector<float> panel = Vector<float>::Ones(depth * detail::tile_lanes<float>);
  const Vector<float> values = Vector<float>::Ones(depth * detail::tile_rows);
  const detail::Rows<float> rows{values.data(), depth, 1};
  detail::Tile<float, detail::tile_rows> sums;
  sums.set_zero();
  for (auto _ : state) {
    detail::multiply_add_tile<detail::tile_rows, float>(depth, rows, panel.data(), sums);
    benchmark::DoNotOptimize(sums);
  }
  const double multiply_adds = double(depth * detail::tile_rows * detail::tile_lanes<float>);
  state.counters["GFlop"] = benchmark::Counter(2e-9 * multiply_adds * double(state.iterations()),
                                               benchmark::Counter::kIsRate);
}

void threads(benchmark::internal::Benchmark* bench) {
  bench->ArgName("threads")->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();
}

BENCHMARK(tile);
BENCHMARK_CAPTURE(epoch, 784_128_32, {784, 128, 32, 128, 784}, 256)->Apply(threads);
BENCHMARK_CAPTURE(epoch, 64_32_8, {64, 32, 8, 32, 64}, 64)->Apply(threads);
BENCHMARK_CAPTURE(epoch, 784_500_500_2000_10, {784, 500, 500, 2000, 10, 2000, 500, 500, 784}, 256)
    ->Apply(threads);
BENCHMARK(variational_epoch)->Apply(threads);

}  // namespace
