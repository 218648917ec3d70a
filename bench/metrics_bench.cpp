// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstdint>

#include <benchmark/benchmark.h>

#include "unlabeled/core/random.hpp"
#include "unlabeled/metrics/clustering.hpp"
#include "unlabeled/metrics/outlier.hpp"

// Scores of clusterings and of outlier scores. The arguments are in the names; "pairs" counts pairs
// of samples, "samples" counts samples, each per second.

namespace {

using namespace unlabeled;

Labels random_labels(Index n, Index k, std::uint64_t seed) {
  Rng rng(seed);
  Labels labels(n);
  for (int& label : labels) label = static_cast<int>(rng.index_below(k));
  return labels;
}

/// Overlapping normal clusters around random centres.
template <Real S> Matrix<S> clustered_samples(const Labels& labels, Index d) {
  Rng rng(7);
  Matrix<double> centers(labels.maxCoeff() + 1, d);
  for (double& value : centers.reshaped()) value = rng.normal(0, 5);
  Matrix<S> x(labels.size(), d);
  for (Index i = 0; i < x.rows(); ++i)
    for (Index j = 0; j < d; ++j) x(i, j) = static_cast<S>(rng.normal(centers(labels(i), j), 1));
  return x;
}

template <Real S> void silhouette(benchmark::State& state) {
  const Index n = state.range(0), d = state.range(1), k = state.range(2);
  const Labels labels = random_labels(n, k, 1);
  const Matrix<S> x = clustered_samples<S>(labels, d);
  for (auto _ : state)
    benchmark::DoNotOptimize(silhouette_score(x, labels, static_cast<int>(state.range(3))));
  state.counters["pairs"] = benchmark::Counter(static_cast<double>(n) * static_cast<double>(n),
                                               benchmark::Counter::kIsIterationInvariantRate);
}
void silhouette_cases(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"n", "d", "k", "threads"})->Unit(benchmark::kMillisecond)->UseRealTime();
  for (const int threads : {1, 2}) {
    for (const int k : {10, 64}) bench->Args({20000, 16, k, threads});
    bench->Args({20000, 2, 10, threads});
    bench->Args({5000, 128, 10, threads});
    bench->Args({10000, 16, 3000, threads});
  }
}
BENCHMARK_TEMPLATE(silhouette, double)->Apply(silhouette_cases);
BENCHMARK_TEMPLATE(silhouette, float)->Apply(silhouette_cases);

using DispersionScore = double (*)(const Matrix<double>&, const LabelsView&, int);

void dispersion(benchmark::State& state, DispersionScore score) {
  const Index n = state.range(0), d = state.range(1), k = state.range(2);
  const Labels labels = random_labels(n, k, 1);
  const Matrix<double> x = clustered_samples<double>(labels, d);
  for (auto _ : state) benchmark::DoNotOptimize(score(x, labels, static_cast<int>(state.range(3))));
  state.counters["samples"] =
      benchmark::Counter(static_cast<double>(n), benchmark::Counter::kIsIterationInvariantRate);
}
void dispersion_cases(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"n", "d", "k", "threads"})->Unit(benchmark::kMillisecond)->UseRealTime();
  for (const int threads : {1, 2})
    for (const int k : {10, 1000}) bench->Args({200000, 16, k, threads});
}
BENCHMARK_CAPTURE(dispersion, calinski_harabasz, calinski_harabasz_score<Matrix<double>>)
    ->Apply(dispersion_cases);
BENCHMARK_CAPTURE(dispersion, davies_bouldin, davies_bouldin_score<Matrix<double>>)
    ->Apply(dispersion_cases);

using AgreementScore = double (*)(const LabelsView&, const LabelsView&);

/// A third of the labels agree beyond chance.
void agreement(benchmark::State& state, AgreementScore score) {
  const Index n = state.range(0), k = state.range(1);
  const Labels truth = random_labels(n, k, 1);
  Labels predicted = random_labels(n, k, 2);
  predicted.head(n / 3) = truth.head(n / 3);
  for (auto _ : state) benchmark::DoNotOptimize(score(truth, predicted));
  state.counters["samples"] =
      benchmark::Counter(static_cast<double>(n), benchmark::Counter::kIsIterationInvariantRate);
}
void agreement_cases(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"n", "k"})->Unit(benchmark::kMillisecond);
  for (const int k : {10, 300}) bench->Args({1000000, k});
}
BENCHMARK_CAPTURE(agreement, adjusted_rand, adjusted_rand_score)->Apply(agreement_cases);
BENCHMARK_CAPTURE(agreement, v_measure, v_measure_score)->Apply(agreement_cases);
BENCHMARK_CAPTURE(agreement, adjusted_mutual_info, adjusted_mutual_info_score)
    ->Apply(agreement_cases);
BENCHMARK_CAPTURE(agreement, clustering_accuracy, clustering_accuracy)->Apply(agreement_cases);

using OutlierScore = double (*)(const LabelsView&, const Vector<double>&);

void outlier(benchmark::State& state, OutlierScore score) {
  const Index n = state.range(0);
  Labels truth = random_labels(n, 20, 1);
  truth = (truth.array() == 0).cast<int>().matrix().eval();
  Rng rng(3);
  Vector<double> scores(n);
  for (Index i = 0; i < n; ++i) scores(i) = rng.normal(truth(i), 1);
  for (auto _ : state) benchmark::DoNotOptimize(score(truth, scores));
  state.counters["samples"] =
      benchmark::Counter(static_cast<double>(n), benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK_CAPTURE(outlier, roc_auc, roc_auc_score<Vector<double>>)
    ->ArgName("n")
    ->Arg(1000000)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(outlier, average_precision, average_precision_score<Vector<double>>)
    ->ArgName("n")
    ->Arg(1000000)
    ->Unit(benchmark::kMillisecond);

}  // namespace
