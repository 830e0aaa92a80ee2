#!/usr/bin/env python3
"""From a CSV file to coefficients: sluice fit beside its peers on the same file in one run, by turns; all must find
the same coefficients; then sluice fit against its own ceilings (fit_limits.py). The file is in the page cache; a peer's
clock starts after its imports, sluice's seconds are the whole process. Exit 3 where a promise does not hold. bench/versus/fit runs this in .venv.
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
import fit_limits  # noqa: E402
import fit_peers  # noqa: E402
import measure  # noqa: E402

OURS = "sluice fit"
STORED = "text to store (zlib 1) and coefficients"
FITTED = "store to coefficients"
TABLE = ["--formula", "y ~ 0 + a + b + c + d + d:c + a:b + a:c + C(cat1)", "--noise", "2", "--seed", "1"]
BETA = "10,11,12,13,14,1,-2,0.5,3,0.25,-0.1,0.3"
COLUMNS = "a:normal(5:2),b:normal(3:1),c:uniform(1:9),d:normal(0:4),cat1:integer(0:4)"


def available():
    there = {}
    for name, (_, packages) in fit_peers.PEERS.items():
        try:
            there[name] = ", ".join(f"{p} {importlib.metadata.version(p)}" for p in packages)
        except importlib.metadata.PackageNotFoundError as absent:
            print(f"absent: {name} ({absent}); scripts/setup --bench installs it", file=sys.stderr)
    return there


def agree(name, found, wanted):
    worst = max(abs(a - b) for a, b in zip(found, wanted))
    if len(found) != len(wanted) or worst > 1e-6:
        sys.exit(f"versus: {name} disagrees by {worst}: {found}, sluice has {wanted}")


def store_round(sluice, path, memory, wanted, stages, parts):
    """By way of a store: the recipe's parts beside --store and --from."""
    store = path + ".h5"
    made = measure.Run([*fit_command(sluice, path, memory), "--store", store, "--force"])
    fitted = measure.Run([sluice, "fit", "--from", store, "--json", "--residuals", "no", "--memory", memory])
    for run in (made, fitted):
        agree("the store", [c["estimate"] for c in run.json["coefficients"]], wanted)
    size = os.path.getsize(store)
    parts.setdefault(STORED, []).append((stages["store"] + stages["solve"], made.seconds))
    parts.setdefault(FITTED, []).append((stages["solve"], fitted.seconds))
    os.unlink(store)
    return max(made.peak, fitted.peak), {"recipe": stages["bytes"], "sluice": size}


def fit_command(sluice, path, memory):
    return [sluice, "fit", path, f"y ~ {fit_peers.FORMULA}", "--define", "lnames=0,1,2,3,4", "--json", "--residuals", "no",
            "--memory", memory]


def one_round(sluice, path, memory, peers, seconds, parts=None):
    run = measure.Run(fit_command(sluice, path, memory))
    wanted = [c["estimate"] for c in run.json["coefficients"]]
    seconds.setdefault(OURS, []).append(run.seconds)
    for name in peers:
        row = measure.Run([sys.executable, fit_peers.__file__, name, path]).json
        agree(name, row["coefficients"], wanted)
        seconds.setdefault(name, []).append(row["seconds"])
        if parts is not None and "solve" in row["stages"]:
            peak, parts["bytes"] = store_round(sluice, path, memory, wanted, row["stages"], parts)
            run.peak = max(run.peak, peak)
    return run.peak


def table(seconds, size):
    lines = ["| contender | seconds | MB/s | sluice is faster by |", "|---|---:|---:|---:|"]
    for name, times in seconds.items():
        ratio = measure.median([a / b for a, b in zip(times, seconds[OURS])])
        middle = measure.median(times)
        lines.append(f"| {name} | {middle:.3g} | {size / middle / 1e6:.0f} | {ratio:.1f} |")
    return "\n".join(lines)


def store_table(parts, size):
    lines = ["| part | recipe, s | sluice, s | MB/s of text | faster by |", "|---|---:|---:|---:|---:|"]
    for name in (STORED, FITTED):
        theirs, ours = (measure.median(list(times)) for times in zip(*parts[name]))
        ratio = measure.median([a / b for a, b in parts[name]])
        lines.append(f"| {name} | {theirs:.3g} | {ours:.3g} | {size / ours / 1e6:.0f} | {ratio:.1f} |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", default="2.5e6")
    parser.add_argument("--large-rows", default="9.5e7", help="of the file larger than memory, 9 GB; 0: leave it out")
    parser.add_argument("--rounds", type=int, default=3, help="timed rounds, after one of sluice that warms up")
    parser.add_argument("--memory", default="256M", help="--memory of sluice")
    parser.add_argument("--folder", help="where to work (default: the temporary folder)")
    parser.add_argument("--json", help="also write the raw figures to this file")
    args = parser.parse_args()
    sluice, peers = measure.find_sluice(), available()
    facts = {"machine": measure.machine(), "python": platform.python_version(), "peers": peers}
    print(f"{facts['machine']['cpu']}, {facts['machine']['cores']} cores; {'; '.join(peers.values())}; "
          f"medians of {args.rounds} rounds by turns\n", flush=True)
    folder = tempfile.mkdtemp(prefix="sluice_versus_", dir=args.folder)
    try:
        path = os.path.join(folder, "t.csv")
        table_of = ["--columns", COLUMNS, "--beta", BETA, *TABLE]
        measure.Run([sluice, "generate", "table", "--rows", args.rows, *table_of, "-o", path])
        size = os.path.getsize(path)
        one_round(sluice, path, args.memory, [], {})
        seconds, parts, peak = {}, {}, 0
        for _ in range(args.rounds):
            peak = max(peak, one_round(sluice, path, args.memory, peers, seconds, parts))
        print(f"{size / 1e6:.0f} MB\n\n{table(seconds, size)}")
        if STORED in parts:
            sizes = parts["bytes"]
            print(f"\n{store_table(parts, size)}\n\nstores: {sizes['recipe'] / 1e6:.0f} MB of the recipe, "
                  f"{sizes['sluice'] / 1e6:.0f} MB of sluice")
        print(f"\nsluice's peak of anonymous memory: {peak / 2**20:.0f} MiB of --memory {args.memory}\n", flush=True)
        raw = {}
        fine = fit_limits.parser_share(sluice, fit_command(sluice, path, args.memory), path, args.rounds, raw)
        os.unlink(path)
        if float(args.large_rows) > 0:
            small = size / measure.median(seconds[OURS])
            fine = fit_limits.large(sluice, lambda large: fit_command(sluice, large, args.memory), small, table_of,
                                    args.large_rows, folder, args.rounds, args.memory, raw) and fine
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if args.json:
        with open(args.json, "w") as file:
            json.dump({"facts": facts, "bytes": size, "seconds": seconds, "parts": parts, "peak": peak, **raw}, file, indent=1)
            file.write("\n")
    sys.exit(0 if fine else 3)


if __name__ == "__main__":
    main()
