// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "unlabeled/core/check.hpp"
#include "unlabeled/core/concepts.hpp"
#include "unlabeled/core/file.hpp"
#include "unlabeled/core/fitted.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/text/detail/file_text.hpp"
#include "unlabeled/text/detail/phrase_table.hpp"
#include "unlabeled/text/detail/token_sentences.hpp"

namespace unlabeled {

struct PhrasesOptions {
  /// Pairs seen no more often are no phrases; the others are discounted by it, so that two rare
  /// words that met by chance do not pass. >= 1.
  Index min_count = 5;
  /// A pair is a phrase where its score is greater. Higher: fewer phrases.
  double threshold = 10;
  /// What stands between the words of a phrase once they are joined; not empty.
  std::string delimiter = "_";
};

/// Two words that occur together more often than each alone lets expect.
struct Phrase {
  std::string first;
  std::string second;
  Index count = 0;   ///< how often `second` followed `first`
  double score = 0;  ///< > threshold
};

struct PhrasesModel {
  std::vector<Phrase> phrases;  ///< the highest score first, then by the bytes of the words
  Index n_words = 0;            ///< words seen in all
  Index n_different = 0;        ///< different words and pairs seen: the factor of the scores
  detail::PhraseTable table{};  ///< the phrases again, for finding and saving them
};

namespace detail {

inline PhrasesOptions checked(PhrasesOptions options) {
  check_option(options.min_count >= 1, "Phrases", "min_count", ">= 1", options.min_count);
  check_option(is_finite(options.threshold), "Phrases", "threshold", "finite", options.threshold);
  check_option(!options.delimiter.empty(), "Phrases", "delimiter", "at least one character",
               "\"\"");
  return options;
}

inline PhrasesModel checked(PhrasesModel model) {
  check_option(model.n_words >= 0, "Phrases", "model.n_words", ">= 0", model.n_words);
  check_option(model.n_different >= 0, "Phrases", "model.n_different", ">= 0", model.n_different);
  for (const Phrase& phrase : model.phrases) {
    check_option(phrase.count >= 0, "Phrases", "model.phrases[i].count", ">= 0", phrase.count);
    check_option(is_finite(phrase.score), "Phrases", "model.phrases[i].score", "finite",
                 phrase.score);
  }
  model.table = PhraseTable(model.phrases);
  return model;
}

/// The pairs whose score passes the threshold.
inline std::vector<Phrase> scored_phrases(const PairCounter& counts,
                                          const PhrasesOptions& options) {
  const auto n_different = static_cast<double>(counts.n_different());
  std::vector<Phrase> phrases;
  counts.for_each_pair([&](Index first, Index second, Index count) {
    if (count <= options.min_count) return;
    const double singles =
        static_cast<double>(counts.count(first)) * static_cast<double>(counts.count(second));
    const double score = static_cast<double>(count - options.min_count) / singles * n_different;
    if (score > options.threshold)
      phrases.push_back({counts.word(first), counts.word(second), count, score});
  });
  std::sort(phrases.begin(), phrases.end(), [](const Phrase& a, const Phrase& b) {
    if (a.score != b.score) return a.score > b.score;
    return std::tie(a.first, a.second) < std::tie(b.first, b.second);
  });
  return phrases;
}

inline PhrasesModel phrases_model(const PairCounter& counts, const PhrasesOptions& options) {
  if (counts.n_words() == 0) refuse("Phrases", "sentences must have at least 1 word, got 0");
  return checked(PhrasesModel{.phrases = scored_phrases(counts, options),
                              .n_words = counts.n_words(),
                              .n_different = counts.n_different()});
}

template <class Sentences>
PhrasesModel fit_phrases(const Sentences& sentences, const PhrasesOptions& options) {
  PairCounter counts;
  for (const auto& sentence : sentences) {
    for (const auto& token : sentence) counts.add(std::string_view(token));
    counts.end_sentence();
  }
  return phrases_model(counts, options);
}

/// Cuts a longer line, so that memory does not depend on it.
inline constexpr Index longest_line_of_phrases = 10000;

/// on_word(text) for each word of a file and on_end() after each of its sentences.
template <class OnWord, class OnEnd>
void for_each_word_of_file(const std::filesystem::path& path, OnWord&& on_word, OnEnd&& on_end) {
  ChunkReader reader(path, longest_line_of_phrases, longest_line_of_phrases);
  std::string text;
  for (Index n_words = 0; reader.next(text, n_words);)
    for_each_word(text, longest_line_of_phrases, on_word, on_end);
}

inline PhrasesModel fit_phrases_of_file(const std::filesystem::path& path,
                                        const PhrasesOptions& options) {
  PairCounter counts;
  for_each_word_of_file(
      path, [&](std::string_view word) { counts.add(word); }, [&] { counts.end_sentence(); });
  return phrases_model(counts, options);
}

inline void join_phrases_of_file(const std::filesystem::path& from, const std::filesystem::path& to,
                                 const PhraseTable& table, const std::string& delimiter) {
  replace_file(to, [&](OutputFile& file) {
    PhraseJoiner joiner(table, delimiter);
    for_each_word_of_file(
        from, [&](std::string_view word) { joiner.add(word); },
        [&] {
          const char* blank = "";
          for (const std::string& word : joiner.end_sentence()) {
            file.write(blank);
            file.write(word);
            blank = " ";
          }
          file.write('\n');
        });
  });
}

}  // namespace detail

/// Finds pairs of words that belong together ("new york") and joins them to one word ("new_york"),
/// so that Word2Vec learns a vector for the whole: a step of its own, before it.
///
/// A pair of neighbours a b in a sentence has the score
///   (count(a b) - min_count) / (count(a) count(b)) * n_different,
/// with n_different the number of different words and pairs: how much more often than by chance a
/// and b meet, times a factor that makes thresholds comparable between texts. It is the score of
/// Mikolov et al. as gensim scales it. Phrases of three words and more come from a second step on
/// the sentences that the first one gave.
///
/// Input       sentences: any range of ranges of what converts to std::string_view; bytes are kept.
/// Cost        O(words) time, 100 to 200 ns each. Memory: about 32 to 64 bytes for each different
///             pair, 50 to 100 for each different word; afterwards only the phrases.
/// Throws      std::invalid_argument for bad options, or sentences without a word; FileError for
///             a file that cannot be read or written; NotFitted.
///
/// @code
/// const auto phrases = unlabeled::Phrases({.min_count = 5, .threshold = 10}).fit(sentences);
/// const auto word2vec = unlabeled::Word2Vec<float>().fit(phrases.transform(sentences));
/// @endcode
///
/// Reference: T. Mikolov, I. Sutskever, K. Chen, G. Corrado, J. Dean, "Distributed representations
/// of words and phrases and their compositionality", NIPS 2013, arXiv 1310.4546, section 4.
class Phrases {
 public:
  using Scalar = double;
  using Options = PhrasesOptions;
  using Model = PhrasesModel;

