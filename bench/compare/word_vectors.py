#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How good the vectors of Word2Vec are, on every file of pairs or analogies, beside gensim's.

    /usr/bin/python3 bench/compare/word_vectors.py TEXT FILE [FILE ...] [--seeds 3] [--threads 2]

TEXT is a sentence a line. A FILE has pairs of words with a similarity (tabs between them: Spearman's
correlation) or analogies as in questions-words.txt (accuracy). All sides have the settings of
estimators/word2vec.py. A cell is the mean over the seeds and their standard deviation. A row ends
with "ok" where both of our means are at least gensim's less 0.01, else with "MISS"; a miss is a
failure of the program.
"""
import argparse
import os
import sys
import tempfile

import numpy as np
from compare import Sides, built_driver, wake_fast_blas

SIDES = ["gensim", "lock-free", "deterministic"]


def replies(sides, options, name, values):
    """Of every seed: the figures of the files, and seconds."""
    side = sides.peers(options.threads) if name == "gensim" else sides.unlabeled("f32")
    task = "gensim_word2vec" if name == "gensim" else "word2vec"
    with side:
        return [side.ask(task, seed=seed, deterministic=int(name == "deterministic"), **values)
                for seed in range(options.seeds)]


def row(title, found, kind=".4f"):
    cells = [f"{np.mean(found[name]):{kind}} ± {np.std(found[name]):{kind}}" for name in SIDES]
    return f"| {title} | " + " | ".join(cells) + " |"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("text")
    parser.add_argument("files", nargs="+")
    parser.add_argument("--work", default=os.path.join(tempfile.gettempdir(), "unlabeled_words"),
                        help="where the C++ side is built")
    parser.add_argument("--driver", metavar="PATH", help="the C++ side, if compiled elsewhere")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--epochs", type=int, default=5)
    options = parser.parse_args()
    os.makedirs(options.work, exist_ok=True)
    wake_fast_blas()
    sides = Sides(options.driver or built_driver(options.work))
    values = dict(text=options.text, pairs=",".join(options.files), threads=options.threads,
                  epochs=options.epochs)
    with open(options.text, "rb") as text:
        n_words = sum(len(line.split()) for line in text)
    all_replies = {name: replies(sides, options, name, values) for name in SIDES}
    print("| | " + " | ".join(SIDES) + " | |\n| --- | --: | --: | --: | --- |")
    reached = True
    for name in (os.path.splitext(os.path.basename(path))[0] for path in options.files):
        found = {side: [reply[name] for reply in all_replies[side]] for side in SIDES}
        least = np.mean(found["gensim"]) - 0.01
        enough = min(np.mean(found[side]) for side in SIDES[1:]) >= least
        reached = reached and enough
        print(row(name, found), "ok |" if enough else "MISS |")
    speed = {side: [n_words * options.epochs / reply["seconds"] for reply in all_replies[side]]
             for side in SIDES}
    print(row("words per second", speed, ".0f"), "|")
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
