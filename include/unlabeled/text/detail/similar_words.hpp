// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/packet.hpp"
#include "unlabeled/linalg/tile.hpp"

// Searching words by cosine, for many questions at once: the questions are the lanes of the register
// tile, the words its rows, read where they lie (one row of numbers after another). A word's value
// is x . q / |x| for a question q of length 1. A zero vector is at a cosine of 0 to everything.

namespace unlabeled::detail {

/// A word by its number, and its cosine to what was asked.
template <Real S> struct SimilarWord {
  Index word;
  S similarity;
};

/// The more similar first, then the lower number.
template <Real S> bool is_before(const SimilarWord<S>& a, const SimilarWord<S>& b) {
  return a.similarity > b.similarity || (a.similarity == b.similarity && a.word < b.word);
}

template <Real S> using SimilarWords = std::vector<SimilarWord<S>>;

/// What is asked of a search: a direction of length 1 (or 0), and words that are no answer.
template <Real S> struct WordQuestions {
  RowMatrix<S> directions;                   // n_questions x n_dimensions
  std::vector<std::vector<Index>> excluded;  // n_questions
};

/// |x_word|, without overflow.
template <Real S> double word_length(const Samples<S>& vectors, Index word) {
  const Eigen::Map<const Vector<S>> vector(vectors.data + word * vectors.row_stride,
                                           vectors.n_features);
  const double square = vector.template cast<double>().squaredNorm();
  using Limits = std::numeric_limits<double>;
  if (square > Limits::min() && square <= Limits::max()) return std::sqrt(square);
  return vector.template cast<double>().stableNorm();
}

/// Adds weight * x_word / |x_word|.
template <Real S>
void add_unit_vector(const Samples<S>& vectors, Index word, double weight, Vector<double>& sum) {
  const double length = word_length(vectors, word);
  if (length == 0) return;
  for (Index t = 0; t < vectors.n_features; ++t)
    sum[t] += weight * (static_cast<double>(vectors(word, t)) / length);
}

/// The sum of the positive words' unit vectors minus that of the negative ones', at length 1.
template <Real S>
Vector<double> mean_direction(const Samples<S>& vectors, const std::vector<Index>& positive,
                              const std::vector<Index>& negative) {
  Vector<double> sum = Vector<double>::Zero(vectors.n_features);
  for (const Index word : positive) add_unit_vector(vectors, word, 1, sum);
  for (const Index word : negative) add_unit_vector(vectors, word, -1, sum);
  const double length = sum.norm();
  if (length > 0) sum /= length;
  return sum;
}

/// The cosine of two words' vectors.
template <Real S> double cosine(const Samples<S>& vectors, Index word, Index other) {
  const Vector<double> direction = mean_direction(vectors, {word}, {});
  return std::clamp(direction.dot(mean_direction(vectors, {other}, {})), -1.0, 1.0);
}

/// Position in `words` (not empty) of the one furthest from the mean of their unit vectors; the
/// first of several.
template <Real S> Index odd_position(const Samples<S>& vectors, const std::vector<Index>& words) {
  const Vector<double> mean = mean_direction(vectors, words, {});
  Index odd = 0;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < words.size(); ++i) {
    const double similarity = mean.dot(mean_direction(vectors, {words[i]}, {}));
    if (similarity < least) least = similarity, odd = static_cast<Index>(i);
  }
  return odd;
}

/// The best answers to one question so far.
template <Real S> class BestWords {
 public:
  BestWords(Index most, const std::vector<Index>& excluded) : most_(most), excluded_(&excluded) {}

  /// A value must exceed this to change anything, once there are enough.
  [[nodiscard]] S threshold() const {
    return static_cast<Index>(words_.size()) < most_ ? -std::numeric_limits<S>::infinity()
                                                     : words_.front().similarity;
  }

  /// Words come in ascending order, so that an equal value is always worse.
  void offer(Index word, S similarity) {
    if (!(similarity > threshold())) return;
    if (std::find(excluded_->begin(), excluded_->end(), word) != excluded_->end()) return;
    if (static_cast<Index>(words_.size()) == most_) {
      std::pop_heap(words_.begin(), words_.end(), is_before<S>);
      words_.pop_back();
    }
    words_.push_back({word, similarity});
    std::push_heap(words_.begin(), words_.end(), is_before<S>);
  }

  [[nodiscard]] const SimilarWords<S>& words() const { return words_; }

 private:
  Index most_;
  const std::vector<Index>* excluded_;
  SimilarWords<S> words_;  // a heap with the worst in front
};

