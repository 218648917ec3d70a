// SPDX-License-Identifier: MIT
// Word2Vec by method and threads, in words of text per second: on words drawn by Zipf's law, the
// shares that language has, from a vocabulary whose weights (2 x 40 MB) exceed the caches.

#include "unlabeled/text/word2vec.hpp"

#include <cmath>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "unlabeled/core/random.hpp"

namespace {

using namespace unlabeled;

constexpr Index n_words = 100000, n_sentences = 20000, sentence_length = 50;

/// A word of rank r has a share in proportion to 1 / r.
std::vector<std::vector<std::string>> zipf_text() {
  Rng rng(1);
  std::vector<std::vector<std::string>> sentences(n_sentences);
  for (auto& sentence : sentences)
    for (Index i = 0; i < sentence_length; ++i)
      sentence.push_back(
          std::to_string(std::floor(std::pow(static_cast<double>(n_words), rng.uniform()))));
  return sentences;
}

template <Real S> void train(benchmark::State& state, Word2VecOptions options) {
  static const auto sentences = zipf_text();
  options.min_count = 1;
  options.n_epochs = 1;
  options.n_threads = static_cast<int>(state.range(0));
  double words_per_second = 0;  // of the training, without the counting of words
  options.on_progress = [&](const Word2VecProgress& progress) {
    words_per_second = progress.words_per_second;
    return true;
  };
  Word2Vec<S> word2vec(options);
  for (auto _ : state) word2vec.fit(sentences);
  state.counters["training_words_per_second"] = words_per_second;
  state.counters["words_per_second"] =
      benchmark::Counter(static_cast<double>(n_sentences * sentence_length),
                         benchmark::Counter::kIsIterationInvariantRate);
}

void floats(benchmark::State& state, const Word2VecOptions& options) {
  train<float>(state, options);
}
void doubles(benchmark::State& state, const Word2VecOptions& options) {
  train<double>(state, options);
}

void threads(benchmark::internal::Benchmark* bench) {
  bench->ArgName("threads")->Unit(benchmark::kMillisecond)->UseRealTime();
  for (const int n : {1, 2}) bench->Arg(n);
}

BENCHMARK_CAPTURE(floats, deterministic, {})->Apply(threads);
BENCHMARK_CAPTURE(floats, lock_free, {.deterministic = false})->Apply(threads);
BENCHMARK_CAPTURE(floats, cbow, {.architecture = Word2VecArchitecture::cbow})->Apply(threads);
BENCHMARK_CAPTURE(floats, hierarchical_softmax,
                  {.objective = Word2VecObjective::hierarchical_softmax})
    ->Apply(threads);
BENCHMARK_CAPTURE(doubles, deterministic, {})->Apply(threads);

}  // namespace
