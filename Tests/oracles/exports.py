"""Holds the exports of `kindred graph` in all formats against each other.

    exports.py EXPORT

networkx and igraph read the GraphML, networkx the GEXF, numpy the arrays, scipy the matrix, pandas and the rules of Gephi and
neo4j-admin the tables; all must tell what the CSV files tell: the same nodes, edges, weights to the last bit, and attributes.
Ends with an error where they differ.
"""

import re
import sys

import igraph
import networkx
import numpy as np
import pandas
import scipy.io


def read(path):
    """A table as the documentation says to read it: texts as they are, so that `NA` and `007` stay what they are."""
    return pandas.read_csv(path, dtype=str, keep_default_na=False, lineterminator="\n").to_dict("records")


def in_xml(text):
    """What XML 1.0 can hold of a text, with U+FFFD for the rest."""
    return re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", text)


def read_as_gephi(path):
    """A table by Gephi's settings of Apache Commons CSV: every field trimmed, a backslash escapes, empty fields are null."""
    fields, text, row, quoted, place = [], "", [], False, 0
    content = open(path, encoding="utf-8", newline="").read()
    while place < len(content):
        letter = content[place]
        if letter == "\\" and place + 1 < len(content):
            following = content[place + 1]
            known = {"r": "\r", "n": "\n", "t": "\t", "b": "\b", "f": "\f"}
            meta = {c: c for c in ",\"\\\r\n\t\b\f"}
            text += (known | meta).get(following, "\\" + following)
            place += 1
        elif quoted and letter == '"' and content[place + 1 : place + 2] == '"':
            text += '"'
            place += 1
        elif letter == '"' and (quoted or not text.strip()):
            quoted = not quoted
        elif letter in ",\n" and not quoted:
            row.append(text.strip("".join(map(chr, range(0x21)))) or None)
            text = ""
            if letter == "\n":
                fields.append(row)
                row = []
        else:
            text += letter
        place += 1
    header, *rows = fields
    assert all(len(row) == len(header) for row in rows), f"{path}: rows differ in length"
    return [dict(zip(header, row)) for row in rows]


def changes_in_gephi(text):
    return "\\" in text or text != text.strip("".join(map(chr, range(0x21))))


def check_gephi(export, nodes, pairs):
    by_id = {node[0]: node for node in nodes if not changes_in_gephi(node[0])}
    if len(by_id) == len(nodes):
        table, edges = read_as_gephi(f"{export}/gephi/nodes.csv"), read_as_gephi(f"{export}/gephi/edges.csv")
    else:
        table, edges = read(f"{export}/gephi/nodes.csv"), read(f"{export}/gephi/edges.csv")
    assert [
        (row["Id"], int(row["community"]), int(row["ratings"]), float(row["mean_rating"]), int(row["degree"]))
        for row in table
    ] == nodes, "Gephi: nodes"
    assert all(row["Id"] == row["Label"] for row in table)
    assert all(row["Type"] == "Undirected" for row in edges)
    assert sorted(
        (*sorted((row["Source"], row["Target"])), float(row["Weight"]), int(row["support"])) for row in edges
    ) == pairs, "Gephi: edges"


def check_neo4j(export, nodes, pairs):
    """By the header format of neo4j-admin: NAME:TYPE, and names within the id space `User`."""
    convert = {"int": int, "double": float, "float": float, "ID(User)": str, "LABEL": str}
    convert |= {"START_ID(User)": str, "END_ID(User)": str, "TYPE": str}

    def rows(name):
        for row in read(f"{export}/neo4j/{name}.csv"):
            yield {key.split(":")[0] or key: convert[key.split(":")[1]](value) for key, value in row.items()}

    table, edges = list(rows("nodes")), list(rows("relationships"))
    assert [
        (row["userId"], row["community"], row["ratings"], row["meanRating"], row["degree"]) for row in table
    ] == nodes, "neo4j: nodes"
    assert {row[":LABEL"] for row in table} == {"User"} and {row[":TYPE"] for row in edges} <= {"SIMILAR_TO"}
    assert sorted(
        (*sorted((row[":START_ID(User)"], row[":END_ID(User)"])), row["similarity"], row["support"]) for row in edges
    ) == pairs, "neo4j: relationships"


def check_matrix(export, ids, edges):
    with open(f"{export}/graph.mtx", encoding="ascii") as file:
        assert file.readline() == "%%MatrixMarket matrix coordinate real symmetric\n"
    matrix = scipy.io.mmread(f"{export}/graph.mtx").tocsr()
    assert matrix.shape == (len(ids), len(ids)) and matrix.nnz == 2 * len(edges) and (matrix != matrix.T).nnz == 0
    place = {name: index for index, name in enumerate(ids)}
    assert all(matrix[place[row["source"]], place[row["target"]]] == float(row["similarity"]) for row in edges)


def node(user):
    return (user["user_id"], int(user["community"]), int(user["ratings"]), float(user["mean_rating"]), int(user["degree"]))


def edge(row):
    return (*sorted((row["source"], row["target"])), float(row["similarity"]), int(row["support"]))


def main(export):
    users, edges = read(f"{export}/users.csv"), read(f"{export}/edges.csv")
    nodes = [node(user) for user in users]
    pairs = sorted(edge(row) for row in edges)
    names = ("label", "community", "ratings", "mean_rating", "degree")
    check_gephi(export, nodes, pairs)
    check_neo4j(export, nodes, pairs)
    check_matrix(export, [user["user_id"] for user in users], edges)

    nodes = [(in_xml(node[0]), *node[1:]) for node in nodes]
    pairs = sorted((*sorted((in_xml(a), in_xml(b))), *rest) for a, b, *rest in pairs)
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
