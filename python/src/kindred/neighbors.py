"""The similarity graph as a transformer of scikit-learn, which this module needs."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from joblib import effective_n_jobs
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from . import _calls
from ._matrices import csr
from ._ratings import Ratings
from ._search import Search
from .graph import similarity_graph

_MODES = ("distance", "connectivity", "similarity")


class UserNeighbors(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Turns ratings into the graph of the nearest users, as ``KNeighborsTransformer`` does: exact, by ratings.

    The graph goes into estimators with ``metric="precomputed"``. What differs from scikit-learn: only users with a positive
    similarity are neighbors, so that a row may be shorter; a zero is no rating, also in a dense array; and a user without
    ratings has an empty row.

    Args:
        n_neighbors: the most neighbors of a user. Modes "distance" and "similarity" have the user as one more.
        mode: entries are 1 − similarity ("distance"), 1 ("connectivity") or the similarity itself ("similarity").
        measure, norms, min_support, min_similarity, shrinkage, item_weights: as in :func:`kindred.similarity_graph`.
        n_jobs: threads; −1 for all processors.

    Attributes:
        n_features_in_: the number of items.
        n_samples_fit_: the number of users.
        neighbors_: the similarities of the users, as :attr:`kindred.SimilarityGraph.neighbors`.

    Example:
        >>> from sklearn.cluster import DBSCAN
        >>> from sklearn.pipeline import make_pipeline
        >>> clusters = make_pipeline(UserNeighbors(n_neighbors=10), DBSCAN(metric="precomputed"))
    """

    def __init__(
        self,
        n_neighbors: int = 50,
        *,
        mode: str = "distance",
        measure: str = "cosine",
        norms: str = "all",
        min_support: int = 1,
        min_similarity: float = 0.0,
        shrinkage: float = 0.0,
        item_weights: str = "none",
        n_jobs: int = -1,
    ) -> None:
        self.n_neighbors = n_neighbors
        self.mode = mode
        self.measure = measure
        self.norms = norms
        self.min_support = min_support
        self.min_similarity = min_similarity
        self.shrinkage = shrinkage
        self.item_weights = item_weights
        self.n_jobs = n_jobs

    def fit(self, X: Any, y: Any = None) -> UserNeighbors:
        """Computes the graph of the users.

        Args:
            X: ratings, of shape (users, items), sparse or dense; zeros are no ratings.
            y: not used.
        """
        if self.mode not in _MODES:
            raise ValueError(f"mode is {self.mode!r}; it has to be one of {', '.join(_MODES)}")
        self._fit_X = self._validated(X, reset=True)
        threads = effective_n_jobs(self.n_jobs)
        graph = similarity_graph(self._fit_X, self.n_neighbors, num_threads=threads, **self._similarity())
        self.neighbors_ = graph.neighbors
        self.n_samples_fit_ = self._n_features_out = self._fit_X.shape[0]
        return self

    def transform(self, X: Any) -> sp.csr_matrix:
        """The nearest users of the fit for each row of X, which is taken for a user of its own.

        Returns:
            CSR of shape (rows of X, users of the fit); each row lists the nearest first.

        Raises:
            ValueError: for another number of items.
        """
        check_is_fitted(self)
        rows = self._validated(X, reset=False)
        count = self.n_neighbors + (self.mode != "connectivity")
        threads = effective_n_jobs(self.n_jobs)
        search = Search(Ratings(self._fit_X, "X"), _calls.options(**self._similarity(), threads=threads))
        return self._entries(search.nearest(csr(rows, "X"), count, threads))

    def fit_transform(self, X: Any, y: Any = None, **_: Any) -> sp.csr_matrix:
        """Fits, and returns the graph of the users; each is the first of their own neighbors, at distance 0.

        Exact and fast for any number of users, by :func:`kindred.similarity_graph`.
        """
        self.fit(X)
        graph = self.neighbors_
        users, sizes = np.arange(graph.shape[0]), np.diff(graph.indptr)
        own = users[np.diff(self._fit_X.indptr) > 0]
        # The last neighbor gives way to the user where entries have no distances.
        last = self.n_neighbors - (self.mode == "connectivity")
        keep = np.arange(graph.nnz) - np.repeat(graph.indptr[:-1], sizes) < last
        rows = np.concatenate([own, np.repeat(users, sizes)[keep]])
        # Stable, so that users come before their neighbors, and these stay in order.
        order = np.argsort(rows, kind="stable")
        columns = np.concatenate([own, graph.indices[keep]])[order]
        values = np.concatenate([np.ones(len(own), dtype=np.float32), graph.data[keep]])[order]
        starts = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=len(users)))])
        return self._entries(sp.csr_matrix((values, columns, starts), shape=graph.shape))

    def _similarity(self) -> dict[str, Any]:
        names = ("measure", "norms", "min_support", "min_similarity", "shrinkage", "item_weights")
        return {name: getattr(self, name) for name in names}

    def _entries(self, nearest: sp.csr_matrix) -> sp.csr_matrix:
        values: npt.NDArray[np.float32] = nearest.data
        if self.mode == "distance":
            values = np.maximum(0, 1 - values)
        elif self.mode == "connectivity":
            values = np.ones_like(values)
        return sp.csr_matrix((values, nearest.indices, nearest.indptr), shape=nearest.shape)

    def _validated(self, X: Any, reset: bool) -> Any:
        """Ratings as CSR, as scikit-learn wants them checked."""
        checked = validate_data(self, X, reset=reset, accept_sparse="csr", dtype=(np.float32, np.float64))
        matrix = sp.csr_matrix(checked)
        if not matrix.has_canonical_format:
            matrix = matrix.copy()
            matrix.sum_duplicates()
        return matrix

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.transformer_tags.preserves_dtype = []
        return tags
