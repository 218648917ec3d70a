# SPDX-License-Identifier: MIT
"""Agglomerative against fastcluster (Debian: apt-get install python3-fastcluster), which knows ward
and single linkage without a matrix of distances, and against scikit-learn. All compute in double."""
from datasets import blobs
from protocol import array, timed
from workload import Peer, Quality, Workload


def fastcluster_vector(x, linkage, **_):
    import fastcluster

    x = array(x)
    seconds, tree = timed(lambda: fastcluster.linkage_vector(x, linkage))
    return dict(seconds=seconds, heights=tree[:, 2].sum())


def fastcluster_matrix(x, linkage, **_):
    import fastcluster

    x = array(x)
    seconds, tree = timed(lambda: fastcluster.linkage(x, linkage))
    return dict(seconds=seconds, heights=tree[:, 2].sum())


def sklearn_ward(x, **_):
    from sklearn.cluster import AgglomerativeClustering

    x = array(x)
    model = AgglomerativeClustering(compute_distances=True)
    seconds, model = timed(lambda: model.fit(x))
    return dict(seconds=seconds, heights=model.distances_.sum())


def hierarchy(data, title, linkage, peers, memory_limit=0):
    return Workload(f"agglomerative-{linkage}/{data}", f"Agglomerative, {linkage}, {title}", data,
                    "agglomerative", peers, Quality("heights", better="equal", slack=(1e-9, 1e-6)),
                    parameters=dict(linkage=linkage), memory_limit=memory_limit)


PEERS = {"fastcluster_vector": fastcluster_vector, "fastcluster_matrix": fastcluster_matrix,
         "sklearn_ward": sklearn_ward}

DATASETS = {
    "agg_10k_8": lambda name: blobs(name, 10_000, 8, 30, 1.2)[0],
    "agg_30k_8": lambda name: blobs(name, 30_000, 8, 30, 1.2)[0],
    "agg_30k_2": lambda name: blobs(name, 30_000, 2, 30, 1.2)[0],
}

WORKLOADS = [
    hierarchy("agg_10k_8", "10k x 8", "ward",
              [Peer("fastcluster_vector", 3), Peer("sklearn_ward", 20)], memory_limit=20),
    hierarchy("agg_30k_8", "30k x 8", "ward", [Peer("fastcluster_vector", 3)], memory_limit=50),
    hierarchy("agg_30k_2", "30k x 2", "ward", [Peer("fastcluster_vector", 5)], memory_limit=50),
    hierarchy("agg_10k_8", "10k x 8", "complete", [Peer("fastcluster_matrix", 1.5)]),
    hierarchy("agg_10k_8", "10k x 8", "average", [Peer("fastcluster_matrix", 1.5)]),
    hierarchy("agg_10k_8", "10k x 8", "single", [Peer("fastcluster_vector", 4)], memory_limit=20),
    hierarchy("agg_30k_8", "30k x 8", "single", [Peer("fastcluster_vector", 5)], memory_limit=50),
    hierarchy("agg_30k_2", "30k x 2", "single", [Peer("fastcluster_vector", 50)], memory_limit=50),
]
