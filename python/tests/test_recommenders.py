"""The contract of implicit's recommenders, kept by every model."""

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

KINDS = ["AlternatingLeastSquares", "ImplicitALS", "UserKNN", "EASE", "Blend", "BayesianFactorization", "Popularity"]
FACTORS = ["AlternatingLeastSquares", "ImplicitALS"]
PREDICTING = ["AlternatingLeastSquares", "BayesianFactorization", "UserKNN"]
EXPLAINING = ["AlternatingLeastSquares", "ImplicitALS", "EASE"]


@pytest.fixture(params=KINDS)
def model(request: pytest.FixtureRequest, fitted: dict[str, Recommender]) -> Recommender:
    return fitted[request.param]


def test_one_user(model: Recommender, ratings: sp.csr_matrix) -> None:
    ids, scores = model.recommend(3, ratings[3], N=5)
    assert ids.shape == scores.shape == (5,)
    assert ids.dtype == np.int32
    assert scores.dtype == np.float32
    assert (np.diff(scores) <= 0).all()
    assert not set(ids) & set(ratings[3].indices)


def test_a_batch_is_the_single_lists(model: Recommender, ratings: sp.csr_matrix) -> None:
    users = np.array([7, 0, 59, 7])
    ids, scores = model.recommend(users, ratings[users], N=8)
    assert ids.shape == scores.shape == (4, 8)
    for place, user in enumerate(users):
        one_ids, one_scores = model.recommend(int(user), ratings[user], N=8)
        assert ids[place].tolist() == one_ids.tolist()
        assert scores[place].tolist() == one_scores.tolist()


def test_training_ratings_are_the_default(model: Recommender, ratings: sp.csr_matrix) -> None:
    users = np.arange(60)
    for given, own in zip(model.recommend(users, ratings, N=6), model.recommend(users, N=6)):
        assert np.array_equal(given, own)


def test_liked_items_stay_if_asked_for(model: Recommender, ratings: sp.csr_matrix) -> None:
    ids, scores = model.recommend(3, ratings[3], N=40, filter_already_liked_items=False)
    assert sorted(ids) == list(range(40))
    assert np.isfinite(scores).all()


def test_lists_that_end_early_go_on_with_minus_one(model: Recommender, ratings: sp.csr_matrix) -> None:
    ids, scores = model.recommend(3, ratings[3], N=40)
    rest = 40 - ratings[3].nnz
    assert (ids[:rest] >= 0).all()
    assert (ids[rest:] == -1).all()
    assert np.isnan(scores[rest:]).all()


def test_filter_items(model: Recommender, ratings: sp.csr_matrix) -> None:
    ids, _ = model.recommend(3, ratings[3], N=5)
    rest, _ = model.recommend(3, ratings[3], N=5, filter_items=ids[:2])
    assert rest[:3].tolist() == ids[2:].tolist()
    many, _ = model.recommend([3, 4], ratings[[3, 4]], N=5, filter_items=ids[:2])
    assert not set(many.ravel()) & set(ids[:2])


def test_items(model: Recommender, ratings: sp.csr_matrix) -> None:
    allowed = [1, 5, 9, 20]
    ids, scores = model.recommend(3, ratings[3], N=10, items=allowed, filter_already_liked_items=False)
    assert sorted(ids) == allowed
    everything, all_scores = model.recommend(3, ratings[3], N=40, filter_already_liked_items=False)
    expected = [(item, score) for item, score in zip(everything, all_scores) if item in allowed]
    assert list(zip(ids, scores)) == expected
    unrated, _ = model.recommend(3, ratings[3], N=10, items=allowed)
    assert not set(unrated) & set(ratings[3].indices)


@pytest.mark.parametrize("dtype", [np.int32, np.int64, np.uint16])
def test_users_and_items_of_any_integers(model: Recommender, ratings: sp.csr_matrix, dtype: Any) -> None:
    ids, _ = model.recommend(np.array([1, 2], dtype=dtype), ratings[1:3], items=np.array([3, 4], dtype=dtype), N=2)
    assert ids.shape == (2, 2)
    scalar, _ = model.recommend(dtype(1), ratings[1], N=2)
    assert scalar.shape == (2,)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64, bool])
def test_user_items_of_any_numbers(model: Recommender, ratings: sp.csr_matrix, dtype: Any) -> None:
    expected, _ = model.recommend(3, ratings[3], N=5)
    assert model.recommend(3, ratings[3].astype(dtype), N=5)[0].tolist() == expected.tolist()


def test_recalculate_user_goes_by_the_row(model: Recommender, ratings: sp.csr_matrix) -> None:
    ids, scores = model.recommend(3, ratings[3], N=5, recalculate_user=True)
    assert (ids >= 0).all()
    other, _ = model.recommend(99, ratings[3], N=5, recalculate_user=True)
    assert ids.tolist() == other.tolist()
    if isinstance(model, (kindred.AlternatingLeastSquares, kindred.ImplicitALS)):
        trained, trained_scores = model.recommend(3, ratings[3], N=5)
        assert trained.tolist() == ids.tolist()
        np.testing.assert_allclose(scores, trained_scores, rtol=1e-3, atol=1e-4)


