// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <bit>
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

/// The windows of a few neighbouring words: which rows are read, how their products are judged, and
/// so which rows change.
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
  void close_grid() {
    grid = {static_cast<Index>(ends.size()), static_cast<Index>(outputs.size())};
    weights.assign(static_cast<std::size_t>(grid.size()), S(0));
  }
};

/// What all plans of a fit have in common.
struct WindowRules {
  /// Windows of so many neighbours are planned as one: they share most of their inputs and all noise
  /// words, so a row is fetched once for all of them.
  static constexpr Index windows_together = 4;

  WindowRules(const Word2VecOptions& chosen, const Vocabulary& vocabulary,
              const Eigen::VectorXi& tree)
      : options(chosen), n_words(vocabulary.size()), keep_below(subsampling(vocabulary, chosen)) {
    set_greatest_share(vocabulary);
    if (options.objective == Word2VecObjective::hierarchical_softmax) paths = word_paths(tree);
    if (options.objective != Word2VecObjective::negative_sampling) return;
    n_together = windows_together;
    n_noise = rounded_up(n_together + options.n_negative, 4) - n_together;
    std::vector<double> weights;
    for (const Index count : vocabulary.counts())
      weights.push_back(std::pow(static_cast<double>(count), options.negative_exponent));
    noise = AliasTable(weights);
  }

  [[nodiscard]] Index most_inputs() const {
    return options.architecture == Word2VecArchitecture::cbow ? n_together
                                                              : n_together + 2 * options.window;
  }
  [[nodiscard]] Index most_outputs() const {
    if (options.objective == Word2VecObjective::softmax) return n_words;
    return std::max(n_together + n_noise, paths.longest);
  }

