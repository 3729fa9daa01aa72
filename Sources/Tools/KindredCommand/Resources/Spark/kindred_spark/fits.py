"""Factors and what they came from: sums in the order of one machine, and payloads to rows."""

from __future__ import annotations

import dataclasses
import functools
import math
import operator
import statistics
import struct
from array import array
from collections.abc import Iterable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame

from .cluster import Batches, Mapper, rows_of
from .errors import KindredError
from .frames import GRAMIANS, SUMS, Payload, elements, padded, raw


@dataclasses.dataclass(frozen=True)
class Fit:
    """Factors (index, bias, factors) of users and items, and how they came about."""

    factors: dict[str, DataFrame]
    losses: list[float]
    seconds: list[float]
    mean: float
    relevant: float

    @property
    def seconds_per_iteration(self) -> float:
        """The median, without the first iteration where there are more."""
        return statistics.median(self.seconds[1:] or self.seconds)


def in_order(values: Iterable[float]) -> float:
    """The sum from the left, as one machine adds; `sum` has other bits since Python 3.12."""
    return functools.reduce(operator.add, values, 0.0)


def require_finite(losses: list[float]) -> None:
    """A loss is finite as long as all factors are."""
    if not all(map(math.isfinite, losses)):
        after, remedy = (len(losses) + 1) // 2, "raise --regularization, or check the scale of the ratings"
        raise KindredError(f"the factors are not finite after iteration {after}: {remedy}")


def features(solution: bytes, start: int) -> bytes:
    """FEATURES of a SOLUTION of the block that begins with a row."""
    first, count, order = struct.unpack_from("<3q", solution)
    ids = array("i", range(start + first, start + first + count)).tobytes()
    return struct.pack("<2q", count, order) + padded(ids) + solution[24:]


def sums_of(rows: list[Any]) -> tuple[float, float]:
    """Losses and penalties of SUMS, added in the order of the chunks."""
    losses, penalties = array("d"), array("d")
    for _, _, kind, _, data in sorted(rows, key=operator.itemgetter(1)):
        if kind == SUMS:
            values = array("d", bytes(data[8:]))
            losses += values[: len(values) // 2]
            penalties += values[len(values) // 2 :]
    return in_order(losses), in_order(penalties)


def gramian_of(rows: list[Any]) -> bytes:
    """GRAMIAN: the sum of GRAMIANS in the order of the chunks; empty without any."""
    total = None
    frames = [(source, struct.unpack_from("<3q", data), data) for _, source, kind, _, data in rows if kind == GRAMIANS]
    for _, (_, count, order), data in sorted(frames, key=lambda each: each[:2]):
        for place in range(count):
            own = pa.py_buffer(data).slice(24 + place * 4 * order * order)
            part = pa.Array.from_buffers(pa.float32(), order * order, [None, own])
            total = part if total is None else pc.add(total, part)
    return raw(total) if total is not None else b""


def unpack(is_biased: bool) -> Mapper:
    """Rows of FEATURES → (index, bias, factors); without biases they are null."""

    def rows(batches: Batches) -> Batches:
        for *_, data in rows_of(batches):
            payload = Payload(data)
            count, order = payload.integers(2)
            rank, ids = order - is_biased, payload.array(pa.int32(), count)
            values = array("f", bytes(elements(payload.array(pa.float32(), count * order))))
            biases = pa.array(values[rank::order] if is_biased else [None] * count, pa.float32())
            if is_biased:
                del values[rank::order]
            flat = pa.Array.from_buffers(pa.float32(), len(values), [None, pa.py_buffer(values)])
            factors = pa.ListArray.from_arrays(pa.array(range(0, len(values) + 1, rank), pa.int32()), flat)
            yield pa.RecordBatch.from_arrays([ids, biases, factors], ["index", "bias", "factors"])

    return rows
