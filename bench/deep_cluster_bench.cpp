// SPDX-License-Identifier: MIT
// DeepCluster on the network of its paper: updates with and without the decoder, and the refresh of
// the target, as samples a second and as billions of operations a second.

#include <benchmark/benchmark.h>

#include "unlabeled/core/random.hpp"
#include "unlabeled/neural/detail/deep_cluster_fit.hpp"

namespace {

using namespace unlabeled;
using namespace unlabeled::detail;

constexpr Index n_samples = 2560;

/// A network of random weights, centres on the embedding of the first samples, and its data.
struct Problem {
  explicit Problem(benchmark::State& state, double reconstruction_weight)
      : team(int(state.range(0))) {
    Rng rng(1);
    for (float& value : x.reshaped()) value = static_cast<float>(rng.uniform());
    options.reconstruction_weight = reconstruction_weight;
    AutoencoderModel<float> start =
        initial_autoencoder<float>(x.cols(), pretraining_options(options, n_samples));
    model.encoder = start.encoder;
    model.decoder = start.decoder;
    const RowMatrix<float> first = x.topRows(options.n_clusters);
    model.cluster_centers = outputs_of(team, Samples<float>(first), model.encoder);
    for (const DenseLayer<float>& layer : model.encoder) n_weights += double(layer.weights.size());
  }

  /// Multiplications and additions, each an operation, per sample and pass over the weights.
  void count(benchmark::State& state, double n_rows, double operations_per_weight) const {
    using benchmark::Counter;
    const double n = n_rows * double(state.iterations());
    state.counters["samples"] = Counter(n, Counter::kIsRate);
    state.counters["GFlop"] =
        Counter(1e-9 * n * operations_per_weight * n_weights, Counter::kIsRate);
  }

  RowMatrix<float> x{n_samples, 784};
  DeepClusterOptions options{.n_clusters = 10};
  DeepClusterModel<float> model;
  Team team;
  double n_weights = 0;
};

void update(benchmark::State& state, double reconstruction_weight) {
  Problem problem(state, reconstruction_weight);
  ClusterTraining<float> training(problem.team, Samples<float>(problem.x), problem.model,
                                  problem.options);
  training.refresh();
  for (auto _ : state) benchmark::DoNotOptimize(training.update());
  problem.count(state, 256, reconstruction_weight > 0 ? 12 : 6);
}

void refresh(benchmark::State& state) {
  Problem problem(state, 0);
  ClusterTraining<float> training(problem.team, Samples<float>(problem.x), problem.model,
                                  problem.options);
  for (auto _ : state) benchmark::DoNotOptimize(training.refresh());
  problem.count(state, n_samples, 2);
}

void threads(benchmark::internal::Benchmark* bench) {
  bench->ArgName("threads")->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();
}

BENCHMARK_CAPTURE(update, DEC, 0.0)->Apply(threads);
BENCHMARK_CAPTURE(update, IDEC, 10.0)->Apply(threads);
BENCHMARK(refresh)->Apply(threads);

}  // namespace
