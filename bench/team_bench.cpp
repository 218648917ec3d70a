// SPDX-License-Identifier: MIT
// What a parallel step costs beyond its work: the fork and join of tasks that do nothing, steps
// that follow each other closely and steps with serial work between them, and a team's whole life.
#include <benchmark/benchmark.h>

#include <chrono>

#include "unlabeled/core/parallel.hpp"

namespace {

using unlabeled::Index;
using unlabeled::detail::Team;

void wait_busily(std::chrono::microseconds duration) {
  const auto end = std::chrono::steady_clock::now() + duration;
  while (std::chrono::steady_clock::now() < end) {
  }
}

/// Arguments: threads, microseconds of serial work between steps (not counted).
void team_empty_step(benchmark::State& state) {
  const auto n_threads = static_cast<int>(state.range(0));
  const std::chrono::microseconds pause(state.range(1));
  Team team(n_threads);
  team.run(n_threads, [](Index, int) {});
  for (auto _ : state) {
    if (pause.count() > 0) wait_busily(pause);
    const auto begin = std::chrono::steady_clock::now();
    team.run(n_threads, [](Index i, int) { benchmark::DoNotOptimize(i); });
    const auto end = std::chrono::steady_clock::now();
    state.SetIterationTime(std::chrono::duration<double>(end - begin).count());
  }
}

/// Construction, one step that starts the threads, destruction.
void team_life(benchmark::State& state) {
  const auto n_threads = static_cast<int>(state.range(0));
  for (auto _ : state) {
    Team team(n_threads);
    team.run(n_threads, [](Index i, int) { benchmark::DoNotOptimize(i); });
  }
}

}  // namespace

BENCHMARK(team_empty_step)
    ->ArgNames({"threads", "pause_us"})
    ->ArgsProduct({{1, 2, 4}, {0, 10, 200}})
    ->UseManualTime()
    ->Iterations(5000)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(team_life)->ArgName("threads")->Arg(1)->Arg(2)->Arg(4)->Unit(benchmark::kMicrosecond);
