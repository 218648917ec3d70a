// SPDX-License-Identifier: MIT
#include "unlabeled/text/word2vec.hpp"

#include <algorithm>
#include <limits>
#include <list>
#include <string>
#include <string_view>

#include "support/catch.hpp"
#include "support/instances/word2vec.hpp"
#include "text/corpora.hpp"

using namespace unlabeled;
using Catch::Matchers::ContainsSubstring;

namespace {

using Objective = Word2VecObjective;
using Architecture = Word2VecArchitecture;

Word2VecOptions small_options() {
  return {.vector_size = 12,
          .window = 3,
          .min_count = 1,
          .subsample = 0,
          .n_epochs = 4,
          .n_threads = 1};
}

/// Mean cosine between words of a topic minus that between topics.
template <class E> double separation(const E& word2vec, int n_words) {
  double inside = 0, between = 0;
  for (int i = 0; i < n_words; ++i)
    for (int j = 0; j < n_words; ++j) {
      const std::string a = "a" + std::to_string(i), b = "b" + std::to_string(j);
      if (i != j) inside += word2vec.similarity(a, "a" + std::to_string(j));
      between += word2vec.similarity(a, b);
    }
  return inside / (n_words * (n_words - 1)) - between / (n_words * n_words);
}

}  // namespace

TEMPLATE_TEST_CASE("words of one topic end up together by every method", "", float, double) {
  Word2VecOptions options = small_options();
  options.objective =
      GENERATE(Objective::negative_sampling, Objective::hierarchical_softmax, Objective::softmax);
  options.architecture = GENERATE(Architecture::skip_gram, Architecture::cbow);
  options.deterministic = GENERATE(true, false);
  options.learning_rate = 0.1;
  options.n_epochs = 8;
  const auto word2vec = Word2Vec<TestType>(options).fit(two_topics(1000, 8, 1));
  CHECK(separation(word2vec, 8) > 0.5);
  const Vector<double>& losses = word2vec.loss_history();
  REQUIRE(losses.size() == 8);
  CHECK(losses[7] < losses[0] - 0.02);  // within a topic nothing can be foretold
  CHECK(word2vec.report().objective == losses[7]);
  CHECK(word2vec.report().n_iterations == 8);
  CHECK(word2vec.report().stop == Stop::max_iterations);
}

TEST_CASE("three sentences train and answer") {
  Word2VecOptions options = small_options();
  options.n_epochs = 200;
  const auto word2vec = Word2Vec<>(options).fit(fox_and_dog());
  CHECK(word2vec.vocabulary().size() == 14);
  CHECK(word2vec.vocabulary().word(0) == "the");
  CHECK(word2vec.vocabulary().count(0) == 4);
  CHECK(word2vec.vectors().allFinite());
  const auto near = word2vec.most_similar("fox", 3);
  REQUIRE(near.size() == 3);
  CHECK(near[0].similarity >= near[1].similarity);
  CHECK(near[0].similarity == Approx(word2vec.similarity("fox", near[0].word)).epsilon(1e-5));
  CHECK(word2vec.loss_history()[199] < word2vec.loss_history()[0]);
  CHECK(word2vec.most_similar("fox", 100).size() == 13);
  const auto sum = word2vec.most_similar({"fox", "lazy"}, {"quick"}, 14);
  REQUIRE(sum.size() == 11);
  for (const auto& neighbor : sum) CHECK(neighbor.word != "lazy");
  CHECK(word2vec.odd_one_out({"fox"}) == "fox");
}

TEST_CASE("vectors are handed out by word") {
  const auto word2vec = Word2Vec<double>(small_options()).fit(fox_and_dog());
  const std::list<std::string_view> words = {"dog", "the", "dog"};
  const Matrix<double> rows = word2vec.transform(words);
  REQUIRE(rows.rows() == 3);
  REQUIRE(rows.cols() == 12);
  CHECK(rows.row(0) == rows.row(2));
  CHECK(rows.row(1).transpose() == word2vec.vector("the"));
  CHECK(rows.row(1) == word2vec.vectors().row(0));
  CHECK(word2vec.transform(std::vector<std::string>{}).rows() == 0);
  const auto each = word2vec.most_similar_to_each(words, 2);
  REQUIRE(each.size() == 3);
  CHECK(each[1].front().word == word2vec.most_similar("the", 2).front().word);
  CHECK(word2vec.contains("dog"));
  CHECK_FALSE(word2vec.contains("cat"));
}

