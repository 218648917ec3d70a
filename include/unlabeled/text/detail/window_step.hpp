// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/packet.hpp"
#include "unlabeled/text/detail/shared_rows.hpp"
#include "unlabeled/text/detail/window_kernel.hpp"
#include "unlabeled/text/detail/window_plan.hpp"

namespace unlabeled::detail {

/// The rows that are trained.
template <Real S> struct TrainedRows {
  SharedRows<S> inputs;
  SharedRows<S> outputs;
  std::vector<char> frozen;  ///< for each input whether it stays as it is; empty: none does
};

/// Asks for the rows of a plan before they are needed.
template <Real S> void prefetch_rows(const WindowPlan<S>& plan, const TrainedRows<S>& rows) {
  const Index length = rows.inputs.length();
  for (const std::int32_t output : plan.outputs) prefetch<S>(rows.outputs.row(output), length);
  for (const std::int32_t member : plan.members) prefetch<S>(rows.inputs.row(member), length);
}

/// Blame by softmax: each input's product with the target should be the largest of its row. Minus
/// the derivatives, times the learning rate, take the place of the products. Returns the loss.
template <Real S>
double blame_rows(const PairGrid& grid, Index target, S learning_rate, S* products) {
  double loss = 0;
  for (Index i = 0; i < grid.n_inputs; ++i) {
    S* const row = products + grid.row(i);
    S greatest = row[0];
    for (Index o = 0; o < grid.n_outputs; ++o)
      greatest = std::max(greatest, row[PairGrid::column(o)]);
    const S right = row[PairGrid::column(target)] - greatest;
    double sum = 0;
    for (Index o = 0; o < grid.n_outputs; ++o) {
      S& value = row[PairGrid::column(o)];
      value = std::exp(value - greatest);
      sum += static_cast<double>(value);
    }
    const S factor = -learning_rate / static_cast<S>(sum);
    for (Index o = 0; o < grid.n_outputs; ++o) row[PairGrid::column(o)] *= factor;
    row[PairGrid::column(target)] += learning_rate;
    loss += std::log(sum) - static_cast<double>(right);
  }
  return loss;
}

/// Computes what a plan changes, from copies of the rows it reads: all changes come from the same
/// old values, and the arithmetic runs over memory that nobody else writes.
template <Real S> class WindowStep {
 public:
  WindowStep(const WindowRules& rules, Index length)
      : objective_(rules.options.objective),
        length_(length),
        inputs_(rounded_up(rules.most_inputs(), tile_inputs) * length),
        outputs_(rounded_up(rules.most_outputs(), tile_outputs) * length),
        products_(PairGrid{rules.most_inputs(), rules.most_outputs()}.size()) {}

  /// Length of the changes of one plan.
  static Index most_changes(const WindowRules& rules, Index length) {
    return (rounded_up(rules.most_inputs(), 2) + rounded_up(rules.most_outputs(), 2)) * length;
  }

  /// Returns the loss; `changes` are rows, those of the inputs first.
  double compute(const WindowPlan<S>& plan, const TrainedRows<S>& rows, S* changes) {
    read(plan, rows);
    const PairGrid& grid = plan.grid;
    multiply_pairs<S>(grid, inputs_.data(), outputs_.data(), length_, products_.data());
    const double loss = objective_ == Word2VecObjective::softmax
                            ? blame_rows<S>(grid, plan.target, plan.learning_rate, products_.data())
                            : blame_pairs<S>(plan.weights.data(), grid.size(), plan.learning_rate,
                                             products_.data());
    combine_pairs<S>(grid, products_.data(), inputs_.data(), outputs_.data(), length_, changes,
                     changes + rounded_up(grid.n_inputs, 2) * length_);
    return loss;
  }

 private:
  void read(const WindowPlan<S>& plan, const TrainedRows<S>& rows) {
    Index member = 0;
    S* to = inputs_.data();
    for (const Index end : plan.ends) {
      const Index size = end - member;
      read_row<S>(rows.inputs.row(plan.members[static_cast<std::size_t>(member)]), length_, to);
      for (++member; member < end; ++member)
        add_row<S>(rows.inputs.row(plan.members[static_cast<std::size_t>(member)]), length_, to);
      if (size > 1) Eigen::Map<Vector<S>>(to, length_) /= static_cast<S>(size);
      to += length_;
    }
    clear_tail(plan.grid.n_inputs, tile_inputs, to);
    to = outputs_.data();
    for (const std::int32_t output : plan.outputs) {
      read_row<S>(rows.outputs.row(output), length_, to);
      to += length_;
    }
    clear_tail(plan.grid.n_outputs, tile_outputs, to);
  }

  void clear_tail(Index n_rows, Index tile, S* to) const {
    std::fill_n(to, (rounded_up(n_rows, tile) - n_rows) * length_, S(0));
  }

  Word2VecObjective objective_;
  Index length_;
  Vector<S> inputs_, outputs_;
  Vector<S> products_;
};

/// Adds the changes of a plan to those of its rows that belong to one of n_parts equal parts.
template <Real S>
void apply(const WindowPlan<S>& plan, const S* changes, Index part, Index n_parts,
           TrainedRows<S>& rows) {
  const Index length = rows.inputs.length();
  const auto mine = [&](std::int32_t row) { return n_parts == 1 || row % n_parts == part; };
  Index member = 0;
  const S* change = changes;
  for (const Index end : plan.ends) {
    const S factor = S(1) / static_cast<S>(end - member);
    for (; member < end; ++member) {
      const std::int32_t row = plan.members[static_cast<std::size_t>(member)];
      if (!mine(row)) continue;
      if (!rows.frozen.empty() && rows.frozen[static_cast<std::size_t>(row)]) continue;
      add_to_row<S>(change, factor, length, rows.inputs.row(row));
    }
    change += length;
  }
  change = changes + rounded_up(plan.grid.n_inputs, 2) * length;
  for (const std::int32_t row : plan.outputs) {
    if (mine(row)) add_to_row<S>(change, S(1), length, rows.outputs.row(row));
    change += length;
  }
}

}  // namespace unlabeled::detail
