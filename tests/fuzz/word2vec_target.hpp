// SPDX-License-Identifier: MIT
#pragma once

#include "fuzz/targets.hpp"
#include "unlabeled/text/detail/word2vec_file.hpp"

namespace unlabeled {
inline namespace testing {

/// What was read is no larger than its file, and whole.
template <Real S>
void expect_named_vectors(const detail::NamedVectors<S>& named, std::string_view text) {
  expect(named.size() == named.vectors.rows(), "a vector per word");
  expect(static_cast<std::size_t>(named.vectors.size()) <= text.size(), "no more than the file");
  for (const std::string& word : named.words)
    expect(!word.empty() && word.find(' ') == std::string::npos, "words without blanks");
  expect(detail::all_finite(named.vectors), "finite vectors");
}

template <Real S> void read_word2vec(std::string_view content) {
  for (const bool binary : {false, true}) {
    std::istringstream stream{std::string(content)};
    try {
      detail::ByteSource source(stream, "input");
      expect_named_vectors(
          binary ? detail::read_word2vec_binary<S>(source) : detail::read_word2vec_text<S>(source),
          content);
    } catch (const FileError&) {
    }
  }
}

inline void fuzz_word2vec(const std::uint8_t* data, std::size_t size) {
  read_word2vec<float>(as_text(data, size));
  read_word2vec<double>(as_text(data, size));
}

}  // namespace testing
}  // namespace unlabeled
