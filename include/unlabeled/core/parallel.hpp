// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "unlabeled/core/types.hpp"

// The one source of threads. Work is cut into chunks whose boundaries depend on the problem only,
// threads take chunks as they come, and partial results are added in chunk order: so the result is
// the same, bit for bit, for every number of threads.

namespace unlabeled::detail {

/// Half-open range of indices.
struct Range {
  Index begin = 0;
  Index end = 0;
  [[nodiscard]] Index size() const { return end - begin; }
};

/// {0, …, total - 1} in pieces of `size`, the last one shorter.
struct Chunks {
  Index total;
  Index size;
  [[nodiscard]] Index count() const { return (total + size - 1) / size; }
  Range operator[](Index chunk) const {
    return {chunk * size, std::min(total, (chunk + 1) * size)};
  }
};

/// A team of threads kept for one fit: a parallel step costs a wake-up, not a thread creation.
///
/// Threads start with the first step that has more than one task, so a small problem never pays for
/// them. A step called from inside a step runs serially on its own thread. An exception in a task
/// stops the handing out of further tasks and is rethrown by run(); the team stays usable. Where
/// the system refuses more threads, the team goes on with those it has.
///
/// Cost        fork and join of an empty step with two threads: about 2 µs when steps follow each
///             other closely (helpers spin for some 20 µs before they sleep), 10 to 20 µs
///             otherwise; starting a thread: 20 to 50 µs (measured by the bench "team").
class Team {
 public:
  /// 0 = all hardware threads, 1 = the calling thread only.
  explicit Team(int n_threads) : size_(n_threads > 0 ? n_threads : hardware_threads()) {}
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  ~Team() {
    if (helpers_.empty()) return;
    publish(Step{});
    for (std::thread& helper : helpers_) helper.join();
  }

  /// The most threads any step can use.
  [[nodiscard]] int size() const { return size_; }

  /// The most threads that a step of n_tasks tasks uses, at least 1: its tasks see worker numbers
  /// below it, so that is how many pieces of scratch space it needs.
  [[nodiscard]] int workers(Index n_tasks) const {
    return static_cast<int>(std::clamp<Index>(n_tasks, 1, size_));
  }

  /// Calls task(index, worker) for every index in [0, n_tasks), in any order, and waits for all.
  /// Two tasks that run at the same time have different worker numbers (for scratch space).
  template <class Task> void run(Index n_tasks, Task&& task) {
    if (n_tasks <= 0) return;
    if (size_ == 1 || n_tasks == 1 || inside_step) {
      for (Index i = 0; i < n_tasks; ++i) task(i, 0);
      return;
    }
    start_helpers(workers(n_tasks) - 1);
    using Callable = std::remove_reference_t<Task>;
    Step step;
    step.context = const_cast<void*>(static_cast<const void*>(std::addressof(task)));
    step.call = [](void* context, Index i, int worker) {
      (*static_cast<Callable*>(context))(i, worker);
    };
    step.n_tasks = n_tasks;
    step.n_workers = std::min(workers(n_tasks), static_cast<int>(helpers_.size()) + 1);
    share_out(step);
    unfinished_.store(static_cast<int>(helpers_.size()), std::memory_order_relaxed);
    publish(step);
    work(step, 0);
    wait_for_helpers();
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
  }

  /// task(range, worker) for every chunk.
  template <class Task> void for_each_chunk(const Chunks& chunks, Task&& task) {
    run(chunks.count(), [&](Index chunk, int worker) { task(chunks[chunk], worker); });
  }

  /// Sum (with +=) of partial(range, worker) over the chunks, added in their order to `total`.
  template <class T, class Partial> T reduce(const Chunks& chunks, T total, Partial&& partial) {
    std::vector<T> partials(static_cast<std::size_t>(chunks.count()), total);
    run(chunks.count(), [&](Index chunk, int worker) {
      partials[static_cast<std::size_t>(chunk)] = partial(chunks[chunk], worker);
    });
    for (const T& value : partials) total += value;
    return total;
  }

