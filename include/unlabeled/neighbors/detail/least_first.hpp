// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <utility>

#include "unlabeled/core/types.hpp"

namespace unlabeled::detail {

/// A value and the number of its sample, which decides where values are equal: no two are.
template <class T, class Number>
[[nodiscard]] bool precedes(const std::pair<T, Number>& a, const std::pair<T, Number>& b) {
  const bool less = a.first < b.first, equal = a.first == b.first, lower = a.second < b.second;
  return less | (equal & lower);  // no branch: it could not be foreseen
}

/// Moves what precedes `pivot` to the front; returns how many those are.
template <class Key> Index move_to_front(Key* keys, Index n, const Key pivot) {
  Index end = 0;
  for (Index i = 0; i < n; ++i) {
    const Key key = keys[i];
    keys[i] = keys[end];
    keys[end] = key;
    end += static_cast<Index>(precedes(key, pivot));
  }
  return end;
}

/// Moves the `n_least` least of n distinct keys to the front, in any order: std::nth_element
/// whose steps have no branch that cannot be foreseen. Where pivots are bad that one goes on.
template <class Key> void put_least_first(Key* keys, Index n, Index n_least) {
  for (int rounds = 0; n > 32 && rounds < 64; ++rounds) {
    Key low = keys[n / 4], middle = keys[n / 2], high = keys[3 * (n / 4)];
    if (precedes(middle, low)) std::swap(low, middle);
    if (precedes(high, middle)) middle = precedes(high, low) ? low : high;
    const Index n_front = move_to_front(keys, n, middle);
    if (n_front >= n_least) {
      n = n_front;
    } else {
      keys += n_front;
      n -= n_front;
      n_least -= n_front;
    }
  }
  std::nth_element(keys, keys + n_least, keys + n,
                   precedes<typename Key::first_type, typename Key::second_type>);
}

}  // namespace unlabeled::detail
