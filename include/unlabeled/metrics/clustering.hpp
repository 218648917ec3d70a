// SPDX-License-Identifier: MIT
#pragma once

// Scores for clusterings.
//
// Without a truth, from the samples and their labels: is a clustering dense and well separated?
//   silhouette_score, silhouette_samples, calinski_harabasz_score, davies_bouldin_score
//     (X, labels, n_threads = 0)
//
// Against a truth, from two labelings: do they agree?
//   adjusted_rand_score, rand_score, fowlkes_mallows_score           pairs of samples
//   adjusted_mutual_info_score, normalized_mutual_info_score, mutual_info_score,
//   homogeneity_score, completeness_score, v_measure_score           information
//   clustering_accuracy                                              best matching of names
//   contingency_matrix                                               the table behind all of them
//     (labels_true, labels_pred)
//
// The scores are those of scikit-learn 1.2, and so are their corner cases, but for those where
// rounding or an absolute threshold decides there: equal labelings score exactly 1 here, and
// whether two means are equal is judged relative to the spread of the data.

#include "unlabeled/metrics/agreement.hpp"
#include "unlabeled/metrics/dispersion.hpp"
#include "unlabeled/metrics/silhouette.hpp"
