// SPDX-License-Identifier: MIT
// What the battery asks of estimators of matrices, asked of one of sentences.

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "contract/answers.hpp"
#include "support/catch.hpp"
#include "support/instances/word2vec.hpp"
#include "text/corpora.hpp"

using namespace unlabeled;

namespace {

Word2VecOptions options_of(const Settings& settings) {
  return {.vector_size = 5,
          .window = 2,
          .min_count = 1,
          .n_epochs = std::min<Index>(settings.max_iterations, 3),
          .seed = settings.seed,
          .n_threads = settings.n_threads,
          .on_iteration = settings.on_iteration};
}
template <Real S> Word2Vec<S> make(const Settings& settings = {}) {
  return Word2Vec<S>(options_of(settings));
}

Sentences training() { return two_topics(120, 6, 1); }
Sentences other() { return two_topics(100, 7, 2); }

template <Real S> Answers told(const Word2Vec<S>& word2vec) {
  Matrix<double> report = as_matrix(word2vec.report());
  const auto near = word2vec.most_similar("a0", 1).front();
  return {{as_matrix(word2vec.vectors()), as_matrix(word2vec.model().output_weights),
           as_matrix(word2vec.loss_history()), std::move(report), as_matrix(near.similarity),
           as_matrix(word2vec.transform(std::vector<std::string>{"b0", "and"}))}};
}

}  // namespace

TEMPLATE_TEST_CASE("a fit of sentences is repeatable and forgets the one before", "[contract]",
                   float, double) {
  auto fresh = make<TestType>(), used = make<TestType>();
  fresh.fit(training());
  used.fit(other());
  CHECK(told(used) != told(fresh));
  CHECK(told(used.fit(training())) == told(fresh));
  CHECK(told(fresh.fit(training())) == told(used));
  CHECK(told(make<TestType>({.seed = 2}).fit(training())) != told(fresh));
}

TEMPLATE_TEST_CASE("copies, moves and temporaries keep their vectors", "[contract]", float,
                   double) {
  auto word2vec = make<TestType>();
  word2vec.fit(training());
  const Answers before = told(word2vec);
  auto copy = word2vec;
  word2vec.fit(other());
  CHECK(told(copy) == before);
  const auto moved = std::move(copy);
  CHECK(told(moved) == before);
  CHECK_FALSE(copy.is_fitted());
  auto&& kept = make<TestType>().fit(training());
  STATIC_REQUIRE(std::is_rvalue_reference_v<decltype(kept)>);
  CHECK(told(kept) == before);
  CHECK(told(Word2Vec<TestType>(moved.options(), moved.model())) == before);
}

TEMPLATE_TEST_CASE("many threads train and answer", "[contract]", float, double) {
  const Sentences sentences = two_topics(900, 40, 4);
  const Answers expected = told(make<TestType>().fit(sentences));
  for (const int n_threads : {2, 3, 4, 0})
    CHECK(told(make<TestType>({.n_threads = n_threads}).fit(sentences)) == expected);
  Word2VecOptions options = options_of({.n_threads = 3});
  options.deterministic = false;
  CHECK(Word2Vec<TestType>(options).fit(sentences).vectors().allFinite());
  const auto word2vec = make<TestType>({.n_threads = 2}).fit(sentences);
  std::vector<Answers> heard(4);
  std::vector<std::thread> threads;
  for (Answers& mine : heard) threads.emplace_back([&] { mine = told(word2vec); });
  for (std::thread& thread : threads) thread.join();
  for (const Answers& mine : heard) CHECK(mine == expected);
}

