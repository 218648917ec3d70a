// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <vector>

#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/text/detail/similar_words.hpp"
#include "unlabeled/text/vocabulary.hpp"
#include "unlabeled/text/word_vectors.hpp"

namespace unlabeled::detail {

/// What a question adds and what it takes away, as numbers of words.
struct WordSum {
  std::vector<Index> positive;
  std::vector<Index> negative = {};
};

/// For each question the n words most similar to its sum, but those it is made of.
template <Real S>
std::vector<std::vector<Neighbor>> answer_questions(Team& team, const Vocabulary& vocabulary,
                                                    const Samples<S>& vectors,
                                                    const std::vector<WordSum>& questions,
                                                    Index n) {
  WordQuestions<S> asked;
  asked.directions.resize(static_cast<Index>(questions.size()), vectors.n_features);
  for (std::size_t i = 0; i < questions.size(); ++i) {
    const auto& [positive, negative] = questions[i];
    asked.directions.row(static_cast<Index>(i)) =
        mean_direction(vectors, positive, negative).template cast<S>();
    asked.excluded.push_back(positive);
    asked.excluded.back().insert(asked.excluded.back().end(), negative.begin(), negative.end());
  }
  std::vector<std::vector<Neighbor>> found;
  for (const auto& answers : most_similar_words(team, vectors, vocabulary.size(), asked, n)) {
    found.emplace_back();
    for (const auto& [word, similarity] : answers)
      found.back().push_back({vocabulary.word(word), static_cast<double>(similarity)});
  }
  return found;
}

}  // namespace unlabeled::detail
