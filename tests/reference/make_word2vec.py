#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Files and answers of gensim for the tests of text: run with Debian's python3-gensim.

A small model is trained on sentences that are drawn here; everything else is asked of it.
"""
import pathlib
import random
import struct

from gensim.models import KeyedVectors, Phrases, Word2Vec

folder = pathlib.Path(__file__).parent / "word2vec"
folder.mkdir(exist_ok=True)

countries = ["france", "italy", "spain", "greece", "japan", "norway", "peru", "egypt"]
capitals = ["paris", "rome", "madrid", "athens", "tokyo", "oslo", "lima", "cairo"]
verbs = ["walk", "swim", "sing", "jump", "work", "play"]
pasts = ["walked", "swam", "sang", "jumped", "worked", "played"]


def sentence(draw):
    i, j = draw.randrange(len(countries)), draw.randrange(len(verbs))
    kind = draw.randrange(5)
    if kind == 0:
        return [capitals[i], "is", "the", "capital", "of", countries[i], "été"]
    if kind == 1:
        return ["in", capitals[i], "of", countries[i], "they", draw.choice([verbs[j], pasts[j]])]
    if kind == 2:
        return ["today", "we", verbs[j], "in", "the", "city", capitals[i]]
    if kind == 3:
        return ["yesterday", "we", pasts[j], "in", "the", "country", countries[i], "москва"]
    return ["Rome", "is", "Italy", "in", "ÉTÉ", countries[i], capitals[i]]


draw = random.Random(1)
sentences = [sentence(draw) for _ in range(4000)]
model = Word2Vec(sentences, vector_size=8, window=3, min_count=1, sg=1, negative=5, epochs=5,
                 seed=1, workers=1)
model.wv.save_word2vec_format(folder / "gensim.txt", binary=False)
model.wv.save_word2vec_format(folder / "gensim.bin", binary=True)
# From here on everything is asked of what the files hold.
vectors = KeyedVectors.load_word2vec_format(folder / "gensim.bin", binary=True)

# As word2vec.c prints: a blank after every number, a line end after every vector.
with open(folder / "word2vec_c.txt", "wb") as text, open(folder / "word2vec_c.bin", "wb") as binary:
    header = f"{len(vectors)} {vectors.vector_size}\n".encode()
    text.write(header)
    binary.write(header)
    for word in vectors.index_to_key:
        text.write(f"{word} ".encode() + b"".join(b"%f " % x for x in vectors[word]) + b"\n")
        binary.write(f"{word} ".encode() + struct.pack("<8f", *vectors[word]) + b"\n")

# "positive words|negative words|word cosine word cosine …"
with open(folder / "most_similar.txt", "w") as file:
    for positive, negative in [(["paris"], []), (["italy", "paris"], ["france"]),
                               (["walk", "swam"], ["swim"]), (["été", "москва", "the"], []),
                               ([], ["tokyo", "work"]), (["oslo", "oslo"], ["lima"])]:
        answers = vectors.most_similar(positive, negative, topn=6)
        found = " ".join(f"{word} {cosine:.7f}" for word, cosine in answers)
        file.write(f"{' '.join(positive)}|{' '.join(negative)}|{found}\n")

with open(folder / "doesnt_match.txt", "w") as file:
    for words in [["france", "italy", "walk", "spain"], ["walked", "swam", "lima", "sang"],
                  ["paris", "rome", "oslo", "greece", "tokyo"], ["the", "in", "of", "été"]]:
        file.write(f"{' '.join(words)}|{vectors.doesnt_match(words)}\n")

with open(folder / "questions.txt", "w") as file:
    file.write(": capital\n")
    for i in range(len(countries)):
        for j in range(len(countries)):
            if i != j:
                file.write(f"{capitals[i].capitalize()} {countries[i]} {capitals[j]} "
                           f"{countries[j].upper()}\n")
    file.write(": past\n")
    for i in range(len(verbs)):
        for j in range(len(verbs)):
            if i != j:
                file.write(f"{verbs[i]} {pasts[i]} {verbs[j]} {pasts[j]}\n")
    file.write(": unknown\nberlin germany paris france\nrome italy berlin germany\n")
    file.write(": mixed\nrome italy paris france\nberlin germany paris france\nrome Rome Italy italy\n")

# "name n_correct n_total", with and without regard to case
for name, insensitive in [("ignore_case", True), ("exact", False)]:
    _, sections = vectors.evaluate_word_analogies(folder / "questions.txt",
                                                  case_insensitive=insensitive)
    with open(folder / f"analogies_{name}.txt", "w") as file:
        for section in sections:
            correct = len(section["correct"])
            file.write(f"{section['section'].split()[0]} {correct} "
                       f"{correct + len(section['incorrect'])}\n")

with open(folder / "pairs.tsv", "w") as file:
    file.write("# first\tsecond\tsimilarity\n")
    for i, first in enumerate(countries + verbs):
        second = draw.choice(capitals + pasts)
        file.write(f"{first.capitalize() if i % 4 == 0 else first}\t{second}\t{i % 5}.5\n")
    file.write("été\tmoskau\t3\nÉTÉ\tМОСКВА\t3\n")

# spearman, pearson, coverage; with and without regard to case
with open(folder / "word_pairs.csv", "w") as file:
    for insensitive in [True, False]:
        pearson, spearman, unknown = vectors.evaluate_word_pairs(folder / "pairs.tsv",
                                                                 case_insensitive=insensitive)
        file.write(f"{spearman[0]:.8f},{pearson[0]:.8f},{1 - unknown / 100:.8f}\n")

# Sentences with two bigrams that stick together and words that do not.
towns = [["new", "york"], ["san", "jose"]]
texts = []
for _ in range(120):
    words = [draw.choice(["we", "see", "a", "new", "san", "day", "york"]) for _ in range(4)]
    at = draw.randrange(4)
    words[at:at + 1] = draw.choice(towns) if draw.random() < 0.7 else ["jose"]
    texts.append(words)
(folder / "phrases_sentences.txt").write_text("\n".join(" ".join(words) for words in texts) + "\n")
phrases = Phrases(texts, min_count=3, threshold=0.11, delimiter="_")
with open(folder / "phrases.txt", "w") as file:
    for phrase, score in sorted(phrases.export_phrases().items(), key=lambda item: -item[1]):
        file.write(f"{phrase} {score:.10f}\n")
(folder / "phrases_joined.txt").write_text(
    "\n".join(" ".join(phrases[words]) for words in texts) + "\n")
