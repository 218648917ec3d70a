// SPDX-License-Identifier: MIT
#include "unlabeled/text/phrases.hpp"

#include <array>
#include <cmath>
#include <list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "io/files.hpp"
#include "support/catch.hpp"
#include "text/word_files.hpp"

#if __has_include(<sys/stat.h>)
#include <sys/stat.h>
#endif

using namespace unlabeled;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::Message;

namespace {

using Sentences = std::vector<std::vector<std::string>>;

/// "a b" ten times, with ten other words around it that occur once.
Sentences a_b() {
  Sentences sentences;
  for (int i = 0; i < 10; ++i) sentences.push_back({"a", "b", "x" + std::to_string(i)});
  return sentences;
}

}  // namespace

TEST_CASE("phrases, their scores and the joined sentences are those of gensim") {
  const auto sentences = reference_sentences("phrases_sentences.txt");
  const auto phrases = Phrases({.min_count = 3, .threshold = 0.11}).fit(sentences);
  const auto expected = reference_sentences("phrases.txt");
  REQUIRE(phrases.phrases().size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const Phrase& phrase = phrases.phrases()[i];
    CHECK(phrase.first + "_" + phrase.second == expected[i][0]);
    CHECK(phrase.score == Approx(std::stod(expected[i][1])).epsilon(1e-9));
  }
  CHECK(phrases.transform(sentences) == reference_sentences("phrases_joined.txt"));
}

TEST_CASE("the score is the formula's, and must exceed the threshold") {
  // 12 different words and 11 different pairs.
  const double score = (10 - 2) / (10.0 * 10.0) * 23;
  const auto phrases = Phrases({.min_count = 2, .threshold = 1}).fit(a_b());
  REQUIRE(phrases.phrases().size() == 1);
  CHECK(phrases.phrases()[0].first == "a");
  CHECK(phrases.phrases()[0].second == "b");
  CHECK(phrases.phrases()[0].count == 10);
  CHECK(phrases.phrases()[0].score == Approx(score));
  CHECK(phrases.model().n_words == 30);
  CHECK(phrases.model().n_different == 23);
  CHECK(Phrases({.min_count = 2, .threshold = phrases.phrases()[0].score})
            .fit(a_b())
            .phrases()
            .empty());
  CHECK(Phrases({.min_count = 10, .threshold = -1}).fit(a_b()).phrases().empty());
}

TEST_CASE("phrases are joined from left to right without overlap, only inside a sentence") {
  Sentences sentences(20, {"a", "a"});
  const auto phrases = Phrases({.min_count = 1, .threshold = 0, .delimiter = "++"}).fit(sentences);
  CHECK(phrases.transform(Sentences{{"a", "a", "a", "a", "a"}, {"a"}, {}, {"a", "b", "a"}}) ==
        Sentences{{"a++a", "a++a", "a"}, {"a"}, {}, {"a", "b", "a"}});
}

TEST_CASE("a second step finds longer phrases") {
  Sentences sentences = a_b();
  for (auto& sentence : sentences) sentence.insert(sentence.begin() + 2, "c");
  Phrases first({.min_count = 2, .threshold = 0.5}), second({.min_count = 2, .threshold = 0.5});
  const auto joined = second.fit_transform(first.fit_transform(sentences));
  CHECK(joined[0] == std::vector<std::string>{"a_b_c", "x0"});
}

TEST_CASE("any range of ranges of words is a text, and bytes are kept") {
  const std::list<std::vector<std::string_view>> views(5, {"\xC3\xA9", "\xFF"});
  const Phrases phrases = Phrases({.min_count = 1, .threshold = 0}).fit(views);
  const std::array<std::array<const char*, 2>, 1> literals{{{"\xC3\xA9", "\xFF"}}};
  CHECK(phrases.transform(literals) == Sentences{{"\xC3\xA9_\xFF"}});
}

