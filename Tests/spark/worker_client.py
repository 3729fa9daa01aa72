"""A client of kindred-worker for tests: encodes and decodes the frames of docs/worker-protocol.md, and runs the program."""

from __future__ import annotations

import os
import struct
import subprocess
import threading
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

MAGIC = b"KW1\0"
CONFIG, BLOCK, PAIR, FLOORS, COUNTS, ROWS, CHUNKS, FEATURES, GRAMIAN, ROUTES, SOLVE, FIRST, DRAW, VALUES = range(1, 15)
HELLO, LISTS, SOLUTION, SUMS, GRAMIANS, ROUTED, STATES, ERROR, DONE = 64, 65, 66, 67, 68, 69, 70, 72, 73

Frame = tuple[int, bytes]


def frame(kind: int, payload: bytes = b"", sequence: int = 0) -> bytes:
    """A frame as it is sent."""
    return MAGIC + struct.pack("<IQII", kind, len(payload), zlib.crc32(payload), sequence) + payload


def frames(parts: Iterable[Frame]) -> bytes:
    """Frames in sequence."""
    return b"".join(frame(kind, payload, sequence) for sequence, (kind, payload) in enumerate(parts))


def decode(stream: bytes) -> Iterator[Frame]:
    """The frames of a stream, each checked."""
    at = sequence = 0
    while at < len(stream):
        assert stream[at : at + 4] == MAGIC and len(stream) >= at + 24, f"no frame at byte {at}"
        kind, size, checksum, number = struct.unpack_from("<IQII", stream, at + 4)
        payload = stream[at + 24 : at + 24 + size]
        assert number == sequence and len(payload) == size, f"frame {sequence} is cut, or another"
        assert zlib.crc32(payload) == checksum, f"frame {sequence} is damaged"
        yield kind, payload
        at += 24 + size
        sequence += 1


def integers(*values: int) -> bytes:
    """Numbers of 64 bits."""
    return struct.pack(f"<{len(values)}q", *values)


def array(values: object, dtype: str) -> bytes:
    """An array, padded with zeros to a multiple of eight bytes."""
    data = np.ascontiguousarray(np.asarray(values, dtype)).tobytes()
    return data + b"\0" * (-len(data) % 8)


def config(**settings: object) -> Frame:
    """CONFIG; floats are written in hexadecimal."""
    lines = (f"{key}={value.hex() if isinstance(value, float) else value}\n" for key, value in settings.items())
    return CONFIG, "".join(lines).encode()


@dataclass
class Taker:
    """Takes the numbers of a payload in order."""

    payload: bytes
    at: int = 0

    def integers(self, count: int) -> tuple[int, ...]:
        self.at += 8 * count
        return struct.unpack_from(f"<{count}q", self.payload, self.at - 8 * count)

    def array(self, dtype: str, count: int) -> NDArray[np.generic]:
        values = np.frombuffer(self.payload, dtype, count, self.at)
        self.at += -(-values.nbytes // 8) * 8
        return values

    def end(self) -> None:
        assert self.at == len(self.payload), f"{len(self.payload) - self.at} bytes too many"


@dataclass
class Answer:
    """What came of a run."""

    code: int
    frames: list[Frame] = field(repr=False)
    error: str
    output: bytes = field(default=b"", repr=False)

    def of(self, kind: int) -> list[bytes]:
        """The payloads of one kind."""
        return [payload for own, payload in self.frames if own == kind]


def run(
    program: str | Path, parts: Iterable[Frame], *, environment: Mapping[str, str] | None = None, timeout: float = 120
) -> Answer:
    """Runs the program on frames and reads all of its answer, which must end with a DONE that counts right if the code is 0."""
    return run_bytes(program, frames(parts), environment=environment, timeout=timeout)


def run_bytes(
    program: str | Path, stream: bytes, *, environment: Mapping[str, str] | None = None, timeout: float = 120
) -> Answer:
    """The same for bytes of any kind."""
    process = subprocess.Popen(
        [program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **(environment or {})},
    )
    timer = threading.Timer(timeout, process.kill)
    timer.start()
    try:
        output, error = process.communicate(stream)
    finally:
        timer.cancel()
    try:
        answer = list(decode(output))
    except AssertionError:
        answer = []
    return Answer(process.returncode, answer, error.decode(), output)


def checked(answer: Answer) -> Answer:
    """The answer of a worker that has done its work, which DONE confirms."""
    assert answer.code == 0, answer.error
    assert answer.frames and answer.frames[-1][0] == DONE, "no DONE"
    assert struct.unpack("<QQ", answer.frames[-1][1])[1] == len(answer.frames) - 1, "DONE counts other frames"
    return answer


def hello(answer: Answer) -> dict[str, str]:
    """The lines of HELLO."""
    kind, payload = answer.frames[0]
    assert kind == HELLO
    return dict(line.split("=", 1) for line in payload.decode().splitlines())


def block(side: int, first: int, ids: object, offsets: object, columns: object, values: object, *, halves: bool) -> Frame:
    """BLOCK; values are ratings."""
    ids = np.asarray(ids, "<i4")
    data = array(np.asarray(values) * 2, "u1") if halves else array(values, "<f4")
    head = integers(side, len(ids), int(halves), first)
    return BLOCK, head + array(ids, "<i4") + array(offsets, "<i8") + array(columns, "<i4") + data


@dataclass
class Lists:
    """The rows of LISTS frames, one entry per neighbor."""

    users: NDArray[np.int32]
    neighbors: NDArray[np.int32]
    similarities: NDArray[np.float32]
    supports: NDArray[np.int32]


def lists(payloads: Iterable[bytes]) -> Lists:
    """All entries of LISTS frames, in order."""
    columns: list[list[NDArray[np.generic]]] = [[], [], [], []]
    for payload in payloads:
        taker = Taker(payload)
        _, rows = taker.integers(2)
        ids, counts = taker.array("<i4", rows), taker.array("<i4", rows)
        entries = int(counts.sum())
        columns[0].append(np.repeat(ids, counts))
        for column, dtype in zip(columns[1:], ("<i4", "<f4", "<i4"), strict=True):
            column.append(taker.array(dtype, entries))
        taker.end()
    return Lists(*(np.concatenate(column) if column else np.zeros(0) for column in columns))


def solution(payloads: Iterable[bytes], rows: int, order: int) -> NDArray[np.float32]:
    """The rows of SOLUTION frames."""
    matrix = np.full((rows, order), np.nan, "<f4")
    for payload in payloads:
        taker = Taker(payload)
        first, count, width = taker.integers(3)
        assert width == order
        matrix[first : first + count] = taker.array("<f4", count * order).reshape(count, order)
        taker.end()
    assert not np.isnan(matrix).any(), "rows are missing"
    return matrix


def sums(payload: bytes) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Losses and penalties of a SUMS frame."""
    taker = Taker(payload)
    (count,) = taker.integers(1)
    result = taker.array("<f8", count), taker.array("<f8", count)
    taker.end()
    return result
