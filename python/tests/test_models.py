"""What models have beside lists: files, explanations, similar users and items, vectors, predictions."""

from __future__ import annotations

import copy
import io
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

import kindred
from kindred import Recommender

from .conftest import KINDS

FACTORS = ["AlternatingLeastSquares", "ImplicitALS"]
PREDICTING = ["AlternatingLeastSquares", "BayesianFactorization", "UserKNN"]
EXPLAINING = ["AlternatingLeastSquares", "ImplicitALS", "EASE"]


@pytest.fixture(params=KINDS)
def model(request: pytest.FixtureRequest, fitted: dict[str, Recommender]) -> Recommender:
    return fitted[request.param]


@pytest.mark.parametrize("as_file", [False, True])
def test_save_and_load(model: Recommender, ratings: sp.csr_matrix, tmp_path: Path, as_file: bool) -> None:
    place: Any = io.BytesIO() if as_file else str(tmp_path / "model")
    model.save(place)
    if as_file:
        place.seek(0)
    loaded = type(model).load(place)
    assert loaded.parameters() == model.parameters()
    users = np.arange(60)
    for own, other in zip(model.recommend(users, ratings, N=10), loaded.recommend(users, ratings, N=10)):
        assert np.array_equal(own, other)


def test_pickle_and_copy(model: Recommender, ratings: sp.csr_matrix) -> None:
    for other in (pickle.loads(pickle.dumps(model)), copy.deepcopy(model)):
        assert other.recommend(3, ratings[3], N=5)[0].tolist() == model.recommend(3, ratings[3], N=5)[0].tolist()
    unfitted = pickle.loads(pickle.dumps(kindred.EASE(regularization=3.0)))
    assert unfitted.parameters()["regularization"] == 3.0


def test_a_file_of_something_else_is_refused(model: Recommender, tmp_path: Path) -> None:
    np.savez(tmp_path / "other.npz", data=np.arange(3))
    (tmp_path / "text.npz").write_text("no model")
    for name in ("other.npz", "text.npz"):
        with pytest.raises(ValueError, match="no model that kindred saved"):
            type(model).load(tmp_path / name)
    with pytest.raises(OSError, match="absent"):
        type(model).load(tmp_path / "absent.npz")
    model.save(tmp_path / "model.npz")
    other = kindred.EASE if not isinstance(model, kindred.EASE) else kindred.UserKNN
    with pytest.raises(ValueError, match=r"is ease|is knn"):
        other.load(tmp_path / "model.npz")


@pytest.mark.parametrize("name", EXPLAINING)
def test_contributions_add_up(fitted: dict[str, Recommender], ratings: sp.csr_matrix, name: str) -> None:
    model = fitted[name]
    ids, scores = model.recommend(3, ratings[3], N=1)
    total, contributions, weights = model.explain(3, ratings[3], itemid=int(ids[0]), N=100)
    assert weights is None
    assert sorted(item for item, _ in contributions) == ratings[3].indices.tolist()
    assert total == pytest.approx(sum(share for _, share in contributions))
    assert [share for _, share in contributions] == sorted((share for _, share in contributions), reverse=True)
    expected = float(scores[0])
    if isinstance(model, kindred.AlternatingLeastSquares):
        expected += float(model.user_biases[3] - model.item_biases[ids[0]])
    assert total == pytest.approx(expected, rel=1e-3, abs=1e-4)
    whole = model.explain(3, ratings, itemid=int(ids[0]), N=2)
    assert whole.contributions == contributions[:2]
    assert whole.score == total
    assert model.explain(3, None, itemid=int(ids[0]), N=2).contributions == whole.contributions


def test_neighbors_explain_knn(fitted: dict[str, Recommender], ratings: sp.csr_matrix) -> None:
    model = fitted["UserKNN"]
    assert isinstance(model, kindred.UserKNN)
    item = int(model.recommend(3, ratings[3], N=1)[0][0])
    raters = model.explain(3, None, itemid=item, N=100).contributions
    near = dict(zip(*(array.tolist() for array in model.similar_users(3, N=21))))
    assert raters
    for user, similarity in raters:
        assert ratings[user, item] > 0
        assert near[user] == similarity


