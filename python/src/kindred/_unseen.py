"""Neighbors of users outside of a graph, by SciPy: in double precision, row by row."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from ._queries import best

_CELLS = 1 << 24
"""So many similarities are held at once."""


class UnseenNeighbors:
    """Compares users with those of a fit, by the definitions of :func:`kindred.similarity_graph`.

    Args:
        fitted: the ratings of the fit, CSR without duplicates.
        measure: "cosine" or "centered"; others depend on the ratings of all.
        norms, min_support, min_similarity, shrinkage: as there.
    """

    def __init__(
        self, fitted: Any, measure: str, norms: str, min_support: int, min_similarity: float, shrinkage: float
    ) -> None:
        self._measure, self._norms = measure, norms
        self._min_support, self._min_similarity, self._shrinkage = min_support, min_similarity, shrinkage
        self._users = _Side(fitted, measure)

    def nearest(self, rows: Any, count: int) -> sp.csr_matrix:
        """The most similar users of each row, the nearest first."""
        users = self._users.values.shape[0]
        indices, values, offsets = [], [], [0]
        step = max(1, _CELLS // max(1, users))
        for start in range(0, rows.shape[0], step):
            for similarities in self._similarities(rows[start : start + step]):
                chosen = best(similarities, count)
                chosen = chosen[similarities[chosen] > 0]
                indices.append(chosen)
                values.append(similarities[chosen])
                offsets.append(offsets[-1] + len(chosen))
        shape = (rows.shape[0], users)
        return sp.csr_matrix((np.concatenate(values), np.concatenate(indices).astype(np.int32), offsets), shape=shape)

    def _similarities(self, rows: Any) -> npt.NDArray[np.float32]:
        """Of some rows with all users, dense; 0 where they are no neighbors."""
        one, other = _Side(rows, self._measure), self._users
        supports = (one.pattern @ other.pattern.T).toarray()
        products = (one.values @ other.values.T).toarray()
        if self._norms == "shared":
            squares = (one.squares @ other.pattern.T).toarray() * (one.pattern @ other.squares.T).toarray()
        else:
            squares = np.outer(one.squares.sum(axis=1), other.squares.sum(axis=1))
        with np.errstate(divide="ignore", invalid="ignore"):
            similarities = products / np.sqrt(squares) * supports / (supports + self._shrinkage)
        is_near = (supports >= self._min_support) & (squares > 0) & (similarities >= self._min_similarity)
        kept: npt.NDArray[np.float32] = np.where(is_near & (products > 0), similarities, 0).astype(np.float32)
        return kept


class _Side:
    """What ratings contribute, their squares, and where they are."""

    def __init__(self, ratings: Any, measure: str) -> None:
        self.values = sp.csr_matrix(ratings, dtype=np.float64, copy=True)
        self.pattern = self.values.copy()
        self.pattern.data[:] = 1
        if measure == "centered":
            counts = np.diff(self.values.indptr)
            means = np.asarray(self.values.sum(axis=1)).ravel() / np.maximum(1, counts)
            self.values.data -= np.repeat(means, counts)
        self.squares = self.values.copy()
        self.squares.data **= 2
