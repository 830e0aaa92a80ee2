#!/usr/bin/env python3
"""Makes tests/data/lc: small light curves and the answers of numpy, scipy and astropy for the base features and of the
light-curve package for the field features.

Run it in an environment of tests/reference/requirements.txt; the versions used are written into the README beside the
data.
"""
import argparse
import os
import platform
import warnings

import astropy
import light_curve
import numpy as np
import scipy
import scipy.stats
from astropy.stats import median_absolute_deviation

# In the order of `sluice lc`'s field set; parameters besides the defaults at the end.
FIELD = ["Amplitude", "AndersonDarlingNormal", "BeyondNStd", "Cusum", "Eta", "EtaE", "ExcessVariance",
         "InterPercentileRange", "Kurtosis", "LinearFit", "LinearTrend", "MagnitudePercentageRatio", "MaximumSlope",
         "Mean", "MeanVariance", "Median", "MedianAbsoluteDeviation", "MedianBufferRangePercentage", "OtsuSplit",
         "PercentAmplitude", "PercentDifferenceMagnitudePercentile", "ReducedChi2", "Roms", "Skew",
         "StandardDeviation", "StetsonK", "WeightedMean", "Duration", "MinimumTimeInterval", "ObservationCount"]
PARAMETERS = [light_curve.BeyondNStd(2), light_curve.InterPercentileRange(0.02),
              light_curve.InterPercentileRange(0.1), light_curve.MagnitudePercentageRatio(0.2, 0.1),
              light_curve.MedianBufferRangePercentage(0.4),
              light_curve.PercentDifferenceMagnitudePercentile(0.25)]


def curves():
    """Curves of 0 to 9 points and of lengths beside powers of two; three shapes each."""
    random = np.random.default_rng(20261121)
    for n in [*range(10), 31, 32, 33, 64, 100, 257, 1025]:
        t = 59000 + np.cumsum(random.exponential(1.5, n) + 0.001)
        e = random.uniform(0.5, 3, n)
        yield t, 30 + e * random.normal(size=n), e
        yield t, 200 * np.exp(-(t - 59000) / 30) + e * random.normal(size=n), e
        yield t, 18 + np.round(np.sin(t / 3) + 0.2 * random.normal(size=n), 2), e / 50
    t = 59000 + np.arange(40.0)
    yield t, np.full(40, 7.3), np.full(40, 0.5)  # flat
    yield t, random.normal(0, 1, 40), np.full(40, 0.5)  # about 0
    t, e = 59000 + np.cumsum(random.exponential(1.5, 60)), random.uniform(0.01, 0.03, 60)
    f = 1 + e * random.normal(size=60)
    f[0] = e[0] = 1e6  # an outlier first, with an error that says so
    yield t, f, e


def base(f, e):
    """The classic summary statistics of one band."""
    if len(f) == 0:
        return [np.nan] * 6
    weight = (f / e)**2
    m = np.sum(f * weight) / np.sum(weight)
    flat = f.max() == f.min()
    deviation = np.std(f, ddof=1) if len(f) > 1 else np.nan
    if flat:
        std, beyond, skew = 0.0 if len(f) > 1 else np.nan, 0.0, np.nan  # numpy gives rounding noise
    else:
        std, beyond, skew = np.std(f / m, ddof=1), np.mean(np.abs(f - m) > deviation), scipy.stats.skew(f)
    return [m, std, (f.max() - f.min()) / m, median_absolute_deviation(f), beyond, skew]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", default=os.path.join(os.path.dirname(__file__), "..", "data", "lc"))
    folder = parser.parse_args().output
    os.makedirs(folder, exist_ok=True)
    warnings.simplefilter("ignore")
    extractors = [getattr(light_curve, name)() for name in FIELD] + PARAMETERS
    names = [name for extractor in extractors for name in extractor.names]
    rows, base_answers, field_answers = [], [], []
    for number, (t, f, e) in enumerate(curves()):
        rows.append(np.column_stack([np.full(len(t), float(number)), t, f, e]))
        base_answers.append(base(f, e))
        # Times from the first on: light-curve does not centre them before it sums, and slopes at MJD lose digits.
        since = t - t[:1]
        field_answers.append(np.concatenate([x(since, f, e, fill_value=np.nan) for x in extractors]))
    save = lambda name, x: np.save(os.path.join(folder, name), np.ascontiguousarray(x, dtype="<f8"))
    save("rows.npy", np.concatenate(rows))
    save("base.npy", np.array(base_answers))
    save("field.npy", np.array(field_answers))
    with open(os.path.join(folder, "field.txt"), "w", encoding="utf-8") as out:
        out.write("\n".join(names) + "\n")
    with open(os.path.join(folder, "README.md"), "w", encoding="utf-8") as out:
        out.write(f"""# Light curves and their features

Made by `tests/reference/make_lc_reference.py` with numpy {np.__version__}, scipy {scipy.__version__}, astropy
{astropy.__version__}, light-curve {light_curve.__version__}, Python {platform.python_version()}; random numbers of this project.

- `rows.npy`: curve, time, flux, error of every point; curve 0 and others have no point or few.
- `base.npy`: curves x (m, Std, Amp, MAD, Beyond, Skew) by numpy, scipy and astropy.
- `field.npy`: curves x the columns of `field.txt` by light-curve; NaN where it gives none. Times were
  given to it from the first on: at MJD its slopes lose three digits.
""")


if __name__ == "__main__":
    main()
