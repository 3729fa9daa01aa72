"""Writes LFR benchmark graphs with what igraph's Leiden makes of them, as JSON.

    lfr.py OUTPUT

For each mixing μ some graphs of 1,000 vertices: the edges, the planted communities, and modularity and NMI (against the
planted ones) of igraph's Leiden over seeds. From μ = 0.5 on the planted communities can hardly be seen and single runs differ by
several hundredths of NMI, so means over graphs and seeds are what can be compared.
"""

import json
import random
import sys

import igraph
import networkx

MIXINGS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
GRAPHS = 6
SEEDS = 8


def benchmark(mixing, seed):
    graph = networkx.LFR_benchmark_graph(
        1000, 2.5, 1.5, mixing, average_degree=20, max_degree=50, min_community=20, max_community=100,
        max_iters=5000, seed=seed)
    graph.remove_edges_from(list(networkx.selfloop_edges(graph)))
    planted = [min(graph.nodes[vertex]["community"]) for vertex in range(1000)]
    edges = sorted((min(u, v), max(u, v)) for u, v in graph.edges())
    peer = igraph.Graph(n=1000, edges=edges)
    runs = []
    for run in range(SEEDS):
        random.seed(run)
        igraph.set_random_number_generator(random)
        found = peer.community_leiden("modularity", n_iterations=-1)
        runs.append({
            "modularity": found.modularity,
            "nmi": igraph.compare_communities(found.membership, planted, "nmi"),
        })
    return {"mixing": mixing, "edges": edges, "planted": planted, "igraph": runs}


def graphs():
    for mixing in MIXINGS:
        made, seed = 0, 0
        while made < GRAPHS:
            seed += 1
            try:
                yield benchmark(mixing, seed)
                made += 1
            except networkx.ExceededMaxIterations:
                continue


if __name__ == "__main__":
    with open(sys.argv[1], "w") as file:
        json.dump(list(graphs()), file)
