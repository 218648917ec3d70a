// SPDX-License-Identifier: MIT
#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "support/catch.hpp"
#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/random.hpp"

using namespace unlabeled;
using Catch::Matchers::Message;
using detail::Chunks;
using detail::Range;
using detail::Team;

TEST_CASE("Chunks cover every index once, in order, whatever the sizes", "[parallel]") {
  for (Index total = 0; total <= 40; ++total)
    for (Index size = 1; size <= 45; ++size) {
      const Chunks chunks{total, size};
      Index next = 0;
      for (Index c = 0; c < chunks.count(); ++c) {
        const Range range = chunks[c];
        REQUIRE(range.begin == next);
        REQUIRE(range.size() > 0);
        REQUIRE(range.size() <= size);
        next = range.end;
      }
      REQUIRE(next == total);
    }
}

TEST_CASE("Zero threads means all of the hardware, one means the caller", "[parallel]") {
  CHECK(Team(0).size() == Team::hardware_threads());
  CHECK(Team::hardware_threads() >= 1);
  CHECK(Team(1).size() == 1);
  CHECK(Team(5).size() == 5);
}

TEST_CASE("Every task runs once with a worker number below the team's size", "[parallel]") {
  for (const int n_threads : {1, 2, 3, 5}) {
    Team team(n_threads);
    for (const Index n_tasks : {0, 1, 2, 3, 7, 1000}) {
      std::vector<std::atomic<int>> runs(static_cast<std::size_t>(n_tasks));
      std::atomic<int> highest_worker{0};
      team.run(n_tasks, [&](Index i, int worker) {
        ++runs[static_cast<std::size_t>(i)];
        int seen = highest_worker;
        while (worker > seen && !highest_worker.compare_exchange_weak(seen, worker)) {
        }
      });
      INFO(n_threads << " threads, " << n_tasks << " tasks");
      CHECK(std::all_of(runs.begin(), runs.end(), [](const auto& count) { return count == 1; }));
      CHECK(highest_worker < n_threads);
    }
  }
}

TEST_CASE("A step has at most a worker per task, however many threads were asked for",
          "[parallel]") {
  CHECK(Team(std::numeric_limits<int>::max()).workers(3) == 3);
  CHECK(Team(4).workers(3) == 3);
  CHECK(Team(4).workers(4) == 4);
  CHECK(Team(4).workers(Index{1} << 40) == 4);
  CHECK(Team(4).workers(0) == 1);

  Team team(6);
  team.run(1000, [](Index, int) { std::this_thread::yield(); });  // now it has five helpers
  std::atomic<int> highest_worker{0};
  for (int step = 0; step < 300; ++step)
    team.run(2, [&](Index, int worker) {
      int seen = highest_worker;
      while (worker > seen && !highest_worker.compare_exchange_weak(seen, worker)) {
      }
      for (int i = 0; i < 100; ++i) std::this_thread::yield();
    });
  CHECK(highest_worker < team.workers(2));
}

TEST_CASE("Two tasks at the same time have different worker numbers", "[parallel]") {
  Team team(4);
  std::vector<std::atomic<int>> busy(4);
  std::atomic<bool> shared{false};
  team.run(5000, [&](Index, int worker) {
    auto& mine = busy[static_cast<std::size_t>(worker)];
    if (++mine != 1) shared = true;
    std::this_thread::yield();
    --mine;
  });
  CHECK_FALSE(shared);
}

TEST_CASE("A team of one works on the calling thread, in order", "[parallel]") {
  Team team(1);
  std::vector<Index> order;
  bool elsewhere = false;
  const auto caller = std::this_thread::get_id();
  team.run(20, [&](Index i, int) {
    order.push_back(i);
    elsewhere |= std::this_thread::get_id() != caller;
  });
  CHECK(std::is_sorted(order.begin(), order.end()));
  CHECK(order.size() == 20);
  CHECK_FALSE(elsewhere);
}

TEST_CASE("Tasks that wait for each other run at the same time", "[parallel]") {
  Team team(3);
  std::atomic<int> arrived{0};
  team.run(3, [&](Index, int) {
    ++arrived;
    while (arrived < 3) std::this_thread::yield();
  });
  CHECK(arrived == 3);
}

TEST_CASE("for_each_chunk gives each range once", "[parallel]") {
  Team team(3);
  std::vector<int> touched(1003, 0);
  team.for_each_chunk(Chunks{1003, 64}, [&](Range range, int) {
    for (Index i = range.begin; i < range.end; ++i) ++touched[static_cast<std::size_t>(i)];
  });
  CHECK(std::all_of(touched.begin(), touched.end(), [](int count) { return count == 1; }));
}

TEMPLATE_TEST_CASE("A reduction has the same bits for every number of threads", "[parallel]", float,
                   double) {
  // Terms of both signs over twelve decades: any other order of addition gives other bits.
  Rng rng(3);
  std::vector<TestType> terms(10007);
  for (TestType& term : terms)
    term = static_cast<TestType>(rng.normal() * std::pow(10.0, rng.uniform(-6, 6)));
  auto sum = [&](int n_threads, Index chunk_size) {
    Team team(n_threads);
    const Chunks chunks{static_cast<Index>(terms.size()), chunk_size};
    return team.reduce(chunks, TestType(1), [&](Range range, int) {
      TestType partial = 0;
      for (Index i = range.begin; i < range.end; ++i) partial += terms[static_cast<std::size_t>(i)];
      return partial;
    });
  };
  const TestType serial = sum(1, 100);
  REQUIRE(serial != sum(1, 101));  // otherwise the next check shows nothing
  for (const int n_threads : {2, 3, 5})
    for (int repeat = 0; repeat < 20; ++repeat) REQUIRE(sum(n_threads, 100) == serial);
}

