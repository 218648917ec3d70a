// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>

#include "unlabeled/core/report.hpp"
#include "unlabeled/core/types.hpp"

// The words in which the training of Word2Vec is described.

namespace unlabeled {

/// What predicts what, inside a window around each word of a sentence.
enum class Word2VecArchitecture {
  /// Each word of the window alone predicts the word in the middle.
  skip_gram,
  /// The mean of the window's words predicts the word in the middle. Each of the m words gets 1 / m
  /// of the mean's gradient, which is the derivative; gensim's cbow_mean gives each of them all of
  /// it, so that there vectors of words move m times as fast at equal learning rates.
  cbow
};

/// How the prediction is judged, for an input vector u and output vectors v.
enum class Word2VecObjective {
  negative_sampling,     ///< log s(v u) + sum over n_negative noise words of log s(-v' u)
  hierarchical_softmax,  ///< sum of log s(+-v u) over the nodes of the word's path in a Huffman tree
  softmax  ///< log of exp(v u) / sum over all words of exp(v' u); for small vocabularies
};

/// Where a running fit stands, for a callback that wants more than one report an epoch.
struct Word2VecProgress {
  Index epoch = 0;              ///< 0 for the first
  Index n_epochs = 0;           ///< of this fit
  Index n_words = 0;            ///< words of the text passed so far, all epochs together
  Index n_words_total = 0;      ///< when the fit is done
  double loss = 0;              ///< mean over the predictions of this epoch so far
  double learning_rate = 0;     ///< of the next word
  double words_per_second = 0;  ///< since the training began
};

/// Returns false to stop the fit early with a valid model.
using OnWord2VecProgress = std::function<bool(const Word2VecProgress&)>;

struct Word2VecOptions {
  Index vector_size = 100;   ///< length of a word's vector
  Index window = 5;          ///< most words to each side; each word draws its own from 1 … window
  Index min_count = 5;       ///< words seen less often are dropped from the text
  Index max_vocabulary = 0;  ///< keep only the most frequent words; 0: all
  Word2VecArchitecture architecture = Word2VecArchitecture::skip_gram;
  Word2VecObjective objective = Word2VecObjective::negative_sampling;
  Index n_negative = 5;               ///< noise words that each prediction counts with
  double subsample = 1e-3;            ///< t: a word with share f of the text stays with probability
                                      ///< min(1, sqrt(t / f) + t / f); 0: every word stays
  double negative_exponent = 0.75;    ///< noise words are drawn in proportion to count^this
  double learning_rate = 0.025;       ///< at the first word; falls linearly with the words passed
  double min_learning_rate = 1e-4;    ///< at the last word
  Index n_epochs = 5;                 ///< passes over the text
  Index max_sentence_length = 10000;  ///< longer sentences are cut into pieces of so many words
  bool freeze_known = false;  ///< partial_fit leaves the vectors of words it knew as they are
  bool deterministic =
      true;                ///< equal bits for every n_threads; false: threads write without locks
  std::uint64_t seed = 0;  ///< same seed and text, same result (deterministic, or n_threads = 1)
  int n_threads = 0;       ///< 0 = all hardware threads, 1 = the calling thread only
  OnIteration on_iteration = {};  ///< once an epoch; objective: its mean loss; change: its fall
  OnWord2VecProgress on_progress = {};  ///< every few hundred thousand words
};

}  // namespace unlabeled
