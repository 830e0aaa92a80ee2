#!/usr/bin/env python3
"""Makes tests/data/graph: small graphs with coordinates, and what measures of layouts are on them.

Run it in an environment of tests/reference/requirements.txt: `make_graph_reference.py FOLDER`. Distances are networkx's,
trustworthiness is scikit-learn's, crossings are counted on fractions; the rest is numpy, from the definitions. Where
distances tie, scikit-learn's own order depends on the machine: there (`ties`) its formula is computed over a stable sort.
"""
import csv
import itertools
import sys
from fractions import Fraction
from pathlib import Path

import networkx as nx
import numpy as np
from sklearn.manifold import trustworthiness

EPS = 1e-6


def cases():
    """name -> graph, coordinates, whether distances tie."""
    rng = np.random.default_rng(20261122)
    karate = nx.karate_club_graph()
    for _, _, data in karate.edges(data=True):
        data.clear()
    yield "karate", karate, rng.normal(size=(34, 2)), True
    yield "karate_line", karate, rng.normal(size=(34, 1)), True
    yield "karate_space", karate, rng.normal(size=(34, 3)), True
    lesmis = nx.convert_node_labels_to_integers(nx.les_miserables_graph())
    yield "lesmis", lesmis, rng.normal(size=(77, 2)), True
    weighted = nx.gnm_random_graph(60, 150, seed=4)
    for a, b in weighted.edges:
        weighted[a][b]["weight"] = float(rng.uniform(0.5, 3))
    yield "weighted", weighted, rng.normal(size=(60, 2)), False
    parts = nx.disjoint_union(nx.cycle_graph(9), nx.path_graph(6))
    parts.add_nodes_from([15, 16])
    yield "parts", parts, rng.normal(size=(17, 2)), True
    grid = nx.convert_node_labels_to_integers(nx.grid_2d_graph(5, 7))
    yield "grid", grid, np.array([[v // 7, v % 7] for v in range(35)], float), True
    # Edges that touch and overlap, and vertices in one place: everything on a few whole coordinates.
    yield "touching", nx.gnm_random_graph(30, 50, seed=7), rng.integers(0, 4, (30, 2)).astype(float), True
    yield "complete", nx.complete_graph(7), rng.normal(size=(7, 2)), True


def nearest(squared):
    """Of each row, all others from near to far; the lower one first where they tie."""
    order = np.argsort(squared, axis=1, kind="stable")
    return [[j for j in order[i] if j != i] for i in range(len(order))]


def stress(distances, lengths):
    pairs = [(i, j) for i in distances for j in distances[i] if i < j]
    r = np.array([lengths[i, j] / distances[i][j] for i, j in pairs])
    s = r.sum() / (r ** 2).sum()
    return np.mean((s * r - 1) ** 2), s


def preservation(distances, order, reach):
    values = []
    for i, row in enumerate(order):
        near = {j for j, d in distances[i].items() if 0 < d <= reach}
        if near:
            placed = set(row[:len(near)])
            values.append(len(near & placed) / len(near | placed))
    return np.mean(values)


def trust_by_formula(features, order, k):
    n = len(features)
    squared = ((features[:, None] - features[None]) ** 2).sum(-1)
    ranks = [{j: rank for rank, j in enumerate(row, 1)} for row in nearest(squared)]
    penalty = sum(max(0, ranks[i][j] - k) for i in range(n) for j in order[i][:k])
    return 1 - penalty * 2 / (n * k * (2 * n - 3 * k - 1))


def crossings(graph, at):
    points = [tuple(map(Fraction, row)) for row in at.tolist()]

    def side(a, b, c):
        value = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
        return (value > 0) - (value < 0)

    def meet(a, b, c, d):
        if any(max(a[k], b[k]) < min(c[k], d[k]) or max(c[k], d[k]) < min(a[k], b[k]) for k in (0, 1)):
            return False
        return side(a, b, c) * side(a, b, d) <= 0 and side(c, d, a) * side(c, d, b) <= 0

    return sum(len({*e, *f}) == 4 and meet(*(points[v] for v in e + f))
               for e, f in itertools.combinations(graph.edges, 2))


def measures(graph, at, ties):
    n = len(at)
    squared = ((at[:, None] - at[None]) ** 2).sum(-1)
    lengths, order = np.sqrt(squared), nearest(squared)
    distances = dict(nx.all_pairs_shortest_path_length(graph))
    features = nx.to_numpy_array(graph, nodelist=range(n))
    adjacent = features > 0
    others = ~adjacent & ~np.eye(n, dtype=bool)
    edge_lengths = np.array([lengths[e] for e in graph.edges])
    found = dict(zip(("stress", "scale"), stress(distances, lengths)))
    found["np1"], found["np2"] = (preservation(distances, order, r) for r in (1, 2))
    if n > 10:
        found["trustworthiness"] = (trust_by_formula(features, order, 5) if ties
                                    else trustworthiness(features, at, n_neighbors=5))
    found["edge_length"] = edge_lengths.mean()
    found["edge_length_variation"] = edge_lengths.std() / edge_lengths.mean()
    if others.any():
        found["nonadjacent_distance"] = lengths[others].mean()
    found["smallest_distance"] = lengths[~np.eye(n, dtype=bool)].min()
    if at.shape[1] == 2:
        found["crossings"] = crossings(graph, at)
        e = len(graph.edges)
        most = e * (e - 1) / 2 - sum(d * (d - 1) for _, d in graph.degree) / 2
        found["crosslessness"] = 1 - found["crossings"] / most if most else 1.0
    found["attraction"] = (features * squared).sum()
    found["repulsion"] = (1 / (squared[others] + EPS)).sum()
    found["centering"] = (at ** 2).sum()
    return found


def main():
    folder = Path(sys.argv[1])
    with open(folder / "measures.csv", "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["graph", "measure", "value"])
        for name, graph, at, ties in cases():
            np.save(folder / f"{name}.npy", at)
            edges = [f"{len(at)} {len(graph.edges)}"]
            for a, b, data in graph.edges(data=True):
                edges.append(f"{a} {b} {data['weight']!r}" if data else f"{a} {b}")
            (folder / f"{name}.txt").write_text("\n".join(edges) + "\n")
            for measure, value in measures(graph, at, ties).items():
                out.writerow([name, measure, repr(float(value))])


if __name__ == "__main__":
    main()
