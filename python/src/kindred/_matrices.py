"""What people pass as ratings, as the arrays that the library reads."""

from __future__ import annotations

import sys
import warnings
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

Integers = npt.NDArray[Any]
"""An array of int32 or int64."""

Numbers = npt.NDArray[Any]
"""An array of float32 or float64."""


class ConversionWarning(UserWarning):
    """Ratings were copied into another form; the message says how to avoid it."""


@dataclass(frozen=True)
class CSR:
    """A sparse matrix by rows, whose offsets hold; the library checks all else."""

    shape: tuple[int, int]
    offsets: Integers
    columns: Integers
    values: Numbers

    @property
    def entries(self) -> int:
        """The number of stored entries."""
        return int(self.offsets[-1])

    def row(self, index: int) -> CSR:
        """One row as a matrix of its own.

        Raises:
            IndexError: beyond the rows.
        """
        if not 0 <= index < self.shape[0]:
            raise IndexError(f"row {index} of {self.shape[0]}; rows are numbered from 0")
        start, end = int(self.offsets[index]), int(self.offsets[index + 1])
        offsets = np.array([0, end - start], dtype=np.int64)
        return CSR((1, self.shape[1]), offsets, self.columns[start:end], self.values[start:end])

    def copy(self) -> CSR:
        """The same in arrays of its own."""
        return CSR(self.shape, self.offsets.copy(), self.columns.copy(), self.values.copy())

    def rows(self, places: npt.NDArray[np.intp]) -> CSR:
        """Some rows, which are in range, as a matrix of their own."""
        counts = self.offsets[places + 1] - self.offsets[places]
        offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        entries = np.repeat(self.offsets[places] - offsets[:-1], counts) + np.arange(offsets[-1])
        return CSR((len(places), self.shape[1]), offsets, self.columns[entries], self.values[entries])


def csr(matrix: object, name: str = "user_items") -> CSR:
    """A matrix of users × items as the library reads it.

    CSR matrices and arrays of float32 or float64 with int32 or int64 indices are passed in place. Other numbers are
    converted, unsorted rows sorted and duplicates summed in a copy, as SciPy does.

    Raises:
        ValueError: for dense arrays, other shapes than a matrix, values that are no real numbers, broken offsets.
    """
    if not sp.issparse(matrix):
        raise ValueError(_not_sparse(matrix, name))
    sparse = cast(Any, matrix)
    if sparse.ndim != 2:
        raise ValueError(f"{name} has {sparse.ndim} dimension; pass a matrix of users × items, such as a row as m[[0]]")
    if sparse.format != "csr":
        sparse = _converted(sparse, name)
    offsets, columns, values = _indices(sparse.indptr, name), _indices(sparse.indices, name), _numbers(sparse.data, name)
    shape = (int(sparse.shape[0]), int(sparse.shape[1]))
    check_offsets(shape[0], offsets, len(columns), len(values), name)
    if not sparse.has_canonical_format:
        return _canonical(shape, offsets, columns, values, name)
    return CSR(shape, offsets, columns, values)


def warn(message: str) -> None:
    """Warns of a conversion, at the line outside this package that passed the ratings."""
    frame, level = sys._getframe(1), 2
    while frame.f_back is not None and frame.f_globals.get("__name__", "").split(".")[0] == "kindred":
        frame, level = frame.f_back, level + 1
    warnings.warn(message, ConversionWarning, stacklevel=level)


def check_offsets(rows: int, offsets: Integers, columns: int, values: int, name: str) -> None:
    """Raises ValueError unless SciPy and the library can walk the rows without leaving the arrays."""
    if len(offsets) != rows + 1:
        raise ValueError(f"{name}.indptr has {len(offsets)} offsets; {rows} rows need {rows + 1}")
    if offsets[0] != 0:
        raise ValueError(f"{name}.indptr[0] is {offsets[0]}; offsets begin with 0")
    falling = np.flatnonzero(offsets[1:] < offsets[:-1])
    if falling.size:
        row = int(falling[0])
        raise ValueError(
            f"{name}.indptr[{row + 1}] is {offsets[row + 1]} after {offsets[row]}; offsets never fall. "
            "Build the matrix anew, for instance from its coordinates by scipy.sparse.coo_matrix"
        )
    if offsets[-1] > min(columns, values):
        raise ValueError(
            f"{name}.indptr ends with {offsets[-1]}, but there are {columns} indices and {values} values; "
            "build the matrix anew, for instance from its coordinates by scipy.sparse.coo_matrix"
        )


