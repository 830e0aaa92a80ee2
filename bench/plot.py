#!/usr/bin/env python3
"""`sluice plot` measured: a heat map of a matrix larger than --memory in one read, and 10 million points of .npy and
CSV as a density and as dots, each as the median of its runs, with reading the same files alone beside it.

    bench/plot.py [--scale 1.0] [--rounds 3] [--folder DIR]

--scale shrinks every file for a quick look. Needs numpy (.venv by scripts/setup --bench, or the python that runs).
"""
import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import measure  # noqa: E402


def read_alone(path):
    """Seconds to read the file once through a buffer."""
    begun = time.monotonic()
    buffer = bytearray(8 << 20)
    with open(path, "rb", buffering=0) as file:
        while file.readinto(buffer):
            pass
    return time.monotonic() - begun


def write_tables(folder, rows):
    import numpy
    random = numpy.random.default_rng(1)
    x = random.normal(size=rows)
    y = 0.6 * x + 0.8 * random.normal(size=rows)
    numpy.save(f"{folder}/points.npy", numpy.c_[x, y])
    with open(f"{folder}/points.csv", "w") as file:
        file.write("x,y\n")
        for first in range(0, rows, 100000):
            file.write("".join(f"{a:.17g},{b:.17g}\n" for a, b in
                               zip(x[first:first + 100000].tolist(), y[first:first + 100000].tolist())))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder")
    args = parser.parse_args()
    sluice = measure.find_sluice()
    folder = tempfile.mkdtemp(prefix="sluice_bench_", dir=args.folder)
    try:
        rows = max(1000, int(10_000_000 * args.scale))
        write_tables(folder, rows)
        side = max(1000, int(32768 * args.scale ** 0.5))
        measure.Run([sluice, "generate", "matrix", "--shape", f"{side}x{side}", "--dtype", "float32", "--seed", 7, "-o",
                     f"{folder}/m.npy", "--device", "cpu"])
        cases = [
            ("heat map of a matrix, --memory 256M", "m.npy", ["--memory", "256M"]),
            ("density, .npy, --memory 128M", "points.npy", ["--kind", "scatter", "--memory", "128M"]),
            ("density, CSV, --memory 128M", "points.csv", ["--x", "x", "--y", "y", "--kind", "scatter",
                                                           "--memory", "128M"]),
            ("every point a dot, .npy", "points.npy", ["--kind", "scatter", "--dots", 10 ** 9]),
        ]
        print(f"| {rows:,} points, {side:,} x {side:,} float32 | MB | reading alone, s | sluice plot, s | MB/s | memory, MiB |")
        print("|---|---|---|---|---|---|")
        for what, name, options in cases:
            path = f"{folder}/{name}"
            size = os.path.getsize(path)
            alone, plots, peak = [], [], 0
            read_alone(path)
            for _ in range(args.rounds):
                alone.append(read_alone(path))
                run = measure.Run([sluice, "plot", path, "-o", f"{folder}/p.png", "--force", "--progress", "none",
                                   *options])
                plots.append(run.seconds)
                peak = max(peak, run.peak)
            seconds = statistics.median(plots)
            print(f"| {what} | {size / 1e6:.0f} | {statistics.median(alone):.2f} | {seconds:.2f} | {size / seconds / 1e6:.0f} "
                  f"| {peak / 2 ** 20:.0f} |", flush=True)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
