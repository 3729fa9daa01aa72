"""Users and items as sides of the factors: cut into blocks of the chunks by which one machine adds."""

from __future__ import annotations

import dataclasses
import math
import struct
from array import array
from bisect import bisect_left

import pyarrow as pa
import pyarrow.compute as pc
import pyspark.sql.functions as F
from pyspark.sql import Column, DataFrame

from .arrays import pieces
from .cluster import Batches, Cluster, Mapper, batch
from .errors import KindredError
from .frames import PIECE, ROWS, padded, raw
from .numbering import Ratings


def chunk_ends(offsets: array[int], order: int) -> list[int]:
    """Where chunks of rows end: once they have a 512th of the work, of which a rating is 6 and a row order + 6.

    Sums are taken by chunk, so their bits depend on this rule, which is `HalfStep.chunks` of one machine. 1,000 rows of one
    rating and order 4: the work is 16,000 and a share 32, so that chunks are pairs of rows.
    """
    rows, start, ends = len(offsets) - 1, 0, []

    def work(row: int) -> int:
        return 6 * offsets[row] + (order + 6) * row

    share = work(rows) // 512 + 1
    while start < rows:
        start = bisect_left(range(rows), work(start) + share, lo=start + 1, key=work)
        ends.append(start)
    return ends


def row_blocks(offsets: array[int], order: int, count: int) -> list[list[int]]:
    """At most `count` blocks of consecutive chunks with about equal work; a block is the ends of its chunks."""
    blocks: list[list[int]] = [[] for _ in range(count)]
    ends = chunk_ends(offsets, order)
    work = [0] + [6 * offsets[end] + (order + 6) * end for end in ends]
    for place, end in enumerate(ends):
        blocks[(work[place] + work[place + 1]) * count // (2 * work[-1])].append(end)
    return [block for block in blocks if block]


def row_block_count(ratings: int, slots: int) -> int:
    """Blocks of at most 512 MiB of ratings, in whole rounds of tasks: 20 for 10⁹ ratings and 20 slots, 16 for 4 slots."""
    return slots * -(-8 * ratings // (slots << 29))


@dataclasses.dataclass(frozen=True)
class Side:
    """Users or items as rows, cut into blocks; a block is the ends of its chunks."""

    name: str
    blocks: list[list[int]]

    @property
    def ends(self) -> list[int]:
        return [block[-1] for block in self.blocks]

    @property
    def starts(self) -> list[int]:
        return [0, *self.ends[:-1]]

    @property
    def chunks(self) -> list[bytes]:
        """CHUNKS of each block."""
        pairs = zip(self.blocks, self.starts, strict=True)
        return [array("q", [end - start for end in block]).tobytes() for block, start in pairs]

    @property
    def routes(self) -> bytes:
        """ROUTES to the blocks."""
        return padded(array("i", self.ends).tobytes())

    def block(self, row: str) -> Column:
        """The block of a row, by bisection."""

        def place(low: int, high: int) -> Column:
            if low == high:
                return F.lit(low)
            middle = (low + high) // 2
            return F.when(F.col(row) < self.ends[middle], place(low, middle)).otherwise(place(middle + 1, high))

        return place(0, len(self.blocks) - 1)


def encode_sides(starts: list[int]) -> Mapper:
    """Sorted ratings (task, row, partner, r) of one block → its ROWS; a piece may go on with the last row of the one before."""

    def piece(number: int, batches: list[pa.RecordBatch]) -> pa.RecordBatch:
        task, row, partner, rating = (column.combine_chunks() for column in pa.Table.from_batches(batches).columns)
        runs, block = pc.run_end_encode(row), task[0].as_py()
        head = struct.pack("<3q", len(runs.values), row[0].as_py() - starts[block], 0)
        return batch(block, -1, ROWS, number, head + raw(runs.run_ends.cast(pa.int64()), partner, rating))

    def encode(batches: Batches) -> Batches:
        held, size, number = [], 0, 0
        for part in batches:
            held.append(part)
            size += part.num_rows
            if size >= PIECE // 8:
                yield piece(number, held)
                held, size, number = [], 0, number + 1
        if size:
            yield piece(number, held)

    return encode


def encode_counts(batches: Batches) -> Batches:
    """Sorted (index, number, task) → the numbers of 64 bits."""
    for piece, part in enumerate(batches):
        if part.num_rows:
            yield batch(part["task"][0].as_py(), 0, 0, piece, raw(part["number"]))


def counts(cluster: Cluster, matrix: DataFrame, column: str, rows: int, least: float = -math.inf) -> array[int]:
    """How many ratings from `least` on each index of a column has."""
    number, found = F.count(F.when(F.col("r") >= F.lit(least), 1)).alias("number"), array("q")
    for data in pieces(cluster, matrix.groupBy(column).agg(number), column, [column], rows, encode_counts):
        found.frombytes(data)
    return found


def like_threshold(ratings: Ratings, relevant: float | None) -> float:
    """The least rating of a like: that chosen, or the least rating that is three quarters up the scale or above."""
    bound = single(ratings.minimum + 0.75 * (ratings.maximum - ratings.minimum))
    least = (
        ratings.matrix.where(F.col("r") >= F.lit(bound)).agg(F.min("r")).first()[0] if relevant is None else single(relevant)
    )
    if least > ratings.maximum:
        raise KindredError(f"no rating is {least:g} or more, the highest is {ratings.maximum:g}: lower --relevant")
    return least


def single(value: float) -> float:
    """Rounded to the nearest number of 32 bits."""
    return struct.unpack("<f", struct.pack("<f", value))[0]
