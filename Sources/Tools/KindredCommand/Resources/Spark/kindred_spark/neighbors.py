"""The nearest neighbors of all users, by pairs of blocks and a merge of their lists."""

from __future__ import annotations

import dataclasses
import struct
from collections.abc import Iterator
from typing import Any

import pyspark.sql.functions as F
from pyspark.sql import DataFrame

from .blocks import Task, block_count, deal, refuse_beyond, waves
from .cluster import ROW, Cluster
from .errors import KindredError
from .frames import LISTS
from .lists import count_items, encode_rows, floors_of, merged_lists, neighbor_rows, pair_frames
from .numbering import Ratings, number_ratings, ranked
from .storage import absolute


@dataclasses.dataclass
class GraphOptions:
    """What the neighbors are chosen by, as of `kindred graph`."""

    neighbors: int = 50
    measure: str = "cosine"
    norms: str = "all"
    min_support: int = 1
    min_similarity: float = 0.0
    shrinkage: float = 0.0
    item_weights: str = "none"

    def __post_init__(self) -> None:
        """Refuses what is out of range, before anything is read."""
        for name, least, most in (
            ("neighbors", 1, 1_000_000), ("min_support", 1, 1_000_000), ("min_similarity", 0, 1), ("shrinkage", 0, 10**9),
        ):  # fmt: skip
            if not least <= getattr(self, name) <= most:
                raise KindredError(f"--{name.replace('_', '-')} {getattr(self, name)}: choose {least} to {most:,}")

    @property
    def config(self) -> dict[str, object]:
        """The same, as a worker is told it."""
        return {
            "neighbors": self.neighbors, "measure": self.measure, "norms": self.norms, "weights": self.item_weights,
            "minSupport": self.min_support, "minSimilarity": float(self.min_similarity).hex(),
            "shrinkage": float(self.shrinkage).hex(),
        }  # fmt: skip


@dataclasses.dataclass
class Graph:
    """Neighbors (u, neighbor, similarity, support, rank), users (index, ratings, mean, id) and what they took."""

    neighbors: DataFrame
    users: DataFrame
    entries: int
    products: int
    blocks: int
    tasks: int


