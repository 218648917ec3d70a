# SPDX-License-Identifier: MIT
"""One module an estimator: its arrays (DATASETS: a name and what makes it), what is compared
(WORKLOADS) and how each peer does it (PEERS). Our side is the header of the same name."""
from . import (agglomerative, autoencoder, dbscan, deep_cluster, gmm, isolation_forest, kmeans,
               pca, silhouette, standard_scaler, word2vec)

MODULES = [kmeans, agglomerative, dbscan, gmm, pca, standard_scaler, silhouette, isolation_forest,
           autoencoder, deep_cluster, word2vec]
WORKLOADS = [workload for module in MODULES for workload in module.WORKLOADS]
PEERS = {task: run for module in MODULES for task, run in module.PEERS.items()}
DATASETS = {name: make for module in MODULES
            for name, make in module.DATASETS.items()}
