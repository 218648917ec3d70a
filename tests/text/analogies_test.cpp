// SPDX-License-Identifier: MIT
#include "unlabeled/text/detail/analogies.hpp"

#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <string>

#include "io/files.hpp"
#include "support/catch.hpp"
#include "text/word_files.hpp"
#include "unlabeled/text/detail/word2vec_file.hpp"

using namespace unlabeled;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::EndsWith;
using detail::in_capitals;
using detail::Samples;

namespace {

const detail::NamedVectors<float>& named() {
  static const auto vectors = detail::read_word2vec_binary<float>(word2vec_reference("gensim.bin"));
  return vectors;
}

AnalogyScore score(const std::filesystem::path& path, const EvaluationOptions& options = {}) {
  return detail::score_analogies(named(), Samples<float>(named().vectors), path, options);
}

AnalogyScore score_text(const std::string& text, const EvaluationOptions& options = {}) {
  const TemporaryFolder folder;
  return score(write_file(folder / "questions.txt", text), options);
}

std::string refusal(const std::string& text) {
  const std::string message = file_error([&] { score_text(text); });
  return message.substr(std::min(message.find("questions.txt"), message.size()));
}

}  // namespace

TEST_CASE("analogies are scored as gensim scores them, with and without regard to case") {
  for (const bool ignore_case : {true, false})
    for (const int n_threads : {1, 2}) {
      const auto result = score(word2vec_reference("questions.txt"),
                                {.ignore_case = ignore_case, .n_threads = n_threads});
      const auto expected =
          reference_sentences(ignore_case ? "analogies_ignore_case.txt" : "analogies_exact.txt");
      REQUIRE(result.sections.size() == 4);
      for (std::size_t i = 0; i < 4; ++i) {
        const AnalogySection& section = result.sections[i];
        CHECK(section.name == expected[i][0]);
        CHECK(section.n_correct == std::stoi(expected[i][1]));
        CHECK(section.n_total == std::stoi(expected[i][2]));
      }
      CHECK(result.n_correct == std::stoi(expected[4][1]));
      CHECK(result.n_total == std::stoi(expected[4][2]));
      CHECK(result.n_total + result.n_skipped == 56 + 30 + 2 + 3);
      CHECK(result.accuracy == double(result.n_correct) / double(result.n_total));
      CHECK(result.sections[2].accuracy == 0);
      CHECK(result.sections[2].n_skipped == 2);
    }
}

TEST_CASE("only the first words of the vocabulary take part") {
  const auto result =
      score(word2vec_reference("questions.txt"), {.max_words = number_of(named(), "walked")});
  CHECK(result.n_total > 0);
  CHECK(result.n_total < 88);
  CHECK(score(word2vec_reference("questions.txt"), {.max_words = 0}).n_total == 0);
}

TEST_CASE("bad options of an evaluation are refused") {
  const auto refusal = [](const EvaluationOptions& options) {
    try {
      score(word2vec_reference("questions.txt"), options);
    } catch (const std::invalid_argument& error) {
      return std::string(error.what());
    }
    return std::string("no refusal");
  };
  CHECK(refusal({.max_words = -1}) == "Word2Vec: max_words must be >= 0, got -1");
  CHECK(refusal({.n_threads = -2}) ==
        "Word2Vec: n_threads must be >= 0 (0 = all hardware threads), got -2");
}

TEST_CASE("lines may end in any way and be blank") {
  const auto result =
      score_text("\xEF\xBB\xBF:  two words \r\n\r\nwalk  walked\tswim swam\r\n:\n\n : x y z");
  REQUIRE(result.sections.size() == 2);
  CHECK(result.sections[0].name == "two words");
  CHECK(result.sections[0].n_total == 1);
  CHECK(result.sections[1].name.empty());
  CHECK(result.sections[1].n_skipped == 1);
}

TEST_CASE("lines that are no question are refused with their number") {
  CHECK(refusal(": a\nwalk walked swim swam\n\nwalk walked swim\n") ==
        "questions.txt:4: expected 4 words, or a section \": name\", got \"walk walked swim\"");
  CHECK_THAT(refusal(": a\na b c d e\n"), ContainsSubstring("questions.txt:2: expected 4 words"));
  CHECK(refusal("walk walked swim swam\n") ==
        "questions.txt:1: expected a section \": name\" before the first question, got \"walk "
        "walked swim swam\"");
  CHECK_THAT(refusal(""), EndsWith("questions.txt: expected lines of 4 words, got none"));
  CHECK_THAT(refusal(": a\n: b\n"), EndsWith("questions.txt: expected lines of 4 words, got none"));
  CHECK_THAT(file_error([] { score("no such file"); }), ContainsSubstring("cannot be opened"));
}

TEST_CASE("letters with a case have capitals") {
  CHECK(in_capitals("az AZ 09 {`") == "AZ AZ 09 {`");
  CHECK(in_capitals("éàöþ÷ ğışž łđő") == "ÉÀÖÞ÷ ĞıŞŽ ŁĐŐ");
  CHECK(in_capitals("αβγως ϊ") == "ΑΒΓΩΣ Ϊ");
  CHECK(in_capitals("ά έήί ό ύώ ÿ") == "Ά ΈΉΊ Ό ΎΏ Ÿ");
  CHECK(in_capitals("ΆΈΉΊΌΎΏ Ÿ ΐ ΰ") == "ΆΈΉΊΌΎΏ Ÿ ΐ ΰ");  // the last have no single capital
  CHECK(in_capitals("москва ёђџ ґ") == "МОСКВА ЁЂЏ Ґ");
  CHECK(in_capitals("日本 ß") == "日本 ß");
  CHECK(in_capitals("ÉМΣ") == "ÉМΣ");
  CHECK(in_capitals("\xC3") == "\xC3");
  CHECK(in_capitals("\xC3z\xFF") == "\xC3Z\xFF");
}
