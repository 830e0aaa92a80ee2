#!/usr/bin/env python3
"""Light curves file to file: sluice beside the notebook's way (pandas, numpy, scipy, astropy and sqlite3, one object and
row at a time), a careful Python (whole batches into SQLite), and the light-curve package, by turns on the same files,
which lie in the page cache. Answers must agree. Prints the table of README.md; seconds are those of whole jobs without
the start of Python and its imports; sluice's are those of its process without the final sync.

bench/versus/lc runs this in .venv. bench/versus/lc_features has the compute stage alone, in memory.
"""
import argparse
import glob
import importlib
import json
import os
import shutil
import sqlite3
import sys
import tempfile
import time
import warnings

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import measure  # noqa: E402

BANDS = "griz"
BASE = ["Std", "Amp", "MAD", "Beyond", "Skew"]
# In the order of both: names of ours, and the classes of light-curve.
FIELD = ["Amplitude", "AndersonDarlingNormal", "BeyondNStd", "Cusum", "Eta", "EtaE", "ExcessVariance",
         "InterPercentileRange", "Kurtosis", "LinearFit", "LinearTrend", "MagnitudePercentageRatio", "MaximumSlope",
         "Mean", "MeanVariance", "Median", "MedianAbsoluteDeviation", "MedianBufferRangePercentage", "OtsuSplit",
         "PercentAmplitude", "PercentDifferenceMagnitudePercentile", "ReducedChi2", "Roms", "Skew",
         "StandardDeviation", "StetsonK", "WeightedMean", "Duration", "MinimumTimeInterval"]
SCHEMA = """CREATE TABLE objects(objId INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE rawPhot(id INTEGER PRIMARY KEY, objId INTEGER REFERENCES objects(objId), t REAL, pb TEXT, flux REAL, dflux REAL);
CREATE INDEX rawPhot_curve ON rawPhot(objId, pb, t);"""


def fresh(path):
    for name in (path, path + "-journal"):
        if os.path.exists(name):
            os.unlink(name)
    return path


def one_file(path):
    import pandas as pd
    return pd.read_csv(path, comment="#", sep=r"\s+")


def number_of(path):
    return int("".join(c for c in os.path.basename(path) if c.isdigit()))


def insert_row_by_row(files, path):
    """As notebooks do: a statement a row, a commit an object."""
    db = sqlite3.connect(fresh(path))
    db.executescript(SCHEMA)
    for name in files:
        number = number_of(name)
        db.execute("INSERT INTO objects VALUES (?, ?)", (number, os.path.basename(name)))
        for _, row in one_file(name).iterrows():
            db.execute("INSERT INTO rawPhot(objId, t, pb, flux, dflux) VALUES (?, ?, ?, ?, ?)",
                       (number, row["t"], row["pb"], row["flux"], row["dflux"]))
        db.commit()
    db.close()


def insert_bulk(files, path):
    """All rows through one prepared statement in one transaction."""
    db = sqlite3.connect(fresh(path))
    db.executescript(SCHEMA)
    for name in files:
        number, table = number_of(name), one_file(name)
        db.execute("INSERT INTO objects VALUES (?, ?)", (number, os.path.basename(name)))
        db.executemany(f"INSERT INTO rawPhot(objId, t, pb, flux, dflux) VALUES ({number}, ?, ?, ?, ?)",
                       zip(table.t.tolist(), table.pb.tolist(), table.flux.tolist(), table.dflux.tolist()))
    db.commit()
    db.close()


