#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes isolation_forest/*.csv next to this file: mean path lengths and scores by scikit-learn, and
mean path lengths by the shortest program in NumPy.

Path lengths are counted in scikit-learn's trees with exact harmonic numbers in c(m), which its own
scores approximate by logarithms."""
import os

import numpy as np
import sklearn
from sklearn.ensemble import IsolationForest

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "isolation_forest")
SEEDS = 20


def write(name, values, what):
    header = f"scikit-learn {sklearn.__version__}, NumPy {np.__version__}: {what}"
    np.savetxt(os.path.join(HERE, name + ".csv"), values, delimiter=",", header=header, fmt="%.10g")


def average_path(m):
    harmonic = np.concatenate([[0], np.cumsum(1 / np.arange(1, m.max() + 1))])
    return np.where(m > 1, 2 * harmonic[m - 1] - 2 * (m - 1) / m, 0)


def path_lengths(model, x):
    """One column for each tree."""
    columns = []
    for tree, features in zip(model.estimators_, model.estimators_features_):
        part = x[:, features].astype(np.float32)
        depth = np.asarray(tree.tree_.decision_path(part).sum(axis=1)).ravel() - 1
        columns.append(depth + average_path(tree.tree_.n_node_samples[tree.tree_.apply(part)]))
    return np.array(columns).T


def walk(rng, sample, x, depth, limit, rows):
    """Path lengths of the rows of x through one tree that grows on the way."""
    differs = np.flatnonzero(sample.min(axis=0) < sample.max(axis=0))
    if len(sample) < 2 or depth == limit or len(differs) == 0:
        return {row: depth + average_path(np.array([len(sample)]))[0] for row in rows}
    feature = rng.choice(differs)
    threshold = rng.uniform(sample[:, feature].min(), sample[:, feature].max())
    right, goes = sample[:, feature] > threshold, x[rows, feature] > threshold
    return (walk(rng, sample[~right], x, depth + 1, limit, rows[~goes])
            | walk(rng, sample[right], x, depth + 1, limit, rows[goes]))


def numpy_means(x, max_samples, n_trees=6000):
    """The mean over samples and trees, and its standard error."""
    rng = np.random.default_rng(1)
    limit = int(np.ceil(np.log2(max_samples)))
    means = []
    for _ in range(n_trees):
        sample = x[rng.choice(len(x), max_samples, replace=False)]
        means.append(np.mean(list(walk(rng, sample, x, 0, limit, np.arange(len(x))).values())))
    return max_samples, n_trees, np.mean(means), np.std(means) / np.sqrt(n_trees)


def main():
    os.makedirs(HERE, exist_ok=True)
    rng = np.random.default_rng(5)
    x = rng.standard_normal((150, 3)) * [1, 5, 0.2]
    x[75:, 0] += 6
    x[:8] *= 4
    x = np.round(x.astype(np.float32), 3).astype(np.float64)
    write("samples", x, "samples: two blobs, the first 8 of them stretched")
    write("numpy", [numpy_means(x, max_samples) for max_samples in (32, 128)],
          "max_samples, trees, mean path length over trees and samples, its standard error")
    for max_samples in (32, 128):
        paths, scores = [], []
        for seed in range(SEEDS):
            model = IsolationForest(n_estimators=100, max_samples=max_samples, random_state=seed).fit(x)
            paths.append(path_lengths(model, x))
            scores.append(-model.score_samples(x))
        paths = np.concatenate(paths, axis=1)
        error = paths.std(axis=1) / np.sqrt(paths.shape[1])
        write(f"psi_{max_samples}", np.column_stack([paths.mean(axis=1), error, np.mean(scores, 0)]),
              f"mean path length over {SEEDS} x 100 trees, its standard error, mean score")


if __name__ == "__main__":
    main()
