// SPDX-License-Identifier: MIT
#include <cstddef>
#include <string>

#include "io/files.hpp"
#include "io/unchecked.hpp"
#include "support/catch.hpp"
#include "support/instances/all.hpp"
#include "text/corpora.hpp"
#include "unlabeled/io/model_file.hpp"
#include "unlabeled/text/phrases.hpp"

using namespace unlabeled;
using Catch::Matchers::ContainsSubstring;

namespace {

const Sentences sentences = {{"größe", "b", "c"}, {"b", "c", "d"}, {"d", "größe", "b"}};

/// The checksum would tell of any change before what is changed is looked at.
std::string without_checksum(std::string content) {
  const std::size_t sum = content.find("\"checksum\"");
  REQUIRE(sum != std::string::npos);
  const std::size_t value = content.find('"', sum + 11);
  const std::size_t comma = content.find(',', value);
  const std::size_t close = content.find('}', value);
  const std::size_t end = comma < close ? comma + 1 : close;
  return content.replace(sum, end - sum, std::string(end - sum, ' '));
}

Phrases fitted_phrases(const std::string& delimiter = "\xFF ") {
  Sentences text;
  for (int i = 0; i < 10; ++i) text.push_back({"é", "b", "x" + std::to_string(i)});
  return Phrases({.min_count = 2, .threshold = -0.5, .delimiter = delimiter}).fit(text);
}

/// What loading the file "x" says once the last `from` in it is `to`.
template <class E>
std::string refusal_of_changed(const TemporaryFolder& folder, const std::string& from,
                               const std::string& to) {
  std::string changed = without_checksum(read_file(folder / "x"));
  const std::size_t at = changed.rfind(from);
  REQUIRE(at != std::string::npos);
  changed.replace(at, from.size(), to);
  write_file(folder / "y", changed);
  return file_error([&] { static_cast<void>(load<E>(folder / "y")); });
}

}  // namespace

TEMPLATE_TEST_CASE("a loaded Word2Vec gives the same bits and learns on", "", float, double) {
  using S = TestType;
  Word2Vec<S> word2vec({.vector_size = 6,
                        .window = 2,
                        .min_count = 1,
                        .max_vocabulary = 9,
                        .architecture = Word2VecArchitecture::cbow,
                        .objective = GENERATE(Word2VecObjective::negative_sampling,
                                              Word2VecObjective::hierarchical_softmax),
                        .n_negative = 3,
                        .subsample = 0.25,
                        .negative_exponent = 0.5,
                        .learning_rate = 0.125,
                        .min_learning_rate = 0.0625,
                        .n_epochs = 3,
                        .max_sentence_length = 77,
                        .freeze_known = true,
                        .deterministic = false,
                        .seed = 11,
                        .n_threads = 1});
  word2vec.fit(sentences);
  const TemporaryFolder folder;
  save(folder / "x", word2vec);
  auto again = load<Word2Vec<S>>(folder / "x");
  CHECK(again.vocabulary().words() == word2vec.vocabulary().words());
  CHECK(again.vocabulary().counts() == word2vec.vocabulary().counts());
  CHECK(again.vectors() == word2vec.vectors());
  CHECK(again.model().tree == word2vec.model().tree);
  CHECK(again.loss_history() == word2vec.loss_history());
  CHECK(again.report().n_iterations == 3);
  const Word2VecOptions& options = again.options();
  CHECK(options.vector_size == 6);
  CHECK(options.window == 2);
  CHECK(options.min_count == 1);
  CHECK(options.max_vocabulary == 9);
  CHECK(options.architecture == Word2VecArchitecture::cbow);
  CHECK(options.objective == word2vec.options().objective);
  CHECK(options.n_negative == 3);
  CHECK(options.subsample == 0.25);
  CHECK(options.negative_exponent == 0.5);
  CHECK(options.learning_rate == 0.125);
  CHECK(options.min_learning_rate == 0.0625);
  CHECK(options.n_epochs == 3);
  CHECK(options.max_sentence_length == 77);
  CHECK(options.freeze_known);
  CHECK_FALSE(options.deterministic);
  CHECK(options.seed == 11);
  CHECK(options.n_threads == 1);
  const Sentences more = {{"d", "new", "b", "new"}, {"c", "b"}};
  again.partial_fit(more);
  word2vec.partial_fit(more);
  CHECK(again.vectors() == word2vec.vectors());
  CHECK(again.model().output_weights == word2vec.model().output_weights);
}

