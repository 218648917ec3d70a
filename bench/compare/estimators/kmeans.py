# SPDX-License-Identifier: MIT
"""KMeans against scikit-learn."""
from datasets import blobs, image_like, uniform_square
from protocol import array, timed
from workload import Peer, Quality, Workload


def sklearn_kmeans_from(x, init, iterations, **_):
    from sklearn.cluster import KMeans

    x, init = array(x), array(init)
    model = KMeans(len(init), init=init, n_init=1, max_iter=int(iterations), tol=0,
                   algorithm="lloyd")
    seconds, model = timed(lambda: model.fit(x))
    return dict(seconds=seconds, inertia=model.inertia_, iterations=model.n_iter_)


def sklearn_kmeans(x, n_clusters, seed, **_):
    from sklearn.cluster import KMeans

    x = array(x)
    model = KMeans(int(n_clusters), n_init=1, random_state=int(seed))
    seconds, model = timed(lambda: model.fit(x))
    return dict(seconds=seconds, inertia=model.inertia_, iterations=model.n_iter_)


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


PEERS = {"sklearn_kmeans_from": sklearn_kmeans_from, "sklearn_kmeans": sklearn_kmeans}

DATASETS = {
    "blobs_200k_16": lambda name: blobs(name, 200_000, 16, 64, 3.0)[0],
    "uniform_1m_2": lambda name: uniform_square(name, 1_000_000),
    "blobs_50k_128": lambda name: blobs(name, 50_000, 128, 256, 25.0)[0],
    "images_10k_784": lambda name: image_like(name, 10_000),
}

WORKLOADS = [
    *kmeans_pair("blobs_200k_16", "200k x 16", 64, 4),
    *kmeans_pair("uniform_1m_2", "1M x 2", 32, 4),
    *kmeans_pair("blobs_50k_128", "50k x 128", 256, 2),
    *kmeans_pair("images_10k_784", "10k x 784", 10, 2),
]
