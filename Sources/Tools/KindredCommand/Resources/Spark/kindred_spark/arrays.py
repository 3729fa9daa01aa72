"""NumPy arrays and lists of ids, written by the driver a piece at a time."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyspark.sql.functions as F
from pyspark.sql import DataFrame

from .cluster import ROW, Cluster, batch
from .errors import KindredError
from .frames import Payload, elements
from .storage import ArrayFile


def pieces(cluster: Cluster, rows: DataFrame, key: str, order: list[str], users: int, encode: Any) -> Iterator[bytes]:
    """The payloads that `encode` makes of rows by ranges of an index, in order, on the driver one at a time."""
    # The driver takes one after the other, and each is a job.
    rows = rows.withColumn("task", F.expr(f"int({key} div 50000)"))
    rows = cluster.to_partition(rows, -(-users // 50_000), "task").sortWithinPartitions(*order)
    last = (-1, -1)
    for row in rows.mapInArrow(encode, ROW).toLocalIterator():
        if (row.task, row.piece) <= last:
            raise KindredError(f"piece {row.task}, {row.piece} follows {last}: Spark gave the partitions in another order")
        last = (row.task, row.piece)
        yield row.data


def offsets_of(ids: pa.Array, counts: pa.Array, first: int, start: int) -> pa.Array:
    """Where the rows first + 1 … the last id + 1 begin, if row `first` begins at `start`; rows without an id are empty."""
    every = pa.array(range(first, ids[-1].as_py() + 1), pa.int32())
    return pc.cumulative_sum(pc.fill_null(counts.cast(pa.int64()).take(pc.index_in(every, ids)), 0), start=start)


def write_rows(
    files: list[ArrayFile], rows: int, parts: Iterable[tuple[pa.Array, pa.Array, list[pa.Array]]]
) -> dict[str, object]:
    """Offsets and columns of parts (ids, counts, columns) in order, into the first and the other files."""
    at, entries = 0, 0
    files[0].write(struct.pack("<q", 0))
    for ids, counts, columns in parts:
        offsets = offsets_of(ids, counts, at, entries)
        for file, column in zip(files, [offsets, *columns], strict=True):
            file.write(elements(column))
        at, entries = at + len(offsets), offsets[-1].as_py()
    files[0].write(struct.pack("<q", entries) * (rows - at))
    return {os.path.basename(file.path): file.close() for file in files}


def decode_block(data: Any) -> tuple[pa.Array, pa.Array, list[pa.Array]]:
    """Ids, counts, and items and ratings of a BLOCK payload of floats."""
    payload = Payload(data)
    rows = payload.integers(4)[1]
    ids, offsets = payload.array(pa.int32(), rows), payload.array(pa.int64(), rows + 1)
    entries = offsets[-1].as_py()
    return ids, pc.pairwise_diff(offsets)[1:], [payload.array(pa.int32(), entries), payload.array(pa.float32(), entries)]


def encode_lines(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Rows (task, id) become their lines."""
    for piece, part in enumerate(batches):
        if len(part):
            yield batch(part["task"][0].as_py(), 0, 0, piece, "".join(f"{id}\n" for id in part["id"].to_pylist()).encode())


def write_ids(cluster: Cluster, folder: str, side: str, ids: DataFrame, count: int) -> dict[str, object]:
    """`user_ids.txt` or `item_ids.txt`: a line for each id in the order of indices."""
    file = ArrayFile(folder, f"{side}_ids.txt", [count], "utf8")
    for data in pieces(cluster, ids, "index", ["index"], count, encode_lines):
        file.write(data)
    return {f"{side}_ids.txt": file.close()}
