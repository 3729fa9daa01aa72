"""Closed forms: models that one matrix inversion fits."""

from __future__ import annotations

from typing import ClassVar

from .recommender import Recommender


class EASE(Recommender):
    """The item-item closed form: a ridge regression of every item on all others.

    B minimizes ‖X − X·B‖² + λ·‖B‖² with a zero diagonal; the score of item j is Σ_i x_ui·B_ij. The strength x of a rating
    as a like grows from the lowest to the highest. Takes items³ time and items² numbers of memory, or MemoryError.

    Source: Steck 2019, arXiv:1905.03375.

    Args:
        regularization: λ.
        least: the strength of the lowest rating, at most 1; from there it grows to 1 at the first rating that is a like.
        most: the strength of the highest rating, at least 1.
        relevant: ratings from here on are likes; None for the least rating three quarters up the scale or above.
        num_threads: 0 for all processors.
    """

    _kind: ClassVar[str] = "ease"

    def __init__(
        self,
        regularization: float = 400.0,
        *,
        least: float = -0.2,
        most: float = 1.3,
        relevant: float | None = None,
        num_threads: int = 0,
    ) -> None:
        self.regularization = regularization
        self.least = least
        self.most = most
        self.relevant = relevant
        self.num_threads = num_threads


class Popularity(Recommender):
    """Ranks items by how many users liked them: what every other model has to beat.

    Args:
        relevant: ratings from here on are likes; None for the least rating three quarters up the scale or above.
        num_threads: 0 for all processors.
    """

    _kind: ClassVar[str] = "popularity"

    def __init__(self, *, relevant: float | None = None, num_threads: int = 0) -> None:
        self.relevant = relevant
        self.num_threads = num_threads
