# SPDX-License-Identifier: MIT
"""Writes tests/reference/network/losses.csv: losses of 20 training steps in PyTorch.

Weights and samples come from formulas that the test knows too, so the file holds losses only.

usage: python3 make_network.py
"""
import pathlib

import numpy as np
import torch

FOLDER = pathlib.Path(__file__).resolve().parent / "network"
WIDTHS = [7, 5, 3, 5, 7]
N_SAMPLES, BATCH, N_STEPS = 40, 16, 20
ACTIVATIONS = {"linear": torch.nn.Identity, "relu": torch.nn.ReLU, "tanh": torch.nn.Tanh,
               "sigmoid": torch.nn.Sigmoid, "softplus": torch.nn.Softplus}


def network(activation, last):
    modules = []
    for layer, (inputs, outputs) in enumerate(zip(WIDTHS, WIDTHS[1:])):
        linear = torch.nn.Linear(inputs, outputs, dtype=torch.float64)
        i, j = np.arange(inputs)[None, :], np.arange(outputs)[:, None]
        with torch.no_grad():
            linear.weight[:] = torch.from_numpy(0.6 * np.sin(1 + 2.3 * i + 1.7 * j + 0.9 * layer))
            linear.bias[:] = torch.from_numpy(0.1 * np.cos(np.arange(outputs) + layer))
        modules += [linear, last if layer == len(WIDTHS) - 2 else ACTIVATIONS[activation]()]
    return torch.nn.Sequential(*modules)


def losses(activation, loss, optimizer, weight_decay):
    i, j = np.arange(N_SAMPLES)[:, None], np.arange(WIDTHS[0])[None, :]
    x = torch.from_numpy(0.5 + 0.4 * np.sin(0.7 * i + 1.1 * j + 0.05 * i * j))
    entropy = loss == "binary_cross_entropy"
    model = network(activation, torch.nn.Sigmoid() if entropy else torch.nn.Identity())
    criterion = torch.nn.BCELoss() if entropy else torch.nn.MSELoss()
    step = {"adam": lambda p: torch.optim.Adam(p, lr=0.01, weight_decay=weight_decay),
            "sgd": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9,
                                             weight_decay=weight_decay)}[optimizer](
                                                 model.parameters())
    history = []
    for number in range(N_STEPS):
        begin = number * BATCH % N_SAMPLES
        batch = x[begin:begin + BATCH]
        value = criterion(model(batch), batch)
        step.zero_grad()
        value.backward()
        step.step()
        history.append(value.item())
    return history


def main():
    FOLDER.mkdir(exist_ok=True)
    cases = [(a, l, o, w) for a in ACTIVATIONS for l in ("mean_squared", "binary_cross_entropy")
             for o in ("adam", "sgd") for w in (0.0, 0.01)]
    names = " ".join("/".join(map(str, case)) for case in cases)
    np.savetxt(FOLDER / "losses.csv", np.array([losses(*case) for case in cases]), delimiter=",",
               fmt="%.12g", comments="# ",
               header=f"a row of {N_STEPS} losses per case: {names}; PyTorch {torch.__version__}")


if __name__ == "__main__":
    main()
