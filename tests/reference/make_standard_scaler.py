# SPDX-License-Identifier: MIT
"""Numbers of scikit-learn's StandardScaler for tests/preprocessing/standard_scaler_test.cpp."""

import pathlib

import numpy as np
import sklearn
from sklearn.preprocessing import StandardScaler

folder = pathlib.Path(__file__).parent / "standard_scaler"
folder.mkdir(exist_ok=True)


def write(name, values):
    np.savetxt(folder / name, np.atleast_2d(values), delimiter=",", fmt="%.17g",
               header=f"scikit-learn {sklearn.__version__}, numpy {np.__version__}", comments="# ")


def statistics(scaler):
    return np.vstack([scaler.mean_, scaler.var_, scaler.scale_])


# Columns: normal, an offset of 1e6, a constant, exponential and rounded to a few values.
random = np.random.default_rng(20)
n = 60
x = np.column_stack([random.normal(3, 2, n), 1e6 + random.normal(0, 5, n), np.full(n, 0.1),
                     random.exponential(30, n), random.poisson(2, n)])
weight = random.integers(0, 4, n) / 2

write("x.csv", x)
write("weight.csv", weight.reshape(-1, 1))
scaler = StandardScaler().fit(x)
write("statistics.csv", statistics(scaler))
write("z.csv", scaler.transform(x))
weighted = StandardScaler().fit(x, sample_weight=weight)
write("weighted_statistics.csv", statistics(weighted))
batches = StandardScaler()
for batch in np.array_split(x, 4):
    batches.partial_fit(batch)
write("batches_statistics.csv", statistics(batches))
