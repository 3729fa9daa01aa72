"""Holds the exports of `kindred graph --format csv,graphml,gexf,npy` against each other.

    exports.py EXPORT

networkx and igraph read the GraphML, networkx the GEXF, numpy the arrays; all must tell what the CSV files tell: the same
nodes, edges, weights to the last bit, and attributes. Ends with an error where they differ.
"""

import csv
import sys

import igraph
import networkx
import numpy as np


def read(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def node(user):
    return (user["user_id"], int(user["community"]), int(user["ratings"]), float(user["mean_rating"]), int(user["degree"]))


def edge(row):
    return (*sorted((row["source"], row["target"])), float(row["similarity"]), int(row["support"]))


def main(export):
    users, edges = read(f"{export}/users.csv"), read(f"{export}/edges.csv")
    nodes = [node(user) for user in users]
    pairs = sorted(edge(row) for row in edges)
    names = ("label", "community", "ratings", "mean_rating", "degree")

    graph = networkx.read_graphml(f"{export}/graph.graphml")
    assert not graph.is_directed() and not graph.is_multigraph()
    assert [tuple(data[name] for name in names) for _, data in graph.nodes(data=True)] == nodes, "networkx: nodes"
    label = graph.nodes(data="label")
    assert sorted(
        (*sorted((label[u], label[v])), data["weight"], data["support"]) for u, v, data in graph.edges(data=True)
    ) == pairs, "networkx: edges"
    assert all(graph.degree(name) == data["degree"] for name, data in graph.nodes(data=True)), "networkx: degrees"

    graph = igraph.Graph.Read_GraphML(f"{export}/graph.graphml")
    assert not graph.is_directed() and graph.is_simple()
    assert [tuple(vertex[name] for name in names) for vertex in graph.vs] == nodes, "igraph: nodes"
    assert sorted(
        (*sorted((graph.vs[e.source]["label"], graph.vs[e.target]["label"])), e["weight"], int(e["support"]))
        for e in graph.es
    ) == pairs, "igraph: edges"

    graph = networkx.read_gexf(f"{export}/graph.gexf", version="1.3")
    assert not graph.is_directed()
    assert [tuple(data[name] for name in names) for _, data in graph.nodes(data=True)] == nodes, "GEXF: nodes"
    label = graph.nodes(data="label")
    assert sorted(
        (*sorted((label[u], label[v])), data["weight"], data["support"]) for u, v, data in graph.edges(data=True)
    ) == pairs, "GEXF: edges"

    array = {
        name: np.load(f"{export}/{name}.npy")
        for name in ("edges", "similarities", "supports", "communities", "neighbors", "neighbor_similarities")
    }
    ids = [user["user_id"] for user in users]
    assert [(ids[s], ids[t]) for s, t in array["edges"]] == [(row["source"], row["target"]) for row in edges]
    assert array["similarities"].dtype == np.float32
    assert array["similarities"].tolist() == [float(np.float32(row["similarity"])) for row in edges]
    assert array["supports"].tolist() == [int(row["support"]) for row in edges]
    assert array["communities"].tolist() == [int(user["community"]) for user in users]
    links = {
        tuple(sorted((user, int(other)))) for user, row in enumerate(array["neighbors"]) for other in row if other >= 0
    }
    assert links == {tuple(pair) for pair in array["edges"].tolist()}, "neighbors.npy: the union graph"
    padding = array["neighbors"] < 0
    assert (array["neighbor_similarities"][padding] == 0).all() and (array["neighbor_similarities"][~padding] > 0).all()
    assert (np.diff(array["neighbor_similarities"], axis=1) <= 0).all(), "neighbors are not sorted"
    print(f"{len(nodes)} nodes, {len(pairs)} edges")


if __name__ == "__main__":
    main(sys.argv[1])
