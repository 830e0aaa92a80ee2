#!/usr/bin/env python3
"""The reader of separated values against Python's csv module and pandas (float_precision="round_trip") on generated
nasty files. csv_reference_test.py CSV_DUMP; what is not installed is skipped with a message (exit 77 where pandas
is, as then only half was looked at)."""
import csv
import io
import json
import math
import os
import random
import struct
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VENV = os.path.join(ROOT, ".venv", "bin", "python")


def dump(path, *arguments):
    run = subprocess.run([sys.argv[1], path, *arguments], capture_output=True, check=False)
    if run.returncode == 1:
        return None
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout.decode("utf-8"))


def write(path, text):
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(text)


def rows_of(table):
    return list(zip(*(column["values"] for column in table["columns"])))


def written_by_python(path, rng):
    """Rows of nasty texts, as Python's csv module writes them."""
    columns = rng.randint(2, 6)
    alphabet = rng.choice(['ab,"\n', 'a"\r\n', "a;,\t |", "aé\U0001f600\"", "# 'a,"])
    rows = [["".join(rng.choices(alphabet, k=rng.randint(0, 8))) for _ in range(columns)] for _ in range(rng.randint(0, 30))]
    separator, end = rng.choice(",;\t|"), rng.choice(["\n", "\r\n"])
    buffer = io.StringIO()
    # Before 3.13 Python leaves a lone CR without quotes.
    quoting = csv.QUOTE_ALL if "\r" in alphabet else rng.choice([csv.QUOTE_ALL, csv.QUOTE_MINIMAL])
    writer = csv.writer(buffer, delimiter=separator, lineterminator=end, quoting=quoting)
    writer.writerows([[f"c{i}" for i in range(columns)]] + rows)
    write(path, buffer.getvalue())
    table = dump(path, "text", "sep=" + separator, f"range={rng.choice([7, 64, 1000])}", "threads=2")
    assert [list(row) for row in rows_of(table)] == rows, (buffer.getvalue(), table)
    return len(rows)


def read_by_python(path, rng):
    """Bytes in any order, as Python's csv module reads them; ragged rows are left out by both."""
    alphabet = rng.choice(["aab,,\n\"", "ab,,,\n\n\r\"", "aaaa,\n", "\"\",\na"])
    text = "a,b\n" + "".join(rng.choices(alphabet, k=rng.randint(0, 300)))
    write(path, text)
    table = dump(path, "text", f"range={rng.choice([5, 64, 1000])}")
    rows = list(csv.reader(io.StringIO(text, newline="")))[1:]
    if table["open_quote"]:
        rows = rows[:-1]
    assert rows_of(table) == [tuple(row) for row in rows if len(row) == 2], (text, table, rows)
    return len(rows)


def number(rng):
    kind = rng.randint(0, 6)
    value = struct.unpack("<d", struct.pack("<Q", rng.getrandbits(64)))[0]
    if kind == 0 and math.isfinite(value):
        return repr(value)
    if kind == 1:  # pandas takes longer ones for text
        whole, part = (rng.choices("0123456789", k=rng.randint(1, most)) for most in (18, 30))
        return "".join(whole) + "." + "".join(part)
    if kind == 2:
        return f"{rng.uniform(-1e6, 1e6):.{rng.randint(1, 20)}f}"
    if kind == 3:
        return f"{rng.random():.17g}"
    if kind == 4:
        return f"{rng.randint(1, 10**19)}e{rng.randint(-340, 285)}"  # pandas takes what overflows for text
    return f"{rng.gauss(0, 1):.{rng.randint(3, 17)}g}"


def read_by_pandas(path, rng, pandas):
    missing = ["", "NA", "nan", "NULL", "N/A", "-NaN", "#N/A", "None", "null", "<NA>"]
    makers = {
        "float": lambda: number(rng),
        "integer": lambda: str(rng.randint(-2**62, 2**62)),
        "small": lambda: str(rng.randint(-9, 9)) if rng.random() < 0.8 else rng.choice(missing),
        "gaps": lambda: number(rng) if rng.random() < 0.8 else rng.choice(missing),
        "word": lambda: rng.choice(["red", "gr een", "blue,", 'a"b', "x\ny", "été", "0x1", "1 2"]),
        "mixed": lambda: rng.choice(["1", "2.5", "word", "", "NA"]),
    }
    kinds = rng.sample(sorted(makers), k=rng.randint(2, 6))
    rows = [[makers[kind]() for kind in kinds] for _ in range(rng.randint(1, 60))]
    rows.append(["1.5" if kind in ("float", "gaps") else "word" if kind == "mixed" else makers[kind]() for kind in kinds])
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator=rng.choice(["\n", "\r\n"])).writerows([kinds] + rows)
    write(path, buffer.getvalue())
    table = dump(path, f"range={rng.choice([30, 500, 100000])}", "threads=2")
    frame = pandas.read_csv(path, float_precision="round_trip", skip_blank_lines=True)
    assert table["rows"] == len(frame), (buffer.getvalue(), table)
    for column in table["columns"]:
        for ours, theirs in zip(column["values"], frame[column["name"]]):
            if ours is None:
                assert pandas.isna(theirs), (column["name"], theirs)
            elif isinstance(ours, str):
                assert ours == theirs, (column["name"], ours, theirs)
            elif column["type"] == "float" and not isinstance(theirs, str):
                assert struct.pack("<d", ours) == struct.pack("<d", theirs), (column["name"], ours, theirs)
            else:
                assert ours == theirs, (column["name"], ours, theirs)
    return len(rows)


def main():
    try:
        import pandas
    except ImportError:
        if os.access(VENV, os.X_OK) and os.path.realpath(sys.prefix) != os.path.realpath(os.path.dirname(os.path.dirname(VENV))):
            os.execv(VENV, [VENV, *sys.argv])
        pandas = None
    rng = random.Random(5)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "t.csv")
        written = sum(written_by_python(path, rng) for _ in range(150))
        read = sum(read_by_python(path, rng) for _ in range(150))
        print(f"csv module: {written} rows written, {read} read by it")
        assert written > 1500 and read > 1500
        if pandas is None:
            print("skipped: pandas is not installed (scripts/setup --tests)")
            sys.exit(77)
        rows = sum(read_by_pandas(path, rng, pandas) for _ in range(150))
        print(f"pandas {pandas.__version__}: {rows} rows")
        assert rows > 3000


if __name__ == "__main__":
    main()
