// SPDX-License-Identifier: MIT
#include "unlabeled/text/detail/word_pairs.hpp"

#include <algorithm>
#include <filesystem>
#include <string>

#include "io/files.hpp"
#include "support/catch.hpp"
#include "text/word_files.hpp"
#include "unlabeled/text/detail/word2vec_file.hpp"

using namespace unlabeled;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::EndsWith;
using detail::Samples;

namespace {

WordPairScore score(const std::filesystem::path& path, const EvaluationOptions& options = {}) {
  const auto named = detail::read_word2vec_binary<float>(word2vec_reference("gensim.bin"));
  return detail::score_word_pairs(named, Samples<float>(named.vectors), path, options);
}

WordPairScore score_text(const std::string& text) {
  const TemporaryFolder folder;
  return score(write_file(folder / "pairs.tsv", text));
}

std::string refusal(const std::string& text) {
  std::string message;
  try {
    message = file_error([&] { score_text(text); });
  } catch (const NumericalError& error) {
    message = error.what();
  }
  return message.substr(std::min(message.find("pairs.tsv"), message.size()));
}

}  // namespace

TEST_CASE("pairs of words are scored as gensim scores them, with and without regard to case") {
  const Matrix<double> expected = reference::read("word2vec/word_pairs.csv");
  for (const bool ignore_case : {true, false}) {
    const auto result = score(word2vec_reference("pairs.tsv"), {.ignore_case = ignore_case});
    const Index row = ignore_case ? 0 : 1;
    CHECK(result.spearman == Approx(expected(row, 0)).margin(1e-7));
    CHECK(result.pearson == Approx(expected(row, 1)).margin(1e-6));
    CHECK(result.coverage == Approx(expected(row, 2)));
    CHECK(result.n_pairs == (ignore_case ? 15 : 10));
  }
}

TEST_CASE("equal values share the mean of their ranks") {
  Vector<double> values(6);
  values << 3, 1, 3, 3, -2, 1;
  Vector<double> ranks(6);
  ranks << 5, 2.5, 5, 5, 1, 2.5;
  CHECK(detail::mean_ranks(values) == ranks);
}

TEST_CASE("the first line may name the columns, and lines may be comments or blank") {
  const auto result = score_text(
      "word 1\tword 2\tmean\r\n# comment\n\nParis\tfrance\t 3\r\nROME \titaly\t1.5\nlima\tin\t-2");
  CHECK(result.n_pairs == 3);
  CHECK(result.coverage == 1);
}

TEST_CASE("lines that are no pair are refused with their number") {
  const std::string good = "paris\tfrance\t3\n";
  for (const char* line : {"paris\tfrance", "paris france 3", "a\tb\tc\t3", "a\tb\tnan",
                           "a\tb\tinf", "a\tb\t3x", "a\tb\t"})
    CHECK(refusal(good + line + "\n") ==
          "pairs.tsv:2: expected two words and a number with tabs between them, got " +
              detail::excerpt(line));
  CHECK_THAT(refusal("a\tb\n"), EndsWith("with tabs between them, got none"));
  CHECK_THAT(refusal(""), EndsWith("with tabs between them, got none"));
}

TEST_CASE("bad options of an evaluation of pairs are refused") {
  CHECK_THROWS_WITH(score(word2vec_reference("pairs.tsv"), {.max_words = -1}),
                    "Word2Vec: max_words must be >= 0, got -1");
  CHECK_THROWS_AS(score(word2vec_reference("pairs.tsv"), {.n_threads = -1}), std::invalid_argument);
}

TEST_CASE("what has no correlation is refused") {
  CHECK_THAT(
      refusal("paris\tfrance\t3\nparis\tberlin\t2\n"),
      EndsWith("pairs.tsv: a correlation takes at least 2 pairs of known words, got 1 of 2"));
  CHECK_THAT(refusal("paris\tfrance\t3\nrome\titaly\t3\n"),
             ContainsSubstring("a correlation takes pairs that differ, got 2 pairs"));
}
