"""User-KNN: what the most similar users think."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import numpy.typing as npt

from . import _queries
from .graph import SimilarityGraph
from .predicting import RatingPredictor


class UserKNN(RatingPredictor):
    """Neighborhoods of users, compared exactly.

    There are two: one predicts ratings (:meth:`predict`), the other ranks items (:meth:`recommend`), for sorting by
    predicted ratings favors what a single near user adored. The score of an item is Σ s^ρ·r over the nearest users. The
    defaults are those of ``kindred compare --models knn``.

    Args:
        k: neighbors of a prediction.
        measure: of predictions: "cosine", "centered", or "baseline", ratings less the biases of user and item.
        norms: "all", or "shared" for those over the items that both rated.
        shrinkage: β, by which similarities are multiplied by support / (support + β).
        min_support: the fewest items that two neighbors have both rated; of lists too.
        min_similarity: the least similarity of a neighbor, from 0 to 1.
        item_weights: "none", "idf" or "bm25".
        neighborhood: the nearest raters of the item ("raters"), or the nearest users, whoever of them rated it
            ("overall").
        negative: whether negative similarities are left out ("ignore") or count against ("oppose").
        damping: draws predictions of few neighbors to the biases.
        user_regularization, item_regularization: of the biases.
        ranking_k: neighbors of a list.
        ranking_measure, ranking_shrinkage, ranking_item_weights: as above, of lists.
        amplification: ρ of lists; larger values give the nearest more weight.
        num_threads: 0 for all processors.
    """

    _kind: ClassVar[str] = "knn"
    _names: ClassVar[dict[str, str]] = {"k": "neighbors", "ranking_k": "ranking-neighbors"}

    def __init__(
        self,
        k: int = 40,
        *,
        measure: str = "baseline",
        norms: str = "shared",
        shrinkage: float = 200.0,
        min_support: int = 1,
        min_similarity: float = 0.0,
        item_weights: str = "none",
        neighborhood: str = "raters",
        negative: str = "ignore",
        damping: float = 0.15,
        user_regularization: float = 15.0,
        item_regularization: float = 10.0,
        ranking_k: int = 120,
        ranking_measure: str = "cosine",
        ranking_shrinkage: float = 0.0,
        ranking_item_weights: str = "bm25",
        amplification: float = 3.0,
        num_threads: int = 0,
    ) -> None:
        self.k = k
        self.measure = measure
        self.norms = norms
        self.shrinkage = shrinkage
        self.min_support = min_support
        self.min_similarity = min_similarity
        self.item_weights = item_weights
        self.neighborhood = neighborhood
        self.negative = negative
        self.damping = damping
        self.user_regularization = user_regularization
        self.item_regularization = item_regularization
        self.ranking_k = ranking_k
        self.ranking_measure = ranking_measure
        self.ranking_shrinkage = ranking_shrinkage
        self.ranking_item_weights = ranking_item_weights
        self.amplification = amplification
        self.num_threads = num_threads

    def graph(self) -> SimilarityGraph:
        """The nearest users by whom lists are made, as a graph; computed when it is first asked for."""
        fitted = self._fitted()
        if "graph" not in fitted.memory:
            fitted.memory["graph"] = self._compared()
        graph: SimilarityGraph = fitted.memory["graph"]
        return graph

    def _compared(self) -> SimilarityGraph:
        similarity = {
            "measure": self.ranking_measure,
            "shrinkage": self.ranking_shrinkage,
            "min_support": self.min_support,
            "item_weights": self.ranking_item_weights,
        }
        return SimilarityGraph(self._fitted().ratings, self.ranking_k, similarity, num_threads=self.num_threads)

    def similar_users(
        self,
        userid: int | npt.ArrayLike,
        N: int = 10,
        filter_users: npt.ArrayLike | None = None,
        users: npt.ArrayLike | None = None,
    ) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]:
        """The nearest users by whom lists are made: the user first, with 1, then at most ``ranking_k`` others.

        Args:
            userid: an index, or many.
            N: how many; a shorter list goes on with −1 and NaN.
            filter_users: users to leave out.
            users: the only users to list.

        Returns:
            (ids, similarities), each of shape (N,) for one user and (users, N) for many.
        """
        if filter_users is not None and users is not None:
            raise ValueError("filter_users and users exclude each other; leave the unwanted ones out of users")
        wanted, is_single = _queries.checked_users(userid)
        count = self.shape[0]
        _queries.checked_ids(wanted, count, "userid")
        is_allowed = np.ones(count, dtype=bool)
        if users is not None:
            is_allowed[:] = False
            is_allowed[_queries.checked_ids(users, count, "users")] = True
        if filter_users is not None:
            is_allowed[_queries.checked_ids(filter_users, count, "filter_users", needs_some=False)] = False
        N = _queries.positive(N, "N")
        ids = np.full((len(wanted), N), -1, dtype=np.int32)
        similarities = np.full((len(wanted), N), np.nan, dtype=np.float32)
        neighbors = self.graph().neighbors
        for place, user in enumerate(wanted):
            row = slice(neighbors.indptr[user], neighbors.indptr[user + 1])
            near = np.concatenate([[user], neighbors.indices[row]]).astype(np.int32)
            values = np.concatenate([[1], neighbors.data[row]]).astype(np.float32)
            chosen = np.flatnonzero(is_allowed[near])[:N]
            ids[place, : len(chosen)], similarities[place, : len(chosen)] = near[chosen], values[chosen]
        return (ids[0], similarities[0]) if is_single else (ids, similarities)
