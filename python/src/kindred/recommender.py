"""What all models share: fit, recommend, explain, save."""

from __future__ import annotations

import ctypes
import inspect
import io
import os
from typing import Any, ClassVar, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from . import _calls, _fitted, _queries
from ._fitted import File, Fitted
from ._frames import Labels
from ._matrices import csr
from ._ratings import Ratings, struct

Self = TypeVar("Self", bound="Recommender")

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


class Recommender:
    """A model that recommends items.

    The methods have the names, arguments and shapes of implicit. What differs: :meth:`fit` returns the model;
    ``user_items`` may be None for users of the training ratings; lists that end early go on with the id −1 and the score
    NaN; equally good items are in the order of their indices, and the same ratings, parameters and machine give the same
    bits at any number of threads.
    """

    _kind: ClassVar[str]
    _names: ClassVar[dict[str, str]] = {}
    """The library's names of parameters, where they are others."""

    num_threads: int
    _fit: Fitted | None = None

    def fit(self: Self, user_items: object, show_progress: bool = False) -> Self:
        """Fits the model.

        Args:
            user_items: a SciPy CSR matrix of shape (users, items), read in place; or a frame of pandas or polars with
                columns user, item and perhaps rating and timestamp. The model refers to the arrays for :meth:`save`:
                leave them as they are.
            show_progress: shows a bar of tqdm.

        Returns:
            The model itself.

        Raises:
            ValueError: for ratings or parameters that do not hold, with position, value and remedy.
            MemoryError: where the model needs more than there is.
        """
        ratings = Ratings(user_items, num_threads=self.num_threads)
        progress = type(self).__name__ if show_progress else None
        self._fit = Fitted.fit(self._kind, ratings, self._options(), progress)
        return self

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
        excluded = _queries.checked_ids(filter_items, self.shape[1], "filter_items")
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
        return Explanation(sum(share for _, share in pairs), pairs[:N], None)

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
        fitted.updated.update((user, rows.row(place)) for place, user in enumerate(users.tolist()))

    def partial_fit_items(self, itemids: npt.ArrayLike, item_users: object) -> None:
        """Refused: new factors of items would leave those of all users behind."""
        raise NotImplementedError("items cannot be updated without the users who rated them; call fit with all ratings")

    def save(self, file: File) -> None:
        """Saves the model, with its parameters and ratings, in NumPy's npz format.

        Args:
            file: a path, which gets ``.npz`` at its end if it has not; or an open file.
        """
        _fitted.save(file, self._kind, self.parameters(), self._fit)

    @classmethod
    def load(cls: type[Self], file: File) -> Self:
        """Loads a model that :meth:`save` saved.

        Those of the library that have files (als, implicit, bayes) are as they were; the others are fitted again, to the
        same bits on the same machine.

        Raises:
            ValueError: for a file of something else.
            OSError: for one that cannot be read.
        """
        model = cls.__new__(cls)
        model._restore(*_fitted.read(file))
        return model

    def write(self, folder: str | os.PathLike[str]) -> None:
        """Writes the model as ``kindred train`` does, for ``kindred recommend --factors`` and other programs.

        Raises:
            ValueError: for models that the program has no files for.
        """
        self._fitted().write(folder)

    def parameters(self) -> dict[str, Any]:
        """The parameters by their names in the constructor."""
        return {name: getattr(self, name) for name in inspect.signature(type(self)).parameters}

    @property
    def shape(self) -> tuple[int, int]:
        """The numbers of users and items of the training ratings."""
        return self._fitted().ratings.matrix.shape

    @property
    def users(self) -> Labels:
        """The id of each user: those of a frame, or 0, 1, … of a matrix."""
        return self._fitted().ratings.user_labels

    @property
    def items(self) -> Labels:
        """The id of each item: those of a frame, or 0, 1, … of a matrix."""
        return self._fitted().ratings.item_labels

    @property
    def losses(self) -> npt.NDArray[np.float64]:
        """The training loss after each step, of which ALS has two an iteration; empty for models without."""
        losses = np.empty(self._fitted().figures.losses, dtype=np.float64)
        _calls.run("model_losses", self._fitted().model, losses)
        return losses

    def options(self) -> dict[str, Any]:
        """The parameters by their names on the command line, without the number of threads."""
        parameters = {self._names.get(name, name.replace("_", "-")): value for name, value in self.parameters().items()}
        del parameters["num-threads"]
        return parameters

    def _options(self) -> bytes:
        return _calls.options(**self.options(), threads=self.num_threads)

    def _threads(self) -> bytes:
        return _calls.options(threads=self.num_threads)

    def _fitted(self) -> Fitted:
        if self._fit is None:
            raise ValueError(f"this {type(self).__name__} is not fitted; call fit first")
        return self._fit

    def _restore(self, kind: str, parameters: dict[str, Any], arrays: dict[str, npt.NDArray[Any]]) -> None:
        if kind != self._kind:
            raise ValueError(f"the file has a model of the kind {kind}; {type(self).__name__} is {self._kind}")
        try:
            self.__init__(**parameters)  # type: ignore[misc]
        except TypeError as error:
            raise ValueError(f"the file has other parameters than {type(self).__name__}: {error}") from error
        self._fit = Fitted.of(arrays, kind, self._options()) if arrays else None

    def __getstate__(self) -> bytes:
        return _fitted.to_bytes(self._kind, self.parameters(), self._fit)

    def __setstate__(self, state: bytes) -> None:
        self._restore(*_fitted.read(io.BytesIO(state)))

    def __repr__(self) -> str:
        defaults = inspect.signature(type(self)).parameters
        changed = [f"{name}={value!r}" for name, value in self.parameters().items() if value != defaults[name].default]
        return f"{type(self).__name__}({', '.join(changed)})"
