#!/usr/bin/env python3
"""Makes tests/data/csv/nasty.csv and nasty.json: a table with many traps, and what pandas finds in it.

Run it in an environment of tests/reference/requirements.txt: `make_table_reference.py FOLDER`. Types, missing
values, ranges and counts of levels are pandas' own (nullable types); means and deviations of the numbers that
it read are computed in fractions, as pandas' sums lose digits of large ones.
"""
import csv
import json
import random
import statistics
import sys
from fractions import Fraction
from pathlib import Path

import pandas as pd

ROWS = 500
MISSING = ["", "NA", "NaN", "null", "N/A", "<NA>"]
TEXTS = ["plain", 'says "hi"', "a,b", "two\nlines", "two\r\nlines", "Doña Ana", "日本", " padded ", "'", "#no comment", "0x1f",
         "1e", "--1", "2020-13-01"]


def columns(rng):
    number = rng.gauss
    return {
        "id": [str(i) for i in range(ROWS)],
        "value": [repr(number(0, 1) * 10 ** rng.randint(-140, 140)) for _ in range(ROWS)],
        "value.1": [repr(1e8 + number(0, 1)) for _ in range(ROWS)],  # what the repeated name would become
        "large": [str(2 ** 53 + rng.randint(-9, 9) * 3 + 1) for _ in range(ROWS)],
        "holes": [str(rng.randint(-5, 5)) if rng.random() < 0.7 else rng.choice(MISSING) for _ in range(ROWS)],
        "late float": [str(i) for i in range(ROWS - 1)] + ["0.5"],
        "late text": [str(i % 7) for i in range(ROWS - 1)] + ["seven"],
        "signs": [rng.choice(["+1", "-0.0", "inf", "-1e-320", "1E5", ".5", "5."]) for _ in range(ROWS)],
        "zip": [f"{rng.randint(0, 99999):05d}" for _ in range(ROWS)],
        "text": [rng.choice(TEXTS) + str(i) for i in range(ROWS)],
        "level": [rng.choice(TEXTS + ["NA", ""]) for _ in range(ROWS)],
        "yes": [rng.choice(["True", "False"]) for _ in range(ROWS)],
        "nothing": [rng.choice(MISSING) for _ in range(ROWS)],
    }


def write(path, table):
    names = list(table)
    names[2] = "value"  # repeated
    names[-1] = ""
    with open(path, "w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(names)
        for row in zip(*table.values()):
            writer.writerow(row)
    path.write_bytes(path.read_bytes().rstrip(b"\r\n"))  # no newline at the end


def kind_of(column):
    if column.isna().all():
        return "float"
    names = {"Int64": "integer", "Float64": "float", "string": "text", "boolean": "text"}
    return names[str(column.dtype)]


def facts(column):
    there = column.dropna()
    kind = kind_of(column)
    found = {"name": str(column.name), "type": kind, "values": int(there.size), "missing": int(column.isna().sum())}
    if kind == "text":
        counts = there.astype(str).value_counts()
        return {**found, "levels": int(counts.size), "counts": {k: int(v) for k, v in counts.items()}}
    if there.empty:
        return found
    number = int if kind == "integer" else float
    low, high = number(there.min()), number(there.max())
    found.update(min=low, max=high if high != float("inf") else "inf")
    finite = there[there.abs() != float("inf")].astype("float64")
    exact = [Fraction(v) for v in finite]
    return {**found, "finite": int(finite.size), "mean": float(statistics.mean(exact)),
            "deviation": float(statistics.stdev(exact))}


def main():
    folder = Path(sys.argv[1])
    table = folder / "nasty.csv"
    write(table, columns(random.Random(3)))
    frame = pd.read_csv(table, dtype_backend="numpy_nullable", encoding="utf-8-sig")
    answer = {"pandas": pd.__version__, "rows": len(frame), "columns": [facts(frame[c]) for c in frame.columns]}
    (folder / "nasty.json").write_text(json.dumps(answer, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
