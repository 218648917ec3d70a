# SPDX-License-Identifier: MIT
"""What a comparison is made of."""
from dataclasses import dataclass, field

import numpy as np


@dataclass
class Peer:
    """A task of peers.py and how many times faster than it unlabeled has to be, on one thread and,
    where that differs, on several."""
    task: str
    target: float
    threaded_target: float = 0

    def target_with(self, n_threads):
        return self.threaded_target if n_threads > 1 and self.threaded_target else self.target


@dataclass
class Quality:
    """The figure by which results are compared: ours must not be worse than the peer's by more than
    the share `slack` and by `margin`, or be below `floor` where a figure is rounding error alone. One
    slack and floor each for f64 and f32."""
    figure: str
    better: str = "lower"  # lower, or equal
    slack: tuple = (1e-6, 1e-3)
    floor: tuple = (0.0, 0.0)
    margin: float = 0.0  # absolute, for figures that are shares

    def acceptable(self, ours, theirs, scalar):
        which = 0 if scalar == "f64" else 1
        slack, floor = self.slack[which], self.floor[which]
        if self.better == "equal":
            return abs(ours - theirs) <= slack * max(abs(theirs), 1e-300) + floor
        return ours <= max(theirs + slack * abs(theirs) + self.margin, floor)


@dataclass
class Workload:
    name: str
    title: str
    data: str  # a name of datasets.py
    task: str  # of driver.cpp
    peers: list
    quality: Quality
    parameters: dict = field(default_factory=dict)
    n_init_centers: int = 0   # > 0: the request names a file of starting centres
    n_labels: int = 0         # > 0: the request names a file of labels with so many clusters
    n_components: int = 0     # > 0: components are compared with an exact eigendecomposition
    seeds: int = 0            # > 0: one run per seed instead of equal repeats
    memory_limit: float = 0   # MB above the data; 0 = reported only
    scalars: tuple = ("f64", "f32")
    reads_text: bool = False  # the data are the files of --text and --pairs


def angle_of(found, exact):
    """Sine of the largest angle between two subspaces given by rows."""
    found = np.linalg.qr(found.astype(np.float64).T)[0].T
    outside = found - (found @ exact.T) @ exact
    return float(np.linalg.norm(outside, 2))
