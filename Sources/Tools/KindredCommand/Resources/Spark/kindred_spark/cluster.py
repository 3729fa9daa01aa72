"""A Spark session with what every step needs: named stages, tasks in their partitions, a worker for each."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import itertools
import logging
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.fs
import pyspark.sql.functions as F
from pyspark import Broadcast, StorageLevel
from pyspark.sql import DataFrame, SparkSession

from .errors import KindredError
from .frames import HELLO, PROTOCOL, Frames
from .storage import filesystem
from .worker import run_worker

ROW = "task int, source int, kind int, piece int, data binary"
Row = tuple[int, int, int, int, Any]
Batches = Iterable[pa.RecordBatch]
Mapper = Callable[[Batches], Batches]
LOG = logging.getLogger("kindred_spark")


def batch(task: int, source: int, kind: int, piece: int, data: Any) -> pa.RecordBatch:
    """One row on its way to a worker."""
    numbers = [pa.array([number], pa.int32()) for number in (task, source, kind, piece)]
    return pa.RecordBatch.from_arrays([*numbers, pa.array([data], pa.binary())], ["task", "source", "kind", "piece", "data"])


def rows_of(batches: Iterable[pa.RecordBatch]) -> Iterator[Row]:
    """The rows of batches; data is not copied."""
    for part in batches:
        numbers = [column.to_pylist() for column in part.columns[:4]]
        yield from zip(*numbers, (value.as_buffer() for value in part.column(4)), strict=True)


def by_rows(work: Callable[[Iterable[Row]], Iterable[Row]]) -> Mapper:
    """What `mapInArrow` takes, of what makes rows of rows."""
    return lambda batches: (batch(*row) for row in work(rows_of(batches)))


def as_they_are(_: int, rows: Iterable[Row]) -> Frames:
    """A frame for each row."""
    return ((kind, data) for _, _, kind, _, data in rows)


@dataclasses.dataclass(frozen=True)
class Enclosed:
    """What goes to executors with the function that uses it: Connect has no broadcasts."""

    value: list[bytes]

    def destroy(self) -> None:
        """Does nothing: it goes with the function."""


def agreed(hellos: list[dict[str, str]]) -> dict[str, str]:
    """The HELLO of any worker, where all are alike in what results depend on; x86-64-v3 and v4 have the same bits."""
    for key, remedy in (
        ("protocol", "ship one archive"),
        ("version", "ship one archive"),
        ("level", "run on one kind of processor"),
        ("core", "run on one kind of processor, or set OPENBLAS_CORETYPE by spark.executorEnv"),
    ):
        found = sorted({hello.get(key, "none") for hello in hellos})
        if len(found) != 1 and found != ["x86-64-v3", "x86-64-v4"]:
            raise KindredError(f"workers differ in {key} ({', '.join(found)}), and results would too: {remedy}")
    if hellos[0]["protocol"] != str(PROTOCOL):
        raise KindredError(f"the worker speaks protocol {hellos[0]['protocol']}, not {PROTOCOL}: ship this version's archive")
    return hellos[0]


def size_of(text: str) -> int:
    """Bytes of a size as Spark has it, in MiB if there is no unit: 16g, 1024."""
    number, unit = re.fullmatch(r"(\d+)([bkmgtp]?)b?", text.strip().lower()).groups()
    return int(number) << 10 * "bkmgtp".index(unit or "m")


class Cluster:
    """A Spark session, classic or Connect, with what every step needs.

    :param scratch: a folder that all executors reach, for what is written once; removed by `close`.
    :param limit: seconds after which a worker is killed.
    """

    def __init__(self, spark: SparkSession, scratch: str, limit: float = 21600) -> None:
        self.spark, self.scratch, self.limit = spark, scratch.rstrip("/"), limit
        self.classic = "connect" not in type(spark).__module__
        self.seconds: dict[str, float] = {}
        self.worker: dict[str, object] = {}
        self.preimages: dict[int, list[int]] = {}
        self.done = spark.sparkContext.accumulator(0) if self.classic else None
        spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", "4")

    @contextlib.contextmanager
    def stage(self, name: str, records: int = 4, products: int = 0) -> Iterator[None]:
        """Names the jobs inside, as Spark shows them, and adds up their seconds.

        :param records: rows of a batch to Python; 4 suit pieces of 16 MB.
        :param products: how many there are in all; on classic Spark the share that is done is told every 10 s. It is too high
            where tasks had to run again, for those count as often as they ran.
        """
        ended = threading.Event()

        def tell() -> None:
            while not ended.wait(10):
                share = min(self.done.value, products) / products
                LOG.info("%s, %.0f %% of %.2g products", name, 100 * share, products)

        start = time.monotonic()
        self.spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", str(records))
        if self.classic:
            self.spark.sparkContext.setJobGroup(f"kindred-{name}", f"kindred: {name}")
        else:
            self.spark.addTag(tag := f"kindred-{name}")
        if products and self.done is not None:
            threading.Thread(target=tell, daemon=True).start()
        try:
            yield
        finally:
            ended.set()
            self.seconds[name] = self.seconds.get(name, 0) + time.monotonic() - start
            if not self.classic:
                self.spark.removeTag(tag)
        LOG.info("%s, %.1f s", name, self.seconds[name])

    @contextlib.contextmanager
    def planned_once(self) -> Iterator[None]:
        """Queries are not planned again between their stages, which takes as long as small stages and here changes nothing."""
        before = self.spark.conf.get(key := "spark.sql.adaptive.enabled")
        self.spark.conf.set(key, "false")
        try:
            yield
        finally:
            self.spark.conf.set(key, before)

    @functools.cached_property
    def slots(self) -> int:
        """How many tasks run at a time."""
        if self.classic:
            cores = self.spark.sparkContext.defaultParallelism
        else:
            cores = self.spark.range(100_000).select(F.spark_partition_id()).distinct().count()
        return max(1, cores // int(self.spark.conf.get("spark.task.cpus", "1")))

    @property
    def worker_memory(self) -> int:
        """Bytes that a worker may take: three quarters of what executors have beside their heap, or else 1 GiB."""
        overhead = self.spark.conf.get("spark.executor.memoryOverhead", None)
        return size_of(overhead) * 3 // 4 if overhead else 1 << 30

    def probe(self) -> None:
        """Asks workers all over the executors for their processor, and refuses those whose bits would differ."""

        def ask(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            if list(batches):
                yield from (batch(0, 0, kind, 0, payload) for kind, payload in run_worker({}, [], 60) if kind == HELLO)

        count = 2 * self.slots
        with self.stage("probe"):
            rows = self.spark.range(0, count, 1, count).mapInArrow(ask, ROW).select("data").collect()
        answers = {bytes(row.data).decode() for row in rows}
        worker = agreed([dict(line.split("=", 1) for line in answer.splitlines()) for answer in sorted(answers)])
        self.version = worker["version"]
        self.worker = {key: worker[key] for key in ("level", "core") if key in worker}
        self.worker["threads"] = self.spark.conf.get("spark.task.cpus", "1")

    def to_partition(self, rows: DataFrame, count: int, column: str) -> DataFrame:
        """Each key 0..<count of a column in the partition of its number."""
        if hasattr(rows, "repartitionById"):
            return rows.repartitionById(count, F.col(column))
        if count not in self.preimages:
            hashed = self.spark.range(200 * count).select(F.col("id").cast("int").alias("key"))
            hashed = hashed.withColumn("part", F.pmod(F.hash("key"), F.lit(count)))
            found = {row.part: row.key for row in hashed.groupBy("part").agg(F.min("key").alias("key")).collect()}
            self.preimages[count] = [found[part] for part in range(count)]
        keys = ",".join(map(str, self.preimages[count]))
        return rows.repartition(count, F.expr(f"element_at(array({keys}), {column} + 1)"))

    def run(
        self,
        rows: DataFrame,
        tasks: int,
        config: Mapping[str, object],
        answer: Callable[[int, int, bytes], Iterable[tuple[int, int, int, Any]]],
        prepare: Callable[[int, Iterator[Row]], Frames] = as_they_are,
        work: int = 0,
        own_config: Callable[[int], Mapping[str, object]] = lambda _: {},
    ) -> DataFrame:
        """One worker for each task of rows (task, source, kind, piece, data), which it gets in this order.

        :param answer: makes rows (task, source, kind, data) of a task and one frame that its worker answers.
        :param prepare: makes frames of a task and its rows.
        :param work: what is added to `done` when a task is.
        :param own_config: what one task is told besides.
        """
        config, limit, done = {**config, **self.worker}, self.limit, self.done

        def feed(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            for task, own in itertools.groupby(rows_of(batches), key=lambda row: row[0]):
                piece = itertools.count()
                for kind, payload in run_worker({**config, **own_config(task)}, prepare(task, own), limit):
                    for to, source, what, data in answer(task, kind, payload):
                        yield batch(to, source, what, next(piece), data)
                if done is not None:
                    done.add(work)

        sorted_rows = self.to_partition(rows, tasks, "task").sortWithinPartitions("task", "source", "kind", "piece")
        return sorted_rows.mapInArrow(feed, ROW)

    def in_place(self, rows: DataFrame) -> Any:
        """Rows for `mapped`, each of which stays on the executor that first made it: an RDD, which Connect has not."""
        # As tuples of Python: those of a DataFrame come with their bytes as text each time.
        return (rows.rdd.map(tuple) if self.classic else rows).persist(StorageLevel.MEMORY_AND_DISK_DESER)

    def mapped(self, rows: Any, work: Callable[[Iterable[Row]], Iterable[Row]]) -> list[Row]:
        """What becomes of each partition, on the driver. Of an RDD it takes half the time: a query is planned and compiled."""
        return (rows.mapInArrow(by_rows(work), ROW) if hasattr(rows, "mapInArrow") else rows.mapPartitions(work)).collect()

    def rows(self, rows: Iterable[tuple[int, int, int, int, bytes]]) -> DataFrame:
        """Rows from the driver."""
        return self.spark.createDataFrame([(*row[:4], bytearray(row[4])) for row in rows], ROW)

    @property
    def share_limit(self) -> int:
        """How many bytes `shared` takes: a message of Connect holds 128 MB."""
        return 1 << 40 if self.classic else 32 << 20

    def shared(self, values: list[bytes]) -> Broadcast[list[bytes]] | Enclosed:
        """Values for all executors; functions take them from `value`, and `destroy` frees them."""
        return self.spark.sparkContext.broadcast(values) if self.classic else Enclosed(values)

    def written(self, name: str, rows: DataFrame) -> DataFrame:
        """The same rows, written once: nothing before them runs again."""
        rows.write.mode("overwrite").parquet(f"{self.scratch}/{name}")
        return self.spark.read.schema(rows.schema).parquet(f"{self.scratch}/{name}")

    def close(self) -> None:
        """Removes the scratch folder."""
        system, path = filesystem(self.scratch)
        if system.get_file_info(path).type == pyarrow.fs.FileType.Directory:
            system.delete_dir(path)
