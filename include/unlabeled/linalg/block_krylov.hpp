// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/random.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/column_product.hpp"
#include "unlabeled/linalg/orthonormal.hpp"
#include "unlabeled/linalg/symmetric_eigen.hpp"

// The largest eigenpairs of a symmetric positive semidefinite operator A that is only known by its
// products A V with thin V: a block Krylov method with full orthogonalisation, Rayleigh-Ritz
// extraction and thick restarts [1, 2].
//
// The basis Q grows by one block a step, the part of A Q_last orthogonal to all before. It contains
// every power A^p Q_first, so its Ritz pairs are never worse than those of as many power
// iterations. As A Q - Q T lies in the newest block alone, the residual of a Ritz pair (theta, Q y)
// is the norm of that block's coupling times y: no further product is needed to know the error.
// A block of size b finds eigenvalues that are repeated up to b times.
//
// [1] C. Musco, C. Musco, "Randomized block Krylov methods for stronger and faster approximate
//     singular value decomposition", NeurIPS 2015, arXiv 1504.05477.
// [2] K. Wu, H. Simon, "Thick-restart Lanczos method for large symmetric eigenvalue problems",
//     SIAM J. Matrix Anal. Appl. 22, 2000, doi 10.1137/S0895479898334605.

namespace unlabeled::detail {

struct KrylovOptions {
  Index n_wanted;          ///< eigenpairs
  Index block_size;        ///< columns of a product with A
  Index max_basis;         ///< columns of Q at which it restarts, or ends without restarts
  Index max_steps;         ///< products with A
  bool restart;            ///< whether to go on with the best Ritz vectors when Q is full
  double tolerance;        ///< on ||A v - theta v|| / theta_1; 0 = take all steps
  Index most_unseen = 1;   ///< steps between looks at the residuals, each an eigenproblem
  std::uint64_t seed = 0;  ///< of the random first block
};

struct KrylovResult {
  Spectrum spectrum;
  bool converged = false;
};

inline Matrix<double> normal_block(Index n_rows, Index n_columns, std::uint64_t seed) {
  Rng rng(seed);
  Matrix<double> block(n_rows, n_columns);
  for (Index j = 0; j < n_columns; ++j)
    for (Index i = 0; i < n_rows; ++i) block(i, j) = rng.normal();
  return block;
}

/// The state of the iteration: an orthonormal basis Q, T = Q^T A Q, and the block to come, which
/// lies behind Q's columns already.
class KrylovBasis {
 public:
  KrylovBasis(Team& team, const Matrix<double>& first, Index max_size)
      : team_(team),
        basis_(first.rows(), std::min(max_size + first.cols(), first.rows())),
        projected_(Matrix<double>::Zero(max_size, max_size)),
        max_size_(max_size),
        n_next_(first.cols()) {
    append_projected(team_, first, 0, basis_);
  }

  [[nodiscard]] Index size() const { return size_; }
  [[nodiscard]] bool is_complete() const { return n_next_ == 0; }
  [[nodiscard]] bool has_room() const { return n_next_ > 0 && size_ + n_next_ <= max_size_; }
  [[nodiscard]] Matrix<double> next() const { return basis_.middleCols(size_, n_next_); }

  /// Takes the next block in and makes the one after it from its image under A.
  void extend(Matrix<double> image) {
    const Index block = n_next_;
    size_ += block;
    const Matrix<double> overlap = project_out(team_, basis_, size_, image);
    projected_.block(0, size_ - block, size_, block) = overlap;
    for (Index j = 0; j < block; ++j)
      projected_.row(size_ - block + j).head(size_) = overlap.col(j).transpose();
    n_next_ = std::min(block, basis_.rows() - size_);
    coupling_ = Matrix<double>(n_next_, block);  // resize() would free before it allocates
    if (n_next_ == 0) return;
    if (basis_.cols() < size_ + n_next_) basis_.conservativeResize(basis_.rows(), size_ + n_next_);
    append_projected(team_, image.leftCols(n_next_), size_, basis_);
    coupling_ = cross_product(team_, columns_of(basis_, size_, n_next_), image);
  }

