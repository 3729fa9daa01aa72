"""Vectors and scores held against their formulas, spelled out in NumPy."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

import kindred

from .conftest import made_ratings


@pytest.fixture(scope="module")
def likes() -> sp.csr_matrix:
    """Ratings that are all 1."""
    matrix = made_ratings(50, 30, 0.2, seed=3)
    matrix.data[:] = 1
    return matrix


def test_implicits_equations_hold_by_the_translation_of_the_page(likes: sp.csr_matrix) -> None:
    alpha, lambda_ = 41.0, 0.82
    model = kindred.ImplicitALS(
        factors=5,
        unobserved_weight=1 / (alpha - 1),
        regularization=lambda_ / alpha,
        regularization_exponent=0,
        highest_weight=1,
        iterations=3,
    ).fit(likes)
    factor = np.sqrt(alpha / (alpha - 1))
    users, items = (factor * vectors.astype(np.float64) for vectors in (model.user_factors, model.item_factors))
    for user in range(likes.shape[0]):
        liked = items[likes[user].indices]
        # implicit: (YᵀY + (α − 1)·Σ y·yᵀ + λ·I)·x = α·Σ y; users are solved last.
        left = items.T @ items + (alpha - 1) * liked.T @ liked + lambda_ * np.eye(5)
        np.testing.assert_allclose(np.linalg.solve(left, alpha * liked.sum(axis=0)), users[user], rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("exponent", [0.0, 0.4, 1.0])
def test_rows_of_als_solve_their_ridge_regression(ratings: sp.csr_matrix, exponent: float) -> None:
    model = kindred.AlternatingLeastSquares(
        factors=3, regularization=0.7, bias_regularization=0.3, regularization_exponent=exponent, restarts=1, iterations=4
    ).fit(ratings)
    items = np.column_stack([model.item_factors, np.ones(40)]).astype(np.float64)
    for user in range(60):
        rated, values = ratings[user].indices, ratings[user].data.astype(np.float64)
        penalties = len(rated) ** exponent * np.array([0.7, 0.7, 0.7, 0.3])
        left = items[rated].T @ items[rated] + np.diag(penalties)
        right = items[rated].T @ (values - model.mean - model.item_biases[rated])
        expected = np.linalg.solve(left, right)
        np.testing.assert_allclose(model.user_factors[user], expected[:3], rtol=1e-3, atol=1e-4)
        np.testing.assert_allclose(model.user_biases[user], expected[3], rtol=1e-3, atol=1e-4)
    product = model.user_factors.astype(np.float64) @ model.item_factors.astype(np.float64).T
    predicted = model.mean + model.user_biases[:, None] + model.item_biases + product
    np.testing.assert_allclose(model.predict(np.arange(60)[:, None], np.arange(40)), np.clip(predicted, 1, 5), rtol=1e-5)


def test_lists_of_knn_sum_up_amplified_similarities(ratings: sp.csr_matrix) -> None:
    model = kindred.UserKNN(ranking_k=7, amplification=2.0, ranking_item_weights="none").fit(ratings)
    graph = kindred.similarity_graph(ratings, k=7)
    expected = graph.neighbors.power(2) @ ratings
    ids, scores = model.recommend(np.arange(60), N=40, filter_already_liked_items=False)
    np.testing.assert_allclose(scores, np.take_along_axis(expected.toarray(), ids, axis=1), rtol=1e-5, atol=1e-6)


def test_ease_is_its_closed_form(likes: sp.csr_matrix) -> None:
    model = kindred.EASE(regularization=10.0, most=1.0).fit(likes)
    dense = likes.toarray().astype(np.float64)
    inverse = np.linalg.inv(dense.T @ dense + 10 * np.eye(30))
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0)
    ids, scores = model.recommend(np.arange(50), N=30, filter_already_liked_items=False)
    np.testing.assert_allclose(scores, np.take_along_axis(dense @ weights, ids, axis=1), rtol=1e-3, atol=1e-4)


def test_popularity_counts_likes(ratings: sp.csr_matrix) -> None:
    ids, scores = kindred.Popularity().fit(ratings).recommend(0, N=40, filter_already_liked_items=False)
    counts = np.asarray((ratings >= 4).sum(axis=0)).ravel()
    assert scores.tolist() == counts[ids].tolist()
    assert ids.tolist() == np.argsort(-counts, kind="stable").tolist()
