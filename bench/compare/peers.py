# SPDX-License-Identifier: MIT
"""The Python side of the comparison: a process that takes one request a line and runs it.

A request is a name and key=value pairs separated by tabs, the reply seconds and figures in the same
form. Only the call itself is inside the timed part: no reading, no quality figure.
"""
import sys
import warnings

import protocol
from estimators import PEERS


def status(key):
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(key + ":"))


def load(**paths):
    for path in paths.values():
        protocol.array(path)
    return {}


def reset_memory(**_):
    """Forgets the peak: from here on it is that of the call."""
    protocol.measuring_memory = True
    import sklearn.cluster, sklearn.decomposition, sklearn.ensemble  # noqa: E401, F401
    import sklearn.metrics, sklearn.preprocessing  # noqa: E401, F401

    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")
    return dict(kilobytes=status("VmRSS"))


def peak_memory(**_):
    return dict(kilobytes=status("VmHWM"))


def main():
    warnings.filterwarnings("ignore")
    handlers = dict(PEERS, load=load, reset_memory=reset_memory, peak_memory=peak_memory)
    for line in sys.stdin:
        name, *fields = line.rstrip("\n").split("\t")
        try:
            reply = handlers[name](**dict(field.split("=", 1) for field in fields))
            print("\t".join(["ok"] + [f"{key}={float(value)!r}" for key, value in reply.items()]))
        except Exception as error:  # the other side of the pipe decides what to do about it
            print("error\t" + f"{type(error).__name__}: {error}".replace("\n", " "))
        sys.stdout.flush()


if __name__ == "__main__":
    main()