  static int hardware_threads() {
    return static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  }

 private:
  struct Step {
    void* context = nullptr;
    void (*call)(void*, Index, int) = nullptr;  // none: the team is dissolved
    Index n_tasks = 0;
    int n_workers = 0;
  };

  /// The tasks that a worker begins with, before it helps with those of others: the same part of
  /// each step, so that steps which follow each other find their data in this worker's cache.
  struct alignas(64) Share {
    std::atomic<Index> next{0};
    Index end = 0;
  };

  /// No helper looks at shares between steps.
  void share_out(const Step& step) {
    const auto n_shares = static_cast<std::size_t>(step.n_workers);
    if (shares_.size() < n_shares) shares_ = std::vector<Share>(n_shares);
    const Index least = step.n_tasks / step.n_workers, n_longer = step.n_tasks % step.n_workers;
    Index begin = 0;
    for (Index w = 0; w < step.n_workers; ++w) {
      Share& share = shares_[static_cast<std::size_t>(w)];
      share.next.store(begin, std::memory_order_relaxed);
      share.end = begin += least + (w < n_longer ? 1 : 0);
    }
  }

  void start_helpers(int wanted) {
    while (static_cast<int>(helpers_.size()) < wanted) {
      helpers_.reserve(helpers_.size() + 1);
      const int worker = static_cast<int>(helpers_.size()) + 1;
      const unsigned seen = generation_.load(std::memory_order_relaxed);
      try {
        helpers_.emplace_back([this, worker, seen] { help(worker, seen); });
      } catch (const std::system_error&) {
        return;
      }
    }
  }

  void publish(const Step& step) {
    {
      const std::lock_guard lock(mutex_);
      step_ = step;
      generation_.fetch_add(1, std::memory_order_release);
    }
    wake_.notify_all();
  }

  void help(int worker, unsigned seen) {
    while (true) {
      spin_until([&] { return generation_.load(std::memory_order_acquire) != seen; });
      Step step;
      {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [&] { return generation_.load(std::memory_order_relaxed) != seen; });
        seen = generation_.load(std::memory_order_relaxed);
        step = step_;
      }
      if (!step.call) return;
      // Helpers stay from steps with more tasks; those beyond this one's workers have no scratch.
      if (worker < step.n_workers) work(step, worker);
      if (unfinished_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
        const std::lock_guard lock(mutex_);
        done_.notify_one();
      }
    }
  }

  void work(const Step& step, int worker) {
    inside_step = true;
    try {
      for (int k = 0; k < step.n_workers; ++k) {
        Share& share = shares_[static_cast<std::size_t>((worker + k) % step.n_workers)];
        for (Index i = share.next.fetch_add(1); i < share.end; i = share.next.fetch_add(1))
          step.call(step.context, i, worker);
      }
    } catch (...) {
      for (Share& share : shares_) share.next.store(share.end);
      const std::lock_guard lock(mutex_);
      if (!failure_) failure_ = std::current_exception();
    }
    inside_step = false;
  }

  void wait_for_helpers() {
    auto finished = [&] { return unfinished_.load(std::memory_order_acquire) == 0; };
    spin_until(finished);
    std::unique_lock lock(mutex_);
    done_.wait(lock, finished);
  }

  template <class Condition> static void spin_until(Condition&& condition) {
    for (int i = 0; i < 2000 && !condition(); ++i)
      if (i % 64 == 63) std::this_thread::yield();
  }

  // A mark on the thread, not shared state: it only tells a nested step to stay on its thread.
  static inline thread_local bool inside_step = false;

  int size_;
  std::vector<std::thread> helpers_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable done_;
  Step step_;
  std::exception_ptr failure_;
  std::atomic<unsigned> generation_{0};
  std::atomic<int> unfinished_{0};
  std::vector<Share> shares_;  // one for each worker of a step, or more
};

}  // namespace unlabeled::detail
