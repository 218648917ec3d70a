# SPDX-License-Identifier: MIT
"""The exact silhouette against scikit-learn."""
from datasets import blobs
from protocol import array, timed
from workload import Peer, Quality, Workload


def sklearn_silhouette(x, labels, **_):
    from sklearn.metrics import silhouette_score

    x, labels = array(x), array(labels)
    seconds, score = timed(lambda: silhouette_score(x, labels))
    return dict(seconds=seconds, score=score)


PEERS = {"sklearn_silhouette": sklearn_silhouette}

DATASETS = {
    "blobs_20k_16": lambda name: blobs(name, 20_000, 16, 10, 4.0)[0],
}

WORKLOADS = [
    Workload("silhouette/blobs_20k_16", "silhouette, 20k x 16", "blobs_20k_16", "silhouette",
             [Peer("sklearn_silhouette", 5)],
             Quality("score", better="equal", slack=(1e-9, 1e-3)), n_labels=10, memory_limit=50),
]
