#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes kmeans/*.csv next to this file: what scikit-learn's KMeans does from given centres."""
import os
import warnings

import numpy as np
import sklearn
from sklearn.cluster import KMeans, MiniBatchKMeans
from sklearn.datasets import load_digits, load_iris

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "kmeans")
CAPS = (1, 2, 4, 300)


def write(name, values, what, fmt="%.17g"):
    header = f"scikit-learn {sklearn.__version__}, NumPy {np.__version__}: {what}"
    np.savetxt(os.path.join(HERE, name + ".csv"), values, delimiter=",", header=header, fmt=fmt)


def trajectory(name, x, start, weights=None):
    """Labels, centres and inertia after 1, 2, 4 and all iterations from the samples `start`."""
    labels, centers, summary = [], [], []
    for cap in CAPS:
        model = KMeans(len(start), init=x[start], n_init=1, max_iter=cap, tol=0,
                       algorithm="lloyd").fit(x, sample_weight=weights)
        labels.append(model.labels_)
        centers.append(model.cluster_centers_)
        summary.append((cap, model.n_iter_, model.inertia_))
    write(name + "_labels", np.array(labels).T, f"labels, a column for each cap of {CAPS}", "%d")
    write(name + "_centers", np.vstack(centers), f"centres, stacked for caps {CAPS}")
    write(name + "_summary", summary, "cap, iterations, inertia")


def mini_batches(name, x, start, size):
    """Centres after each of the first batches of `size` samples, from the samples `start`."""
    model = MiniBatchKMeans(len(start), init=x[start], n_init=1, reassignment_ratio=0)
    centers = []
    for begin in range(0, len(x), size):
        centers.append(model.partial_fit(x[begin:begin + size]).cluster_centers_.copy())
    write(name + "_batches", np.vstack(centers), f"centres after each batch of {size}, stacked")


def stopping(name, x, start):
    """How many iterations a tolerance allows."""
    rows = []
    for tolerance in (1e-1, 1e-2, 1e-3, 1e-4):
        model = KMeans(len(start), init=x[start], n_init=1, tol=tolerance, algorithm="lloyd").fit(x)
        rows.append((tolerance, model.n_iter_, model.inertia_))
    write(name + "_stopping", rows, "tolerance, iterations, inertia")


def main():
    warnings.filterwarnings("ignore")
    os.makedirs(HERE, exist_ok=True)
    iris = load_iris().data
    write("iris", iris, "its iris data", "%g")
    trajectory("iris", iris, [20, 30, 140])
    trajectory("iris_weighted", iris, [20, 30, 140], 1.0 + np.arange(len(iris)) % 4)
    stopping("iris", iris, [20, 30, 140])
    mini_batches("iris", iris, [0, 60, 120], 30)
    digits = load_digits().data[:250]
    write("digits", digits, "the first 250 of its digits", "%d")
    trajectory("digits", digits, list(range(10)))


if __name__ == "__main__":
    main()
