// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "unlabeled/core/check.hpp"
#include "unlabeled/core/types.hpp"

namespace unlabeled {

namespace detail {

/// Different words, numbered in the order in which they came, found by a table of open addresses.
class WordTable {
 public:
  [[nodiscard]] Index size() const { return static_cast<Index>(words_.size()); }
  [[nodiscard]] const std::vector<std::string>& words() const& { return words_; }
  [[nodiscard]] std::vector<std::string> words() && { return std::move(words_); }

  /// -1 for a word that is not there.
  [[nodiscard]] Index find(std::string_view word) const {
    return slots_.empty() ? -1 : static_cast<Index>(slots_[slot_of(word)]) - 1;
  }

  /// The number of the word, which is new if it is size() as it was before.
  Index add(std::string_view word) {
    if (2 * (words_.size() + 1) > slots_.size()) grow();
    std::uint32_t& slot = slots_[slot_of(word)];
    if (slot == 0) {
      check_option(words_.size() < most_words, "Vocabulary", "number of words", "below 2^31",
                   size());
      words_.emplace_back(word);
      slot = static_cast<std::uint32_t>(words_.size());
    }
    return static_cast<Index>(slot) - 1;
  }

 private:
  static constexpr std::size_t most_words = 0x7fffffff;

  /// Where the word is, or the free slot where it would be.
  [[nodiscard]] std::size_t slot_of(std::string_view word) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t slot = std::hash<std::string_view>{}(word)&mask;
    while (slots_[slot] != 0 && words_[slots_[slot] - 1] != word) slot = (slot + 1) & mask;
    return slot;
  }

  void grow() {
    std::vector<std::uint32_t> larger(std::max<std::size_t>(16, 2 * slots_.size()));
    slots_.swap(larger);
    for (std::size_t i = 0; i < words_.size(); ++i)
      slots_[slot_of(words_[i])] = static_cast<std::uint32_t>(i + 1);
  }

  std::vector<std::string> words_;
  std::vector<std::uint32_t> slots_;  // number of the word + 1; 0: free. Never more than half full
};

}  // namespace detail

/// The words that a model of text knows, each with the number of times it was seen.
///
/// Words are numbered by their counts, the largest first; equal counts by their bytes, as
/// std::string compares them. So the numbering depends on the text only, never on the order of its
/// sentences. Any bytes are a word; UTF-8 is kept as it is.
///
/// Cost        index(word) takes one hash and about one comparison; memory: the words, and 16 to 24
///             bytes for each.
/// Throws      std::invalid_argument for lists of different lengths, a word that is listed twice, or
///             a count below 0; std::out_of_range for a number that no word has.
///
/// @code
/// const unlabeled::Vocabulary& vocabulary = word2vec.vocabulary();
/// if (const auto fox = vocabulary.index("fox")) std::cout << vocabulary.count(*fox);
/// @endcode
class Vocabulary {
 public:
  Vocabulary() = default;

  /// Words with their counts, in any order.
  Vocabulary(std::vector<std::string> words, std::vector<Index> counts) {
    if (words.size() != counts.size())
      detail::refuse("Vocabulary", "counts must have one entry per word (" +
                                       detail::printed(words.size()) + "), got " +
                                       detail::printed(counts.size()));
    std::vector<std::size_t> order(words.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return counts[a] != counts[b] ? counts[a] > counts[b] : words[a] < words[b];
    });
    counts_.reserve(words.size());
    for (const std::size_t i : order) {
      const Index room = std::numeric_limits<Index>::max() - total_count_;
      detail::check_option(counts[i] >= 0 && counts[i] <= room, "Vocabulary", "counts",
                           ">= 0 with a sum below 2^63", counts[i]);
      if (table_.add(words[i]) != static_cast<Index>(counts_.size()))
        detail::refuse("Vocabulary", "words must differ, got \"" + words[i] + "\" twice");
      counts_.push_back(counts[i]);
      total_count_ += counts[i];
    }
  }

  /// Number of words.
  [[nodiscard]] Index size() const { return table_.size(); }

  /// The word with number i, 0 <= i < size().
  [[nodiscard]] const std::string& word(Index i) const {
    return table_.words().at(static_cast<std::size_t>(i));
  }
  /// How often it was seen.
  [[nodiscard]] Index count(Index i) const { return counts_.at(static_cast<std::size_t>(i)); }

  /// The number of a word, if it is known.
  [[nodiscard]] std::optional<Index> index(std::string_view word) const {
    const Index found = find(word);
    return found < 0 ? std::nullopt : std::optional<Index>(found);
  }
  /// The same with -1 for an unknown word.
  [[nodiscard]] Index find(std::string_view word) const { return table_.find(word); }
  [[nodiscard]] bool contains(std::string_view word) const { return find(word) >= 0; }

  /// All words and all counts, in the order of their numbers.
  [[nodiscard]] const std::vector<std::string>& words() const { return table_.words(); }
  [[nodiscard]] const std::vector<Index>& counts() const { return counts_; }
  [[nodiscard]] Index total_count() const { return total_count_; }

 private:
  detail::WordTable table_;
  std::vector<Index> counts_;
  Index total_count_ = 0;
};

}  // namespace unlabeled
