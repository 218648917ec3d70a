// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "unlabeled/core/check.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/text/vocabulary.hpp"
#include "unlabeled/text/word2vec_options.hpp"

namespace unlabeled::detail {

/// The words of a text, counted.
struct WordCounts {
  WordTable table;
  std::vector<Index> counts;
  Index n_tokens = 0;

  Index add(std::string_view word) {
    const Index number = table.add(word);
    if (number == static_cast<Index>(counts.size())) counts.push_back(0);
    ++counts[static_cast<std::size_t>(number)];
    ++n_tokens;
    return number;
  }

  /// Only n_tokens stays.
  void forget_words() {
    table = {};
    counts = {};
  }
};

[[noreturn]] inline void refuse_text(const WordCounts& text, const Vocabulary& known,
                                     const Word2VecOptions& options) {
  const bool is_full = options.max_vocabulary > 0 && known.size() >= options.max_vocabulary;
  const std::string may_be_new =
      is_full ? "may join the vocabulary, which has max_vocabulary (" +
                    printed(options.max_vocabulary) + ") words"
              : "was seen at least min_count (" + printed(options.min_count) + ") times";
  refuse("Word2Vec", "no word of the text " + std::string(known.size() > 0 ? "is known or " : "") +
                         may_be_new + "; it has " + printed(text.n_tokens) + " words, " +
                         printed(text.table.size()) + " different ones");
}

/// The words seen at least min_count times, at most max_vocabulary of them; those of `known` stay,
/// with what they were counted before.
inline Vocabulary chosen_vocabulary(const WordCounts& text, const Vocabulary& known,
                                    const Word2VecOptions& options) {
  Index n_left = 0;  // words of the text that are in the vocabulary
  std::vector<std::string> words = known.words(), fresh;
  std::vector<Index> counts = known.counts(), fresh_counts;
  for (Index i = 0; i < text.table.size(); ++i) {
    const auto number = static_cast<std::size_t>(i);
    const Index known_number = known.size() == 0 ? -1 : known.find(text.table.words()[number]);
    if (known_number >= 0) {
      counts[static_cast<std::size_t>(known_number)] += text.counts[number];
      n_left += text.counts[number];
    } else if (text.counts[number] >= options.min_count) {
      fresh.push_back(text.table.words()[number]);
      fresh_counts.push_back(text.counts[number]);
    }
  }
  const Vocabulary sorted(std::move(fresh), std::move(fresh_counts));
  const Index room = options.max_vocabulary == 0
                         ? sorted.size()
                         : std::max<Index>(0, options.max_vocabulary - known.size());
  const auto taken = static_cast<std::ptrdiff_t>(std::min(room, sorted.size()));
  for (Index i = 0; i < taken; ++i) n_left += sorted.count(i);
  if (n_left == 0) refuse_text(text, known, options);
  words.insert(words.end(), sorted.words().begin(), sorted.words().begin() + taken);
  counts.insert(counts.end(), sorted.counts().begin(), sorted.counts().begin() + taken);
  return {std::move(words), std::move(counts)};
}

}  // namespace unlabeled::detail
