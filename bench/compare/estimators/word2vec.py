# SPDX-License-Identifier: MIT
"""Word2Vec against gensim: counting the words of a file and all epochs over it, with what both have
as defaults: skip-gram, 100 dimensions, window 5, 5 negatives, t = 1e-3, words seen 5 times."""
import os

from protocol import quality, timed
from workload import Peer, Quality, Workload


def gensim_figure(vectors, path):
    with open(path, encoding="utf-8") as file:
        is_analogies = file.read(1) == ":"
    if is_analogies:
        return vectors.evaluate_word_analogies(path)[0]
    return vectors.evaluate_word_pairs(path)[1][0]


def gensim_word2vec(text, pairs, threads, seed, epochs, **_):
    from gensim.models import Word2Vec

    # From a file, not from Python's sentences: that is gensim's fastest way.
    seconds, model = timed(lambda: Word2Vec(
        corpus_file=text, sg=1, vector_size=100, window=5, min_count=5, negative=5, sample=1e-3,
        alpha=0.025, min_alpha=1e-4, epochs=int(epochs), workers=int(threads), seed=int(seed)))

    def figures():
        found = {os.path.splitext(os.path.basename(path))[0]: gensim_figure(model.wv, path)
                 for path in pairs.split(",")}
        return dict(found, error=1 - sum(found.values()) / len(found))

    return dict(seconds=seconds, **quality(figures))


PEERS = {"gensim_word2vec": gensim_word2vec}

DATASETS = {}

# The error is 1 - the mean of Spearman's correlations and accuracies; 0.01 of it is the spread
# between seeds.
FIGURES = Quality("error", slack=(0, 0), floor=(0, 0), margin=0.01)


def training(name, title, target, **parameters):
    return Workload(f"word2vec/{name}", f"Word2Vec, skip-gram, 5 epochs, {title}", "text",
                    "word2vec", [Peer("gensim_word2vec", target)], FIGURES,
                    parameters=dict(parameters, epochs=5), seeds=3, scalars=("f32",),
                    reads_text=True)


WORKLOADS = [
    training("lock_free", "lock-free", 4, deterministic=0),
    training("deterministic", "deterministic", 2, deterministic=1),
]
