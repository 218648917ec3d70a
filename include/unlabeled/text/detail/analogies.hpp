// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "unlabeled/core/file.hpp"
#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/text/detail/buffered_bytes.hpp"
#include "unlabeled/text/detail/evaluation.hpp"
#include "unlabeled/text/detail/named_vectors.hpp"
#include "unlabeled/text/detail/similar_words.hpp"
#include "unlabeled/text/word_vectors.hpp"

// Questions "a is to b as c is to d" (Mikolov et al. 2013, arXiv 1301.3781), answered by the word
// nearest to b - a + c in cosine that is none of the three.

namespace unlabeled::detail {

/// The four words of a question whose words are all known, by number.
struct AnalogyQuestion {
  std::array<Index, 4> words;
  std::size_t section;
};

/// The numbers of a line's four words, -1 for those that are unknown.
inline std::array<Index, 4> analogy_words(const TextLines& lines, std::string_view line,
                                          const EvaluatedWords& known) {
  std::array<Index, 4> words{};
  std::string_view rest = line;
  std::size_t n_words = 0;
  for (auto word = next_field(rest); !word.empty(); word = next_field(rest), ++n_words)
    if (n_words < words.size()) words[n_words] = known.find(word);
  if (n_words != words.size())
    lines.refuse_line("expected 4 words, or a section \": name\", got " + excerpt(line));
  return words;
}

/// Reads a file in the form of questions-words.txt: lines ": section", each followed by questions of
/// four words. Skipped questions are counted in `score`.
inline std::vector<AnalogyQuestion> read_analogies(const std::filesystem::path& path,
                                                   const EvaluatedWords& known,
                                                   AnalogyScore& score) {
  TextLines lines(path);
  std::vector<AnalogyQuestion> questions;
  bool has_question = false;
  while (const auto line = lines.next()) {
    if (without_blanks(*line).empty()) continue;
    if (line->starts_with(':')) {
      score.sections.push_back({.name = std::string(without_blanks(line->substr(1)))});
      continue;
    }
    if (score.sections.empty())
      lines.refuse_line("expected a section \": name\" before the first question, got " +
                        excerpt(*line));
    has_question = true;
    const auto words = analogy_words(lines, *line, known);
    if (*std::min_element(words.begin(), words.end()) < 0)
      ++score.sections.back().n_skipped;
    else
      questions.push_back({words, score.sections.size() - 1});
  }
  if (!has_question) lines.refuse("expected lines of 4 words, got none");
  return questions;
}

template <Real S>
WordQuestions<S> analogy_directions(const Samples<S>& vectors,
                                    const std::vector<AnalogyQuestion>& questions) {
  WordQuestions<S> asked;
  asked.directions.resize(static_cast<Index>(questions.size()), vectors.n_features);
  for (std::size_t i = 0; i < questions.size(); ++i) {
    const auto [a, b, c, d] = questions[i].words;
    const Vector<double> direction = mean_direction(vectors, {b, c}, {a});
    asked.directions.row(static_cast<Index>(i)) = direction.template cast<S>();
    asked.excluded.push_back({a, b, c});
  }
  return asked;
}

inline double share(Index part, Index whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

inline void add_up_sections(AnalogyScore& score) {
  for (AnalogySection& section : score.sections) {
    section.accuracy = share(section.n_correct, section.n_total);
    score.n_correct += section.n_correct;
    score.n_total += section.n_total;
    score.n_skipped += section.n_skipped;
  }
  score.accuracy = share(score.n_correct, score.n_total);
}

/// Whether the best answer that is no other form (in case) of the question's words is the fourth.
/// As gensim does it, other forms are passed over only within the first five answers.
template <NamedWords Words, Real S>
bool is_answered(const AnalogyQuestion& question, const SimilarWords<S>& answers,
                 const Words& words, const EvaluatedWords& known) {
  const auto text = [&](Index word) { return known.compared(words.word(word)); };
  const auto [a, b, c, d] = question.words;
  for (const auto& answer : answers) {
    const std::string answered = text(answer.word);
    if (answered == text(a) || answered == text(b) || answered == text(c)) continue;
    return answered == text(d);
  }
  return false;
}

/// Cost        2 q n d flops for q questions and n words with d dimensions.
/// Throws      FileError with path and line.
template <NamedWords Words, Real S>
AnalogyScore score_analogies(const Words& words, const Samples<S>& vectors,
                             const std::filesystem::path& path, const EvaluationOptions& options) {
  const EvaluatedWords known(words, options);
  AnalogyScore score;
  const std::vector<AnalogyQuestion> questions = read_analogies(path, known, score);
  Team team(options.n_threads);
  constexpr Index n_answers = 5;
  const auto answers = most_similar_words(team, vectors, known.size(),
                                          analogy_directions(vectors, questions), n_answers);
  for (std::size_t i = 0; i < questions.size(); ++i) {
    AnalogySection& section = score.sections[questions[i].section];
    ++section.n_total;
    if (is_answered(questions[i], answers[i], words, known)) ++section.n_correct;
  }
  add_up_sections(score);
  return score;
}

}  // namespace unlabeled::detail
