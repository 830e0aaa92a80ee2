#!/usr/bin/env python3
"""Layouts of known graphs: sluice layout beside its peers on the same graphs in one run, by turns, a seed a round. One
ruler for all: sluice measure. A peer's clock is around its call alone; sluice's seconds are the whole process. Exit 3
where a promise does not hold. bench/versus/layout runs this in .venv; the graphs are those of SLUICE_REAL_DATA.
"""
import argparse
import importlib.metadata
import json
import os
import platform
import random
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import layout_peers  # noqa: E402
import measure  # noqa: E402

STRESS, BASE = "sluice stress", "sluice base"
# The graph's file, and the published stress of the stress model (None: not published).
GRAPHS = {"karate": ("karate.csv", None), "grid17": ("grid17.txt", .0136), "jazz": ("jazz.txt", .101),
          "dwt_1005": ("dwt_1005.mtx", .0212), "1138_bus": ("1138_bus.mtx", .0618), "3elt": ("3elt.mtx", .0380)}
COLUMNS = {"stress": "SE", "np1": "NP1", "np2": "NP2", "trustworthiness": "trust", "edge_length_variation": "edge var",
           "crosslessness": "crossless", "smallest_distance": "least dist"}


def available():
    there = {}
    for name, (_, needed, _) in layout_peers.PEERS.items():
        try:
            if needed.startswith("/"):
                program = shutil.which(needed[1:])
                if program is None:
                    raise LookupError(f"no program {needed[1:]}")
                there[name] = subprocess.run([program, "-V"], capture_output=True, text=True).stderr.strip()
            else:
                there[name] = f"{needed} {importlib.metadata.version(needed)}"
        except LookupError as absent:
            print(f"absent: {name} ({absent})", file=sys.stderr)
        except importlib.metadata.PackageNotFoundError:
            print(f"absent: {name} (no package {needed})", file=sys.stderr)
    return there


def read_graph(path):
    """Edge lists whose first line counts, and Matrix Market: all that GRAPHS names."""
    with open(path) as file:
        rows = [line.replace(",", " ").split() for line in file if line.strip() and line[0] != "%"]
    base = 1 if path.endswith(".mtx") else 0
    pairs = {tuple(sorted((int(r[0]) - base, int(r[1]) - base))) for r in rows[1:]}
    return int(rows[0][0]), sorted((a, b) for a, b in pairs if a != b)


def write_graph(path, n, edges):
    with open(path, "w") as file:
        file.write(f"%%MatrixMarket matrix coordinate pattern symmetric\n{n} {n} {len(edges)}\n")
        file.writelines(f"{b + 1} {a + 1}\n" for a, b in edges)


def dense_iterations(n):
    """As many as the dense program makes in some five seconds, at most 1,000 (the notebook makes 10,000)."""
    return max(5, min(1000, int(1e8 / n**2)))


def lay_out(sluice, name, graph, n, target, seed):
    if name in layout_peers.PEERS:
        return measure.Run([sys.executable, layout_peers.__file__, name, graph, target, seed, dense_iterations(n)]).json["seconds"]
    command = [sluice, "layout", graph, "-o", target, "--force", "--seed", seed, "-q", "--progress", "none",
               "--objective", name.split()[1]]
    if name == BASE:
        command += ["--iterations", dense_iterations(n)]
    return measure.Run(command).seconds


def one_graph(sluice, folder, name, path, contenders, rounds):
    n, edges = read_graph(path)
    graph, target = os.path.join(folder, name + ".mtx"), os.path.join(folder, "xy.npy")
    write_graph(graph, n, edges)
    found = {}
    for seed in range(1, rounds + 1):
        for contender in contenders:
            if n > layout_peers.PEERS.get(contender, (0, 0, n))[2]:
                continue
            seconds = lay_out(sluice, contender, graph, n, target, seed)
            row = measure.Run([sluice, "measure", graph, target, "--json"]).json["measures"]
            found.setdefault(contender, []).append({"seconds": seconds, **row})
            print(f"{name}, round {seed}: {contender}: {seconds:.3g} s, SE {row['stress']:.4f}", file=sys.stderr, flush=True)
    return {"vertices": n, "edges": len(edges), "iterations": dense_iterations(n), "rounds": found}


def middle(rows, column):
    values = [row[column] for row in rows if row.get(column) is not None]
    return measure.median(values) if values else None


def text(value):
    return "" if value is None else f"{value:.3g}"


