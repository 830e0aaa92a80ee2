"""Power spectra of overlapping windows: sluice beside scipy.signal.spectrogram with the same numbers, by turns, and the
bare batched transforms of spectrum_bench as the ceiling. Called by window.py, which has the series at hand."""
import json
import os
import time

import measure

BOUND = 1e-12  # of a window's largest bin


def scipy_spectra(x, size, step):
    from scipy import signal
    return signal.spectrogram(x, window="hann", nperseg=size, noverlap=size - step, detrend="constant",
                              scaling="density", axis=0, mode="psd")[2]


def worst_difference(found, theirs):
    """Relative to the largest bin of each window and channel; theirs are frequencies x channels x windows."""
    import numpy as np
    worst = 0.0
    for window in range(0, found.shape[0], max(1, found.shape[0] // 100)):
        a, b = found[window], theirs[:, :, window].T
        worst = max(worst, float(np.max(np.abs(a - b).max(axis=1) / b.max(axis=1))))
    return worst


def sluice_run(sluice, path, output, size, step):
    run = measure.sluice_run(sluice, "window", path, "--size", size, "--step", step, "--psd", "-o", output, "--device",
                             "cpu", "--force")
    facts = run.json["run"]
    return facts["stages"]["whole windows"]["seconds"], facts["stages"]["operate"]["seconds"], run.peak


def bare_seconds(sluice, samples, channels, size, step):
    """Of spectrum_bench, where it was built beside the command."""
    bench = os.path.join(os.path.dirname(sluice), "bench", "spectrum_bench")
    if not os.access(bench, os.X_OK):
        return None
    run = measure.Run([bench, "--device", "cpu", "--samples", samples, "--channels", channels, "--size", size, "--step", step])
    found = {row["what"]: row for row in map(json.loads, run.stdout.splitlines())}
    return found["bare transforms"]["seconds"], found["power spectra"]["seconds"]


def compare(sluice, x, path, folder, size, step, rounds, raw, judge):
    """Prints the figures; false where the promise is missed. Ends the run where the numbers disagree."""
    import numpy as np
    try:
        import scipy
    except ImportError as error:
        print(f"absent: scipy ({error}); scripts/setup --bench installs it")
        return True
    output = os.path.join(folder, "psd.npy")
    sluice_run(sluice, path, output, size, step)
    ours, kernels, theirs, peak = [], [], [], 0
    for _ in range(rounds):
        begun = time.perf_counter()
        found = scipy_spectra(x, size, step)
        theirs.append(time.perf_counter() - begun)
        seconds, kernel, held = sluice_run(sluice, path, output, size, step)
        ours.append(seconds), kernels.append(kernel)
        peak = max(peak, held)
    worst = worst_difference(np.load(output, mmap_mode="r"), found)
    if not worst <= BOUND:
        raise SystemExit(f"versus: scipy disagrees on the spectra: {worst:.2g}")
    raw["spectra"] = {"sluice": ours, "operate": kernels, "scipy": theirs, "worst": worst, "peak": peak}
    bare = bare_seconds(sluice, *x.shape, size, step)
    transforms = ((x.shape[0] - size) // step + 1) * x.shape[1]
    print(f"\npower spectra (hann, constant, density), {transforms:,} of {size}: scipy {scipy.__version__} "
          f"{measure.median(theirs):.3g} s; sluice {measure.median(ours):.3g} s, in the result's file, of it "
          f"{measure.median(kernels):.3g} s computing; peak memory {peak / 2**20:.0f} MiB; they differ by {worst:.1g} "
          "of the largest bin")
    if bare:
        raw["spectra"]["bare"], raw["spectra"]["resident"] = bare
        print(f"     the same resident: {bare[1]:.3g} s; bare batched transforms: {bare[0]:.3g} s")
    return judge("scipy's spectra over sluice", [a / b for a, b in zip(theirs, ours)], 8, False)
