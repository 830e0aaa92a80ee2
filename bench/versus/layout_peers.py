"""The peers of `sluice layout`, each as its user would call it. Run as a process of its own by layout_versus.py:
layout_peers.py NAME GRAPH.mtx XY.npy SEED ITERATIONS prints one line of JSON: seconds of the layout alone, without
imports, reading and writing. They are tools that run beside sluice; none of their code is in it."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time


def read_edges(path):
    """Matrix Market, pattern symmetric, as layout_versus.py writes it."""
    import numpy as np
    with open(path) as file:
        file.readline()
        n, _, count = map(int, file.readline().split())
        edges = np.loadtxt(file, dtype=np.int64, ndmin=2).reshape(count, 2) - 1
    return n, edges


def pytorch_dense(n, edges, seed, iterations):
    """The notebook's program: an N x N matrix of squared distances, differentiated by autograd, and Adam."""
    import torch
    torch.manual_seed(seed)
    adjacency = torch.zeros((n, n))
    adjacency[edges[:, 0], edges[:, 1]] = 1
    adjacency[edges[:, 1], edges[:, 0]] = 1
    x = torch.randn((n, 2), requires_grad=True)
    optimizer = torch.optim.Adam([x], lr=0.001)
    begun = time.perf_counter()
    for _ in range(iterations):
        optimizer.zero_grad()
        squared = ((x[:, None, :] - x[None, :, :])**2).sum(-1)
        loss = (adjacency * squared).sum() + ((1 - adjacency) / (squared + 1e-6)).sum() + (x**2).sum()
        loss.backward()
        optimizer.step()
    return time.perf_counter() - begun, x.detach().numpy()


def igraph_layout(method):
    def work(n, edges, seed, iterations):
        import random

        import igraph
        random.seed(seed)
        igraph.set_random_number_generator(random)
        graph = igraph.Graph(n, edges.tolist())
        begun = time.perf_counter()
        layout = getattr(graph, "layout_" + method)()
        return time.perf_counter() - begun, layout.coords
    return work


def sfdp(n, edges, seed, iterations):
    """A process of its own that reads DOT and writes positions; both are within its time."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "g.dot")
        with open(path, "w") as file:
            file.write(f"graph {{ start={seed}; node [shape=point];\n")
            file.writelines(f"{v};\n" for v in range(n))
            file.writelines(f"{a} -- {b};\n" for a, b in edges)
            file.write("}\n")
        begun = time.perf_counter()
        done = subprocess.run([shutil.which("sfdp"), "-Tplain", path], check=True, capture_output=True, text=True)
        seconds = time.perf_counter() - begun
    xy = [[0.0, 0.0]] * n
    for line in done.stdout.splitlines():
        if line.startswith("node "):
            _, name, x, y, *_ = line.split()
            xy[int(name)] = [float(x), float(y)]
    return seconds, xy


def sgd2(n, edges, seed, iterations):
    import numpy as np
    import s_gd2
    first, second = (np.ascontiguousarray(edges[:, c], dtype=np.int32) for c in (0, 1))
    begun = time.perf_counter()
    xy = s_gd2.layout(first, second, random_seed=seed)
    return time.perf_counter() - begun, xy


# Name: the call, what must be there (a package, or a program), most vertices it is asked for.
PEERS = {
    "PyTorch dense": (pytorch_dense, "torch", 5000),
    "s_gd2": (sgd2, "s_gd2", 5000),
    "Graphviz sfdp": (sfdp, "/sfdp", 10**6),
    "igraph Fruchterman-Reingold": (igraph_layout("fruchterman_reingold"), "igraph", 10**6),
    "igraph DrL": (igraph_layout("drl"), "igraph", 10**6),
    "igraph MDS": (igraph_layout("mds"), "igraph", 2000),
    "igraph Kamada-Kawai": (igraph_layout("kamada_kawai"), "igraph", 1500),
}

if __name__ == "__main__":
    import numpy

    name, source, target, seed, iterations = sys.argv[1:]
    seconds, xy = PEERS[name][0](*read_edges(source), int(seed), int(iterations))
    numpy.save(target, numpy.asarray(xy, dtype=numpy.float64))
    print(json.dumps({"seconds": seconds}))
