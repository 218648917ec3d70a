// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"

// Samples in the order of whole numbers (cells of a grid), in a few passes over memory.

namespace unlabeled::detail {

/// A sample and a number below 2^32, in 8 bytes.
struct ShortEntry {
  std::uint64_t bits;
  ShortEntry() = default;
  ShortEntry(std::uint64_t key, std::uint32_t sample) : bits(key << 32 | sample) {}
  [[nodiscard]] std::uint64_t key() const { return bits >> 32; }
  [[nodiscard]] std::uint32_t sample() const { return static_cast<std::uint32_t>(bits); }
};

/// The same for any number.
struct LongEntry {
  std::uint64_t number;
  std::uint32_t index;
  LongEntry() = default;
  LongEntry(std::uint64_t key, std::uint32_t sample) : number(key), index(sample) {}
  [[nodiscard]] std::uint64_t key() const { return number; }
  [[nodiscard]] std::uint32_t sample() const { return index; }
};

/// One pass of a stable sort: by the bits [shift, shift + n_bits) of the keys. Each chunk knows
/// beforehand where its entries go, so the order does not depend on threads.
template <class Entry>
void sort_by_digit(Team& team, const std::vector<Entry>& from, std::vector<Entry>& to, int shift,
                   int n_bits) {
  const Index n_digits = Index{1} << n_bits;
  const auto mask = static_cast<std::uint64_t>(n_digits - 1);
  const Index n = static_cast<Index>(from.size());
  const Chunks chunks{n, std::max<Index>(Index{1} << 15, n / 32 + 1)};
  std::vector<std::uint32_t> places(static_cast<std::size_t>(n_digits * chunks.count()));
  const auto digit = [&](const Entry& entry) { return (entry.key() >> shift) & mask; };
  team.run(chunks.count(), [&](Index chunk, int) {
    std::uint32_t* count = places.data() + chunk * n_digits;
    const Range range = chunks[chunk];
    for (Index i = range.begin; i < range.end; ++i)
      ++count[digit(from[static_cast<std::size_t>(i)])];
  });
  std::uint32_t next = 0;
  for (Index value = 0; value < n_digits; ++value)
    for (Index chunk = 0; chunk < chunks.count(); ++chunk) {
      std::uint32_t& place = places[static_cast<std::size_t>(chunk * n_digits + value)];
      const std::uint32_t count = place;
      place = next;
      next += count;
    }
  team.run(chunks.count(), [&](Index chunk, int) {
    std::uint32_t* place = places.data() + chunk * n_digits;
    const Range range = chunks[chunk];
    for (Index i = range.begin; i < range.end; ++i) {
      const Entry& entry = from[static_cast<std::size_t>(i)];
      to[place[digit(entry)]++] = entry;
    }
  });
}

/// Sorts by keys below 2^n_bits; equal keys keep their order. Memory: the entries once more.
template <class Entry> void radix_sort(Team& team, std::vector<Entry>& entries, int n_bits) {
  constexpr int most_bits = 11;  // counters that stay in the first cache
  const int n_passes = std::max(1, (n_bits + most_bits - 1) / most_bits);
  std::vector<Entry> other(entries.size());
  for (int pass = 0, shift = 0; pass < n_passes; ++pass) {
    const int width = (n_bits - shift + n_passes - pass - 1) / (n_passes - pass);
    sort_by_digit(team, entries, other, shift, width);
    entries.swap(other);
    shift += width;
  }
}

}  // namespace unlabeled::detail
