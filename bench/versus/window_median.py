"""The part of window.py that is about medians: median and two percentiles of sluice together, beside one median of
numpy's views and of pandas' rolling; the work that a sample takes is printed beside.
"""
import time

import measure

STATISTICS = "median,p05,p95"


def stage(sluice, x, output, size, step, statistics=STATISTICS):
    run = measure.sluice_run(sluice, "window", x, "--size", size, "--step", step, "--stats", statistics, "-o", output,
                             "--device", "cpu", "--force")
    return run.json["run"]["stages"]["whole windows"]["seconds"]


def numpy_median(x, size, step):
    import numpy as np
    return np.median(np.lib.stride_tricks.sliding_window_view(x, size, axis=0)[::step], axis=-1)


def pandas_median(x, size, step):
    import numpy as np
    import pandas as pd
    # rolling(step=s) ends windows at rows 0, s, 2s: rows of NaN before the first make them end where ours do.
    before = -(size - 1) % step
    rows = np.concatenate([np.full((before, x.shape[1]), np.nan), x])
    return pd.DataFrame(rows).rolling(size, step=step).median().to_numpy()[(size - 1 + before) // step:]


def compare(sluice, x, path, output, args, judge, raw):
    """Whether the promise holds; figures go into raw."""
    import h5py
    import numpy as np
    stage(sluice, path, output, args.size, args.step)  # warm
    ours = [stage(sluice, path, output, args.size, args.step) for _ in range(args.rounds)]
    with h5py.File(output) as result:
        found = {name: result[name][:] for name in STATISTICS.split(",")}
    peers = {}
    for name, call in (("numpy views", numpy_median), ("pandas rolling", pandas_median)):
        begun = time.perf_counter()
        median = call(x, args.size, args.step)
        peers[name] = time.perf_counter() - begun
        if not np.array_equal(median, found["median"]):
            raise SystemExit(f"versus: {name} disagrees on median: {np.max(np.abs(median - found['median'])):.2g}")
    few = slice(0, None, max(1, len(found["p05"]) // 50))
    views = np.lib.stride_tricks.sliding_window_view(x, args.size, axis=0)[::args.step][few]
    for name, percent in (("p05", 5), ("p95", 95)):
        if not np.array_equal(np.percentile(views, percent, axis=-1), found[name][few]):
            raise SystemExit(f"versus: numpy disagrees on {name}")
    raw["median"] = {"sluice": ours, **peers}
    seconds = measure.median(ours)
    print(f"\n| median | {' | '.join(peers)} | sluice: {STATISTICS} |\n|---|{'---:|' * (len(peers) + 1)}")
    print(f"| | {' | '.join(f'{s:.3g} s' for s in peers.values())} | {seconds:.3g} s |")
    print(f"     {seconds / x.size * 1e9:.3g} ns a sample for all three")
    fine = judge("one median of the faster peer over our three", [min(peers.values()) / s for s in ours], 10, False)
    for step in (args.step + 1, 1):
        seconds = stage(sluice, path, output, args.size, step, "median")
        raw["median"][f"step {step}"] = seconds
        print(f"     step {step}, median alone: {seconds:.3g} s")
    return fine
