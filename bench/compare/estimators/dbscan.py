# SPDX-License-Identifier: MIT
"""DBSCAN against scikit-learn and R's package dbscan (Debian: r-cran-dbscan)."""
import subprocess

import numpy as np
from datasets import generator
from protocol import array, timed
from workload import Peer, Quality, Workload


def sklearn_dbscan(x, eps, min_samples, threads, **_):
    from sklearn.cluster import DBSCAN

    x = array(x)
    model = DBSCAN(eps=float(eps), min_samples=int(min_samples), n_jobs=int(threads))
    seconds, model = timed(lambda: model.fit(x))
    return dict(seconds=seconds, noise=(model.labels_ < 0).sum(), clusters=model.labels_.max() + 1)


R_PROGRAM = """
a <- commandArgs(TRUE)
n <- as.integer(a[2]); d <- as.integer(a[3])
x <- matrix(readBin(a[1], "double", n * d), n, d)
suppressMessages(library(dbscan))
t <- system.time(r <- dbscan(x, eps = as.numeric(a[4]), minPts = as.integer(a[5])))[["elapsed"]]
cat(sprintf("%.6f %d %d\\n", t, sum(r$cluster == 0L), max(r$cluster)))
"""


def r_dbscan(x, eps, min_samples, **_):
    """Its time as R measures it, without reading. One thread and double whatever is asked for."""
    path = x + ".columns"
    array(x).astype(np.float64).ravel(order="F").tofile(path)
    n, d = array(x).shape
    out = subprocess.run(["Rscript", "-e", R_PROGRAM, path, str(n), str(d), eps, min_samples],
                         capture_output=True, text=True, check=True).stdout.split()
    return dict(seconds=float(out[0]), noise=float(out[1]), clusters=float(out[2]))


def noisy_blobs(name, n, d, k, box):
    """Unit normal clusters, a fifth of the samples uniform noise, in random order."""
    rng = generator(name)
    n_clustered = n * 8 // 10
    centers = rng.uniform(-0.9 * box, 0.9 * box, (k, d))
    x = np.empty((n, d))
    x[:n_clustered] = centers[rng.integers(0, k, n_clustered)]
    x[:n_clustered] += rng.standard_normal((n_clustered, d))
    x[n_clustered:] = rng.uniform(-box, box, (n - n_clustered, d))
    return x[rng.permutation(n)]


PEERS = {"sklearn_dbscan": sklearn_dbscan, "r_dbscan": r_dbscan}

DATASETS = {
    "noisy_blobs_100k_2": lambda name: noisy_blobs(name, 100_000, 2, 50, 100),
    "noisy_blobs_1m_2": lambda name: noisy_blobs(name, 1_000_000, 2, 200, 100),
    "noisy_blobs_200k_3": lambda name: noisy_blobs(name, 200_000, 3, 50, 100),
    "noisy_blobs_50k_16": lambda name: noisy_blobs(name, 50_000, 16, 20, 10),
}

# Noise is the same by every exact implementation; float samples are other samples for R, which
# takes them as they are, and for scikit-learn, which compares them in double.
EXACT = Quality("noise", better="equal", slack=(0, 0))


def workload(data, title, eps, peers, bytes_per_sample, n):
    return Workload(f"dbscan/{data}", f"DBSCAN, {title}", data, "dbscan", peers, EXACT,
                    parameters=dict(eps=eps, min_samples=10),
                    memory_limit=bytes_per_sample * n / 2**20)


BOTH = [Peer("sklearn_dbscan", 20), Peer("r_dbscan", 4)]

WORKLOADS = [
    workload("noisy_blobs_100k_2", "100k x 2", 0.5, BOTH, 100, 100_000),
    workload("noisy_blobs_1m_2", "1M x 2", 0.2, BOTH, 100, 1_000_000),
    workload("noisy_blobs_200k_3", "200k x 3", 0.9, BOTH, 100, 200_000),
    # A copy of 16 features takes more than 100 bytes by itself, and the model holds one.
    workload("noisy_blobs_50k_16", "50k x 16", 3.8, [Peer("sklearn_dbscan", 5)], 0, 50_000),
]
