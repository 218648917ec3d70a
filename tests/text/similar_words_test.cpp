// SPDX-License-Identifier: MIT
#include "unlabeled/text/detail/similar_words.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/data.hpp"
#include "text/word_files.hpp"
#include "unlabeled/text/detail/word2vec_file.hpp"

using namespace unlabeled;
using detail::most_similar_words;
using detail::Samples;
using detail::SimilarWords;
using detail::Team;
using detail::WordQuestions;

namespace {

template <Real S> WordQuestions<S> random_questions(Index n_questions, Index n_dimensions) {
  WordQuestions<S> questions;
  questions.directions = random_matrix<S>(n_questions, n_dimensions, 11);
  questions.directions.rowwise().normalize();
  questions.excluded.resize(static_cast<std::size_t>(n_questions));
  for (Index i = 0; i < n_questions; ++i)
    questions.excluded[static_cast<std::size_t>(i)] = {i, 2 * i + 1};
  return questions;
}

/// All cosines, sorted.
template <Real S>
SimilarWords<S> by_brute_force(const RowMatrix<S>& vectors, const WordQuestions<S>& questions,
                               Index question) {
  const auto& excluded = questions.excluded[static_cast<std::size_t>(question)];
  SimilarWords<S> all;
  for (Index i = 0; i < vectors.rows(); ++i)
    if (std::find(excluded.begin(), excluded.end(), i) == excluded.end())
      all.push_back({i, vectors.row(i).normalized().dot(questions.directions.row(question))});
  std::sort(all.begin(), all.end(), detail::is_before<S>);
  return all;
}

template <Real S> bool are_equal(const SimilarWords<S>& a, const SimilarWords<S>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& one, const auto& two) {
    return one.word == two.word && one.similarity == two.similarity;
  });
}

}  // namespace

TEST_CASE("the most similar words are those that gensim finds") {
  const auto named = detail::read_word2vec_binary<float>(word2vec_reference("gensim.bin"));
  const Samples<float> vectors(named.vectors);
  Team team(1);
  for (const auto& line : reference_lines("most_similar.txt")) {
    INFO(line);
    const auto parts = split(line, '|');
    const auto positive = numbers_of(named, split(parts[0]));
    const auto negative = numbers_of(named, split(parts[1]));
    WordQuestions<float> question;
    question.directions = mean_direction(vectors, positive, negative).cast<float>().transpose();
    question.excluded = {positive};
    question.excluded[0].insert(question.excluded[0].end(), negative.begin(), negative.end());
    const auto found = most_similar_words(team, vectors, named.size(), question, 6);
    const auto expected = split(parts[2]);
    REQUIRE(found.at(0).size() == 6);
    for (std::size_t i = 0; i < 6; ++i) {
      CHECK(named.word(found[0][i].word) == expected[2 * i]);
      CHECK(found[0][i].similarity == Approx(std::stod(expected[2 * i + 1])).margin(1e-6));
    }
  }
}

TEST_CASE("the odd word is the one that gensim finds") {
  const auto named = detail::read_word2vec_binary<float>(word2vec_reference("gensim.bin"));
  for (const auto& line : reference_lines("doesnt_match.txt")) {
    INFO(line);
    const auto parts = split(line, '|');
    const auto words = split(parts[0]);
    const Index odd = odd_position(Samples<float>(named.vectors), numbers_of(named, words));
    CHECK(words[static_cast<std::size_t>(odd)] == parts[1]);
  }
}

TEMPLATE_TEST_CASE("the search finds what a look at all words finds", "", float, double) {
  using S = TestType;
  const RowMatrix<S> vectors = random_matrix<S>(1234, 37, 5);
  Team team(1);
  for (const Index n_questions : {1, 40, 600}) {
    const auto questions = random_questions<S>(n_questions, 37);
    const auto found = most_similar_words(team, Samples<S>(vectors), 1234, questions, 9);
    REQUIRE(static_cast<Index>(found.size()) == n_questions);
    for (Index q = 0; q < n_questions; q += 13) {
      const auto expected = by_brute_force(vectors, questions, q);
      const auto& answers = found[static_cast<std::size_t>(q)];
      REQUIRE(answers.size() == 9);
      for (std::size_t i = 0; i < 9; ++i) {
        CHECK(answers[i].word == expected[i].word);
        CHECK(answers[i].similarity == Approx(expected[i].similarity).margin(1e-5));
      }
    }
  }
}

