#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes gmm/*.csv next to this file: what scikit-learn's GaussianMixture does from given starts."""
import os
import warnings

import numpy as np
import sklearn
from sklearn.datasets import load_iris
from sklearn.mixture import GaussianMixture

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "gmm")
CAPS = (1, 3, 20)
START = [0, 60, 140]


def write(name, values, what, fmt="%.17g"):
    header = f"scikit-learn {sklearn.__version__}, NumPy {np.__version__}: {what}"
    np.savetxt(os.path.join(HERE, name + ".csv"), values, delimiter=",", header=header, fmt=fmt)


def start_precisions(kind, variance, k):
    """The start is the variances of the data (spherical: their mean) for every component."""
    if kind == "full":
        return np.stack([np.diag(1 / variance)] * k)
    if kind == "tied":
        return np.diag(1 / variance)
    if kind == "diag":
        return np.stack([1 / variance] * k)
    return np.full(k, 1 / variance.mean())


def whole(model, kind, d):
    """Covariances as d x d matrices, whatever the type."""
    k, c = len(model.means_), model.covariances_
    if kind == "full":
        return c
    if kind == "tied":
        return np.stack([c] * k)
    if kind == "diag":
        return np.stack([np.diag(each) for each in c])
    return np.stack([each * np.eye(d) for each in c])


def trajectory(x, kind):
    k, d = len(START), x.shape[1]
    parameters, summary = [], []
    for cap in CAPS:
        model = GaussianMixture(
            k, covariance_type=kind, tol=0, max_iter=cap, weights_init=[0.2, 0.3, 0.5],
            means_init=x[START], precisions_init=start_precisions(kind, x.var(axis=0), k)).fit(x)
        covariances = whole(model, kind, d)
        for c in range(k):
            parameters.append(np.concatenate(
                [[model.weights_[c]], model.means_[c], covariances[c].ravel()]))
        summary.append((cap, model.lower_bound_, model.score(x), model.aic(x), model.bic(x)))
    write(kind + "_parameters", np.array(parameters),
          f"weight, mean, covariance of 3 components, stacked for caps {CAPS}")
    write(kind + "_summary", summary, "cap, lower bound, score, AIC, BIC")
    write(kind + "_samples", np.column_stack([model.predict(x), model.score_samples(x),
                                              model.predict_proba(x)])[::5],
          "label, log density and posteriors of every fifth sample, last cap")


def main():
    warnings.filterwarnings("ignore")
    os.makedirs(HERE, exist_ok=True)
    for kind in ("full", "tied", "diag", "spherical"):
        trajectory(load_iris().data, kind)


if __name__ == "__main__":
    main()
