"""The peers of `sluice cov`, each file to file as its user would write it. Run as a process of its own by cov.py:
peers.py NAME INPUT OUTPUT prints one line of JSON: seconds of the whole job, and of the computing alone."""
import json
import sys
import time


def numpy_cov(dtype_name):
    def work(source, target):
        import numpy as np
        begun = time.monotonic()
        x = np.load(source)
        loaded = time.monotonic()
        c = np.cov(x, dtype=dtype_name)
        computed = time.monotonic()
        np.save(target, np.asarray(c, dtype=np.float32))
        return begun, loaded, computed
    return work


def dask_cov(source, target):
    import dask.array as da
    import numpy as np
    begun = time.monotonic()
    x = da.from_array(np.load(source, mmap_mode="r"), chunks="auto")
    loaded = time.monotonic()
    c = da.cov(x).compute()
    computed = time.monotonic()
    np.save(target, np.asarray(c, dtype=np.float32))
    return begun, loaded, computed


def notebook(source, target, panel=1000):
    """Row panels of a memmap, np.cov of each pair of panels, blocks into a memmap."""
    import numpy as np
    begun = time.monotonic()
    x = np.load(source, mmap_mode="r")
    n = x.shape[0]
    c = np.lib.format.open_memmap(target, mode="w+", dtype=np.float32, shape=(n, n))
    for i in range(0, n, panel):
        a = x[i:i + panel]
        for j in range(i, n, panel):
            b = x[j:j + panel]
            block = np.cov(a, b)[:len(a), len(a):] if j > i else np.atleast_2d(np.cov(a))
            c[i:i + panel, j:j + panel] = block
            c[j:j + panel, i:i + panel] = block.T
    c.flush()
    return begun, begun, time.monotonic()


def triple_loop(source, target):
    """The definition, in plain Python."""
    import numpy as np
    begun = time.monotonic()
    x = np.load(source).tolist()
    loaded = time.monotonic()
    n, k = len(x), len(x[0])
    means = [sum(row) / k for row in x]
    c = [[0.0] * n for _ in range(n)]
    for i in range(n):
        for j in range(n):
            total = 0.0
            for t in range(k):
                total += (x[i][t] - means[i]) * (x[j][t] - means[j])
            c[i][j] = total / (k - 1)
    computed = time.monotonic()
    np.save(target, np.asarray(c, dtype=np.float32))
    return begun, loaded, computed


PEERS = {
    "numpy float32": (numpy_cov("float32"), "numpy"),
    "numpy float64": (numpy_cov("float64"), "numpy"),
    "dask": (dask_cov, "dask"),
    "notebook loop": (notebook, "numpy"),
    "triple loop": (triple_loop, "numpy"),
}

if __name__ == "__main__":
    name, source, target = sys.argv[1:]
    begun, loaded, computed = PEERS[name][0](source, target)
    print(json.dumps({"seconds": time.monotonic() - begun, "compute": computed - loaded}))
