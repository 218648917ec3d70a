// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "unlabeled/core/check.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/text/word2vec_model.hpp"
#include "unlabeled/text/word2vec_options.hpp"

namespace unlabeled::detail {

inline void check_counts(const Word2VecOptions& options) {
  constexpr const char* owner = "Word2Vec";
  constexpr Index most = std::numeric_limits<std::int32_t>::max() / 4;
  const auto check_positive = [&](const char* name, Index value) {
    check_option(value >= 1 && value <= most, owner, name, "from 1 to 536870911", value);
  };
  check_positive("vector_size", options.vector_size);
  check_positive("window", options.window);
  check_positive("n_negative", options.n_negative);
  check_option(options.min_count >= 1, owner, "min_count", ">= 1", options.min_count);
  check_option(options.max_vocabulary >= 0, owner, "max_vocabulary", ">= 0 (0 = all words)",
               options.max_vocabulary);
  check_option(options.n_epochs >= 1, owner, "n_epochs", ">= 1", options.n_epochs);
  check_option(options.max_sentence_length >= 1, owner, "max_sentence_length", ">= 1",
               options.max_sentence_length);
  check_n_threads(owner, options.n_threads);
}

inline Word2VecOptions checked(Word2VecOptions options) {
  constexpr const char* owner = "Word2Vec";
  check_counts(options);
  check_option(options.architecture == Word2VecArchitecture::skip_gram ||
                   options.architecture == Word2VecArchitecture::cbow,
               owner, "architecture", "a member of Word2VecArchitecture",
               static_cast<int>(options.architecture));
  check_option(options.objective >= Word2VecObjective::negative_sampling &&
                   options.objective <= Word2VecObjective::softmax,
               owner, "objective", "a member of Word2VecObjective",
               static_cast<int>(options.objective));
  check_option(is_finite(options.subsample) && options.subsample >= 0, owner, "subsample",
               ">= 0 and finite (0 = keep every word)", options.subsample);
  check_option(is_finite(options.negative_exponent), owner, "negative_exponent", "finite",
               options.negative_exponent);
  check_option(is_finite(options.learning_rate) && options.learning_rate > 0, owner,
               "learning_rate", "> 0 and finite", options.learning_rate);
  check_option(options.min_learning_rate >= 0 && options.min_learning_rate <= options.learning_rate,
               owner, "min_learning_rate", ">= 0 and at most learning_rate",
               options.min_learning_rate);
  return options;
}

/// Whether each entry lies below a node that comes later, each node has two branches, and so all
/// paths lead to the one top.
inline bool is_tree(const Eigen::VectorXi& above, Index n_words) {
  if (above.size() != 2 * n_words - 1) return false;
  std::vector<char> taken(static_cast<std::size_t>(2 * n_words), 0);
  for (Index i = 0; i < above.size(); ++i) {
    const bool is_top = i == above.size() - 1 && above[i] == -1;
    if (is_top) return true;
    if (above[i] < 0 || above[i] / 2 >= n_words - 1 || above[i] / 2 <= i - n_words) return false;
    if (std::exchange(taken[static_cast<std::size_t>(above[i])], 1) != 0) return false;
  }
  return false;
}

template <Real S> Word2VecModel<S> checked(Word2VecModel<S> model, const Word2VecOptions& options) {
  constexpr const char* owner = "Word2Vec";
  const Index n_words = model.vocabulary.size();
  const bool has_tree = options.objective == Word2VecObjective::hierarchical_softmax;
  check_option(n_words >= 1, owner, "model.vocabulary.size()", ">= 1", n_words);
  const auto check_shape = [&](const char* name, const RowMatrix<S>& x, Index n_rows) {
    if (x.rows() != n_rows || x.cols() != options.vector_size)
      refuse(owner, std::string(name) + " must have " + printed(n_rows) + " rows and " +
                        printed(options.vector_size) + " columns, got " + printed(x.rows()) +
                        " and " + printed(x.cols()));
    check_finite(owner, name, x);
  };
  check_shape("model.vectors", model.vectors, n_words);
  check_shape("model.output_weights", model.output_weights, has_tree ? n_words - 1 : n_words);
  if (has_tree ? !is_tree(model.tree, n_words) : model.tree.size() != 0)
    refuse(owner, std::string("model.tree must be ") +
                      (has_tree ? "a tree over all words" : "empty without hierarchical_softmax"));
  check_finite(owner, "model.loss_history", model.loss_history);
  check_option(model.report.n_iterations >= 0, owner, "model.report.n_iterations", ">= 0",
               model.report.n_iterations);
  return model;
}

}  // namespace unlabeled::detail
