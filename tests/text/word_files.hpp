// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/reference.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/text/detail/named_vectors.hpp"

// What gensim wrote and answered, see reference/make_word2vec.py.

namespace unlabeled {
inline namespace testing {

inline std::filesystem::path word2vec_reference(const std::string& name) {
  return std::filesystem::path(reference::folder()) / "word2vec" / name;
}

inline std::vector<std::string> split(const std::string& text, char separator = ' ') {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

inline std::vector<std::string> reference_lines(const std::string& name) {
  std::ifstream file(word2vec_reference(name), std::ios::binary);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  if (lines.empty()) throw std::runtime_error(name + ": no lines");
  return lines;
}

inline std::vector<std::vector<std::string>> reference_sentences(const std::string& name) {
  std::vector<std::vector<std::string>> sentences;
  for (const auto& line : reference_lines(name)) sentences.push_back(split(line));
  return sentences;
}

/// The number of a word that is there.
template <Real S> Index number_of(const detail::NamedVectors<S>& vectors, const std::string& word) {
  const auto found = std::find(vectors.words.begin(), vectors.words.end(), word);
  if (found == vectors.words.end()) throw std::runtime_error("no such word: " + word);
  return found - vectors.words.begin();
}

template <Real S>
std::vector<Index> numbers_of(const detail::NamedVectors<S>& vectors,
                              const std::vector<std::string>& words) {
  std::vector<Index> numbers;
  for (const auto& word : words) numbers.push_back(number_of(vectors, word));
  return numbers;
}

}  // namespace testing
}  // namespace unlabeled
