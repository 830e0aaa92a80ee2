"""The peers of sluice fit, each from a CSV file to coefficients as its user would write it, for the classic example:
four numbers, one factor of five levels, three products. Run as a process of its own by fit_versus.py:
fit_peers.py NAME FILE prints one line of JSON: seconds, coefficients in sluice's order, seconds of its parts."""
import json
import os
import sys
import tempfile
import time

FORMULA = "0 + a + b + c + d + d:c + a:b + a:c + C(cat1, Treatment, levels = lnames)"
TERMS = ["a", "b", "c", "d", "d*c", "a*b", "a*c"]
lnames = [0, 1, 2, 3, 4]
stages = {}  # seconds of a peer's parts


def recipe(path):
    """Chunks of 50,000 rows through a formula into growing compressed arrays, solved out of core."""
    import dask.array
    import h5py
    import numpy
    import pandas
    import patsy
    import tables
    store = os.path.join(tempfile.mkdtemp(dir=os.path.dirname(path)), "design.h5")
    filters = tables.Filters(complevel=1, complib="zlib")
    begun = time.monotonic()
    with tables.open_file(store, "w") as file:
        x = y = None
        for chunk in pandas.read_csv(path, chunksize=50000):
            design = numpy.asarray(patsy.dmatrix(FORMULA, chunk))
            if x is None:
                x = file.create_earray("/", "X", tables.Float64Atom(), (0, design.shape[1]), filters=filters)
                y = file.create_earray("/", "Y", tables.Float64Atom(), (0,), filters=filters)
            x.append(design)
            y.append(chunk["y"].to_numpy())
    stored = time.monotonic()
    stages["store"] = stored - begun
    with h5py.File(store) as file:
        x = dask.array.from_array(file["X"], chunks=(50000, file["X"].shape[1]))
        y = dask.array.from_array(file["Y"], chunks=50000)
        found = numpy.linalg.solve(*dask.compute(x.T @ x, x.T @ y))
    stages["solve"] = time.monotonic() - stored
    stages["bytes"] = os.path.getsize(store)
    return found


def in_memory(path):
    import numpy
    import pandas
    import patsy
    import statsmodels.api
    y, x = patsy.dmatrices("y ~ " + FORMULA, pandas.read_csv(path))
    return statsmodels.api.OLS(numpy.asarray(y)[:, 0], numpy.asarray(x)).fit().params


def duckdb(path):
    """Sums of products by one query, for all columns of the design."""
    import duckdb
    import numpy
    columns = [f"(cat1 = {level})::double" for level in lnames] + TERMS + ["y"]
    named = ", ".join(f"{column} as v{i}" for i, column in enumerate(columns))
    n = len(columns)
    pairs = [(i, j) for i in range(n) for j in range(i, n)]
    sums = ", ".join(f"sum(v{i} * v{j})" for i, j in pairs)
    row = duckdb.connect().execute(f"select {sums} from (select {named} from read_csv(?))", [path]).fetchone()
    gram = numpy.zeros((n, n))
    for (i, j), value in zip(pairs, row):
        gram[i, j] = gram[j, i] = value
    return numpy.linalg.solve(gram[:-1, :-1], gram[:-1, -1])


def polars(path):
    import numpy
    import polars
    frame = polars.read_csv(path)
    levels = [(polars.col("cat1") == level).cast(polars.Float64).alias(f"l{level}") for level in lnames]
    col = polars.col
    x = frame.select(*levels, "a", "b", "c", "d", (col("d") * col("c")).alias("dc"), (col("a") * col("b")).alias("ab"),
                     (col("a") * col("c")).alias("ac")).to_numpy()
    return numpy.linalg.solve(x.T @ x, x.T @ frame["y"].to_numpy())


PEERS = {
    "pandas, patsy, PyTables, dask": (recipe, ["pandas", "patsy", "tables", "dask", "h5py"]),
    "pandas + statsmodels": (in_memory, ["pandas", "patsy", "statsmodels"]),
    "DuckDB, sums by SQL": (duckdb, ["duckdb", "numpy"]),
    "polars + numpy": (polars, ["polars", "numpy"]),
}

if __name__ == "__main__":
    work, packages = PEERS[sys.argv[1]]
    for name in packages:  # imports are not timed
        __import__(name)
    begun = time.monotonic()
    found = work(sys.argv[2])
    seconds = time.monotonic() - begun
    print(json.dumps({"seconds": seconds, "coefficients": [float(v) for v in found], "stages": stages}))
