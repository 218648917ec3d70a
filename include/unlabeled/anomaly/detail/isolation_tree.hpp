// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

#include "unlabeled/anomaly/detail/average_path.hpp"
#include "unlabeled/anomaly/detail/row_sampler.hpp"
#include "unlabeled/anomaly/isolation_forest_model.hpp"
#include "unlabeled/core/random.hpp"
#include "unlabeled/core/types.hpp"

// How one tree grows.

namespace unlabeled::detail {

/// What a direction sees of a sample whose feature f is at x[f * stride]. In float the products are
/// exact; every place that projects adds them up in this order.
template <Real S>
inline S projection(const S* x, Index stride, const int* features, const S* direction, Index n) {
  double sum = 0;
  for (Index j = 0; j < n; ++j)
    sum += static_cast<double>(direction[j]) * static_cast<double>(x[features[j] * stride]);
  return static_cast<S>(sum);
}

/// Uniform in (low, high), rounded so that low <= threshold < high: neither side of the split is
/// empty. No difference of the two, which could overflow.
template <Real S> S threshold_between(S low, S high, double u) {
  const double mixed = static_cast<double>(low) * (1 - u) + static_cast<double>(high) * u;
  const S threshold = std::max(low, static_cast<S>(mixed));
  return threshold < high ? threshold : std::nextafter(high, low);
}

/// The nodes of one tree, laid out as in IsolationForestModel.
template <Real S> struct IsolationTree {
  std::vector<int> left_child, n_node_samples, split_features;
  std::vector<S> thresholds, directions, shares;
};

/// Grows the trees of one worker, one after the other in the same memory.
template <Real S> class TreeGrower {
 public:
  TreeGrower(const Samples<S>& x, const IsolationForestOptions& options, Index n_samples,
             Index n_features)
      : x_(x),
        options_(options),
        n_features_(n_features),
        depth_limit_(depth_limit(n_samples)),
        sampler_(options.bootstrap ? 1 : n_samples),
        rows_(static_cast<std::size_t>(n_samples)),
        members_(rows_.size()),
        right_(rows_.size()),
        values_(rows_.size()),
        sums_(options.n_split_features > 1 ? rows_.size() : 0),
        features_(static_cast<std::size_t>(x.n_features)),
        column_of_(n_features <= most_columns ? features_.size() : 0),
        columns_(n_features <= most_columns ? rows_.size() * static_cast<std::size_t>(n_features)
                                            : 0) {}

  /// A tree depends on the options, the data and its number only.
  IsolationTree<S> grow(Index number) {
    Rng rng(options_.seed, static_cast<std::uint64_t>(number));
    rng_ = &rng;
    tree_ = {};
    draw_rows();
    draw_features();
    std::iota(members_.begin(), members_.end(), Index{0});
    const auto n_samples = static_cast<Index>(rows_.size());
    add_node(n_samples);
    grow({0, 0, n_samples, 0, n_features_});
    return std::move(tree_);
  }

 private:
  /// Up to so many features, a tree copies its samples: each value is then read from afar once.
  static constexpr Index most_columns = 64;

  /// A node and its samples. Only the first n_candidates features can differ within them.
  struct Part {
    Index node, begin, end;
    int depth;
    Index n_candidates;
  };
  struct Range {
    S low, high;
  };

  void draw_rows() {
    if (!options_.bootstrap) return sampler_.draw(*rng_, x_.n_samples, rows_);
    for (Index& row : rows_) row = rng_->index_below(x_.n_samples);
  }

  void draw_features() {
    std::iota(features_.begin(), features_.end(), Index{0});
    if (n_features_ < x_.n_features)
      for (Index i = 0; i < n_features_; ++i)
        std::swap(feature(i), feature(i + rng_->index_below(x_.n_features - i)));
    if (n_features_ > most_columns) return;
    for (Index i = 0; i < n_features_; ++i) column_of_[static_cast<std::size_t>(feature(i))] = i;
    const auto n_samples = static_cast<Index>(rows_.size());
    for (Index r = 0; r < n_samples; ++r) {
      const S* const row = x_.data + rows_[static_cast<std::size_t>(r)] * x_.row_stride;
      for (Index i = 0; i < n_features_; ++i)
        columns_[static_cast<std::size_t>(i * n_samples + r)] = row[feature(i) * x_.column_stride];
    }
  }

  Index& feature(Index i) { return features_[static_cast<std::size_t>(i)]; }

  void add_node(Index n_samples) {
    const auto q = static_cast<std::size_t>(options_.n_split_features);
    tree_.left_child.push_back(0);
    tree_.n_node_samples.push_back(static_cast<int>(n_samples));
    tree_.thresholds.push_back(0);
    tree_.split_features.resize(tree_.split_features.size() + q);
    if (q == 1) return;
    tree_.directions.resize(tree_.directions.size() + q);
    tree_.shares.resize(tree_.shares.size() + q);
  }

  void grow(Part part) {
    if (part.end - part.begin < 2 || part.depth == depth_limit_) return;
    const bool splits =
        options_.n_split_features == 1 ? split_at_feature(part) : split_oblique(part);
    if (!splits) return;
    const Index middle = partition(part);
    const auto left = static_cast<Index>(tree_.left_child.size());
    tree_.left_child[static_cast<std::size_t>(part.node)] = static_cast<int>(left);
    add_node(middle - part.begin);
    add_node(part.end - middle);
    grow({left, part.begin, middle, part.depth + 1, part.n_candidates});
    grow({left + 1, middle, part.end, part.depth + 1, part.n_candidates});
  }

  /// Draws a feature that differs within the part, any of them with equal probability, and leaves
  /// its values in values_. Those found constant are put behind the candidates: they are constant
  /// in the children too. The first n_drawn candidates are left alone.
  bool draw_feature(Part& part, Index n_drawn, Range& range) {
    while (part.n_candidates > n_drawn) {
      const Index drawn = n_drawn + rng_->index_below(part.n_candidates - n_drawn);
      gather(part, feature(drawn));
      range = range_of_values(part.end - part.begin);
      if (range.low < range.high) {
        std::swap(feature(drawn), feature(n_drawn));
        return true;
      }
      std::swap(feature(drawn), feature(--part.n_candidates));
    }
    return false;
  }

  bool split_at_feature(Part& part) {
    Range range;
    if (!draw_feature(part, 0, range)) return false;
    tree_.split_features[static_cast<std::size_t>(part.node)] = static_cast<int>(feature(0));
    set_threshold(part, range);
    return true;
  }

  /// A direction with normal entries for the features drawn. Its length does not matter to the
  /// split; that its entries add up to 1/2 keeps projections from overflowing.
  bool split_oblique(Part& part) {
    const Index q = options_.n_split_features;
    const auto first = static_cast<std::size_t>(part.node * q);
    int* const features = tree_.split_features.data() + first;
    S *const direction = tree_.directions.data() + first, *const shares =
                                                              tree_.shares.data() + first;
    Index n_drawn = 0;
    double sum = 0;
    for (Range range; n_drawn < q && draw_feature(part, n_drawn, range); ++n_drawn) {
      features[n_drawn] = static_cast<int>(feature(n_drawn));
      direction[n_drawn] = static_cast<S>(rng_->normal());
      shares[n_drawn] = range.high / 2 - range.low / 2;
      sum += std::abs(static_cast<double>(direction[n_drawn]));
    }
    if (n_drawn == 0) return false;
    for (Index j = 0; j < n_drawn; ++j)
      direction[j] = static_cast<S>(static_cast<double>(direction[j]) / (2 * sum));
    Range range = project(part, features, direction, n_drawn);
    if (!(range.low < range.high)) {  // rounding made them equal; one feature never does
      std::fill(direction, direction + q, S(0));
      direction[0] = S(0.5);
      range = project(part, features, direction, 1);
    }
    if (!(range.low < range.high)) {  // halves of denormal numbers: a leaf, whose row is all 0
      std::fill(features, features + q, 0);
      std::fill(direction, direction + q, S(0));
      std::fill(shares, shares + q, S(0));
      return false;
    }
    share_out(direction, shares, n_drawn);
    set_threshold(part, range);
    return true;
  }

  /// The projections of the part's samples, into values_.
  Range project(const Part& part, const int* features, const S* direction, Index n) {
    const Index size = part.end - part.begin;
    std::fill(sums_.begin(), sums_.begin() + size, 0.0);
    for (Index j = 0; j < n; ++j) {
      gather(part, features[j]);
      for (Index i = 0; i < size; ++i)
        sums_[static_cast<std::size_t>(i)] +=
            static_cast<double>(direction[j]) *
            static_cast<double>(values_[static_cast<std::size_t>(i)]);
    }
    for (Index i = 0; i < size; ++i)
      values_[static_cast<std::size_t>(i)] = static_cast<S>(sums_[static_cast<std::size_t>(i)]);
    return range_of_values(size);
  }

  /// A feature's share is how far it alone spreads the projections; half ranges come in.
  static void share_out(const S* direction, S* shares, Index n) {
    double widest = std::numeric_limits<double>::min(), sum = 0;
    for (Index j = 0; j < n; ++j) widest = std::max(widest, static_cast<double>(shares[j]));
    const auto spread = [&](Index j) {
      return std::abs(static_cast<double>(direction[j])) *
             (static_cast<double>(shares[j]) / widest);
    };
    for (Index j = 0; j < n; ++j) sum += spread(j);
    for (Index j = 0; j < n; ++j)  // no spread: denormal numbers, halved
      shares[j] = sum > 0 ? static_cast<S>(spread(j) / sum) : static_cast<S>(j == 0);
  }

  void set_threshold(const Part& part, const Range& range) {
    tree_.thresholds[static_cast<std::size_t>(part.node)] =
        threshold_between(range.low, range.high, rng_->uniform());
  }

  /// values_ = the feature of the part's samples, in their order.
  void gather(const Part& part, Index from) {
    const Index size = part.end - part.begin;
    const Index* const members = members_.data() + part.begin;
    if (n_features_ <= most_columns) {
      const auto column = column_of_[static_cast<std::size_t>(from)];
      const S* const values = columns_.data() + column * static_cast<Index>(rows_.size());
      for (Index i = 0; i < size; ++i) values_[static_cast<std::size_t>(i)] = values[members[i]];
    } else {
      const S* const values = x_.data + from * x_.column_stride;
      for (Index i = 0; i < size; ++i)
        values_[static_cast<std::size_t>(i)] =
            values[rows_[static_cast<std::size_t>(members[i])] * x_.row_stride];
    }
  }

  Range range_of_values(Index size) const {
    const Eigen::Map<const Vector<S>> values(values_.data(), size);
    return {values.minCoeff(), values.maxCoeff()};
  }

  /// Members whose value is above the threshold go behind the others; returns where they begin.
  Index partition(const Part& part) {
    const S threshold = tree_.thresholds[static_cast<std::size_t>(part.node)];
    Index* const members = members_.data() + part.begin;
    Index n_left = 0, n_right = 0;
    for (Index i = 0; i < part.end - part.begin;
         ++i) {  // without a branch: it would be a coin toss
      const Index member = members[i];
      const bool goes_right = values_[static_cast<std::size_t>(i)] > threshold;
      members[n_left] = member;
      right_[static_cast<std::size_t>(n_right)] = member;
      n_left += goes_right ? 0 : 1;
      n_right += goes_right ? 1 : 0;
    }
    std::copy(right_.begin(), right_.begin() + n_right, members + n_left);
    return part.begin + n_left;
  }

  const Samples<S>& x_;
  const IsolationForestOptions& options_;
  Index n_features_;
  int depth_limit_;
  RowSampler sampler_;
  std::vector<Index> rows_, members_, right_;
  std::vector<S> values_;
  std::vector<double> sums_;
  std::vector<Index> features_, column_of_;
  std::vector<S> columns_;
  Rng* rng_ = nullptr;
  IsolationTree<S> tree_;
};

}  // namespace unlabeled::detail
