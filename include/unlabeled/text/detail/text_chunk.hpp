// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <vector>

#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"

// Text as the training sees it: the same for sentences in memory and in files, so that both train
// the same bits.

namespace unlabeled::detail {

/// Some whole sentences, as numbers of words; each sentence ends with -1.
struct TextChunk {
  const std::int32_t* words = nullptr;
  Index size = 0;         ///< with the ends of sentences
  Index first_token = 0;  ///< words of the text before it, those outside of the vocabulary too
  Index n_tokens = 0;     ///< words of the text in it
};

/// A text that can be passed several times, some chunks at a time.
struct TextSource {
  static constexpr Index chunks_per_round = 64;

  Index n_tokens = 0;
  std::function<void()> rewind;
  std::function<const std::vector<TextChunk>&(Team&)> next_round;  ///< empty at the end
};

/// Words to a chunk: enough of them that a chunk is worth a task, and enough chunks for all threads.
inline Index tokens_per_chunk(Index n_tokens) {
  return std::clamp<Index>(n_tokens / 256, 1000, 10000);
}

/// Where a text is cut: a sentence ends early when it is too long, a chunk ends with the first
/// sentence that fills it. Words outside of the vocabulary count too: they stand in the text.
class TextCuts {
 public:
  TextCuts(Index longest_sentence, Index tokens_per_chunk)
      : longest_sentence_(longest_sentence), tokens_per_chunk_(tokens_per_chunk) {}

  /// True when this word is the last that the sentence may have.
  bool add_token() {
    ++n_tokens_;
    return ++in_sentence_ == longest_sentence_;
  }
  [[nodiscard]] bool is_inside_sentence() const { return in_sentence_ > 0; }
  void end_sentence() { in_sentence_ = 0; }
  [[nodiscard]] bool is_full() const { return in_sentence_ == 0 && n_tokens_ >= tokens_per_chunk_; }

  /// Words of the chunk, which ends here.
  Index end_chunk() {
    const Index count = n_tokens_;
    n_tokens_ = 0;
    return count;
  }

 private:
  Index longest_sentence_;
  Index tokens_per_chunk_;
  Index in_sentence_ = 0;
  Index n_tokens_ = 0;
};

/// Falls linearly from first to last while n_tokens words are passed; `passed` of them were before
/// this epoch.
struct LearningRate {
  double first = 0;
  double last = 0;
  double passed = 0;
  double n_tokens = 1;

  [[nodiscard]] double after(double tokens) const {
    return first + (last - first) * std::min(1.0, (passed + tokens) / n_tokens);
  }
  /// When so many entries of the chunk are passed, which may be some and a part of the next.
  [[nodiscard]] double at(const TextChunk& chunk, double entries) const {
    const double share = entries / static_cast<double>(chunk.size);
    return after(static_cast<double>(chunk.first_token) +
                 share * static_cast<double>(chunk.n_tokens));
  }
};

}  // namespace unlabeled::detail
