"""What people pass, as the arrays that the library reads; the library is not needed here."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

from kindred._matrices import ConversionWarning, csr

DENSE = np.array([[5, 0, 3], [0, 0, 0], [1, 2, 0]], dtype=np.float32)


def matrix(dtype: Any = np.float32) -> sp.csr_matrix:
    return sp.csr_matrix(DENSE.astype(dtype))


@pytest.mark.parametrize("value", [np.float32, np.float64])
@pytest.mark.parametrize("index", [np.int32, np.int64])
@pytest.mark.parametrize("kind", [sp.csr_matrix, sp.csr_array])
def test_float_csr_is_passed_in_place(value: Any, index: Any, kind: Any) -> None:
    given = kind(DENSE.astype(value))
    given.indices, given.indptr = given.indices.astype(index), given.indptr.astype(index)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read = csr(given)
    assert np.shares_memory(read.values, given.data)
    assert np.shares_memory(read.columns, given.indices)
    assert np.shares_memory(read.offsets, given.indptr)
    assert (read.columns.dtype, read.values.dtype, read.shape) == (index, value, (3, 3))


@pytest.mark.parametrize(
    "dtype", [bool, np.int8, np.uint8, np.int32, np.int64, np.uint64, np.float16, np.longdouble, ">f4", ">f8"]
)
def test_other_numbers_are_converted(dtype: Any) -> None:
    given = matrix()
    given.data = given.data.astype(dtype)
    read = csr(given)
    assert read.values.dtype in (np.dtype(np.float32), np.dtype(np.float64))
    assert read.values.tolist() == given.data.astype(float).tolist()


@pytest.mark.parametrize("form", ["csc", "coo", "lil", "dok", "dia", "bsr"])
@pytest.mark.parametrize("kind", [sp.coo_matrix, sp.coo_array])
def test_other_formats_are_converted_with_a_warning_at_the_caller(form: str, kind: Any) -> None:
    given = kind(DENSE).asformat(form)
    with pytest.warns(ConversionWarning, match=f"{form.upper()} matrix") as caught:
        read = csr(given)
    assert caught[0].filename == __file__
    assert sp.csr_matrix((read.values, read.columns, read.offsets), shape=read.shape).toarray().tolist() == DENSE.tolist()


def test_unsorted_rows_are_sorted_in_a_copy() -> None:
    given = sp.csr_matrix((np.array([3.0, 5.0]), np.array([2, 0]), np.array([0, 2])), shape=(1, 3))
    with pytest.warns(ConversionWarning, match="sorted"):
        read = csr(given)
    assert (read.columns.tolist(), read.values.tolist()) == ([0, 2], [5.0, 3.0])
    assert given.indices.tolist() == [2, 0]


def test_duplicates_are_summed_in_a_copy_as_scipy_does() -> None:
    given = sp.csr_matrix((np.array([1.0, 2.0, 4.0]), np.array([1, 1, 2]), np.array([0, 3])), shape=(1, 3))
    with pytest.warns(ConversionWarning, match="summed"):
        read = csr(given)
    assert (read.columns.tolist(), read.values.tolist(), read.entries) == ([1, 2], [3.0, 4.0], 2)
    assert given.nnz == 3


def test_explicit_zeros_stay_ratings() -> None:
    given = sp.csr_matrix((np.array([0.0, 2.0]), np.array([0, 1]), np.array([0, 2])), shape=(1, 2))
    assert csr(given).values.tolist() == [0.0, 2.0]


def test_spare_room_behind_the_last_row_is_not_read() -> None:
    given = matrix()
    given.indices, given.data = np.append(given.indices, -7), np.append(given.data, np.float32(np.nan))
    assert csr(given).entries == 4


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (DENSE, r"csr_matrix\(array\)"),
        (DENSE.tolist(), "is a list"),
        (None, "is a NoneType"),
        (sp.csr_matrix(DENSE + 0j), "real numbers"),
        (sp.coo_array(DENSE[0]), "dimension"),
    ],
)
def test_what_is_no_matrix_of_ratings_is_refused_with_a_remedy(given: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        csr(given)


@pytest.mark.parametrize(
    ("offsets", "message"),
    [
        ([1, 2, 2, 4], r"indptr\[0\] is 1"),
        ([0, 2, 1, 4], r"indptr\[2\] is 1 after 2"),
        ([0, 2, 2, 9], "ends with 9"),
        ([0, 2, 4], "3 offsets; 3 rows need 4"),
        ([0, -1, 2, 4], r"indptr\[1\] is -1 after 0"),
        ([0.0, 2.0, 2.0, 4.0], "int32 or int64"),
    ],
)
def test_broken_offsets_are_found_before_scipy_follows_them(offsets: list[Any], message: str) -> None:
    given = matrix()
    given.indptr = np.array(offsets)
    with pytest.raises(ValueError, match=message):
        csr(given)


@pytest.mark.parametrize("form", ["coo", "csc"])
@pytest.mark.parametrize("index", [-1, 3, 2**31 - 1])
def test_indices_out_of_range_are_found_before_scipy_converts_them(form: str, index: int) -> None:
    matrix: Any = sp.coo_matrix(DENSE)
    given = matrix.asformat(form)
    indices = given.row if form == "coo" else given.indices
    indices[1] = index
    with pytest.raises(ValueError, match="build it anew"):
        csr(given)


def test_one_row_and_some_rows() -> None:
    whole = csr(matrix())
    assert whole.row(2).columns.tolist() == [0, 1]
    assert whole.rows(np.array([2, 0, 1])).offsets.tolist() == [0, 2, 4, 4]
    assert whole.rows(np.array([2, 0, 1])).values.tolist() == [1, 2, 5, 3]
    with pytest.raises(IndexError, match="row 3 of 3"):
        whole.row(3)
