// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "unlabeled/core/types.hpp"
#include "unlabeled/text/detail/word_counts.hpp"
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

/// How often words occur, and follow each other in a sentence.
class PairCounter {
 public:
  void add(std::string_view word) {
    const Index number = words_.add(word);
    if (previous_ >= 0) ++pairs_(previous_, number);
    previous_ = number;
  }
  void end_sentence() { previous_ = -1; }

  [[nodiscard]] Index n_words() const { return words_.n_tokens; }
  [[nodiscard]] Index n_different() const { return words_.table.size() + pairs_.size(); }
  [[nodiscard]] Index count(Index word) const {
    return words_.counts[static_cast<std::size_t>(word)];
  }
  [[nodiscard]] const std::string& word(Index word) const {
    return words_.table.words()[static_cast<std::size_t>(word)];
  }
  template <class F> void for_each_pair(F&& f) const { pairs_.for_each(f); }

 private:
  WordCounts words_;
  PairTable pairs_;
  Index previous_ = -1;  // the word before in the sentence
};

/// Lists of phrases, field by field as files hold them, with numbers for their words.
struct PhraseColumns {
  std::vector<Index> first;
  std::vector<Index> second;
  std::vector<Index> counts;
  Vector<double> scores;
};

/// The pairs that are phrases, and the words in them.
class PhraseTable {
 public:
  PhraseTable() = default;
  template <class Phrases> explicit PhraseTable(const Phrases& phrases) {
    columns_.scores.resize(static_cast<Index>(phrases.size()));
    Index i = 0;
    for (const auto& phrase : phrases) {
      columns_.first.push_back(words_.add(phrase.first));
      columns_.second.push_back(words_.add(phrase.second));
      columns_.counts.push_back(phrase.count);
      columns_.scores[i++] = phrase.score;
      pairs_(columns_.first.back(), columns_.second.back()) = 1;
    }
  }

  /// -1 for a word that is in no phrase.
  [[nodiscard]] Index number(std::string_view word) const { return words_.find(word); }
  [[nodiscard]] bool has(Index first, Index second) const {
    return first >= 0 && second >= 0 && pairs_.has(first, second);
  }
  [[nodiscard]] const std::vector<std::string>& words() const { return words_.words(); }
  [[nodiscard]] const PhraseColumns& columns() const { return columns_; }

 private:
  WordTable words_;
  PairTable pairs_;
  PhraseColumns columns_;
};

/// Joins phrases from left to right; a word that ended a phrase begins none.
class PhraseJoiner {
 public:
  /// Both are referred to.
  PhraseJoiner(const PhraseTable& table, const std::string& delimiter)
      : table_(table), delimiter_(delimiter) {}

  void add(std::string_view word) {
    const Index number = table_.number(word);
    if (table_.has(previous_, number)) {
      joined_.back().append(delimiter_).append(word);
      previous_ = -1;
    } else {
      joined_.emplace_back(word);
      previous_ = number;
    }
  }

  /// The words since the last call.
  std::vector<std::string> end_sentence() {
    previous_ = -1;
    return std::exchange(joined_, {});
  }

 private:
  const PhraseTable& table_;
  const std::string& delimiter_;
  std::vector<std::string> joined_;
  Index previous_ = -1;  // a word that may begin a phrase
};

}  // namespace unlabeled::detail
