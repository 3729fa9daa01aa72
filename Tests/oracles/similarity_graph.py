"""Holds an export of `kindred graph` against scipy and igraph.

    similarity_graph.py RATINGS EXPORT K

RATINGS is a tab-separated ratings file, EXPORT the folder that `kindred graph RATINGS --neighbors K` wrote with cosine and
union. Every cosine is computed anew from a scipy matrix, the graph and its modularity by igraph. Ends with an error where
the two differ.
"""

import csv
import json
import random
import sys

import igraph
import numpy as np
from scipy.sparse import csr_matrix


def expected_edges(ratings, k):
    """The union graph of the k nearest: {(source, target): (cosine, support)}, ties by the lower index."""
    product = (ratings @ ratings.T).toarray()
    norms = np.sqrt(np.diag(product))
    # Stored similarities are single precision, and so are their ties.
    cosine = (product / np.outer(norms, norms)).astype(np.float32)
    np.fill_diagonal(cosine, 0)
    pattern = (ratings != 0).astype(np.float64)
    support = (pattern @ pattern.T).toarray().astype(int)
    edges = {}
    for user in range(cosine.shape[0]):
        order = np.lexsort((np.arange(cosine.shape[0]), -cosine[user]))[:k]
        for other in order[cosine[user, order] > 0]:
            pair = (min(user, int(other)), max(user, int(other)))
            edges[pair] = (cosine[pair], support[pair])
    return edges


def main(ratings_path, export, k):
    table = np.loadtxt(ratings_path, dtype=np.int64)
    users, user = np.unique(table[:, 0], return_inverse=True)
    items, item = np.unique(table[:, 1], return_inverse=True)
    ratings = csr_matrix((table[:, 2].astype(np.float64), (user, item)), shape=(len(users), len(items)))

    index = {str(name): position for position, name in enumerate(users)}
    with open(f"{export}/edges.csv", newline="") as file:
        found = {
            (index[row["source"]], index[row["target"]]): (np.float32(row["similarity"]), int(row["support"]))
            for row in csv.DictReader(file)
        }
    expected = expected_edges(ratings, k)
    assert found.keys() == expected.keys(), f"{len(found.keys() ^ expected.keys())} edges differ"
    for pair, (similarity, support) in expected.items():
        assert found[pair][1] == support, f"{pair}: support {found[pair][1]}, scipy {support}"
        assert abs(found[pair][0] - similarity) <= np.spacing(similarity), f"{pair}: {found[pair][0]}, scipy {similarity}"

    with open(f"{export}/users.csv", newline="") as file:
        communities = [int(row["community"]) for row in csv.DictReader(file)]
    with open(f"{export}/summary.json") as file:
        summary = json.load(file)
    graph = igraph.Graph(n=len(users), edges=list(found))
    graph.es["weight"] = [float(similarity) for similarity, _ in found.values()]
    modularity = graph.modularity(communities, weights="weight")
    assert abs(modularity - summary["modularity"]) < 1e-9, f"modularity {summary['modularity']}, igraph {modularity}"
    assert abs(sum(graph.es["weight"]) - summary["total_weight"]) < 1e-3
    assert (summary["users"], summary["items"], summary["ratings"], summary["edges"]) == (
        len(users), len(items), len(table), len(found))
    for community in set(communities):
        members = [vertex for vertex, label in enumerate(communities) if label == community]
        assert graph.induced_subgraph(members).is_connected(), f"community {community} is not connected"

    runs = []
    for seed in range(10):
        random.seed(seed)
        igraph.set_random_number_generator(random)
        runs.append(graph.community_leiden("modularity", weights="weight", n_iterations=-1).modularity)
    assert modularity >= max(runs) - 0.002, f"modularity {modularity}, igraph's Leiden {max(runs)}"
    print(json.dumps({"edges": len(found), "modularity": modularity, "igraph": max(runs)}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
