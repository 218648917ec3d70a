# SPDX-License-Identifier: MIT
"""PCA against scikit-learn, and against the shortest program in NumPy and SciPy."""
import numpy as np
from datasets import low_rank
from protocol import array, timed
from workload import Peer, Quality, Workload


def sklearn_pca(solver):
    def run(x, n_components, components, **_):
        from sklearn.decomposition import PCA

        x = array(x)
        model = PCA(int(n_components), svd_solver=solver, random_state=0)
        seconds, model = timed(lambda: model.fit(x))
        np.save(components, model.components_)
        return dict(seconds=seconds)

    return run


def scipy_covariance_pca(x, n_components, components, **_):
    from scipy.linalg import eigh

    x, k = array(x), int(n_components)
    d = x.shape[1]

    def call():
        centered = x - x.mean(axis=0)
        covariance = centered.T @ centered / (len(x) - 1)
        if k == d:
            return np.linalg.eigh(covariance)[1]
        return eigh(covariance, subset_by_index=[d - k, d - 1])[1]

    seconds, vectors = timed(call)
    np.save(components, np.ascontiguousarray(vectors.T[::-1]))
    return dict(seconds=seconds)


PEERS = {
    "sklearn_pca_auto": sklearn_pca("auto"),
    "sklearn_pca_full": sklearn_pca("full"),
    "scipy_covariance_pca": scipy_covariance_pca,
}

# Components of the same numbers: an angle below the floor is rounding, not quality.
EXACT = Quality("angle", slack=(0, 0), floor=(1e-8, 1e-3))

DATASETS = {
    "low_rank_200k_64": lambda name: low_rank(name, 200_000, 64, 64, 0.5, 0.05),
    "low_rank_20k_784": lambda name: low_rank(name, 20_000, 784, 200, 0.7, 0.02),
    "low_rank_5k_5k": lambda name: low_rank(name, 5_000, 5_000, 200, 0.8, 0.005),
}

WORKLOADS = [
    Workload("pca/low_rank_200k_64", "PCA, 200k x 64, all components", "low_rank_200k_64", "pca",
             [Peer("sklearn_pca_auto", 5), Peer("scipy_covariance_pca", 1.2)], EXACT,
             n_components=64),
    Workload("pca/low_rank_20k_784", "PCA, 20k x 784, 50 components", "low_rank_20k_784", "pca",
             [Peer("sklearn_pca_auto", 3), Peer("sklearn_pca_full", 3),
              Peer("scipy_covariance_pca", 1.2)], EXACT, n_components=50),
    Workload("pca/low_rank_5k_5k", "PCA, 5000 x 5000, 20 components", "low_rank_5k_5k", "pca",
             [Peer("sklearn_pca_auto", 2)], EXACT, n_components=20),
]
