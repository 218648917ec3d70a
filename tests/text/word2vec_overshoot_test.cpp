// SPDX-License-Identifier: MIT
// Changes that are computed together must not add up to more than descent one plan at a time would
// bear: the deterministic mode against plain descent, and how many plans it takes together.

#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/instances/word2vec.hpp"
#include "text/corpora.hpp"
#include "unlabeled/core/random.hpp"
#include "unlabeled/text/detail/plans_together.hpp"
#include "unlabeled/text/word2vec.hpp"

using namespace unlabeled;

namespace {

using Objective = Word2VecObjective;
using Architecture = Word2VecArchitecture;

/// Sentences of 20 words, each about one of 39 topics with 10 words.
Sentences many_topics(Index n_tokens) {
  Rng rng(5);
  Sentences sentences;
  for (Index i = 0; i < n_tokens / 20; ++i) {
    const Index first = 10 * rng.index_below(39);
    sentences.emplace_back();
    for (int k = 0; k < 20; ++k)
      sentences.back().push_back("w" + std::to_string(first + rng.index_below(10)));
  }
  return sentences;
}

/// Together against one by one, after each epoch.
void check_losses(Word2VecOptions options, const Sentences& sentences, double tolerance) {
  options.vector_size = 50;
  options.min_count = 1;
  options.n_epochs = 3;
  options.n_threads = 1;
  options.deterministic = false;
  const Vector<double> expected = Word2Vec<>(options).fit(sentences).loss_history();
  options.deterministic = true;
  const Vector<double> found = Word2Vec<>(options).fit(sentences).loss_history();
  REQUIRE(found.size() == 3);
  for (Index epoch = 0; epoch < 3; ++epoch)
    CHECK(found[epoch] == Approx(expected[epoch]).epsilon(tolerance));
}

/// A vocabulary as natural text has it: the word of rank r has the share 1 / r, up to a factor.
Vocabulary natural_vocabulary(Index n_words) {
  std::vector<std::string> words;
  std::vector<Index> counts;
  for (Index rank = 1; rank <= n_words; ++rank) {
    words.push_back("w" + std::to_string(rank));
    counts.push_back(10000000 / (rank + 2));
  }
  return {words, counts};
}

Index plans_of(const Word2VecOptions& options, const Vocabulary& vocabulary) {
  Eigen::VectorXi tree;
  if (options.objective == Objective::hierarchical_softmax)
    tree = detail::huffman_tree(vocabulary.counts());
  const detail::WindowRules rules(options, vocabulary, tree);
  const auto [n_lanes, per_lane] =
      detail::plans_together<float>(rules, detail::padded_length<float>(options.vector_size));
  CHECK(n_lanes >= 1);
  CHECK(per_lane >= 1);
  return n_lanes * per_lane;
}

}  // namespace

TEST_CASE("together, changes of many noise words train as one after the other") {
  const Sentences sentences = many_topics(30000);
  check_losses({.window = 10, .n_negative = 10, .learning_rate = 0.05}, sentences, 0.1);
  check_losses({.window = 15, .n_negative = 20}, sentences, 0.1);
  check_losses({.window = 10, .architecture = Architecture::cbow, .learning_rate = 0.1}, sentences,
               0.1);
}

TEST_CASE("together, changes of one tree or of one softmax train as one after the other") {
  const Sentences sentences = many_topics(30000);
  check_losses({.objective = Objective::hierarchical_softmax, .learning_rate = 0.05}, sentences,
               0.03);
  check_losses({.objective = Objective::hierarchical_softmax}, sentences, 0.03);
  check_losses({.window = 10, .objective = Objective::softmax, .learning_rate = 0.05},
               many_topics(3000), 0.03);
}

TEST_CASE("plans are as many as the learning rate and the memory bear") {
  const Vocabulary natural = natural_vocabulary(100000);
  CHECK(plans_of({}, natural) >= 60);
  CHECK(plans_of({}, natural) <= 128);
  CHECK(plans_of({.n_threads = 1}, natural) == plans_of({.n_threads = 7}, natural));
  CHECK(plans_of({.learning_rate = 0.1}, natural) < plans_of({}, natural));
  CHECK(plans_of({.learning_rate = 1e-9}, natural) == 128);
  CHECK(plans_of({.learning_rate = 100}, natural) == 1);
  CHECK(plans_of({.objective = Objective::hierarchical_softmax}, natural) >= 6);
  // 100,000 rows of changes take 45 MB.
  CHECK(plans_of({.objective = Objective::softmax, .learning_rate = 1e-9}, natural) == 1);
  CHECK(plans_of({.window = 536870911}, natural) == 1);
}
