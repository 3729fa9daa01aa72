"""Graphs and communities against SciPy, scikit-learn, NetworkX and igraph."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
import scipy.sparse as sp

import kindred


def cosines(ratings: sp.csr_matrix) -> Any:
    """All similarities and supports, dense, in double precision."""
    dense = ratings.toarray().astype(np.float64)
    directions = dense / np.linalg.norm(dense, axis=1, keepdims=True)
    supports = (dense != 0).astype(int) @ (dense != 0).astype(int).T
    return directions @ directions.T, supports


@pytest.fixture(scope="module")
def graph(ratings: sp.csr_matrix) -> kindred.SimilarityGraph:
    return kindred.similarity_graph(ratings, k=5)


def test_neighbors_are_the_highest_cosines(graph: kindred.SimilarityGraph, ratings: sp.csr_matrix) -> None:
    expected, supports = cosines(ratings)
    np.fill_diagonal(expected, -1)
    assert graph.neighbors.shape == graph.supports.shape == (60, 60)
    assert graph.neighbors.dtype == np.float32
    assert graph.supports.dtype == np.int32
    for user in range(60):
        row = slice(graph.neighbors.indptr[user], graph.neighbors.indptr[user + 1])
        others, similarities = graph.neighbors.indices[row], graph.neighbors.data[row]
        np.testing.assert_allclose(similarities, np.sort(expected[user])[::-1][:5], rtol=1e-6)
        np.testing.assert_allclose(similarities, expected[user, others], rtol=1e-6)
        assert graph.supports.data[row].tolist() == supports[user, others].tolist()
        assert graph.supports.indices[row].tolist() == others.tolist()


def test_neighbors_are_those_of_scikit_learn(graph: kindred.SimilarityGraph, ratings: sp.csr_matrix) -> None:
    neighbors = pytest.importorskip("sklearn.neighbors").NearestNeighbors(n_neighbors=6, metric="cosine").fit(ratings)
    distances, _ = neighbors.kneighbors(ratings)
    np.testing.assert_allclose(1 - distances[:, 1:], graph.neighbors.data.reshape(60, 5), atol=1e-5)


def test_sorting_one_matrix_leaves_the_other(ratings: sp.csr_matrix) -> None:
    graph = kindred.similarity_graph(ratings, k=5)
    before = graph.supports.toarray()
    graph.neighbors.sort_indices()
    assert np.array_equal(graph.supports.toarray(), before)


@pytest.mark.parametrize("kind", [sp.csr_matrix, sp.csr_array])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int16])
@pytest.mark.parametrize("index", [np.int32, np.int64])
def test_every_form_of_the_same_ratings_gives_the_same_bits(
    graph: kindred.SimilarityGraph, ratings: sp.csr_matrix, kind: Any, dtype: Any, index: Any
) -> None:
    given = kind(ratings.astype(dtype))
    given.indices, given.indptr = given.indices.astype(index), given.indptr.astype(index)
    other = kindred.similarity_graph(given, k=5, num_threads=1)
    assert other.neighbors.data.tobytes() == graph.neighbors.data.tobytes()
    assert other.neighbors.indices.tobytes() == graph.neighbors.indices.tobytes()


def test_options_reach_the_library(ratings: sp.csr_matrix) -> None:
    expected, supports = cosines(ratings)
    graph = kindred.similarity_graph(ratings, k=60, min_support=5, shrinkage=10.0, min_similarity=0.1)
    rows, columns = graph.neighbors.nonzero()
    wanted = expected * supports / (supports + 10)
    np.fill_diagonal(wanted, 0)
    keep = (wanted >= 0.1) & (supports >= 5)
    assert set(zip(rows.tolist(), columns.tolist())) == set(zip(*(axis.tolist() for axis in np.nonzero(keep))))
    np.testing.assert_allclose(graph.neighbors.toarray(), np.where(keep, wanted, 0), rtol=1e-5)
    centered = kindred.similarity_graph(ratings, k=5, measure="centered", norms="shared", item_weights="idf")
    assert centered.neighbors.data.tobytes() != graph.neighbors.data[: len(centered.neighbors.data)].tobytes()


def test_users_without_ratings_keep_their_rows() -> None:
    graph = kindred.similarity_graph(sp.csr_matrix(np.array([[5.0, 1], [0, 0], [5, 1]])), k=1)
    assert np.diff(graph.neighbors.indptr).tolist() == [1, 0, 1]
    assert graph.neighbors[0, 2] == pytest.approx(1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"k": 0}, "neighbors is 0"),
        ({"measure": "euclid"}, "measure"),
        ({"shrinkage": -1.0}, "shrinkage is -1"),
        ({"norms": "a\nb"}, "line"),
    ],
)
def test_wrong_options_are_named(ratings: sp.csr_matrix, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        kindred.similarity_graph(ratings, **options)


def test_a_memory_limit_is_kept(ratings: sp.csr_matrix) -> None:
    with pytest.raises(MemoryError):
        kindred.similarity_graph(ratings, memory_limit=1)


@pytest.mark.parametrize(
    ("value", "message"),
    [(np.nan, "nan"), (np.inf, "inf"), (-np.inf, "inf"), (1e30, "1e"), (1e300, "inf")],
)
def test_values_that_are_no_ratings_are_told_with_their_place(ratings: sp.csr_matrix, value: float, message: str) -> None:
    given = ratings.astype(np.float64)
    given.data[ratings.indptr[7] + 2] = value
    with pytest.raises(ValueError, match=message) as caught:
        kindred.similarity_graph(given)
    assert "7" in str(caught.value)


@pytest.mark.filterwarnings("ignore::kindred.ConversionWarning")
@pytest.mark.parametrize("column", [-1, 40, 2**31 - 1])
def test_columns_out_of_range_are_told_with_their_place(ratings: sp.csr_matrix, column: int) -> None:
    given = ratings.copy()
    given.indices[ratings.indptr[7]] = column
    with pytest.raises(ValueError, match=str(column)):
        kindred.similarity_graph(given)


@pytest.mark.parametrize("shape", [(0, 0), (0, 5), (5, 0), (5, 5)])
def test_empty_matrices_are_refused(shape: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="at least"):
        kindred.similarity_graph(sp.csr_matrix(np.zeros(shape)))


def test_communities_find_the_tastes(graph: kindred.SimilarityGraph) -> None:
    communities = graph.communities(resolution=0.5, seed=1)
    assert communities.labels.shape == (60,)
    assert communities.labels.dtype == np.int32
    assert sorted(set(communities.labels)) == list(range(communities.count))
    assert (np.diff(np.bincount(communities.labels)) <= 0).all()
    assert communities.disconnected == 0
    assert communities.members(0).tolist() == np.flatnonzero(communities.labels == 0).tolist()
    assert np.isnan(communities.stability)
    assert 0 <= graph.communities(stability=3).stability <= 1
    assert graph.communities("none").count == 60
    with pytest.raises(ValueError, match="communities"):
        graph.communities("spectral")
    with pytest.raises(IndexError):
        communities.members(60)


def test_modularity_is_that_of_networkx(graph: kindred.SimilarityGraph) -> None:
    networkx = pytest.importorskip("networkx")
    communities = graph.communities()
    other = graph.to_networkx(communities=communities)
    groups = [set(communities.members(label).tolist()) for label in range(communities.count)]
    assert networkx.community.modularity(other, groups) == pytest.approx(communities.modularity, abs=1e-6)
    assert other.nodes[3]["community"] == communities.labels[3]
    assert other.size(weight="weight") == pytest.approx(communities.total_weight)


@pytest.mark.parametrize("combine", ["union", "mutual"])
def test_edges(graph: kindred.SimilarityGraph, combine: str) -> None:
    edges = graph.edges(combine)
    directed = graph.neighbors.toarray()
    wanted = np.maximum(directed, directed.T) if combine == "union" else np.minimum(directed, directed.T)
    assert (edges.sources < edges.targets).all()
    assert sorted(zip(edges.sources.tolist(), edges.targets.tolist())) == list(
        zip(*(a.tolist() for a in np.nonzero(np.triu(wanted))))
    )
    assert edges.weights.tolist() == wanted[edges.sources, edges.targets].tolist()
    networkx, igraph = pytest.importorskip("networkx"), pytest.importorskip("igraph")
    one, two = graph.to_networkx(combine), graph.to_igraph(combine)
    assert isinstance(one, networkx.Graph)
    assert isinstance(two, igraph.Graph)
    assert one.number_of_edges() == two.ecount() == len(edges.sources)
    assert two.es["support"] == edges.supports.tolist()
    assert two.vs["name"][:2] == ["0", "1"]
    assert one.number_of_nodes() == two.vcount() == 60


def test_write(graph: kindred.SimilarityGraph, tmp_path: Path) -> None:
    graph.write(tmp_path / "graph.graphml")
    graph.write(tmp_path / "graph.gexf")
    graph.write(tmp_path / "graph.mtx")
    graph.write(tmp_path / "folder")
    networkx = pytest.importorskip("networkx")
    read = networkx.read_graphml(tmp_path / "graph.graphml")
    assert (read.number_of_nodes(), read.number_of_edges()) == (60, len(graph.edges().sources))
    edges = ElementTree.parse(tmp_path / "graph.gexf").iter("{http://gexf.net/1.3}edge")
    assert read.number_of_edges() == len(list(edges))
    with open(tmp_path / "folder" / "edges.csv", encoding="utf-8") as file:
        assert len(list(csv.DictReader(file))) == len(graph.edges().sources)
    with pytest.raises(ValueError, match="does not say its format"):
        graph.write(tmp_path / "graph.xyz")
    with pytest.raises(ValueError, match="xyz"):
        graph.write(tmp_path / "graph.graphml", format="xyz")
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        graph.write(tmp_path / "file" / "graph.graphml")


def test_labels_of_a_frame_are_the_ids(tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"user": ["zoë", "a\0b", "kim", "kim"], "item": [1, 1, 1, 2], "rating": [5, 4, 3, 2]})
    graph = kindred.similarity_graph(frame, k=2)
    assert graph.users.tolist() == ["a\0b", "kim", "zoë"]
    networkx = pytest.importorskip("networkx")
    assert isinstance(graph.to_networkx(), networkx.Graph)
    assert set(graph.to_networkx().nodes) == {"a\0b", "kim", "zoë"}
    graph.write(tmp_path / "graph.graphml")
    assert "zoë" in (tmp_path / "graph.graphml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "options", [{}, {"measure": "centered", "shrinkage": 4.0}, {"item_weights": "bm25"}, {"norms": "shared", "min_support": 3}]
)
def test_guests_with_the_ratings_of_users_have_their_neighbors(ratings: sp.csr_matrix, options: dict[str, Any]) -> None:
    graph = kindred.similarity_graph(ratings, k=7, **options)
    found = graph.nearest(ratings, k=8, num_threads=2)
    assert found.shape == (60, 60)
    own = found.diagonal()
    assert (own > 0).all()
    assert (own == found.max(axis=1).toarray().ravel()).all()
    found.setdiag(0)
    found.eliminate_zeros()
    assert np.array_equal(found.toarray(), graph.neighbors.toarray())


def test_guests_are_compared_with_the_users_alone(ratings: sp.csr_matrix) -> None:
    graph = kindred.similarity_graph(ratings[:50], k=5)
    expected, _ = cosines(ratings)
    found = graph.nearest(ratings[50:])
    assert np.diff(found.indptr).tolist() == [5] * 10
    for row in range(10):
        others = expected[50 + row, :50]
        np.testing.assert_allclose(found[row].data, np.sort(others)[::-1][:5], rtol=1e-6)
        np.testing.assert_allclose(found[row].data, others[found[row].indices], rtol=1e-6)
    nobody = graph.nearest(sp.csr_matrix(np.zeros((3, 40), dtype=np.float32)))
    assert (nobody.shape, nobody.nnz) == ((3, 50), 0)
    assert graph.nearest(ratings[:0]).shape == (0, 50)
    with pytest.raises(ValueError, match="has 39 items; those of the search are 40"):
        graph.nearest(ratings[:, :39])
    with pytest.raises(ValueError, match="k is 0"):
        graph.nearest(ratings, k=0)
