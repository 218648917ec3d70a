# SPDX-License-Identifier: MIT
"""What is compared. A new workload is one entry here, its task one function in driver.cpp and one
per peer in peers.py."""
from dataclasses import dataclass, field

import numpy as np


@dataclass
class Peer:
    """A task of peers.py and how many times faster than it unlabeled has to be."""
    task: str
    target: float


@dataclass
class Quality:
    """The figure by which results are compared: ours must not be worse than the peer's by more than
    the share `slack`, or be below `floor` where a figure is rounding error alone. One value each for
    f64 and f32."""
    figure: str
    better: str = "lower"  # lower, or equal
    slack: tuple = (1e-6, 1e-3)
    floor: tuple = (0.0, 0.0)

    def acceptable(self, ours, theirs, scalar):
        which = 0 if scalar == "f64" else 1
        slack, floor = self.slack[which], self.floor[which]
        if self.better == "equal":
            return abs(ours - theirs) <= slack * max(abs(theirs), 1e-300) + floor
        return ours <= max(theirs + slack * abs(theirs), floor)


@dataclass
class Workload:
    name: str
    title: str
    data: str  # a name of datasets.py
    task: str  # of driver.cpp
    peers: list
    quality: Quality
    parameters: dict = field(default_factory=dict)
    n_init_centers: int = 0   # > 0: the request names a file of starting centres
    n_labels: int = 0         # > 0: the request names a file of labels with so many clusters
    n_components: int = 0     # > 0: components are compared with an exact eigendecomposition
    seeds: int = 0            # > 0: one run per seed instead of equal repeats
    memory_limit: float = 0   # MB above the data; 0 = reported only


def angle_of(found, exact):
    """Sine of the largest angle between two subspaces given by rows."""
    found = np.linalg.qr(found.astype(np.float64).T)[0].T
    outside = found - (found @ exact.T) @ exact
    return float(np.linalg.norm(outside, 2))


def kmeans_pair(data, title, k, target):
    """Lloyd iterations from given centres, and the default fit."""
    yield Workload(
        f"kmeans-lloyd/{data}", f"KMeans, 25 Lloyd iterations, {title}, k = {k}", data,
        "kmeans_from", [Peer("sklearn_kmeans_from", target)], Quality("inertia"),
        parameters=dict(iterations=25), n_init_centers=k)
    yield Workload(
        f"kmeans-default/{data}", f"KMeans, default fit, {title}, k = {k}", data,
        "kmeans", [Peer("sklearn_kmeans", 3)], Quality("inertia", slack=(0, 0)),
        parameters=dict(n_clusters=k), seeds=10)


# Components of the same numbers: an angle below the floor is rounding, not quality.
EXACT = Quality("angle", slack=(0, 0), floor=(1e-8, 1e-3))

WORKLOADS = [
    *kmeans_pair("blobs_200k_16", "200k x 16", 64, 4),
    *kmeans_pair("uniform_1m_2", "1M x 2", 32, 4),
    *kmeans_pair("blobs_50k_128", "50k x 128", 256, 2),
    *kmeans_pair("images_10k_784", "10k x 784", 10, 2),
    Workload("pca/low_rank_200k_64", "PCA, 200k x 64, all components", "low_rank_200k_64", "pca",
             [Peer("sklearn_pca_auto", 5), Peer("scipy_covariance_pca", 1.2)], EXACT,
             n_components=64),
    Workload("pca/low_rank_20k_784", "PCA, 20k x 784, 50 components", "low_rank_20k_784", "pca",
             [Peer("sklearn_pca_auto", 3), Peer("sklearn_pca_full", 3),
              Peer("scipy_covariance_pca", 1.2)], EXACT, n_components=50),
    Workload("pca/low_rank_5k_5k", "PCA, 5000 x 5000, 20 components", "low_rank_5k_5k", "pca",
             [Peer("sklearn_pca_auto", 2)], EXACT, n_components=20),
    Workload("scaler/columns_2m_32", "StandardScaler fit_transform, 2M x 32", "columns_2m_32",
             "scaler", [Peer("sklearn_scaler", 3), Peer("numpy_scaler", 1.2)],
             Quality("error", slack=(0, 0), floor=(1e-9, 1e-4))),
    Workload("silhouette/blobs_20k_16", "silhouette, 20k x 16", "blobs_20k_16", "silhouette",
             [Peer("sklearn_silhouette", 5)],
             Quality("score", better="equal", slack=(1e-9, 1e-3)), n_labels=10, memory_limit=50),
]
