// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "unlabeled/core/random.hpp"
#include "unlabeled/core/types.hpp"

// Small texts for tests of Word2Vec.

namespace unlabeled {
inline namespace testing {

using Sentences = std::vector<std::vector<std::string>>;

inline Sentences fox_and_dog() {
  return {{"the", "quick", "brown", "fox", "jumps", "over", "the", "lazy", "dog"},
          {"the", "dog", "sleeps", "while", "the", "fox", "runs"},
          {"a", "quick", "fox", "and", "a", "lazy", "dog", "play"}};
}

/// Sentences of 5 to 14 words about one of two topics, whose words are a0, a1, … and b0, b1, …;
/// one word in ten is "and".
inline Sentences two_topics(Index n_sentences, Index words_per_topic, std::uint64_t seed) {
  Rng rng(seed);
  Sentences sentences;
  for (Index i = 0; i < n_sentences; ++i) {
    const std::string topic = i % 2 == 0 ? "a" : "b";
    sentences.emplace_back();
    for (Index n = 5 + rng.index_below(10); n > 0; --n)
      sentences.back().push_back(
          rng.below(10) == 0 ? "and" : topic + std::to_string(rng.index_below(words_per_topic)));
  }
  return sentences;
}

/// One sentence a line.
inline std::string as_text(const Sentences& sentences) {
  std::string text;
  for (const auto& sentence : sentences) {
    for (const auto& word : sentence) text += word + " ";
    text += "\n";
  }
  return text;
}

}  // namespace testing
}  // namespace unlabeled
