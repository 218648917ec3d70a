# SPDX-License-Identifier: MIT
"""Autoencoder against PyTorch: an epoch from the same weights."""
import numpy as np
from datasets import blobs, image_like
from protocol import array, timed
from workload import Peer, Quality, Workload


def torch_network(widths):
    """Weights by the formula that autoencoder.hpp has too."""
    import torch

    modules, half = [], len(widths) // 2
    for layer, (inputs, outputs) in enumerate(zip(widths, widths[1:])):
        linear = torch.nn.Linear(inputs, outputs)
        i, j = np.arange(inputs)[None, :], np.arange(outputs)[:, None]
        chaos = 43758.5453 * np.sin(12.9898 * i + 78.233 * j + layer)
        with torch.no_grad():
            linear.weight[:] = torch.from_numpy(
                np.sqrt(6 / inputs) * (2 * (chaos - np.floor(chaos)) - 1))
            linear.bias.zero_()
        modules.append(linear)
        if layer not in (half - 1, len(widths) - 2):
            modules.append(torch.nn.ReLU())
    return torch.nn.Sequential(*modules)


def torch_autoencoder(x, sizes, batch_size, threads, **_):
    import torch

    torch.set_num_threads(int(threads))
    x = array(x)
    encoder = [x.shape[1], *map(int, sizes.split("-"))]
    network = torch_network(encoder + encoder[-2::-1]).to(torch.from_numpy(x[:1]).dtype)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    criterion = torch.nn.MSELoss()
    samples = torch.from_numpy(x)

    def epoch():
        total = 0.0
        for batch in torch.randperm(len(samples)).split(int(batch_size)):
            target = samples[batch]
            loss = criterion(network(target), target)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(batch)
        return total / len(samples)

    seconds, loss = timed(epoch)
    return dict(seconds=seconds, loss=loss)


def epoch(data, title, sizes, batch_size, target, threaded_target=0):
    return Workload(
        f"autoencoder/{data}/{sizes}", f"Autoencoder, {title}, batch {batch_size}, one epoch",
        data, "autoencoder", [Peer("torch_autoencoder", target, threaded_target)],
        Quality("loss", better="equal", slack=(0.02, 0.02)),
        parameters=dict(sizes=sizes, batch_size=batch_size))


PEERS = {"torch_autoencoder": torch_autoencoder}

DATASETS = {
    "images_10k_784": lambda name: image_like(name, 10_000),
    "blobs_10k_64": lambda name: blobs(name, 10_000, 64, 20, 1.0)[0] / 10,
}

WORKLOADS = [
    epoch("images_10k_784", "784-128-32-128-784", "128-32", 256, 1.3),
    epoch("blobs_10k_64", "64-32-8-32-64", "32-8", 64, 5),
    epoch("images_10k_784", "784-500-500-2000-10 and back", "500-500-2000-10", 256, 1.2, 1.8),
]
