"""Blocks and lists of neighbors as payloads, from rows and to rows."""

from __future__ import annotations

import itertools
import struct
from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from .cluster import Row, batch, rows_of
from .frames import BLOCK, COUNTS, FLOORS, LISTS, PAIR, PIECE, Frames, Payload, raw


def runs(batches: Iterable[pa.RecordBatch], key: str, width: int) -> Iterator[tuple[pa.Table, pa.Array, pa.Array]]:
    """Tables of whole runs of equal keys, of about 16 MB at `width` bytes a row, with the keys and where their runs end."""
    held: list[pa.RecordBatch] = []
    for part in itertools.chain(batches, [None]):
        held += [part] if part is not None else []
        rows = sum(map(len, held))
        if not rows or (part is not None and rows * width < PIECE):
            continue
        table = pa.Table.from_batches(held).combine_chunks()
        encoded = pc.run_end_encode(table[key].chunk(0))
        keys, ends, held = encoded.values, encoded.run_ends.cast(pa.int64()), []
        if part is not None:
            if len(keys) == 1:
                held = table.to_batches()
                continue
            # The last run may go on in the next batch.
            keys, ends = keys[:-1], ends[:-1]
            held = table.slice(ends[-1].as_py()).to_batches()
            table = table.slice(0, ends[-1].as_py())
        yield table, keys, ends


def encode_rows(batches: Iterable[pa.RecordBatch], halves: bool) -> Iterator[pa.RecordBatch]:
    """Rows (task, u, i, r) ascending become pieces of the task's BLOCK, with ratings of one byte each if halves."""
    first, zero = 0, struct.pack("<q", 0)
    for piece, (table, ids, ends) in enumerate(runs(batches, "u", 5 if halves else 8)):
        values = pc.multiply(table["r"], 2).cast(pa.uint8()) if halves else table["r"]
        head = struct.pack("<4q", 0, len(ids), int(halves), first)
        data = b"".join([head, raw(ids), zero, raw(ends, table["i"], values)])
        yield batch(table["task"][0].as_py(), 0, BLOCK, piece, data)
        first += len(ids)


def encode_lists(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Rows (task, u, neighbor, similarity, support) by u and rank become pieces as LISTS has them."""
    for piece, (table, ids, ends) in enumerate(runs(batches, "u", 12)):
        counts = pc.subtract(ends, pa.concat_arrays([pa.array([0], pa.int64()), ends[:-1]])).cast(pa.int32())
        lists = raw(ids, counts, table["neighbor"], table["similarity"], table["support"])
        yield batch(table["task"][0].as_py(), 0, LISTS, piece, struct.pack("<2q", 0, len(ids)) + lists)


def decode_lists(data: Any) -> tuple[pa.Array, pa.Array, pa.Array, pa.Array, pa.Array]:
    """Ids, counts, neighbors, similarities and supports of a LISTS payload."""
    payload = Payload(data)
    _, rows = payload.integers(2)
    ids, counts = payload.array(pa.int32(), rows), payload.array(pa.int32(), rows)
    entries = pc.sum(counts).as_py() or 0
    return ids, counts, *(payload.array(kind, entries) for kind in (pa.int32(), pa.float32(), pa.int32()))


def neighbor_rows(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """LISTS become rows (u, neighbor, similarity, support, rank)."""
    for *_, data in rows_of(batches):
        ids, counts, *columns = decode_lists(data)
        if len(columns[0]):
            starts = pc.subtract(pc.cumulative_sum(counts), counts)
            offsets = pa.concat_arrays([starts, pa.array([len(columns[0])], pa.int32())])
            parents = pc.list_parent_indices(pa.ListArray.from_arrays(offsets, columns[0]))
            places = pc.cumulative_sum(pa.repeat(pa.scalar(1, pa.int32()), len(columns[0])))
            ranks = pc.subtract(places, starts.take(parents))
            yield pa.RecordBatch.from_arrays(
                [ids.take(parents), *columns, ranks], ["u", "neighbor", "similarity", "support", "rank"]
            )


def floors_of(batches: Iterable[pa.RecordBatch], neighbors: int) -> Iterator[pa.RecordBatch]:
    """LISTS of a block become its FLOORS: the last similarity of a list that is full, else 0."""
    for block, rows in itertools.groupby(rows_of(batches), key=lambda row: row[0]):
        floors = []
        for *_, data in rows:
            _, counts, _, similarities, _ = decode_lists(data)
            full = pc.equal(counts, neighbors)
            last = similarities.take(pc.subtract(pc.cumulative_sum(counts), 1).filter(full))
            floors.append(pc.replace_with_mask(pa.repeat(pa.scalar(0, pa.float32()), len(counts)), full, last))
        yield batch(block, 0, FLOORS, 0, struct.pack("<q", 0) + raw(pa.concat_arrays(floors)))


def count_items(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Rows (n) in the order of items become COUNTS."""
    yield batch(0, 2, COUNTS, 0, raw(pa.chunked_array([part["n"] for part in batches], pa.int64())))


def pair_frames(_: int, rows: Iterable[Row]) -> Frames:
    """The frames of a pair of blocks: rows come with their side as the source, which goes into the payload."""
    for _, side, kind, _, data in rows:
        yield kind, data if kind == COUNTS else struct.pack("<q", side) + memoryview(data)[8:]
    yield PAIR, b""


def merged_lists(block: int, kind: int, payload: bytes) -> Iterator[tuple[int, int, int, bytes]]:
    """The row of a merged list."""
    if kind == LISTS:
        yield block, 0, LISTS, payload