def test_an_empty_row_can_be_folded_in(model: Recommender) -> None:
    ids, scores = model.recommend(0, sp.csr_matrix(np.zeros((1, 40))), N=40, recalculate_user=True)
    assert sorted(ids) == list(range(40))
    assert np.isfinite(scores).all()


def test_partial_fit_users_is_an_exact_fold_in(ratings: sp.csr_matrix, model: Recommender) -> None:
    model = copy.deepcopy(model)
    before, _ = model.recommend(5, ratings[5], N=5)
    model.partial_fit_users([4, 75], ratings[[11, 12]])
    for user, row in ((4, 11), (75, 12)):
        ids, scores = model.recommend(user, N=5)
        expected, expected_scores = model.recommend(user, ratings[row], N=5, recalculate_user=True)
        assert ids.tolist() == expected.tolist()
        assert scores.tolist() == expected_scores.tolist()
    others, _ = model.recommend([5, 4, 75], N=5)
    assert others[0].tolist() == before.tolist()
    assert others[1].tolist() == model.recommend(4, ratings[11], N=5)[0].tolist()
    with pytest.raises(IndexError, match="user 74 of 60"):
        model.recommend([4, 74], N=5)
    with pytest.raises(NotImplementedError, match="call fit"):
        model.partial_fit_items([1], ratings[0])


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


def test_wrong_arguments_are_refused_with_remedies(model: Recommender, ratings: sp.csr_matrix) -> None:
    with pytest.raises(IndexError, match="user 60 of 60"):
        model.recommend(60, ratings[0])
    with pytest.raises(IndexError, match="numbered from 0"):
        model.recommend(-1, ratings[0])
    with pytest.raises(ValueError, match="1 rows for 2 users"):
        model.recommend([0, 1], ratings[0])
    with pytest.raises(ValueError, match="60 rows for 1 users"):
        model.recommend(0, ratings)
    with pytest.raises(ValueError, match="39 columns"):
        model.recommend(0, ratings[0, :39])
    with pytest.raises(ValueError, match="dense"):
        model.recommend(0, ratings[0].toarray())
    with pytest.raises(ValueError, match="float64"):
        model.recommend(0.5, ratings[0])
    with pytest.raises(ValueError, match="exclude each other"):
        model.recommend(0, ratings[0], items=[1], filter_items=[2])
    with pytest.raises(ValueError, match="pass a row"):
        model.recommend(0, recalculate_user=True)
    for argument in ("items", "filter_items"):
        for item in (-1, 40):
            with pytest.raises(IndexError, match="numbered from 0"):
                model.recommend(0, ratings[0], **{argument: [item]})  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="items is empty"):
        model.recommend(0, ratings[0], items=[])
    for length in (0, -3, 1.5):
        with pytest.raises(ValueError, match="whole number"):
            model.recommend(0, ratings[0], N=length)  # type: ignore[arg-type]
    with pytest.raises(IndexError, match="itemid"):
        model.explain(0, ratings[0], itemid=40)


def test_unfitted_models_say_so(model: Recommender, ratings: sp.csr_matrix) -> None:
    unfitted = type(model)()
    with pytest.raises(ValueError, match="not fitted"):
        unfitted.recommend(0, ratings[0])
    assert repr(unfitted) == f"{type(model).__name__}()"


def test_a_parameter_out_of_range_is_named(ratings: sp.csr_matrix) -> None:
    with pytest.raises(ValueError, match="rank is 0; it has to be 1"):
        kindred.AlternatingLeastSquares(factors=0).fit(ratings)
    with pytest.raises(ValueError, match="measure"):
        kindred.UserKNN(measure="euclid").fit(ratings)
    with pytest.raises(ValueError, match="random_state"):
        kindred.ImplicitALS(random_state=-1)


def test_a_failed_fit_leaves_the_model_as_it_was(fitted: dict[str, Recommender], ratings: sp.csr_matrix) -> None:
    model = copy.deepcopy(fitted["ImplicitALS"])
    expected = model.recommend(3, N=5)[0].tolist()
    broken = ratings.copy()
    broken.data[0] = np.nan
    with pytest.raises(ValueError, match="nan"):
        model.fit(broken)
    assert model.recommend(3, N=5)[0].tolist() == expected


@pytest.mark.parametrize("name", KINDS)
def test_threads_do_not_change_a_bit(fitted: dict[str, Recommender], ratings: sp.csr_matrix, name: str) -> None:
    model = fitted[name]
    alone = type(model)(**{**model.parameters(), "num_threads": 1}).fit(ratings)
    for one, two in zip(model.recommend(np.arange(60), N=10), alone.recommend(np.arange(60), N=10)):
        assert one.tobytes() == two.tobytes()