TEST_CASE("a Word2Vec whose parts contradict each other is refused") {
  using W = Word2Vec<double>;
  const W fitted = W({.vector_size = 4,
                      .min_count = 1,
                      .objective = Word2VecObjective::hierarchical_softmax,
                      .n_epochs = 1})
                       .fit(sentences);
  const TemporaryFolder folder;
  auto refusal = [&](auto&& spoil) {
    Unchecked<W> altered{fitted.options(), fitted.model()};
    spoil(altered.the_options, altered.the_model);
    save(folder / "x", altered);
    return file_error([&] { static_cast<void>(load<W>(folder / "x")); });
  };
  CHECK(refusal([](auto&, auto&) {}) == "no FileError");
  CHECK_THAT(refusal([](auto& options, auto&) { options.vector_size = 5; }),
             ContainsSubstring("model.vectors must have 4 rows and 5 columns, got 4 and 4"));
  CHECK_THAT(refusal([](auto&, auto& model) { model.tree[0] = -1; }),
             ContainsSubstring("model.tree must be a tree over all words"));
  CHECK_THAT(refusal([](auto&, auto& model) { model.tree[1] = model.tree[0]; }),
             ContainsSubstring("model.tree must be a tree over all words"));
  CHECK_THAT(refusal([](auto&, auto& model) { model.output_weights.conservativeResize(2, 4); }),
             ContainsSubstring("model.output_weights must have 3 rows"));
  CHECK_THAT(refusal([](auto&, auto& model) { model.vectors.conservativeResize(3, 4); }),
             ContainsSubstring("expected n_words = 4"));
  CHECK_THAT(refusal([](auto&, auto& model) { model.report.n_iterations = -1; }),
             ContainsSubstring("model.report.n_iterations must be >= 0"));
  CHECK_THAT(refusal([](auto& options, auto&) { options.window = 0; }),
             ContainsSubstring("window must be from 1"));
}

TEST_CASE("words of a file that are no vocabulary are refused") {
  const TemporaryFolder folder;
  const auto fitted =
      Word2Vec<double>({.vector_size = 4, .min_count = 1, .n_epochs = 1}).fit(sentences);
  save(folder / "x", fitted);
  const auto refusal = [&](const std::string& from, const std::string& to) {
    return refusal_of_changed<Word2Vec<double>>(folder, from, to);
  };
  CHECK(refusal("größe", "groesse") == "no FileError");  // another word in the same order
  CHECK_THAT(refusal("bcdgröße", "bdcgröße"), ContainsSubstring("order of their counts"));
}

TEST_CASE("loaded Phrases join the same words") {
  const TemporaryFolder folder;
  const Phrases phrases = fitted_phrases();
  REQUIRE(phrases.phrases().size() == 1);
  save(folder / "x", phrases);
  const auto again = load<Phrases>(folder / "x");
  CHECK(again.options().min_count == 2);
  CHECK(again.options().threshold == -0.5);
  CHECK(again.options().delimiter == "\xFF ");
  CHECK(again.model().n_words == phrases.model().n_words);
  CHECK(again.model().n_different == phrases.model().n_different);
  REQUIRE(again.phrases().size() == 1);
  CHECK(again.phrases()[0].first == "é");
  CHECK(again.phrases()[0].second == "b");
  CHECK(again.phrases()[0].count == 10);
  CHECK(again.phrases()[0].score == phrases.phrases()[0].score);
  const Sentences text = {{"é", "b", "é"}, {}, {"b", "é", "b"}};
  CHECK(again.transform(text) == phrases.transform(text));
  CHECK(again.transform(text)[0][0] == "é\xFF b");
  save(folder / "none", Phrases({.threshold = 1e9}).fit(text));
  CHECK(load<Phrases>(folder / "none").phrases().empty());
  CHECK_THROWS_AS(save(folder / "never", Phrases()), NotFitted);
}

TEST_CASE("a file of Phrases that contradicts itself is refused") {
  const TemporaryFolder folder;
  const Phrases fitted = fitted_phrases();
  save(folder / "x", fitted);
  const std::string content = read_file(folder / "x");
  const auto number = [](char value) { return value + std::string(7, value < 0 ? value : 0); };
  const auto refusal = [&](const std::string& from, const std::string& to) {
    return refusal_of_changed<Phrases>(folder, from, to);
  };
  CHECK(refusal("éb", "cdb") == "no FileError");
  CHECK_THAT(refusal(number(1), number(2)), ContainsSubstring("to be numbers of words"));
  CHECK_THAT(refusal(number(1), number(-1)), ContainsSubstring("to be numbers of words"));
  CHECK_THAT(refusal(number(10), number(-1)),
             ContainsSubstring("model.phrases[i].count must be >= 0, got -1"));
  CHECK_THAT(refusal(number(30), number(-1)),
             ContainsSubstring("model.n_words must be >= 0, got -1"));
  CHECK_THAT(refusal("[255,32]", "[      ]"), ContainsSubstring("delimiter must be at least one"));
  CHECK_THAT(refusal("[255,32]", "[256,32]"), ContainsSubstring("a list of integers"));
  CHECK_THAT(refusal("[255,32]", R"(\"____\")"), ContainsSubstring("a list of integers"));
  CHECK_THAT(file_error([&] { static_cast<void>(load<Word2Vec<double>>(folder / "x")); }),
             ContainsSubstring("holds a Phrases, expected a Word2Vec"));
  write_file(folder / "y", content.substr(0, content.size() - 5));
  CHECK(file_error([&] { static_cast<void>(load<Phrases>(folder / "y")); }) != "no FileError");
}
