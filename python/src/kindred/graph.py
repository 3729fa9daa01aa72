"""The exact graph of similar users."""

from __future__ import annotations

import ctypes
import os
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp

from . import _calls
from ._frames import Labels
from ._library import Handle
from ._matrices import csr
from ._queries import positive
from ._ratings import Ratings
from ._search import Search
from .communities import Communities, Edges

if TYPE_CHECKING:
    import igraph
    import networkx


def similarity_graph(
    user_items: object,
    k: int = 50,
    measure: str = "cosine",
    *,
    norms: str = "all",
    min_support: int = 1,
    min_similarity: float = 0.0,
    shrinkage: float = 0.0,
    item_weights: str = "none",
    memory_limit: int | None = None,
    num_threads: int = 0,
    show_progress: bool = False,
) -> SimilarityGraph:
    """Compares every pair of users and keeps the k nearest of each: exactly, not approximately.

    The same ratings and options give the same bits, at any number of threads and on the command line
    (``kindred graph``). Among equally near users the lower index comes first.

    Args:
        user_items: a SciPy CSR matrix of shape (users, items), read in place; or a frame of pandas or polars with columns
            user, item and perhaps rating and timestamp.
        k: the most neighbors of a user.
        measure: what a rating contributes: itself ("cosine"), itself less the user's mean ("centered"), or less the
            biases of user and item ("baseline").
        norms: over all items of a user ("all") or the items that both rated ("shared"; with "centered" this is Pearson's
            correlation).
        min_support: the fewest items that two neighbors have both rated.
        min_similarity: the least similarity, from 0 to 1; neighbors are more similar than 0 in any case.
        shrinkage: β, by which a similarity is multiplied by support / (support + β).
        item_weights: "none", "idf" or "bm25"; the latter two give rare items more weight.
        memory_limit: bytes beside the ratings; a graph that needs more raises MemoryError.
        num_threads: 0 for all processors.
        show_progress: shows a bar of tqdm.

    Raises:
        ValueError: for ratings or options that do not hold, with position, value and remedy.
        MemoryError: beyond ``memory_limit``.

    Example:
        >>> import numpy as np, scipy.sparse as sp
        >>> graph = similarity_graph(sp.csr_matrix(np.array([[5.0, 3, 0], [5, 3, 0], [0, 3, 4]])), k=1)
        >>> graph.neighbors[0, 1].item()
        1.0
    """
    similarity = {
        "measure": measure,
        "norms": norms,
        "min_support": min_support,
        "min_similarity": min_similarity,
        "shrinkage": shrinkage,
        "item_weights": item_weights,
    }
    ratings = Ratings(user_items, num_threads=num_threads)
    progress = "similarities" if show_progress else None
    return SimilarityGraph(ratings, k, similarity, memory_limit, num_threads, progress)