/// One panel of questions against ranges of words, in ascending order.
template <Real S> class QuestionPanel {
 public:
  QuestionPanel(const WordQuestions<S>& questions, Index begin, Index count, Index most)
      : depth_(questions.directions.cols()), count_(count), panel_(depth_ * tile_lanes<S>) {
    pack_panel<S>(Samples<S>(questions.directions), begin, count, static_cast<const S*>(nullptr),
                  panel_.data());
    for (Index i = begin; i < begin + count; ++i)
      best_.emplace_back(most, questions.excluded[static_cast<std::size_t>(i)]);
    threshold_.fill(std::numeric_limits<S>::infinity());
    std::fill_n(threshold_.begin(), count, -std::numeric_limits<S>::infinity());
  }

  /// `lengths` are those of the words in the range.
  void search(const Samples<S>& vectors, Range words, const S* lengths) {
    const Rows<S> rows{vectors.data, vectors.row_stride, vectors.column_stride};
    Tile<S, tile_rows> tile;
    for (Index first = words.begin, n = 0; first < words.end; first += n) {
      n = row_tile_size(words.end - first);
      tile.set_zero();
      multiply_add_rows<S>(n, depth_, rows.from(first), panel_.data(), tile);
      for (Index r = 0; r < n; ++r)
        offer(first + r, broadcast<S>(lengths[first + r - words.begin]), tile.value[r]);
    }
  }

  [[nodiscard]] const std::vector<BestWords<S>>& best() const { return best_; }

 private:
  EIGEN_ALWAYS_INLINE void offer(Index word, const Packet<S>& length, const Packet<S>* products) {
    constexpr std::uint32_t all = (std::uint32_t{1} << packet_size<S>)-1;
    for (int half = 0; half < 2; ++half) {
      const Packet<S> cosines = divide<S>(products[half], length);
      const S* threshold = threshold_.data() + half * packet_size<S>;
      if (lanes_at_most<S>(cosines, load<S>(threshold)) != all)
        offer_lanes(word, cosines, half * packet_size<S>);
    }
  }

  void offer_lanes(Index word, const Packet<S>& cosines, Index first_lane) {
    std::array<S, static_cast<std::size_t>(packet_size<S>)> values;
    store<S>(values.data(), cosines);
    for (Index lane = first_lane; lane < std::min(count_, first_lane + packet_size<S>); ++lane) {
      auto& best = best_[static_cast<std::size_t>(lane)];
      best.offer(word, values[static_cast<std::size_t>(lane - first_lane)]);
      threshold_[static_cast<std::size_t>(lane)] = best.threshold();
    }
  }

  Index depth_;
  Index count_;
  Vector<S> panel_;
  std::vector<BestWords<S>> best_;
  std::array<S, static_cast<std::size_t>(tile_lanes<S>)> threshold_;
};

/// A task of the search: some questions against some words. Words go in blocks that stay in the
/// second cache while all panels of the task see them.
template <Real S>
void search_words(const Samples<S>& vectors, Range words, const WordQuestions<S>& questions,
                  Range asked, Index most, std::vector<SimilarWords<S>>& answers) {
  std::vector<QuestionPanel<S>> panels;
  for (Index begin = asked.begin; begin < asked.end; begin += tile_lanes<S>)
    panels.emplace_back(questions, begin, std::min(tile_lanes<S>, asked.end - begin), most);
  constexpr Index block = 512;
  std::array<S, static_cast<std::size_t>(block)> lengths;
  for (Index begin = words.begin; begin < words.end; begin += block) {
    const Range here{begin, std::min(words.end, begin + block)};
    for (Index i = here.begin; i < here.end; ++i) {
      const double length = word_length(vectors, i);
      lengths[static_cast<std::size_t>(i - begin)] = length > 0 ? static_cast<S>(length) : S(1);
    }
    for (auto& panel : panels) panel.search(vectors, here, lengths.data());
  }
  answers.clear();
  for (const auto& panel : panels)
    for (const auto& best : panel.best()) answers.push_back(best.words());
}

/// For every question the `most` words (fewer if there are no more) of the largest cosine among the
/// first n_words, best first, the lower number on ties.
///
/// Cost        2 n_questions n_words n_dimensions flops; memory for the answers, times the number of
///             ranges of words (1 for many questions).
template <Real S>
std::vector<SimilarWords<S>> most_similar_words(Team& team, const Samples<S>& vectors,
                                                Index n_words, const WordQuestions<S>& questions,
                                                Index most) {
  const Index n_questions = questions.directions.rows();
  most = std::min(most, n_words);
  std::vector<SimilarWords<S>> answers(static_cast<std::size_t>(n_questions));
  if (most <= 0 || n_questions == 0) return answers;
  const Chunks asked{n_questions, 8 * tile_lanes<S>};
  // A single chunk of questions leaves threads idle, so the words are cut too.
  const Chunks ranges{n_words, asked.count() == 1 ? Index{8192} : n_words};
  std::vector<std::vector<SimilarWords<S>>> parts(
      static_cast<std::size_t>(asked.count() * ranges.count()));
  team.run(asked.count() * ranges.count(), [&](Index task, int) {
    search_words(vectors, ranges[task % ranges.count()], questions, asked[task / ranges.count()],
                 most, parts[static_cast<std::size_t>(task)]);
  });
  for (Index i = 0; i < n_questions; ++i) {
    auto& answer = answers[static_cast<std::size_t>(i)];
    for (Index range = 0; range < ranges.count(); ++range) {
      const auto& part = parts[static_cast<std::size_t>(i / asked.size * ranges.count() + range)];
      const auto& found = part[static_cast<std::size_t>(i % asked.size)];
      answer.insert(answer.end(), found.begin(), found.end());
    }
    std::sort(answer.begin(), answer.end(), is_before<S>);
    answer.resize(std::min(answer.size(), static_cast<std::size_t>(most)));
    for (auto& found : answer) found.similarity = std::clamp(found.similarity, S(-1), S(1));
  }
  return answers;
}

}  // namespace unlabeled::detail
