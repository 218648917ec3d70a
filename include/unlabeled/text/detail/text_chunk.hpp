// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstdint>

#include "unlabeled/core/types.hpp"

namespace unlabeled::detail {

/// Some whole sentences, as numbers of words; each sentence ends with -1.
struct TextChunk {
  const std::int32_t* words = nullptr;
  Index size = 0;         ///< with the ends of sentences
  Index first_token = 0;  ///< words of the text before it, those outside of the vocabulary too
  Index n_tokens = 0;     ///< words of the text in it
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
  /// When so many entries of the chunk are passed.
  [[nodiscard]] double at(const TextChunk& chunk, Index entries) const {
    const double share = static_cast<double>(entries) / static_cast<double>(chunk.size);
    return after(static_cast<double>(chunk.first_token) +
                 share * static_cast<double>(chunk.n_tokens));
  }
};

}  // namespace unlabeled::detail
