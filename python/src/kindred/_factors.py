"""What models with factors share: vectors, and similarities between them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from . import _calls, _queries
from ._matrices import CSR
from ._ratings import struct
from .recommender import Recommender

Floats = npt.NDArray[np.float32]

_USERS, _ITEMS = 0, 1


class FactorRecommender(Recommender):
    """A model whose scores are products of vectors of users and items."""

    @property
    def user_factors(self) -> Floats:
        """The vectors of the users, shape (users, restarts · factors), the restarts side by side.

        They are divided by the number of restarts, so that ``user_factors[u] @ item_factors[i]`` is the mean over them.
        """
        factors, _ = self._user_vectors()
        return factors

    @property
    def item_factors(self) -> Floats:
        """The vectors of the items, shape (items, restarts · factors), the restarts side by side."""
        factors, _ = self._vectors(_ITEMS)
        return factors

    def recalculate_user(self, userid: int | npt.ArrayLike, user_items: object) -> Floats:
        """The vectors that users get by their ratings, without a new fit: a fold-in.

        Args:
            userid: an index, or many.
            user_items: a CSR matrix with a row for each.

        Returns:
            Of shape (restarts · factors,) for one user and (users, restarts · factors) for many.
        """
        users, is_single = _queries.checked_users(userid)
        factors, _ = self._folded(_queries.rows_of(user_items, len(users), self.shape[1]))
        return factors[0] if is_single else factors

    def similar_users(
        self,
        userid: int | npt.ArrayLike,
        N: int = 10,
        filter_users: npt.ArrayLike | None = None,
        users: npt.ArrayLike | None = None,
    ) -> tuple[npt.NDArray[np.int32], Floats]:
        """The users with the most similar vectors, by their cosine; the user comes first, as in implicit.

        For the exact similarity of ratings instead see :func:`kindred.similarity_graph`.

        Args:
            userid: an index, or many.
            N: how many.
            filter_users: users to leave out.
            users: the only users to compare with.

        Returns:
            (ids, cosines), each of shape (N,) for one user and (users, N) for many.
        """
        return _nearest(self.user_factors, userid, N, filter_users, users, ("userid", "filter_users", "users"))

    def similar_items(
        self,
        itemid: int | npt.ArrayLike,
        N: int = 10,
        recalculate_item: bool = False,
        item_users: object = None,
        filter_items: npt.ArrayLike | None = None,
        items: npt.ArrayLike | None = None,
    ) -> tuple[npt.NDArray[np.int32], Floats]:
        """The items with the most similar vectors, by their cosine; the item comes first, as in implicit.

        Args:
            itemid: an index, or many.
            N: how many.
            recalculate_item: refused; items are not folded in.
            item_users: not used.
            filter_items: items to leave out.
            items: the only items to compare with.

        Returns:
            (ids, cosines), each of shape (N,) for one item and (items, N) for many.
        """
        if recalculate_item:
            raise NotImplementedError("items are not folded in; call fit with all ratings")
        return _nearest(self.item_factors, itemid, N, filter_items, items, ("itemid", "filter_items", "items"))

    def _vectors(self, side: int) -> tuple[Floats, Floats]:
        """Factors and biases of one side, copied from the library once; writing into them would change no list."""
        fitted = self._fitted()
        if side not in fitted.memory:
            fitted.memory[side] = self._copied(side)
        factors, biases = fitted.memory[side]
        return factors, biases

    def _copied(self, side: int) -> tuple[Floats, Floats]:
        fitted = self._fitted()
        rank, restarts = int(fitted.figures.rank), int(fitted.figures.restarts)
        parts = np.empty((restarts, self.shape[side], rank), dtype=np.float32)
        biases = np.empty((restarts, self.shape[side]), dtype=np.float32)
        for restart in range(restarts):
            _calls.run("model_vectors", fitted.model, side, restart, parts[restart], biases[restart])
        made = _side_by_side(parts, side), biases.mean(axis=0, dtype=np.float32)
        for array in made:
            array.flags.writeable = False
        return made

    def _folded(self, rows: CSR) -> tuple[Floats, Floats]:
        """Factors and biases of users by their ratings."""
        fitted = self._fitted()
        rank, restarts = int(fitted.figures.rank), int(fitted.figures.restarts)
        parts = np.empty((restarts, rows.shape[0], rank), dtype=np.float32)
        biases = np.empty((restarts, rows.shape[0]), dtype=np.float32)
        for restart in range(restarts):
            _calls.run("model_fold", fitted.model, struct(rows), restart, self._threads(), parts[restart], biases[restart])
        return _side_by_side(parts, _USERS), biases.mean(axis=0, dtype=np.float32)

    def _user_vectors(self) -> tuple[Floats, Floats]:
        """Those of all users, also of the ones with other ratings by now."""
        factors, biases = self._vectors(_USERS)
        updated = self._fitted().updated
        if updated:
            missing = max(0, max(updated) + 1 - len(factors))
            factors = np.concatenate([factors, np.zeros((missing, factors.shape[1]), dtype=np.float32)])
            biases = np.concatenate([biases, np.zeros(missing, dtype=np.float32)])
            for user, row in updated.items():
                some, bias = self._folded(row)
                factors[user], biases[user] = some[0], bias[0]
        return factors, biases


def _side_by_side(parts: Floats, side: int) -> Floats:
    """Shape (restarts, rows, rank) to (rows, restarts · rank)."""
    restarts, rows, rank = parts.shape
    whole = np.ascontiguousarray(parts.transpose(1, 0, 2)).reshape(rows, restarts * rank)
    return whole / np.float32(restarts) if side == _USERS and restarts > 1 else whole


def _nearest(
    vectors: Floats, wanted: Any, N: int, left_out: Any, only: Any, names: tuple[str, str, str]
) -> tuple[npt.NDArray[np.int32], Floats]:
    """The rows with the highest cosines."""
    if left_out is not None and only is not None:
        raise ValueError(f"{names[1]} and {names[2]} exclude each other; leave the unwanted ones out of {names[2]}")
    rows, is_single = _queries.checked_users(wanted)
    _queries.checked_ids(rows, len(vectors), names[0])
    candidates = _queries.checked_ids(only, len(vectors), names[2])
    if candidates is None:
        candidates = np.arange(len(vectors), dtype=np.int32)
    excluded = _queries.checked_ids(left_out, len(vectors), names[1], needs_some=False)
    if excluded is not None:
        candidates = np.setdiff1d(candidates, excluded)
    norms = np.linalg.norm(vectors, axis=1)
    directions = vectors / np.where(norms > 0, norms, 1)[:, None]
    N = min(_queries.positive(N, "N"), len(candidates))
    ids = np.empty((len(rows), N), dtype=np.int32)
    cosines = np.empty((len(rows), N), dtype=np.float32)
    others = directions[candidates]
    for place, row in enumerate(rows):
        products = others @ directions[row]
        order = _queries.best(products, N)
        ids[place], cosines[place] = candidates[order], products[order]
    return (ids[0], cosines[0]) if is_single else (ids, cosines)
