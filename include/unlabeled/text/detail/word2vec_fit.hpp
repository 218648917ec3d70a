// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "unlabeled/core/check.hpp"
#include "unlabeled/core/errors.hpp"
#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/random.hpp"
#include "unlabeled/core/report.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/text/detail/huffman_tree.hpp"
#include "unlabeled/text/detail/text_chunk.hpp"
#include "unlabeled/text/detail/window_plan.hpp"
#include "unlabeled/text/detail/window_step.hpp"
#include "unlabeled/text/detail/window_training.hpp"
#include "unlabeled/text/detail/word_counts.hpp"
#include "unlabeled/text/word2vec_model.hpp"
#include "unlabeled/text/word2vec_options.hpp"

namespace unlabeled::detail {

/// Row i of the result is row of[i] of x, or drawn by draw(row) where of[i] is -1.
template <Real S, class Draw>
RowMatrix<S> rows_in_order(const RowMatrix<S>& x, const std::vector<Index>& of, Index n_columns,
                           Draw&& draw) {
  RowMatrix<S> result = large_matrix<RowMatrix<S>>(static_cast<Index>(of.size()), n_columns);
  for (Index i = 0; i < result.rows(); ++i) {
    const Index from = of[static_cast<std::size_t>(i)];
    if (from >= 0)
      result.row(i) = x.row(from);
    else
      draw(result.row(i));
  }
  return result;
}

/// The tree over a vocabulary that has grown. What lay above the old words stays, so that the
/// nodes' weights keep their meaning; the new words have a tree of their own, and one more node
/// joins the two.
inline Eigen::VectorXi grown_tree(const Eigen::VectorXi& old, const std::vector<Index>& old_number,
                                  const std::vector<Index>& counts) {
  const Index n_words = static_cast<Index>(old_number.size()), n_old = (old.size() + 1) / 2;
  if (n_old == 0) return huffman_tree(counts);
  std::vector<Index> new_counts;
  for (Index i = 0; i < n_words; ++i)
    if (old_number[static_cast<std::size_t>(i)] < 0)
      new_counts.push_back(counts[static_cast<std::size_t>(i)]);
  const Index n_new = static_cast<Index>(new_counts.size());
  Eigen::VectorXi fresh;
  if (n_new > 0) fresh = huffman_tree(new_counts);
  // Nodes: the old ones, then the new words', then the one that joins them.
  const int top = static_cast<int>(2 * (n_words - 2));
  const auto moved_old = [&](int step) { return step >= 0 || n_new == 0 ? step : top; };
  const auto moved_new = [&](int step) {
    return step < 0 ? top + 1 : step + static_cast<int>(2 * (n_old - 1));
  };
  Eigen::VectorXi above = Eigen::VectorXi::Constant(2 * n_words - 1, -1);
  Index next_new = 0;
  for (Index i = 0; i < n_words; ++i) {
    const Index from = old_number[static_cast<std::size_t>(i)];
    above[i] = from >= 0 ? moved_old(old[from]) : moved_new(fresh[next_new++]);
  }
  for (Index node = 0; node < n_old - 1; ++node)
    above[n_words + node] = moved_old(old[n_old + node]);
  for (Index node = 0; node < n_new - 1; ++node)
    above[n_words + n_old - 1 + node] = moved_new(fresh[n_new + node]);
  return above;
}

/// The model with this vocabulary, which has all words of the old one: what those have learned is
/// kept, the vectors of new words are uniform in (-0.5, 0.5) / d, new output weights zero.
template <Real S>
Word2VecModel<S> grown_model(const Word2VecModel<S>& old, Vocabulary&& vocabulary,
                             const Word2VecOptions& options) {
  Word2VecModel<S> model;
  std::vector<Index> old_number;
  for (const auto& word : vocabulary.words()) old_number.push_back(old.vocabulary.find(word));
  Rng rng(options.seed, static_cast<std::uint64_t>(old.vocabulary.size()));
  const double scale = 1 / static_cast<double>(options.vector_size);
  model.vectors = rows_in_order<S>(old.vectors, old_number, options.vector_size, [&](auto row) {
    for (Index j = 0; j < row.size(); ++j) row[j] = static_cast<S>((rng.uniform() - 0.5) * scale);
  });
  std::vector<Index> old_output = old_number;
  if (options.objective == Word2VecObjective::hierarchical_softmax) {
    model.tree = grown_tree(old.tree, old_number, vocabulary.counts());
    old_output.assign(old_number.size() - 1, -1);
    for (Index i = 0; i < old.output_weights.rows(); ++i)
      old_output[static_cast<std::size_t>(i)] = i;
  }
  model.output_weights = rows_in_order<S>(old.output_weights, old_output, options.vector_size,
                                          [](auto row) { row.setZero(); });
  model.vocabulary = std::move(vocabulary);
  model.loss_history = old.loss_history;
  model.report = old.report;
  return model;
}

/// How often, and how fast, a training passes its text.
struct TrainingSchedule {
  Index n_epochs;
  double first_rate;
  double last_rate;
};

/// The passes of one fit over its text.
template <Real S> class Word2VecTraining {
 public:
  Word2VecTraining(Team& team, TextSource& text, Word2VecModel<S>& model,
                   const Word2VecOptions& options, const TrainingSchedule& schedule)
      : team_(team),
        text_(text),
        model_(model),
        options_(options),
        schedule_(schedule),
        rules_(options, model.vocabulary, model.tree),
        rows_{taken_rows(model.vectors), taken_rows(model.output_weights), {}} {
    if (options.deterministic)
      deterministic_.emplace(team, rules_, rows_);
    else
      lock_free_.emplace(team, rules_, rows_);
  }

  void freeze(std::vector<char>&& frozen) { rows_.frozen = std::move(frozen); }

  /// Epochs until they are used up or a callback has enough; then the rows are the model's. Once.
  void run() {
    std::vector<double> losses(model_.loss_history.begin(), model_.loss_history.end());
    model_.report.stop = Stop::max_iterations;
    for (Index e = 0; e < schedule_.n_epochs && model_.report.stop != Stop::callback; ++e) {
      const double loss = epoch(e);
      if (!is_finite(loss)) refuse_divergence();
      const double before =
          losses.empty() ? std::numeric_limits<double>::infinity() : losses.back();
      losses.push_back(loss);
      ++model_.report.n_iterations;
      model_.report.objective = loss;
      if (options_.on_iteration &&
          !options_.on_iteration({e, schedule_.n_epochs, loss, before - loss}))
        model_.report.stop = Stop::callback;
    }
    model_.loss_history =
        Eigen::Map<const Vector<double>>(losses.data(), static_cast<Index>(losses.size()));
    model_.vectors = rows_.inputs.take_values();
    model_.output_weights = rows_.outputs.take_values();
    if (!all_finite(model_.vectors) || !all_finite(model_.output_weights)) refuse_divergence();
  }

 private:
  using Clock = std::chrono::steady_clock;

  /// Without a second copy in memory.
  static SharedRows<S> taken_rows(RowMatrix<S>& values) {
    SharedRows<S> rows(values);
    values.resize(0, 0);
    return rows;
  }

  [[noreturn]] static void refuse_divergence() {
    throw NumericalError("Word2Vec: the loss is not finite; lower learning_rate");
  }

  /// Returns the mean loss per prediction.
  double epoch(Index number) {
    const double n_tokens = static_cast<double>(text_.n_tokens);
    const LearningRate rate{schedule_.first_rate, schedule_.last_rate,
                            static_cast<double>(number) * n_tokens,
                            static_cast<double>(schedule_.n_epochs) * n_tokens};
    LossSum sum;
    Index first_chunk = 0;
    text_.rewind();
    for (const auto* chunks = &text_.next_round(team_); !chunks->empty();
         chunks = &text_.next_round(team_)) {
      const TextRound round{*chunks, rate, options_.seed, model_.report.n_iterations, first_chunk};
      sum += options_.deterministic ? deterministic_->train(round) : lock_free_->train(round);
      first_chunk += static_cast<Index>(chunks->size());
      const TextChunk& last = chunks->back();
      if (!tell(number, rate, last.first_token + last.n_tokens, sum.mean())) break;
    }
    return sum.mean();
  }

  /// False when the callback wants the fit to end.
  bool tell(Index epoch, const LearningRate& rate, Index passed, double loss) {
    if (!options_.on_progress) return true;
    const double seconds = std::chrono::duration<double>(Clock::now() - start_).count();
    Word2VecProgress progress;
    progress.epoch = epoch;
    progress.n_epochs = schedule_.n_epochs;
    progress.n_words = sum_or_most(product_or_most(epoch, text_.n_tokens), passed);
    progress.n_words_total = product_or_most(schedule_.n_epochs, text_.n_tokens);
    progress.loss = loss;
    progress.learning_rate = rate.after(static_cast<double>(passed));
    progress.words_per_second = static_cast<double>(progress.n_words) / std::max(seconds, 1e-9);
    if (options_.on_progress(progress)) return true;
    model_.report.stop = Stop::callback;
    return false;
  }

  Team& team_;
  TextSource& text_;
  Word2VecModel<S>& model_;
  const Word2VecOptions& options_;
  TrainingSchedule schedule_;
  WindowRules rules_;
  TrainedRows<S> rows_;
  std::optional<DeterministicTraining<S>> deterministic_;
  std::optional<LockFreeTraining<S>> lock_free_;
  Clock::time_point start_ = Clock::now();
};

/// `text` is a MemoryText or a FileText.
template <Real S, class Text>
Word2VecModel<S> fit_word2vec(Text text, const Word2VecOptions& options) {
  Word2VecModel<S> model = grown_model(
      Word2VecModel<S>{}, chosen_vocabulary(text.counts(), Vocabulary(), options), options);
  TextSource source = text.source(model.vocabulary);
  Team team(options.n_threads);
  Word2VecTraining<S>(team, source, model, options,
                      {options.n_epochs, options.learning_rate, options.min_learning_rate})
      .run();
  return model;
}

/// One pass at the full learning rate, after the words that are new.
template <Real S, class Text>
Word2VecModel<S> partial_fit_word2vec(Text text, const Word2VecModel<S>& old,
                                      const Word2VecOptions& options) {
  Word2VecModel<S> model =
      grown_model(old, chosen_vocabulary(text.counts(), old.vocabulary, options), options);
  TextSource source = text.source(model.vocabulary);
  Team team(options.n_threads);
  Word2VecTraining<S> training(team, source, model, options,
                               {1, options.learning_rate, options.learning_rate});
  if (options.freeze_known) {
    std::vector<char> frozen;
    for (const auto& word : model.vocabulary.words())
      frozen.push_back(static_cast<char>(old.vocabulary.contains(word)));
    training.freeze(std::move(frozen));
  }
  training.run();
  return model;
}

}  // namespace unlabeled::detail
