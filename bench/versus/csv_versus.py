#!/usr/bin/env python3
"""Rates of reading separated values: sluice (types given, and found in a first pass), a plain scan of the bytes
in memory, fast_float alone, pandas, pyarrow, polars and DuckDB, on the same file in one run, by turns; all must find
the same rows and sum. Then the largest anonymous memory of sluice on a file larger than its --memory many times.

The file is in the page cache; a peer's clock starts after its imports. bench/versus/csv runs this in .venv.
"""
import argparse
import importlib.metadata
import json
import os
import platform
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import csv_peers  # noqa: E402
import measure  # noqa: E402


OURS = "sluice, types given"


def find_bench():
    for path in (os.environ.get("CSV_BENCH"), os.path.join(measure.ROOT, "build", "release", "bin", "bench", "csv_bench"),
                 os.path.join(measure.ROOT, "build", "cpu", "bin", "bench", "csv_bench")):
        if path and os.access(path, os.X_OK):
            return path
    sys.exit("versus: no csv_bench: build it (cmake --build --preset release) or set CSV_BENCH")


def available():
    there = {}
    for name, (_, package) in csv_peers.PEERS.items():
        try:
            there[name] = f"{package} {importlib.metadata.version(package)}"
        except importlib.metadata.PackageNotFoundError:
            print(f"absent: {name}; scripts/setup --bench installs it", file=sys.stderr)
    return there


def agree(name, row, truth):
    if row["rows"] != truth["rows"] or abs(row["sum"] - truth["sum"]) > 1e-9 * abs(truth["sum"]):
        sys.exit(f"versus: {name} disagrees: {row}, sluice has {truth}")


def one_round(bench, path, memory, peers, seconds):
    """Seconds of every contender once."""
    run = measure.Run([bench, "read", path, memory, "1"])
    truth = json.loads(run.stdout.splitlines()[0])
    seconds.setdefault(OURS, []).append(truth["seconds"])
    seconds.setdefault("sluice, types found first (two passes)", []).append(truth["types"] + truth["seconds"])
    seconds.setdefault("sluice info: types, ranges, levels", []).append(truth["ranges"])
    ceilings = json.loads(measure.Run([bench, "ceilings", path]).stdout)
    seconds.setdefault("plain scan for line ends, in memory", []).append(ceilings["memory scan"])
    seconds.setdefault("fast_float alone, in memory", []).append(ceilings["fast_float"])
    for name in peers:
        row = measure.Run([sys.executable, csv_peers.__file__, name, path]).json
        agree(name, row, truth)
        seconds.setdefault(name, []).append(row["seconds"])
    return run.peak


def table(seconds, size):
    ours = seconds[OURS]
    lines = ["| contender | seconds | GB/s | sluice is faster by |", "|---|---:|---:|---:|"]
    for name, times in seconds.items():
        ratio = measure.median([a / b for a, b in zip(times, ours)])
        middle = measure.median(times)
        lines.append(f"| {name} | {middle:.3g} | {size / middle / 1e9:.2f} | {ratio:.2f} |")
    return "\n".join(lines)


def large_file(bench, small, target, gigabytes, memory):
    """The small file's rows many times over, read once: MiB of anonymous memory."""
    with open(small, "rb") as source, open(target, "wb") as file:
        header = source.readline()
        file.write(header)
        while file.tell() < gigabytes * 1e9:
            source.seek(len(header))
            shutil.copyfileobj(source, file, 1 << 22)
    run = measure.Run([bench, "read", target, memory, "1"])
    row = json.loads(run.stdout.splitlines()[0])
    size = os.path.getsize(target)
    return {"bytes": size, "memory MiB": memory, "anonymous MiB": run.peak / 2**20, "rows": row["rows"],
            "GB/s types given": size / row["seconds"] / 1e9, "GB/s first pass": size / row["types"] / 1e9}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mib", type=int, default=1024, help="of text")
    parser.add_argument("--rounds", type=int, default=5, help="timed rounds, after one that warms up")
    parser.add_argument("--memory", type=int, default=256, help="MiB of --memory of sluice")
    parser.add_argument("--large-gb", type=float, default=9, help="GB of the large file; 0: none")
    parser.add_argument("--folder", help="where to work (default: the temporary folder)")
    parser.add_argument("--json", help="also write the raw figures to this file")
    args = parser.parse_args()
    bench, peers = find_bench(), available()
    facts = {"machine": measure.machine(), "python": platform.python_version(), "peers": peers}
    print(f"{facts['machine']['cpu']}, {facts['machine']['cores']} cores; {', '.join(sorted(set(peers.values())))}; "
          f"medians of {args.rounds} rounds by turns\n", flush=True)
    folder = tempfile.mkdtemp(prefix="sluice_versus_", dir=args.folder)
    try:
        path = os.path.join(folder, "t.csv")
        measure.Run([bench, "make", path, args.mib])
        size = os.path.getsize(path)
        one_round(bench, path, args.memory, peers, {})
        seconds, peak = {}, 0
        for _ in range(args.rounds):
            peak = max(peak, one_round(bench, path, args.memory, peers, seconds))
        print(table(seconds, size))
        print(f"\nsluice's peak of anonymous memory: {peak / 2**20:.0f} MiB of --memory {args.memory}M", flush=True)
        large = None
        if args.large_gb > 0:
            large = large_file(bench, path, os.path.join(folder, "large.csv"), args.large_gb, args.memory)
            print("large file:", json.dumps(large))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if args.json:
        with open(args.json, "w") as file:
            json.dump({"facts": facts, "bytes": size, "seconds": seconds, "peak": peak, "large": large}, file, indent=1)
            file.write("\n")


if __name__ == "__main__":
    main()
