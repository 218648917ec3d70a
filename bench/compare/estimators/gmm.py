# SPDX-License-Identifier: MIT
"""Gaussian mixtures against scikit-learn, from equal starts."""
import numpy as np
from datasets import generator
from protocol import array, quality, timed
from workload import Peer, Quality, Workload


def sklearn_gmm_from(x, init, covariance_type, iterations, **_):
    """Equal weights and, for every component, the diagonal matrix of the variances of the data."""
    from sklearn.mixture import GaussianMixture

    x, means = array(x), array(init)
    precision = 1 / x.var(axis=0, dtype=np.float64)
    each = np.diag(precision) if covariance_type == "full" else precision
    model = GaussianMixture(
        len(means), covariance_type=covariance_type, tol=0, max_iter=int(iterations),
        weights_init=np.full(len(means), 1 / len(means)), means_init=means,
        precisions_init=np.stack([each] * len(means)), init_params="random_from_data",
        random_state=0)
    seconds, model = timed(lambda: model.fit(x))
    return dict(seconds=seconds, iterations=model.n_iter_,
                **quality(lambda: dict(log_likelihood=model.score(x))))


def correlated(name, n, d, k):
    """Normal clusters that overlap, each with a full covariance of its own."""
    rng = generator(name)
    means, labels, x = rng.uniform(-1, 1, (k, d)), rng.integers(0, k, n), np.empty((n, d))
    for c in range(k):
        members = np.flatnonzero(labels == c)
        mixing = np.eye(d) + 0.5 * rng.standard_normal((d, d))
        x[members] = means[c] + rng.standard_normal((len(members), d)) @ mixing
    return x


def axis_aligned(name, n, d, k):
    """Normal clusters with a deviation of its own for each feature."""
    rng = generator(name)
    means, deviations = rng.uniform(-4, 4, (k, d)), rng.uniform(0.5, 3, (k, d))
    labels = rng.integers(0, k, n)
    return means[labels] + deviations[labels] * rng.standard_normal((n, d))


PEERS = {"sklearn_gmm_from": sklearn_gmm_from}

DATASETS = {
    "correlated_100k_16": lambda name: correlated(name, 100_000, 16, 16),
    "axis_aligned_100k_64": lambda name: axis_aligned(name, 100_000, 64, 10),
}

EQUAL = Quality("log_likelihood", better="equal", slack=(1e-6, 1e-4))

WORKLOADS = [
    Workload("gmm/correlated_100k_16", "GMM, 50 iterations, 100k x 16, k = 16, full",
             "correlated_100k_16", "gmm_from", [Peer("sklearn_gmm_from", 6)], EQUAL,
             parameters=dict(covariance_type="full", iterations=50), n_init_centers=16),
    Workload("gmm/axis_aligned_100k_64", "GMM, 50 iterations, 100k x 64, k = 10, diag",
             "axis_aligned_100k_64", "gmm_from", [Peer("sklearn_gmm_from", 4)], EQUAL,
             parameters=dict(covariance_type="diag", iterations=50), n_init_centers=10),
]
