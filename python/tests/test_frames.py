"""Frames of pandas and polars; the library is not needed here."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from kindred import _frames
from kindred._matrices import ConversionWarning

pandas = pytest.importorskip("pandas")
polars = pytest.importorskip("polars")

KINDS = [pandas.DataFrame, polars.DataFrame]


def dense(frame: _frames.Frame) -> Any:
    import scipy.sparse as sp

    return sp.csr_matrix((frame.matrix.values, frame.matrix.columns, frame.matrix.offsets), shape=frame.matrix.shape).toarray()


@pytest.mark.parametrize("make", KINDS)
def test_columns_are_found_by_name_and_labels_kept(make: Any) -> None:
    frame = _frames.read(
        make({"rating": [4.0, 5.0, 1.0], "movieId": [30, 7, 30], "title": ["a", "b", "a"], "userId": [9, 2, 2]})
    )
    assert frame.users.tolist() == [2, 9]
    assert frame.items.tolist() == [7, 30]
    assert dense(frame).tolist() == [[5, 1], [0, 4]]


@pytest.mark.parametrize("make", KINDS)
def test_text_is_sorted_by_its_bytes_and_numbers_by_size(make: Any) -> None:
    frame = _frames.read(make({"user": ["b", "ä", "", "a\0b"], "item": ["10", "9", "-1", "100"]}))
    assert frame.users.tolist() == ["", "a\0b", "b", "ä"]
    assert frame.items.tolist() == ["-1", "9", "10", "100"]
    assert dense(frame).sum() == 4


@pytest.mark.parametrize("make", KINDS)
def test_one_id_that_is_no_number_makes_all_of_them_text(make: Any) -> None:
    assert _frames.read(make({"user": ["10", "9", "007"], "item": [1, 2, 3]})).users.tolist() == ["007", "10", "9"]


@pytest.mark.parametrize("make", KINDS)
def test_the_last_rating_counts_by_timestamp_or_row(make: Any) -> None:
    ratings = {"user": [1, 1, 1], "item": [5, 5, 6], "rating": [4, 2, 3]}
    with pytest.warns(ConversionWarning, match="1 ratings were superseded"):
        assert dense(_frames.read(make(ratings))).tolist() == [[2, 3]]
    with pytest.warns(ConversionWarning, match="superseded"):
        assert dense(_frames.read(make({**ratings, "timestamp": [20, 10, 5]}))).tolist() == [[4, 3]]


@pytest.mark.parametrize("make", KINDS)
def test_without_a_rating_each_row_counts_one(make: Any) -> None:
    assert _frames.read(make({"user": [1, 2], "item": [1, 1]})).matrix.values.tolist() == [1, 1]


@pytest.mark.parametrize("make", KINDS)
@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"reader": [1], "item": [1]}, "no column named user, only reader, item"),
        ({"user": [1], "item": [1], "rating": [float("nan")]}, "row 0 has the rating nan"),
        ({"user": [1], "item": [1], "rating": [float("inf")]}, "row 0 has the rating inf"),
        ({"user": [1], "item": [1], "rating": ["good"]}, "the ratings"),
        ({"user": [1.5], "item": [1]}, "row 0 has the user 1.5"),
        ({"user": ["a", None], "item": [1, 2]}, "row 1 has no user"),
        ({"user": [1, None], "item": [1, 2]}, "row 1 has the user nan"),
    ],
)
def test_what_does_not_hold_is_refused_with_its_row(make: Any, columns: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        _frames.read(make(columns))


def test_lazy_frames_are_refused_with_a_remedy() -> None:
    with pytest.raises(ValueError, match=r"collect\(\)"):
        _frames.read(polars.LazyFrame({"user": [1], "item": [1]}))


def test_pandas_dates_categories_and_strings() -> None:
    frame = pandas.DataFrame(
        {
            "user": pandas.Categorical(["b", "a", "b"]),
            "item": pandas.array(["x", "x", "x"], dtype="string"),
            "rating": pandas.array([1, 2, 3], dtype="Int64"),
            "date": pandas.to_datetime(["2024-01-02", "2024-01-01", "2024-01-01"]),
        }
    )
    with pytest.warns(ConversionWarning, match="superseded"):
        read = _frames.read(frame)
    assert read.users.tolist() == ["a", "b"]
    assert np.array_equal(dense(read), [[2], [1]])