def _not_sparse(matrix: object, name: str) -> str:
    if isinstance(matrix, np.ndarray):
        return (
            f"{name} is a dense array, where 0 could be a rating or none; "
            "pass scipy.sparse.csr_matrix(array), which leaves the zeros out"
        )
    return f"{name} is a {type(matrix).__name__}; pass a SciPy CSR matrix of users × items, or a frame of user, item, rating"


def _converted(matrix: Any, name: str) -> Any:
    """Another sparse format as CSR, by coordinates that are known to be in range: SciPy's own routines trust them."""
    form = matrix.format.upper()
    try:
        rows, columns, values = _coordinates(matrix, name)
        _check_coordinates(rows, columns, len(values), matrix.shape)
        converted = sp.coo_matrix((values, (rows, columns)), shape=matrix.shape).tocsr()
    except (IndexError, TypeError, ValueError) as error:
        raise ValueError(f"{name} is no valid {form} matrix: {error}; build it anew") from error
    warn(f"{name} is a {form} matrix and was converted; pass {name}.tocsr() to avoid it")
    return converted


def _coordinates(matrix: Any, name: str) -> tuple[Integers, Integers, npt.NDArray[Any]]:
    """Rows, columns and values of all entries."""
    if matrix.format == "csc":
        offsets, rows = _indices(matrix.indptr, name), _indices(matrix.indices, name)
        check_offsets(matrix.shape[1], offsets, len(rows), len(matrix.data), name)
        entries = offsets[-1]
        return rows[:entries], np.repeat(np.arange(matrix.shape[1]), np.diff(offsets)), matrix.data[:entries]
    if matrix.format == "bsr":
        height, width = matrix.data.shape[1:]
        blocks = _indices(matrix.indices, name)
        check_offsets(matrix.shape[0] // height, _indices(matrix.indptr, name), len(blocks), len(matrix.data), name)
        if blocks.size and not 0 <= blocks.min() <= blocks.max() < matrix.shape[1] // width:
            raise IndexError("a block is out of range")
    if matrix.format != "coo":
        matrix = matrix.tocoo()
    return _indices(matrix.row, name), _indices(matrix.col, name), matrix.data


def _check_coordinates(rows: Integers, columns: Integers, values: int, shape: tuple[int, int]) -> None:
    if not len(rows) == len(columns) == values:
        raise ValueError(f"{len(rows)} rows, {len(columns)} columns and {values} values differ in number")
    for side, indices, count in (("row", rows, shape[0]), ("column", columns, shape[1])):
        outside = np.flatnonzero((indices < 0) | (indices >= count))
        if outside.size:
            entry = int(outside[0])
            raise IndexError(f"entry {entry} has the {side} {indices[entry]} of {count}")


def _canonical(shape: tuple[int, int], offsets: Integers, columns: Integers, values: Numbers, name: str) -> CSR:
    """A copy with sorted rows and summed duplicates."""
    entries = int(offsets[-1])
    copy = sp.csr_matrix((values[:entries].copy(), columns[:entries].copy(), offsets.copy()), shape=shape)
    copy.sum_duplicates()
    done = "duplicates were summed" if copy.nnz < entries else "rows were sorted"
    warn(f"{name} has unsorted or duplicate entries: {done} in a copy; call {name}.sum_duplicates() to avoid it")
    return CSR(shape, copy.indptr, copy.indices, copy.data)


def _indices(array: object, name: str) -> Integers:
    indices = np.asarray(array)
    if indices.ndim != 1 or indices.dtype.kind not in "iu":
        raise ValueError(f"indices of {name} are {indices.ndim}-dimensional {indices.dtype}; they have to be int32 or int64")
    if indices.dtype not in (np.int32, np.int64):
        if indices.dtype == np.uint64 and indices.size and indices.max() > np.iinfo(np.int64).max:
            raise ValueError(f"an index of {name} is {indices.max()}; it is too large")
        indices = indices.astype(np.int64)
    return _native(indices)


def _numbers(array: object, name: str) -> Numbers:
    numbers = np.asarray(array)
    if numbers.ndim != 1 or numbers.dtype.kind not in "biuf":
        raise ValueError(f"values of {name} are {numbers.dtype}; they have to be real numbers, float32 or float64")
    if numbers.dtype not in (np.float32, np.float64):
        numbers = numbers.astype(np.float32 if numbers.dtype.kind != "f" or numbers.dtype.itemsize < 4 else np.float64)
    return _native(numbers)


def _native(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The array itself, or a copy in one piece and the byte order of the machine."""
    return np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("="))
