"""What `sluice info` finds in a table full of traps is what pandas found (tests/reference/make_table_reference.py):
types, missing values, ranges, means, deviations, counts of levels; from the plain file and from a gzip one, at any
number of threads and within little memory."""
import gzip
import json
import math
import os

from support import check, contents, folder, run

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "data", "csv")


def close(found, wanted, tolerance):
    if wanted == "inf":
        return found is None  # JSON has no infinity
    return found is not None and math.isclose(found, wanted, rel_tol=tolerance, abs_tol=0)


def check_column(found, wanted):
    name = wanted["name"]
    kinds = ("category", "text") if wanted["type"] == "text" else (wanted["type"],)
    check(found["name"] == name, f"{found['name']}: expected the name {name}")
    check(found["type"] in kinds, f"{name}: {found['type']}, expected {kinds}")
    for member in ("values", "missing"):
        check(found[member] == wanted[member], f"{name}: {member} {found[member]}, expected {wanted[member]}")
    for member in ("min", "max"):
        if member in wanted:
            check(close(found[member], wanted[member], 0), f"{name}: {member} {found[member]}, not {wanted[member]}")
    if "mean" in wanted:
        check(found["finite"] == wanted["finite"], f"{name}: {found['finite']} finite, expected {wanted['finite']}")
        for member in ("mean", "deviation"):
            check(close(found[member], wanted[member], 1e-12), f"{name}: {member} {found[member]}, not {wanted[member]}")
    if found["type"] == "category":
        counts = {level["level"]: level["count"] for level in found["top"]}
        check(found["levels"] == wanted["levels"], f"{name}: {found['levels']} levels, expected {wanted['levels']}")
        check(counts == wanted["counts"], f"{name}: counts {counts}, expected {wanted['counts']}")


def main():
    with open(os.path.join(DATA, "nasty.json"), encoding="utf-8") as file:
        wanted = json.load(file)
    table = os.path.join(DATA, "nasty.csv")
    with folder() as where:
        packed = os.path.join(where, "nasty.csv.gz")
        with gzip.open(packed, "wb") as file:
            file.write(contents(table))
        answers = []
        for path in (table, packed):
            for more in (("--threads", 1), ("--threads", 3), ("--memory", "4M", "--threads", 2)):
                out, _, _ = run("info", path, "--stats", "--levels", 1000, "--head", 4, "--json", *more)
                found = json.loads(out)
                check(found["file"]["rows"] == wanted["rows"], f"{found['file']['rows']} rows")
                check(len(found["columns"]) == len(wanted["columns"]), "another number of columns")
                for one, other in zip(found["columns"], wanted["columns"]):
                    check_column(one, other)
                dialect = found["dialect"]
                check(dialect["byte_order_mark"] and dialect["line_end"] == "CRLF" and dialect["quoted"], str(dialect))
                check(dialect["compression"] == ("gzip" if path == packed else None), str(dialect))
                check(len(found["renamed"]) == 2, f"renamed: {found['renamed']}")
                answers.append((found["columns"], found["head"]))
        check(all(answer == answers[0] for answer in answers), "the answer depends on threads, memory or compression")
        print(f"{len(wanted['columns'])} columns as pandas {wanted['pandas']} found them, {len(answers)} times")


main()
