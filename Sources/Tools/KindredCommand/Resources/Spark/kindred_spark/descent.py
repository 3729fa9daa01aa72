"""Alternating least squares in blocks, to the bit as on one machine."""

from __future__ import annotations

import argparse
import itertools
import operator
import struct
import time
from array import array
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pyspark.sql.functions as F
from pyspark import Broadcast
from pyspark.sql import DataFrame

from .cluster import LOG, ROW, Batches, Cluster, Enclosed, Row, batch, by_rows
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
from .sides import Side, counts, encode_sides, like_threshold, row_block_count, row_blocks, single
from .worker import run_worker

OTHER = {"user": "item", "item": "user"}
# A side's factors up to this size go through the driver, where a job's own time is more than that of shipping.
SHARED = 64 << 20


class Descent:
    """Alternating least squares on a cluster: the blocks of both sides, their persisted rows, and the last factors.

    A block's worker gets ROWS (source -1), then FEATURES by ascending block of the partners. Factors that are few enough to be
    shared go through the driver to all executors, so that a half-step is one map of rows that stay in their places. Above that,
    an iteration is one query: users' factors go through the shuffle to the blocks of items that need them, and those of items
    to the users by a broadcast up to `broadcast_limit` bytes, else as rows that are written once.
    """

    def __init__(self, cluster: Cluster, ratings: Ratings, model: str, options: argparse.Namespace) -> None:
        self.cluster, self.ratings, self.model, self.options = cluster, ratings, model, options
        self.order, self.mean, self.gramian = options.rank + (model == "als"), 0.0, b""
        self.sizes = {"user": ratings.users, "item": ratings.items}
        self.shared: dict[str, Broadcast[list[bytes]] | Enclosed] = {}
        self.items: DataFrame | None = None
        self.sides: dict[str, Side] = {}
        self.rows: dict[str, Any] = {}
        if options.rank >= (least := min(ratings.users, ratings.items)):
            raise KindredError(f"--rank is {options.rank}; it has to be below {least}, the fewer of users and items")
        if model == "als" and ratings.minimum == ratings.maximum:
            raise KindredError(f"every rating is {ratings.minimum:g}, so there is nothing to predict: use implicit")
        self.relevant = like_threshold(ratings, options.relevant)
        self.row_bytes = 4 * self.order + 4
        limit = min(options.broadcast_limit, cluster.share_limit, SHARED)
        self.is_shared = max(self.sizes.values()) * self.row_bytes <= limit
        count = options.blocks or row_block_count(ratings.ratings, cluster.slots)
        with cluster.stage(f"{model} blocks", 100_000):
            for name, row, partner in (("user", "u", "i"), ("item", "i", "u")):
                numbers = counts(cluster, ratings.matrix, row, self.sizes[name])
                offsets = array("q", itertools.accumulate(numbers, initial=0))
                side = self.sides[name] = Side(name, row_blocks(offsets, self.order, count))
                columns = side.block(row).alias("task"), F.col(row).alias("row"), F.col(partner).alias("partner"), "r"
                placed = cluster.to_partition(ratings.matrix.select(*columns), len(side.blocks), "task")
                rows = placed.sortWithinPartitions("row", "partner").mapInArrow(encode_sides(side.starts), ROW)
                self.rows[name] = cluster.in_place(rows) if self.is_shared else rows.persist()
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
        partners = self.sizes[OTHER[name]]
        words = {"task": self.model, "side": name, "rank": options.rank, "partners": partners, "solver": options.solver}
        words |= {"stream": int(is_streamed), **self.cluster.worker}
        return words | {key: float(value).hex() for key, value in numbers.items()}

    def step(
        self, name: str, command: int, payloads: list[bytes] | None = None, *, is_routed: bool = False
    ) -> Callable[[Iterable[Row]], Iterator[Row]]:
        """A half-step of a side: a worker for each of its blocks, whose rows are given by task and in order.

        Solutions come back as FEATURES, those of a routed step to the blocks of the other side that need them, together
        with its sums, whose pieces are then -1. What is no input of a worker passes through.
        """
        side, other, shared = self.sides[name], self.sides[OTHER[name]], self.shared.get(OTHER[name])
        config, limit, gramian = self.config(name, command == SOLVE and shared is None), self.cluster.limit, self.gramian
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

        def work(rows: Iterable[Row]) -> Iterator[Row]:
            for task, own in itertools.groupby(rows, key=operator.itemgetter(0)):
                passed: list[Row] = []
                answers = run_worker({**config, "first": starts[task]}, frames(task, own, passed), limit)
                for piece, (kind, data) in enumerate(answers):
                    if kind == ROUTED:
                        yield struct.unpack_from("<q", data)[0], task, FEATURES, piece, data[8:]
                    elif kind == SOLUTION:
                        yield task % blocks, task, FEATURES, piece, features(data, starts[task])
                    elif kind in (SUMS, GRAMIANS):
                        yield task % blocks, task, kind, -1 if routes else piece, data
                yield from passed

        return work

    def iterate(self, number: int, states: list[bytes] | None) -> tuple[list[Row], list[Row]]:
        """Both half-steps, after which the item factors are kept; returns the other rows of users and of items."""
        if not self.is_shared:
            return self.iterate_routed(number, states)
        of_users = self.share("user", FIRST if states else SOLVE, states)
        return of_users, self.share("item")

    def share(self, name: str, command: int = SOLVE, payloads: list[bytes] | None = None) -> list[Row]:
        """A half-step whose factors go to all executors; returns its other rows."""
        return self.keep(name, self.cluster.mapped(self.rows[name], self.step(name, command, payloads)))

    def keep(self, name: str, rows: list[Row]) -> list[Row]:
        """Takes a side's factors out of rows, for all workers of the next half-step; returns the others."""
        own = [row for row in sorted(rows, key=operator.itemgetter(1, 3)) if row[2] == FEATURES]
        if name in self.shared:
            self.shared[name].destroy()
        self.shared[name] = self.cluster.shared([bytes(data) for *_, data in own])
        others = [row for row in rows if row[2] != FEATURES]
        self.gramian = gramian_of(others)
        return others

    def gathered(self, name: str, rows: DataFrame) -> DataFrame:
        """The blocks' static rows with what goes to them, in their places and in order."""
        placed = self.cluster.to_partition(self.rows[name].unionByName(rows), len(self.sides[name].blocks), "task")
        return placed.sortWithinPartitions("task", "source", "kind", "piece")

    def against_items(self, is_routed: bool, states: list[bytes] | None = None) -> DataFrame:
        """The users' half-step: solved against the item factors, or with their first factors by the generator's states."""
        rows = self.rows["user"]
        if self.items is not None:
            tasks = F.sequence(F.lit(0), F.lit(len(self.sides["user"].blocks) - 1))
            rows = self.gathered("user", self.items.withColumn("task", F.explode(tasks)).select(rows.columns))
        return rows.mapInArrow(by_rows(self.step("user", FIRST if states else SOLVE, states, is_routed=is_routed)), ROW)

    def iterate_routed(self, number: int, states: list[bytes] | None) -> tuple[list[Row], list[Row]]:
        """`iterate` by the shuffle, as one job, in which the users' other rows pass through the half-step of the items.

        The implicit equations of items need the Gramian of all users first, so that there it is two.
        """
        users, of_users = self.against_items(True, states), []
        routed = users
        if self.model == "implicit":
            of_users = users.persist().where(F.col("kind") != FEATURES).collect()
            self.gramian, routed = gramian_of(of_users), users.where(F.col("kind") == FEATURES)
        items = self.gathered("item", routed).mapInArrow(by_rows(self.step("item", SOLVE)), ROW)
        if self.sizes["item"] * self.row_bytes <= min(self.options.broadcast_limit, self.cluster.share_limit):
            others = self.keep("item", items.collect())
        else:
            items = self.cluster.written(f"items-{number % 2}", items)
            self.items = items.where(F.col("kind") == FEATURES)
            others = items.where(F.col("kind") != FEATURES).collect()
            self.gramian = gramian_of(others)
        users.unpersist()
        return of_users or [row for row in others if row[3] < 0], [row for row in others if row[3] >= 0]

    def run(self) -> Fit:
        """The fit; losses are after each half-step, as one machine tells them."""
        with self.cluster.planned_once():
            losses, seconds = self.descend()
            with self.cluster.stage(f"{self.model} users"):
                if self.is_shared:
                    sums, users = self.share("user"), self.rows_of_features("user")
                else:
                    users = self.rows["solved"] = self.against_items(False).persist()
                    sums = users.where(F.col("kind") == SUMS).collect()
        losses[-1] += sums_of(sums)[0]
        require_finite(losses)
        items = self.rows_of_features("item") if self.items is None else self.items
        convert = unpack(self.model == "als"), "index int, bias float, factors array<float>"
        factors = {"user": users.where(F.col("kind") == FEATURES).mapInArrow(*convert), "item": items.mapInArrow(*convert)}
        return Fit(factors, losses, seconds, self.mean, self.relevant)

    def descend(self) -> tuple[list[float], list[float]]:
        """All iterations: losses, the last one still without the errors after the last half-step of the users, and seconds."""
        iterations, losses, seconds, before = self.options.iterations, [], [], 0.0
        with self.cluster.stage(f"{self.model} start"):
            states = self.states()
            if self.model == "als":
                total, _ = sums_of(self.cluster.mapped(self.rows["user"], self.step("user", VALUES)))
                self.mean = single(total / self.ratings.ratings)
        for number in range(1, iterations + 1):
            start = time.monotonic()
            with self.cluster.stage(f"{self.model} iteration {number} of {iterations}"):
                of_users, of_items = self.iterate(number, states if number == 1 else None)
            (user_loss, user_penalty), (item_loss, item_penalty) = sums_of(of_users), sums_of(of_items)
            losses += [user_loss + before] * (number > 1) + [item_loss + user_penalty]
            before = item_penalty
            seconds.append(time.monotonic() - start)
            require_finite(losses)
            LOG.info("loss %.4f", losses[-1])
        return [*losses, before], seconds

    def rows_of_features(self, name: str) -> DataFrame:
        """The shared factors of a side as rows."""
        return self.cluster.rows((0, 0, FEATURES, *row) for row in enumerate(self.shared[name].value))

    def close(self) -> None:
        """Frees what the executors keep; the factors have to be written by then."""
        for rows in self.rows.values():
            rows.unpersist()
        for shared in self.shared.values():
            shared.destroy()

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