TEST_CASE("a word that is not known is named") {
  const auto word2vec = Word2Vec<>(small_options()).fit(fox_and_dog());
  const std::string message = "Word2Vec: the word \"zebra\" is not in the vocabulary";
  CHECK_THROWS_WITH(word2vec.vector("zebra"), message);
  CHECK_THROWS_WITH(word2vec.similarity("fox", "zebra"), message);
  CHECK_THROWS_WITH(word2vec.most_similar("zebra"), message);
  CHECK_THROWS_WITH(word2vec.most_similar({"fox"}, {"zebra"}), message);
  CHECK_THROWS_WITH(word2vec.odd_one_out({"fox", "zebra"}), message);
  CHECK_THROWS_WITH(word2vec.transform(std::vector<const char*>{"zebra"}), message);
  CHECK_THROWS_AS(word2vec.vector("zebra"), std::invalid_argument);
  CHECK_THROWS_WITH(word2vec.most_similar(std::vector<std::string>{}, {}),
                    ContainsSubstring("at least 1 word"));
  CHECK_THROWS_WITH(word2vec.odd_one_out({}), ContainsSubstring("at least 1 word"));
  CHECK_THROWS_WITH(word2vec.most_similar("fox", 0), "Word2Vec: n must be >= 1, got 0");
}

TEST_CASE("odd texts train too") {
  Word2VecOptions options = small_options();
  options.architecture = GENERATE(Architecture::skip_gram, Architecture::cbow);
  options.objective =
      GENERATE(Objective::negative_sampling, Objective::hierarchical_softmax, Objective::softmax);
  options.window = GENERATE(1, 40);
  options.n_negative = GENERATE(1, 20);  // 20 noise words of one or two there are
  const auto trained = [&](const Sentences& sentences) {
    const auto word2vec = Word2Vec<>(options).fit(sentences);
    CHECK(word2vec.vectors().allFinite());
    CHECK(word2vec.model().output_weights.allFinite());
    return word2vec;
  };
  CHECK(trained({{"a"}}).report().objective == 0);
  CHECK(trained({{"a", "a", "a"}, {"a"}}).vocabulary().size() == 1);
  CHECK(trained({{}, {"a", "b"}, {}, {"b"}, {}}).vocabulary().size() == 2);
  const Sentences alone = {{"a"}, {"b"}, {"c"}};
  CHECK(trained(alone).report().objective == 0);
}

TEST_CASE("a text of which no word is left is refused, and the model before stays") {
  Word2VecOptions options = small_options();
  options.min_count = 3;
  Word2Vec<> word2vec(options);
  word2vec.fit(two_topics(50, 3, 1));
  const RowMatrix<float> before = word2vec.vectors();
  CHECK_THROWS_WITH(word2vec.fit(Sentences{{"x", "y", "x"}, {}}),
                    "Word2Vec: no word of the text was seen at least min_count (3) times; it has 3 "
                    "words, 2 different ones");
  CHECK_THROWS_AS(word2vec.fit(Sentences{}), std::invalid_argument);
  CHECK(word2vec.vectors() == before);
  CHECK_THROWS_AS(Word2Vec<>().fit(Sentences{{}, {}}), std::invalid_argument);
}

TEST_CASE("a training that diverges is refused, and the model before stays") {
  Word2VecOptions options = small_options();
  Word2Vec<> word2vec(options);
  word2vec.fit(two_topics(50, 3, 1));
  options.learning_rate = 1e30;
  Word2Vec<> wild(options, word2vec.model());
  CHECK_THROWS_AS(wild.fit(two_topics(200, 3, 2)), NumericalError);
  CHECK(wild.vectors() == word2vec.vectors());
}

