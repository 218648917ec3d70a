#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the same data through unlabeled and through scikit-learn, NumPy, SciPy, PyTorch and gensim.

    /usr/bin/python3 bench/compare/compare.py [--only kmeans] [--threads 1,2] [--scalars f64,f32]

Both sides are processes that live as long as a workload; their calls alternate, the median of all
repeats counts. Each peer gets as many threads as unlabeled. Peak memory is that of one call in a
fresh process, above what the process held with the data loaded. The first run makes the data (about
2.5 GB) and compiles the C++ side; both are kept in the folder.

The table goes to standard output and, with one JSON object a line, into the folder. A row ends with
"ok", or with what missed its target. Rows marked * were disturbed: other processes used more than a
quarter of a processor meanwhile. A shorter table of times and ratios follows.
"""
import argparse
import json
import os
import platform
import shlex
import statistics
import subprocess
import sys
import time

try:
    import numpy as np
    import scipy
    import sklearn
except ImportError as missing:
    sys.exit(f"{missing}: install scikit-learn (Debian: apt-get install python3-sklearn) and run "
             f"this with the Python it belongs to (Debian: /usr/bin/python3), not {sys.executable}")

import estimators
from datasets import Store
from workload import angle_of

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))


class Side:
    """A process that takes requests. Used as a context, so that none is left behind."""

    def __init__(self, command, environment):
        self.process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()

    def ask(self, name, **values):
        fields = [name] + [f"{key}={value}" for key, value in values.items()]
        self.process.stdin.write("\t".join(fields) + "\n")
        self.process.stdin.flush()
        kind, *answer = self.process.stdout.readline().rstrip("\n").split("\t")
        if kind != "ok":
            raise RuntimeError(f"{name}: " + (" ".join(answer) or "the process has ended"))
        return {key: float(value) for key, value in (field.split("=") for field in answer)}

    def processor_seconds(self):
        with open(f"/proc/{self.process.pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Sides:
    """How to start either side with a number of threads."""

    def __init__(self, driver):
        self.driver = driver

    def unlabeled(self, scalar):
        return Side([self.driver, scalar], os.environ.copy())

    def peers(self, n_threads):
        environment = os.environ.copy()
        for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
            environment[variable] = str(n_threads)
        environment["OMP_WAIT_POLICY"] = "passive"
        return Side([sys.executable, os.path.join(HERE, "peers.py")], environment)


def wake_fast_blas():
    """OpenBLAS before 0.3.22 takes processors it does not know for older ones; without this the
    peers would run at half their speed there."""
    with open("/proc/cpuinfo") as file:
        if "avx512f" in file.read():
            os.environ.setdefault("OPENBLAS_CORETYPE", "SkylakeX")


def newest_source():
    return max(os.path.getmtime(os.path.join(path, file))
               for folder in (os.path.join(ROOT, "include"), HERE)
               for path, _, files in os.walk(folder) for file in files
               if file.endswith((".hpp", ".cpp")))


def built_driver(folder):
    source, binary = os.path.join(HERE, "driver.cpp"), os.path.join(folder, "driver")
    if os.path.exists(binary) and os.path.getmtime(binary) > newest_source():
        return binary
    found = subprocess.run(["pkg-config", "--cflags", "eigen3"], capture_output=True, text=True)
    eigen = shlex.split(found.stdout) if found.returncode == 0 else ["-I/usr/include/eigen3"]
    command = [os.environ.get("CXX", "g++"), "-std=c++20", "-O3", "-march=native", "-DNDEBUG",
               "-I" + os.path.join(ROOT, "include"), *eigen, source, "-o", binary, "-pthread"]
    print("compiling:", shlex.join(command), file=sys.stderr)
    subprocess.run(command, check=True)
    return binary


def busy_seconds():
    """Processor time that the whole machine has spent on anything."""
    with open("/proc/stat") as file:
        user, nice, system, _, _, irq, softirq, steal = map(int, file.readline().split()[1:9])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


class Comparison:
    def __init__(self, options, store, sides):
        self.options, self.store, self.sides = options, store, sides

    def request(self, workload, scalar, n_threads, seed=None):
        """The values that every side is given."""
        values = dict(workload.parameters, threads=n_threads)
        if workload.reads_text:
            values["text"], values["pairs"] = self.options.text, self.options.pairs
        else:
            values["x"] = self.store.path(workload.data, scalar)
        if workload.n_init_centers:
            values["init"] = self.store.initial_centers(workload.data, scalar,
                                                        workload.n_init_centers)
        if workload.n_labels:
            values["labels"] = self.store.labels(workload.data, workload.n_labels)
        if workload.n_components:
            values["n_components"] = workload.n_components
            values["components"] = os.path.join(self.store.folder, "components.npy")
        if seed is not None:
            values["seed"] = seed
        return values

    def call(self, side, task, workload, scalar, n_threads, seed):
        reply = side.ask(task, **self.request(workload, scalar, n_threads, seed))
        if workload.n_components:
            reply["angle"] = self.angle(workload, scalar)
        time.sleep(0.05)  # BLAS threads wait busily for a while: not into the other side's time
        return reply

    def angle(self, workload, scalar):
        """Of all components the subspace says nothing, so then it is that of the leading half."""
        found = np.load(os.path.join(self.store.folder, "components.npy"))
        k = workload.n_components
        leading = k // 2 if k == found.shape[1] else k
        exact = np.load(self.store.exact_components(workload.data, scalar, leading))
        return angle_of(found[:leading], exact)

    def times(self, workload, scalar, n_threads):
        """All replies of every task, taken in turn."""
        tasks = [workload.task] + [peer.task for peer in workload.peers]
        replies = {task: [] for task in tasks}
        repeats = workload.seeds or self.options.repeat
        with self.sides.unlabeled(scalar) as ours, self.sides.peers(n_threads) as theirs:
            side = dict.fromkeys(tasks, theirs) | {workload.task: ours}
            first = 0 if workload.seeds else None
            for task in tasks:  # warm-up: reading, page faults, starting of threads
                self.call(side[task], task, workload, scalar, n_threads, first)
            begin, busy, own = time.time(), busy_seconds(), self.own_seconds(ours, theirs)
            for repeat in range(repeats):
                seed = repeat if workload.seeds else None
                for task in tasks:
                    replies[task].append(
                        self.call(side[task], task, workload, scalar, n_threads, seed))
            own = self.own_seconds(ours, theirs) - own
            other = (busy_seconds() - busy - own) / (time.time() - begin)
        return replies, other

    @staticmethod
    def own_seconds(*sides):
        return time.process_time() + sum(side.processor_seconds() for side in sides)

    def memory(self, workload, scalar, n_threads, task):
        """Megabytes above the data at the height of one call, in a fresh process."""
        ours = task == workload.task
        seed = 0 if workload.seeds else None
        request = self.request(workload, scalar, n_threads, seed)
        files = {key: request[key] for key in ("x", "init", "labels") if key in request}
        side = self.sides.unlabeled(scalar) if ours else self.sides.peers(n_threads)
        with side:
            side.ask("load", **files)
            before = side.ask("reset_memory")["kilobytes"]
            side.ask(task, **request)
            return (side.ask("peak_memory")["kilobytes"] - before) / 1024

    def rows(self, workload, scalar, n_threads):
        """One row for each peer."""
        replies, other = self.times(workload, scalar, n_threads)
        summary = {task: {key: statistics.median(reply[key] for reply in all_replies)
                          for key in all_replies[0]} for task, all_replies in replies.items()}
        memory = {}
        if self.options.memory:
            memory = {task: self.memory(workload, scalar, n_threads, task) for task in replies}
        ours = summary[workload.task]
        for peer in workload.peers:
            theirs = summary[peer.task]
            yield dict(
                workload=workload.name, title=workload.title, scalar=scalar, threads=n_threads,
                peer=peer.task, seconds=ours["seconds"], peer_seconds=theirs["seconds"],
                ratio=theirs["seconds"] / ours["seconds"],
                target=peer.target_with(n_threads),
                quality=workload.quality.figure, value=ours[workload.quality.figure],
                peer_value=theirs[workload.quality.figure],
                iterations=ours.get("iterations"), peer_iterations=theirs.get("iterations"),
                peak_mb=memory.get(workload.task), peer_peak_mb=memory.get(peer.task),
                other_processors=other, runs=len(replies[peer.task]),
                all_seconds=[reply["seconds"] for reply in replies[workload.task]],
                all_peer_seconds=[reply["seconds"] for reply in replies[peer.task]])


def verdict(row, workload):
    misses = []
    if row["ratio"] < row["target"]:
        misses.append("speed")
    if not workload.quality.acceptable(row["value"], row["peer_value"], row["scalar"]):
        misses.append(row["quality"])
    limit = workload.memory_limit
    if limit and row["peak_mb"] is not None and row["peak_mb"] > limit:
        misses.append("memory")
    return "MISS " + ", ".join(misses) if misses else "ok"


HEADER = ("| workload | scalar | threads | peer | unlabeled, s | peer, s | ratio | target "
          "| quality | unlabeled | peer | peak MB | peer MB | |\n"
          "| --- | --- | --: | --- | --: | --: | --: | --: | --- | --: | --: | --: | --: | --- |")


def table_line(row):
    def megabytes(value):
        return "" if value is None else f"{value:.0f}"

    mark = "*" if row["other_processors"] > 0.25 else ""
    quality = row["quality"]
    if row["iterations"] is not None:
        quality += f" ({row['iterations']:.0f}, {row['peer_iterations']:.0f} iterations)"
    cells = [row["title"], row["scalar"], str(row["threads"]), row["peer"].replace("_", " "),
             f"{row['seconds']:.4g}", f"{row['peer_seconds']:.4g}", f"{row['ratio']:.2f}{mark}",
             f"{row['target']:g}", quality, f"{row['value']:.8g}", f"{row['peer_value']:.8g}",
             megabytes(row["peak_mb"]), megabytes(row["peer_peak_mb"]), row["verdict"]]
    return "| " + " | ".join(cells) + " |"


def summary(rows):
    """The ratios alone, a line for each workload and peer: what the README shows."""
    cases = list(dict.fromkeys((row["scalar"], row["threads"]) for row in rows))
    found = {(row["title"], row["peer"], row["scalar"], row["threads"]): row for row in rows}
    lines = ["| workload | peer | target | " + " | ".join(
        f"{scalar}, {n} thread{'s' if n > 1 else ''}" for scalar, n in cases) + " |",
        "| --- | --- | --: |" + " --: |" * len(cases)]
    for title, peer in dict.fromkeys((row["title"], row["peer"]) for row in rows):
        same = [found.get((title, peer, *case)) for case in cases]
        target = " / ".join(dict.fromkeys(f"{row['target']:g}x" for row in same if row))
        cells = [f"{row['seconds']:.3g} s, {row['ratio']:.1f}x" if row else "" for row in same]
        lines.append(f"| {title} | {peer.replace('_', ' ')} | {target} | "
                     + " | ".join(cells) + " |")
    return "\n".join(lines)


def processor_name():
    with open("/proc/cpuinfo") as file:
        for line in file:
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.machine()


def versions():
    return (f"{processor_name()}, {os.cpu_count()} processors; scikit-learn "
            f"{sklearn.__version__}, NumPy {np.__version__}, SciPy {scipy.__version__}")


def parsed_arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", default=os.path.join(ROOT, "build", "compare"),
                        help="for data, the compiled side and results (default: build/compare)")
    parser.add_argument("--only", default="", metavar="WORD[,WORD]",
                        help="workloads whose name contains one of the words")
    parser.add_argument("--threads", default="1,2", help="default: 1,2")
    parser.add_argument("--scalars", default="f64,f32", help="default: f64,f32")
    parser.add_argument("--repeat", type=int, default=5, help="default: 5")
    parser.add_argument("--mnist", metavar="PATH",
                        help="IDX file of at least 10000 images of 28 x 28, plain or .gz")
    parser.add_argument("--text", metavar="PATH",
                        help="a sentence a line: word2vec/… is run on it, and left out without it")
    parser.add_argument("--pairs", metavar="PATH[,PATH]",
                        help="pairs of words with a similarity (tabs between them), or analogies as "
                             "in questions-words.txt: by them vectors are judged")
    parser.add_argument("--driver", metavar="PATH", help="the C++ side, if compiled elsewhere")
    parser.add_argument("--no-memory", dest="memory", action="store_false",
                        help="leave out the extra runs that measure memory")
    parser.add_argument("--list", action="store_true", help="name the workloads and stop")
    options = parser.parse_args()
    if bool(options.text) != bool(options.pairs):
        parser.error("--text and --pairs go together")
    return options


def main():
    options = parsed_arguments()
    words = options.only.split(",")
    chosen = [w for w in estimators.WORKLOADS if any(word in w.name for word in words)
              and (options.text or options.list or not w.reads_text)]
    if options.list or not chosen:
        print("\n".join(w.name for w in estimators.WORKLOADS))
        return 0 if options.list else f"no workload is called {options.only}"
    os.makedirs(options.folder, exist_ok=True)
    wake_fast_blas()
    driver = os.path.abspath(options.driver) if options.driver else built_driver(options.folder)
    comparison = Comparison(options, Store(options.folder, estimators.DATASETS, options.mnist), Sides(driver))
    print(versions() + "\n\n" + HEADER, flush=True)
    all_rows = []
    with open(os.path.join(options.folder, "results.jsonl"), "a") as lines:
        for workload in chosen:
            for scalar in (s for s in options.scalars.split(",") if s in workload.scalars):
                for n_threads in map(int, options.threads.split(",")):
                    for row in comparison.rows(workload, scalar, n_threads):
                        row["verdict"] = verdict(row, workload)
                        all_rows.append(row)
                        print(table_line(row), flush=True)
                        lines.write(json.dumps(row) + "\n")
                        lines.flush()
    print("\n" + summary(all_rows))
    n_missed = sum(row["verdict"] != "ok" for row in all_rows)
    print(f"\n{n_missed} rows missed their target" if n_missed else "\nevery target reached")
    return 0


if __name__ == "__main__":
    sys.exit(main())
