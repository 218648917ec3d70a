# SPDX-License-Identifier: MIT
"""The arrays of the comparison. Equal names are equal bytes: every generator has a seed of its own."""
import gzip
import os
import struct
import zlib

import numpy as np


def generator(name):
    return np.random.default_rng(zlib.crc32(name.encode()))


def blobs(name, n, d, k, spread):
    """Normal clusters around centres that are uniform in [-10, 10]^d."""
    rng = generator(name)
    centers = rng.uniform(-10, 10, (k, d))
    labels = rng.integers(0, k, n)
    x = centers[labels]
    x += spread * rng.standard_normal((n, d))
    return x, labels


def low_rank(name, n, d, rank, decay, noise):
    """Singular values that fall as i^-decay, white noise, and a mean away from zero."""
    rng = generator(name)
    scores = rng.standard_normal((n, rank)) * np.arange(1.0, rank + 1) ** -decay
    directions = np.linalg.qr(rng.standard_normal((d, rank)))[0].T
    x = scores @ directions
    x += noise * rng.standard_normal((n, d))
    x += rng.standard_normal(d)
    return x


def scaled_columns(name, n, d):
    rng = generator(name)
    return rng.standard_normal((n, d)) * rng.uniform(0.1, 10, d) + rng.uniform(-5, 5, d)


def image_like(name, n):
    """Ten classes of smooth 28 x 28 pictures in [0, 1] that are black in most places."""
    rng = generator(name)
    position = np.arange(28.0)
    blur = np.exp(-0.5 * ((position[:, None] - position) / 2.0) ** 2)
    blur /= blur.sum(axis=1, keepdims=True)

    def smooth(count):
        pictures = blur @ rng.standard_normal((count, 28, 28)) @ blur.T
        pictures /= pictures.std(axis=(1, 2), keepdims=True)
        return pictures.reshape(count, 784)

    labels = rng.integers(0, 10, n)
    x = np.empty((n, 784))
    for c in range(10):
        members = labels == c
        variations = rng.standard_normal((members.sum(), 20)) @ smooth(20)
        x[members] = smooth(1) - 0.6 + 0.11 * variations
    return np.clip(x, 0, 1)


def idx_images(path, n):
    """The first n pictures of an IDX file (the format of MNIST), plain or gzipped, as [0, 1]."""
    with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
        magic, count, height, width = struct.unpack(">IIII", file.read(16))
        if magic != 2051 or count < n:
            raise SystemExit(f"{path}: expected an IDX file of at least {n} images")
        pixels = np.frombuffer(file.read(n * height * width), np.uint8)
    return pixels.reshape(n, height * width) / 255.0


def uniform_square(name, n):
    return generator(name).uniform(0, 1, (n, 2))


class Store:
    """A folder of .npy files, each made when first asked for."""

    def __init__(self, folder, makers, mnist=None):
        self.folder = folder
        self.makers = makers
        self.mnist = mnist
        os.makedirs(folder, exist_ok=True)

    def source_name(self, name):
        return "mnist_10k_784" if self.mnist and name == "images_10k_784" else name

    def path(self, name, scalar):
        """The samples, one per row, in C order."""
        name = self.source_name(name)
        path = os.path.join(self.folder, f"{name}.{scalar}.npy")
        if not os.path.exists(path):
            x = self.made(name)
            for each, kind in (("f64", np.float64), ("f32", np.float32)):
                self.write(f"{name}.{each}.npy", np.ascontiguousarray(x, dtype=kind))
        return path

    def made(self, name):
        if name.startswith("mnist"):
            return idx_images(self.mnist, 10_000)
        return self.makers[name](name)

    def initial_centers(self, name, scalar, k):
        """k different samples."""
        file = f"{self.source_name(name)}.init{k}.{scalar}.npy"
        if not os.path.exists(os.path.join(self.folder, file)):
            x = np.load(self.path(name, scalar), mmap_mode="r")
            rows = generator(f"{name} {k}").choice(len(x), k, replace=False)
            self.write(file, np.ascontiguousarray(x[rows]))
        return os.path.join(self.folder, file)

    def labels(self, name, n_clusters):
        """A label per sample for scores of clusterings: the nearest of some samples."""
        file = f"{self.source_name(name)}.labels{n_clusters}.npy"
        if not os.path.exists(os.path.join(self.folder, file)):
            x = np.load(self.path(name, "f64"))
            centers = np.load(self.initial_centers(name, "f64", n_clusters))
            squares = (x * x).sum(1)[:, None] - 2 * x @ centers.T + (centers * centers).sum(1)
            self.write(file, squares.argmin(axis=1).astype(np.int32))
        return os.path.join(self.folder, file)

    def exact_components(self, name, scalar, k):
        """The leading k eigenvectors of the covariance of these very numbers, in double, as rows."""
        file = f"{self.source_name(name)}.exact{k}.{scalar}.npy"
        path = os.path.join(self.folder, file)
        if not os.path.exists(path):
            from scipy.linalg import eigh

            x = np.load(self.path(name, scalar)).astype(np.float64)
            x -= x.mean(axis=0)
            d = x.shape[1]
            vectors = eigh(x.T @ x, subset_by_index=[d - k, d - 1])[1]
            self.write(file, np.ascontiguousarray(vectors.T[::-1]))
        return path

    def write(self, file, x):
        """Through a temporary name: an interrupted run leaves no half file behind."""
        path = os.path.join(self.folder, file)
        with open(path + ".part", "wb") as part:
            np.save(part, x)
        os.replace(path + ".part", path)
