#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The evidence lower bound that VariationalAutoencoder reaches on MNIST's test pictures.

    /usr/bin/python3 bench/compare/variational_elbo.py FOLDER [--epochs 5,10,20,30] [--threads 2]

FOLDER has MNIST's four unpacked files: 60,000 pictures to learn from, 10,000 to judge by. 400 hidden
units, 20 latent dimensions, Bernoulli likelihood of pixels in [0, 1], Adam with a cosine schedule;
each row is a fit of its own. The program fails where the last row does not reach --target nats.
"""
import argparse
import os
import sys
import tempfile

import numpy as np
from compare import Sides, built_driver
from deep_clustering import mnist


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("--work", default=os.path.join(tempfile.gettempdir(), "unlabeled_elbo"),
                        help="where the C++ side is built and arrays are kept")
    parser.add_argument("--epochs", default="5,10,20,30")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--target", type=float, default=-105)
    options = parser.parse_args()
    os.makedirs(options.work, exist_ok=True)
    paths = {}
    for name, part in (("x", "train"), ("unseen", "t10k")):
        paths[name] = os.path.join(options.work, part + ".npy")
        np.save(paths[name], mnist(options.folder, [part])[0].astype(np.float32))
    elbo = -np.inf
    with Sides(built_driver(options.work)).unlabeled("f32") as side:
        print("| epochs | training, nats | test, nats | seconds |\n| --: | --: | --: | --: |")
        for epochs in map(int, options.epochs.split(",")):
            reply = side.ask("variational_elbo", epochs=epochs, seed=options.seed,
                             threads=options.threads, **paths)
            elbo = reply["elbo"]
            print(f"| {epochs} | {reply['training']:.2f} | {elbo:.2f} | {reply['seconds']:.0f} |",
                  flush=True)
    return 0 if elbo >= options.target else 1


if __name__ == "__main__":
    sys.exit(main())
