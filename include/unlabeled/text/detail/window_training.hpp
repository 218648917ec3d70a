// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/random.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/text/detail/plans_together.hpp"
#include "unlabeled/text/detail/text_chunk.hpp"
#include "unlabeled/text/detail/window_plan.hpp"
#include "unlabeled/text/detail/window_step.hpp"

namespace unlabeled::detail {

/// The losses of some predictions.
struct LossSum {
  double loss = 0;
  Index n_predictions = 0;

  LossSum& operator+=(const LossSum& other) {
    loss += other.loss;
    n_predictions += other.n_predictions;
    return *this;
  }
  [[nodiscard]] double mean() const {
    return n_predictions == 0 ? 0 : loss / static_cast<double>(n_predictions);
  }
};

/// Some consecutive chunks of an epoch's text; each has its own random numbers.
struct TextRound {
  const std::vector<TextChunk>& chunks;
  LearningRate rate;
  std::uint64_t seed;
  Index epoch;
  Index first_chunk;

  template <Real S> void start(Index chunk, WindowPlanner<S>& planner) const {
    const auto stream = (static_cast<std::uint64_t>(epoch) + 1) << 40 |
                        static_cast<std::uint64_t>(first_chunk + chunk);
    planner.start(chunks[static_cast<std::size_t>(chunk)], rate, Rng(seed, stream).bits());
  }
};

/// Every thread takes chunks as they come and writes its changes at once, without locks: what one
/// thread adds another may overwrite. With one thread this is plain stochastic gradient descent.
template <Real S> class LockFreeTraining {
 public:
  LockFreeTraining(Team& team, const WindowRules& rules, TrainedRows<S>& rows)
      : team_(team), rules_(rules), rows_(rows) {}

  LossSum train(const TextRound& round) {
    const auto n_chunks = static_cast<Index>(round.chunks.size());
    const auto n_workers = static_cast<std::size_t>(team_.workers(n_chunks));
    while (workers_.size() < n_workers) workers_.emplace_back(rules_, rows_.inputs.length());
    std::vector<LossSum> sums(round.chunks.size());
    team_.run(n_chunks, [&](Index chunk, int worker) {
      sums[static_cast<std::size_t>(chunk)] =
          train(round, chunk, workers_[static_cast<std::size_t>(worker)]);
    });
    LossSum total;
    for (const LossSum& sum : sums) total += sum;
    return total;
  }

 private:
  static constexpr std::size_t n_plans = 4;  ///< one that is computed, the others on their way

  struct Worker {
    Worker(const WindowRules& rules, Index length)
        : planner(rules),
          step(rules, length),
          changes(WindowStep<S>::most_changes(rules, length)) {}
    WindowPlanner<S> planner;
    WindowStep<S> step;
    std::array<WindowPlan<S>, n_plans> plans;
    Vector<S> changes;
  };

  LossSum train(const TextRound& round, Index chunk, Worker& worker) {
    round.start(chunk, worker.planner);
    std::size_t planned = 0;
    const auto plan_next = [&] {
      WindowPlan<S>& plan = worker.plans[planned % n_plans];
      if (!worker.planner.next(plan)) return false;
      prefetch_rows(plan, rows_);
      ++planned;
      return true;
    };
    while (planned < n_plans - 1 && plan_next()) {
    }
    LossSum sum;
    for (std::size_t done = 0; done < planned; ++done) {
      plan_next();
      const WindowPlan<S>& plan = worker.plans[done % n_plans];
      sum += {worker.step.compute(plan, rows_, worker.changes.data()), plan.n_predictions};
      apply(plan, worker.changes.data(), 0, 1, rows_);
    }
    return sum;
  }

  Team& team_;
  const WindowRules& rules_;
  TrainedRows<S>& rows_;
  std::vector<Worker> workers_;
};

/// All threads compute changes from the same rows, then all of them add the changes up, each to its
/// own part of the rows and in the order of the text. So neither depends on how many there are.
///
/// A fixed number of chunks is trained side by side, a few plans of each at a time: no more than the
/// learning rate bears, see plans_together().
template <Real S> class DeterministicTraining {
 public:
  DeterministicTraining(Team& team, const WindowRules& rules, TrainedRows<S>& rows)
      : team_(team), rows_(rows) {
    const auto [n_lanes, per_lane] = plans_together<S>(rules, rows.inputs.length());
    for (Index l = 0; l < n_lanes; ++l) lanes_.emplace_back(rules, rows.inputs.length(), per_lane);
    for (int w = 0; w < team.workers(n_lanes); ++w)
      steps_.emplace_back(rules, rows.inputs.length());
  }

  LossSum train(const TextRound& round) {
    const Index n_lanes = static_cast<Index>(lanes_.size());
    const Index n_chunks = static_cast<Index>(round.chunks.size());
    for (Index l = 0; l < n_lanes; ++l) lanes_[static_cast<std::size_t>(l)].next_chunk = l;
    for (Lane& lane : lanes_) lane.sum = {}, lane.is_inside = false;
    bool any = true;
    while (any) {
      team_.run(std::min(n_lanes, n_chunks), [&](Index l, int worker) {
        compute(round, lanes_[static_cast<std::size_t>(l)],
                steps_[static_cast<std::size_t>(worker)]);
      });
      any = false;
      for (const Lane& lane : lanes_) any |= lane.n_planned > 0;
      const Index n_parts = team_.size();
      team_.run(n_parts, [&](Index part, int) { apply_part(part, n_parts); });
    }
    LossSum total;
    for (const Lane& lane : lanes_) total += lane.sum;
    return total;
  }

 private:
  struct Lane {
    Lane(const WindowRules& rules, Index length, Index n_plans)
        : planner(rules),
          plans(static_cast<std::size_t>(n_plans)),
          change_size(WindowStep<S>::most_changes(rules, length)),
          changes(n_plans * change_size) {}
    WindowPlanner<S> planner;
    std::vector<WindowPlan<S>> plans;
    Index change_size;
    Vector<S> changes;
    Index n_planned = 0;
    Index next_chunk = 0;
    bool is_inside = false;  // of a chunk
    LossSum sum;
  };

  bool plan_next(const TextRound& round, Lane& lane, WindowPlan<S>& plan) {
    while (!lane.is_inside || !lane.planner.next(plan)) {
      lane.is_inside = lane.next_chunk < static_cast<Index>(round.chunks.size());
      if (!lane.is_inside) return false;
      round.start(lane.next_chunk, lane.planner);
      lane.next_chunk += static_cast<Index>(lanes_.size());
    }
    return true;
  }

  void compute(const TextRound& round, Lane& lane, WindowStep<S>& step) {
    lane.n_planned = 0;
    for (WindowPlan<S>& plan : lane.plans) {
      if (!plan_next(round, lane, plan)) break;
      prefetch_rows(plan, rows_);
      ++lane.n_planned;
    }
    for (Index p = 0; p < lane.n_planned; ++p) {
      const WindowPlan<S>& plan = lane.plans[static_cast<std::size_t>(p)];
      S* const changes = lane.changes.data() + p * lane.change_size;
      lane.sum += {step.compute(plan, rows_, changes), plan.n_predictions};
    }
  }

  void apply_part(Index part, Index n_parts) {
    for (const Lane& lane : lanes_)
      for (Index p = 0; p < lane.n_planned; ++p)
        apply(lane.plans[static_cast<std::size_t>(p)], lane.changes.data() + p * lane.change_size,
              part, n_parts, rows_);
  }

  Team& team_;
  TrainedRows<S>& rows_;
  std::vector<Lane> lanes_;
  std::vector<WindowStep<S>> steps_;
};

}  // namespace unlabeled::detail
