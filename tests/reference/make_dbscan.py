#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes dbscan/*.csv next to this file: core samples and labels of scikit-learn's DBSCAN."""
import os

import numpy as np
import sklearn
from sklearn.cluster import DBSCAN
from sklearn.datasets import load_digits, load_iris, make_moons

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "dbscan")


def write(name, values, what, fmt):
    header = f"scikit-learn {sklearn.__version__}, NumPy {np.__version__}: {what}"
    np.savetxt(os.path.join(HERE, name + ".csv"), values, delimiter=",", header=header, fmt=fmt)


def fits(name, x, runs, weights=None):
    """Two columns for each run: whether a sample is core, and its label."""
    columns = []
    for metric, eps, min_samples in runs:
        model = DBSCAN(eps=eps, min_samples=min_samples, metric=metric)
        model.fit(x, sample_weight=weights)
        core = np.zeros(len(x), dtype=int)
        core[model.core_sample_indices_] = 1
        columns += [core, model.labels_]
    write(name, np.array(columns).T, f"core, label for (metric, eps, min_samples) in {runs}", "%d")


def main():
    os.makedirs(HERE, exist_ok=True)
    iris = load_iris().data
    write("iris", iris, "its iris data", "%g")
    runs = [("euclidean", 0.55, 5), ("euclidean", 0.775, 10), ("manhattan", 0.85, 5),
            ("chebyshev", 0.35, 6), ("cosine", 0.001, 8)]
    # No eps is a distance that occurs: that would be decided by the rounding of the data.
    fits("iris_fits", iris, runs)
    fits("iris_weighted_fits", iris, runs, 0.5 + np.arange(len(iris)) % 4)
    moons = np.round(make_moons(300, noise=0.08, random_state=1)[0], 3)
    write("moons", moons, "its moons", "%.3f")
    fits("moons_fits", moons, [("euclidean", 0.1501, 5), ("euclidean", 0.2001, 10),
                               ("manhattan", 0.2005, 5)])
    digits = load_digits().data[:150]
    write("digits", digits, "the first 150 of its digits", "%d")
    fits("digits_fits", digits, [("euclidean", 22.5, 4), ("manhattan", 110, 4),
                                 ("cosine", 0.08, 4)])


if __name__ == "__main__":
    main()
