#!/usr/bin/env python3
"""Makes tests/data/window_whole: small series and the answers of numpy, pandas and scipy for statistics that look at
whole windows.

Run it in an environment of tests/reference/requirements.txt with scipy; the versions used are written into the
README beside the data.
"""
import argparse
import csv
import os
import platform
import warnings

import numpy as np
import pandas as pd
import scipy
import scipy.stats

SIZE, STEP = 60, 17


def series():
    """Skewed, with ties, around a large offset, and constant in parts; with NaN in the second one."""
    random = np.random.default_rng(20240311)
    n = 500
    plain = np.stack([random.gamma(2, 1, n), random.integers(-3, 4, n).astype(float), 1e8 + random.normal(0, 1, n),
                      np.repeat(random.normal(0, 1, n // 100), 100)], axis=1)
    holes = plain.copy()
    holes[random.random(n) < 0.05, 0] = np.nan
    holes[200:320, 1] = np.nan
    return {"plain": plain, "holes": holes, "single": plain.astype(np.float32)}


def answers(x, omit):
    view = np.lib.stride_tricks.sliding_window_view(x, SIZE, axis=0)[::STEP].astype(np.float64)
    percentile, median = (np.nanpercentile, np.nanmedian) if omit else (np.percentile, np.median)
    policy = "omit" if omit else "propagate"
    yield "median", median(view, axis=-1)
    for name, q in (("p0", 0), ("p05", 5), ("p2.5", 2.5), ("p50", 50), ("p75", 75), ("p100", 100)):
        yield name, percentile(view, q, axis=-1)
    yield "mad", scipy.stats.median_abs_deviation(view, axis=-1, nan_policy=policy)
    if omit:
        # rolling(step=s) ends windows at rows 0, s, 2s: the rows that end ours are picked instead.
        frame = pd.DataFrame(x).rolling(SIZE, min_periods=1)
        yield "median,p75", np.concatenate([frame.median().to_numpy()[SIZE - 1::STEP],
                                            frame.quantile(0.75).to_numpy()[SIZE - 1::STEP]])
        return
    # Sums in long double: in float64 numpy's own lose digits at the offset, and a constant window is not constant.
    view = view.astype(np.longdouble)
    deviation = view - view.mean(axis=-1, keepdims=True)
    signs = deviation >= 0
    yield "mean_crossings", (signs[..., 1:] != signs[..., :-1]).sum(axis=-1) + 0 * deviation.sum(axis=-1)
    energy = (deviation ** 2).sum(axis=-1)
    for lag in (1, 7):
        yield f"acf({lag})", (deviation[..., lag:] * deviation[..., :-lag]).sum(axis=-1) / energy
    yield "cov", np.stack([np.cov(w, ddof=1) for w in view]).reshape(len(view), -1)
    yield "corr", np.stack([np.corrcoef(w) for w in view]).reshape(len(view), -1)


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", default=os.path.join(here, "..", "data", "window_whole"))
    folder = parser.parse_args().folder
    os.makedirs(folder, exist_ok=True)
    rows = []
    for name, x in series().items():
        np.save(os.path.join(folder, f"x_{name}.npy"), x)
        for omit in (False, True):
            if omit and name != "holes":
                continue
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                for statistic, found in answers(x, omit):
                    file = f"{name}{'_omit' if omit else ''}_{statistic.translate(str.maketrans('(),', '___'))}.npy"
                    np.save(os.path.join(folder, file), np.ascontiguousarray(found, dtype=np.float64))
                    rows.append([f"x_{name}.npy", "omit" if omit else "propagate", statistic.replace(",", "+"), file])
    with open(os.path.join(folder, "manifest.csv"), "w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([["x", "nan", "statistic", "expected"]] + rows)
    with open(os.path.join(folder, "README.md"), "w") as file:
        file.write(f"""# Answers of numpy, pandas and scipy for whole windows

Made by `tests/reference/make_window_whole_reference.py` with numpy {np.__version__}, pandas {pd.__version__}, scipy {scipy.__version__} and
Python {platform.python_version()}; nothing here was downloaded. The series are drawn from `np.random.default_rng(20240311)`.

`manifest.csv` has a row for each answer: the series, what is done with NaN, the statistic of windows of {SIZE} samples
every {STEP} (`median+p75`: pandas' rolling median above its rolling quantile), and the answer in float64, windows x
channels, `cov` (ddof 1) and `corr` windows x channels squared. `tests/host/window_reference_test.cpp` reads it.
""")


if __name__ == "__main__":
    main()
