# SPDX-License-Identifier: MIT
"""Writes tests/reference/pca/*.csv: PCA of scikit-learn on its iris data and on a wide matrix.

usage: python3 make_pca.py
"""
import pathlib

import numpy as np
import sklearn
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA

FOLDER = pathlib.Path(__file__).resolve().parent / "pca"
NOTE = f"scikit-learn {sklearn.__version__}, numpy {np.__version__}"


def write(name, values, what):
    np.savetxt(FOLDER / f"{name}.csv", np.atleast_2d(values), delimiter=",", fmt="%.17g",
               header=f"{what}; {NOTE}", comments="# ")


def upright(pca):
    """Components with the largest entry of each positive, and the factors that make them so."""
    largest = np.abs(pca.components_).argmax(axis=1)
    signs = np.sign(pca.components_[np.arange(len(largest)), largest])
    return pca.components_ * signs[:, None], signs


def case(name, x, n_components):
    pca = PCA(n_components, svd_solver="full").fit(x)
    components, signs = upright(pca)
    write(f"{name}_samples", x, "samples")
    write(f"{name}_components", components, "components, one per row, upright")
    write(f"{name}_summary",
          np.vstack([pca.explained_variance_, pca.explained_variance_ratio_,
                     pca.singular_values_]),
          "explained variance, its ratio, singular values")
    write(f"{name}_transformed", pca.transform(x) * signs, "transformed samples")
    whitened = PCA(n_components, svd_solver="full", whiten=True).fit(x)
    write(f"{name}_whitened", whitened.transform(x) * signs, "whitened samples")
    write(f"{name}_noise", pca.noise_variance_, "noise variance")
    if pca.noise_variance_ > 0:
        write(f"{name}_scores", pca.score_samples(x)[:, None], "log density of each sample")


def main():
    FOLDER.mkdir(exist_ok=True)
    case("iris", load_iris().data, 2)
    rng = np.random.default_rng(20)
    wide = rng.standard_normal((12, 30)) * 0.8 ** np.arange(30) + 5
    case("wide", wide, 6)


if __name__ == "__main__":
    main()
