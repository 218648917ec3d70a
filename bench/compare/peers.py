# SPDX-License-Identifier: MIT
"""The Python side of the comparison: a process that takes one request a line and runs it.

A request is a name and key=value pairs separated by tabs, the reply seconds and figures in the same
form. Only the call itself is inside the timed part: no reading, no quality figure.
"""
import sys
import time
import warnings

import numpy as np

arrays = {}


def array(path):
    if path not in arrays:
        arrays[path] = np.load(path)
    return arrays[path]


def timed(call):
    begin = time.perf_counter()
    result = call()
    return time.perf_counter() - begin, result


def sklearn_kmeans_from(x, init, iterations, **_):
    from sklearn.cluster import KMeans

    x, init = array(x), array(init)
    model = KMeans(len(init), init=init, n_init=1, max_iter=int(iterations), tol=0,
                   algorithm="lloyd")
    seconds, model = timed(lambda: model.fit(x))
    return dict(seconds=seconds, inertia=model.inertia_, iterations=model.n_iter_)


def sklearn_kmeans(x, n_clusters, seed, **_):
    from sklearn.cluster import KMeans

    x = array(x)
    model = KMeans(int(n_clusters), n_init=1, random_state=int(seed))
    seconds, model = timed(lambda: model.fit(x))
    return dict(seconds=seconds, inertia=model.inertia_, iterations=model.n_iter_)


def sklearn_pca(solver):
    def run(x, n_components, components, **_):
        from sklearn.decomposition import PCA

        x = array(x)
        model = PCA(int(n_components), svd_solver=solver, random_state=0)
        seconds, model = timed(lambda: model.fit(x))
        np.save(components, model.components_)
        return dict(seconds=seconds)

    return run


def scipy_covariance_pca(x, n_components, components, **_):
    from scipy.linalg import eigh

    x, k = array(x), int(n_components)
    d = x.shape[1]

    def call():
        centered = x - x.mean(axis=0)
        covariance = centered.T @ centered / (len(x) - 1)
        if k == d:
            return np.linalg.eigh(covariance)[1]
        return eigh(covariance, subset_by_index=[d - k, d - 1])[1]

    seconds, vectors = timed(call)
    np.save(components, np.ascontiguousarray(vectors.T[::-1]))
    return dict(seconds=seconds)


def scaling_error(z):
    """How far the columns are from mean 0 and deviation 1, in double."""
    mean = z.mean(axis=0, dtype=np.float64)
    deviation = z.std(axis=0, dtype=np.float64)
    return max(np.abs(mean).max(), np.abs(deviation - 1).max())


def sklearn_scaler(x, **_):
    from sklearn.preprocessing import StandardScaler

    x = array(x)
    seconds, z = timed(lambda: StandardScaler().fit_transform(x))
    return dict(seconds=seconds, **error_of(z))


def numpy_scaler(x, **_):
    x = array(x)
    seconds, z = timed(lambda: (x - x.mean(axis=0)) / x.std(axis=0))
    return dict(seconds=seconds, **error_of(z))


measuring_memory = False


def error_of(z):
    """The figure needs more memory than the call, so not where memory is measured."""
    return {} if measuring_memory else dict(error=scaling_error(z))


def sklearn_silhouette(x, labels, **_):
    from sklearn.metrics import silhouette_score

    x, labels = array(x), array(labels)
    seconds, score = timed(lambda: silhouette_score(x, labels))
    return dict(seconds=seconds, score=score)


TASKS = {
    "sklearn_kmeans_from": sklearn_kmeans_from,
    "sklearn_kmeans": sklearn_kmeans,
    "sklearn_pca_auto": sklearn_pca("auto"),
    "sklearn_pca_full": sklearn_pca("full"),
    "scipy_covariance_pca": scipy_covariance_pca,
    "sklearn_scaler": sklearn_scaler,
    "numpy_scaler": numpy_scaler,
    "sklearn_silhouette": sklearn_silhouette,
}


def status(key):
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(key + ":"))


def load(**paths):
    for path in paths.values():
        array(path)
    return {}


def reset_memory(**_):
    """Forgets the peak: from here on it is that of the call. (sklearn is imported already.)"""
    global measuring_memory
    measuring_memory = True
    import sklearn.cluster, sklearn.decomposition, sklearn.metrics, sklearn.preprocessing  # noqa: E401, F401

    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")
    return dict(kilobytes=status("VmRSS"))


def peak_memory(**_):
    return dict(kilobytes=status("VmHWM"))


def main():
    warnings.filterwarnings("ignore")
    handlers = dict(TASKS, load=load, reset_memory=reset_memory, peak_memory=peak_memory)
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
