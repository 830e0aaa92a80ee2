#!/usr/bin/env python3
"""The promises of `sluice cov` and `sluice generate` on a CPU, measured: each figure as the median of ratios within
rounds (every contender once a round, by turns, warmed up), with the machine's ceilings of the same run beside it.

    bench/cov.py [--figures 1,2,3,4,5] [--rounds 5] [--scale 1.0] [--json FILE]

Peers (numpy, dask) come from .venv (scripts/setup --bench); one that is absent is named and its figure is not
judged. --scale shrinks every matrix for a quick look; the promises are for 1. Exit code 1: a figure missed.
"""
import argparse
import json
import os
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import measure  # noqa: E402

PEERS = os.path.join(measure.ROOT, "bench", "versus", "peers.py")


class Bench:
    def __init__(self, args):
        self.args, self.rows, self.raw = args, [], {}
        self.sluice = measure.find_sluice()
        self.ceilings = os.environ.get("SLUICE_CEILINGS") or os.path.join(
            os.path.dirname(self.sluice), "bench", "ceilings_bench")
        if not os.access(self.ceilings, os.X_OK):
            sys.exit(f"bench: {self.ceilings} is not built (cmake --build --preset release --target ceilings_bench)")
        self.python = os.path.join(measure.ROOT, ".venv", "bin", "python")
        if not os.access(self.python, os.X_OK):
            self.python = sys.executable
        self.folder = tempfile.mkdtemp(prefix="sluice_bench_", dir=args.folder)
        self.threads = len(os.sched_getaffinity(0))

    def path(self, name):
        return os.path.join(self.folder, name)

    def scaled(self, extent, multiple=1):
        return max(multiple, int(extent * self.args.scale) // multiple * multiple)

    def ceiling(self, *arguments):
        """Measurements of ceilings_bench by name."""
        lines = measure.Run([self.ceilings, *arguments]).stdout.splitlines()
        return {row["what"]: row for row in map(json.loads, lines)}

    def generate(self, path, rows, columns, *more):
        return measure.sluice_run(self.sluice, "generate", "matrix", "--shape", f"{rows}x{columns}", "--dtype", "float32",
                                  "--seed", 7, "--device", "cpu", "--force", "-o", path, *more)

    def cov(self, x, *more):
        self.touch()
        return measure.sluice_run(self.sluice, "cov", x, "-o", self.path("c.npy"), "--device", "cpu", "--force", *more)

    def touch(self, size=3 << 30):
        """To be called before each contender: each finds memory that the machine really has."""
        size = min(size, int(0.7 * measure.available_memory()))
        self.ceiling("touch", int(size * min(1, self.args.scale)) + 1)

    def peer(self, name, x):
        self.touch()
        run = measure.Run([self.python, PEERS, name, x, self.path("peer.npy")], check=False)
        if run.code:
            return None, run.stderr.strip().splitlines()[-1]
        return run.json, ""

    def judge(self, name, value, limit, at_most, unit="", detail=""):
        ok = value <= limit if at_most else value >= limit
        self.rows.append((name, value, limit, at_most, ok))
        print(f"{'ok  ' if ok else 'MISS'} {name}: {value:.4g}{unit} ({'at most' if at_most else 'at least'} {limit:g}{unit})"
              f"{'; ' + detail if detail else ''}", flush=True)

    def absent(self, name, why):
        print(f"not judged: {name}: {why}", flush=True)

    def note(self, line):
        print("     " + line, flush=True)


def ratios(above, below):
    return measure.median([a / b for a, b in zip(above, below)])


def figure_1(bench):
    """Many variables: 10,000 x 10,000 float32, 128 MiB, from the page cache to a file, final sync apart."""
    n = bench.scaled(10000)
    x = bench.path("x.npy")
    bench.generate(x, n, n)
    measure.warm(x)
    seconds = {"sluice": [], "ssyrk": []}
    compute, missing, peak = {}, {}, 0
    peers = ["numpy float32", "numpy float64", "dask"]
    for turn in range(bench.args.rounds + 1):
        run = bench.cov(x, "--memory", "128M")
        bare = bench.ceiling("syrk", n, n, "rows", 1)["ssyrk"]["seconds"]
        peak = max(peak, run.peak)
        for name in peers:
            if name in missing:
                continue
            row, why = bench.peer(name, x)
            if row is None:
                missing[name] = why
            elif turn:
                compute.setdefault(name, []).append(row["compute"])
                seconds.setdefault(name, []).append(row["seconds"])
        if turn:
            seconds["sluice"].append(run.seconds)
            seconds["ssyrk"].append(bare)
    bench.raw["figure 1"] = {"n": n, "seconds": seconds, "compute": compute, "peak": peak}
    bench.note(f"{n} x {n}: sluice {measure.median(seconds['sluice']):.3f} s, bare cblas_ssyrk "
               f"{measure.median(seconds['ssyrk']):.3f} s ({n * n * n / measure.median(seconds['ssyrk']) / 1e9:.0f} GFLOP/s, n^2 k)")
    bench.judge("1. sluice / bare ssyrk", ratios(seconds["sluice"], seconds["ssyrk"]), 1.3, True)
    for name, floor in zip(peers, (1.0, 1.6, 3.0)):
        if name in missing:
            bench.absent(f"1. {name} / sluice", missing[name])
            continue
        whole = ratios(seconds[name], seconds["sluice"])
        bench.judge(f"1. {name} (computing alone) / sluice (file to file)", ratios(compute[name], seconds["sluice"]),
                    floor, False, detail=f"file to file both: {whole:.2f}; {name} {measure.median(compute[name]):.2f} s")
    bench.judge("3. peak anonymous memory, many variables", peak / 2**20, 128 + 100, True, " MiB")


def figure_2(bench):
    """Many observations: 2,000,000 x 256 float32 in columns, 256 MiB: one pass, near the slower of reading and ssyrk."""
    n, m = 256, bench.scaled(2000000)
    x = bench.path("tall.npy")
    bench.generate(x, m, n)
    measure.warm(x)
    seconds = {"sluice": [], "ssyrk": [], "read": []}
    peak = 0
    for turn in range(bench.args.rounds + 1):
        run = bench.cov(x, "--variables", "columns", "--memory", "256M")
        peak = max(peak, run.peak)
        bare = bench.ceiling("syrk", n, m, "columns", 1)["ssyrk"]["seconds"]
        read = min(bench.ceiling("read", x, threads, 1)["read"]["seconds"] for threads in {1, bench.threads})
        if turn:
            for name, value in zip(("sluice", "ssyrk", "read"), (run.seconds, bare, read)):
                seconds[name].append(value)
    bench.raw["figure 2"] = {"n": n, "m": m, "seconds": seconds, "peak": peak}
    middle = {name: measure.median(values) for name, values in seconds.items()}
    bench.note(f"{m} x {n}: sluice {middle['sluice']:.3f} s, ssyrk {middle['ssyrk']:.3f} s, "
               f"reading {middle['read']:.3f} s ({m * n * 4 / middle['read'] / 1e9:.1f} GB/s)")
    slower = [max(a, b) for a, b in zip(seconds["ssyrk"], seconds["read"])]
    bench.judge("2. slower of reading and ssyrk / sluice", 100 * ratios(slower, seconds["sluice"]), 80, False, " %")
    bench.judge("3. peak anonymous memory, many observations", peak / 2**20, 256 + 100, True, " MiB")
    os.unlink(x)


def figure_3(bench):
    """Memory on a tall file of 12 GB."""
    n, m = 200, bench.scaled(15000000)
    x = bench.path("long.npy")
    room = shutil.disk_usage(bench.folder).free
    if room < 1.1 * n * m * 4:
        bench.absent("3. peak anonymous memory, 12 GB", f"{room / 1e9:.0f} GB free in {bench.folder}")
        return
    made = bench.generate(x, m, n, "--memory", "256M")
    run = bench.cov(x, "--variables", "columns", "--memory", "256M")
    bench.raw["figure 3"] = {"n": n, "m": m, "seconds": run.seconds, "peak": run.peak, "generate_peak": made.peak}
    bench.note(f"{m} x {n}, {n * m * 4 / 1e9:.1f} GB: {run.seconds:.1f} s, {n * m * 4 / run.seconds / 1e9:.2f} GB/s")
    bench.judge("3. peak anonymous memory, tall file", run.peak / 2**20, 256 + 100, True, " MiB")
    bench.judge("3. peak anonymous memory, generate", made.peak / 2**20, 256 + 100, True, " MiB")
    os.unlink(x)


def figure_4(bench):
    """Offset 1e5 and deviation 1: within the bound of accuracy, and no slower than data around 0."""
    n, m = bench.scaled(6000), bench.scaled(6000)
    plain, offset = bench.path("plain.npy"), bench.path("offset.npy")
    bench.generate(plain, n, m, "--dist", "normal")
    add_offset(plain, offset, 1e5)
    measure.warm(plain)
    measure.warm(offset)
    seconds, worst = {"plain": [], "offset": []}, 0
    for turn in range(bench.args.rounds + 1):
        pair = [bench.cov(x, "--memory", "128M").seconds for x in (plain, offset)]
        if turn:
            seconds["plain"].append(pair[0])
            seconds["offset"].append(pair[1])
    checked = bench.cov(offset, "--memory", "128M", "--verify", 2000)
    worst = measure.find_number(checked.json, "worst")
    bench.raw["figure 4"] = {"n": n, "m": m, "seconds": seconds, "worst": worst}
    bench.judge("4. |error| / sqrt(Cii Cjj) at offset 1e5", worst, 2e-6, True, detail="2,000 entries, in float64 from the file")
    bench.judge("4. loss of speed at offset 1e5", 100 * (ratios(seconds["offset"], seconds["plain"]) - 1), 15, True, " %")


def add_offset(source, target, offset):
    """A .npy of float32 with `offset` added: by the standard library, piece by piece."""
    import array
    with open(source, "rb") as old, open(target, "wb") as new:
        new.write(old.read(4096))  # the header, padded
        while True:
            piece = array.array("f", old.read(1 << 22))
            if not piece:
                break
            array.array("f", [value + offset for value in piece]).tofile(new)


def figure_5(bench):
    """Generating against a plain loop of pwrites of the same size into the same folder; final syncs apart."""
    rows, columns = bench.scaled(40000), 20000  # a rate: the start is a small part
    loop, ours = [], {"uniform": [], "normal": []}
    x = bench.path("g.npy")
    for turn in range(bench.args.rounds + 1):
        bench.touch(16 << 30)
        plain = bench.ceiling("write", bench.path("w.bin"), rows * columns * 4, 1)["write"]["seconds"]
        row = {}
        for dist in ours:
            if os.path.exists(x):
                os.unlink(x)
            bench.touch(16 << 30)
            row[dist] = bench.generate(x, rows, columns, "--dist", dist).seconds
        if turn:
            loop.append(plain)
            for dist in ours:
                ours[dist].append(row[dist])
    bench.raw["figure 5"] = {"bytes": rows * columns * 4, "loop": loop, "generate": ours}
    bench.note(f"{rows * columns * 4 / 1e9:.2f} GB: plain pwrite {rows * columns * 4 / measure.median(loop) / 1e9:.2f} GB/s")
    for dist in ours:
        bench.judge(f"5. generate {dist} / plain pwrite loop", 100 * ratios(loop, ours[dist]), 80, False, " %")
    os.unlink(x)


FIGURES = {"1": figure_1, "2": figure_2, "3": figure_3, "4": figure_4, "5": figure_5}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--figures", default="1,2,3,4,5")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--folder", help="where to work; wants 15 GB for figure 3 (default: the temporary folder)")
    parser.add_argument("--json", help="also write the raw figures to this file")
    args = parser.parse_args()
    bench = Bench(args)
    facts = {"machine": measure.machine(), "sluice": measure.Run([bench.sluice, "--version"]).stdout.splitlines()[0],
             "load": os.getloadavg()[0], "rounds": args.rounds, "scale": args.scale}
    print(f"{facts['machine']['cpu']}, {facts['machine']['cores']} cores, load {facts['load']:.2f}; {facts['sluice']}; "
          f"medians of ratios in {args.rounds} rounds")
    try:
        copied = bench.ceiling("copy", 1 << 29, bench.threads, 3)["copy"]
        bench.raw["copy GB/s"] = copied["rate"]
        bench.note(f"copying in memory: {copied['rate']:.1f} GB/s with {bench.threads} threads")
        for name in args.figures.split(","):
            FIGURES[name](bench)
    finally:
        shutil.rmtree(bench.folder, ignore_errors=True)
    missed = [row for row in bench.rows if not row[4]]
    print(f"{len(bench.rows) - len(missed)} of {len(bench.rows)} figures met"
          + (f"; at scale {args.scale} they promise nothing" if args.scale != 1 else ""))
    if args.json:
        with open(args.json, "w") as file:
            json.dump({"facts": facts, "raw": bench.raw, "figures": [
                {"name": n, "value": v, "limit": l, "at_most": a, "ok": ok} for n, v, l, a, ok in bench.rows]}, file, indent=1)
            file.write("\n")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
