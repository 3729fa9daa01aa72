"""Frames of the worker's protocol, and the arrays in their payloads."""

from __future__ import annotations

import itertools
import struct
import zlib
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

import pyarrow as pa

from .errors import WorkerError

PROTOCOL, MAGIC, PIECE = 1, 0x0031574B, 16 << 20
CONFIG, BLOCK, PAIR, FLOORS, COUNTS, ROWS, CHUNKS, FEATURES, GRAMIAN, ROUTES, SOLVE, FIRST, DRAW, VALUES = range(1, 15)
HELLO, LISTS, SOLUTION, SUMS, GRAMIANS, ROUTED, STATES, ERROR, DONE = 64, 65, 66, 67, 68, 69, 70, 72, 73
HEADER = "<IIQII"
Frames = Iterable[tuple[int, Any]]


def frame(kind: int, payload: Any, sequence: int) -> bytes:
    """A frame of the protocol: magic, type, size, CRC-32 and sequence number, then the payload."""
    return b"".join((struct.pack(HEADER, MAGIC, kind, len(payload), zlib.crc32(payload), sequence), payload))


def read_frames(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """The frames of a worker's output, DONE last; damage and an end without DONE raise WorkerError."""
    for sequence in itertools.count():
        header = stream.read(24)
        if len(header) < 24:
            raise WorkerError("its output ends inside a frame" if header else "its output ends without DONE")
        magic, kind, size, crc, number = struct.unpack(HEADER, header)
        if (magic, number) != (MAGIC, sequence) or size > 1 << 30:
            raise WorkerError(f"frame {sequence} of its output is damaged")
        payload = stream.read(size)
        if len(payload) < size:
            raise WorkerError("its output ends inside a frame")
        if zlib.crc32(payload) != crc:
            raise WorkerError(f"frame {sequence} of its output has a wrong checksum")
        if kind == ERROR:
            raise WorkerError(payload.decode("utf-8", "replace"))
        yield kind, payload
        if kind == DONE:
            if struct.unpack("<QQ", payload)[1] != sequence or stream.read(1):
                raise WorkerError("its output has another number of frames than DONE says")
            return


def padded(data: Any) -> bytes:
    """An array's bytes, padded with zeros to a multiple of 8."""
    return bytes(data) + bytes(-len(data) % 8)


def elements(array: pa.Array) -> memoryview:
    """The bytes of an Arrow array without nulls."""
    width = array.type.bit_width // 8
    return (
        memoryview(array.buffers()[1])[array.offset * width : (array.offset + len(array)) * width]
        if len(array)
        else memoryview(b"")
    )


def raw(*arrays: pa.Array | pa.ChunkedArray) -> bytes:
    """The elements of Arrow arrays, as a payload holds them."""
    whole = (array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array for array in arrays)
    return b"".join(padded(elements(array)) for array in whole)


class Payload:
    """Reads the integers and padded arrays of a payload in order, without copies."""

    def __init__(self, data: Any) -> None:
        self.buffer, self.place = pa.py_buffer(data), 0

    def integers(self, count: int) -> tuple[int, ...]:
        """The next 64-bit integers."""
        self.place += 8 * count
        return struct.unpack_from(f"<{count}q", self.buffer, self.place - 8 * count)

    def array(self, type: pa.DataType, count: int) -> pa.Array:
        """The next array."""
        size = count * type.bit_width // 8
        values = pa.Array.from_buffers(type, count, [None, self.buffer.slice(self.place, size)])
        self.place += size + -size % 8
        return values
