"""Kindred on Apache Spark: exact similarity graphs and factor models of ratings that outgrow one machine, equal to the bit.

    spark-submit --archives kindred-worker.tar.gz#kindred kindred_spark.py graph --ratings s3a://…/ratings.parquet --output …

Spark reads, numbers and ships. Every heavy step is a partition of rows (task, source, kind, piece, data) that feeds a process
`kindred-worker` by the protocol of docs/worker-protocol.md. Spark never adds floating-point numbers, and orders without ties
decide everything, so that results depend neither on partitions nor on retries.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import itertools
import os
import re
import signal
import struct
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.fs
import pyspark.sql.functions as F
from pyspark import SparkFiles, cloudpickle
from pyspark.sql import DataFrame, SparkSession

PROTOCOL, MAGIC, PIECE = 1, 0x0031574B, 16 << 20
CONFIG, BLOCK, PAIR, FLOORS, COUNTS, ROWS, CHUNKS, FEATURES, GRAMIAN, ROUTES, SOLVE, FIRST, DRAW, VALUES = range(1, 15)
HELLO, LISTS, SOLUTION, SUMS, GRAMIANS, ROUTED, STATES, ERROR, DONE = 64, 65, 66, 67, 68, 69, 70, 72, 73
HEADER = "<IIQII"
ROW = "task int, source int, kind int, piece int, data binary"
Frames = Iterable[tuple[int, Any]]
Row = tuple[int, int, int, int, Any]

# Where this is imported, executors get its functions by value: they need no copy of the file.
if __name__ != "__main__":
    cloudpickle.register_pickle_by_value(sys.modules[__name__])


class KindredError(Exception):
    """A fault of the input, the options or the cluster, in one line with a remedy."""


class WorkerError(RuntimeError):
    """A worker that failed, with its exit code and the last line of its messages."""


# Frames


def frame(kind: int, payload: Any, sequence: int) -> bytes:
    """A frame of the protocol: magic, type, size, CRC-32 and sequence number, then the payload."""
    return struct.pack(HEADER, MAGIC, kind, len(payload), zlib.crc32(payload), sequence) + payload


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


def raw(array: pa.Array | pa.ChunkedArray) -> bytes:
    """The elements of an Arrow array without nulls, as a payload holds them."""
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    width = array.type.bit_width // 8
    start = array.offset * width
    return padded(memoryview(array.buffers()[1])[start : start + len(array) * width]) if len(array) else b""


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


# The worker process


def worker_path() -> str:
    """The worker on this machine: that of the archive `#kindred`, or KINDRED_WORKER."""
    path = os.environ.get("KINDRED_WORKER") or os.path.join(SparkFiles.get("kindred"), "kindred-worker")
    if not os.path.exists(path):
        raise WorkerError("kindred-worker: not on this executor: submit with --archives kindred-worker.tar.gz#kindred")
    return path


def dying_with_parent() -> Callable[[], None] | None:
    """What a child does first: ask Linux for SIGKILL when the process that started it ends, however that ends."""
    if sys.platform != "linux":
        return None
    libc, parent = ctypes.CDLL(None), os.getpid()

    def prepare() -> None:
        libc.prctl(1, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(74)

    return prepare


def run_worker(config: Mapping[str, object], frames: Frames, limit: float = 21600) -> Iterator[tuple[int, bytes]]:
    """The frames that a worker answers, without DONE; HELLO comes first.

    A thread feeds the worker while its output is read. It is killed after `limit` seconds and when the iterator is closed.

    :param config: the lines of CONFIG; empty: only `frames` are sent.
    """
    process = subprocess.Popen(
        [worker_path()], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=dying_with_parent()
    )
    messages, faults, sent, expired = bytearray(), [], itertools.count(), threading.Event()
    lines = "".join(f"{key}={value}\n" for key, value in config.items()).encode()

    def feed() -> None:
        try:
            for kind, payload in itertools.chain([(CONFIG, lines)] if config else [], frames):
                # Where the worker has ended, it says why.
                with contextlib.suppress(BrokenPipeError):
                    process.stdin.write(struct.pack(HEADER, MAGIC, kind, len(payload), zlib.crc32(payload), next(sent)))
                    process.stdin.write(payload)
                if process.poll() is not None:
                    return
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()
        except BaseException as fault:
            faults.append(fault)
            process.kill()

    def listen() -> None:
        while piece := process.stderr.read1(1 << 16):
            messages[:] = (messages + piece)[-4096:]

    def expire() -> None:
        expired.set()
        process.kill()

    feeder, listener, timer = threading.Thread(target=feed), threading.Thread(target=listen), threading.Timer(limit, expire)
    for thread in (feeder, listener, timer):
        thread.daemon = True
        thread.start()
    try:
        for kind, payload in read_frames(process.stdout):
            if kind != DONE:
                yield kind, payload
        feeder.join(60)
        code = process.wait(60)
        problem = "" if struct.unpack_from("<Q", payload)[0] == next(sent) else "it did not read all frames"
    except WorkerError as error:
        problem = str(error)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)
        code = process.poll()
    finally:
        timer.cancel()
        process.kill()
        process.wait()
        listener.join(5)
    if faults:
        raise faults[0]
    if problem or code:
        raise WorkerError(failure(code, bytes(messages), problem, limit if expired.is_set() else None))


def failure(code: int | None, messages: bytes, problem: str, limit: float | None) -> str:
    """What is said of a worker that failed: how it ended and the last line of its messages."""
    how = f"ended by signal {-code}" if code and code < 0 else "did not end" if code is None else f"exit code {code}"
    if limit is not None:
        how = f"killed after {limit:g} s (--task-timeout)"
    last = messages.decode("utf-8", "replace").strip().rpartition("\n")[2].removeprefix("kindred-worker: ")
    return "kindred-worker: " + ": ".join(part for part in (how, last or problem) if part)


# The cluster


def batch(task: int, source: int, kind: int, piece: int, data: Any) -> pa.RecordBatch:
    """One row on its way to a worker."""
    numbers = [pa.array([number], pa.int32()) for number in (task, source, kind, piece)]
    return pa.RecordBatch.from_arrays([*numbers, pa.array([data], pa.binary())], ["task", "source", "kind", "piece", "data"])


def rows_of(batches: Iterable[pa.RecordBatch]) -> Iterator[Row]:
    """The rows of batches; data is not copied."""
    for part in batches:
        numbers = [column.to_pylist() for column in part.columns[:4]]
        yield from zip(*numbers, (value.as_buffer() for value in part.column(4)), strict=True)


def as_they_are(_: int, rows: Iterable[Row]) -> Frames:
    """A frame for each row."""
    return ((kind, data) for _, _, kind, _, data in rows)


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
        spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", "4")

    @contextlib.contextmanager
    def stage(self, name: str, records: int = 4) -> Iterator[None]:
        """Names the jobs inside, as Spark shows them, and adds up their seconds.

        :param records: rows of a batch to Python; 4 suit pieces of 16 MB.
        """
        start = time.monotonic()
        self.spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", str(records))
        if self.classic:
            self.spark.sparkContext.setJobGroup(f"kindred-{name}", f"kindred: {name}")
        else:
            self.spark.addTag(tag := f"kindred-{name}")
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0) + time.monotonic() - start
            if not self.classic:
                self.spark.removeTag(tag)
        print(f"kindred: {name}, {self.seconds[name]:.1f} s", file=sys.stderr, flush=True)

    @property
    def slots(self) -> int:
        """How many tasks run at a time."""
        cores = self.spark.range(100_000).select(F.spark_partition_id()).distinct().count()
        return max(1, cores // int(self.spark.conf.get("spark.task.cpus", "1")))

    def probe(self) -> None:
        """Asks workers all over the executors for their processor; one level and one core for all, or the bits differ."""

        def ask(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            if list(batches):
                yield from (batch(0, 0, kind, 0, payload) for kind, payload in run_worker({}, [], 60) if kind == HELLO)

        count = 2 * self.slots
        with self.stage("probe"):
            answers = self.spark.range(0, count, 1, count).mapInArrow(ask, ROW).select("data").distinct().collect()
        hellos = [dict(line.split("=", 1) for line in bytes(row.data).decode().splitlines()) for row in answers]
        for key, remedy in (
            ("protocol", "ship one archive"),
            ("version", "ship one archive"),
            ("level", "run on one kind of processor"),
            ("core", "run on one kind of processor, or set OPENBLAS_CORETYPE by spark.executorEnv"),
        ):
            if len(found := sorted({hello.get(key, "none") for hello in hellos})) != 1:
                raise KindredError(f"workers differ in {key} ({', '.join(found)}), and results would too: {remedy}")
        if hellos[0]["protocol"] != str(PROTOCOL):
            raise KindredError(f"the worker speaks protocol {hellos[0]['protocol']}, not {PROTOCOL}: ship this version's archive")
        self.version = hellos[0]["version"]
        self.worker = {key: hellos[0][key] for key in ("level", "core") if key in hellos[0]}
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
    ) -> DataFrame:
        """One worker for each task of rows (task, source, kind, piece, data), which it gets in this order.

        :param answer: makes rows (task, source, kind, data) of a task and one frame that its worker answers.
        :param prepare: makes frames of a task and its rows.
        """
        config, limit = {**config, **self.worker}, self.limit
        done = self.spark.sparkContext.accumulator(0) if self.classic else None

        def work(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            for task, own in itertools.groupby(rows_of(batches), key=lambda row: row[0]):
                piece = itertools.count()
                for kind, payload in run_worker(config, prepare(task, own), limit):
                    for to, source, what, data in answer(task, kind, payload):
                        yield batch(to, source, what, next(piece), data)
                if done is not None:
                    done.add(1)

        self.done = done
        sorted_rows = self.to_partition(rows, tasks, "task").sortWithinPartitions("task", "source", "kind", "piece")
        return sorted_rows.mapInArrow(work, ROW)

    def rows(self, rows: Iterable[tuple[int, int, int, int, bytes]]) -> DataFrame:
        """Rows from the driver."""
        return self.spark.createDataFrame([(*row[:4], bytearray(row[4])) for row in rows], ROW)

    def written(self, name: str, rows: DataFrame) -> DataFrame:
        """The same rows, written once: nothing before them runs again."""
        rows.write.mode("overwrite").parquet(f"{self.scratch}/{name}")
        return self.spark.read.schema(rows.schema).parquet(f"{self.scratch}/{name}")

    def close(self) -> None:
        """Removes the scratch folder."""
        system, path = filesystem(self.scratch)
        if system.get_file_info(path).type == pyarrow.fs.FileType.Directory:
            system.delete_dir(path)


def filesystem(uri: str) -> tuple[pyarrow.fs.FileSystem, str]:
    """The file system of a URI, and the path there."""
    return pyarrow.fs.FileSystem.from_uri(re.sub(r"^s3[an]:", "s3:", uri))


def absolute(path: str) -> str:
    """A path that driver and executors understand alike: paths without a scheme are files."""
    return path if re.match(r"^\w[\w+.-]*:", path) else "file://" + os.path.abspath(path)


# The command line


class Parser(argparse.ArgumentParser):
    """Ends with 64 on bad usage, as kindred does."""

    def error(self, message: str) -> None:
        self.print_usage(sys.stderr)
        self.exit(64, f"kindred_spark: {message}\n")


def session(options: argparse.Namespace) -> SparkSession:
    """The session of spark-submit, or one by --remote; --archive ships the worker where --archives cannot."""
    builder = SparkSession.builder.appName(f"kindred {options.command}")
    spark = (builder.remote(options.remote) if options.remote else builder).getOrCreate()
    if options.archive and "connect" in type(spark).__module__:
        spark.addArtifacts(f"{options.archive}#kindred", archive=True)
    elif options.archive:
        spark.sparkContext.addArchive(f"{options.archive}#kindred")
    return spark


def main(arguments: list[str] | None = None) -> int:
    """Runs a subcommand: 0 done, 1 failed, 64 bad usage."""
    options = parser().parse_args(arguments)
    options.output = absolute(options.output)
    try:
        spark = session(options)
        limit = options.task_timeout or float(spark.conf.get("spark.kindred.taskTimeout", "21600"))
        cluster = Cluster(spark, absolute(options.scratch) if options.scratch else f"{options.output}/_scratch", limit)
        try:
            cluster.probe()
            options.run(cluster, options)
        finally:
            cluster.close()
    except KindredError as error:
        print(f"kindred_spark: {error}", file=sys.stderr)
        return 1
    except Exception as error:
        # Spark wraps what a worker said in pages of traces.
        if not (said := re.search(r"kindred-worker: [^\n]*", str(error))):
            raise
        print(f"kindred_spark: {said.group()}", file=sys.stderr)
        return 1
    return 0


def parser() -> Parser:
    """The subcommands and their options."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--output", required=True, metavar="FOLDER", help="path or URI of the folder to write to")
    common.add_argument("--scratch", metavar="FOLDER", help="a folder that all executors reach (default: OUTPUT/_scratch)")
    common.add_argument("--task-timeout", type=float, metavar="SECONDS", help="a worker is killed after this (default: 21600)")
    common.add_argument("--remote", metavar="URL", help="a Spark Connect server, such as sc://host:15002")
    common.add_argument("--archive", metavar="FILE", help="kindred-worker.tar.gz, where spark-submit --archives cannot be used")
    root = Parser(prog="kindred_spark.py", description="Kindred's graphs and factors on Apache Spark, equal to the bit.")
    root.add_subparsers(dest="command", required=True, parser_class=Parser)
    return root


if __name__ == "__main__":
    sys.exit(main())
