"""Communities of kindred's top-50 graph; modularity and connectedness are computed alike for all."""

import time
from pathlib import Path

from . import inputs, processes
from .jobs import Agreement, Goal, Job, Measurement, Program

# Two ways of adding up the same modularity.
ROUNDING = 1e-9


def job(shape: str, repetitions: int | None) -> Job:
    programs = [Program("kindred", "kindred", lambda folder: kindred(shape, folder))]
    for name, package, function in [
        ("networkit PLM", "networkit", "networkit_plm"),
        ("networkit ParallelLeiden", "networkit", "networkit_leiden"),
        ("igraph Leiden", "igraph", "igraph_leiden"),
        ("leidenalg", "leidenalg", "leidenalg_leiden"),
    ]:
        programs.append(peer(name, package, function, shape))
    return Job(
        "communities", shape, "seconds", programs, [Goal(peer="networkit PLM")],
        lambda mine, other: agree(shape, mine, other), repetitions or 3,
        ["One start of kindred's Leiden. Every graph is in the program's own form before the clock starts."])


def kindred(shape: str, folder: Path) -> Measurement:
    run = processes.kindred(
        "graph", inputs.ratings(shape), "--output", folder, "--neighbors", 50, "--starts", 1, "--format", "npy",
        "--threads", processes.THREADS, "--json", "--quiet")
    return Measurement(run.summary["seconds"]["communities"], run.peak_bytes)


def peer(name: str, package: str, function: str, shape: str) -> Program:
    def measure(folder: Path) -> Measurement:
        result = processes.call(f"communities.{function}", inputs.graph(shape), folder)
        return Measurement(result["seconds"], result["peak_bytes"])

    return Program(name, package, measure)


def agree(shape: str, kindred: Path, other: Path) -> Agreement:
    """kindred's modularity has to be at least the other's, and its communities connected."""
    mine, theirs = (
        processes.call("communities.quality", inputs.graph(shape), folder) for folder in (kindred, other))
    text = f"{theirs['communities']} communities, {theirs['disconnected']} of them disconnected, modularity"
    holds = mine["modularity"] >= theirs["modularity"] - ROUNDING and mine["disconnected"] == 0
    return Agreement(theirs["modularity"], text, holds)


# In the process of a measurement


def read(folder: str):
    """Users, edges (edges, 2) and their weights."""
    import numpy

    users = len(numpy.load(f"{folder}/communities.npy"))
    return users, numpy.load(f"{folder}/edges.npy"), numpy.load(f"{folder}/similarities.npy").astype(numpy.float64)


def networkit_graph(folder: str):
    import networkit
    import numpy

    networkit.setNumberOfThreads(processes.THREADS)
    networkit.setSeed(1, False)
    users, edges, weights = read(folder)
    columns = numpy.ascontiguousarray(edges.T).astype(numpy.uint64)
    return networkit.GraphFromCoo((weights, (columns[0], columns[1])), n=users, weighted=True)


def networkit_plm(folder: str, output: str) -> dict:
    import networkit

    return networkit_run(networkit.community.PLM(networkit_graph(folder)), output)


def networkit_leiden(folder: str, output: str) -> dict:
    import networkit

    return networkit_run(networkit.community.ParallelLeiden(networkit_graph(folder)), output)


def networkit_run(detector, output: str) -> dict:
    begin = time.perf_counter()
    detector.run()
    seconds = time.perf_counter() - begin
    return save(detector.getPartition().getVector(), output, seconds)


def igraph_graph(folder: str):
    import igraph

    users, edges, weights = read(folder)
    graph = igraph.Graph(n=users, edges=edges)
    graph.es["weight"] = weights
    return graph


def igraph_leiden(folder: str, output: str) -> dict:
    graph = igraph_graph(folder)
    begin = time.perf_counter()
    found = graph.community_leiden(objective_function="modularity", weights="weight")
    return save(found.membership, output, time.perf_counter() - begin)


def leidenalg_leiden(folder: str, output: str) -> dict:
    import leidenalg

    graph = igraph_graph(folder)
    begin = time.perf_counter()
    found = leidenalg.find_partition(graph, leidenalg.ModularityVertexPartition, weights="weight", seed=1)
    return save(found.membership, output, time.perf_counter() - begin)


def save(labels, output: str, seconds: float) -> dict:
    import numpy

    numpy.save(f"{output}/communities.npy", numpy.asarray(labels, dtype=numpy.int32))
    return {"seconds": seconds}


def quality(graph: str, result: str) -> dict:
    import numpy

    return measures(*read(graph), numpy.load(f"{result}/communities.npy"))


def measures(users: int, edges, weights, labels) -> dict:
    """Modularity at γ = 1 by igraph, and how many communities are in pieces."""
    import igraph
    import numpy
    import scipy.sparse

    _, labels = numpy.unique(labels, return_inverse=True)
    graph = igraph.Graph(n=users, edges=edges)
    inside = edges[labels[edges[:, 0]] == labels[edges[:, 1]]]
    adjacency = scipy.sparse.coo_array((numpy.ones(len(inside)), (inside[:, 0], inside[:, 1])), shape=(users, users))
    _, parts = scipy.sparse.csgraph.connected_components(adjacency, directed=False)
    pieces = numpy.unique(numpy.column_stack([labels, parts]), axis=0)[:, 0]
    counts = numpy.bincount(pieces)
    return {
        "modularity": graph.modularity(labels.tolist(), weights=weights.tolist()),
        "communities": len(counts), "disconnected": int((counts > 1).sum())}
