"""sluice fit against its own ceilings: the parser alone on the same file, and a file larger than the page cache beside
the small one and the disk's own rate in that run. Called by fit_versus.py."""
import json
import os

import measure


def parser_share(sluice, fit, path, rounds, raw):
    """What share of the parser's rate (csv_bench: all columns, types given) a fit keeps, process and all."""
    bench = os.path.join(os.path.dirname(sluice), "bench", "csv_bench")
    if not os.access(bench, os.X_OK):
        print(f"absent: {bench} (cmake --preset release builds it)")
        return True
    size, pairs = os.path.getsize(path), []
    for _ in range(rounds):
        lines = measure.Run([bench, "read", path, "256", "5"]).stdout.splitlines()
        alone = measure.median([json.loads(line)["seconds"] for line in lines if "rows" in line])
        ours = [measure.Run(fit) for _ in range(5)]
        pairs.append((alone, measure.median([run.json["run"]["seconds"] for run in ours]),
                      measure.median([run.seconds for run in ours])))
    raw["parser"] = pairs
    share, whole = (measure.median([row[0] / row[k] for row in pairs]) for k in (1, 2))
    alone = measure.median([row[0] for row in pairs])
    fine = share >= 0.9
    print(f"{'ok  ' if fine else 'MISS'} 90 % of the parser alone ({size / alone / 1e6:.0f} MB/s): {share:.0%}; "
          f"{whole:.0%} with the start of the process")
    return fine


def large(sluice, fit_of, small, table, rows, folder, rounds, memory, raw):
    """Runs of `fit_of(path)`: peak memory, and the rate beside `small` bytes a second and the disk's."""
    path = os.path.join(folder, "large.csv")
    measure.Run([sluice, "generate", "table", "--rows", rows, *table, "-o", path])
    size, fine = os.path.getsize(path), True
    found = raw["large"] = {"bytes": size, "memory": memory, "rounds": []}
    for _ in range(rounds):
        measure.forget(path)
        disk = measure.direct_rate(path)
        run = measure.Run(fit_of(path))
        found["rounds"].append({"disk": disk, "rate": size / run.seconds, "peak": run.peak})
        print(f"     {size / 1e9:.2f} GB: {size / run.seconds / 1e6:.0f} MB/s; the disk {disk / 1e6:.0f}, the small file "
              f"{small / 1e6:.0f} MB/s; {run.peak / 2**20:.0f} MiB", flush=True)
    os.unlink(path)
    rates = [max(row["rate"] / row["disk"] / 0.9, row["rate"] / small / 0.85) for row in found["rounds"]]
    peak = max(row["peak"] for row in found["rounds"]) / 2**20
    for what, holds in ((f"90 % of the disk's rate, or 85 % of the small file's: {measure.median(rates):.2f} times",
                         measure.median(rates) >= 1),
                        (f"peak anonymous memory of --memory {memory} and 100 MiB: {peak:.0f} MiB", peak <= 356)):
        print(f"{'ok  ' if holds else 'MISS'} {what}")
        fine &= holds
    return fine
