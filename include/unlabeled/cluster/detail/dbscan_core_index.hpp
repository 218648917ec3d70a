// SPDX-License-Identifier: MIT
#pragma once

#include <type_traits>
#include <utility>
#include <variant>

#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/metric.hpp"
#include "unlabeled/neighbors/grid.hpp"
#include "unlabeled/neighbors/metric_space.hpp"
#include "unlabeled/neighbors/nearest_in_partition.hpp"
#include "unlabeled/neighbors/partition.hpp"

namespace unlabeled::detail {

/// A partition with the space whose coordinates it holds.
template <Real T, Real S> struct Tree {
  MetricSpace<S> space;
  Partition<T> partition;
};

/// use(grid) where samples fit one, else use(space, accurate) where `accurate` is a value of the
/// scalar in which the space is to be searched: float, or double where float leaves many doubts.
template <Real S, class UseGrid, class UseTree>
auto with_method(Team& team, const Samples<S>& x, Metric metric, double eps, UseGrid&& use_grid,
                 UseTree&& use_tree) {
  if (metric == Metric::euclidean) {
    if (Grid<S, 1>::fits(x, eps)) return use_grid(Grid<S, 1>(team, x, eps));
    if (Grid<S, 2>::fits(x, eps)) return use_grid(Grid<S, 2>(team, x, eps));
    if (Grid<S, 3>::fits(x, eps)) return use_grid(Grid<S, 3>(team, x, eps));
  }
  MetricSpace<S> space(metric, x, eps);
  if (space.template is_accurate<float>(eps)) return use_tree(std::move(space), float());
  return use_tree(std::move(space), double());
}

/// Core samples made ready to be found. Numbers of samples are those of the matrix that nearest()
/// is given.
template <Real S> class CoreIndex {
 public:
  using Method = std::variant<std::monostate, Grid<S, 1>, Grid<S, 2>, Grid<S, 3>, Tree<float, S>,
                              Tree<double, S>>;

  CoreIndex() = default;  // no core samples, or precomputed distances
  explicit CoreIndex(Method method) : method_(std::move(method)) {}

  /// Of all rows of `core_samples`.
  CoreIndex(Team& team, const Samples<S>& core_samples, Metric metric, double eps)
      : method_(with_method(
            team, core_samples, metric, eps,
            [&](auto grid) {
              grid.index_dense_cells(team);
              return Method(std::move(grid));
            },
            [&](MetricSpace<S> space, auto accurate) {
              Partition<decltype(accurate)> partition(team, space, core_samples,
                                                      all_samples(core_samples.n_samples));
              return Method(Tree<decltype(accurate), S>{std::move(space), std::move(partition)});
            })) {}

  /// result(row of x, number of the nearest sample) for rows with a sample within eps.
  template <class Result>
  void nearest(Team& team, const Samples<S>& core_samples, double eps, const Samples<S>& x,
               Result&& result) const {
    const auto take = [&](Index row, const NearestFound& found) {
      result(row, static_cast<Index>(found.sample));
    };
    std::visit(
        [&]<class M>(const M& method) {
          if constexpr (requires { method.partition; })
            find_nearest(team, method.partition, method.space, core_samples,
                         method.space.in_units(eps), x, take);
          else if constexpr (!std::is_same_v<M, std::monostate>)
            method.find_nearest(team, x, take);
        },
        method_);
  }

  /// Gives samples other numbers, in the same ascending order.
  template <class Number> void renumber(Number&& number) {
    std::visit(
        [&]<class M>(M& method) {
          if constexpr (requires { method.partition; })
            method.partition.renumber(number);
          else if constexpr (!std::is_same_v<M, std::monostate>)
            method.renumber(number);
        },
        method_);
  }

 private:
  Method method_;
};

}  // namespace unlabeled::detail
