// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include "unlabeled/core/check.hpp"
#include "unlabeled/core/errors.hpp"
#include "unlabeled/core/file.hpp"
#include "unlabeled/core/number_text.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/text/detail/buffered_bytes.hpp"
#include "unlabeled/text/detail/evaluation.hpp"
#include "unlabeled/text/detail/named_vectors.hpp"
#include "unlabeled/text/detail/similar_words.hpp"
#include "unlabeled/text/word_vectors.hpp"

// Pairs of words with the similarity that people gave them, against the cosines of their vectors.

namespace unlabeled::detail {

struct WordPair {
  Index first;  // -1 for an unknown word
  Index second;
  double similarity;
};

/// Reads a line "word, tab, word, tab, number"; false if it is none.
inline bool read_word_pair(std::string_view line, const EvaluatedWords& known, WordPair& pair) {
  const std::size_t first_tab = line.find('\t');
  const std::size_t last_tab = line.rfind('\t');
  if (first_tab == std::string_view::npos || first_tab == last_tab) return false;
  const std::string_view second = line.substr(first_tab + 1, last_tab - first_tab - 1);
  const std::string_view number = without_blanks(line.substr(last_tab + 1));
  if (second.find('\t') != std::string_view::npos) return false;
  if (parse_number(number, pair.similarity) != NumberText::number) return false;
  pair.first = known.find(without_blanks(line.substr(0, first_tab)));
  pair.second = known.find(without_blanks(second));
  return is_finite(pair.similarity);
}

/// Lines that begin with # are comments; the first line may name the columns.
inline std::vector<WordPair> read_word_pairs(const std::filesystem::path& path,
                                             const EvaluatedWords& known) {
  TextLines lines(path);
  std::vector<WordPair> pairs;
  bool may_be_names = true;
  while (const auto line = lines.next()) {
    if (without_blanks(*line).empty() || line->starts_with('#')) continue;
    WordPair pair{};
    if (read_word_pair(*line, known, pair))
      pairs.push_back(pair);
    else if (!may_be_names)
      lines.refuse_line("expected two words and a number with tabs between them, got " +
                        excerpt(*line));
    may_be_names = false;
  }
  if (pairs.empty())
    lines.refuse("expected lines of two words and a number with tabs between them, got none");
  return pairs;
}

/// Ranks from 1 on; equal values share the mean of theirs.
inline Vector<double> mean_ranks(const Vector<double>& values) {
  std::vector<Index> order(static_cast<std::size_t>(values.size()));
  std::iota(order.begin(), order.end(), Index{0});
  std::sort(order.begin(), order.end(), [&](Index a, Index b) { return values[a] < values[b]; });
  Vector<double> ranks(values.size());
  for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    for (std::size_t i = begin; i < end; ++i)
      ranks[order[i]] = (static_cast<double>(begin + end) + 1) / 2;
  }
  return ranks;
}

/// Pearson's correlation; NaN if either is constant.
inline double correlation(const Vector<double>& x, const Vector<double>& y) {
  const Vector<double> a = x.array() - x.mean(), b = y.array() - y.mean();
  return std::clamp(a.dot(b) / (a.norm() * b.norm()), -1.0, 1.0);
}

/// Cost        O(p (d + log p)) time for p pairs, beside the reading of the vocabulary.
/// Throws      FileError with path and line; NumericalError if fewer than 2 pairs are known, or
///             those have no differences to correlate.
template <NamedWords Words, Real S>
WordPairScore score_word_pairs(const Words& words, const Samples<S>& vectors,
                               const std::filesystem::path& path,
                               const EvaluationOptions& options) {
  const EvaluatedWords known(words, options);
  std::vector<WordPair> pairs = read_word_pairs(path, known);
  const auto n_read = static_cast<Index>(pairs.size());
  std::erase_if(pairs, [](const WordPair& pair) { return pair.first < 0 || pair.second < 0; });
  const auto n_pairs = static_cast<Index>(pairs.size());
  if (n_pairs < 2)
    throw NumericalError(shown(path) +
                         ": a correlation takes at least 2 pairs of known words, got " +
                         std::to_string(n_pairs) + " of " + std::to_string(n_read));
  Vector<double> people(n_pairs), cosines(n_pairs);
  for (Index i = 0; i < n_pairs; ++i) {
    const WordPair& pair = pairs[static_cast<std::size_t>(i)];
    people[i] = pair.similarity;
    cosines[i] = cosine(vectors, pair.first, pair.second);
  }
  if (people.minCoeff() == people.maxCoeff() || cosines.minCoeff() == cosines.maxCoeff())
    throw NumericalError(shown(path) + ": a correlation takes pairs that differ, got " +
                         std::to_string(n_pairs) + " pairs of equal similarity");
  return {.spearman = correlation(mean_ranks(people), mean_ranks(cosines)),
          .pearson = correlation(people, cosines),
          .coverage = static_cast<double>(n_pairs) / static_cast<double>(n_read),
          .n_pairs = n_pairs};
}

}  // namespace unlabeled::detail
