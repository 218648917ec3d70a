// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/packet.hpp"
#include "unlabeled/neural/detail/optimizer.hpp"
#include "unlabeled/neural/detail/row_buffer.hpp"
#include "unlabeled/neural/detail/soft_assignment.hpp"

namespace unlabeled::detail {

/// Cluster centres that learn, on top of an encoder: its outputs z are blamed for
///     KL(P || Q) = mean over samples of sum over j of p_j log(p_j / q_j),
/// with P given and q as soft_assignment.hpp has it. With weight w_j = (a + 1) / a * closeness_j *
/// (p_j - q_j) the gradients are sum over j of w_j (z - c_j) for z, and minus its part j for c_j.
template <Real S> class ClusterHead {
 public:
  /// For batches of up to max_rows samples.
  ClusterHead(const Matrix<S>& centers, double degrees_of_freedom, Index max_rows)
      : degrees_of_freedom_(degrees_of_freedom),
        centers_(centers),
        gradient_(Vector<S>::Zero(padded(centers.size()))),
        weights_(gradient_),
        first_moment_(gradient_),
        second_moment_(gradient_) {
    weights_.head(centers.size()) = Eigen::Map<const Vector<S>>(centers_.data(), centers.size());
    const Blocks blocks = blocks_of(max_rows);
    partials_.assign(static_cast<std::size_t>(blocks.count()), Partial(centers));
  }

  [[nodiscard]] const RowMatrix<S>& centers() const { return centers_; }

  /// The loss of the first n_rows rows of z, whose gradient is added to `delta`. target(row, p)
  /// writes the p of a row.
  template <class Target>
  double blame(Team& team, const RowBuffer<S>& z, Index n_rows, RowBuffer<S>& delta,
               Target&& target) {
    const Blocks blocks = blocks_of(n_rows);
    const double share = 1 / static_cast<double>(n_rows);
    const auto one = [&](Index block, int) {
      Partial& partial = partials_[static_cast<std::size_t>(block)];
      partial.loss = 0;
      partial.gradient.setZero();
      for (Index i = blocks[block].begin; i < blocks[block].end; ++i) {
        target(i, partial.p.data());
        blame_row(z.row(i), share, delta.row(i), partial);
      }
    };
    if (n_rows * centers_.size() < 50000)  // waking another thread takes longer
      for (Index block = 0; block < blocks.count(); ++block) one(block, 0);
    else
      team.run(blocks.count(), one);
    double loss = 0;
    gradient_.setZero();
    for (Index block = 0; block < blocks.count(); ++block) {
      const Partial& partial = partials_[static_cast<std::size_t>(block)];
      loss += partial.loss;
      gradient_.head(centers_.size()) += partial.gradient.template cast<S>();
    }
    return share * loss;
  }

  /// Moves the centres against the gradient of the latest blame().
  void step(const OptimizerStep<S>& step) {
    step(gradient_.data(), gradient_.size(), weights_.data(), first_moment_.data(),
         second_moment_.data());
    std::copy_n(weights_.data(), centers_.size(), centers_.data());
  }

  /// By the centres, row after row.
  [[nodiscard]] const Vector<S>& gradient() const { return gradient_; }

 private:
  using Blocks = Chunks;
  static Blocks blocks_of(Index n_rows) { return {n_rows, 32}; }
  static Index padded(Index n) {
    return (n + packet_size<S> - 1) / packet_size<S> * packet_size<S>;
  }

  /// What a block of rows adds up, and its scratch.
  struct Partial {
    explicit Partial(const Matrix<S>& centers)
        : gradient(centers.size()),
          closeness(centers.rows()),
          q(centers.rows()),
          p(centers.rows()) {}
    double loss = 0;
    Vector<double> gradient, closeness, q, p;
  };

  void blame_row(const S* z, double share, S* delta, Partial& partial) const {
    const Index dimension = centers_.cols();
    assign(z, centers_, degrees_of_freedom_, partial.closeness.data(), partial.q.data());
    if (!(partial.closeness.maxCoeff() >= least_closeness))  // z is beyond all numbers
      partial.loss = std::numeric_limits<double>::infinity();
    const double factor = share * (degrees_of_freedom_ + 1) / degrees_of_freedom_;
    for (Index j = 0; j < centers_.rows(); ++j) {
      const double p = partial.p[j], q = partial.q[j];
      if (p > 0) partial.loss += p * std::log(p / std::max(q, std::numeric_limits<double>::min()));
      const double weight = factor * partial.closeness[j] * (p - q);
      const S* center = centers_.data() + j * dimension;
      double* by_center = partial.gradient.data() + j * dimension;
      for (Index t = 0; t < dimension; ++t) {
        const double part = weight * (static_cast<double>(z[t]) - static_cast<double>(center[t]));
        delta[t] += static_cast<S>(part);
        by_center[t] -= part;
      }
    }
  }

  double degrees_of_freedom_;
  RowMatrix<S> centers_;
  Vector<S> gradient_;  // whole packets, like all below: centres one after the other
  Vector<S> weights_;
  Vector<S> first_moment_;
  Vector<S> second_moment_;
  std::vector<Partial> partials_;
};

}  // namespace unlabeled::detail
