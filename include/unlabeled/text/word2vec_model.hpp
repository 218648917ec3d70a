// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "unlabeled/core/report.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/text/vocabulary.hpp"

namespace unlabeled {

/// What Word2Vec learns from V words; d is vector_size.
template <Real S> struct Word2VecModel {
  Vocabulary vocabulary;        ///< V words with their counts
  RowMatrix<S> vectors;         ///< V x d: the words' (input) vectors
  RowMatrix<S> output_weights;  ///< V x d, of words; V - 1 x d, of nodes (hierarchical softmax)
  Eigen::VectorXi tree;         ///< 2 V - 1: what lies above each word and each node of the Huffman
                                ///< tree, 2 (node) + (branch), -1 for the top; empty without tree
  Vector<double> loss_history;  ///< mean loss per prediction of each epoch, while it ran
  Report report;                ///< iterations are epochs; objective: the loss of the last one
};

}  // namespace unlabeled