TEMPLATE_TEST_CASE("no word can be asked for before fit", "[contract]", float, double) {
  const auto word2vec = make<TestType>();
  const auto refuses = [](const std::function<void()>& call) {
    CHECK(message_of<NotFitted>(call) == "Word2Vec: call fit() first");
  };
  CHECK_FALSE(word2vec.is_fitted());
  refuses([&] { static_cast<void>(word2vec.model()); });
  refuses([&] { static_cast<void>(word2vec.vocabulary()); });
  refuses([&] { static_cast<void>(word2vec.contains("a")); });
  refuses([&] { static_cast<void>(word2vec.vectors()); });
  refuses([&] { static_cast<void>(word2vec.vector("a")); });
  refuses([&] { static_cast<void>(word2vec.transform(std::vector<std::string>{"a"})); });
  refuses([&] { static_cast<void>(word2vec.most_similar("a")); });
  refuses([&] { static_cast<void>(word2vec.n_features()); });
  refuses([&] { static_cast<void>(word2vec.loss_history()); });
  refuses([&] { static_cast<void>(word2vec.report()); });
  refuses([&] { word2vec.save_word2vec_text("never"); });
}

TEMPLATE_TEST_CASE("a callback stops the passes, or throws to the caller", "[contract]", float,
                   double) {
  Index calls = 0;
  bool fails = false;
  auto word2vec = make<TestType>({.on_iteration = [&](const Iteration& now) {
    if (fails) throw std::runtime_error("enough");
    CHECK(now.index == calls);
    CHECK(now.total == 3);
    return ++calls < 2;
  }});
  word2vec.fit(training());
  CHECK(word2vec.report().stop == Stop::callback);
  CHECK(word2vec.report().n_iterations == 2);
  const Answers before = told(word2vec);
  fails = true;
  CHECK(message_of<std::runtime_error>([&] { word2vec.fit(other()); }) == "enough");
  CHECK(message_of<std::runtime_error>([&] { word2vec.partial_fit(other()); }) == "enough");
  CHECK(told(word2vec) == before);
}

TEST_CASE("every bad option of Word2Vec is refused by name and value", "[contract]") {
  using Options = Word2VecOptions;
  const auto refusal = [](const Options& options) {
    return message_of<std::invalid_argument>([&] { Word2Vec<>{options}; });
  };
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(refusal({.vector_size = 0}) == "Word2Vec: vector_size must be from 1 to 536870911, got 0");
  CHECK(refusal({.window = -1}) == "Word2Vec: window must be from 1 to 536870911, got -1");
  CHECK(refusal({.min_count = 0}) == "Word2Vec: min_count must be >= 1, got 0");
  CHECK(refusal({.max_vocabulary = -1}) ==
        "Word2Vec: max_vocabulary must be >= 0 (0 = all words), got -1");
  CHECK(refusal({.architecture = static_cast<Word2VecArchitecture>(2)}) ==
        "Word2Vec: architecture must be a member of Word2VecArchitecture, got 2");
  CHECK(refusal({.objective = static_cast<Word2VecObjective>(3)}) ==
        "Word2Vec: objective must be a member of Word2VecObjective, got 3");
  CHECK(refusal({.n_negative = 0}) == "Word2Vec: n_negative must be from 1 to 536870911, got 0");
  CHECK(refusal({.subsample = -1}) ==
        "Word2Vec: subsample must be >= 0 and finite (0 = keep every word), got -1");
  CHECK(refusal({.negative_exponent = infinity}) ==
        "Word2Vec: negative_exponent must be finite, got inf");
  CHECK(refusal({.learning_rate = 0}) == "Word2Vec: learning_rate must be > 0 and finite, got 0");
  CHECK(refusal({.learning_rate = 0.1, .min_learning_rate = 0.2}) ==
        "Word2Vec: min_learning_rate must be >= 0 and at most learning_rate, got 0.2");
  CHECK(refusal({.n_epochs = 0}) == "Word2Vec: n_epochs must be >= 1, got 0");
  CHECK(refusal({.max_sentence_length = 0}) == "Word2Vec: max_sentence_length must be >= 1, got 0");
  CHECK(refusal({.n_threads = -1}) ==
        "Word2Vec: n_threads must be >= 0 (0 = all hardware threads), got -1");
}
