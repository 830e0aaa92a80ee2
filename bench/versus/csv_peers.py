"""The peers of the reader of separated values, each from a file to columns in memory as its user would write it.
Run as a process of its own by csv_versus.py: csv_peers.py NAME FILE prints one line of JSON: seconds, rows and the
sum of the first column."""
import json
import sys
import time


def pandas_c(path):
    import pandas
    frame = pandas.read_csv(path, float_precision="round_trip")
    return len(frame), float(frame["a"].sum())


def pandas_c_default(path):
    import pandas
    frame = pandas.read_csv(path)  # faster, and wrong in the last bit now and then
    return len(frame), float(frame["a"].sum())


def pandas_arrow(path):
    import pandas
    frame = pandas.read_csv(path, engine="pyarrow")
    return len(frame), float(frame["a"].sum())


def arrow(path):
    import pyarrow.compute
    import pyarrow.csv
    table = pyarrow.csv.read_csv(path)
    return table.num_rows, pyarrow.compute.sum(table["a"]).as_py()


def polars(path):
    import polars
    frame = polars.read_csv(path)
    return frame.height, frame["a"].sum()


def duckdb(path):
    import duckdb
    connection = duckdb.connect()
    connection.execute("create table t as select * from read_csv(?)", [path])
    return connection.execute("select count(*), sum(a) from t").fetchone()


PEERS = {
    "pandas (C engine)": (pandas_c_default, "pandas"),
    "pandas (C engine, round_trip)": (pandas_c, "pandas"),
    "pandas (pyarrow engine)": (pandas_arrow, "pandas"),
    "pyarrow": (arrow, "pyarrow"),
    "polars": (polars, "polars"),
    "DuckDB": (duckdb, "duckdb"),
}

if __name__ == "__main__":
    work, package = PEERS[sys.argv[1]]
    for name in {package, "pyarrow"}:  # imports are not timed
        __import__(name)
    begun = time.monotonic()
    rows, total = work(sys.argv[2])
    print(json.dumps({"seconds": time.monotonic() - begun, "rows": rows, "sum": total}))
