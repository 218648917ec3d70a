# SPDX-License-Identifier: MIT
"""IsolationForest, fit and scores of all samples, against scikit-learn."""
import numpy as np
from datasets import blobs, generator
from protocol import array, quality, timed
from workload import Peer, Quality, Workload


def with_outliers(name, n, d):
    """Five wide blobs, then 1 % of samples that are uniform over the box around them."""
    n_outliers = n // 100
    x, _ = blobs(name, n - n_outliers, d, 5, 1.5)
    x *= 0.4
    return np.vstack([x, generator(name + " outliers").uniform(-8, 8, (n_outliers, d))])


def sklearn_isolation_forest(x, threads, seed, outliers, **_):
    from sklearn.ensemble import IsolationForest

    x = array(x)
    model = IsolationForest(n_estimators=100, max_samples=256, n_jobs=int(threads),
                            random_state=int(seed))
    seconds, scores = timed(lambda: -model.fit(x).score_samples(x))

    def error():
        from sklearn.metrics import roc_auc_score

        is_outlier = np.arange(len(x)) >= len(x) - int(outliers)
        return dict(error=1 - roc_auc_score(is_outlier, scores))

    return dict(seconds=seconds, **quality(error))


PEERS = {"sklearn_isolation_forest": sklearn_isolation_forest}

DATASETS = {
    "outliers_200k_20": lambda name: with_outliers(name, 200_000, 20),
    "outliers_1m_10": lambda name: with_outliers(name, 1_000_000, 10),
}

# The error is 1 - ROC AUC; 0.01 of it is the spread between seeds.
AUC = Quality("error", slack=(0, 0), floor=(0.01, 0.01))

WORKLOADS = [
    Workload("forest/outliers_200k_20", "IsolationForest, fit and score, 200k x 20",
             "outliers_200k_20", "isolation_forest", [Peer("sklearn_isolation_forest", 15)], AUC,
             parameters=dict(outliers=2_000), seeds=3),
    Workload("forest/outliers_1m_10", "IsolationForest, fit and score, 1M x 10",
             "outliers_1m_10", "isolation_forest", [Peer("sklearn_isolation_forest", 15)], AUC,
             parameters=dict(outliers=10_000), seeds=3),
]
