# SPDX-License-Identifier: MIT
"""Writes tests/reference/agglomerative/*.csv: hierarchies of SciPy and what it cuts from them.

usage: python3 make_agglomerative.py (with SciPy and scikit-learn)

All samples are numbers of float32, so that float and double see the same ones. Files of results
have a column for each linkage, in the order of LINKAGES; those of several data sets are stacked.
"""
import pathlib

import numpy as np
import scipy
import sklearn
from scipy.cluster.hierarchy import cophenet, fcluster, leaves_list, linkage
from scipy.spatial.distance import pdist
from sklearn.datasets import load_iris, load_wine

FOLDER = pathlib.Path(__file__).resolve().parent / "agglomerative"
NOTE = f"SciPy {scipy.__version__}, NumPy {np.__version__}, scikit-learn {sklearn.__version__}"
LINKAGES = ["ward", "complete", "average", "single", "weighted", "centroid", "median"]
OF_ANY_METRIC = ["complete", "average", "single", "weighted"]
N_CLUSTERS = 5


def write(name, values, what, form="%.17g"):
    np.savetxt(FOLDER / f"{name}.csv", values, fmt=form, delimiter=",", header=f"{NOTE}\n{what}")


def columns(make, trees):
    return np.column_stack([make(tree) for tree in trees])


def threshold(tree):
    """A height that occurs: the merge at exactly the threshold is made."""
    return np.sort(tree[:, 2])[2 * len(tree) // 3]


def results(name, data_sets):
    """Everything about the data sets, stacked."""
    forests = [[linkage(x, method) for method in LINKAGES] for x in data_sets]
    for what, make, form in (
            ("heights", lambda tree: tree[:, 2], "%.17g"),
            ("children", lambda tree: tree[:, :2].ravel(), "%d"),
            ("cut", lambda tree: fcluster(tree, N_CLUSTERS, "maxclust"), "%d"),
            ("thresholds", lambda tree: [threshold(tree)], "%.17g"),
            ("cut_at", lambda tree: fcluster(tree, threshold(tree), "distance"), "%d"),
            ("leaves", leaves_list, "%d"),
            ("cophenetic", lambda tree: [cophenet(tree).sum()], "%.17g")):
        write(f"{name}_{what}", np.vstack([columns(make, trees) for trees in forests]),
              f"{what}, a column for each of {LINKAGES}", form)


def other_metrics(name, x, metric):
    trees = [linkage(pdist(x, metric), method) for method in OF_ANY_METRIC]
    write(f"{name}_{metric}", columns(lambda tree: tree[:, 2], trees),
          f"heights with metric {metric}, a column for each of {OF_ANY_METRIC}")


def random_sets(rng):
    """Twenty sets of 30 samples of 3 features, from one cloud to clusters far from the origin."""
    sets = []
    for i in range(20):
        x = rng.standard_normal((30, 3)) * rng.uniform(0.1, 3, 3)
        x += (i % 4) * 3 * rng.standard_normal((4, 3))[rng.integers(0, 4, 30)]
        sets.append((x + (1000 if i % 5 == 4 else 0)).astype(np.float32).astype(np.float64))
    return sets


def main():
    FOLDER.mkdir(exist_ok=True)
    rng = np.random.default_rng(20)
    sets = random_sets(rng)
    write("random", np.vstack(sets), "20 data sets of 30 samples", "%.9g")
    results("random", sets)

    wine = load_wine().data
    wine = ((wine - wine.mean(axis=0)) / wine.std(axis=0)).astype(np.float32).astype(np.float64)
    write("wine", wine, "wine, standardised", "%.9g")
    results("wine", [wine])
    # The measurements have one decimal, so many distances are equal; a little noise parts them.
    iris = load_iris().data + 0.01 * rng.standard_normal((150, 4))
    iris = iris.astype(np.float32).astype(np.float64)
    write("iris", iris, "iris with noise of 0.01", "%.9g")
    results("iris", [iris])

    # Greatest differences are differences of one feature, of which wine has equal ones.
    other_metrics("wine", wine, "cityblock")
    other_metrics("wine", wine, "cosine")
    other_metrics("iris", iris, "chebyshev")


if __name__ == "__main__":
    main()
