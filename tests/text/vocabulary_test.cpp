// SPDX-License-Identifier: MIT
#include "unlabeled/text/vocabulary.hpp"

#include <limits>
#include <stdexcept>
#include <string>

#include "support/catch.hpp"

using namespace unlabeled;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("the largest count comes first, and bytes decide ties") {
  const Vocabulary vocabulary({"b", "é", "a", "Z", "often"}, {2, 2, 2, 2, 9});
  REQUIRE(vocabulary.size() == 5);
  CHECK(vocabulary.words() == std::vector<std::string>{"often", "Z", "a", "b", "é"});
  CHECK(vocabulary.word(4) == "é");
  CHECK(vocabulary.count(0) == 9);
  CHECK(vocabulary.counts() == std::vector<Index>{9, 2, 2, 2, 2});
  CHECK(vocabulary.total_count() == 17);
}

TEST_CASE("a word is found by its bytes, in copies too") {
  std::vector<std::string> words;
  std::vector<Index> counts;
  for (Index i = 0; i < 1000; ++i) {
    words.push_back("word" + std::to_string(i));
    counts.push_back(2000 - i);
  }
  words.emplace_back("", 0);
  words.emplace_back("a\0b", 3);
  counts.insert(counts.end(), {2, 1});
  Vocabulary copy;
  {
    const Vocabulary original(words, counts);
    copy = original;
  }
  for (Index i = 0; i < 1002; ++i) CHECK(copy.index(words[static_cast<std::size_t>(i)]) == i);
  CHECK(copy.contains("word999"));
  CHECK_FALSE(copy.contains("word1000"));
  CHECK_FALSE(copy.index("a").has_value());
  CHECK(copy.find("Word1") == -1);
  CHECK_FALSE(Vocabulary().index("a").has_value());
  CHECK(Vocabulary().size() == 0);
}

TEST_CASE("lists that are no vocabulary are refused") {
  CHECK_THROWS_WITH(Vocabulary({"a", "b"}, {1}),
                    "Vocabulary: counts must have one entry per word (2), got 1");
  CHECK_THROWS_WITH(Vocabulary({"a", "b", "a"}, {1, 2, 3}),
                    "Vocabulary: words must differ, got \"a\" twice");
  CHECK_THROWS_WITH(Vocabulary({"a"}, {-1}), ContainsSubstring("counts must be >= 0"));
  const Index most = std::numeric_limits<Index>::max();
  CHECK_THROWS_AS(Vocabulary({"a", "b"}, {most, 1}), std::invalid_argument);
  CHECK(Vocabulary({"a", "b"}, {most, 0}).total_count() == most);
  CHECK_THROWS_AS(Vocabulary().word(0), std::out_of_range);
  CHECK_THROWS_AS(Vocabulary({"a"}, {1}).count(1), std::out_of_range);
}