TEST_CASE("the vocabulary keeps the words that are seen often enough, and not too many") {
  const Sentences sentences = {{"b", "a", "b", "c", "a", "b", "d", "d"}};
  Word2VecOptions options = small_options();
  options.min_count = 2;
  CHECK(Word2Vec<>(options).fit(sentences).vocabulary().words() ==
        std::vector<std::string>{"b", "a", "d"});
  options.max_vocabulary = 2;
  CHECK(Word2Vec<>(options).fit(sentences).vocabulary().words() ==
        std::vector<std::string>{"b", "a"});
}

TEST_CASE("any range of ranges of texts is a text") {
  const std::list<std::vector<std::string_view>> views = {{"a", "b", "c"}, {"b", "c", "d"}};
  const std::vector<std::vector<const char*>> literals = {{"a", "b", "c"}, {"b", "c", "d"}};
  const Word2VecOptions options = small_options();
  const auto expected = Word2Vec<>(options).fit(Sentences{{"a", "b", "c"}, {"b", "c", "d"}});
  CHECK(Word2Vec<>(options).fit(views).vectors() == expected.vectors());
  CHECK(Word2Vec<>(options).fit(literals).vectors() == expected.vectors());
}

TEST_CASE("a callback ends a fit inside of an epoch or after it, with a valid model") {
  const Sentences sentences = two_topics(9000, 20, 1);
  Word2VecOptions options = small_options();
  Index calls = 0;
  options.on_progress = [&](const Word2VecProgress& progress) {
    CHECK(progress.n_epochs == 4);
    CHECK(progress.n_words > 0);
    CHECK(progress.n_words < progress.n_words_total);
    CHECK(progress.words_per_second > 0);
    CHECK(progress.learning_rate < 0.025);
    CHECK(progress.loss > 0);
    return ++calls < 2;
  };
  Word2Vec<> word2vec(options);
  word2vec.fit(sentences);
  CHECK(calls == 2);
  CHECK(word2vec.report().stop == Stop::callback);
  CHECK(word2vec.report().n_iterations == word2vec.loss_history().size());
  CHECK(word2vec.vectors().allFinite());
  options.on_progress = {};
  options.on_iteration = [&](const Iteration& now) { return now.index < 1; };
  Word2Vec<> other(options);
  other.fit(sentences);
  CHECK(other.report().n_iterations == 2);
  CHECK(other.report().stop == Stop::callback);
}

TEST_CASE("partial_fit goes on and lets the vocabulary grow") {
  Word2VecOptions options = small_options();
  options.objective =
      GENERATE(Objective::negative_sampling, Objective::hierarchical_softmax, Objective::softmax);
  options.freeze_known = GENERATE(false, true);
  options.min_count = 2;
  Word2Vec<double> word2vec(options);
  word2vec.partial_fit(two_topics(200, 4, 1));
  CHECK(word2vec.vocabulary().size() == 9);
  CHECK(word2vec.report().n_iterations == 1);
  const auto before = word2vec;
  Sentences more = two_topics(40, 4, 2);
  for (int i = 0; i < 300; ++i) more.push_back({"a0", "new", "newer", i % 2 == 0 ? "a1" : "newer"});
  more.push_back({"once"});
  word2vec.partial_fit(more);
  CHECK(word2vec.vocabulary().size() == 11);
  CHECK(word2vec.report().n_iterations == 2);
  CHECK(word2vec.vocabulary().word(1) == "newer");
  CHECK_FALSE(word2vec.contains("once"));
  const Vocabulary& now = word2vec.vocabulary();
  CHECK(now.count(*now.index("a0")) > before.vocabulary().count(*before.vocabulary().index("a0")));
  CHECK((word2vec.vector("a0") == before.vector("a0")) == options.freeze_known);
  CHECK(word2vec.vector("new").norm() > 0.2);
  // The model is one that could be loaded.
  CHECK(Word2Vec<double>(options, word2vec.model()).vectors() == word2vec.vectors());
  CHECK_THROWS_AS(Word2Vec<>(options).partial_fit(Sentences{{"x"}}), std::invalid_argument);
}

