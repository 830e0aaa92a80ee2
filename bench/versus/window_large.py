"""The same windows of a series that no page cache holds: 100 times the samples, or what the disk has room for, beside
the disk's own rate in that run. Called by window.py, which has the small case's figures."""
import os

import measure

MEMORY = "256M"


def compare(sluice, run_small, small_bytes, folder, args, judge, raw):
    rows = int(8640000 * args.days)
    room = os.statvfs(folder)
    rows = min(rows, int(0.8 * room.f_bavail * room.f_frsize) // 96)
    path, output = os.path.join(folder, "large.npy"), os.path.join(folder, "large.h5")
    measure.Run([sluice, "generate", "matrix", "--shape", f"{rows}x12", "--dtype", "float64", "--dist", "normal",
                 "--seed", "2", "--force", "-o", path])
    os.sync()
    found = raw["large"] = {"rows": rows, "bytes": rows * 96, "memory": MEMORY, "rounds": []}
    small = small_bytes / measure.median(run_small)
    shares = []
    for _ in range(args.large_rounds):
        disk = measure.direct_rate(path)
        measure.forget(path)
        run = measure.sluice_run(sluice, "window", path, "--size", args.size * 100, "--step", args.step * 100, "--stats",
                                 "mean,std,min,max,skew,kurtosis", "-o", output, "--memory", MEMORY, "--device", "cpu", "--force")
        seconds = run.json["run"]["stages"]["windows"]["seconds"]
        row = {"disk": disk, "rate": rows * 96 / seconds, "peak": run.peak}
        found["rounds"].append(row)
        shares.append(max(row["rate"] / disk / 0.9, row["rate"] / small / 0.75))
        print(f"     {rows * 96 / 1e9:.1f} GB at --memory {MEMORY}: {row['rate'] / 1e9:.2f} GB/s; the disk {disk / 1e9:.2f}, "
              f"the small case {small / 1e9:.2f} GB/s; {run.peak / 2**20:.0f} MiB")
    os.unlink(path)
    fine = judge("larger than memory, over 90 % of the disk or 75 % of the small case", shares, 1, False)
    return fine & judge("peak anonymous MiB beyond --memory", [max(r["peak"] for r in found["rounds"]) / 2**20 - 256],
                        100, True)
