// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "unlabeled/core/types.hpp"

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
  VectorCollector(Index n_words, Index n_dimensions) {
    held_.vectors.resize(n_words, n_dimensions);
    held_.words.reserve(static_cast<std::size_t>(n_words));
    known_.reserve(static_cast<std::size_t>(n_words));
  }

  [[nodiscard]] Index n_words() const { return held_.vectors.rows(); }
  [[nodiscard]] Index n_dimensions() const { return held_.vectors.cols(); }

  /// Whether the word is new; its vector then goes to last().
  bool add(std::string_view word) {
    held_.words.emplace_back(word);
    return known_.insert(held_.words.back()).second;
  }
  [[nodiscard]] S* last() {
    return held_.vectors.data() + (held_.size() - 1) * held_.vectors.cols();
  }

  NamedVectors<S> take() {
    known_.clear();
    return std::move(held_);
  }

 private:
  NamedVectors<S> held_;
  std::unordered_set<std::string_view> known_;  // views of held_.words, which never move
};

}  // namespace unlabeled::detail
