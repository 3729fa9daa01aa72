"""Frames of pandas or polars with one rating a row, as a matrix with the labels of its rows and columns."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ._matrices import CSR, warn

Labels = npt.NDArray[Any]
"""The ids of users or items in the order of their indices: int64, or strings as objects."""

_NAMES = {
    "user": ("user", "userid", "customer", "customerid", "reviewerid", "reviewer", "uid", "u"),
    "item": ("item", "itemid", "movie", "movieid", "product", "productid", "asin", "track", "trackid", "iid", "i"),
    "rating": ("rating", "ratings", "score", "stars", "overall", "value", "weight", "count", "plays", "r"),
    "timestamp": ("timestamp", "time", "date", "datetime", "unixreviewtime", "ts", "t"),
}


class Frame(NamedTuple):
    """Ratings of a frame: users and items are sorted, integers by size and text by its bytes in UTF-8."""

    matrix: CSR
    users: Labels
    items: Labels


def is_frame(data: object) -> bool:
    """Whether this is a frame of pandas or polars, or behaves like one."""
    return hasattr(data, "columns") and (hasattr(data, "iloc") or hasattr(data, "get_column") or hasattr(data, "collect"))


def read(frame: Any) -> Frame:
    """A frame with columns named user, item, and perhaps rating and timestamp, in any order.

    Without a rating each row counts 1. Of several ratings of one item by one user the last counts: by timestamp, or the
    last row.

    Raises:
        ValueError: for missing columns, missing ids, ratings that are no numbers.
    """
    if hasattr(frame, "collect"):
        raise ValueError("the frame is lazy; pass frame.collect()")
    places = _columns([str(name) for name in frame.columns])
    columns = {role: frame[frame.columns[place]] for role, place in places.items()}
    users, rows = _coded(columns["user"], "user")
    items, positions = _coded(columns["item"], "item")
    values = _ratings(columns["rating"]) if "rating" in columns else np.ones(len(rows), dtype=np.float32)
    order = np.lexsort((positions, rows))
    if "timestamp" in columns:
        order = np.lexsort((np.asarray(columns["timestamp"].to_numpy()), positions, rows))
    rows, positions, values = rows[order], positions[order], values[order]
    is_last = np.ones(len(rows), dtype=bool)
    is_last[:-1] = (rows[1:] != rows[:-1]) | (positions[1:] != positions[:-1])
    if not is_last.all():
        superseded = len(rows) - int(is_last.sum())
        warn(f"{superseded} ratings were superseded by a later rating of the same item by the same user; the last one counts")
        rows, positions, values = rows[is_last], positions[is_last], values[is_last]
    offsets = np.zeros(len(users) + 1, dtype=np.int64)
    np.cumsum(np.bincount(rows, minlength=len(users)), out=offsets[1:])
    return Frame(CSR((len(users), len(items)), offsets, positions.astype(np.int32), values), users, items)


def _columns(names: list[str]) -> dict[str, int]:
    plain = ["".join(letter for letter in name.lower() if letter.isalnum()) for name in names]
    places = {}
    for role, aliases in _NAMES.items():
        found = [plain.index(alias) for alias in aliases if alias in plain]
        if found:
            places[role] = found[0]
    missing = [role for role in ("user", "item") if role not in places]
    if missing:
        raise ValueError(
            f"the frame has no column named {' or '.join(missing)}, only {', '.join(names)}; "
            'rename its columns to user, item, rating and timestamp, as by frame.rename(columns={"reader": "user"})'
        )
    return places


def _coded(column: Any, role: str) -> tuple[Labels, npt.NDArray[np.int64]]:
    """The sorted labels of a column, and the index of each row's label."""
    ids = np.asarray(column.to_numpy())
    if ids.dtype.kind == "f":
        whole = np.isfinite(ids) & (ids == np.floor(ids))
        if not whole.all():
            row = int(np.flatnonzero(~whole)[0])
            raise ValueError(f"row {row} has the {role} {ids[row]}; ids are integers or text, and none is missing")
        ids = ids.astype(np.int64)
    if ids.dtype.kind in "iu":
        labels, codes = np.unique(ids.astype(np.int64), return_inverse=True)
        return labels, codes.astype(np.int64)
    texts = _texts(ids, role)
    labels, codes = np.unique(texts, return_inverse=True)
    numbers = [_integer(label) for label in labels]
    if None not in numbers:
        # As the program does: text that is a number throughout sorts by size.
        order = np.argsort(np.array(numbers, dtype=np.int64), kind="stable")
        places = np.empty(len(order), dtype=np.int64)
        places[order] = np.arange(len(order))
        labels, codes = labels[order], places[codes]
    return labels, codes.astype(np.int64)


def _texts(ids: npt.NDArray[Any], role: str) -> npt.NDArray[Any]:
    texts = np.empty(len(ids), dtype=object)
    for row, value in enumerate(ids):
        if value is None or value != value:
            raise ValueError(f"row {row} has no {role}; drop such rows, as by frame.dropna() or frame.drop_nulls()")
        texts[row] = value if isinstance(value, str) else str(value)
    return texts


def _integer(text: str) -> int | None:
    """The number that text is: in canonical form, of 64 bits."""
    try:
        number = int(text)
    except ValueError:
        return None
    return number if str(number) == text and -(2**63) <= number < 2**63 else None


def _ratings(column: Any) -> npt.NDArray[Any]:
    values = np.asarray(column.to_numpy())
    if values.dtype == object:
        try:
            values = values.astype(np.float64)
        except (TypeError, ValueError) as error:
            raise ValueError(f"the ratings are no numbers: {error}") from error
    if values.dtype.kind not in "biuf":
        raise ValueError(f"the ratings are {values.dtype}; they have to be numbers")
    if values.dtype not in (np.float32, np.float64):
        values = values.astype(np.float32)
    unknown = np.flatnonzero(~np.isfinite(values))
    if unknown.size:
        row = int(unknown[0])
        raise ValueError(f"row {row} has the rating {values[row]}; drop such rows, as by frame.dropna() or frame.drop_nulls()")
    return values
