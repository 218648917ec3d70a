// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/random.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/neural/detail/row_buffer.hpp"

// Samples on their way into a network.

namespace unlabeled::detail {

/// Streams of one seed: what draws in parallel to something else has numbers of its own.
enum class NetworkStream : std::uint64_t {
  split = 0,
  weights = 1,
  order = std::uint64_t{1} << 32,
  noise = std::uint64_t{2} << 32,
  latent = std::uint64_t{3} << 32,
  clustering = std::uint64_t{4} << 32
};
inline Rng network_rng(std::uint64_t seed, NetworkStream stream, Index number = 0) {
  return Rng(seed, static_cast<std::uint64_t>(stream) + static_cast<std::uint64_t>(number));
}

/// 0, …, n - 1 in random order.
inline std::vector<Index> shuffled(Index n, Rng rng) {
  std::vector<Index> order(static_cast<std::size_t>(n));
  for (Index i = 0; i < n; ++i) order[static_cast<std::size_t>(i)] = i;
  rng.shuffle(order);
  return order;
}

/// Samples that are walked one by one, many times: a copy where each does not lie in one piece. The
/// object must outlive samples().
template <Real S> class RowWise {
 public:
  template <class V> explicit RowWise(const V& x) : samples_(x) {
    if (samples_.rows_are_contiguous()) return;
    copy_ = x;
    samples_ = Samples<S>(copy_);
  }
  RowWise(const RowWise&) = delete;
  RowWise& operator=(const RowWise&) = delete;

  [[nodiscard]] const Samples<S>& samples() const { return samples_; }

 private:
  RowMatrix<S> copy_;
  Samples<S> samples_;
};

/// buffer row i = sample order[begin + i], for the rows of one batch.
template <Real S>
void gather(const Samples<S>& x, const std::vector<Index>& order, Range batch,
            RowBuffer<S>& buffer) {
  for (Index i = 0; i < batch.size(); ++i) {
    const S* from = x.data + order[static_cast<std::size_t>(batch.begin + i)] * x.row_stride;
    S* to = buffer.row(i);
    if (x.rows_are_contiguous())
      std::copy_n(from, x.n_features, to);
    else
      for (Index j = 0; j < x.n_features; ++j) to[j] = from[j * x.column_stride];
  }
}

/// to = from with each entry set to zero with this probability.
template <Real S>
void drop_entries(const RowBuffer<S>& from, Index n_rows, double probability, Rng& rng,
                  RowBuffer<S>& to) {
  // 32 random bits decide an entry: one draw serves two.
  const auto threshold = static_cast<std::uint64_t>(probability * 0x1p32);
  for (Index i = 0; i < n_rows; ++i) {
    const S* source = from.row(i);
    S* target = to.row(i);
    for (Index j = 0; j < from.n_columns(); j += 2) {
      const std::uint64_t bits = rng.bits();
      target[j] = (bits & 0xffffffffu) < threshold ? S(0) : source[j];
      if (j + 1 < from.n_columns()) target[j + 1] = (bits >> 32) < threshold ? S(0) : source[j + 1];
    }
  }
}

}  // namespace unlabeled::detail