def find_neighbors(cluster: Cluster, ratings: Ratings, options: GraphOptions, blocks: int | None, any_size: bool) -> Graph:
    """The nearest neighbors of all users, exactly: pairs of blocks of users, and the merge of their lists."""
    with cluster.stage("users"):
        half = "bigint(least(abs(2 * r), 5000))"
        order = "aggregate(array_sort(collect_list(struct(i, r))), 0D, (sum, x) -> sum + x.r)"
        activity = ratings.matrix.groupBy("u").agg(
            F.count("*").alias("ratings"), F.expr(f"sum({half} * {half}) as squares"), F.expr(f"{order} / count(*) as mean")
        )
        activity, _ = ranked(cluster, activity, [F.desc("ratings"), F.asc("u")], "activity")
        raters = ratings.matrix.groupBy("i").agg(F.count("*").alias("n"))
        products = int(raters.agg(F.sum(F.expr("decimal(n) * n"))).head()[0]) // 2
        exact = ratings.step is not None and activity.agg(F.max("squares")).head()[0] <= 1 << 24
        size = ratings.ratings, ratings.users, options.neighbors
        blocks = min(blocks or block_count(*size, cluster.slots, cluster.worker_memory), ratings.users)
    if not any_size:
        refuse_beyond(10**17, products, ratings.ratings, blocks)
    halves = ratings.step is not None and ratings.minimum >= 0 and ratings.maximum <= 127.5
    with cluster.stage("blocks", 1 << 16):
        home = deal(F.col("index"), blocks).cast("int").alias("task")
        rows = ratings.matrix.join(activity.select("u", home), "u").select("task", "u", "i", "r")
        rows = cluster.to_partition(rows, blocks, "task").sortWithinPartitions("u", "i")
        shipped = cluster.written("blocks", rows.mapInArrow(lambda batches: encode_rows(batches, halves), ROW))
        counts = cluster.to_partition(raters.withColumn("task", F.lit(0)), 1, "task").sortWithinPartitions("i").select("n")
        counts = cluster.written("counts", counts.mapInArrow(count_items, ROW)).drop("task")
    config = {"task": "graph", **ratings.config, **options.config, "exact": int(exact)}
    lists, all_waves = None, waves(blocks)
    for number, wave in enumerate(all_waves):
        with cluster.stage("pairs", products=products):
            found = pair_lists(cluster, shipped, counts, config, wave, 2 * products // blocks**2)
            found = found.unionByName(lists) if lists is not None else found
            merge = {"task": "merge", "neighbors": options.neighbors}
            lists = cluster.written(f"lists-{number}", cluster.run(found, blocks, merge, merged_lists))
            if number + 1 < len(all_waves):
                own = cluster.to_partition(lists, blocks, "task").sortWithinPartitions("task", "piece")
                floors = own.mapInArrow(lambda batches: floors_of(batches, options.neighbors), ROW)
                shipped = cluster.spark.read.parquet(f"{cluster.scratch}/blocks").unionByName(floors)
    with cluster.stage("lists"):
        table = "u int, neighbor int, similarity float, support int, rank int"
        neighbors = cluster.written("neighbors", lists.mapInArrow(neighbor_rows, table))
        users = activity.select(F.col("u").alias("index"), "ratings", "mean").join(ratings.user_ids, "index")
    return Graph(neighbors, users, neighbors.count(), products, blocks, sum(map(len, all_waves)))


def pair_lists(
    cluster: Cluster, shipped: DataFrame, counts: DataFrame, config: dict[str, object], tasks: list[Task], work: int
) -> DataFrame:
    """LISTS by block, of tasks with about `work` products each."""
    sides = [(block, task, side) for task, pair in enumerate(tasks) for side, block in enumerate(pair[:2]) if block >= 0]
    places = F.broadcast(cluster.spark.createDataFrame(sides, "block int, to int, side int"))
    rows = shipped.join(places, shipped.task == places.block)
    rows = rows.select(F.col("to").alias("task"), F.col("side").alias("source"), "kind", "piece", "data")
    if config["weights"] != "none":
        every = cluster.spark.range(len(tasks)).select(F.col("id").cast("int").alias("task"))
        rows = rows.unionByName(every.crossJoin(counts))

    def answer(task: int, kind: int, payload: bytes) -> Iterator[tuple[int, int, int, bytes]]:
        if kind == LISTS:
            yield tasks[task][struct.unpack_from("<q", payload)[0]], task + 1, LISTS, payload

    return cluster.run(rows, len(tasks), config, answer, pair_frames, work, lambda task: {"pairing": tasks[task][2]})


def similarity_graph(
    ratings: DataFrame, neighbors: int = 50, *, scratch: str, blocks: int | None = None, any_size: bool = False,
    on_bad_row: str = "fail", duplicates: str | None = None, task_timeout: float = 21600, **options: Any,
) -> DataFrame:  # fmt: skip
    """Rows (user, neighbor, similarity, support, rank) of ratings (user, item, and perhaps rating and timestamp).

    :param scratch: a folder that all executors reach; what is returned is read from it, and the caller removes it.
    :param options: fields of GraphOptions, such as measure="centered".
    """
    cluster = Cluster(ratings.sparkSession, absolute(scratch), task_timeout)
    cluster.probe()
    numbered = number_ratings(cluster, ratings, on_bad_row, duplicates)
    graph = find_neighbors(cluster, numbered, GraphOptions(neighbors, **options), blocks, any_size)
    return named(graph.neighbors, numbered.user_ids).withColumnsRenamed({"user_id": "user", "neighbor_id": "neighbor"})


def named(neighbors: DataFrame, ids: DataFrame) -> DataFrame:
    """Neighbors with the ids of users."""
    users = ids.withColumnsRenamed({"id": "user_id", "index": "u"})
    others = ids.withColumnsRenamed({"id": "neighbor_id", "index": "neighbor"})
    return neighbors.join(users, "u").join(others, "neighbor").select("user_id", "neighbor_id", "similarity", "support", "rank")
