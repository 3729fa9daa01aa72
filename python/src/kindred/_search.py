"""The nearest users of people outside of the ratings."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from . import _calls
from ._library import Handle
from ._matrices import CSR
from ._ratings import Ratings, struct

_PLACES = 1 << 22
"""So many neighbors are looked for in one call."""


class Search:
    """Finds the nearest users among those of ratings, by the definitions of :func:`kindred.similarity_graph`.

    Args:
        ratings: of the users.
        options: of the measure, as the library reads them.
    """

    def __init__(self, ratings: Ratings, options: bytes) -> None:
        self._handle = Handle("search")
        self._users = ratings.matrix.shape[0]
        _calls.run("search_make", ratings.handle, options, self._handle.out)

    def nearest(self, guests: CSR, count: int, num_threads: int = 0, progress: str | None = None) -> sp.csr_matrix:
        """The similarities of each guest's nearest users, the nearest first, of shape (guests, users).

        Raises:
            ValueError: for another number of items than that of the ratings, and a count out of range.
        """
        rows, options = guests.shape[0], _calls.options(threads=num_threads)
        step = max(1, _PLACES // max(1, count))
        parts = [np.arange(start, min(start + step, rows)) for start in range(0, max(1, rows), step)]
        found = [self._found(guests.rows(part), count, options, progress) for part in parts]
        users, similarities, sizes = (np.concatenate(arrays) for arrays in zip(*found))
        offsets = np.concatenate([[0], np.cumsum(sizes)])
        return sp.csr_matrix((similarities, users, offsets), shape=(rows, self._users))

    def _found(self, guests: CSR, count: int, options: bytes, progress: str | None) -> tuple[np.ndarray, ...]:
        """Users and similarities of some guests one behind the other, and how many each has."""
        shape = (guests.shape[0], min(count, self._users))
        users, similarities = np.empty(shape, dtype=np.int32), np.empty(shape, dtype=np.float32)
        places = (users, similarities, None)
        _calls.run("search_nearest", self._handle, struct(guests), shape[1], options, *places, progress=progress)
        is_found = users >= 0
        return users[is_found], similarities[is_found], is_found.sum(axis=1)