class SimilarityGraph:
    """The nearest neighbors of every user; made by :func:`similarity_graph`.

    Attributes:
        neighbors: the similarities, a CSR matrix of shape (users, users) and float32; each row lists the user's nearest,
            the nearest first. ``neighbors.sort_indices()`` orders them by index instead.
        users: the id of each user: those of the frame, or 0, 1, … of a matrix.
    """

    neighbors: sp.csr_matrix
    users: Labels

    def __init__(
        self,
        ratings: Ratings,
        k: int,
        similarity: dict[str, object],
        memory_limit: int | None = None,
        num_threads: int = 0,
        progress: str | None = None,
    ) -> None:
        self.users = ratings.user_labels
        self._ratings, self._k, self._similarity = ratings, k, similarity
        self._handle = Handle("graph")
        options = _calls.options(neighbors=k, memory_limit=memory_limit, threads=num_threads, **similarity)
        _calls.run("graph_make", ratings.handle, options, self._handle.out, progress=progress)
        users, count = ctypes.c_int64(), ctypes.c_int64()
        _calls.run("graph_size", self._handle, ctypes.byref(users), ctypes.byref(count))
        self._size = users.value, count.value
        self.neighbors = self._matrix(similarities=True)
        self._edges: dict[str, Communities] = {}

    @cached_property
    def supports(self) -> sp.csr_matrix:
        """The numbers of items that both rated, int32, in the shape and order of :attr:`neighbors`."""
        return self._matrix(similarities=False)

    def _matrix(self, *, similarities: bool) -> sp.csr_matrix:
        """The neighbors with their similarities or their supports, in arrays that nothing else uses."""
        users, count = self._size
        offsets = np.empty(users + 1, dtype=np.int64)
        indices = np.empty(count, dtype=np.int32)
        values = np.empty(count, dtype=np.float32 if similarities else np.int32)
        wanted = (values, None) if similarities else (None, values)
        _calls.run("graph_neighbors", self._handle, offsets, indices, *wanted)
        return sp.csr_matrix((values, indices, offsets), shape=(users, users))

    def nearest(
        self, user_items: object, k: int | None = None, *, num_threads: int = 0, show_progress: bool = False
    ) -> sp.csr_matrix:
        """The users of the graph who are nearest to people who are not in it, by the ratings of these.

        Similarities are those of the graph. What its measure learns from all ratings, biases and item weights, stays as it
        is: who has the ratings of a user has that user's neighbors, and the user as the nearest.

        Args:
            user_items: a SciPy CSR matrix with a row for each person, on the items of the graph's ratings.
            k: the most neighbors of a person; None for as many as those of the graph.
            num_threads: 0 for all processors.
            show_progress: shows a bar of tqdm.

        Returns:
            CSR of shape (people, users) and float32; each row lists the nearest first.
        """
        count = positive(self._k if k is None else k, "k")
        return self._search.nearest(csr(user_items), count, num_threads, "neighbors" if show_progress else None)

    @cached_property
    def _search(self) -> Search:
        return Search(self._ratings, _calls.options(**self._similarity))

    def communities(
        self,
        algorithm: str = "leiden",
        *,
        resolution: float = 1.0,
        seed: int = 1,
        combine: str = "union",
        starts: int | None = None,
        stability: int = 0,
        num_threads: int = 0,
        show_progress: bool = False,
    ) -> Communities:
        """Finds communities: groups of users who are more similar to each other than by chance.

        Args:
            algorithm: "leiden", whose communities are connected; "louvain"; "labels" (label propagation); or "none".
            resolution: γ of modularity; more than 1 for smaller communities, less for larger ones.
            seed: of all random choices; the same seed gives the same labels.
            combine: an edge joins two users if either keeps the other ("union"), or only if both do ("mutual").
            starts: the most restarts, the best of which is kept; None for 20, fewer on large graphs.
            stability: the number of further seeds over which communities are compared; 0 for no comparison.
            num_threads: 0 for all processors.
            show_progress: shows a bar of tqdm.
        """
        options = _calls.options(
            communities=algorithm,
            resolution=resolution,
            seed=seed,
            combine=combine,
            starts=starts,
            stability=stability,
            threads=num_threads,
        )
        return Communities(self._handle, options, self.users, "communities" if show_progress else None)

    def edges(self, combine: str = "union") -> Edges:
        """The pairs of users that the graph joins, each once, the lower index first.

        Args:
            combine: whether one of two users has to keep the other ("union"), or both ("mutual").
        """
        if combine not in self._edges:
            self._edges[combine] = self.communities("none", combine=combine)
        return self._edges[combine].edges

    def to_networkx(self, combine: str = "union", communities: Communities | None = None) -> networkx.Graph[Any]:
        """The graph for NetworkX: nodes are the ids of users, edges have ``weight`` and ``support``.

        Args:
            combine: as in :meth:`edges`; not used where communities are given, which have edges of their own.
            communities: whose labels nodes get as ``community``.
        """
        import networkx

        edges = communities.edges if communities else self.edges(combine)
        graph = networkx.Graph()
        names = self.users.tolist()
        labels = communities.labels.tolist() if communities else None
        graph.add_nodes_from((name, {"community": labels[user]} if labels else {}) for user, name in enumerate(names))
        graph.add_edges_from(
            (names[source], names[target], {"weight": weight, "support": support})
            for source, target, weight, support in zip(*(array.tolist() for array in edges))
        )
        return graph

    def to_igraph(self, combine: str = "union", communities: Communities | None = None) -> igraph.Graph:
        """The graph for igraph: vertices have ``name``, edges ``weight`` and ``support``.

        Args:
            combine: as in :meth:`edges`; not used where communities are given, which have edges of their own.
            communities: whose labels vertices get as ``community``.
        """
        import igraph

        edges = communities.edges if communities else self.edges(combine)
        graph = igraph.Graph(n=len(self.users), edges=np.column_stack([edges.sources, edges.targets]).tolist())
        graph.vs["name"] = [str(user) for user in self.users.tolist()]
        graph.es["weight"] = edges.weights.tolist()
        graph.es["support"] = edges.supports.tolist()
        if communities:
            graph.vs["community"] = communities.labels.tolist()
        return graph

    def write(self, path: str | os.PathLike[str], format: str | None = None, communities: Communities | None = None) -> None:
        """Writes the graph with its communities, as ``kindred graph`` does.

        Args:
            path: a file that ends in .graphml, .gexf or .mtx, or a folder.
            format: for a file another format than its name says; for a folder comma-separated formats of csv, graphml,
                gexf, npy, gephi, neo4j and matrixmarket; None for csv and graphml.
            communities: those to write; None for the default ones.
        """
        (communities or self.communities()).write(path, format)

    def __repr__(self) -> str:
        return f"SimilarityGraph({len(self.users)} users, {self.neighbors.nnz} neighbors)"