@pytest.mark.parametrize("name", [*FACTORS, "UserKNN"])
def test_similar_users(fitted: dict[str, Recommender], name: str) -> None:
    model: Any = fitted[name]
    ids, scores = model.similar_users(7, N=5)
    assert ids[0] == 7
    assert scores[0] == pytest.approx(1, abs=1e-5)
    assert (np.diff(scores) <= 1e-6).all()
    many, _ = model.similar_users([7, 8], N=5)
    assert many.shape == (2, 5)
    assert many[0].tolist() == ids.tolist()
    assert not set(model.similar_users(7, N=4, filter_users=ids[:2])[0]) & set(ids[:2])
    assert set(model.similar_users(7, N=2, users=ids[1:3])[0]) == set(ids[1:3])
    with pytest.raises(IndexError):
        model.similar_users(60)
    with pytest.raises(ValueError, match="exclude each other"):
        model.similar_users(7, filter_users=[1], users=[2])


@pytest.mark.parametrize("name", FACTORS)
def test_similar_items_are_the_cosines_of_vectors(fitted: dict[str, Recommender], name: str) -> None:
    model: Any = fitted[name]
    vectors = model.item_factors.astype(np.float64)
    cosines = vectors @ vectors[4] / np.linalg.norm(vectors, axis=1) / np.linalg.norm(vectors[4])
    ids, scores = model.similar_items(4, N=6)
    assert ids[0] == 4
    np.testing.assert_allclose(scores, cosines[ids], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(np.sort(cosines)[::-1][:6], scores, rtol=1e-5, atol=1e-6)
    with pytest.raises(NotImplementedError):
        model.similar_items(4, recalculate_item=True)


@pytest.mark.parametrize("name", FACTORS)
def test_factors_give_the_scores(fitted: dict[str, Recommender], ratings: sp.csr_matrix, name: str) -> None:
    model: Any = fitted[name]
    ids, scores = model.recommend(3, ratings[3], N=10)
    expected = model.item_factors @ model.user_factors[3]
    if isinstance(model, kindred.AlternatingLeastSquares):
        expected = expected + model.item_biases
    np.testing.assert_allclose(scores, expected[ids], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(model.recalculate_user(3, ratings[3]), model.user_factors[3], rtol=1e-2, atol=1e-4)
    with pytest.raises(ValueError, match="read-only"):
        model.item_factors[0] = 0
    assert model.recalculate_user([3, 4], ratings[[3, 4]]).shape == (2, model.user_factors.shape[1])
    assert (np.diff(model.losses) <= 1e-6 * model.losses[0]).all()


@pytest.mark.parametrize("name", PREDICTING)
def test_predictions(fitted: dict[str, Recommender], ratings: sp.csr_matrix, name: str) -> None:
    model: Any = fitted[name]
    predicted = model.predict(np.arange(60)[:, None], np.arange(40))
    assert predicted.shape == (60, 40)
    assert (predicted >= 1).all()
    assert (predicted <= 5).all()
    rows, columns = ratings.nonzero()
    error = np.sqrt(np.mean((predicted[rows, columns] - ratings.data) ** 2))
    assert error < np.std(ratings.data)
    assert model.predict(3, 5) == predicted[3, 5]
    assert 1 <= model.predict(-1, 999) <= 5
    if isinstance(model, kindred.BayesianFactorization):
        means, deviations = model.predict_with_std([1, 2], [3, 4])
        assert means.tolist() == [predicted[1, 3], predicted[2, 4]]
        assert (deviations > 0).all()


@pytest.mark.parametrize("name", KINDS)
def test_threads_do_not_change_a_bit(fitted: dict[str, Recommender], ratings: sp.csr_matrix, name: str) -> None:
    model = fitted[name]
    alone = type(model)(**{**model.parameters(), "num_threads": 1}).fit(ratings)
    for one, two in zip(model.recommend(np.arange(60), N=10), alone.recommend(np.arange(60), N=10)):
        assert one.tobytes() == two.tobytes()
