#!/usr/bin/env python3
"""Makes tests/data/spectrum: small series and scipy.signal's own spectra of their windows.

Run it in an environment of tests/reference/requirements.txt; the versions used are written into the README
beside the data. Answers are computed in float64 from the values that the input file holds.
"""
import argparse
import os
import platform

import numpy as np
import scipy
from scipy import signal

FIELDS = ["case", "x", "kind", "size", "step", "rate", "segment", "overlap", "nfft", "taper", "symmetric",
          "detrend", "scaling", "sided", "expected", "tolerance"]


def taper_of(name, length, symmetric):
    word, _, parameter = name.partition(":")
    return signal.get_window((word, float(parameter)) if parameter else word, length, fftbins=not symmetric)


class Cases:
    def __init__(self, folder):
        self.folder, self.rows, self.inputs = folder, [], {}

    def save(self, name, array):
        with open(os.path.join(self.folder, name), "wb") as file:
            np.lib.format.write_array(file, np.ascontiguousarray(array))
        return name

    def input(self, name, array):
        if name not in self.inputs:
            self.inputs[name] = array
            self.save(name + ".npy", array)
        return self.inputs[name]

    def add(self, case, x_name, x, kind="psd", size=64, step=40, rate=None, segment=None, overlap=None, nfft=None,
            taper="hann", symmetric=False, detrend=None, scaling=None, sided="one", tolerance=1e-12):
        x = self.input(x_name, x).astype(np.float64)
        if detrend is None:
            detrend = "none" if kind == "stft" else "constant"
        if scaling is None:
            scaling = "spectrum" if kind == "stft" else "density"
        length = segment or size
        options = dict(fs=rate or 1.0, window=taper_of(taper, length, symmetric), nfft=nfft,
                       detrend=False if detrend == "none" else detrend, return_onesided=sided == "one")
        if kind == "stft":
            _, _, z = signal.stft(x.T, nperseg=size, noverlap=size - step, boundary=None, padded=False,
                                  scaling="psd" if scaling == "density" else "spectrum", **options)
            answer = z.transpose(2, 0, 1)
        elif segment is None:
            _, _, p = signal.spectrogram(x.T, nperseg=size, noverlap=size - step, scaling=scaling, **options)
            answer = p.transpose(2, 0, 1)
        else:
            starts = range(0, len(x) - size + 1, step)
            answer = np.stack([signal.welch(x[s:s + size].T, nperseg=segment, noverlap=overlap, scaling=scaling,
                                            **options)[1] for s in starts])
        windows = (len(x) - size) // step + 1
        assert answer.shape[:2] == (windows, x.shape[1]), answer.shape
        row = dict(case=case, x=x_name + ".npy", kind=kind, size=size, step=step, rate=rate, segment=segment,
                   overlap=overlap, nfft=nfft, taper=taper, symmetric=int(symmetric), detrend=detrend,
                   scaling=scaling, sided=sided, expected=self.save("c_" + case + ".npy", answer),
                   tolerance=tolerance)
        self.rows.append([row[f] for f in FIELDS])

    def finish(self):
        with open(os.path.join(self.folder, "manifest.csv"), "w") as file:
            file.write(",".join(FIELDS) + "\n")
            for row in self.rows:
                file.write(",".join("-" if cell is None else str(cell) for cell in row) + "\n")


def series(random, samples, channels, offset=0.0):
    time = np.arange(samples)[:, None]
    waves = np.sin(0.3 * time * (1 + np.arange(channels))) + 0.01 * time
    return offset + waves + random.standard_normal((samples, channels))


def all_cases(cases, random):
    x = series(random, 200, 3)
    cases.add("plain", "x", x)
    cases.add("rate", "x", x, rate=50.0)
    cases.add("two_sided", "x", x, sided="two", rate=50.0)
    cases.add("two_sided_odd", "x", x, size=63, sided="two")
    cases.add("spectrum", "x", x, scaling="spectrum", rate=4.0)
    cases.add("none", "x", x, detrend="none")
    cases.add("linear", "x", x, detrend="linear", rate=8.0)
    for taper in ("boxcar", "hamming", "blackman", "tukey:0.25", "tukey:1", "tukey:0", "kaiser:14", "kaiser:0.5"):
        name = taper.replace(":", "").replace(".", "")
        cases.add(name, "x", x, size=60, step=70, taper=taper)
        cases.add(name + "_symmetric", "x", x, size=61, step=70, taper=taper, symmetric=True)
    cases.add("hann_symmetric", "x", x, symmetric=True)
    cases.add("nfft", "x", x, nfft=100)
    cases.add("nfft_odd_two_sided", "x", x, nfft=81, sided="two")
    for size in (1, 2, 3, 47, 59, 61, 17 * 4, 127):
        cases.add("size_%d" % size, "x", x, size=size, step=73, detrend="none")
    cases.add("welch", "x", x, size=100, segment=32, overlap=16, rate=10.0)
    cases.add("welch_default_overlap", "x", x, size=100, segment=31)
    cases.add("welch_no_overlap_spectrum", "x", x, size=100, segment=20, overlap=0, scaling="spectrum")
    cases.add("welch_linear_nfft_two", "x", x, size=90, segment=25, overlap=20, nfft=32, detrend="linear",
              sided="two", taper="blackman")
    cases.add("welch_prime", "x", x, size=150, segment=37, overlap=5, taper="hamming")
    cases.add("stft", "x", x, kind="stft")
    cases.add("stft_density", "x", x, kind="stft", scaling="density", rate=20.0)
    cases.add("stft_linear", "x", x, kind="stft", detrend="linear", taper="tukey:0.5")
    cases.add("stft_two_sided_odd", "x", x, kind="stft", size=59, sided="two", rate=3.0)
    cases.add("stft_nfft", "x", x, kind="stft", nfft=128, taper="boxcar", detrend="constant")
    # What is compared is relative to a window's largest bin.
    # At an offset scipy itself loses digits: 1e-11 of the largest bin.
    cases.add("offset", "x_offset", series(random, 200, 2, 1e5), size=80, tolerance=1e-10)
    cases.add("float32", "x_single", series(random, 200, 2).astype(np.float32), tolerance=1e-6)
    cases.add("float32_offset", "x_single_offset", series(random, 200, 2, 1e5).astype(np.float32),
              tolerance=1e-5)
    cases.add("int16", "x_counts", np.round(100 * series(random, 200, 2)).astype(np.int16))


README = """# Reference answers of scipy.signal's spectrogram, welch and stft

Made by `tests/reference/make_spectrum_reference.py` with scipy {scipy}, numpy {numpy} and Python {python};
run it again in an environment of `tests/reference/requirements.txt` to make it anew. Nothing here was downloaded:
the series are drawn from `np.random.default_rng(20241121)`.

`manifest.csv` has a row for each case: the series, the options, scipy's answer as windows x channels x
frequencies (with a segment welch of each window, else spectrogram, or stft without borders), and the tolerance,
relative to the largest value of a window and channel. `tests/host/window_spectrum_reference_test.cpp` reads it.
"""


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", default=os.path.join(here, "..", "data", "spectrum"))
    folder = parser.parse_args().to
    os.makedirs(folder, exist_ok=True)
    cases = Cases(folder)
    all_cases(cases, np.random.default_rng(20241121))
    cases.finish()
    with open(os.path.join(folder, "README.md"), "w") as file:
        file.write(README.format(numpy=np.__version__, scipy=scipy.__version__, python=platform.python_version()))
    print(len(cases.rows), "cases in", os.path.normpath(folder))


if __name__ == "__main__":
    main()
