// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>

#include "unlabeled/core/types.hpp"
#include "unlabeled/text/detail/window_kernel.hpp"
#include "unlabeled/text/detail/window_plan.hpp"
#include "unlabeled/text/detail/window_step.hpp"

namespace unlabeled::detail {

/// How many plans may be computed from the same rows, side by side in lanes of consecutive windows.
struct PlansTogether {
  Index n_lanes;
  Index per_lane;
};

/// How many outputs judge one prediction: so many gradients a plan adds to each of its inputs.
inline double outputs_of_prediction(const WindowRules& rules) {
  switch (rules.options.objective) {
    case Word2VecObjective::negative_sampling:
      return 1 + static_cast<double>(rules.options.n_negative);
    case Word2VecObjective::hierarchical_softmax:
      return std::max(
          1.0, static_cast<double>(rules.paths.steps.size()) / static_cast<double>(rules.n_words));
    default:
      return 1;  // their probabilities sum to one
  }
}

/// The gradients that one plan is expected to add to the row which gets most of them.
inline double gradients_on_hottest_row(const WindowRules& rules) {
  const Word2VecOptions& options = rules.options;
  // A window of 1 to w words to each side has w + 1 on average. Their mean is one input, whose
  // gradient they share.
  const Index window = std::max<Index>(1, std::min(options.window + 1, rules.longest_sentence - 1));
  const bool has_mean = options.architecture == Word2VecArchitecture::cbow;
  const double n_inputs = has_mean ? 1 : static_cast<double>(window);
  const double of_input = n_inputs * rules.greatest_share * outputs_of_prediction(rules);
  // All inputs of a plan share its outputs. The top of the tree is among those of every plan, and
  // with softmax each word is; but there half of the gradients pull back what the others pushed.
  double of_output = n_inputs / 2;
  if (options.objective == Word2VecObjective::negative_sampling)
    of_output = n_inputs * (rules.greatest_share +
                            static_cast<double>(options.n_negative) * rules.greatest_noise);
  return std::max(of_input, of_output);
}

/// Memory of a plan and of what it changes.
template <Real S> double bytes_of_plan(const WindowRules& rules, Index length) {
  const PairGrid grid{rules.most_inputs(), rules.most_outputs()};
  const bool has_weights = rules.options.objective != Word2VecObjective::softmax;
  const Index n_numbers =
      WindowStep<S>::most_changes(rules, length) + (has_weights ? grid.size() : 0);
  return static_cast<double>(n_numbers) * static_cast<double>(sizeof(S));
}

/// All gradients of these plans come from the same old rows: where there are too many for the
/// learning rate, their sum overshoots, and the training diverges. That depends on the text, on its
/// vocabulary and on the options, but never on the number of threads.
template <Real S> PlansTogether plans_together(const WindowRules& rules, Index length) {
  // Learning rate times gradients on one row, of all plans and of the consecutive ones of a lane,
  // which have the same words as inputs. Chosen such that the losses are those of plain descent.
  constexpr double most_movement = 1, most_movement_of_lane = 1;
  constexpr double most_bytes = 64e6;  // of all plans, if there is more than one
  constexpr double most_lanes = 16, most_per_lane = 8;
  const double rate = rules.options.learning_rate;
  const double n_plans = std::min(most_movement / (rate * gradients_on_hottest_row(rules)),
                                  most_bytes / bytes_of_plan<S>(rules, length));
  const double per_lane =
      std::clamp(most_movement_of_lane / (rate * outputs_of_prediction(rules)), 1.0, most_per_lane);
  // The fewest plans to a lane that so many lanes allow.
  const double together = std::clamp(n_plans, 1.0, std::floor(per_lane) * most_lanes);
  const double used = std::ceil(std::floor(together) / most_lanes);
  return {static_cast<Index>(together / used), static_cast<Index>(used)};
}

}  // namespace unlabeled::detail
