"""Ratings inside the library, and arrays for it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from . import _calls, _frames
from ._frames import Labels
from ._library import CSRStruct, Handle, IDsStruct
from ._matrices import CSR, csr


class Ratings:
    """Ratings that were checked and copied into the library, with the labels of users and items.

    Raises:
        ValueError: with position, value and remedy.
    """

    def __init__(self, data: object, name: str = "user_items", num_threads: int = 0) -> None:
        self.users: Labels | None = None
        self.items: Labels | None = None
        if isinstance(data, CSR):
            self.matrix = data
        elif _frames.is_frame(data):
            self.matrix, self.users, self.items = _frames.read(data)
        else:
            self.matrix = csr(data, name)
        self._make(name, num_threads)

    @classmethod
    def of(cls, matrix: CSR, users: Labels | None, items: Labels | None) -> Ratings:
        """The same ratings as before, for instance from a file."""
        ratings = cls.__new__(cls)
        ratings.matrix, ratings.users, ratings.items = matrix, users, items
        ratings._make("user_items", 0)
        return ratings

    def _make(self, name: str, num_threads: int) -> None:
        self.handle = Handle("ratings")
        options = _calls.options(source=name, threads=num_threads)
        ids = (_ids(self.users), _ids(self.items))
        _calls.run("ratings_make", struct(self.matrix), *ids, options, self.handle.out)

    @property
    def user_labels(self) -> Labels:
        """The id of each user: 0, 1, … of a matrix."""
        return np.arange(self.matrix.shape[0]) if self.users is None else self.users

    @property
    def item_labels(self) -> Labels:
        """The id of each item: 0, 1, … of a matrix."""
        return np.arange(self.matrix.shape[1]) if self.items is None else self.items


def struct(matrix: CSR) -> CSRStruct:
    """The matrix for the library, which reads its arrays in place."""
    made = CSRStruct(
        matrix.shape[0],
        matrix.shape[1],
        matrix.entries,
        matrix.offsets.ctypes.data,
        matrix.columns.ctypes.data,
        matrix.values.ctypes.data,
        matrix.offsets.itemsize,
        matrix.columns.itemsize,
        matrix.values.itemsize,
    )
    made.keeps = matrix
    return made


def encoded(labels: Labels) -> tuple[bytes, npt.NDArray[np.int64]]:
    """Labels in UTF-8 one behind the other, and where each begins."""
    try:
        texts = [str(label).encode() for label in labels.tolist()]
    except UnicodeEncodeError as error:
        raise ValueError(f"an id cannot be written in UTF-8: {error}") from error
    offsets = np.zeros(len(texts) + 1, dtype=np.int64)
    np.cumsum([len(text) for text in texts], out=offsets[1:])
    return b"".join(texts), offsets


def _ids(labels: Labels | None) -> IDsStruct | None:
    if labels is None:
        return None
    texts, offsets = encoded(labels)
    made = IDsStruct(len(labels), texts, offsets.ctypes.data)
    made.keeps = offsets
    return made
