// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "unlabeled/core/types.hpp"

namespace unlabeled::detail {

/// Huffman's tree over words in descending order of their counts: entry i is what lies above word i
/// (i < V) or above node i - V, as 2 node + branch; -1 above the top. Nodes are numbered in the
/// order in which they are joined, so what lies above a node has a larger number than it. O(V).
inline Eigen::VectorXi huffman_tree(const std::vector<Index>& counts) {
  const Index n = static_cast<Index>(counts.size());
  Eigen::VectorXi above = Eigen::VectorXi::Constant(2 * n - 1, -1);
  std::vector<double> weights;
  weights.reserve(static_cast<std::size_t>(n));
  Index word = n - 1, node = 0;
  const auto take_lightest = [&] {
    const bool is_word =
        word >= 0 && (node >= static_cast<Index>(weights.size()) ||
                      static_cast<double>(counts[static_cast<std::size_t>(word)]) <=
                          weights[static_cast<std::size_t>(node)]);
    return is_word ? word-- : n + node++;
  };
  const auto weight = [&](Index i) {
    return i < n ? static_cast<double>(counts[static_cast<std::size_t>(i)])
                 : weights[static_cast<std::size_t>(i - n)];
  };
  for (Index joined = 0; joined < n - 1; ++joined) {
    const Index first = take_lightest(), second = take_lightest();
    above[first] = static_cast<int>(2 * joined);
    above[second] = static_cast<int>(2 * joined + 1);
    weights.push_back(weight(first) + weight(second));
  }
  return above;
}

/// The paths from the top to each word, one after the other.
struct WordPaths {
  std::vector<Index> begins;  ///< of word i's steps; V + 1 entries
  std::vector<int> steps;     ///< 2 node + branch
  Index longest = 0;
};

inline WordPaths word_paths(const Eigen::VectorXi& above) {
  const Index n = (above.size() + 1) / 2;
  WordPaths paths;
  for (Index word = 0; word < n; ++word) {
    const std::size_t begin = paths.steps.size();
    paths.begins.push_back(static_cast<Index>(begin));
    for (int step = above[word]; step >= 0; step = above[n + step / 2]) paths.steps.push_back(step);
    paths.longest = std::max(paths.longest, static_cast<Index>(paths.steps.size() - begin));
  }
  paths.begins.push_back(static_cast<Index>(paths.steps.size()));
  return paths;
}

}  // namespace unlabeled::detail