TEST_CASE("a grown tree leaves the old words' nodes where they were") {
  Word2VecOptions options = small_options();
  options.objective = Objective::hierarchical_softmax;
  options.learning_rate = 1e-12;  // what is compared is the tree, not what it learns
  options.min_learning_rate = 0;
  Word2Vec<double> word2vec(options);
  word2vec.partial_fit(two_topics(100, 5, 1));
  const auto before = word2vec;
  word2vec.partial_fit(Sentences{{"x", "y", "z", "x"}});
  const auto path = [](const Word2Vec<double>& of, const std::string& word) {
    const auto& above = of.model().tree;
    std::vector<int> steps;
    for (int step = above[*of.vocabulary().index(word)]; step >= 0;
         step = above[of.vocabulary().size() + step / 2])
      steps.push_back(step);
    return steps;
  };
  for (const auto& word : before.vocabulary().words()) {
    std::vector<int> longer = path(word2vec, word);
    CHECK(longer.back() / 2 == word2vec.vocabulary().size() - 2);
    longer.pop_back();
    CHECK(longer == path(before, word));
  }
  CHECK(path(word2vec, "x") != path(word2vec, "y"));
}

TEST_CASE("vectors of a file are a model that can learn on") {
  const std::string folder = UNLABELED_REFERENCE_DIR "/word2vec/";
  const auto word2vec = Word2Vec<>::load_word2vec_text(folder + "gensim.txt", small_options());
  CHECK(word2vec.options().vector_size == word2vec.vectors().cols());
  CHECK(word2vec.vocabulary().size() == word2vec.vectors().rows());
  auto more = word2vec;
  more.partial_fit(fox_and_dog());
  CHECK(more.contains("fox"));
  CHECK(more.vocabulary().size() > word2vec.vocabulary().size());
}

TEST_CASE("words to look up may be listed in braces") {
  const auto word2vec = Word2Vec<>(small_options()).fit(fox_and_dog());
  using Words = std::vector<std::string>;
  const auto names = [](const std::vector<Neighbor>& neighbors) {
    Words words;
    for (const Neighbor& neighbor : neighbors) words.push_back(neighbor.word);
    return words;
  };
  const Words alone = names(word2vec.most_similar("fox"));
  CHECK(alone.size() == 10);
  CHECK(names(word2vec.most_similar(std::string("fox"))) == alone);
  CHECK(names(word2vec.most_similar(std::string_view("fox"))) == alone);
  const char* const fox = "fox";
  CHECK(names(word2vec.most_similar(fox, 10)) == alone);
  CHECK(names(word2vec.most_similar({"fox"})) == alone);
  CHECK(names(word2vec.most_similar({"fox"}, {})) == alone);
  CHECK(names(word2vec.most_similar({"fox"}, {}, 10)) == alone);
  CHECK(names(word2vec.most_similar("fox", 3)) == Words(alone.begin(), alone.begin() + 3));
  const Words two = names(word2vec.most_similar(Words{"fox", "dog"}, Words{}));
  CHECK(names(word2vec.most_similar({"fox", "dog"})) == two);
  CHECK(names(word2vec.most_similar({"fox", "dog"}, {}, 10)) == two);
  CHECK(names(word2vec.most_similar(Words{"fox", "dog"})) == two);
  CHECK(names(word2vec.most_similar({"fox", "dog", "the"})).size() == 10);
  CHECK(names(word2vec.most_similar({"fox", "dog"}, {"the", "quick"}, 3)).size() == 3);
  CHECK(names(word2vec.most_similar({}, {"the"}, 3)).size() == 3);
  CHECK(word2vec.transform({"fox", "dog"}) == word2vec.transform(Words{"fox", "dog"}));
  const auto each = word2vec.most_similar_to_each({"fox", "dog"}, 10);
  REQUIRE(each.size() == 2);
  CHECK(names(each[0]) == alone);
  CHECK(word2vec.odd_one_out({"fox", "dog", "the"}).size() == 3);
}

