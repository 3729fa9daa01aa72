"""What all models do: recommend, and explain."""

from __future__ import annotations

import ctypes
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from . import _calls, _queries
from ._matrices import csr
from ._model import Model
from ._ratings import struct

_FEW = 64
"""So many users are answered before a thread of their own would pay."""


class Explanation(NamedTuple):
    """Why an item is recommended; unpacks like the triple of implicit."""

    score: float
    """The sum of all contributions."""
    contributions: list[tuple[int, float]]
    """The weightiest first: indices with what each adds."""
    weights: None
    """implicit's third value, which it takes again to save time; there is nothing to keep here."""


class Recommender(Model):
    """A model that recommends items.

    The methods have the names, arguments and shapes of implicit. What differs: :meth:`fit` returns the model;
    ``user_items`` may be None for users of the training ratings; lists that end early go on with the id −1 and the score
    NaN; equally good items are in the order of their indices, and the same ratings, parameters and machine give the same
    bits at any number of threads.
    """

    def recommend(
        self,
        userid: int | npt.ArrayLike,
        user_items: object = None,
        N: int = 10,
        filter_already_liked_items: bool = True,
        filter_items: npt.ArrayLike | None = None,
        recalculate_user: bool = False,
        items: npt.ArrayLike | None = None,
    ) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]:
        """The best items of a user or of each of many users, best first.

        Args:
            userid: an index, or many.
            user_items: a CSR matrix with a row for each of these users: what to leave out, and with ``recalculate_user``
                what to go by. None for the training ratings.
            N: the length of a list; shorter if there are fewer items.
            filter_already_liked_items: leaves out the items in ``user_items``.
            filter_items: further items to leave out.
            recalculate_user: goes by ``user_items`` instead of what was learned of the user: a fold-in, also of users
                whom the model has never seen.
            items: the only items to rank.

        Returns:
            (ids, scores), each of shape (N,) for one user and (users, N) for many.

        Raises:
            IndexError: for users or items that the model does not have.
            ValueError: for other wrong arguments.
        """
        fitted = self._fitted()
        users, is_single = _queries.checked_users(userid)
        rows = None if user_items is None else _queries.rows_of(user_items, len(users), self.shape[1])
        if items is not None and filter_items is not None:
            raise ValueError("items and filter_items exclude each other; leave the unwanted ones out of items")
        if recalculate_user and rows is None:
            raise ValueError("recalculate_user goes by user_items; pass a row for each user")
        excluded = _queries.checked_ids(filter_items, self.shape[1], "filter_items", needs_some=False)
        allowed = _queries.checked_ids(items, self.shape[1], "items")
        length = min(_queries.positive(N, "N"), self.shape[1] if allowed is None else len(allowed))
        query = _queries.Query(length, filter_already_liked_items, excluded, allowed)
        lists = query.empty(len(users))
        for places, struct_ in query.parts(users, rows, recalculate_user, fitted.updated, self.shape[0]):
            part = query.empty(len(places))
            _calls.run(
                "model_recommend", fitted.model, struct_, query.length, self._threads(), *part, is_short=len(places) <= _FEW
            )
            for whole, some in zip(lists, part):
                whole[places] = some
        ids, scores = lists
        return (ids[0], scores[0]) if is_single else (ids, scores)

    def explain(self, userid: int, user_items: object, itemid: int, user_weights: None = None, N: int = 10) -> Explanation:
        """Why the model gives an item to a user.

        Args:
            userid: the index of the user.
            user_items: the user's ratings: one row, or a matrix in which they are the row ``userid``; None for the
                training ratings.
            itemid: the index of the item.
            user_weights: not used; it is there for scripts that pass what implicit returned.
            N: the most contributions to return.

        Returns:
            The sum of all contributions, the N weightiest as (item, contribution), and None. The items are those that
            the user rated; of :class:`UserKNN` instead the near users who rated the item, with their similarities.
        """
        fitted = self._fitted()
        row = None
        if user_items is not None:
            matrix = csr(user_items)
            row = _queries.rows_of(matrix if matrix.shape[0] == 1 else matrix.row(userid), 1, self.shape[1])
        else:
            row = fitted.updated.get(userid)
            if row is None and not 0 <= userid < self.shape[0]:
                raise IndexError(f"user {userid} of {self.shape[0]}; pass user_items for one whom the model does not know")
        _queries.checked_ids(itemid, self.shape[1], "itemid")
        capacity, count = max(self.shape), ctypes.c_int64()
        others, rated, shares = np.empty(capacity, np.int32), np.empty(capacity, np.float32), np.empty(capacity, np.float32)
        _calls.run(
            "model_explain", fitted.model, userid if row is None else -1, itemid, None if row is None else struct(row),
            capacity, ctypes.byref(count), others, rated, shares, is_short=True,
        )  # fmt: skip
        pairs = list(zip(others[: count.value].tolist(), shares[: count.value].tolist()))
        return Explanation(float(sum(share for _, share in pairs)), pairs[:N], None)

    def partial_fit_users(self, userids: npt.ArrayLike, user_items: object) -> None:
        """Goes by other ratings of some users from now on, without a new fit; items stay as they are.

        Exact: each list is then that of ``recommend(…, recalculate_user=True)`` with these ratings.

        Args:
            userids: their indices; those beyond the training ratings are new users.
            user_items: a CSR matrix with a row for each.
        """
        fitted = self._fitted()
        users, _ = _queries.checked_users(userids)
        rows = _queries.rows_of(user_items, len(users), self.shape[1])
        # Checks the rows before anything goes by them.
        self.recommend(users, rows, N=1, recalculate_user=True)
        fitted.updated.update((user, rows.row(place).copy()) for place, user in enumerate(users.tolist()))

    def partial_fit_items(self, itemids: npt.ArrayLike, item_users: object) -> None:
        """Refused: new factors of items would leave those of all users behind."""
        raise NotImplementedError("items cannot be updated without the users who rated them; call fit with all ratings")
