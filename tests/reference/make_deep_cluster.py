# SPDX-License-Identifier: MIT
"""Writes tests/reference/deep_cluster/: memberships, targets and losses of 20 updates in PyTorch.

Weights, centres and samples come from formulas that the test knows too. The target is computed
before the first and before the eleventh update.

usage: python3 make_deep_cluster.py
"""
import pathlib

import numpy as np
import torch

FOLDER = pathlib.Path(__file__).resolve().parent / "deep_cluster"
WIDTHS = [7, 5, 3]
N_SAMPLES, BATCH, N_STEPS, N_CLUSTERS, RATE = 40, 16, 20, 4, 0.01
CASES = [(weight, degrees) for weight in (0.0, 0.5, 10.0) for degrees in (1.0, 2.5)]


def network(widths, first):
    modules = []
    for layer, (inputs, outputs) in enumerate(zip(widths, widths[1:])):
        linear = torch.nn.Linear(inputs, outputs, dtype=torch.float64)
        i, j = np.arange(inputs)[None, :], np.arange(outputs)[:, None]
        number = first + layer
        with torch.no_grad():
            linear.weight[:] = torch.from_numpy(0.6 * np.sin(1 + 2.3 * i + 1.7 * j + 0.9 * number))
            linear.bias[:] = torch.from_numpy(0.1 * np.cos(np.arange(outputs) + number))
        modules += [linear, torch.nn.Identity() if layer == len(widths) - 2 else torch.nn.ReLU()]
    return torch.nn.Sequential(*modules)


def memberships(z, centers, degrees):
    squares = ((z[:, None, :] - centers[None, :, :]) ** 2).sum(2)
    kernels = (1 + squares / degrees) ** (-(degrees + 1) / 2)
    return kernels / kernels.sum(1, keepdim=True)


def target(q):
    raw = q ** 2 / q.sum(0)
    return (raw / raw.sum(1, keepdim=True)).detach()


def trained(weight, degrees):
    """Memberships and target at the start, and the loss of each update."""
    i, j = np.arange(N_SAMPLES)[:, None], np.arange(WIDTHS[0])[None, :]
    x = torch.from_numpy(0.5 + 0.4 * np.sin(0.7 * i + 1.1 * j + 0.05 * i * j))
    encoder, decoder = network(WIDTHS, 0), network(WIDTHS[::-1], 2)
    i, j = np.arange(N_CLUSTERS)[:, None], np.arange(WIDTHS[-1])[None, :]
    centers = torch.nn.Parameter(torch.from_numpy(0.7 * np.cos(1.3 * i + 2.1 * j)))
    optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters(), centers], lr=RATE)
    start, losses = None, []
    for number in range(N_STEPS):
        if number % 10 == 0:
            q = memberships(encoder(x), centers, degrees)
            p = target(q)
            start = start or (q.detach().numpy(), p.numpy())
        begin = number * BATCH % N_SAMPLES
        batch = slice(begin, begin + BATCH)
        z = encoder(x[batch])
        loss = torch.nn.functional.kl_div(memberships(z, centers, degrees).log(), p[batch],
                                          reduction="batchmean")
        if weight > 0:
            loss = loss + weight * torch.nn.functional.mse_loss(decoder(z), x[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return start, losses


def main():
    FOLDER.mkdir(exist_ok=True)
    results = [trained(*case) for case in CASES]
    names = " ".join(f"{weight:g}/{degrees:g}" for weight, degrees in CASES)
    np.savetxt(FOLDER / "losses.csv", np.array([losses for _, losses in results]), delimiter=",",
               fmt="%.12g", header=f"{N_STEPS} losses per reconstruction weight/degrees of freedom: "
               f"{names}; PyTorch {torch.__version__}")
    np.savetxt(FOLDER / "memberships.csv",
               np.hstack([np.hstack(start) for start, _ in results[:2]]), delimiter=",",
               fmt="%.12g", header=f"q and p of each sample for {names.split()[:2]}")


if __name__ == "__main__":
    main()
