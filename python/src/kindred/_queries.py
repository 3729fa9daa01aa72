"""Users, items and rows that people ask for."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ._library import QueryStruct
from ._matrices import CSR, csr
from ._ratings import struct

Indices = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Query:
    """What lists are asked for."""

    length: int
    leaves_out_rated: bool
    excluded: Indices | None
    allowed: Indices | None

    def empty(self, count: int) -> tuple[Indices, npt.NDArray[np.float32]]:
        """Room for lists: items and scores."""
        return np.empty((count, self.length), dtype=np.int32), np.empty((count, self.length), dtype=np.float32)

    def parts(
        self, users: npt.NDArray[np.int64], rows: CSR | None, is_fold: bool, updated: dict[int, CSR], count: int
    ) -> Iterator[tuple[npt.NDArray[np.intp], QueryStruct]]:
        """Questions to the library with the places of their users: one for all, and one for each updated user.

        Args:
            rows: what each user has rated; None for the training ratings.
            is_fold: whether to go by the rows alone.
            updated: the users who have other ratings than in training.
            count: the number of users in training.

        Raises:
            IndexError: for an unknown user.
        """
        is_updated = np.isin(users, list(updated)) & (not is_fold)
        unknown = np.flatnonzero((users >= count) & ~is_updated) if not is_fold else np.empty(0, dtype=np.intp)
        if unknown.size:
            raise IndexError(
                f"user {users[unknown[0]]} of {count}; pass recalculate_user=True for one whom the model does not know"
            )
        places = np.flatnonzero(~is_updated)
        if places.size:
            some = rows if rows is None or places.size == users.size else rows.rows(places)
            yield places, self._struct(None if is_fold else users[places], some, places.size)
        for place in np.flatnonzero(is_updated):
            known = updated[int(users[place])]
            rated = known if rows is None else rows.row(int(place))
            rated_items = checked_ids(rated.columns, rated.shape[1], "user_items", needs_some=False)
            yield np.array([place]), self._struct(None, known, 1, rated_items)

    def _struct(
        self, users: npt.NDArray[np.int64] | None, rows: CSR | None, count: int, rated: Indices | None = None
    ) -> QueryStruct:
        """A question; items that are rated may be told apart from the rows to fold in."""
        excluded = self.excluded
        if rated is not None and self.leaves_out_rated:
            excluded = rated if excluded is None else np.union1d(rated, excluded)
        known = None if users is None else users.astype(np.int32)
        matrix = None if rows is None else struct(rows)
        made = QueryStruct(count=count, fold=int(users is None), exclude_rated=int(self.leaves_out_rated and rated is None))
        made.keeps = (known, matrix, excluded, self.allowed)
        made.users = _address(known)
        if matrix is not None:
            made.ratings = ctypes.pointer(matrix)
        made.excluded, made.excluded_count = _address(excluded), 0 if excluded is None else len(excluded)
        made.allowed, made.allowed_count = _address(self.allowed), 0 if self.allowed is None else len(self.allowed)
        return made


def _address(array: Indices | None) -> int | None:
    return None if array is None else array.ctypes.data


def positive(number: int, name: str) -> int:
    """The number, if it is a whole one from 1.

    Raises:
        ValueError: otherwise.
    """
    if isinstance(number, bool) or not isinstance(number, (int, np.integer)) or number < 1:
        raise ValueError(f"{name} is {number}; it has to be a whole number, 1 or more")
    return int(number)


def checked_users(userid: Any) -> tuple[npt.NDArray[np.int64], bool]:
    """Indices as an array, and whether it was a single one.

    Raises:
        ValueError: for something else than integers.
        IndexError: for a negative index.
    """
    users = np.asarray(userid)
    if users.dtype.kind not in "iu" and users.size:
        raise ValueError(f"userid is {users.dtype}; it has to be an integer or an array of integers")
    if users.ndim > 1:
        raise ValueError(f"userid has {users.ndim} dimensions; it has to be an integer or a flat array")
    flat = users.reshape(-1).astype(np.int64)
    outside = np.flatnonzero((flat < 0) | (flat > np.iinfo(np.int32).max))
    if outside.size:
        raise IndexError(f"user {flat[outside[0]]}; users are numbered from 0")
    return flat, users.ndim == 0


def checked_ids(ids: Any, count: int, name: str, *, needs_some: bool = True) -> Indices | None:
    """Indices below a count, ascending and each once; None stays None.

    Raises:
        IndexError: for one out of range.
        ValueError: for something else than integers, or none at all.
    """
    if ids is None:
        return None
    array = np.asarray(ids).reshape(-1)
    if array.dtype.kind not in "iu" and array.size:
        raise ValueError(f"{name} are {array.dtype}; they have to be integers")
    outside = np.flatnonzero((array < 0) | (array >= count))
    if outside.size:
        raise IndexError(f"{name} has {array[outside[0]]}; the model has {count}, numbered from 0")
    if needs_some and not array.size:
        raise ValueError(f"{name} is empty; leave it out for all")
    return np.unique(array.astype(np.int32))


def rows_of(user_items: object, users: int, items: int) -> CSR:
    """The ratings of some users, a row for each.

    Raises:
        ValueError: for another shape.
    """
    matrix = user_items if isinstance(user_items, CSR) else csr(user_items)
    if matrix.shape[0] != users:
        raise ValueError(
            f"user_items has {matrix.shape[0]} rows for {users} users; pass a row for each, as user_items[userids]"
        )
    if matrix.shape[1] != items:
        raise ValueError(f"user_items has {matrix.shape[1]} columns; the model has {items} items")
    return matrix


def best(scores: npt.NDArray[np.float32], N: int) -> npt.NDArray[np.intp]:
    """The indices of the N highest scores, highest first, and among equal ones the lower first."""
    if len(scores) > N:
        bound = np.partition(scores, len(scores) - N)[len(scores) - N]
        candidates = np.flatnonzero(scores >= bound)
    else:
        candidates = np.arange(len(scores))
    order = np.argsort(-scores[candidates], kind="stable")[:N]
    chosen: npt.NDArray[np.intp] = candidates[order]
    return chosen
