"""Alternating least squares in blocks, to the bit as on one machine."""

from __future__ import annotations

import argparse
import itertools
import operator
import struct
import time
from array import array
from collections.abc import Iterable
from typing import Any

import pyspark.sql.functions as F
from pyspark import Broadcast
from pyspark.sql import DataFrame

from .cluster import LOG, ROW, Batches, Cluster, Row, batch, rows_of
from .errors import KindredError
from .fits import Fit, features, gramian_of, require_finite, sums_of, unpack
from .frames import (
    CHUNKS,
    DRAW,
    FEATURES,
    FIRST,
    GRAMIAN,
    GRAMIANS,
    ROUTED,
    ROUTES,
    ROWS,
    SOLUTION,
    SOLVE,
    STATES,
    SUMS,
    VALUES,
    Frames,
)
from .numbering import Ratings
from .sides import Side, counts, encode_sides, like_threshold, row_blocks, single
from .worker import run_worker


class Descent:
    """Alternating least squares on a cluster: the blocks of both sides, their persisted rows, and the last item factors.

    A block's worker gets ROWS (source -1), then FEATURES by ascending block of the partners. The item factors go to the users
    by a broadcast up to `broadcast_limit` bytes, else as rows that are written once.
    """

    def __init__(self, cluster: Cluster, ratings: Ratings, model: str, options: argparse.Namespace) -> None:
        self.cluster, self.ratings, self.model, self.options = cluster, ratings, model, options
        self.order, self.mean, self.gramian = options.rank + (model == "als"), 0.0, b""
        self.sizes = {"user": ratings.users, "item": ratings.items}
        self.shared: Broadcast[list[bytes]] | None = None
        self.items: DataFrame | None = None
        self.sides: dict[str, Side] = {}
        self.rows: dict[str, DataFrame] = {}
        if options.rank >= (least := min(ratings.users, ratings.items)):
            raise KindredError(f"--rank is {options.rank}; it has to be below {least}, the fewer of users and items")
        if model == "als" and ratings.minimum == ratings.maximum:
            raise KindredError(f"every rating is {ratings.minimum:g}, so there is nothing to predict: use implicit")
        self.relevant = like_threshold(ratings, options.relevant)
        count = options.blocks or max(cluster.slots, -(-8 * ratings.ratings // (64 << 20)))
        with cluster.stage(f"{model} blocks", 100_000):
            for name, row, partner in (("user", "u", "i"), ("item", "i", "u")):
                numbers = counts(cluster, ratings.matrix, row, self.sizes[name])
                offsets = array("q", itertools.accumulate(numbers, initial=0))
                side = self.sides[name] = Side(name, row_blocks(offsets, self.order, count))
                columns = side.block(row).alias("task"), F.col(row).alias("row"), F.col(partner).alias("partner"), "r"
                placed = cluster.to_partition(ratings.matrix.select(*columns), len(side.blocks), "task")
                rows = placed.sortWithinPartitions("row", "partner").mapInArrow(encode_sides(side.starts), ROW)
                self.rows[name] = rows.persist()
                self.rows[name].count()

    def config(self, name: str, is_streamed: bool) -> dict[str, object]:
        """CONFIG of a side's workers, without what differs from block to block."""
        options, ratings = self.options, self.ratings
        numbers = {"regularization": options.regularization, "regularizationExponent": options.regularization_exponent}
        if self.model == "als":
            numbers |= {"mean": self.mean, "biasRegularization": options.bias_regularization}
        else:
            numbers |= {"unobservedWeight": options.unobserved_weight, "highestWeight": options.highest_weight}
            numbers |= {"least": options.least, "most": options.most, "threshold": self.relevant}
            numbers |= {"scaleMinimum": ratings.minimum, "scaleMaximum": ratings.maximum}
        partners = self.sizes["item" if name == "user" else "user"]
        words = {"task": self.model, "side": name, "rank": options.rank, "partners": partners, "solver": options.solver}
        words |= {"stream": int(is_streamed), **self.cluster.worker}
        return words | {key: float(value).hex() for key, value in numbers.items()}

    def step(
        self, name: str, rows: DataFrame, command: int, payloads: list[bytes] | None = None, *, is_routed: bool = False,
        gramian: bytes = b"",
    ) -> DataFrame:  # fmt: skip
        """A worker for each block of a side, whose rows are in their places.

        Solutions come back as FEATURES, those of a routed step to the blocks of the other side that need them, together
        with its sums, whose pieces are then -1. What is no input of a worker passes through.
        """
        side, other = self.sides[name], self.sides["item" if name == "user" else "user"]
        shared = self.shared if name == "user" and command == SOLVE else None
        config, limit = self.config(name, command == SOLVE and shared is None), self.cluster.limit
        starts, chunks, blocks, routes = side.starts, side.chunks, len(other.blocks), other.routes if is_routed else b""

        def frames(task: int, rows: Iterable[Row], passed: list[Row]) -> Frames:
            for is_static, group in itertools.groupby(rows, key=lambda row: row[2] == ROWS):
                for row in group:
                    if row[2] == SUMS:
                        passed.append((*row[:4], bytes(row[4])))
                    else:
                        yield row[2], row[4]
                if is_static:
                    yield CHUNKS, chunks[task]
                    yield from ((kind, data) for kind, data in ((ROUTES, routes), (GRAMIAN, gramian)) if data)
            yield from ((FEATURES, data) for data in (shared.value if shared else ()))
            yield command, payloads[task] if payloads else b""

        def work(batches: Batches) -> Batches:
            for task, own in itertools.groupby(rows_of(batches), key=operator.itemgetter(0)):
                passed: list[Row] = []
                answers = run_worker({**config, "first": starts[task]}, frames(task, own, passed), limit)
                for piece, (kind, data) in enumerate(answers):
                    if kind == ROUTED:
                        yield batch(struct.unpack_from("<q", data)[0], task, FEATURES, piece, data[8:])
                    elif kind == SOLUTION:
                        yield batch(task % blocks, task, FEATURES, piece, features(data, starts[task]))
                    elif kind in (SUMS, GRAMIANS):
                        yield batch(task % blocks, task, kind, -1 if routes else piece, data)
                yield from (batch(*row) for row in passed)

        return rows.mapInArrow(work, ROW)

    def gathered(self, name: str, rows: DataFrame) -> DataFrame:
        """The blocks' static rows with what goes to them, in their places and in order."""
        placed = self.cluster.to_partition(self.rows[name].unionByName(rows), len(self.sides[name].blocks), "task")
        return placed.sortWithinPartitions("task", "source", "kind", "piece")

    def against_items(self, is_routed: bool, states: list[bytes] | None = None) -> DataFrame:
        """The users' half-step: solved against the item factors, or with their first factors by the generator's states."""
        rows = self.rows["user"]
        if states:
            return self.step("user", rows, FIRST, states, is_routed=is_routed)
        if not self.shared:
            tasks = F.sequence(F.lit(0), F.lit(len(self.sides["user"].blocks) - 1))
            rows = self.gathered("user", self.items.withColumn("task", F.explode(tasks)).select(rows.columns))
        return self.step("user", rows, SOLVE, is_routed=is_routed, gramian=self.gramian)

    def iterate(self, number: int, states: list[bytes] | None) -> list[Any]:
        """Both half-steps as one job, whose item factors are kept; returns the other rows.

        The implicit equations of items need the Gramian of all users first, so that there it is two.
        """
        users, answers, gramian = self.against_items(True, states), [], b""
        if self.model == "implicit":
            users.persist()
            answers = users.where(F.col("kind") != FEATURES).collect()
            gramian = gramian_of(answers)
        routed = users if self.model == "als" else users.where(F.col("kind") == FEATURES)
        items = self.step("item", self.gathered("item", routed), SOLVE, gramian=gramian)
        # A message of Connect holds 128 MB.
        limit = min(self.options.broadcast_limit, 1 << 40 if self.cluster.classic else 32 << 20)
        if self.sizes["item"] * (4 * self.order + 4) <= limit:
            rows = sorted(items.collect(), key=lambda row: (row.source, row.piece))
            self.share([bytes(row.data) for row in rows if row.kind == FEATURES])
        else:
            items = self.cluster.written(f"items-{number % 2}", items)
            self.items = items.where(F.col("kind") == FEATURES)
            rows = items.where(F.col("kind") != FEATURES).collect()
        users.unpersist()
        self.gramian = gramian_of(rows)
        return answers + [row for row in rows if row.kind != FEATURES]

    def share(self, own: list[bytes]) -> None:
        """Keeps the item factors for the next half-step of the users; Connect has no broadcasts, but rows from the driver."""
        if self.cluster.classic:
            before, self.shared = self.shared, self.cluster.spark.sparkContext.broadcast(own)
            if before:
                before.destroy()
        else:
            self.items = self.rows_of_features(own)

    def rows_of_features(self, own: list[bytes]) -> DataFrame:
        """The pieces of FEATURES as rows."""
        return self.cluster.rows((0, 0, FEATURES, *row) for row in enumerate(own))

    def run(self) -> Fit:
        """The fit; losses are after each half-step, as one machine tells them."""
        iterations, losses, seconds, before = self.options.iterations, [], [], 0.0
        with self.cluster.stage(f"{self.model} start"):
            states = self.states()
            if self.model == "als":
                total, _ = sums_of(self.step("user", self.rows["user"], VALUES).collect(), False)
                self.mean = single(total / self.ratings.ratings)
        for number in range(1, iterations + 1):
            start = time.monotonic()
            with self.cluster.stage(f"{self.model} iteration {number} of {iterations}"):
                rows = self.iterate(number, states if number == 1 else None)
            (user_loss, user_penalty), (item_loss, item_penalty) = sums_of(rows, True), sums_of(rows, False)
            losses += [user_loss + before] * (number > 1) + [item_loss + user_penalty]
            before = item_penalty
            seconds.append(time.monotonic() - start)
            require_finite(losses)
            LOG.info("loss %.4f", losses[-1])
        with self.cluster.stage(f"{self.model} users"):
            users = self.rows["solved"] = self.against_items(False).persist()
            losses.append(sums_of(users.where(F.col("kind") == SUMS).collect(), False)[0] + before)
        require_finite(losses)
        items = self.rows_of_features(self.shared.value) if self.shared else self.items
        convert = unpack(self.model == "als"), "index int, bias float, factors array<float>"
        factors = {"user": users.where(F.col("kind") == FEATURES).mapInArrow(*convert), "item": items.mapInArrow(*convert)}
        return Fit(factors, losses, seconds, self.mean, self.relevant)

    def close(self) -> None:
        """Frees what the executors keep; the factors have to be written by then."""
        for rows in self.rows.values():
            rows.unpersist()
        if self.shared:
            self.shared.destroy()

    def states(self) -> list[bytes]:
        """The state of the generator where each block of users draws its first factors, by one worker."""
        config, limit, side = self.config("user", False), self.cluster.limit, self.sides["user"]
        rows = [end - start for start, end in zip(side.starts, side.ends, strict=True)]
        payload = struct.pack(f"<Q{len(rows) + 1}q", self.options.seed, self.options.rank, *rows)

        def draw(batches: Batches) -> Batches:
            if any(part.num_rows for part in batches):
                answers = run_worker(config, [(DRAW, payload)], limit)
                yield from (batch(0, 0, kind, 0, data) for kind, data in answers if kind == STATES)

        data = bytes(self.cluster.spark.range(0, 1, 1, 1).mapInArrow(draw, ROW).collect()[0].data)
        return [data[place : place + 32] for place in range(0, len(data), 32)]
