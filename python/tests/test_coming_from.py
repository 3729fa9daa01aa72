"""What docs/python.md says to people who come from implicit and Surprise, held against these libraries themselves."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
import scipy.sparse as sp

import kindred

from .conftest import made_ratings

Floats = npt.NDArray[np.floating[Any]]


@pytest.fixture(scope="module")
def implicit() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("implicit.als")


@pytest.fixture(scope="module")
def surprise() -> Any:
    return pytest.importorskip("surprise")


@pytest.fixture(scope="module")
def plays() -> sp.csr_matrix:
    """Numbers of plays: 2 to 40, few of them high."""
    matrix = made_ratings(80, 50, 0.2, seed=4)
    matrix.data = (1 + matrix.data**2 * 1.5).round().astype(np.float32)
    return matrix


def implicit_loss(plays: sp.csr_matrix, model: Any, alpha: float, regularization: float) -> float:
    """Σ_rated α·r·(1 − p·q)² + Σ_unrated (p·q)² + λ·Σ ‖row‖², in double precision."""
    users, items = (np.asarray(vectors, dtype=np.float64) for vectors in (model.user_factors, model.item_factors))
    products, counts = users @ items.T, plays.toarray()
    losses = np.where(counts > 0, alpha * counts * (1 - products) ** 2, products**2)
    return float(losses.sum() + regularization * ((users**2).sum() + (items**2).sum()))


def test_alpha_has_the_equations_of_implicit(implicit: Any, plays: sp.csr_matrix) -> None:
    ours = kindred.ImplicitALS(5, 3.0, 1.5).fit(plays)
    theirs = implicit.AlternatingLeastSquares(5, 3.0, 1.5, use_cg=False, dtype=np.float64)
    theirs.item_factors = np.asarray(ours.item_factors, dtype=np.float64)
    users = theirs.recalculate_user(np.arange(plays.shape[0]), plays)
    np.testing.assert_allclose(ours.user_factors, users, rtol=1e-3, atol=1e-4)


def test_alpha_has_the_minimum_of_implicit(implicit: Any, plays: sp.csr_matrix) -> None:
    """With one factor: the objective of more has several valleys."""
    options: dict[str, Any] = {"factors": 1, "regularization": 3.0, "alpha": 1.5, "iterations": 200, "random_state": 1}
    theirs = implicit.AlternatingLeastSquares(**options, use_cg=False, dtype=np.float64)
    theirs.fit(plays, show_progress=False)
    ours = kindred.ImplicitALS(**options).fit(plays)
    products = [model.user_factors @ model.item_factors.T for model in (ours, theirs)]
    np.testing.assert_allclose(products[0], products[1], rtol=1e-3, atol=1e-4)


def test_losses_with_alpha_are_higher_by_the_constant_of_the_page(plays: sp.csr_matrix) -> None:
    model = kindred.ImplicitALS(factors=4, regularization=3.0, alpha=1.5, iterations=4).fit(plays)
    weights = 1.5 * plays.data.astype(np.float64)
    constant = (weights / (weights - 1)).sum()
    assert model.losses[-1] - constant == pytest.approx(implicit_loss(plays, model, 1.5, 3.0), rel=1e-4)


def test_a_script_for_implicit_runs_with_another_import(implicit: Any, plays: sp.csr_matrix, tmp_path: Path) -> None:
    results = []
    for library, made in ((implicit, implicit.AlternatingLeastSquares), (kindred, kindred.ImplicitALS)):
        model = made(factors=8, regularization=0.5, alpha=2.0, iterations=20, random_state=3)
        model.fit(plays, show_progress=False)
        users = np.arange(5)
        results.append(
            [
                *model.recommend(0, plays[0], N=6),
                *model.recommend(users, plays[users], N=6, filter_already_liked_items=False),
                *model.recommend(users, plays[users], N=4, filter_items=[1, 2]),
                *model.recommend(users, plays[users], N=4, items=[3, 4, 5, 6, 7, 8], filter_already_liked_items=False),
                *model.recommend(7, plays[7], N=3, recalculate_user=True),
                *model.similar_items(4, N=5),
                *model.similar_users(users, N=5),
                *model.explain(0, plays, itemid=9, N=3)[:2],
                model.user_factors,
                model.item_factors,
            ]
        )
        model.partial_fit_users([2], plays[[3]])
        model.save(str(tmp_path / f"{library.__name__}.npz"))
        assert type(model).load(str(tmp_path / f"{library.__name__}.npz")).user_factors.shape == (80, 8)
    theirs, ours = results
    for one, other in zip(ours, theirs):
        assert np.shape(one) == np.shape(other)
        assert np.asarray(one).dtype.kind == np.asarray(other).dtype.kind


def test_neighbors_are_those_of_implicits_all_pairs(ratings: sp.csr_matrix) -> None:
    items = pytest.importorskip("implicit.nearest_neighbours")
    theirs = items.all_pairs_knn(items.normalize(ratings).T.tocsr(), K=11, num_threads=1).tocsr()
    neighbors = kindred.similarity_graph(ratings, k=10).neighbors
    for user in range(ratings.shape[0]):
        others = theirs[user].toarray().ravel()
        assert others[user] == pytest.approx(1)
        others[user] = 0
        row = neighbors[user]
        assert np.sort(row.data)[::-1] == pytest.approx(np.sort(others)[::-1][: row.nnz], abs=1e-5)


def trained(surprise: Any, ratings: sp.csr_matrix) -> Any:
    """The ratings for Surprise, which numbers users and items by their first rating."""
    table = ratings.tocoo()
    frame = pd.DataFrame({"user": table.row, "item": table.col, "rating": table.data.astype(np.float64)})
    return surprise.Dataset.load_from_df(frame, surprise.Reader(rating_scale=(1, 5))).build_full_trainset()


def similarities(surprise: Any, ratings: sp.csr_matrix, algorithm: Any) -> Floats:
    """Those of a fitted algorithm by our indices."""
    train = trained(surprise, ratings)
    with np.errstate(all="ignore"):
        found = algorithm.fit(train).sim
    inner = [train.to_inner_uid(user) for user in range(ratings.shape[0])]
    return np.asarray(found)[np.ix_(inner, inner)]


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("cosine", {"measure": "cosine", "norms": "shared"}),
        ("pearson_baseline", {"measure": "baseline", "norms": "shared"}),
    ],
)
def test_similarities_are_those_of_surprise(surprise: Any, ratings: sp.csr_matrix, name: str, options: dict[str, Any]) -> None:
    choice = {"name": name, "user_based": True, "min_support": 2, "shrinkage": 0}
    baselines = {"method": "als", "reg_u": 15, "reg_i": 10, "n_epochs": 200}
    theirs = similarities(surprise, ratings, surprise.KNNBaseline(sim_options=choice, bsl_options=baselines, verbose=False))
    neighbors = kindred.similarity_graph(ratings, k=59, min_support=2, **options).neighbors.tocoo()
    assert neighbors.nnz > 1000
    np.testing.assert_allclose(theirs[neighbors.row, neighbors.col], neighbors.data, atol=2e-3)
    assert (theirs[neighbors.row, neighbors.col] > 0).all()


def test_shrinkage_of_surprise_counts_one_item_less(surprise: Any, ratings: sp.csr_matrix) -> None:
    graph = kindred.similarity_graph(ratings, k=59, measure="baseline", norms="shared", min_support=2)
    supports = graph.supports.tocoo()
    choice = {"name": "pearson_baseline", "user_based": True, "min_support": 2, "shrinkage": 100}
    baselines = {"method": "als", "reg_u": 15, "reg_i": 10, "n_epochs": 200}
    theirs = similarities(surprise, ratings, surprise.KNNBaseline(sim_options=choice, bsl_options=baselines, verbose=False))
    shrunk = graph.neighbors.tocoo().data * (supports.data - 1) / (supports.data - 1 + 100)
    np.testing.assert_allclose(theirs[supports.row, supports.col], shrunk, atol=1e-3)


def test_als_goes_below_the_objective_that_surprises_svd_descends(surprise: Any, ratings: sp.csr_matrix) -> None:
    train = trained(surprise, ratings)
    theirs = surprise.SVD(n_factors=4, reg_all=0.2, n_epochs=300, lr_all=0.005, random_state=1).fit(train)
    ours = kindred.AlternatingLeastSquares(
        4, 0.2, bias_regularization=0.2, regularization_exponent=1, restarts=1, iterations=60
    ).fit(ratings)
    users = [train.to_inner_uid(user) for user in range(ratings.shape[0])]
    items = [train.to_inner_iid(item) for item in range(ratings.shape[1])]

    def loss(mean: float, bu: Floats, bi: Floats, p: Floats, q: Floats) -> float:
        table = ratings.tocoo()
        u, i = table.row, table.col
        errors = table.data - mean - bu[u] - bi[i] - np.einsum("ij,ij->i", p[u], q[i])
        penalties = bu[u] ** 2 + bi[i] ** 2 + (p[u] ** 2).sum(axis=1) + (q[i] ** 2).sum(axis=1)
        return float((errors**2 + 0.2 * penalties).sum())

    least = loss(ours.mean, ours.user_biases, ours.item_biases, ours.user_factors, ours.item_factors)
    assert ours.losses[-1] == pytest.approx(least, rel=1e-4)
    assert least <= loss(train.global_mean, theirs.bu[users], theirs.bi[items], theirs.pu[users], theirs.qi[items])
