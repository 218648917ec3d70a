// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "unlabeled/core/types.hpp"
#include "unlabeled/text/vocabulary.hpp"

// Counting words and pairs of neighbours, and finding pairs again.

namespace unlabeled::detail {

/// A number >= 0 for each pair of word numbers, 0 until it is set; a table of open addresses.
class PairTable {
 public:
  [[nodiscard]] Index size() const { return size_; }

  Index& operator()(Index first, Index second) {
    if (2 * static_cast<std::size_t>(size_ + 1) > entries_.size()) grow();
    Entry& entry = entries_[place_of(key(first, second))];
    if (entry.key == 0) ++size_;
    entry.key = key(first, second);
    return entry.value;
  }

  [[nodiscard]] bool has(Index first, Index second) const {
    return size_ > 0 && entries_[place_of(key(first, second))].key != 0;
  }

  /// f(first, second, value)
  template <class F> void for_each(F&& f) const {
    for (const Entry& entry : entries_)
      if (entry.key != 0)
        f(static_cast<Index>(entry.key >> 32) - 1, static_cast<Index>(entry.key & 0xffffffffu),
          entry.value);
  }

 private:
  struct Entry {
    std::uint64_t key = 0;  // 0: free
    Index value = 0;
  };

  /// Word numbers are below 2^32 - 1.
  static std::uint64_t key(Index first, Index second) {
    return static_cast<std::uint64_t>(first + 1) << 32 | static_cast<std::uint64_t>(second);
  }

  [[nodiscard]] std::size_t place_of(std::uint64_t key) const {
    const std::size_t mask = entries_.size() - 1;
    std::uint64_t mixed = key * 0x9E3779B97F4A7C15u;
    mixed ^= mixed >> 32;
    std::size_t place = static_cast<std::size_t>(mixed) & mask;
    while (entries_[place].key != 0 && entries_[place].key != key) place = (place + 1) & mask;
    return place;
  }

  void grow() {
    std::vector<Entry> old(std::max<std::size_t>(16, 2 * entries_.size()));
    entries_.swap(old);
    for (const Entry& entry : old)
      if (entry.key != 0) entries_[place_of(entry.key)] = entry;
  }

  std::vector<Entry> entries_;  // never more than half full
  Index size_ = 0;
};

/// How often words occur, and follow each other.
class PairCounter {
 public:
  /// The number of the word; `previous` is that of the word before it, -1 where there is none.
  Index add(std::string_view word, Index previous) {
    const Index number = words_.add(word);
    if (number == static_cast<Index>(counts_.size())) counts_.push_back(0);
    ++counts_[static_cast<std::size_t>(number)];
    ++n_words_;
    if (previous >= 0) ++pairs_(previous, number);
    return number;
  }

  [[nodiscard]] Index n_words() const { return n_words_; }
  [[nodiscard]] Index n_different() const { return words_.size() + pairs_.size(); }
  [[nodiscard]] Index count(Index word) const { return counts_[static_cast<std::size_t>(word)]; }
  [[nodiscard]] const std::string& word(Index word) const {
    return words_.words()[static_cast<std::size_t>(word)];
  }
  template <class F> void for_each_pair(F&& f) const { pairs_.for_each(f); }

 private:
  WordTable words_;
  std::vector<Index> counts_;
  PairTable pairs_;
  Index n_words_ = 0;
};

/// The pairs that are phrases, and the words in them.
class PhraseTable {
 public:
  void add(std::string_view first, std::string_view second) {
    const Index first_number = words_.add(first);
    pairs_(first_number, words_.add(second)) = 1;
  }

  /// -1 for a word that is in no phrase.
  [[nodiscard]] Index number(std::string_view word) const { return words_.find(word); }
  [[nodiscard]] bool has(Index first, Index second) const {
    return first >= 0 && second >= 0 && pairs_.has(first, second);
  }

 private:
  WordTable words_;
  PairTable pairs_;
};

}  // namespace unlabeled::detail
