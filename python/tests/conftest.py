"""Options and ratings that the tests share."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp

import kindred

KINDS = ["AlternatingLeastSquares", "ImplicitALS", "UserKNN", "EASE", "Blend", "BayesianFactorization", "Popularity"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="10,000 malformed matrices and 1,000 fits instead of a few")


@pytest.fixture(scope="session")
def is_long(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--long"))


def made_ratings(users: int, items: int, share: float, seed: int = 1) -> sp.csr_matrix:
    """Ratings 1 to 5 with two tastes: even users like even items; every user and item has some."""
    random = np.random.default_rng(seed)
    is_rated = random.random((users, items)) < share
    is_rated[np.arange(users), np.arange(users) % items] = True
    is_rated[np.arange(items) % users, np.arange(items)] = True
    alike = (np.arange(users)[:, None] + np.arange(items)[None, :]) % 2 == 0
    values = np.clip(np.round(random.normal(np.where(alike, 4, 2.5), 1)), 1, 5)
    return sp.csr_matrix(np.where(is_rated, values, 0).astype(np.float32))


@pytest.fixture(scope="session")
def ratings() -> sp.csr_matrix:
    return made_ratings(60, 40, 0.3)


@pytest.fixture(scope="session")
def fitted(ratings: sp.csr_matrix) -> dict[str, kindred.Recommender]:
    """A fitted model of each kind."""
    models: list[kindred.Recommender] = [
        kindred.AlternatingLeastSquares(factors=4, iterations=3, restarts=2),
        kindred.ImplicitALS(factors=6, iterations=4),
        kindred.UserKNN(k=10, ranking_k=20),
        kindred.EASE(regularization=20.0),
        kindred.Blend(regularization=20.0, implicit={"factors": 6}),
        kindred.BayesianFactorization(factors=3, burn_in=2, samples=5),
        kindred.Popularity(),
    ]
    return {type(model).__name__: model.fit(ratings) for model in models}


@pytest.fixture(scope="session")
def program() -> str:
    """The command line program, by KINDRED_PROGRAM or on the path."""
    found = os.environ.get("KINDRED_PROGRAM") or shutil.which("kindred")
    if not found or not Path(found).exists():
        pytest.skip("the program kindred is not there; name it by KINDRED_PROGRAM")
    return found
