"""Windows of irregular times, against what pandas found in them (tests/reference/make_window_times_reference.py): from
a table and from a compressed one, within little memory, on every device."""
import csv
import gzip
import math
import os

from support import check, contents, folder, run

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "data", "window_times")
CASES = [("10min", "10min"), ("1h", "20min"), ("6h", "2h")]


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def number(text):
    return float(text) if text else math.nan


def compare(found, wanted, name):
    check(len(found) == len(wanted), f"{name}: {len(found)} windows, expected {len(wanted)}")
    for one, other in zip(found, wanted):
        check(one["time"].rstrip("0").rstrip(".") == other["time"].rstrip("0").rstrip("."),
              f"{name}: a window at {one['time']}, expected {other['time']}")
        for column, text in other.items():
            if column == "time":
                continue
            x, e = number(one[column]), number(text)
            same = math.isnan(x) if math.isnan(e) else math.isclose(x, e, rel_tol=1e-10, abs_tol=1e-10)
            check(same, f"{name}: window {one['window']}: {column} is {x}, expected {e}")


def main():
    table = os.path.join(DATA, "times.csv")
    with folder() as where:
        packed, output = os.path.join(where, "times.csv.gz"), os.path.join(where, "w.csv")
        with gzip.open(packed, "wb") as file:
            file.write(contents(table))
        for size, step in CASES:
            wanted = rows_of(os.path.join(DATA, f"pandas_{size}_{step}.csv"))
            for source, more in ((table, ()), (packed, ()), (table, ("--memory", "12M", "--threads", "1")),
                                 (table, ("--device", "serial"))):
                run("window", source, "--time", "when", "--size", size, "--step", step, "--nan", "omit", "--ddof", "1",
                    "--stats", "count,sum,mean,std,var,min,max", "-o", output, "--force", *more)
                compare(rows_of(output), wanted, f"{os.path.basename(source)} {size} {step} {more}")


main()
