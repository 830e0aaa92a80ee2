#!/usr/bin/env python3
"""Writes tests/data/window_times: irregular samples with gaps, and what pandas finds in windows of time.

Run it in an environment of tests/reference/requirements.txt. Overlapping windows are resamplings from shifted origins, each of windows side by
side; pandas' windows are half-open to the right, as ours."""
import os

import numpy as np
import pandas as pd

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "data", "window_times")
CASES = [("10min", "10min"), ("1h", "20min"), ("6h", "2h")]
STATISTICS = ["count", "sum", "mean", "std", "var", "min", "max"]


def samples():
    random = np.random.default_rng(2024)
    steps = random.exponential(60, 400)
    steps[random.integers(0, 400, 8)] += 9000
    steps[random.integers(0, 400, 20)] = 0
    times = pd.Timestamp("2024-02-28T22:13:05") + pd.to_timedelta(np.cumsum(np.round(steps * 1000)), unit="ms")
    table = pd.DataFrame({"when": times, "x": random.normal(100, 3, 400), "y": random.integers(-5, 6, 400) / 4})
    table.loc[random.integers(0, 400, 12), "x"] = np.nan
    return table


def windows(table, size, step):
    """Every complete window; the series ends at its last time plus the median interval."""
    series = table.set_index("when")
    first, last = series.index[0], series.index[-1]
    end = last + pd.Timedelta(np.median(np.diff(series.index.asi8)), unit=series.index.unit)
    size, step = pd.Timedelta(size), pd.Timedelta(step)
    parts = []
    for turn in range(size // step):
        origin = first + turn * step
        parts.append(series[series.index >= origin].resample(size, origin=origin).agg(STATISTICS))
        if turn and parts[-1].index[0] != origin:  # pandas begins at the first sample
            parts[-1] = parts[-1].reindex(pd.date_range(origin, parts[-1].index[-1], freq=size))
    found = pd.concat(parts).sort_index()
    found = found[found.index + size <= end]
    found.columns = [f"{statistic}_{column}" for column, statistic in found.columns]
    for column in ("x", "y"):
        count = found[f"count_{column}"].fillna(0).astype(int)
        found[f"count_{column}"] = count
        found.loc[count == 0, f"sum_{column}"] = np.nan  # pandas: 0
    return found


def main():
    os.makedirs(HERE, exist_ok=True)
    table = samples()
    written = table.copy()
    written["when"] = written["when"].dt.strftime("%Y-%m-%dT%H:%M:%S.%f")
    written.to_csv(os.path.join(HERE, "times.csv"), index=False)
    for size, step in CASES:
        windows(table, size, step).to_csv(os.path.join(HERE, f"pandas_{size}_{step}.csv"), index_label="time",
                                          date_format="%Y-%m-%dT%H:%M:%S.%f", float_format="%.17g")
    with open(os.path.join(HERE, "README.md"), "w", encoding="utf-8") as file:
        file.write("# Windows of time\n\n`times.csv`: irregular samples with gaps, repeated times and missing values. "
                   "`pandas_SIZE_STEP.csv`: what\npandas " + pd.__version__ + " (numpy " + np.__version__ +
                   ") finds in its windows, NaN passed over, `std` and `var` with ddof 1.\nBoth are made by "
                   "`tests/reference/make_window_times_reference.py`.\n")


main()