TEST_CASE("a text of one sentence learns at the whole range of learning rates") {
  Word2VecOptions options = small_options();
  options.n_epochs = 1;
  options.min_learning_rate = 0;
  options.learning_rate = 0.1;
  options.deterministic = GENERATE(true, false);
  Sentences sentences(1);
  for (int i = 0; i < 5000; ++i) sentences[0].push_back("w" + std::to_string(i * i % 11));
  const auto word2vec = Word2Vec<>(options).fit(sentences);
  CHECK(word2vec.model().output_weights.norm() > 0.1);
}

TEST_CASE("a text of which subsampling leaves next to nothing trains") {
  Word2VecOptions options = small_options();
  options.subsample = 1e-30;
  options.objective =
      GENERATE(Objective::negative_sampling, Objective::hierarchical_softmax, Objective::softmax);
  const auto word2vec = Word2Vec<>(options).fit(fox_and_dog());
  CHECK(word2vec.loss_history() == Vector<double>::Zero(4));
  CHECK(word2vec.vectors().allFinite());
}

TEST_CASE("any finite exponent draws noise words") {
  Word2VecOptions options = small_options();
  options.negative_exponent = GENERATE(-1e6, -1.0, 0.0, 1e6);
  const auto word2vec = Word2Vec<>(options).fit(fox_and_dog());
  CHECK(word2vec.vectors().allFinite());
  CHECK(word2vec.loss_history()[3] > 0);
}

TEST_CASE("words that were never seen can be trained on") {
  Word2VecOptions options = small_options();
  options.negative_exponent = GENERATE(-1.0, 0.75);
  auto model = Word2Vec<>(options).fit(fox_and_dog()).model();
  const std::vector<Index> none(model.vocabulary.words().size(), 0);
  model.vocabulary = Vocabulary(model.vocabulary.words(), none);
  Word2Vec<> word2vec(options, model);
  word2vec.partial_fit(Sentences{{"fox", "dog"}});
  CHECK(word2vec.vectors().allFinite());
  CHECK(word2vec.loss_history()[4] > 0);
}

TEST_CASE("a window may be wider than any sentence") {
  Word2VecOptions options = small_options();
  options.window = 536870911;
  options.architecture = GENERATE(Architecture::skip_gram, Architecture::cbow);
  options.max_sentence_length = GENERATE(Index{4}, Index{10000}, std::numeric_limits<Index>::max());
  options.deterministic = GENERATE(true, false);
  const auto word2vec = Word2Vec<>(options).fit(fox_and_dog());
  CHECK(word2vec.vectors().allFinite());
  CHECK(word2vec.report().objective > 0);
}

TEST_CASE("no number of epochs is too large to count the words to come") {
  Word2VecOptions options = small_options();
  options.n_epochs = std::numeric_limits<Index>::max();
  Index total = 0;
  options.on_progress = [&](const Word2VecProgress& progress) {
    total = progress.n_words_total;
    return false;
  };
  CHECK(Word2Vec<>(options).fit(fox_and_dog()).report().stop == Stop::callback);
  CHECK(total == std::numeric_limits<Index>::max());
}

TEST_CASE("more text without a word to learn from is refused, and the model stays") {
  Word2VecOptions options = small_options();
  options.min_count = 2;
  Word2Vec<> word2vec(options);
  word2vec.fit(two_topics(50, 3, 1));
  const RowMatrix<float> before = word2vec.vectors();
  CHECK_THROWS_WITH(word2vec.partial_fit(Sentences{}),
                    "Word2Vec: no word of the text is known or was seen at least min_count (2) "
                    "times; it has 0 words, 0 different ones");
  CHECK_THROWS_AS(word2vec.partial_fit(Sentences{{"x"}, {"y"}}), std::invalid_argument);
  CHECK(word2vec.loss_history().size() == 4);
  CHECK(word2vec.report().n_iterations == 4);
  CHECK(word2vec.vectors() == before);
  options.max_vocabulary = 3;
  Word2Vec<> full(options, word2vec.model());
  CHECK_THROWS_WITH(full.partial_fit(Sentences{{"x", "x"}}),
                    "Word2Vec: no word of the text is known or may join the vocabulary, which has "
                    "max_vocabulary (3) words; it has 2 words, 1 different ones");
}
