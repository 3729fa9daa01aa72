"""The best ranker: two models together."""

from __future__ import annotations

from typing import Any, ClassVar

from .als import ImplicitALS
from .recommender import Recommender


class Blend(Recommender):
    """:class:`ImplicitALS` and the user-user closed form together; `kindred recommend` uses it unless told otherwise.

    A score is the sum of both models', each in standard deviations above the mean item. Takes users³ time and users²
    numbers of memory, or MemoryError.

    Args:
        regularization: λ of the closed form.
        popularity_exponent: how much less popular items count between users.
        least: the strength of the lowest rating as a like, at most 1.
        most: the strength of the highest rating, at least 1.
        relevant: ratings from here on are likes; None for the least rating three quarters up the scale or above.
        implicit: parameters of the other half, by their names in :class:`ImplicitALS`.
        num_threads: 0 for all processors.
    """

    _kind: ClassVar[str] = "blend"

    def __init__(
        self,
        regularization: float = 300.0,
        *,
        popularity_exponent: float = 0.4,
        least: float = -0.1,
        most: float = 1.3,
        relevant: float | None = None,
        implicit: dict[str, Any] | None = None,
        num_threads: int = 0,
    ) -> None:
        self.regularization = regularization
        self.popularity_exponent = popularity_exponent
        self.least = least
        self.most = most
        self.relevant = relevant
        self.implicit = implicit
        self.num_threads = num_threads

    def options(self) -> dict[str, Any]:
        options = super().options()
        half = ImplicitALS(**(options.pop("implicit") or {})).options()
        half.pop("relevant")
        return {**options, **{f"implicit.{name}": value for name, value in half.items()}}
