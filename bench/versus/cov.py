#!/usr/bin/env python3
"""Time against size: sluice, numpy (float32, float64), dask, the notebook's loop and, at small sizes, the naive
triple loop, on the same files in one run, by turns. All must agree; the table is the README's.

Each contender reads X.npy from the page cache and writes C.npy; seconds are of that job without the start of its
interpreter (peers) and without the final sync (sluice, which alone makes one). bench/versus/cov runs this in .venv.
"""
import argparse
import importlib
import importlib.metadata
import json
import os
import platform
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import measure  # noqa: E402
import peers  # noqa: E402

# Largest |difference| / sqrt(Cii Cjj) from float64: sluice's own promise, and what "agrees" means for a peer.
BOUND, PEER_BOUND = 2e-6, 2e-5


def available(wanted):
    """The peers that can be imported, with versions; the others are named, not passed over."""
    there = {}
    for name in wanted:
        package = peers.PEERS[name][1]
        try:
            importlib.import_module(package + (".array" if package == "dask" else ""))
            there[name] = f"{package} {importlib.metadata.version(package)}"
        except ImportError as error:
            print(f"absent: {name} ({error}); scripts/setup --bench installs it", file=sys.stderr)
    return there


def differences(reference, path):
    """Mean squared difference and largest scaled error of a result against float64, in strips of rows."""
    import numpy as np
    exact, c = np.load(reference, mmap_mode="r"), np.load(path, mmap_mode="r")
    if c.shape != exact.shape:
        sys.exit(f"versus: {path}: expected shape {exact.shape}, found {c.shape}")
    scale, total, worst = np.sqrt(np.diag(exact)), 0.0, 0.0
    for i in range(0, exact.shape[0], 512):
        delta = c[i:i + 512] - exact[i:i + 512]
        total += float((delta ** 2).sum())
        worst = max(worst, float((np.abs(delta) / scale[i:i + 512, None] / scale).max()))
    return total / exact.size, worst


def one_size(args, sluice, names, n, m, folder):
    import numpy as np
    x, exact, output = (os.path.join(folder, f) for f in ("x.npy", "exact.npy", "c.npy"))
    measure.Run([sluice, "generate", "matrix", "--shape", f"{n}x{m}", "--dtype", "float32", "--seed", "7", "--force",
                 "-o", x])
    np.save(exact, np.atleast_2d(np.cov(np.load(x).astype(np.float64))))
    measure.warm(x)
    results = {name: {"seconds": [], "compute": [], "peak": 0} for name in names}
    memory = args.memory if n * m * 4 > measure.parse_size(args.memory) else max(args.memory, "64M", key=measure.parse_size)
    for turn in range(args.runs + 1):  # the first turn warms up
        for name in names:
            if name == "sluice":
                run = measure.sluice_run(sluice, "cov", x, "-o", output, "--device", args.device, "--memory", memory,
                                         "--force")
                # The job as the summary times it: a peer's clock starts after its imports too.
                times = run.json["run"]
                row = dict.fromkeys(("seconds", "compute"), times["seconds"] - times["sync_seconds"])
            else:
                run = measure.Run([sys.executable, peers.__file__, name, x, output])
                row = run.json
            if turn:
                results[name]["seconds"].append(row["seconds"])
                results[name]["compute"].append(row["compute"])
                results[name]["peak"] = max(results[name]["peak"], run.peak)
            else:
                results[name]["mse"], results[name]["worst"] = differences(exact, output)
                if not results[name]["worst"] <= (BOUND if name == "sluice" else PEER_BOUND):
                    sys.exit(f"versus: {name} disagrees at {n} x {m}: scaled error {results[name]['worst']:.2g}")
    return {"n": n, "m": m, "memory": memory, "results": results}


def table(sizes):
    lines = ["| variables x observations | contender | seconds | sluice is faster by | peak memory | mean squared difference |",
             "|---|---|---:|---:|---:|---:|"]
    for size in sizes:
        ours = size["results"]["sluice"]["seconds"]
        for name, row in size["results"].items():
            ratio = measure.median([a / b for a, b in zip(row["seconds"], ours)])
            lines.append(f"| {size['n']:,} x {size['m']:,} | {name}{' (--memory ' + size['memory'] + ')' if name == 'sluice' else ''} "
                         f"| {measure.median(row['seconds']):.3g} | {'' if name == 'sluice' else f'{ratio:.2f}'} "
                         f"| {row['peak'] / 2**20:,.0f} MiB | {row['mse']:.1e} |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="100,1000,4000,10000", help="of square float32 matrices, comma-separated")
    parser.add_argument("--runs", type=int, default=3, help="timed runs of each, after one that warms up")
    parser.add_argument("--memory", default="128M", help="--memory of sluice")
    parser.add_argument("--device", default="cpu", help="--device of sluice")
    parser.add_argument("--naive-up-to", type=int, default=150, help="largest size of the triple loop")
    parser.add_argument("--folder", help="where to work (default: the temporary folder)")
    parser.add_argument("--json", help="also write the raw figures to this file")
    args = parser.parse_args()
    sluice = measure.find_sluice()
    there = available(list(peers.PEERS))
    if "numpy float64" not in there:
        sys.exit("versus: numpy is needed to compare results: scripts/setup --bench")
    facts = {"machine": measure.machine(), "python": platform.python_version(), "peers": there,
             "sluice": measure.Run([sluice, "--version"]).stdout.splitlines()[0]}
    print(f"{facts['machine']['cpu']}, {facts['machine']['cores']} cores; {facts['sluice']}; "
          f"{', '.join(sorted(set(there.values())))}; medians of {args.runs} runs by turns\n", flush=True)
    sizes = []
    folder = tempfile.mkdtemp(prefix="sluice_versus_", dir=args.folder)
    try:
        for n in (int(text) for text in args.sizes.split(",")):
            names = ["sluice"] + [name for name in there if name != "triple loop" or n <= args.naive_up_to]
            sizes.append(one_size(args, sluice, names, n, n, folder))
            print(f"{n} x {n} done", file=sys.stderr, flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(table(sizes))
    absent = sorted(set(peers.PEERS) - set(there))
    if absent:
        print("\nabsent:", ", ".join(absent))
    if args.json:
        with open(args.json, "w") as file:
            json.dump({"facts": facts, "sizes": sizes}, file, indent=1)
            file.write("\n")


if __name__ == "__main__":
    main()
