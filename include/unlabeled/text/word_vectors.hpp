// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "unlabeled/core/types.hpp"

// What questions to word vectors give back.

namespace unlabeled {

/// A word and the cosine of its vector to what was asked, in [-1, 1].
struct Neighbor {
  std::string word;
  double similarity = 0;
};

/// How evaluate_analogies() and evaluate_word_pairs() look words up.
struct EvaluationOptions {
  /// "Paris" in a file finds "paris" in the vocabulary; of several forms the first, most frequent
  /// one. Letters of Latin, Greek and Cyrillic script have a case here.
  bool ignore_case = true;
  /// Only so many words of the vocabulary take part, from the first on: rare words of a large
  /// vocabulary have poor vectors and make evaluation slow. gensim's default.
  Index max_words = 300000;
  int n_threads = 0;  ///< 0 = all hardware threads, 1 = the calling thread only
};

/// Answers to the questions "a is to b as c is to …" of one section of a file.
struct AnalogySection {
  std::string name;
  double accuracy = 0;  ///< n_correct / n_total; 0 where n_total is
  Index n_correct = 0;
  Index n_total = 0;    ///< questions whose four words are known
  Index n_skipped = 0;  ///< the others
};

/// The same for a file: sums over its sections, which follow in the file's order.
struct AnalogyScore {
  double accuracy = 0;
  Index n_correct = 0;
  Index n_total = 0;
  Index n_skipped = 0;
  std::vector<AnalogySection> sections;
};

/// Agreement of cosines with what people said of pairs of words.
struct WordPairScore {
  double spearman = 0;  ///< correlation of ranks, ties sharing the mean of theirs
  double pearson = 0;
  double coverage = 0;  ///< share of the file's pairs whose words are both known: only they count
  Index n_pairs = 0;    ///< how many those are
};

}  // namespace unlabeled