TEST_CASE("A reduction adds the partial results in the order of the chunks", "[parallel]") {
  Team team(4);
  const std::string letters = team.reduce(Chunks{26, 1}, std::string(">"), [](Range range, int) {
    return std::string(1, static_cast<char>('a' + range.begin));
  });
  CHECK(letters == ">abcdefghijklmnopqrstuvwxyz");
  CHECK(team.reduce(Chunks{0, 8}, 7, [](Range, int) { return 1; }) == 7);
}

TEST_CASE("An exception in a task reaches the caller and the team goes on", "[parallel]") {
  for (const int n_threads : {1, 2, 5}) {
    Team team(n_threads);
    for (const Index bad : {0, 1, 57, 99}) {
      CHECK_THROWS_MATCHES(team.run(100,
                                    [&](Index i, int) {
                                      if (i == bad) throw std::runtime_error("task failed");
                                    }),
                           std::runtime_error, Message("task failed"));
      std::atomic<Index> sum{0};
      team.run(100, [&](Index i, int) { sum += i; });
      CHECK(sum == 4950);
    }
  }
}

TEST_CASE("One of many exceptions is thrown, no further tasks are handed out", "[parallel]") {
  Team team(3);
  std::atomic<int> started{0};
  CHECK_THROWS_AS(team.run(100000,
                           [&](Index, int) {
                             ++started;
                             throw std::invalid_argument("each");
                           }),
                  std::invalid_argument);
  INFO("started " << started);
  CHECK(started <= 3);
}

TEST_CASE("A step inside a step runs on its own thread", "[parallel]") {
  Team team(3), other(3);
  std::atomic<int> tasks{0};
  std::atomic<bool> moved{false};
  team.run(8, [&](Index, int) {
    const auto outer = std::this_thread::get_id();
    for (Team* inner : {&team, &other})
      inner->run(10, [&](Index, int worker) {
        ++tasks;
        if (std::this_thread::get_id() != outer || worker != 0) moved = true;
      });
  });
  CHECK(tasks == 160);
  CHECK_FALSE(moved);
}

TEST_CASE("An exception of a step inside a step reaches the caller of the outer one",
          "[parallel]") {
  Team team(2);
  auto outer = [&](Index, int) {
    team.run(4, [](Index i, int) {
      if (i == 2) throw std::runtime_error("inner");
    });
  };
  CHECK_THROWS_MATCHES(team.run(4, outer), std::runtime_error, Message("inner"));
  // After it, steps are parallel again: these two tasks need each other.
  std::atomic<int> arrived{0};
  team.run(2, [&](Index, int) {
    ++arrived;
    while (arrived < 2) std::this_thread::yield();
  });
  CHECK(arrived == 2);
}

TEST_CASE("A team lasts for thousands of steps of changing size", "[parallel]") {
  Team team(3);
  Index total = 0;
  for (Index step = 0; step < 5000; ++step) {
    const Index n_tasks = step % 7;
    std::atomic<Index> sum{0};
    team.run(n_tasks, [&](Index i, int) { sum += i + 1; });
    REQUIRE(sum == n_tasks * (n_tasks + 1) / 2);
    total += sum;
  }
  CHECK(total > 0);
}

TEST_CASE("What a step wrote is visible to the caller and to the next step", "[parallel]") {
  Team team(4);
  std::vector<double> values(4096, 1.0);
  for (int step = 0; step < 200; ++step) {
    // Each step reads what another thread wrote in the step before.
    std::vector<double> next(values.size());
    team.for_each_chunk(Chunks{4096, 128}, [&](Range range, int) {
      for (Index i = range.begin; i < range.end; ++i)
        next[static_cast<std::size_t>(i)] = values[static_cast<std::size_t>(4095 - i)] + 1;
    });
    values.swap(next);
  }
  CHECK(std::all_of(values.begin(), values.end(), [](double v) { return v == 201; }));
}

TEST_CASE("Teams are dissolved after any use, or none", "[parallel]") {
  { Team unused(4); }
  for (int i = 0; i < 200; ++i) {
    Team team(3);
    if (i % 3 > 0) team.run(i % 3 * 4, [](Index, int) {});
  }
  SUCCEED("no hang");
}

TEST_CASE("Several threads may each have a team", "[parallel]") {
  std::vector<std::thread> callers;
  std::atomic<int> correct{0};
  for (int caller = 0; caller < 3; ++caller)
    callers.emplace_back([&] {
      Team team(2);
      for (int step = 0; step < 300; ++step) {
        std::atomic<Index> sum{0};
        team.run(10, [&](Index i, int) { sum += i; });
        if (sum == 45) ++correct;
      }
    });
  for (std::thread& caller : callers) caller.join();
  CHECK(correct == 900);
}
