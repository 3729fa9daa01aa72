"""Bayesian matrix factorization."""

from __future__ import annotations

from typing import ClassVar

import numpy.typing as npt

from ._seeds import RandomState, seed_of
from .predicting import RatingPredictor, Ratings


class BayesianFactorization(RatingPredictor):
    """Matrix factorization by Gibbs sampling, which knows how uncertain its predictions are.

    Source: Salakhutdinov & Mnih 2008, with biases.

    Args:
        factors: fewer where users or items are few, unless another number than the default was asked for.
        burn_in: sweeps before the ones that are averaged.
        samples: sweeps that are averaged.
        solver: "lapack" or "kernel", Kindred's own, which is faster.
        num_threads: 0 for all processors.
        random_state: of all random choices.
    """

    _kind: ClassVar[str] = "bayes"
    _names: ClassVar[dict[str, str]] = {"factors": "rank", "random_state": "seed"}

    def __init__(
        self,
        factors: int = 12,
        *,
        burn_in: int = 30,
        samples: int = 300,
        solver: str = "lapack",
        num_threads: int = 0,
        random_state: RandomState = 1,
    ) -> None:
        self.factors = factors
        self.burn_in = burn_in
        self.samples = samples
        self.solver = solver
        self.num_threads = num_threads
        self.random_state = seed_of(random_state)

    def predict_with_std(self, userids: npt.ArrayLike, itemids: npt.ArrayLike) -> tuple[Ratings, Ratings]:
        """The expected ratings of pairs, as :meth:`predict` gives them, and the standard deviation of each."""
        return self._predicted(userids, itemids, spread=True)
