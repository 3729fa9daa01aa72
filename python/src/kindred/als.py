"""Alternating least squares: of ratings, and of what was liked."""

from __future__ import annotations

from typing import Any, ClassVar

from ._factors import FactorRecommender, Floats
from ._seeds import RandomState, seed_of
from .predicting import RatingPredictor

_ITEMS = 1


class AlternatingLeastSquares(FactorRecommender, RatingPredictor):
    """Matrix factorization of explicit ratings by alternating least squares, with biases.

    Predicts r = μ + b_u + b_i + p_u·q_i, averaged over restarts. Each row of n ratings minimizes
    Σ (r − μ − b_u − b_i − p_u·q_i)² + n^ν · (λ·‖p_u‖² + λ_b·b_u²), exactly, by Cholesky.

    This is not implicit's class of the same name, which factorizes what was liked: that is :class:`ImplicitALS`.

    The defaults are those of ``kindred train --model als``, chosen for the error of predictions: the average of four short
    fits of 12 factors. With many factors one longer fit costs less time: ``restarts=1, iterations=12``.

    Args:
        factors: of each restart; fewer where users or items are few, unless another number than the default was asked for.
        regularization: λ of the factors.
        bias_regularization: λ_b of the biases.
        regularization_exponent: ν, from 0 (plain ridge regression) to 1 (ALS-WR, the λ of Spark and cuML).
        iterations: of two half-steps each, for each restart.
        nonnegative: no factor below 0.
        restarts: fits from other starts, whose predictions are averaged.
        validation: a share of the ratings on which the number of iterations is chosen first; 0 for none.
        solver: "lapack" or "kernel", Kindred's own, which is faster; factors agree to 1e-5.
        num_threads: 0 for all processors.
        random_state: of the first factors.
    """

    _kind: ClassVar[str] = "als"
    _names: ClassVar[dict[str, str]] = {"factors": "rank", "random_state": "seed"}

    def __init__(
        self,
        factors: int = 12,
        regularization: float = 1.75,
        *,
        bias_regularization: float = 1.0,
        regularization_exponent: float = 0.4,
        iterations: int = 6,
        nonnegative: bool = False,
        restarts: int = 4,
        validation: float = 0.0,
        solver: str = "lapack",
        num_threads: int = 0,
        random_state: RandomState = 1,
    ) -> None:
        self.factors = factors
        self.regularization = regularization
        self.bias_regularization = bias_regularization
        self.regularization_exponent = regularization_exponent
        self.iterations = iterations
        self.nonnegative = nonnegative
        self.restarts = restarts
        self.validation = validation
        self.solver = solver
        self.num_threads = num_threads
        self.random_state = seed_of(random_state)

    @property
    def mean(self) -> float:
        """μ, the mean of all training ratings."""
        return float(self._fitted().figures.mean)

    @property
    def user_biases(self) -> Floats:
        """b_u of each user, the mean over restarts."""
        return self._user_vectors()[1]

    @property
    def item_biases(self) -> Floats:
        """b_i of each item, the mean over restarts; lists are sorted by b_i + p_u·q_i."""
        return self._vectors(_ITEMS)[1]


class ImplicitALS(FactorRecommender):
    """Matrix factorization of what was liked, by alternating least squares over all pairs, rated or not.

    What implicit's ``AlternatingLeastSquares`` is, solved exactly. Minimizes Σ_rated c·(t − p_u·q_i)² +
    α₀·Σ_all (p_u·q_i)² + Σ_rows λ·(n + α₀·partners)^ν·‖row‖², where t and c grow with the rating from the lowest to the
    highest. A score is near 1 for what a user would like and near 0 otherwise.

    With ``alpha`` it minimizes what implicit does, Σ_rated α·r·(1 − p_u·q_i)² + α₀·Σ_unrated (p_u·q_i)² + λ·Σ ‖row‖² with
    α₀ = 1: the same ``factors, regularization, alpha`` have the same minimum in both.

    The other defaults are those of ``kindred train --model implicit``, chosen for rankings; implicit's are others.

    Args:
        factors: fewer where users or items are few, unless another number than the default was asked for.
        regularization: λ.
        alpha: α, by which a rating, or a number of plays, is multiplied to make its weight; α·r has to be above
            ``unobserved_weight``. None for weights by ``least``, ``most`` and ``highest_weight``, which count without it alone.
        unobserved_weight: α₀, the weight of a pair without a rating, where a like has 1; None for 0.25, or 1 with ``alpha``.
        regularization_exponent: ν, from 0 (λ for every row, as implicit has it) to 1 (λ times the weight of the row); None
            for 1, or for 0 with ``alpha``.
        least: t of the lowest rating, at most 1; from there it grows to 1 at the first rating that is a like.
        most: t of the highest rating, at least 1.
        highest_weight: c of the highest rating; that of the first like and all below is 1.
        relevant: ratings from here on are likes; None for the least rating three quarters up the scale or above.
        iterations: of two half-steps each.
        solver: "lapack" or "kernel", Kindred's own, which is faster; factors agree to 1e-5.
        num_threads: 0 for all processors.
        random_state: of the first factors.
    """

    _kind: ClassVar[str] = "implicit"
    _names: ClassVar[dict[str, str]] = {"factors": "rank", "random_state": "seed"}

    def __init__(
        self,
        factors: int = 96,
        regularization: float = 0.018,
        alpha: float | None = None,
        *,
        unobserved_weight: float | None = None,
        regularization_exponent: float | None = None,
        least: float = 0.0,
        most: float = 1.0,
        highest_weight: float = 1.5,
        relevant: float | None = None,
        iterations: int = 8,
        solver: str = "lapack",
        num_threads: int = 0,
        random_state: RandomState = 1,
    ) -> None:
        self.factors = factors
        self.regularization = regularization
        self.alpha = alpha
        self.unobserved_weight = unobserved_weight
        self.regularization_exponent = regularization_exponent
        self.least = least
        self.most = most
        self.highest_weight = highest_weight
        self.relevant = relevant
        self.iterations = iterations
        self.solver = solver
        self.num_threads = num_threads
        self.random_state = seed_of(random_state)

    def options(self) -> dict[str, Any]:
        options = super().options()
        if self.alpha is not None:
            usual = {"unobserved-weight": 1.0, "regularization-exponent": 0.0}
            options |= {name: value for name, value in usual.items() if options[name] is None}
        return options
