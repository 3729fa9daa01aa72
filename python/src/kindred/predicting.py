"""Models that predict ratings."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from . import _calls
from .recommender import Recommender

Ratings = npt.NDArray[np.float64]


class RatingPredictor(Recommender):
    """A model that predicts how a user would rate an item."""

    def predict(self, userids: npt.ArrayLike, itemids: npt.ArrayLike) -> Ratings:
        """The expected ratings of pairs, within the scale of the training ratings.

        Users and items that the model has not seen (any other index, such as −1) fall back on biases or the mean.

        Args:
            userids: one or many, of a shape that goes with that of ``itemids`` as in NumPy.
            itemids: likewise.

        Returns:
            A rating for each pair, in the shape of both.
        """
        return self._predicted(userids, itemids)[0]

    def _predicted(self, userids: npt.ArrayLike, itemids: npt.ArrayLike, spread: bool = False) -> tuple[Ratings, Ratings]:
        """The ratings, and their standard deviations where they are wanted."""
        fitted = self._fitted()
        users, items = np.broadcast_arrays(_known(userids, self.shape[0], "userids"), _known(itemids, self.shape[1], "itemids"))
        ratings = np.empty(users.shape, dtype=np.float64)
        deviations = np.empty(users.shape, dtype=np.float64)
        pairs = (np.ascontiguousarray(users), np.ascontiguousarray(items))
        out = (ratings, deviations if spread else None)
        _calls.run("model_predict", fitted.model, users.size, *pairs, self._threads(), *out, is_short=users.size <= 1000)
        return ratings, deviations


def _known(ids: npt.ArrayLike, count: int, name: str) -> npt.NDArray[np.int32]:
    array = np.asarray(ids)
    if array.dtype.kind not in "iu":
        raise ValueError(f"{name} are {array.dtype}; they have to be integers")
    return np.where((array >= 0) & (array < count), array, -1).astype(np.int32)
