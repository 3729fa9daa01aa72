"""The contract of implicit's recommenders, kept by every model."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

import kindred
from kindred import Recommender

from .conftest import KINDS


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
    some, _ = model.recommend([4, 5], ratings[[20, 5]], N=5)
    assert not set(some[0]) & set(ratings[20].indices)
    broken = ratings[0].astype(np.float64)
    broken.data[0] = np.inf
    with pytest.raises(ValueError, match="inf"):
        model.partial_fit_users([5], broken)
    assert model.recommend(5, N=5)[0].tolist() == before.tolist()
    with pytest.raises(NotImplementedError, match="call fit"):
        model.partial_fit_items([1], ratings[0])


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