def notebook_features(path):
    """The base set, object by object, from the database into a table of it."""
    import numpy as np
    import scipy.stats
    from astropy.stats import median_absolute_deviation
    db = sqlite3.connect(path)
    names = [band + name for name in BASE for band in BANDS] + ["gMinusR", "rMinusI", "iMinusZ"]
    db.execute("DROP TABLE IF EXISTS feats")
    db.execute("CREATE TABLE feats(objId INTEGER PRIMARY KEY, " + ", ".join(f"{n} REAL" for n in names) + ")")
    for (number,) in db.execute("SELECT objId FROM objects ORDER BY objId").fetchall():
        values, means = {}, []
        for band in BANDS:
            rows = db.execute("SELECT flux, dflux FROM rawPhot WHERE objId = ? AND pb = ?", (number, band)).fetchall()
            f, e = np.array(rows, float).reshape(-1, 2).T
            if len(f) == 0:
                values.update({band + name: None for name in BASE})
                means.append(np.nan)
                continue
            weight = (f / e)**2
            m = np.sum(f * weight) / np.sum(weight)
            deviation = np.std(f, ddof=1)
            found = (np.std(f / m, ddof=1), (np.max(f) - np.min(f)) / m, median_absolute_deviation(f),
                     np.sum(np.abs(f - m) > deviation) / len(f), scipy.stats.skew(f))
            values.update({band + name: float(x) for name, x in zip(BASE, found)})
            means.append(m)
        for name, a, b in zip(names[-3:], means, means[1:]):
            values[name] = float(-2.5 * np.log10(a / b)) if a > 0 and b > 0 else None
        db.execute(f"INSERT INTO feats VALUES (?{', ?' * len(names)})", [number] + [values[n] for n in names])
        db.commit()
    db.close()
    return names


def light_curve_features(table, output):
    """The field set in r, from one CSV to another, on all cores."""
    import light_curve
    import numpy as np
    import pandas as pd
    extractor = light_curve.Extractor(*[getattr(light_curve, name)() for name in FIELD])
    data = pd.read_csv(table)
    data = data[data.passband == "r"].sort_values(["object_id", "mjd"], kind="stable")
    numbers, starts = np.unique(data.object_id.to_numpy(), return_index=True)
    parts = [np.split(np.ascontiguousarray(data[c].to_numpy(float)), starts[1:]) for c in ("mjd", "flux", "flux_err")]
    keep = [k for k, t in enumerate(parts[0]) if len(t) >= 5]
    values = extractor.many([tuple(part[k] for part in parts) for k in keep], sorted=True, n_jobs=-1)
    pd.DataFrame(values, columns=extractor.names, index=numbers[keep]).to_csv(output)
    return numbers[keep], np.asarray(values), extractor.names


def timed(work, *arguments):
    begun = time.perf_counter()
    result = work(*arguments)
    return time.perf_counter() - begun, result


def agree(what, found, expected, bound):
    import numpy as np
    found, expected = np.asarray(found, float), np.asarray(expected, float)
    if found.shape != expected.shape:
        sys.exit(f"versus: {what}: shapes differ: {found.shape}, {expected.shape}")
    both = np.isfinite(found) & np.isfinite(expected)
    wrong = both & (np.abs(found - expected) > bound * np.abs(expected) + 1e-9)
    if wrong.any() or (np.isfinite(found) != np.isfinite(expected)).any():
        sys.exit(f"versus: {what}: {int(wrong.sum())} of {both.sum()} values differ, "
                 f"{int((np.isfinite(found) != np.isfinite(expected)).sum())} are there in one only")


def check_base(ours, theirs, names):
    columns = ", ".join(names)
    rows = [sqlite3.connect(path).execute(f"SELECT {columns} FROM {table} ORDER BY objId").fetchall()
            for path, table in ((ours, "lcFeats"), (theirs, "feats"))]
    agree("the base set", *[[[float("nan") if x is None else x for x in row] for row in r] for r in rows], 1e-9)


