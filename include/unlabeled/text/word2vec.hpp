// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "unlabeled/core/check.hpp"
#include "unlabeled/core/concepts.hpp"
#include "unlabeled/core/fitted.hpp"
#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/text/detail/analogies.hpp"
#include "unlabeled/text/detail/file_text.hpp"
#include "unlabeled/text/detail/memory_text.hpp"
#include "unlabeled/text/detail/similar_words.hpp"
#include "unlabeled/text/detail/token_sentences.hpp"
#include "unlabeled/text/detail/word2vec_check.hpp"
#include "unlabeled/text/detail/word2vec_file.hpp"
#include "unlabeled/text/detail/word2vec_fit.hpp"
#include "unlabeled/text/detail/word_pairs.hpp"
#include "unlabeled/text/detail/word_questions.hpp"
#include "unlabeled/text/vocabulary.hpp"
#include "unlabeled/text/word2vec_model.hpp"
#include "unlabeled/text/word2vec_options.hpp"
#include "unlabeled/text/word_vectors.hpp"

namespace unlabeled {

/// Learns vectors for words from sentences: words that occur in the same company get similar vectors.
///
/// Around each word of a sentence lies a window of 1 … `window` words to each side, its size drawn
/// anew each time, after frequent words were dropped at random (`subsample`). With skip-gram, each
/// word of the window alone predicts the word in the middle, with CBOW their mean u does; the
/// objectives say how a prediction is judged (Word2VecObjective). Stochastic gradient descent passes
/// the text n_epochs times, with a rate that falls linearly from learning_rate to min_learning_rate.
/// The loss is the mean of minus the objective over all predictions.
///
/// n_negative noise words are drawn for each window, in proportion to count^negative_exponent, and
/// all its predictions share them; noise that is the word to be predicted does not count. All
/// gradients of a window come from the same old values.
///
/// Input       any range of ranges of what a std::string_view can be made of; or a file with one
///             sentence a line, words between blanks (space, tab, CR, LF, VT, FF), all other bytes
///             kept as they are, lines and words of any length. Sentences longer than
///             max_sentence_length are cut, and nothing is dropped. Words seen less than min_count
///             times are dropped first: windows reach over them.
/// Cost        an epoch takes about 6 d operations for each of (window + 1) (n_negative + 1) pairs a
///             word; softmax that for each word of the vocabulary. Memory: 3 V d numbers while it
///             fits (2 V d more in partial_fit, which keeps the model before, and about 2 V d more
///             for each thread with softmax), then 2 V d; while words are counted 50 to 100 bytes for
///             each different one, rare ones too; 4 bytes a word of text in memory, or some
///             megabytes of a file of any size, which is read once for the vocabulary and once an
///             epoch, and so cannot be a pipe.
/// Stops       after n_epochs, or when a callback returns false (on_progress inside an epoch too).
/// Randomness  vectors, windows, dropped and noise words; equal seed, text and options give equal
///             bits, whatever n_threads is; fit_file the bits of fit.
/// Threads     deterministic (default): changes of up to 128 words, fewer at high learning rates,
///             are computed from the same weights, then added in the order of the text, by as many
///             threads as there are. Otherwise threads write without locks (Hogwild), with results
///             that vary a little; one thread is then plain descent. Equal bits cost nothing with
///             one thread and a third of the speed with two, and the vectors are as good (measured
///             on 17 million words of Wikipedia). After fit, all const members may be called from
///             several threads.
/// Throws      std::invalid_argument for bad options, a text of which no word is left, and a word
///             that is not known (with the word; contains() asks first); FileError, also for a file
///             that changes between two passes; NumericalError where the loss leaves the range of
///             numbers; NotFitted.
///
/// @code
/// const auto word2vec = unlabeled::Word2Vec<>({.vector_size = 50}).fit_file("text.txt");
/// for (const auto& near : word2vec.most_similar({"king", "woman"}, {"man"}, 3))
///   std::cout << near.word << ' ' << near.similarity << '\n';
/// @endcode
///
/// References: T. Mikolov, K. Chen, G. Corrado, J. Dean, "Efficient estimation of word
/// representations in vector space", 2013, arXiv 1301.3781; T. Mikolov et al., "Distributed
/// representations of words and phrases and their compositionality", NIPS 2013, arXiv 1310.4546;
/// S. Ji et al., "Parallelizing word2vec in shared and distributed memory", 2016, arXiv 1604.04661
/// (shared noise words); B. Recht et al., "Hogwild!", NIPS 2011, arXiv 1106.5730.
template <Real S = float> class Word2Vec {
 public:
  using Scalar = S;
  using Options = Word2VecOptions;
  using Model = Word2VecModel<S>;

  explicit Word2Vec(Options options = {}) : options_(detail::checked(std::move(options))) {}
  /// The fitted estimator with this model.
  Word2Vec(Options options, Model model)
      : options_(detail::checked(std::move(options))),
        model_("Word2Vec", detail::checked(std::move(model), options_)) {}

  /// Learn from sentences.
  template <TokenSentences X> Word2Vec& fit(const X& sentences) & {
    model_ = detail::fit_word2vec<S>(in_memory(sentences), options_);
    return *this;
  }
  template <TokenSentences X> Word2Vec fit(const X& sentences) && {
    return std::move(fit(sentences));
  }
  /// Learn from a file that need not fit into memory.
  Word2Vec& fit_file(const std::filesystem::path& path) & {
    model_ = detail::fit_word2vec<S>(in_file(path), options_);
    return *this;
  }
  Word2Vec fit_file(const std::filesystem::path& path) && { return std::move(fit_file(path)); }

  /// One pass over more sentences at the full learning rate. Words that are seen min_count times in
  /// them join the vocabulary, whose counts grow; with freeze_known the vectors of the words before
  /// stay as they are.
  template <TokenSentences X> Word2Vec& partial_fit(const X& sentences) & {
    return go_on(in_memory(sentences));
  }
  template <TokenSentences X> Word2Vec partial_fit(const X& sentences) && {
    return std::move(partial_fit(sentences));
  }
  Word2Vec& partial_fit_file(const std::filesystem::path& path) & { return go_on(in_file(path)); }
  Word2Vec partial_fit_file(const std::filesystem::path& path) && {
    return std::move(partial_fit_file(path));
  }

  /// The words' numbers and counts.
  [[nodiscard]] const Vocabulary& vocabulary() const { return model_->vocabulary; }
  [[nodiscard]] bool contains(std::string_view word) const { return vocabulary().contains(word); }

  /// All vectors, one row per word of the vocabulary.
  [[nodiscard]] const RowMatrix<S>& vectors() const { return model_->vectors; }
  /// Of one word.
  [[nodiscard]] Vector<S> vector(std::string_view word) const {
    return vectors().row(number(word)).transpose();
  }
  /// Of each word of a range, one row each.
  template <class Words = std::vector<std::string>>
  [[nodiscard]] Matrix<S> transform(const Words& words) const {
    const std::vector<Index> chosen = numbers(words);
    Matrix<S> rows(static_cast<Index>(chosen.size()), n_features());
    for (Index i = 0; i < rows.rows(); ++i)
      rows.row(i) = vectors().row(chosen[static_cast<std::size_t>(i)]);
    return rows;
  }

  /// The cosine of two words' vectors, in [-1, 1]; 0 for a vector of zeros.
  [[nodiscard]] double similarity(std::string_view word, std::string_view other) const {
    return detail::cosine(samples(), number(word), number(other));
  }
  /// The n words (fewer if there are no more) of the most similar vectors, best first, without the
  /// word itself. Cost: 2 V d operations.
  template <std::convertible_to<std::string_view> Word>  // so that no list in braces becomes a word
  [[nodiscard]] std::vector<Neighbor> most_similar(const Word& word, Index n = 10) const {
    return search({{{number(word)}}}, n).front();
  }
  /// The same for the mean of the positive words' unit vectors minus those of the negative ones;
  /// none of these is an answer. Analogies: "king" + "woman" - "man".
  [[nodiscard]] std::vector<Neighbor> most_similar(const std::vector<std::string>& positive,
                                                   const std::vector<std::string>& negative = {},
                                                   Index n = 10) const {
    if (positive.empty() && negative.empty())
      detail::refuse("Word2Vec", "most_similar needs at least 1 word, got none");
    return search({{numbers(positive), numbers(negative)}}, n).front();
  }
  /// most_similar(word, n) of many words at once, which is faster by far than one by one.
  template <class Words = std::vector<std::string>>
  [[nodiscard]] std::vector<std::vector<Neighbor>> most_similar_to_each(const Words& words,
                                                                        Index n = 10) const {
    std::vector<detail::WordSum> asked;
    for (const Index word : numbers(words)) asked.push_back({{word}});
    return search(asked, n);
  }
  /// The word furthest from the mean of all of them.
  template <class Words = std::vector<std::string>>
  [[nodiscard]] std::string odd_one_out(const Words& words) const {
    const std::vector<Index> chosen = numbers(words);
    if (chosen.empty()) detail::refuse("Word2Vec", "odd_one_out needs at least 1 word, got none");
    const Index odd = detail::odd_position(samples(), chosen);
    return vocabulary().word(chosen[static_cast<std::size_t>(odd)]);
  }

  /// Answers the questions of a file in the form of questions-words.txt: ": name" begins a section,
  /// every other line has four words "a b c d", and the answer to a, b, c should be d.
  [[nodiscard]] AnalogyScore evaluate_analogies(const std::filesystem::path& path,
                                                const EvaluationOptions& options = {}) const {
    return detail::score_analogies(vocabulary(), samples(), path, options);
  }
  /// Compares cosines with the judgements of a file of lines with a word, a word and a number, and
  /// tabs between them (as gensim's copy of WordSim-353 has them).
  [[nodiscard]] WordPairScore evaluate_word_pairs(const std::filesystem::path& path,
                                                  const EvaluationOptions& options = {}) const {
    return detail::score_word_pairs(vocabulary(), samples(), path, options);
  }

  /// Writes the vectors in the text or binary form of word2vec.c and gensim. unlabeled::save() keeps
  /// the whole model.
  void save_word2vec_text(const std::filesystem::path& path) const {
    detail::write_word2vec_text(path, vocabulary(), samples());
  }
  void save_word2vec_binary(const std::filesystem::path& path) const {
    detail::write_word2vec_binary(path, vocabulary(), samples());
  }
  /// Reads such a file. It has neither counts nor output weights: counts are made up that descend
  /// in the file's order, and output weights begin at zero where partial_fit() goes on. vector_size
  /// is the file's.
  [[nodiscard]] static Word2Vec load_word2vec_text(const std::filesystem::path& path,
                                                   Options options = {}) {
    return from_vectors(detail::read_word2vec_text<S>(path), std::move(options));
  }
  [[nodiscard]] static Word2Vec load_word2vec_binary(const std::filesystem::path& path,
                                                     Options options = {}) {
    return from_vectors(detail::read_word2vec_binary<S>(path), std::move(options));
  }

  [[nodiscard]] bool is_fitted() const { return static_cast<bool>(model_); }
  [[nodiscard]] const Options& options() const { return options_; }
  [[nodiscard]] const Model& model() const { return *model_; }
  [[nodiscard]] Index n_features() const { return vectors().cols(); }
  [[nodiscard]] const Vector<double>& loss_history() const { return model_->loss_history; }
  [[nodiscard]] const Report& report() const { return model_->report; }

 private:
  template <class X> detail::MemoryText in_memory(const X& sentences) const {
    return {sentences, options_.max_sentence_length};
  }
  [[nodiscard]] detail::FileText in_file(const std::filesystem::path& path) const {
    return {path, options_.max_sentence_length};
  }
  template <class Text> Word2Vec& go_on(Text text) {
    const Model nothing;
    model_ =
        detail::partial_fit_word2vec<S>(std::move(text), is_fitted() ? *model_ : nothing, options_);
    return *this;
  }

  static Word2Vec from_vectors(detail::NamedVectors<S> named, Options options) {
    options.vector_size = named.vectors.cols();
    std::vector<Index> counts;
    for (Index i = 0; i < named.size(); ++i) counts.push_back(named.size() - i);
    Vocabulary vocabulary(std::move(named.words), std::move(counts));
    options = detail::checked(std::move(options));
    Model model = detail::grown_model(Model{}, std::move(vocabulary), options);
    model.vectors = std::move(named.vectors);
    return {std::move(options), std::move(model)};
  }

  [[nodiscard]] detail::Samples<S> samples() const { return detail::Samples<S>(vectors()); }

  [[nodiscard]] Index number(std::string_view word) const {
    const Index found = vocabulary().find(word);
    if (found < 0)
      detail::refuse("Word2Vec", "the word \"" + std::string(word) + "\" is not in the vocabulary");
    return found;
  }
  template <class Words> [[nodiscard]] std::vector<Index> numbers(const Words& words) const {
    std::vector<Index> found;
    for (const auto& word : words) found.push_back(number(std::string_view(word)));
    return found;
  }

  [[nodiscard]] std::vector<std::vector<Neighbor>> search(
      const std::vector<detail::WordSum>& questions, Index n) const {
    detail::check_option(n >= 1, "Word2Vec", "n", ">= 1", n);
    detail::Team team(options_.n_threads);
    return detail::answer_questions(team, vocabulary(), samples(), questions, n);
  }

  Options options_;
  Fitted<Model> model_{"Word2Vec"};
};

static_assert(Estimator<Word2Vec<float>, std::vector<std::vector<std::string>>>);
static_assert(IncrementalEstimator<Word2Vec<double>, std::vector<std::vector<std::string_view>>>);

}  // namespace unlabeled
