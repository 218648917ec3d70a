// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

#include "unlabeled/core/random.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/text/detail/alias_table.hpp"
#include "unlabeled/text/detail/huffman_tree.hpp"
#include "unlabeled/text/detail/text_chunk.hpp"
#include "unlabeled/text/detail/window_kernel.hpp"
#include "unlabeled/text/word2vec_model.hpp"
#include "unlabeled/text/word2vec_options.hpp"

// From words to the pairs that they train. What is drawn at random is drawn here.

namespace unlabeled::detail {

/// The window of a word: which rows are read, how their products are judged, and so which rows
/// change.
template <Real S> struct WindowPlan {
  std::vector<std::int32_t> members;  ///< rows of the input vectors
  std::vector<Index> ends;  ///< input i is the mean of members from ends[i - 1] to ends[i]
  std::vector<std::int32_t> outputs;  ///< rows of the output weights
  PairGrid grid{0, 0};
  std::vector<S> weights;  ///< of the grid: > 0 for a pair that is right, < 0 for one that is wrong
  Index target = 0;        ///< the one output that is right (softmax, which has no weights)
  Index n_predictions = 0;  ///< pairs that are right
  S learning_rate = S(0);

  void clear() {
    members.clear();
    ends.clear();
    outputs.clear();
    n_predictions = 0;
  }
};

/// What all plans of a fit have in common.
struct WindowRules {
  WindowRules(const Word2VecOptions& chosen, const Vocabulary& vocabulary,
              const Eigen::VectorXi& tree)
      : options(chosen), n_words(vocabulary.size()), keep_below(subsampling(vocabulary, chosen)) {
    set_greatest_share(vocabulary);
    // No sentence is longer than the text, whose words are all counted.
    longest_sentence = std::min(options.max_sentence_length, vocabulary.total_count());
    if (options.objective == Word2VecObjective::hierarchical_softmax) paths = word_paths(tree);
    if (options.objective == Word2VecObjective::negative_sampling) set_noise(vocabulary);
  }

  [[nodiscard]] Index most_inputs() const {
    if (options.architecture == Word2VecArchitecture::cbow) return 1;
    return std::max<Index>(1, std::min(2 * options.window, longest_sentence - 1));
  }
  [[nodiscard]] Index most_outputs() const {
    switch (options.objective) {
      case Word2VecObjective::softmax:
        return n_words;
      case Word2VecObjective::hierarchical_softmax:
        return std::max<Index>(1, paths.longest);
      default:
        return 1 + options.n_negative;
    }
  }

  const Word2VecOptions& options;
  Index n_words;
  Index longest_sentence = 0;             ///< none has more words
  double greatest_share = 0;              ///< of the most frequent word in what stays
  double greatest_noise = 1;              ///< probability of the likeliest noise word
  std::vector<std::uint32_t> keep_below;  ///< a word stays if 32 random bits are at most this
  AliasTable noise;
  WordPaths paths;

 private:
  void set_greatest_share(const Vocabulary& vocabulary) {
    double greatest = 0, sum = 0;
    for (Index i = 0; i < n_words; ++i) {
      const double stays = static_cast<double>(vocabulary.count(i)) *
                           static_cast<double>(keep_below[static_cast<std::size_t>(i)]);
      greatest = std::max(greatest, stays);
      sum += stays;
    }
    greatest_share = sum > 0 ? greatest / sum : 1;  // nothing stays
  }

  /// Weights are relative to the greatest one, so that no exponent is too large for their sum.
  void set_noise(const Vocabulary& vocabulary) {
    const auto positive = [](Index count) {
      return static_cast<double>(std::max<Index>(count, 1));
    };
    const std::vector<Index>& counts = vocabulary.counts();  // the largest first
    const double likeliest =
        positive(options.negative_exponent < 0 ? counts.back() : counts.front());
    std::vector<double> weights;
    weights.reserve(counts.size());
    for (const Index count : counts)
      weights.push_back(std::pow(positive(count) / likeliest, options.negative_exponent));
    noise = AliasTable(weights);
    greatest_noise = 1 / std::accumulate(weights.begin(), weights.end(), 0.0);
  }