  explicit Phrases(Options options = {}) : options_(detail::checked(std::move(options))) {}
  /// The fitted estimator with this model.
  Phrases(Options options, Model model)
      : options_(detail::checked(std::move(options))),
        model_("Phrases", detail::checked(std::move(model))) {}

  /// Count words and pairs, and keep the pairs that are phrases.
  template <TokenSentences X> Phrases& fit(const X& sentences) & {
    model_ = detail::fit_phrases(sentences, options_);
    return *this;
  }
  template <TokenSentences X> Phrases fit(const X& sentences) && {
    return std::move(fit(sentences));
  }

  /// The same from a file, a sentence a line with blanks between the words, in memory that grows
  /// with the different words and pairs, not with the text; lines of more than 10,000 words are cut
  /// after so many. The file is read once, so it may be a pipe.
  Phrases& fit_file(const std::filesystem::path& path) & {
    model_ = detail::fit_phrases_of_file(path, options_);
    return *this;
  }
  Phrases fit_file(const std::filesystem::path& path) && { return std::move(fit_file(path)); }

  /// The sentences with phrases joined, from left to right without overlap.
  template <TokenSentences X>
  [[nodiscard]] std::vector<std::vector<std::string>> transform(const X& sentences) const {
    std::vector<std::vector<std::string>> joined;
    detail::PhraseJoiner joiner(model_->table, options_.delimiter);
    for (const auto& sentence : sentences) {
      for (const auto& token : sentence) joiner.add(std::string_view(token));
      joined.push_back(joiner.end_sentence());
    }
    return joined;
  }
  /// Writes the sentences of one file (as in fit_file) to another, with phrases joined; empty lines
  /// are left out. A failure leaves what was at `to`.
  void transform_file(const std::filesystem::path& from, const std::filesystem::path& to) const {
    detail::join_phrases_of_file(from, to, model_->table, options_.delimiter);
  }
  template <TokenSentences X>
  std::vector<std::vector<std::string>> fit_transform(const X& sentences) {
    Phrases fitted = Phrases(options_).fit(sentences);
    auto joined = fitted.transform(sentences);
    *this = std::move(fitted);  // now that nothing can fail
    return joined;
  }

  [[nodiscard]] bool is_fitted() const { return bool(model_); }
  [[nodiscard]] const Options& options() const { return options_; }
  [[nodiscard]] const Model& model() const { return *model_; }

  /// What was found, the highest score first.
  [[nodiscard]] const std::vector<Phrase>& phrases() const { return model_->phrases; }

 private:
  Options options_;
  Fitted<Model> model_{"Phrases"};
};

static_assert(Estimator<Phrases, std::vector<std::vector<std::string>>>);

}  // namespace unlabeled