def table(results):
    head = ["graph", "contender", "seconds", "stress is faster by", *COLUMNS.values()]
    lines = ["| " + " | ".join(head) + " |", "|---|---|" + "---:|" * (len(head) - 2)]
    for name, result in results.items():
        ours = [row["seconds"] for row in result["rounds"][STRESS]]
        for contender, rows in result["rounds"].items():
            ratio = measure.median([row["seconds"] / our for row, our in zip(rows, ours)])
            steps = f", {result['iterations']:,} steps" if contender in (BASE, "PyTorch dense") else ""
            cells = [f"{name} ({result['vertices']:,} / {result['edges']:,})", contender + steps, text(middle(rows, "seconds")),
                     "" if contender == STRESS else text(ratio), *(text(middle(rows, column)) for column in COLUMNS)]
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def short_table(results):
    """The README's: seconds and stress of three graphs."""
    graphs = [name for name in ("dwt_1005", "1138_bus", "3elt") if name in results]
    heads = [f"{name} ({results[name]['vertices']:,} vertices) | SE" for name in graphs]
    lines = ["| contender | " + " | ".join(heads) + " |", "|---|" + "---:|---:|" * len(graphs)]
    for contender in (STRESS, *layout_peers.PEERS):
        if contender == "PyTorch dense" or not any(contender in results[name]["rounds"] for name in graphs):
            continue
        cells = []
        for name in graphs:
            rows = results[name]["rounds"].get(contender, [])
            cells += [text(middle(rows, "seconds")), text(middle(rows, "stress"))]
        lines.append(f"| {contender} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def judge(what, holds, found):
    print(f"{'ok  ' if holds else 'MISS'} {what}: {found}")
    return holds


def quality(results):
    fine = True
    for name, (_, published) in GRAPHS.items():
        if published is None or name not in results:
            continue
        found = middle(results[name]["rounds"][STRESS], "stress")
        fine = judge(f"{name}: stress at most 1.03 times {published}", found <= 1.03 * published,
                     f"{found:.4f}, {found / published:.3f} times") and fine
    return fine


def iteration(sluice, folder, rounds, raw):
    """An iteration of the base objective at N = 5000 and 20,000 edges against the dense program's."""
    n, random_edges, numbers = 5000, set(), random.Random(1)
    while len(random_edges) < 20000:
        a, b = numbers.randrange(n), numbers.randrange(n)
        if a != b:
            random_edges.add((min(a, b), max(a, b)))
    graph, target = os.path.join(folder, "random.mtx"), os.path.join(folder, "xy.npy")
    write_graph(graph, n, sorted(random_edges))

    def ours(steps):
        return measure.Run([sluice, "layout", graph, "-o", target, "--force", "-q", "--progress", "none", "--objective",
                            "base", "--iterations", steps]).seconds

    def dense(steps):
        return measure.Run([sys.executable, layout_peers.__file__, "PyTorch dense", graph, target, "1", steps]).json["seconds"]

    pairs = []
    for _ in range(rounds):
        pairs.append(((ours(1100) - ours(100)) / 1000, dense(5) / 5))
    raw["iteration"] = pairs
    ratio = measure.median([b / a for a, b in pairs])
    return judge("an iteration at N = 5000, 20,000 edges: 300 times the dense program's rate", ratio >= 300,
                 f"{ratio:.0f} times ({measure.median([a for a, _ in pairs]) * 1e3:.3g} ms; "
                 f"{measure.median([b for _, b in pairs]):.3g} s)")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--graphs", default=",".join(GRAPHS), help="of " + ", ".join(GRAPHS))
    parser.add_argument("--contenders", help="names, with commas between; default: all that are there")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--data", default=os.environ.get("SLUICE_REAL_DATA"), help="the folder that has graphs/")
    parser.add_argument("--json", help="also write the raw figures to this file")
    args = parser.parse_args()
    if not args.data:
        sys.exit("versus: no graphs: set SLUICE_REAL_DATA, or name the folder with --data")
    sluice, peers = measure.find_sluice(), available()
    names = [STRESS, BASE, *peers]
    if args.contenders:
        names = [STRESS] + [name for name in names if name in args.contenders.split(",") and name != STRESS]
    facts = {"machine": measure.machine(), "python": platform.python_version(), "peers": peers}
    versions = "; ".join(dict.fromkeys(peers.values()))
    print(f"{facts['machine']['cpu']}, {facts['machine']['cores']} cores; {versions}; medians of {args.rounds} rounds by "
          "turns, a seed each\n", flush=True)
    folder, raw = tempfile.mkdtemp(prefix="sluice_versus_"), {"facts": facts}
    try:
        results = raw["graphs"] = {}
        for name in args.graphs.split(","):
            results[name] = one_graph(sluice, folder, name, os.path.join(args.data, "graphs", GRAPHS[name][0]), names,
                                      args.rounds)
        print(table(results) + "\n\n" + short_table(results) + "\n", flush=True)
        fine = quality(results)
        if "PyTorch dense" in names and BASE in names:
            fine = iteration(sluice, folder, args.rounds, raw) and fine
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if args.json:
        with open(args.json, "w") as file:
            json.dump(raw, file, indent=1)
            file.write("\n")
    sys.exit(0 if fine else 3)


if __name__ == "__main__":
    main()
