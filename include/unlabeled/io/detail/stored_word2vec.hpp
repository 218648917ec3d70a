// SPDX-License-Identifier: MIT
#pragma once

#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "unlabeled/core/types.hpp"
#include "unlabeled/io/detail/stored_model.hpp"
#include "unlabeled/text/word2vec.hpp"

namespace unlabeled::detail {

inline void visit_vocabulary(TensorWriter& visit, const Vocabulary& vocabulary) {
  visit("words", vocabulary.words(), "n_words");
  visit("counts", vocabulary.counts(), "n_words");
}

/// Numbers of words follow from their counts, so a file in another order would mix up the vectors.
inline void visit_vocabulary(TensorReader& visit, Vocabulary& vocabulary) {
  std::vector<std::string> words;
  std::vector<Index> counts;
  visit("words", words, "n_words");
  visit("counts", counts, "n_words");
  try {
    vocabulary = Vocabulary(words, std::move(counts));
  } catch (const std::invalid_argument& error) {
    visit.source().refuse(std::string("expected a valid vocabulary: ") + error.what());
  }
  visit.require(vocabulary.words() == words, "words in the order of their counts");
}

template <Real S> struct Stored<Word2Vec<S>> {
  static constexpr const char* kind = "Word2Vec";

  static void options(auto& visit, auto& options) {
    visit("vector_size", options.vector_size);
    visit("window", options.window);
    visit("min_count", options.min_count);
    visit("max_vocabulary", options.max_vocabulary);
    visit("architecture", options.architecture,
          {{"skip_gram", Word2VecArchitecture::skip_gram}, {"cbow", Word2VecArchitecture::cbow}});
    visit("objective", options.objective,
          {{"negative_sampling", Word2VecObjective::negative_sampling},
           {"hierarchical_softmax", Word2VecObjective::hierarchical_softmax},
           {"softmax", Word2VecObjective::softmax}});
    visit("n_negative", options.n_negative);
    visit("subsample", options.subsample);
    visit("negative_exponent", options.negative_exponent);
    visit("learning_rate", options.learning_rate);
    visit("min_learning_rate", options.min_learning_rate);
    visit("n_epochs", options.n_epochs);
    visit("max_sentence_length", options.max_sentence_length);
    visit("freeze_known", options.freeze_known);
    visit("deterministic", options.deterministic);
    visit("seed", options.seed);
    visit("n_threads", options.n_threads);
  }

  static void model(auto& visit, auto& model, const Word2VecOptions& options) {
    visit_vocabulary(visit, model.vocabulary);
    visit("vectors", model.vectors, "n_words", "vector_size");
    visit("output_weights", model.output_weights, "n_outputs", "vector_size");
    if (options.objective == Word2VecObjective::hierarchical_softmax)
      visit("tree", model.tree, "n_tree");
    visit("loss_history", model.loss_history, "n_epochs");
    visit_report(visit, model.report);
  }
};

}  // namespace unlabeled::detail
