#!/usr/bin/env python3
"""Statistics of overlapping windows: sluice beside numpy's views, pandas' rolling and bottleneck, by turns in one run
on one file, which lies in the page cache. All must agree; the promises are judged by medians of ratios within rounds.

A peer's seconds are those of its call alone; sluice's are its stage `windows`, from the first tile of the file to the
last window in the result's file, without the start of the process and of the backend, and the final sync. bench/versus/window runs this in .venv.
"""
import argparse
import importlib
import importlib.metadata
import json
import os
import shutil
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import measure  # noqa: E402
import window_large  # noqa: E402
import window_median  # noqa: E402
import window_spectra  # noqa: E402

STATISTICS = ["mean", "std", "min", "max", "skew", "kurtosis"]
BOUND = 1e-9  # of a peer: pandas and bottleneck lose digits on the way


# Each gives what is timed, and what makes its result ours; None where it lacks the statistic.
def numpy_views(x, name, size, step):
    import numpy as np
    view = np.lib.stride_tricks.sliding_window_view(x, size, axis=0)[::step]
    return (lambda: getattr(view, name)(axis=-1), lambda found: found) if name in STATISTICS[:4] else None


def pandas_rolling(x, name, size, step):
    import numpy as np
    import pandas as pd
    # rolling(step=s) ends windows at rows 0, s, 2s: rows of NaN before the first make them end where ours do.
    before = -(size - 1) % step
    rolling = pd.DataFrame(np.concatenate([np.full((before, x.shape[1]), np.nan), x])).rolling(size, step=step)
    work = {"mean": rolling.mean, "std": lambda: rolling.std(ddof=0), "min": rolling.min, "max": rolling.max,
            "skew": rolling.skew, "kurtosis": rolling.kurt}[name]

    def ours(found):
        n, values = size, found.to_numpy()[(size - 1 + before) // step:]
        if name == "skew":  # pandas' are unbiased
            values = values * (n - 2) / np.sqrt(n * (n - 1))
        if name == "kurtosis":
            values = (values * (n - 2) * (n - 3) / (n - 1) - 6) / (n + 1)
        return values
    return work, ours


def bottleneck_move(x, name, size, step):
    import bottleneck
    move = {"mean": bottleneck.move_mean, "std": bottleneck.move_std, "min": bottleneck.move_min,
            "max": bottleneck.move_max}.get(name)
    return (lambda: move(x, size, axis=0), lambda found: found[size - 1::step]) if move else None


PEERS = {"numpy views": ("numpy", numpy_views), "pandas rolling": ("pandas", pandas_rolling),
         "bottleneck": ("bottleneck", bottleneck_move)}


def available():
    there = {}
    for name, (package, _) in PEERS.items():
        try:
            importlib.import_module(package)
            there[name] = f"{package} {importlib.metadata.version(package)}"
        except ImportError as error:
            print(f"absent: {name} ({error}); scripts/setup --bench installs it", file=sys.stderr)
    return there


def sluice_run(sluice, x, output, size, step, threads=None):
    more = ["--threads", threads] if threads else []
    run = measure.sluice_run(sluice, "window", x, "--size", size, "--step", step, "--stats", ",".join(STATISTICS), "-o",
                             output, "--device", "cpu", "--force", *more)
    facts = run.json["run"]
    facts["windows"] = facts["stages"]["windows"]["seconds"]
    return facts, run.peak


def judge(name, values, limit, at_most):
    value = measure.median(values)
    ok = value <= limit if at_most else value >= limit
    print(f"{'ok  ' if ok else 'MISS'} {name}: {value:.3g} ({'at most' if at_most else 'at least'} {limit:g})", flush=True)
    return ok


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=float, default=30, help="of 12 channels at 1 Hz, float64")
    parser.add_argument("--size", type=int, default=3600)
    parser.add_argument("--step", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=5, help="of sluice and the copy")
    parser.add_argument("--peer-rounds", type=int, default=1, help="in which the peers, which are slow, run too")
    parser.add_argument("--large-rounds", type=int, default=2, help="of the series larger than memory (100 Hz); 0: none")
    parser.add_argument("--folder", help="where to work (default: the temporary folder)")
    parser.add_argument("--json", help="also write the raw figures to this file")
    args = parser.parse_args()
    import h5py
    import numpy as np
    sluice, there = measure.find_sluice(), available()
    folder = tempfile.mkdtemp(prefix="sluice_versus_", dir=args.folder)
    path, output = os.path.join(folder, "x.npy"), os.path.join(folder, "w.h5")
    raw = {"machine": measure.machine(), "peers": there, "copy": [], "sluice": [], "rounds": []}
    try:
        measure.Run([sluice, "generate", "matrix", "--shape", f"{int(86400 * args.days)}x12", "--dtype", "float64", "--dist",
                     "normal", "--seed", "1", "--force", "-o", path])
        measure.warm(path)
        x = np.load(path)
        target = np.empty_like(x)
        np.copyto(target, x)
        sluice_run(sluice, path, output, args.size, args.step)
        for turn in range(args.rounds):
            begun = time.perf_counter()
            np.copyto(target, x)
            raw["copy"].append(time.perf_counter() - begun)
            run, peak = sluice_run(sluice, path, output, args.size, args.step)
            raw["sluice"].append(run["windows"])
            raw["peak"] = max(raw.get("peak", 0), peak)
            if turn >= args.peer_rounds:
                continue
            row = {}
            with h5py.File(output) as result:
                for name in STATISTICS:
                    for peer in there:
                        calls = PEERS[peer][1](x, name, args.size, args.step)
                        if calls is None:
                            continue
                        begun = time.perf_counter()
                        found = calls[0]()
                        row.setdefault(name, {})[peer] = time.perf_counter() - begun
                        worst = float(np.max(np.abs(calls[1](found) - result[name][:])))
                        if not worst <= BOUND:
                            sys.exit(f"versus: {peer} disagrees on {name}: {worst:.2g}")
            raw["rounds"].append(row)
        facts = raw["machine"]
        print(f"{facts['cpu']}, {facts['cores']} cores; {', '.join(there.values())}\n")
        print("| statistic | " + " | ".join(there) + " |\n|---|" + "---:|" * len(there))
        for name in STATISTICS:
            cells = [[row[name][peer] for row in raw["rounds"] if peer in row.get(name, {})] for peer in there]
            print(f"| {name} | " + " | ".join(f"{measure.median(c):.3g} s" if c else "" for c in cells) + " |")
        print(f"\nsluice, all six: {measure.median(raw['sluice']):.3g} s, peak memory {raw['peak'] / 2**20:.0f} MiB; "
              f"one copy of the array: {measure.median(raw['copy']):.3g} s")
        fine = judge("all six over a copy", [a / b for a, b in zip(raw["sluice"], raw["copy"])], 4, True)
        best = [sum(min(times.values()) for times in row.values()) for row in raw["rounds"]]
        fine &= judge("the fastest peers' sum over sluice", [b / s for b, s in zip(best, raw["sluice"])], 5, False)
        fine &= window_spectra.compare(sluice, x, path, folder, args.size, args.step, args.peer_rounds, raw, judge)
        for step in (args.step + 1, 1):
            run, _ = sluice_run(sluice, path, output, args.size, step)
            raw[f"step {step}"] = run
            print(f"     step {step}: {run['windows']:.3g} s for {run['bytes_written'] / 2**20:,.0f} MiB of output")
        fine &= window_median.compare(sluice, x, path, output, args, judge, raw)
        if args.large_rounds:
            fine &= window_large.compare(sluice, raw["sluice"], x.nbytes, folder, args, judge, raw)
        if args.json:
            with open(args.json, "w") as file:
                json.dump(raw, file, indent=1)
                file.write("\n")
        return 0 if fine else 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
