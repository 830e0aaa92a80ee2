"""Features of light curves on the same arrays in memory: the notebook's way (numpy, scipy and astropy, one object at a
time), light-curve's parallel call, and the compute stage of sluice (lc_features_bench). Agreement is checked before a
ratio is printed. Exit 3 where a promise does not hold.

    bench/versus/lc_features [--bench FILE] [--objects 20000] [--curves 10000] [--rounds 5] [--raw FILE]
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

import numpy as np

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FIELD = ["Amplitude", "AndersonDarlingNormal", "BeyondNStd", "Cusum", "Eta", "EtaE", "ExcessVariance",
         "InterPercentileRange", "Kurtosis", "LinearFit", "LinearTrend", "MagnitudePercentageRatio", "MaximumSlope",
         "Mean", "MeanVariance", "Median", "MedianAbsoluteDeviation", "MedianBufferRangePercentage", "OtsuSplit",
         "PercentAmplitude", "PercentDifferenceMagnitudePercentile", "ReducedChi2", "Roms", "Skew",
         "StandardDeviation", "StetsonK", "WeightedMean", "Duration", "MinimumTimeInterval", "ObservationCount"]


def find_bench(given):
    for path in (given, os.environ.get("LC_FEATURES_BENCH"),
                 os.path.join(ROOT, "build", "release", "bin", "bench", "lc_features_bench"),
                 os.path.join(ROOT, "build", "cpu", "bin", "bench", "lc_features_bench")):
        if path and os.access(path, os.X_OK):
            return path
    sys.exit("versus: no lc_features_bench: build it with SLUICE_BENCH=ON, or name it with --bench")


def make(counts, random):
    """Constant, periodic and transient curves of so many points each, times ascending."""
    rows = int(counts.sum())
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    curve = np.repeat(np.arange(len(counts)), counts)
    first = np.repeat(starts[:-1], counts)
    gaps = random.exponential(2.0, rows) + 1e-3
    total = np.cumsum(gaps)
    t = 59000 + total - (total[first] if rows else 0)
    kind, level = curve % 3, np.repeat(random.uniform(20, 200, len(counts)), counts)
    error = random.uniform(0.5, 3, rows)
    shape = np.where(kind == 1, 0.3 * np.sin(t), np.where(kind == 2, 3 * np.exp(-((t - 59100) / 40)**2), 0))
    return starts, t, level * (1 + shape) + error * random.normal(size=rows), error


def store(folder, starts, t, flux, error):
    starts.tofile(os.path.join(folder, "starts.i64"))
    for name, x in (("t", t), ("flux", flux), ("error", error)):
        x.astype("<f8").tofile(os.path.join(folder, name + ".f64"))


def sluice(bench, folder, bands, features, rounds):
    done = subprocess.run([bench, folder, bands, features, str(rounds)], check=True, capture_output=True, text=True)
    summary = json.loads(done.stdout)
    values = np.fromfile(os.path.join(folder, "features.f64")).reshape(-1, summary["columns"])
    return summary, values


def notebook(f, e):
    """The base features of one band, as the classic notebook takes them."""
    import scipy.stats
    from astropy.stats import median_absolute_deviation
    weight = (f / e)**2
    m = np.sum(f * weight) / np.sum(weight)
    deviation = np.std(f, ddof=1)
    return m, [np.std(f / m, ddof=1), (np.max(f) - np.min(f)) / m, median_absolute_deviation(f),
               np.sum(np.abs(f - m) > deviation) / len(f), scipy.stats.skew(f)]


def notebook_objects(starts, flux, error, bands, objects):
    table = np.full((objects, 6 * bands - 1), np.nan)
    for o in range(objects):
        means = []
        for b in range(bands):
            rows = slice(starts[o * bands + b], starts[o * bands + b + 1])
            m, table[o, b:5 * bands:bands] = notebook(flux[rows], error[rows])
            means.append(m)
        for b in range(bands - 1):
            if means[b] > 0 and means[b + 1] > 0:
                table[o, 5 * bands + b] = -2.5 * np.log10(means[b] / means[b + 1])
    return table


def agree(what, found, expected, relative):
    both = np.isfinite(expected)
    wrong = np.abs(found - expected) > relative * np.abs(expected) + 1e-9
    if np.any(wrong & both) or np.any(np.isfinite(found) != both):
        sys.exit(f"versus: {what}: answers differ in {np.sum(wrong & both)} places")


def judge(what, ratios, promise):
    ratio = statistics.median(ratios)
    fine = ratio >= promise
    print(f"{'ok  ' if fine else 'MISS'} {what}: {ratio:.4g} times (promised {promise}; {min(ratios):.4g} to "
          f"{max(ratios):.4g} in {len(ratios)} rounds)")
    return fine


def per_point(summary):
    seconds = statistics.median(r["seconds"] for r in summary["rounds"])
    bare = statistics.median(r["bare"] for r in summary["rounds"])
    rows = summary["rows"]
    print(f"     {seconds / rows * 1e9:.3g} ns a point on {summary['threads']} threads, {24 * rows / seconds / 1e9:.3g} "
          f"GB/s; a bare pass over the same bytes takes {bare / seconds:.0%} of that time")


def base(bench, args, random, raw):
    bands, points = 4, random.integers(30, 1001, args.objects)
    counts = random.multinomial(points, [0.2] * 5)[:, :bands].reshape(-1)  # the fifth band is not asked for
    starts, t, flux, error = make(np.maximum(counts, 2), random)
    few = min(args.objects, 300)
    with tempfile.TemporaryDirectory() as folder:
        store(folder, starts, t, flux, error)
        rates = []
        notebook_objects(starts, flux, error, bands, 20)  # warm
        for _ in range(args.rounds):
            begun = time.perf_counter()
            expected = notebook_objects(starts, flux, error, bands, few)
            peer = few / (time.perf_counter() - begun)
            summary, found = sluice(bench, folder, "griz", "base", 3)
            seconds = statistics.median(r["seconds"] for r in summary["rounds"])
            rates.append((args.objects / seconds, peer))
    agree("base", found[:few], expected, 1e-9)
    raw["base"] = {"objects a second": rates, "run": summary}
    print(f"base: {args.objects} objects of {bands} bands, {len(t)} points: sluice "
          f"{statistics.median(r[0] for r in rates):.4g} objects a second, numpy, scipy and astropy "
          f"{statistics.median(r[1] for r in rates):.4g}")
    per_point(summary)
    return judge("base set over the notebook's way", [a / b for a, b in rates], 500)


def field(bench, args, random, raw):
    import light_curve
    extractor = light_curve.Extractor(*[getattr(light_curve, name)() for name in FIELD])
    starts, t, flux, error = make(np.full(args.curves, 1000), random)
    curves = [tuple(x[starts[i]:starts[i + 1]] for x in (t, flux, error)) for i in range(args.curves)]
    call = lambda some: extractor.many(some, sorted=True, check=False, fill_value=np.nan, n_jobs=os.cpu_count())
    with tempfile.TemporaryDirectory() as folder:
        store(folder, starts, t, flux, error)
        call(curves[:100])  # warm
        rates = []
        for _ in range(args.rounds):
            begun = time.perf_counter()
            expected = call(curves)
            peer = time.perf_counter() - begun
            summary, found = sluice(bench, folder, "g", "field", 3)
            rates.append((statistics.median(r["seconds"] for r in summary["rounds"]), peer))
    slopes = [i for i, name in enumerate(extractor.names) if name.startswith("linear")]
    rest = [i for i in range(len(extractor.names)) if i not in slopes]
    agree("field", found[:, rest], np.asarray(expected)[:, rest], 1e-7)
    agree("field's lines", found[:, slopes], np.asarray(expected)[:, slopes], 1e-5)  # not centred there
    raw["field"] = {"seconds": rates, "run": summary, "light-curve": light_curve.__version__}
    print(f"field: {args.curves} curves of 1000 points: sluice {statistics.median(r[0] for r in rates):.4g} s, light-curve "
          f"{light_curve.__version__} {statistics.median(r[1] for r in rates):.4g} s")
    per_point(summary)
    return judge("field set over light-curve's parallel call", [b / a for a, b in rates], 2)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bench")
    parser.add_argument("--objects", type=int, default=20000)
    parser.add_argument("--curves", type=int, default=10000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--raw", help="write all figures to this JSON file")
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    bench, random, raw = find_bench(args.bench), np.random.default_rng(1), {}
    fine = base(bench, args, random, raw)
    fine = field(bench, args, random, raw) and fine
    if args.raw:
        with open(args.raw, "w", encoding="utf-8") as out:
            json.dump(raw, out, indent=1)
    sys.exit(0 if fine else 3)


if __name__ == "__main__":
    main()