TEMPLATE_TEST_CASE("the answers are the same bits for any number of threads and of questions", "",
                   float, double) {
  using S = TestType;
  const RowMatrix<S> vectors = random_matrix<S>(20000, 10, 5);
  const auto questions = random_questions<S>(300, 10);
  Team one(1);
  const auto expected = most_similar_words(one, Samples<S>(vectors), 20000, questions, 4);
  for (const int n_threads : {2, 3, 5}) {
    Team team(n_threads);
    const auto found = most_similar_words(team, Samples<S>(vectors), 20000, questions, 4);
    for (std::size_t i = 0; i < 300; ++i) CHECK(are_equal(found[i], expected[i]));
    WordQuestions<S> last{questions.directions.bottomRows(1), {questions.excluded.back()}};
    const auto alone = most_similar_words(team, Samples<S>(vectors), 20000, last, 4);
    CHECK(are_equal(alone[0], expected.back()));
  }
}

TEST_CASE("equal words come in the order of their numbers") {
  RowMatrix<double> vectors(30000, 2);
  for (Index i = 0; i < vectors.rows(); ++i)
    vectors.row(i) << (i % 3 == 1 ? 1.0 : -1.0) * double(1 + i % 5), 0;
  WordQuestions<double> question{RowMatrix<double>{{1, 0}}, {{4}}};
  Team team(2);
  const auto found = most_similar_words(team, Samples<double>(vectors), 30000, question, 10000);
  REQUIRE(found[0].size() == 10000);
  CHECK(found[0][0].word == 1);
  CHECK(found[0][1].word == 7);  // 4 is excluded
  CHECK(found[0][9998].word == 29998);
  CHECK(found[0][9999].word == 0);
  CHECK(found[0][9998].similarity == 1);
  CHECK(found[0][9999].similarity == -1);
}

TEST_CASE("fewer words than asked for, and none, are answered") {
  const RowMatrix<float> vectors = random_matrix<float>(3, 4, 1);
  const auto questions = random_questions<float>(2, 4);
  Team team(1);
  const auto found = most_similar_words(team, Samples<float>(vectors), 3, questions, 100);
  CHECK(found[0].size() == 1);  // 0 and 1 are excluded
  CHECK(found[1].size() == 2);  // 1 and 3 are
  CHECK(most_similar_words(team, Samples<float>(vectors), 2, questions, 100)[0].empty());
  CHECK(most_similar_words(team, Samples<float>(vectors), 3, questions, 0)[1].empty());
  const WordQuestions<float> none{RowMatrix<float>(0, 4), {}};
  CHECK(most_similar_words(team, Samples<float>(vectors), 3, none, 5).empty());
}

TEST_CASE("vectors of any length have a cosine") {
  const float tiny = std::numeric_limits<float>::denorm_min();
  const RowMatrix<float> vectors{{0, 0}, {1e30f, 1e30f}, {tiny, 0}, {-3, 0}};
  CHECK(detail::cosine(Samples<float>(vectors), 1, 2) == Approx(std::sqrt(0.5)));
  CHECK(detail::cosine(Samples<float>(vectors), 2, 3) == -1);
  CHECK(detail::cosine(Samples<float>(vectors), 0, 1) == 0);
  const RowMatrix<double> wide{{1e300, 1e300}, {1e-300, 0}};
  CHECK(detail::cosine(Samples<double>(wide), 0, 1) == Approx(std::sqrt(0.5)));
  Team team(1);
  const WordQuestions<float> question{RowMatrix<float>{{1, 0}}, {{}}};
  const auto found = most_similar_words(team, Samples<float>(vectors), 4, question, 4);
  CHECK(found[0][0].word == 2);
  CHECK(found[0][0].similarity == 1);
  CHECK(found[0][1].similarity == Approx(std::sqrt(0.5f)));
  CHECK(found[0][2].word == 0);
  CHECK(found[0][2].similarity == 0);
}
