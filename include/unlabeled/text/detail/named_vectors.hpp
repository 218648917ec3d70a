// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "unlabeled/core/types.hpp"
#include "unlabeled/text/vocabulary.hpp"

namespace unlabeled::detail {

/// Words by number, as a vocabulary has them.
template <class W>
concept NamedWords = requires(const W& words, Index i) {
  { words.size() } -> std::convertible_to<Index>;
  { words.word(i) } -> std::convertible_to<std::string_view>;
};

/// The content of a file of word vectors: row i belongs to word i.
template <Real S> struct NamedVectors {
  std::vector<std::string> words;  // n, each once
  RowMatrix<S> vectors;            // n x d

  [[nodiscard]] Index size() const { return static_cast<Index>(words.size()); }
  [[nodiscard]] const std::string& word(Index i) const {
    return words[static_cast<std::size_t>(i)];
  }
};

/// Takes the words of a file one by one, in memory of the size it was told.
template <Real S> class VectorCollector {
 public:
  VectorCollector(Index n_words, Index n_dimensions) : vectors_(n_words, n_dimensions) {}

  [[nodiscard]] Index n_words() const { return vectors_.rows(); }
  [[nodiscard]] Index n_dimensions() const { return vectors_.cols(); }

  /// Whether the word is new; its vector then goes to last().
  bool add(std::string_view word) {
    const Index n_before = words_.size();
    return words_.add(word) == n_before;
  }
  [[nodiscard]] S* last() { return vectors_.data() + (words_.size() - 1) * vectors_.cols(); }

  NamedVectors<S> take() { return {std::move(words_).words(), std::move(vectors_)}; }

 private:
  WordTable words_;
  RowMatrix<S> vectors_;
};

}  // namespace unlabeled::detail
