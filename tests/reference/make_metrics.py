# SPDX-License-Identifier: MIT
"""Writes tests/reference/metrics/*.csv: scores of scikit-learn for clusterings and outlier scores.

Run with scikit-learn 1.2 or newer: python3 make_metrics.py
"""
from pathlib import Path

import numpy as np
import sklearn
from scipy.optimize import linear_sum_assignment
from sklearn import metrics

FOLDER = Path(__file__).resolve().parent / "metrics"
HEADER = f"scikit-learn {sklearn.__version__}, numpy {np.__version__}"


def write(name, values, what, form="%.17g"):
    np.savetxt(FOLDER / name, values, fmt=form, delimiter=",", header=f"{HEADER}\n{what}")


def samples_and_labels(rng):
    """Overlapping clusters of unequal size, one of them a single sample, labelled from -1 to 5."""
    sizes = [1, 40, 25, 30, 13, 8, 3]
    centers = rng.normal(scale=3, size=(len(sizes), 5))
    labels = np.repeat(np.arange(len(sizes)) - 1, sizes)
    x = centers[labels + 1] + rng.normal(size=(len(labels), 5)) * rng.uniform(0.5, 2, size=5)
    x[50] = x[51]  # equal samples
    order = rng.permutation(len(labels))
    return x[order], labels[order]


def internal_scores(rng):
    x, labels = samples_and_labels(rng)
    write("samples.csv", x, "120 samples of 5 features")
    write("labels.csv", labels, "their labels", "%d")
    write("silhouette_samples.csv", metrics.silhouette_samples(x, labels), "silhouette_samples")
    scores = [metrics.silhouette_score(x, labels), metrics.calinski_harabasz_score(x, labels),
              metrics.davies_bouldin_score(x, labels)]
    write("internal_scores.csv", [scores], "silhouette, calinski_harabasz, davies_bouldin")


def labelings(rng):
    """Pairs of labelings: related, independent, refined, many labels, unbalanced, two elements."""
    n = 300
    truth = rng.integers(0, 6, n)
    noisy = np.where(rng.uniform(size=n) < 0.25, rng.integers(-1, 4, n), truth)
    refined = truth * 3 + rng.integers(0, 3, n)
    many = rng.integers(0, 150, n)
    unbalanced = (rng.uniform(size=n) < 0.02).astype(int)
    return [(truth, noisy), (noisy, truth), (truth, rng.integers(0, 9, n)), (truth, refined),
            (refined, truth), (truth, many), (many, rng.integers(0, 150, n)),
            (unbalanced, truth), (unbalanced, np.roll(unbalanced, 1)),
            (truth, np.zeros(n, dtype=int))]


def agreement_scores(rng):
    pairs = labelings(rng)
    functions = [metrics.rand_score, metrics.adjusted_rand_score, metrics.fowlkes_mallows_score,
                 metrics.mutual_info_score, metrics.normalized_mutual_info_score,
                 metrics.adjusted_mutual_info_score, metrics.homogeneity_score,
                 metrics.completeness_score, metrics.v_measure_score]
    write("labelings.csv", np.array(pairs).reshape(2 * len(pairs), -1).T,
          "columns 2 i and 2 i + 1 are labels_true and labels_pred of case i", "%d")
    write("agreement_scores.csv", [[f(a, b) for f in functions] for a, b in pairs],
          "one line per case: " + ", ".join(f.__name__ for f in functions))
    accuracy = []
    for a, b in pairs:
        table = metrics.cluster.contingency_matrix(a, b)
        accuracy.append(table[linear_sum_assignment(-table)].sum() / len(a))
    write("clustering_accuracy.csv", accuracy, "best matching by scipy linear_sum_assignment")


def outlier_scores(rng):
    n = 200
    truth = (rng.uniform(size=(n, 3)) < [0.5, 0.1, 0.02]).astype(int)
    truth[0] = 1
    scores = rng.normal(size=(n, 3)) + truth
    scores[:, 1] = np.round(scores[:, 1])  # ties
    scores[:, 2] = np.round(scores[:, 2], 1)
    write("outlier_labels.csv", truth, "one column per case", "%d")
    write("outlier_inputs.csv", scores, "one column of scores per case")
    write("outlier_scores.csv", [[f(truth[:, i], scores[:, i])
                                  for f in (metrics.roc_auc_score, metrics.average_precision_score)]
                                 for i in range(3)],
          "one line per case: roc_auc_score, average_precision_score")


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    generator = np.random.default_rng(20)
    internal_scores(generator)
    agreement_scores(generator)
    outlier_scores(generator)