  const Word2VecOptions& options;
  Index n_words;
  double greatest_share = 0;              ///< of the most frequent word in what stays
  std::vector<std::uint32_t> keep_below;  ///< a word stays if 32 random bits are at most this
  Index n_together = 1;                   ///< windows to a plan
  Index n_noise = 0;                      ///< noise words to a plan, at least n_negative
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
    greatest_share = greatest / sum;
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
    next_ = 0;
    kept_.clear();
    center_ = 0;
    rng_ = QuickBits(start_of_bits);
  }

  /// False when the chunk is used up.
  bool next(WindowPlan<S>& plan) {
    plan.clear();
    while (plan.n_predictions == 0) {
      if (center_ >= size() && !next_sentence()) return false;
      if (size() > 1) fill(plan, center_, std::min(size(), center_ + rules_.n_together));
      center_ += rules_.n_together;
    }
    plan.learning_rate = static_cast<S>(rate_.at(chunk_, next_));
    return true;
  }

 private:
  [[nodiscard]] Index size() const { return static_cast<Index>(kept_.size()); }
  [[nodiscard]] std::int32_t word(Index position) const {
    return kept_[static_cast<std::size_t>(position)];
  }

  /// Frequent words are dropped before windows are measured, so that these reach further.
  bool next_sentence() {
    kept_.clear();
    radii_.clear();
    center_ = 0;
    if (next_ >= chunk_.size) return false;
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

  void fill(WindowPlan<S>& plan, Index begin, Index end) {
    switch (rules_.options.objective) {
      case Word2VecObjective::negative_sampling:
        return fill_with_noise(plan, begin, end);
      case Word2VecObjective::hierarchical_softmax:
        return fill_with_path(plan, begin);
      case Word2VecObjective::softmax:
        return fill_with_all(plan, begin);
    }
  }

  void fill_with_noise(WindowPlan<S>& plan, Index begin, Index end) {
    for (Index center = begin; center < end; ++center) plan.outputs.push_back(word(center));
    for (Index j = 0; j < rules_.n_noise; ++j) plan.outputs.push_back(rules_.noise.draw(rng_));
    if (rules_.options.architecture == Word2VecArchitecture::cbow) {
      for (Index center = begin; center < end; ++center) add_mean(plan, center);
      plan.close_grid();
      for (Index center = begin; center < end; ++center)
        weigh(plan, center - begin, std::uint32_t{1} << (center - begin), end - begin);
      return;
    }
    Index first = begin, last = begin;
    for (Index center = begin; center < end; ++center) {
      first = std::min(first, first_of_window(center));
      last = std::max(last, last_of_window(center));
    }
    for (Index position = first; position <= last; ++position) add_word(plan, word(position));
    plan.close_grid();
    for (Index position = first; position <= last; ++position)
      weigh(plan, position - first, centers_of(position, begin, end), end - begin);
  }

  /// Bit c is set if the position is in the window of the word begin + c.
  [[nodiscard]] std::uint32_t centers_of(Index position, Index begin, Index end) const {
    std::uint32_t centers = 0;
    for (Index center = begin; center < end; ++center) {
      const Index distance = std::abs(position - center);
      const bool inside = distance != 0 && distance <= radii_[static_cast<std::size_t>(center)];
      centers |= static_cast<std::uint32_t>(inside) << (center - begin);
    }
    return centers;
  }

  /// Each pair of an input and its center is as right as n_negative pairs with noise are wrong, in
  /// the mean; noise that is the center itself does not count.
  void weigh(WindowPlan<S>& plan, Index input, std::uint32_t centers, Index n_centers) const {
    S* const row = plan.weights.data() + plan.grid.row(input);
    const S share = static_cast<S>(rules_.options.n_negative) / static_cast<S>(rules_.n_noise);
    for (Index c = 0; c < n_centers; ++c)
      row[PairGrid::column(c)] = static_cast<S>(centers >> c & 1);
    for (Index o = n_centers; o < plan.grid.n_outputs; ++o) {
      std::uint32_t judged = centers;
      for (Index c = 0; c < n_centers; ++c) {
        const bool same =
            plan.outputs[static_cast<std::size_t>(o)] == plan.outputs[static_cast<std::size_t>(c)];
        judged &= ~(static_cast<std::uint32_t>(same) << c);
      }
      row[PairGrid::column(o)] = -share * static_cast<S>(std::popcount(judged));
    }
    plan.n_predictions += std::popcount(centers);
  }

  void fill_with_path(WindowPlan<S>& plan, Index center) {
    const auto index = static_cast<std::size_t>(word(center));
    const Index begin = rules_.paths.begins[index], end = rules_.paths.begins[index + 1];
    if (begin == end) return;  // the only word there is
    const int* const steps = rules_.paths.steps.data();
    for (Index k = begin; k < end; ++k) plan.outputs.push_back(steps[k] / 2);
    add_window(plan, center);
    plan.close_grid();
    for (Index i = 0; i < plan.grid.n_inputs; ++i)
      for (Index k = begin; k < end; ++k)
        plan.weights[static_cast<std::size_t>(plan.grid.row(i) + PairGrid::column(k - begin))] =
            steps[k] % 2 == 0 ? S(1) : S(-1);
    plan.n_predictions = plan.grid.n_inputs;
  }

  void fill_with_all(WindowPlan<S>& plan, Index center) {
    plan.outputs.resize(static_cast<std::size_t>(rules_.n_words));
    std::iota(plan.outputs.begin(), plan.outputs.end(), 0);
    add_window(plan, center);
    plan.close_grid();
    plan.target = word(center);
    plan.n_predictions = plan.grid.n_inputs;
  }

  void add_window(WindowPlan<S>& plan, Index center) const {
    if (rules_.options.architecture == Word2VecArchitecture::cbow) return add_mean(plan, center);
    for (Index position = first_of_window(center); position <= last_of_window(center); ++position)
      if (position != center) add_word(plan, word(position));
  }
  void add_word(WindowPlan<S>& plan, std::int32_t word) const {
    plan.members.push_back(word);
    plan.ends.push_back(static_cast<Index>(plan.members.size()));
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
  Index next_ = 0;                  // in the chunk: what no sentence has taken yet
  std::vector<std::int32_t> kept_;  // the sentence without the words that were dropped
  std::vector<Index> radii_;
  Index center_ = 0;
};

}  // namespace unlabeled::detail
