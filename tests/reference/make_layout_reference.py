#!/usr/bin/env python3
"""Writes tests/data/layout: the base objective as the notebook has it, a dense PyTorch program in float64 with Adam, on a
random graph of 300 vertices: start, edges, and the loss of the positions before each of 100 steps at two learning rates.

Run it in an environment of numpy and torch: `make_layout_reference.py FOLDER` (the versions are written down).
"""
import json
import sys
from pathlib import Path

import numpy as np
import torch

N, EDGES, STEPS = 300, 900, 100


def descend(adjacent, start, rate):
    x = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    others = 1 - adjacent - torch.eye(N, dtype=torch.float64)
    optimizer = torch.optim.Adam([x], lr=rate)
    losses = []
    for _ in range(STEPS + 1):
        optimizer.zero_grad()
        difference = x[:, None, :] - x[None, :, :]
        d = (difference ** 2).sum(-1)
        loss = (adjacent * d).sum() + (others / (d + 1e-6)).sum() + (x ** 2).sum()
        loss.backward()
        losses.append(loss.item())
        if len(losses) <= STEPS:
            optimizer.step()
    return losses, x.detach().numpy()


def main():
    folder = Path(sys.argv[1])
    rng = np.random.default_rng(6)
    pairs = set()
    while len(pairs) < EDGES:
        a, b = sorted(int(v) for v in rng.integers(0, N, 2))
        if a != b:
            pairs.add((a, b))
    adjacent = torch.zeros((N, N), dtype=torch.float64)
    for a, b in pairs:
        adjacent[a, b] = adjacent[b, a] = 1
    start = rng.standard_normal((N, 2))
    runs = []
    for rate in (0.001, 0.01):
        losses, last = descend(adjacent, start, rate)
        runs.append({"rate": rate, "losses": losses, "last": [float(v) for v in last[:5].ravel()]})
    result = {"made_by": f"torch {torch.__version__}, numpy {np.__version__}", "vertices": N,
              "edges": [v for pair in sorted(pairs) for v in pair], "start": [float(v) for v in start.ravel()], "runs": runs}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "base.json").write_text(json.dumps(result, separators=(",", ":")) + "\n")


main()
