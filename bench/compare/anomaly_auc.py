#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How well IsolationForest ranks the anomalies of labelled data sets, beside scikit-learn's.

    /usr/bin/python3 bench/compare/anomaly_auc.py FOLDER [--seeds 10] [--split-features 1]

FOLDER holds data sets, each NAME.csv with a first line of names and the label in the last column,
or NAME.npy with NAME_labels.npy; 1 is an anomaly, 0 is not. Both sides have 100 trees of 256
samples. A row ends with "ok" where our mean ROC AUC is at least scikit-learn's less 0.01, else with
"MISS"; a miss, or no data set at all, is a failure of the program. The standard error says what the seeds
alone make of the difference: ten leave several thousandths on a small set.
"""
import argparse
import os
import sys
import tempfile

import numpy as np
from compare import Sides, built_driver, wake_fast_blas


def data_sets(folder):
    for file in sorted(os.listdir(folder)):
        path = os.path.join(folder, file)
        name, kind = os.path.splitext(file)
        if kind == ".csv":
            table = np.loadtxt(path, delimiter=",", skiprows=1)
            yield name, table[:, :-1], table[:, -1]
        elif kind == ".npy" and not name.endswith("_labels"):
            yield name, np.load(path), np.load(os.path.join(folder, name + "_labels.npy"))


def sklearn_auc(x, labels, seed):
    from sklearn.ensemble import IsolationForest
    from sklearn.metrics import roc_auc_score

    model = IsolationForest(n_estimators=100, max_samples=min(256, len(x)), random_state=seed)
    return roc_auc_score(labels, -model.fit(x).score_samples(x))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("--work", default=os.path.join(tempfile.gettempdir(), "unlabeled_auc"),
                        help="where the C++ side is built and arrays are kept")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--split-features", type=int, default=1, help="more: oblique splits of ours")
    options = parser.parse_args()
    os.makedirs(options.work, exist_ok=True)
    wake_fast_blas()
    sides = Sides(built_driver(options.work))
    print("| data set | samples | features | anomalies | unlabeled, mean | deviation "
          "| scikit-learn, mean | deviation | difference | standard error | |")
    print("| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --- |")
    reached = []
    for name, x, labels in data_sets(options.folder):
        paths = dict(x=os.path.join(options.work, name + ".x.npy"),
                     labels=os.path.join(options.work, name + ".labels.npy"))
        np.save(paths["x"], np.ascontiguousarray(x, dtype=np.float64))
        np.save(paths["labels"], np.ascontiguousarray(labels, dtype=np.int32))
        split = min(options.split_features, x.shape[1])
        with sides.unlabeled("f64") as side:
            ours = [side.ask("forest_auc", seed=seed, threads=1, n_split_features=split,
                             **paths)["auc"] for seed in range(options.seeds)]
        theirs = [sklearn_auc(np.load(paths["x"]), labels, seed) for seed in range(options.seeds)]
        difference = np.mean(ours) - np.mean(theirs)
        error = np.sqrt((np.var(ours) + np.var(theirs)) / options.seeds)
        reached.append(difference >= -0.01)
        print(f"| {name} | {x.shape[0]} | {x.shape[1]} | {int(labels.sum())} "
              f"| {np.mean(ours):.4f} | {np.std(ours):.4f} | {np.mean(theirs):.4f} "
              f"| {np.std(theirs):.4f} | {difference:+.4f} "
              f"| {error:.4f} "
              f"| {'ok' if reached[-1] else 'MISS'} |", flush=True)
    return 0 if reached and all(reached) else 1


if __name__ == "__main__":
    sys.exit(main())