  static std::vector<std::uint32_t> subsampling(const Vocabulary& vocabulary,
                                                const Word2VecOptions& options) {
    constexpr double all = std::numeric_limits<std::uint32_t>::max();
    std::vector<std::uint32_t> below;
    for (const Index count : vocabulary.counts()) {
      const double share = options.subsample * static_cast<double>(vocabulary.total_count()) /
                           static_cast<double>(std::max<Index>(count, 1));
      const double stays = options.subsample > 0 ? std::sqrt(share) + share : 1;
      below.push_back(static_cast<std::uint32_t>(std::min(1.0, stays) * all));
    }
    return below;
  }
};

/// Plans the windows of one chunk of text after the other.
template <Real S> class WindowPlanner {
 public:
  explicit WindowPlanner(const WindowRules& rules) : rules_(rules), rng_(0) {}

  void start(const TextChunk& chunk, const LearningRate& rate, std::uint64_t start_of_bits) {
    chunk_ = chunk;
    rate_ = rate;
    begin_ = next_ = 0;
    kept_.clear();
    center_ = 0;
    rng_ = QuickBits(start_of_bits);
  }

  /// False when the chunk is used up.
  bool next(WindowPlan<S>& plan) {
    plan.n_predictions = 0;
    while (plan.n_predictions == 0) {
      plan.clear();
      if (center_ >= size() && !next_sentence()) return false;
      if (size() > 1) fill(plan, center_);
      ++center_;
    }
    plan.learning_rate = static_cast<S>(rate_.at(chunk_, place_of(center_ - 1)));
    return true;
  }

 private:
  [[nodiscard]] Index size() const { return static_cast<Index>(kept_.size()); }
  [[nodiscard]] std::int32_t word(Index position) const {
    return kept_[static_cast<std::size_t>(position)];
  }

  /// About where a word of the sentence stands in the chunk: dropped ones are all over it.
  [[nodiscard]] double place_of(Index position) const {
    const double share = static_cast<double>(position) / static_cast<double>(size());
    return static_cast<double>(begin_) + share * static_cast<double>(next_ - begin_);
  }

  /// Frequent words are dropped before windows are measured, so that these reach further.
  bool next_sentence() {
    kept_.clear();
    radii_.clear();
    center_ = 0;
    if (next_ >= chunk_.size) return false;
    begin_ = next_;
    for (; chunk_.words[next_] >= 0; ++next_) {
      const std::int32_t word = chunk_.words[next_];
      const std::uint32_t below = rules_.keep_below[static_cast<std::size_t>(word)];
      if (below == 0xffffffffu || (rng_.bits() >> 32) <= below) kept_.push_back(word);
    }
    ++next_;  // the end of the sentence
    const auto widest = static_cast<std::uint32_t>(rules_.options.window);
    for (Index i = 0; i < size(); ++i) radii_.push_back(1 + static_cast<Index>(rng_.below(widest)));
    return true;
  }

  [[nodiscard]] Index first_of_window(Index center) const {
    return std::max<Index>(0, center - radii_[static_cast<std::size_t>(center)]);
  }
  [[nodiscard]] Index last_of_window(Index center) const {
    return std::min(size() - 1, center + radii_[static_cast<std::size_t>(center)]);
  }

  void fill(WindowPlan<S>& plan, Index center) {
    if (rules_.options.architecture == Word2VecArchitecture::cbow)
      add_mean(plan, center);
    else
      add_words(plan, center);
    switch (rules_.options.objective) {
      case Word2VecObjective::negative_sampling:
        fill_with_noise(plan, word(center));
        break;
      case Word2VecObjective::hierarchical_softmax:
        fill_with_path(plan, static_cast<std::size_t>(word(center)));
        break;
      case Word2VecObjective::softmax:
        fill_with_all(plan, word(center));
    }
    // The only word there is has a path of no steps.
    plan.n_predictions = plan.grid.n_outputs > 0 ? plan.grid.n_inputs : 0;
  }

  /// All inputs of a window share its noise words. Noise that is the center itself does not count.
  void fill_with_noise(WindowPlan<S>& plan, std::int32_t center) {
    plan.outputs.push_back(center);
    for (Index k = 0; k < rules_.options.n_negative; ++k)
      plan.outputs.push_back(rules_.noise.draw(rng_));
    close_grid(plan, [&](Index o) {
      const bool is_noise = plan.outputs[static_cast<std::size_t>(o)] != center;
      return o == 0 ? S(1) : is_noise ? S(-1) : S(0);
    });
  }

  void fill_with_path(WindowPlan<S>& plan, std::size_t center) {
    const int* const steps = rules_.paths.steps.data() + rules_.paths.begins[center];
    const Index n_steps = rules_.paths.begins[center + 1] - rules_.paths.begins[center];
    for (Index k = 0; k < n_steps; ++k) plan.outputs.push_back(steps[k] / 2);
    close_grid(plan, [&](Index k) { return steps[k] % 2 == 0 ? S(1) : S(-1); });
  }

  void fill_with_all(WindowPlan<S>& plan, std::int32_t center) {
    plan.outputs.resize(static_cast<std::size_t>(rules_.n_words));
    std::iota(plan.outputs.begin(), plan.outputs.end(), 0);
    set_grid(plan);
    plan.target = center;
  }

  static void set_grid(WindowPlan<S>& plan) {
    plan.grid = {static_cast<Index>(plan.ends.size()), static_cast<Index>(plan.outputs.size())};
  }

  /// weight(o) for the pairs of every input with output o.
  template <class Weight> static void close_grid(WindowPlan<S>& plan, Weight&& weight) {
    set_grid(plan);
    plan.weights.assign(static_cast<std::size_t>(plan.grid.size()), S(0));
    for (Index o = 0; o < plan.grid.n_outputs; ++o) {
      const S value = weight(o);
      for (Index i = 0; i < plan.grid.n_inputs; ++i)
        plan.weights[static_cast<std::size_t>(plan.grid.row(i) + PairGrid::column(o))] = value;
    }
  }

  void add_words(WindowPlan<S>& plan, Index center) const {
    for (Index position = first_of_window(center); position <= last_of_window(center); ++position) {
      if (position == center) continue;
      plan.members.push_back(word(position));
      plan.ends.push_back(static_cast<Index>(plan.members.size()));
    }
  }
  void add_mean(WindowPlan<S>& plan, Index center) const {
    for (Index position = first_of_window(center); position <= last_of_window(center); ++position)
      if (position != center) plan.members.push_back(word(position));
    plan.ends.push_back(static_cast<Index>(plan.members.size()));
  }

  const WindowRules& rules_;
  QuickBits rng_;
  TextChunk chunk_;
  LearningRate rate_;
  Index begin_ = 0;                 // of the sentence in the chunk
  Index next_ = 0;                  // in the chunk: what no sentence has taken yet
  std::vector<std::int32_t> kept_;  // the sentence without the words that were dropped
  std::vector<Index> radii_;
  Index center_ = 0;
};

}  // namespace unlabeled::detail