  /// The n largest Ritz values (or all) and the vectors y in coordinates of the basis.
  [[nodiscard]] Spectrum ritz(Index n) const {
    return largest_eigenpairs(team_, projected_.topLeftCorner(size_, size_), std::min(n, size_));
  }
  /// The greatest ||A Q y - theta Q y|| of the first n, over theta_1.
  [[nodiscard]] double residual(const Spectrum& ritz, Index n) const {
    const Index rows = coupling_.rows(), block = coupling_.cols();
    Vector<double> image(rows);
    double greatest = 0;
    for (Index k = 0; k < n; ++k) {
      image.setZero();
      for (Index j = 0; j < block; ++j)
        add_multiple(rows, ritz.vectors(size_ - block + j, k), coupling_.data() + j * rows,
                     image.data());
      greatest = std::max(greatest, std::sqrt(dot(rows, image.data(), image.data())));
    }
    return greatest > 0 ? greatest / ritz.values[0] : 0;
  }
  /// Q times the first columns of the Ritz coordinates.
  [[nodiscard]] Matrix<double> vectors(const Spectrum& ritz, Index n) const {
    return combination(team_, columns_of(basis_, 0, size_), ritz.vectors.leftCols(n));
  }
  /// Keeps the first Ritz vectors only. The next block stays, as all of A Q - Q T lies in it.
  void restart(const Spectrum& ritz, Index n_kept) {
    const Matrix<double> kept = vectors(ritz, n_kept), following = next();
    basis_.leftCols(n_kept) = kept;
    basis_.middleCols(n_kept, n_next_) = following;
    size_ = n_kept;
    projected_.setZero();
    projected_.diagonal().head(n_kept) = ritz.values.head(n_kept);
  }

 private:
  Team& team_;
  Matrix<double> basis_;
  Matrix<double> projected_;
  Matrix<double> coupling_;
  Index max_size_;
  Index size_ = 0;
  Index n_next_;
};

/// When to look at the residuals: they cost an eigenproblem each time, so the next look is after
/// most of the steps that the rate so far would take. Convergence speeds up: three quarters of them.
class Lookout {
 public:
  explicit Lookout(const KrylovOptions& options)
      : tolerance_(options.tolerance), most_unseen_(options.most_unseen) {}

  [[nodiscard]] bool is_due(Index step) const { return tolerance_ > 0 && step >= next_; }
  /// Takes notice of a residual; true if it is below the tolerance.
  bool see(Index step, double residual) {
    if (residual <= tolerance_) return true;
    constexpr double decades_a_step = 0.75;  // a guess, as long as nothing is known
    const double rate = last_ > 0
                            ? std::log10(before_ / residual) / static_cast<double>(step - last_)
                            : decades_a_step;
    const double steps = 0.75 * std::log10(residual / tolerance_) / std::max(rate, 1e-3);
    const auto most = static_cast<double>(most_unseen_);
    next_ = step + std::max<Index>(1, static_cast<Index>(std::min(steps + 0.5, most)));
    last_ = step;
    before_ = residual;
    return false;
  }

 private:
  double tolerance_;
  Index most_unseen_;
  double before_ = 0;
  Index last_ = 0;
  Index next_ = 1;
};

/// The largest eigenpairs of A, with apply(V) = A V, to the tolerance unless steps or basis ran
/// out.
template <class Apply>
KrylovResult block_krylov(Team& team, Index dimension, const KrylovOptions& options,
                          Apply&& apply) {
  const Index width = std::min(options.block_size, dimension), n_wanted = options.n_wanted;
  KrylovBasis basis(team, normal_block(dimension, width, options.seed),
                    std::min(dimension, std::max(options.max_basis, n_wanted + 2 * width)));
  Lookout lookout(options);
  for (Index step = 1;; ++step) {
    basis.extend(apply(basis.next()));
    const bool last =
        step >= options.max_steps || basis.is_complete() || (!basis.has_room() && !options.restart);
    const bool look = lookout.is_due(step) && basis.size() >= n_wanted;
    if (!last && !look && basis.has_room()) continue;
    const Spectrum ritz = basis.ritz(n_wanted + width);
    const bool converged =
        basis.size() >= n_wanted && lookout.see(step, basis.residual(ritz, n_wanted));
    if (converged || last) {
      const Index n_found = std::min(n_wanted, basis.size());
      return {{ritz.values.head(n_found), basis.vectors(ritz, n_found)}, converged};
    }
    if (!basis.has_room()) basis.restart(ritz, n_wanted + width);
  }
}

}  // namespace unlabeled::detail