def check_field(path, numbers, values, names):
    import numpy as np
    import pandas as pd
    table = pd.read_csv(path).set_index("objId").loc[numbers].to_numpy(float)
    lines = [k for k, name in enumerate(names) if name.startswith("linear")]  # not centred on times there
    rest = [k for k in range(len(names)) if k not in lines]
    agree("the field set", table[:, rest], np.asarray(values)[:, rest], 1e-6)
    agree("lines of the field set", table[:, lines], np.asarray(values)[:, lines], 1e-4)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--objects", type=int, default=1000, help="of 30 to 1000 points in ugriz")
    parser.add_argument("--field-objects", type=int, default=10000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", help="where to work (default: the temporary folder)")
    parser.add_argument("--json", help="also write the raw figures to this file")
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    there = {}
    for package in ("numpy", "scipy", "astropy", "light_curve"):
        try:
            there[package] = importlib.import_module(package).__version__
        except ImportError as error:
            print(f"absent: {package} ({error}); scripts/setup --bench installs it", file=sys.stderr)
    sluice, folder = measure.find_sluice(), tempfile.mkdtemp(prefix="sluice_versus_", dir=args.folder)
    name = {n: os.path.join(folder, n) for n in ("curves", "lc.csv", "rows.db", "bulk.db", "ours.db", "a.csv", "b.csv")}
    jobs = {}

    def note(job, contender, seconds):
        jobs.setdefault(job, {}).setdefault(contender, []).append(seconds)

    def ours(job, *arguments):
        run = measure.sluice_run(sluice, "lc", *arguments)
        note(job, "sluice", run.seconds)
        return run.json

    try:
        make = (sluice, "generate", "lightcurves", "--points", "30:1000", "--bands", "ugriz", "--seed", "1", "-q")
        measure.Run([*make, "--objects", args.objects, "-o", name["curves"] + "/"])
        measure.Run([*make, "--objects", args.field_objects, "-o", name["lc.csv"]])
        files = sorted(glob.glob(os.path.join(name["curves"], "*.dat")))
        for path in [*files, name["lc.csv"]]:
            measure.warm(path)
        store, base = f"{len(files):,} text files into SQLite", "base set, from the database into a table of it"
        field = f"field set of {args.field_objects:,} curves (r), CSV to CSV"
        rows = 0
        for _ in range(args.rounds):
            seconds, _ = timed(insert_row_by_row, files, name["rows.db"])
            note(store, "row by row", seconds)
            seconds, _ = timed(insert_bulk, files, name["bulk.db"])
            note(store, "one transaction", seconds)
            fresh(name["ours.db"])
            rows = ours(store, "ingest", name["curves"], "-o", name["ours.db"])["rows"]["added"]
            counted = [sqlite3.connect(name[n]).execute("SELECT count(*), sum(flux) FROM rawPhot").fetchone()
                       for n in ("rows.db", "bulk.db", "ours.db")]
            if any(abs(c[1] / counted[0][1] - 1) > 1e-9 or c[0] != rows for c in counted):
                sys.exit(f"versus: the databases differ: {counted}, {rows} rows")
            if "scipy" in there and "astropy" in there:
                seconds, names = timed(notebook_features, name["rows.db"])
                note(base, "notebook", seconds)
            ours(base, "features", name["ours.db"], "--force")
            if "astropy" in there:
                check_base(name["ours.db"], name["rows.db"], names)
            if "light_curve" in there:
                seconds, answer = timed(light_curve_features, name["lc.csv"], name["a.csv"])
                note(field, "light-curve, pandas", seconds)
            wanted = ",".join("field:" + f for f in FIELD)
            ours(field, "features", name["lc.csv"], "--features", wanted, "--bands", "r", "-o", name["b.csv"], "--force")
            if "light_curve" in there:
                check_field(name["b.csv"], *answer)
        facts = measure.machine()
        print(f"{facts['cpu']}, {facts['cores']} cores; " + ", ".join(f"{p} {v}" for p, v in there.items()) +
              f"; {rows:,} rows in the text files; medians of {args.rounds} rounds\n")
        print("| job | contender | seconds | sluice is faster by |\n|---|---|---:|---:|")
        for job, contenders in jobs.items():
            for contender in ["sluice"] + [c for c in contenders if c != "sluice"]:
                values = contenders[contender]
                ratio = measure.median([a / b for a, b in zip(values, contenders["sluice"])])
                print(f"| {job} | {contender} | {measure.median(values):.3g} | " +
                      ("|" if contender == "sluice" else f"{ratio:.3g} |"))
        if args.json:
            with open(args.json, "w", encoding="utf-8") as out:
                json.dump({"machine": facts, "peers": there, "seconds": jobs}, out, indent=1)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
