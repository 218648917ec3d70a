// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstdint>

#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/large_matrix.hpp"
#include "unlabeled/linalg/packet.hpp"
#include "unlabeled/text/detail/window_kernel.hpp"

#if defined(__SANITIZE_THREAD__)
#define UNLABELED_WATCHES_THREADS
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define UNLABELED_WATCHES_THREADS
#endif
#endif
#if defined(UNLABELED_WATCHES_THREADS)
#include <atomic>
#endif

namespace unlabeled::detail {

/// Weights that threads read and, in lock-free training, write at the same time: rows padded with
/// zeros to whole cache lines, on large pages. All access of the training goes through the
/// functions below. Without locks a value may be one of another thread's latest, or one addition may
/// be lost; training bears both. A row of numbers has no packet form of relaxed atomic access, so it
/// is read and written plainly, and as atomics where a checker of threads looks on.
template <Real S> class SharedRows {
 public:
  SharedRows(Index n_rows, Index n_columns)
      : n_rows_(n_rows),
        n_columns_(n_columns),
        length_(padded_length<S>(n_columns)),
        data_(large_matrix<Vector<S>>(n_rows * length_ + line, 1)) {
    data_.setZero();
  }
  explicit SharedRows(const RowMatrix<S>& values) : SharedRows(values.rows(), values.cols()) {
    for (Index i = 0; i < n_rows_; ++i)
      std::copy_n(values.data() + i * n_columns_, n_columns_, row(i));
  }

  [[nodiscard]] Index n_rows() const { return n_rows_; }
  /// Of a row with its padding.
  [[nodiscard]] Index length() const { return length_; }
  S* row(Index i) { return first() + i * length_; }
  const S* row(Index i) const { return const_cast<SharedRows*>(this)->row(i); }

  /// values(), after which no row is left, nor its memory.
  RowMatrix<S> take_values() {
    RowMatrix<S> values = this->values();
    *this = SharedRows(0, 0);
    return values;
  }
  [[nodiscard]] RowMatrix<S> values() const {
    RowMatrix<S> values = large_matrix<RowMatrix<S>>(n_rows_, n_columns_);
    for (Index i = 0; i < n_rows_; ++i)
      std::copy_n(row(i), n_columns_, values.data() + i * n_columns_);
    return values;
  }

 private:
  static constexpr Index line = cache_line_bytes / static_cast<Index>(sizeof(S));

  /// Eigen's memory starts at a packet, not always at a cache line.
  S* first() {
    const auto beyond = reinterpret_cast<std::uintptr_t>(data_.data()) % cache_line_bytes;
    return data_.data() + (beyond == 0 ? 0 : cache_line_bytes - beyond) / sizeof(S);
  }

  Index n_rows_;
  Index n_columns_;
  Index length_;
  Vector<S> data_;
};

#if defined(UNLABELED_WATCHES_THREADS)
template <Real S> void read_row(const S* shared, Index length, S* to) {
  for (Index t = 0; t < length; ++t)
    to[t] = std::atomic_ref<S>(const_cast<S&>(shared[t])).load(std::memory_order_relaxed);
}
template <Real S> void add_row(const S* shared, Index length, S* to) {
  for (Index t = 0; t < length; ++t)
    to[t] += std::atomic_ref<S>(const_cast<S&>(shared[t])).load(std::memory_order_relaxed);
}
template <Real S> void add_to_row(const S* change, S factor, Index length, S* shared) {
  for (Index t = 0; t < length; ++t) {
    std::atomic_ref<S> value(shared[t]);
    value.store(value.load(std::memory_order_relaxed) + factor * change[t],
                std::memory_order_relaxed);
  }
}
#else
/// to = shared.
template <Real S> EIGEN_ALWAYS_INLINE void read_row(const S* shared, Index length, S* to) {
  for (Index t = 0; t < length; t += packet_size<S>) store<S>(to + t, load<S>(shared + t));
}
/// to += shared.
template <Real S> EIGEN_ALWAYS_INLINE void add_row(const S* shared, Index length, S* to) {
  for (Index t = 0; t < length; t += packet_size<S>)
    store<S>(to + t, add<S>(load<S>(to + t), load<S>(shared + t)));
}
/// shared += factor * change.
template <Real S>
EIGEN_ALWAYS_INLINE void add_to_row(const S* change, S factor, Index length, S* shared) {
  const Packet<S> all = broadcast<S>(factor);
  for (Index t = 0; t < length; t += packet_size<S>)
    store<S>(shared + t, multiply_add<S>(all, load<S>(change + t), load<S>(shared + t)));
}
#endif
#undef UNLABELED_WATCHES_THREADS

}  // namespace unlabeled::detail
