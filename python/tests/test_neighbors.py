"""The transformer of scikit-learn."""

from __future__ import annotations

import pickle
from typing import Any, Callable

import numpy as np
import pytest
import scipy.sparse as sp

pytest.importorskip("sklearn", minversion="1.6")

from sklearn.cluster import DBSCAN
from sklearn.neighbors import KNeighborsTransformer
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks

import kindred
from kindred.neighbors import UserNeighbors

EXPECTED_FAILURES: dict[str, str] = {}


@parametrize_with_checks(  # type: ignore[untyped-decorator, unused-ignore]
    [UserNeighbors(n_neighbors=5), UserNeighbors(n_neighbors=3, mode="connectivity", n_jobs=1)],
    expected_failed_checks=lambda estimator: EXPECTED_FAILURES,
)
def test_checks_of_scikit_learn(estimator: Any, check: Callable[[Any], None]) -> None:
    check(estimator)


def test_distances_are_those_of_scikit_learn(ratings: sp.csr_matrix) -> None:
    own = UserNeighbors(n_neighbors=5).fit_transform(ratings)
    other = KNeighborsTransformer(n_neighbors=5, metric="cosine").fit_transform(ratings)
    assert np.diff(own.indptr).tolist() == np.diff(other.indptr).tolist()
    assert own.indices.reshape(60, 6)[:, 0].tolist() == list(range(60))
    np.testing.assert_allclose(own.data, other.data, atol=1e-5)


def test_unseen_users_are_compared_with_those_of_the_fit(ratings: sp.csr_matrix) -> None:
    known, unseen = ratings[:50], ratings[50:]
    own = UserNeighbors(n_neighbors=4).fit(known).transform(unseen)
    other = KNeighborsTransformer(n_neighbors=4, metric="cosine").fit(known).transform(unseen)
    assert own.shape == (10, 50)
    np.testing.assert_allclose(own.data, other.data, atol=1e-5)


def test_similarities_are_those_of_the_graph(ratings: sp.csr_matrix) -> None:
    graph = kindred.similarity_graph(ratings, k=5, measure="centered", shrinkage=3.0)
    neighbors = UserNeighbors(n_neighbors=5, mode="similarity", measure="centered", shrinkage=3.0)
    found = neighbors.fit_transform(ratings)
    assert (found.diagonal() == 1).all()
    assert np.array_equal((found - sp.identity(60, dtype=np.float32)).toarray(), graph.neighbors.toarray())
    assert np.array_equal(neighbors.neighbors_.toarray(), graph.neighbors.toarray())


@pytest.mark.parametrize("mode", ["distance", "connectivity", "similarity"])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"measure": "centered"},
        {"norms": "shared", "min_support": 4},
        {"measure": "centered", "norms": "shared", "min_support": 3, "min_similarity": 0.2},
        {"measure": "baseline"},
        {"item_weights": "idf"},
        {"measure": "baseline", "item_weights": "bm25", "norms": "shared", "min_support": 4},
    ],
)
def test_unseen_users_are_compared_as_in_the_graph(ratings: sp.csr_matrix, mode: str, options: dict[str, Any]) -> None:
    neighbors = UserNeighbors(n_neighbors=6, mode=mode, **options)
    together = neighbors.fit_transform(ratings)
    apart = neighbors.transform(ratings)
    assert np.diff(apart.indptr).tolist() == np.diff(together.indptr).tolist()
    np.testing.assert_allclose(apart.toarray(), together.toarray(), atol=1e-5)


def test_a_copy_searches_anew(ratings: sp.csr_matrix) -> None:
    neighbors = UserNeighbors(n_neighbors=4).fit(ratings)
    found = neighbors.transform(ratings)
    again = pickle.loads(pickle.dumps(neighbors)).transform(ratings)
    assert np.array_equal(found.toarray(), again.toarray())


def test_a_pipeline_with_a_precomputed_metric(ratings: sp.csr_matrix) -> None:
    labels = make_pipeline(UserNeighbors(n_neighbors=20), DBSCAN(metric="precomputed", eps=0.5)).fit_predict(ratings)
    assert labels.shape == (60,)


def test_users_without_ratings_have_empty_rows() -> None:
    dense = np.array([[5.0, 1, 0], [0, 0, 0], [5, 1, 1]])
    found = UserNeighbors(n_neighbors=1).fit_transform(dense)
    assert np.diff(found.indptr).tolist() == [2, 0, 2]


def test_wrong_parameters_are_named(ratings: sp.csr_matrix) -> None:
    with pytest.raises(ValueError, match="mode is 'far'"):
        UserNeighbors(mode="far").fit(ratings)
    with pytest.raises(ValueError, match="neighbors is -1"):
        UserNeighbors(n_neighbors=-1).fit(ratings)
