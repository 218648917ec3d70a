# SPDX-License-Identifier: MIT
"""StandardScaler against scikit-learn and plain NumPy."""
import numpy as np
from datasets import scaled_columns
from protocol import array, quality, timed
from workload import Peer, Quality, Workload


def scaling_error(z):
    """How far the columns are from mean 0 and deviation 1, in double."""
    mean = z.mean(axis=0, dtype=np.float64)
    deviation = z.std(axis=0, dtype=np.float64)
    return max(np.abs(mean).max(), np.abs(deviation - 1).max())


def sklearn_scaler(x, **_):
    from sklearn.preprocessing import StandardScaler

    x = array(x)
    seconds, z = timed(lambda: StandardScaler().fit_transform(x))
    return dict(seconds=seconds, **quality(lambda: dict(error=scaling_error(z))))


def numpy_scaler(x, **_):
    x = array(x)
    seconds, z = timed(lambda: (x - x.mean(axis=0)) / x.std(axis=0))
    return dict(seconds=seconds, **quality(lambda: dict(error=scaling_error(z))))


PEERS = {"sklearn_scaler": sklearn_scaler, "numpy_scaler": numpy_scaler}

DATASETS = {
    "columns_2m_32": lambda name: scaled_columns(name, 2_000_000, 32),
}

WORKLOADS = [
    Workload("scaler/columns_2m_32", "StandardScaler fit_transform, 2M x 32", "columns_2m_32",
             "scaler", [Peer("sklearn_scaler", 3), Peer("numpy_scaler", 1.2)],
             Quality("error", slack=(0, 0), floor=(1e-9, 1e-4))),
]