TEST_CASE("files give what sentences in memory give") {
  const TemporaryFolder folder;
  const auto sentences = reference_sentences("phrases_sentences.txt");
  const auto in_memory = Phrases({.min_count = 3, .threshold = 0.11}).fit(sentences);
  const auto from_file =
      Phrases(in_memory.options()).fit_file(word2vec_reference("phrases_sentences.txt"));
  CHECK(from_file.model().n_words == in_memory.model().n_words);
  CHECK(from_file.phrases().size() == in_memory.phrases().size());
  CHECK(from_file.phrases()[0].score == in_memory.phrases()[0].score);
  from_file.transform_file(word2vec_reference("phrases_sentences.txt"), folder / "joined.txt");
  CHECK(read_file(folder / "joined.txt") == read_file(word2vec_reference("phrases_joined.txt")));
  CHECK_THAT(file_error([&] { from_file.transform_file(folder / "none", folder / "joined.txt"); }),
             ContainsSubstring("none: cannot be opened for reading"));
  CHECK(read_file(folder / "joined.txt") == read_file(word2vec_reference("phrases_joined.txt")));
}

#if __has_include(<sys/stat.h>)
TEST_CASE("a file that is read once may be a pipe") {
  const TemporaryFolder folder;
  REQUIRE(mkfifo((folder / "pipe").c_str(), 0600) == 0);
  std::thread writer([&] { write_file(folder / "pipe", "a b\na b\nc a b\n"); });
  const auto phrases = Phrases({.min_count = 1, .threshold = 0}).fit_file(folder / "pipe");
  writer.join();
  CHECK(phrases.model().n_words == 7);
  CHECK(phrases.phrases().size() == 1);
}
#endif

TEST_CASE("a file may be one long line") {
  const TemporaryFolder folder;
  std::string line;
  for (int i = 0; i < 15000; ++i) line += "a b ";
  const auto path = write_file(folder / "line.txt", line);
  const auto phrases = Phrases({.min_count = 1, .threshold = 1e-4}).fit_file(path);
  CHECK(phrases.model().n_words == 30000);
  REQUIRE(phrases.phrases().size() == 2);
  CHECK(phrases.phrases()[0].count == 15000);
  CHECK(phrases.phrases()[1].count == 15000 - 3);  // b a: none across the two cuts and the end
}

TEST_CASE("equal scores are in the order of the words, whatever that of the sentences") {
  Sentences sentences;
  for (const char* letter : {"d", "b", "c", "a"})
    for (int i = 0; i < 4; ++i) sentences.push_back({letter, std::string(letter) + letter});
  const auto phrases = Phrases({.min_count = 1, .threshold = 0}).fit(sentences);
  REQUIRE(phrases.phrases().size() == 4);
  for (std::size_t i = 0; i < 4; ++i)
    CHECK(phrases.phrases()[i].first == std::string(1, "abcd"[i]));
}

TEST_CASE("what cannot be is refused, and a failed fit changes nothing") {
  CHECK_THROWS_MATCHES(Phrases({.min_count = 0}), std::invalid_argument,
                       Message("Phrases: min_count must be >= 1, got 0"));
  CHECK_THROWS_MATCHES(Phrases({.threshold = std::nan("")}), std::invalid_argument,
                       Message("Phrases: threshold must be finite, got nan"));
  CHECK_THROWS_MATCHES(Phrases({.delimiter = ""}), std::invalid_argument,
                       Message("Phrases: delimiter must be at least one character, got \"\""));
  Phrases phrases({.min_count = 2, .threshold = 1});
  CHECK(!phrases.is_fitted());
  CHECK_THROWS_MATCHES(phrases.transform(a_b()), NotFitted, Message("Phrases: call fit() first"));
  CHECK_THROWS_AS(phrases.phrases(), NotFitted);
  phrases.fit(a_b());
  for (const Sentences& empty : {Sentences{}, Sentences{{}, {}}}) {
    CHECK_THROWS_MATCHES(phrases.fit(empty), std::invalid_argument,
                         Message("Phrases: sentences must have at least 1 word, got 0"));
    CHECK_THROWS_AS(phrases.fit_transform(empty), std::invalid_argument);
  }
  CHECK(phrases.phrases().size() == 1);
  CHECK(phrases.transform(Sentences{}).empty());
}

TEST_CASE("a fitted one can be made from its model") {
  const auto fitted = Phrases({.min_count = 2, .threshold = 1}).fit(a_b());
  PhrasesModel model{.phrases = fitted.phrases()};
  const Phrases again(fitted.options(), model);
  CHECK(again.transform(a_b()) == fitted.transform(a_b()));
  model.phrases[0].count = -1;
  CHECK_THROWS_MATCHES(Phrases(fitted.options(), model), std::invalid_argument,
                       Message("Phrases: model.phrases[i].count must be >= 0, got -1"));
}
