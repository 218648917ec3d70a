// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "unlabeled/core/types.hpp"
#include "unlabeled/text/detail/text_chunk.hpp"
#include "unlabeled/text/detail/word_counts.hpp"
#include "unlabeled/text/vocabulary.hpp"

namespace unlabeled::detail {

/// Sentences as numbers of words, 4 bytes for each.
class MemoryText {
 public:
  template <class Sentences>
  MemoryText(const Sentences& sentences, Index longest_sentence)
      : longest_sentence_(longest_sentence) {
    for (const auto& sentence : sentences) {
      TextCuts cuts(longest_sentence, 0);
      for (const auto& token : sentence) {
        words_.push_back(static_cast<std::int32_t>(counts_.add(std::string_view(token))));
        if (cuts.add_token()) words_.push_back(-1), cuts.end_sentence();
      }
      if (cuts.is_inside_sentence()) words_.push_back(-1);
    }
  }

  [[nodiscard]] const WordCounts& counts() const { return counts_; }

  /// Drops all words that the vocabulary does not have. The source refers to this object.
  TextSource source(const Vocabulary& vocabulary) {
    renumber(vocabulary);
    TextSource source;
    source.n_tokens = counts_.n_tokens;
    source.rewind = [this] { next_chunk_ = 0; };
    source.next_round = [this](Team&) -> const std::vector<TextChunk>& {
      const std::size_t end = std::min(
          chunks_.size(), next_chunk_ + static_cast<std::size_t>(TextSource::chunks_per_round));
      round_.assign(chunks_.begin() + static_cast<std::ptrdiff_t>(next_chunk_),
                    chunks_.begin() + static_cast<std::ptrdiff_t>(end));
      next_chunk_ = end;
      return round_;
    };
    return source;
  }

 private:
  void renumber(const Vocabulary& vocabulary) {
    std::vector<std::int32_t> numbers;
    for (const auto& word : counts_.table.words())
      numbers.push_back(static_cast<std::int32_t>(vocabulary.find(word)));
    TextCuts cuts(longest_sentence_, tokens_per_chunk(counts_.n_tokens));
    std::size_t begin = 0, end = 0;  // of the chunk, in the words that stay
    Index first_token = 0;
    const auto close = [&] {
      const Index n_tokens = cuts.end_chunk();
      chunks_.push_back(
          {words_.data() + begin, static_cast<Index>(end - begin), first_token, n_tokens});
      first_token += n_tokens;
      begin = end;
    };
    for (const std::int32_t word : words_) {
      if (word >= 0) {
        cuts.add_token();
        const std::int32_t number = numbers[static_cast<std::size_t>(word)];
        if (number >= 0) words_[end++] = number;
        continue;
      }
      words_[end++] = -1;
      cuts.end_sentence();
      if (cuts.is_full()) close();
    }
    if (end > begin) close();
    counts_.forget_words();  // the vocabulary has what is needed of them
  }

  Index longest_sentence_;
  WordCounts counts_;
  std::vector<std::int32_t> words_;  // each sentence ends with -1; in order of first appearance
                                     // until they are renumbered
  std::vector<TextChunk> chunks_, round_;
  std::size_t next_chunk_ = 0;
};

}  // namespace unlabeled::detail
