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
import dataclasses
import functools
import hashlib
import itertools
import json
import logging
import math
import operator
import os
import re
import signal
import statistics
import struct
import subprocess
import sys
import threading
import time
import unicodedata
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.fs
import pyspark.sql.functions as F
from pyspark import Broadcast, SparkFiles, cloudpickle
from pyspark.sql import Column, DataFrame, SparkSession

PROTOCOL, MAGIC, PIECE = 1, 0x0031574B, 16 << 20
CONFIG, BLOCK, PAIR, FLOORS, COUNTS, ROWS, CHUNKS, FEATURES, GRAMIAN, ROUTES, SOLVE, FIRST, DRAW, VALUES = range(1, 15)
HELLO, LISTS, SOLUTION, SUMS, GRAMIANS, ROUTED, STATES, ERROR, DONE = 64, 65, 66, 67, 68, 69, 70, 72, 73
HEADER = "<IIQII"
ROW = "task int, source int, kind int, piece int, data binary"
Frames = Iterable[tuple[int, Any]]
Row = tuple[int, int, int, int, Any]
Batches = Iterable[pa.RecordBatch]
Mapper = Callable[[Batches], Batches]

LOG = logging.getLogger("kindred_spark")

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
                    process.stdin.write(frame(kind, payload, next(sent)))
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
        :param products: how many there are in all; on classic Spark the share that is done is told every 10 s.
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

    @functools.cached_property
    def slots(self) -> int:
        """How many tasks run at a time."""
        cores = self.spark.range(100_000).select(F.spark_partition_id()).distinct().count()
        return max(1, cores // int(self.spark.conf.get("spark.task.cpus", "1")))

    @property
    def worker_memory(self) -> int:
        """Bytes that a worker may take: three quarters of what executors have beside their heap, or 1 GiB where nothing says it."""
        overhead = self.spark.conf.get("spark.executor.memoryOverhead", None)
        return size_of(overhead) * 3 // 4 if overhead else 1 << 30

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
    try:
        return pyarrow.fs.FileSystem.from_uri(re.sub(r"^s3[an]:", "s3:", uri))
    except (pa.ArrowException, OSError) as error:
        raise KindredError(f"{uri}: pyarrow cannot write there ({error}): use a folder of file, s3, gs or hdfs") from None


def absolute(path: str) -> str:
    """A path that driver and executors understand alike: paths without a scheme are files."""
    return path if re.match(r"^\w[\w+.-]*:", path) else "file://" + os.path.abspath(path)


# Ratings

FORMATS = ("csv", "parquet", "orc", "json", "jdbc", "kafka", "hive")
POLICIES = ("last", "first", "mean", "sum", "count", "error")
EXTENSIONS = {"parquet": "parquet", "orc": "orc", "json": "json", "jsonl": "json", "ndjson": "json"}
EXTENSIONS |= dict.fromkeys(("csv", "tsv", "txt", "data", "dat", "base", "test"), "csv")
# Names of columns, the surest first: ColumnNames.swift.
NAMES = {
    "user": (
        "user userid users uid iduser reviewerid customerid accountid visitorid memberid profileid personid viewerid listenerid "
        "clientid subscriberid playerid readerid raterid useridx userindex benutzerid nutzerid kundenid kundennummer "
        "idutilisateur utilisateurid idusuario usuarioid idcliente clienteid",
        "reviewer customer account visitor member profile person viewer listener client subscriber player reader rater benutzer "
        "nutzer kunde utilisateur membre usuario cliente",
        "username usernames profilename reviewername reviewprofilename login nickname benutzername nutzername pseudo",
    ),
    "item": (
        "item itemid items iid iditem movie movieid movies film filmid idfilm product productid asin parentasin book bookid isbn "
        "business businessid artist artistid song songid track trackid joke jokeid anime animeid manga mangaid recipe recipeid "
        "beer beerid beerbeerid wineid game gameid appid bggid show showid album albumid restaurant restaurantid venueid "
        "locationid poiid placeid gmapid hotelid article articleid newsid video videoid courseid contentid sku stockcode workid "
        "titleid podcastid itemidx itemindex artikel artikelid artikelnummer produkt produktid buch buchid produit produitid "
        "livre livreid idproduit idlivre pelicula peliculaid idpelicula producto productoid idproducto articulo articuloid libro "
        "libroid objet",
        "news course content podcast wine venue location poi place hotel work",
        "",
    ),
    "rating": (
        "rating ratings bookrating userrating reviewrating ratingvalue bewertung wertung note notes calificacion puntuacion "
        "valoracion",
        "score scores userscore reviewscore stars star overall grade vote preference pref punkte sterne nota puntaje etoiles",
        "value weight rate plays playcount playcounts listens listencount count counts hours hoursplayed clicks quantity wert "
        "valeur valor anzahl",
    ),
    "timestamp": (
        "timestamp timestamps ts unixreviewtime unixtime unixtimestamp epoch timestampms ratingtimestamp zeitstempel horodatage",
        "time date datetime reviewtime reviewdate createdat created dateadded datecreated ratedat ratingdate ratingtime "
        "eventtime eventdate tstamp datum zeit zeitpunkt uhrzeit temps heure fecha hora",
        "updatedat dateupdated readat",
    ),
}


def plain(name: str) -> str:
    """Letters and digits alone, lowercase and without accents: `User-ID` and `user_id:token` are `userid`."""
    letters = unicodedata.normalize("NFD", name.split(":")[0]).lower()
    return "".join(letter for letter in letters if letter.isalnum())


def chosen_columns(names: list[str], choice: str | None = None) -> dict[str, str]:
    """The names of the columns by role: as chosen, by the names that Kindred knows, or `_c0`, `_c1` … in order."""
    if choice:
        given = choice.split(",")
        columns = dict(part.split("=", 1) for part in given) if "=" in choice else dict(zip(NAMES, given, strict=False))
        columns = {role: names[int(name) - 1] if name.isdigit() and 0 < int(name) <= len(names) else name
                   for role, name in columns.items()}  # fmt: skip
        for role, name in columns.items():
            if role not in NAMES or name not in names:
                raise KindredError(f"--columns: no {role} = {name}; the columns are {', '.join(names)}")
    elif names[0] == "_c0" and len(names) <= 4:
        columns = dict(zip(NAMES, names, strict=False))
    else:
        columns = {}
        for role, surest in NAMES.items():
            levels = [[name for name in names if plain(name) in words.split()] for words in surest]
            found = next(filter(None, levels), [])
            keys = [name for name in found if re.search(r"(?i)([^a-z]id|Id|ID)$|^id[^a-z]", name)]
            found = keys if len(keys) == 1 else found
            if len(found) > 1 and role != "timestamp":
                raise KindredError(f"any of the columns {', '.join(found)} could be the {role}: say which it is by --columns")
            columns |= {role: found[0]} if found else {}
    if missing := [role for role in ("user", "item") if role not in columns]:
        raise KindredError(f"no column is known as the {missing[0]} among {', '.join(names)}: say which it is by --columns")
    return columns


def read_source(spark: SparkSession, options: argparse.Namespace) -> DataFrame:
    """The rows of the source under the names user, item, rating and timestamp, as far as it has them."""
    path, extra = options.ratings, dict(option.split("=", 1) for option in options.option)
    endings = path.lower().removesuffix("/").split("/")[-1].split(".")[::-1]
    known = options.format or next((EXTENSIONS[ending] for ending in endings[:2] if ending in EXTENSIONS), None)
    if known is None:
        raise KindredError(f"{path}: its name does not tell the format; say it by --format {'|'.join(FORMATS)}")
    reader = spark.read.options(**extra)
    if known == "hive":
        rows = spark.table(path)
    elif known == "jdbc":
        rows = reader.format("jdbc").options(**({} if extra.keys() & {"dbtable", "query"} else {"dbtable": path})).load()
    elif known == "kafka":
        rows = from_messages(
            reader.format("kafka").options(**({} if "subscribe" in extra else {"subscribe": path})).load(), options
        )
    elif known == "csv":
        rows = read_text(spark, path, extra)
    else:
        rows = reader.format(known).load(path)
    columns = chosen_columns(rows.columns, options.columns)
    return rows.select(*(F.col(f"`{name}`").alias(role) for role, name in columns.items()))


def from_messages(messages: DataFrame, options: argparse.Namespace) -> DataFrame:
    """The fields of JSON objects in the column `value`."""
    names = [part.split("=")[-1] for part in (options.columns or "user,item,rating,timestamp").split(",")]
    schema = ", ".join(f"`{name}` string" for name in names)
    return messages.select(F.from_json(F.col("value").cast("string"), schema).alias("m")).select("m.*")


def read_text(spark: SparkSession, path: str, extra: Mapping[str, str]) -> DataFrame:
    """Delimited text; the separator and whether there is a header are told by the first line."""
    first = spark.read.text(path).head()
    line = first.value if first else ""
    sep = extra.get("sep") or next((mark for mark in ("::", "\t", ";", ",", "|") if mark in line), ",")
    words = " ".join(itertools.chain(*NAMES.values())).split()
    header = any(plain(field.strip('"')) in words for field in line.split(sep))
    return spark.read.options(**{"sep": sep, "header": str(header), "escape": '"', **extra}).csv(path)


def typed(rows: DataFrame) -> DataFrame:
    """User and item as text, rating as float, time in seconds; `fault` is the whole row where one of them is malformed."""
    kinds = dict(rows.dtypes)

    def text(name: str) -> str:
        # 12.0 is an integer that pandas or a database made a float.
        whole = f"if({name} = rint({name}) and abs({name}) < 9e15, string(bigint({name})), string({name}))"
        return f"nullif({whole if re.match('float|double|decimal', kinds[name]) else f'string({name})'}, '')"

    def number(name: str) -> str:
        if kinds[name] != "string":
            return f"double(`{name}`)"
        decimal = "^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?$"
        return f"if(`{name}` rlike '{decimal}', try_cast(`{name}` as double), null)"

    rating = number("rating") if "rating" in kinds else "1D"
    columns = {"user": text("user"), "item": text("item"), "rating": f"if(abs({rating}) <= 1e12, float({rating}), null)"}
    if "timestamp" in kinds:
        moment = "unix_seconds(try_cast(`timestamp` as timestamp))"
        is_date = kinds["timestamp"].startswith(("timestamp", "date"))
        columns["time"] = (
            moment if is_date else f"coalesce(try_cast({number('timestamp')} as bigint), try_cast({moment} as bigint))"
        )
        if not is_date and kinds["timestamp"] != "string":
            columns["time"] = f"try_cast({number('timestamp')} as bigint)"
    columns["fault"] = f"if({' or '.join(f'({value}) is null' for value in columns.values())}, to_json(struct(*)), null)"
    return rows.selectExpr(*(f"{value} as {name}" for name, value in columns.items()))


@dataclasses.dataclass
class Ratings:
    """A rating matrix: rows (u, i, r) of indices and ratings, and tables (id, index) of users and items."""

    matrix: DataFrame
    user_ids: DataFrame
    item_ids: DataFrame
    users: int
    items: int
    ratings: int
    rows: int
    rejected: int
    minimum: float
    maximum: float
    step: float | None

    @property
    def config(self) -> dict[str, object]:
        """The totals, as a worker is told them."""
        return {"users": self.users, "items": self.items, "ratings": self.ratings}


def ranked(cluster: Cluster, rows: DataFrame, order: list[Any], name: str) -> tuple[DataFrame, int]:
    """The rows with their place `index` in an order without ties, and their number.

    They are sorted and written once; then each partition's offset is added to the places within it.
    """
    place = F.monotonically_increasing_id().bitwiseAND((1 << 33) - 1)
    found = cluster.written(name, rows.sort(*order).withColumn("part", F.spark_partition_id()).withColumn("place", place))
    counts = sorted((row.part, row.count_) for row in found.groupBy("part").agg(F.count("*").alias("count_")).collect())
    starts = itertools.accumulate((count for _, count in counts), initial=0)
    bases = [(part, start) for (part, _), start in zip(counts, starts, strict=False)]
    bases = cluster.spark.createDataFrame(bases, "part int, base long")
    index = (F.col("base") + F.col("place")).cast("int").alias("index")
    return found.join(F.broadcast(bases), "part").select(*rows.columns, index), sum(count for _, count in counts)


def vocabulary(cluster: Cluster, rows: DataFrame, column: str) -> tuple[DataFrame, int]:
    """The ids (id, index) of a column: in numeric order where all are integers as spelled, else by their UTF-8 bytes."""
    ids = rows.select(F.col(column).alias("id")).distinct()
    if broken := ids.where(r"id rlike '[\\r\\n]'").head():
        raise KindredError(f"{column} {broken.id!r} has a line break, which a list of ids cannot hold: rename it")
    text = ids.where("not coalesce(string(try_cast(id as bigint)) = id, false)").limit(1).count()
    return ranked(cluster, ids, [F.col("id") if text else F.expr("try_cast(id as bigint)")], f"{column}-ids")


def resolved(rows: DataFrame, policy: str) -> DataFrame:
    """One rating for each user and item, and of how many (`n`): DuplicatePolicy.swift. Sums are in order of value."""
    best = "max(rating)"
    total = "aggregate(array_sort(collect_list(rating)), 0D, (sum, r) -> sum + r)"
    if policy in ("mean", "sum", "count"):
        best = {"mean": f"float({total} / count(*))", "sum": f"float({total})", "count": "float(count(*))"}[policy]
    elif "time" in rows.columns:
        best = f"max(struct({'-' if policy == 'first' else ''}time, rating)).rating"
    return rows.groupBy("user", "item").agg(F.expr(f"{best} as r"), F.expr("count(*) as n"))


def number_ratings(cluster: Cluster, rows: DataFrame, on_bad_row: str = "fail", policy: str | None = None) -> Ratings:
    """Checks, resolves and numbers rows (user, item, and where there are rating, timestamp); all is written once."""
    with cluster.stage("read"):
        rows = cluster.written("typed", typed(rows))
        count, rejected, fault = rows.agg(F.count("*"), F.count("fault"), F.min("fault")).head()
        if rejected and on_bad_row == "fail":
            raise KindredError(f"{rejected:,} malformed rows, such as {fault}: fix them, or --on-bad-row skip")
        rows = rows.where("fault is null")
    with cluster.stage("number"):
        (user_ids, users), (item_ids, items) = (vocabulary(cluster, rows, side) for side in ("user", "item"))
        matrix = resolved(rows, policy or "last").join(user_ids.withColumnsRenamed({"id": "user", "index": "u"}), "user")
        matrix = matrix.join(item_ids.withColumnsRenamed({"id": "item", "index": "i"}), "item")
        matrix = cluster.written("matrix", matrix.select("u", "i", "r", "n"))
        facts = "count(*)", "min(r)", "max(r)", "bool_and(r = rint(r))", "bool_and(2 * r = rint(2 * r))", "max(n)"
        ratings, low, high, whole, half, most = matrix.selectExpr(*facts).head()
    if not ratings:
        raise KindredError("the source holds no ratings")
    has_times = "time" in rows.columns
    if most > 1 and (policy == "error" or policy in (None, "last", "first") and not has_times):
        pair = resolved(rows, "count").where("n > 1").orderBy("user", "item").head()
        why = "the policy is to refuse that" if policy == "error" else "without timestamps Spark has no order of rows to go by"
        remedy = "--duplicates last" if has_times else "name the column of times, or --duplicates mean, sum or count"
        raise KindredError(f"user {pair.user} rated item {pair.item} {pair.n} times, and {why}: {remedy}")
    if max(abs(low), abs(high)) > 1e12:
        raise KindredError(f"the ratings of an item by a user add up to {max(low, high, key=abs)}; the most is 1e12")
    step = 1.0 if whole else 0.5 if half else None
    return Ratings(matrix, user_ids, item_ids, users, items, ratings, count, rejected, low, high, step)


# The similarity graph


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


Task = tuple[int, int, str]


def deal(place: Any, blocks: int) -> Any:
    """The block of the user at a place by falling activity, of numbers or columns: to and fro, heavy and light users alike."""
    at = place % blocks
    return at + (place - at) / blocks % 2 * (blocks - 1 - 2 * at)


def refuse_beyond(most: int, products: int, ratings: int, blocks: int) -> None:
    """Raises with the cost of more products than `most`: a core-second for 3·10⁹, and 6 bytes · ratings · blocks shipped."""
    if products > most:
        raise KindredError(
            f"{products:.1e} products would take about {products / 3e9 / 3600:,.0f} core-hours and ship "
            f"{6 * ratings * blocks / 1e12:,.1f} TB: leave out the most popular items, which have most of the products, "
            "or insist by --any-size"
        )


def waves(blocks: int) -> list[list[Task]]:
    """The tasks (block, other block, pairing): every pair of blocks once, and every block with itself.

    Those with themselves are paired two and two ("within", −1: no other), for they are half as much work. Up to 16 blocks there
    is one wave; above, the cyclic distances of the waves double: 0, 1, 2–3, 4–7 …, so that each wave has floors by the last.
    """
    found: list[list[Task]] = [[(a, a + 1 if a + 1 < blocks else -1, "within") for a in range(0, blocks, 2)]]
    for distance in range(1, blocks // 2 + 1):
        if blocks > 16 and distance & (distance - 1) == 0:
            found.append([])
        firsts = blocks // 2 if 2 * distance == blocks else blocks
        found[-1] += [(a, (a + distance) % blocks, "across") for a in range(firsts)]
    return found


def block_count(ratings: int, users: int, neighbors: int, slots: int, memory: int) -> int:
    """The least number of blocks of which a worker's memory holds two, and whose tasks keep the slots at work.

    Up to 16 blocks, which come in one wave, slots are to work seven eighths of the time; above, three tasks for each do.
    """
    blocks = max(1, -(-2 * (28 * ratings + 20 * users * neighbors) // memory))
    while busy(blocks, slots) < 7 / 8 if blocks <= 16 else blocks * blocks < 6 * slots:
        blocks += 1
    return max(1, min(blocks, users))


def busy(blocks: int, slots: int) -> float:
    """The share of time that slots work: a task in each until none is left; of odd blocks, the last diagonal is half a task.

    6 blocks are 18 tasks, which keep 20 slots busy for 0.9 of the time. 3 are 4.5 tasks: 0.75 on 4 slots.
    """
    tasks, half = divmod(blocks * blocks, 2)
    rounds, rest = divmod(tasks, slots)
    return (tasks + half / 2) / slots / (rounds + (1 if rest else half / 2))


def runs(batches: Iterable[pa.RecordBatch], key: str, width: int) -> Iterator[tuple[pa.Table, pa.Array, pa.Array]]:
    """Tables of whole runs of equal keys, of about 16 MB at `width` bytes a row, with the keys and where their runs end."""
    held: list[pa.RecordBatch] = []
    for part in itertools.chain(batches, [None]):
        held += [part] if part is not None else []
        rows = sum(map(len, held))
        if not rows or part is not None and rows * width < PIECE:
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


def merged_lists(block: int, kind: int, payload: bytes) -> Iterator[tuple[int, int, int, bytes]]:
    """The row of a merged list."""
    if kind == LISTS:
        yield block, 0, LISTS, payload


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


@dataclasses.dataclass
class Graph:
    """Neighbors (u, neighbor, similarity, support, rank), users (index, ratings, mean, id) and what they took."""

    neighbors: DataFrame
    users: DataFrame
    entries: int
    products: int
    blocks: int
    tasks: int


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


# Files


class ArrayFile:
    """A file that is written as its bytes come: beside its place, where it is moved at the end if the file system can."""

    def __init__(self, folder: str, name: str, shape: list[int], dtype: str) -> None:
        self.system, path = filesystem(folder)
        self.path, self.shape, self.dtype, self.hash = f"{path}/{name}", shape, dtype, hashlib.sha256()
        moves = self.system.type_name in ("local", "hdfs")
        self.written_path = f"{self.path}.partial" if moves else self.path
        self.system.create_dir(path, recursive=True)
        self.stream = self.system.open_output_stream(self.written_path)
        if name.endswith(".npy"):
            sizes = ", ".join(map(str, shape)) + ("," if len(shape) == 1 else "")
            text = f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': ({sizes}), }}"
            text += " " * (63 - (len(text) + 10) % 64) + "\n"
            self.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode())

    def write(self, data: Any) -> None:
        """Adds bytes."""
        self.hash.update(data)
        self.stream.write(data)

    def close(self) -> dict[str, object]:
        """The description of the file, which is then at its place."""
        self.stream.close()
        if self.written_path != self.path:
            self.system.move(self.written_path, self.path)
        return {"shape": self.shape, "dtype": self.dtype, "sha256": self.hash.hexdigest()}


def pieces(cluster: Cluster, rows: DataFrame, key: str, order: list[str], users: int, encode: Any) -> Iterator[bytes]:
    """The payloads that `encode` makes of rows by ranges of an index, in order, on the driver one at a time."""
    ranges = min(users, max(1, cluster.slots, users // 50_000))
    rows = rows.withColumn("task", F.expr(f"int({key} div {-(-users // ranges)})"))
    rows = cluster.to_partition(rows, ranges, "task").sortWithinPartitions(*order)
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


def write_graph(cluster: Cluster, folder: str, ratings: Ratings, graph: Graph, options: argparse.Namespace) -> dict[str, object]:
    """Parquet tables and Kindred's arrays; returns the description of the arrays."""

    def files(**kinds: tuple[int, str]) -> list[ArrayFile]:
        return [ArrayFile(folder, f"{name}.npy", [count], dtype) for name, (count, dtype) in kinds.items()]

    named(graph.neighbors, ratings.user_ids).write.mode("overwrite").parquet(f"{folder}/neighbors.parquet")
    users = graph.users.selectExpr("id as user_id", "index", "ratings", "mean as mean_rating")
    users.write.mode("overwrite").parquet(f"{folder}/users.parquet")
    arrays = write_ids(cluster, folder, "user", ratings.user_ids, ratings.users)
    arrays |= write_ids(cluster, folder, "item", ratings.item_ids, ratings.items)
    lists = pieces(cluster, graph.neighbors, "u", ["u", "rank"], ratings.users, encode_lists)
    arrays |= write_rows(
        files(neighbor_offsets=(ratings.users + 1, "<i8"), neighbors=(graph.entries, "<i4"),
              neighbor_similarities=(graph.entries, "<f4"), neighbor_supports=(graph.entries, "<i4")),
        ratings.users, ((ids, counts, columns) for ids, counts, *columns in map(decode_lists, lists)),
    )  # fmt: skip
    if ratings.ratings <= 100_000_000 and not options.without_ratings:
        rows = pieces(cluster, ratings.matrix, "u", ["u", "i"], ratings.users, lambda batches: encode_rows(batches, False))
        arrays |= write_rows(
            files(rating_offsets=(ratings.users + 1, "<i8"), rating_items=(ratings.ratings, "<i4"),
                  rating_values=(ratings.ratings, "<f4")),
            ratings.users, map(decode_block, rows),
        )  # fmt: skip
    return arrays


def write_json(folder: str, name: str, content: Mapping[str, object]) -> None:
    """A file with sorted keys."""
    file = ArrayFile(folder, name, [], "utf8")
    file.write((json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode())
    file.close()


def graph_command(cluster: Cluster, options: argparse.Namespace) -> None:
    """Ratings to neighbors, in a folder that `kindred graph --neighbors-from` reads."""
    start, folder = time.monotonic(), options.output
    chosen = GraphOptions(**{field.name: getattr(options, field.name) for field in dataclasses.fields(GraphOptions)})
    system, path = filesystem(folder)
    # It tells that all else is there, and is written last.
    if system.get_file_info(f"{path}/neighbors.json").type != pyarrow.fs.FileType.NotFound:
        system.delete_file(f"{path}/neighbors.json")
    ratings = number_ratings(cluster, read_source(cluster.spark, options), options.on_bad_row, options.duplicates)
    graph = find_neighbors(cluster, ratings, chosen, options.blocks, options.any_size)
    with cluster.stage("write", 1 << 16):
        arrays = write_graph(cluster, folder, ratings, graph, options)
    sizes = {"users": ratings.users, "items": ratings.items, "ratings": ratings.ratings, "entries": graph.entries}
    seconds = {**cluster.seconds, "total": time.monotonic() - start}
    scale = {"minimum": ratings.minimum, "maximum": ratings.maximum, "step": ratings.step}
    summary = sizes | {
        "source": options.ratings, "rows": ratings.rows, "rejected_rows": ratings.rejected, "rating_scale": scale,
        "duplicate_ratings": ratings.rows - ratings.rejected - ratings.ratings, "products": graph.products,
        "blocks": graph.blocks, "tasks": graph.tasks, "seconds": seconds, "spark": cluster.spark.version,
        "version": cluster.version,
        "options": dataclasses.asdict(chosen) | {"on_bad_row": options.on_bad_row, "duplicates": options.duplicates or "last"},
    }  # fmt: skip
    write_json(folder, "summary.json", summary)
    head = {"format": "kindred-neighbors", "version": 1, "kindred": cluster.version}
    write_json(folder, "neighbors.json", head | sizes | {"options": dataclasses.asdict(chosen), "arrays": arrays})
    step = {1.0: ", whole", 0.5: ", in steps of 0.5"}.get(ratings.step, "")
    print(
        f"Similar users in {options.ratings}\n\n  users        {ratings.users:,}\n  items        {ratings.items:,}\n"
        f"  ratings      {ratings.ratings:,}, from {ratings.minimum} to {ratings.maximum}{step}\n"
        f"  neighbors    {graph.entries:,}\n  products     {graph.products:,}, {graph.products / seconds['pairs']:.2g} a second\n"
        f"\n  Written to {folder} in {seconds['total']:.1f} s ({', '.join(f'{k} {v:.1f}' for k, v in cluster.seconds.items())})"
    )


# Factors: als and implicit by alternating least squares, in blocks of the chunks by which one machine adds


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


def in_order(values: Iterable[float]) -> float:
    """The sum from the left, as one machine adds; `sum` has other bits since Python 3.12."""
    return functools.reduce(operator.add, values, 0.0)


def single(value: float) -> float:
    """Rounded to the nearest number of 32 bits."""
    return struct.unpack("<f", struct.pack("<f", value))[0]


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


def encode_factors(batches: Batches) -> Batches:
    """Sorted (bias, factors, task) → pieces that are by turns factors and biases."""
    for piece, part in enumerate(batches):
        if part.num_rows:
            task, biases = part["task"][0].as_py(), part["bias"]
            yield batch(task, 0, 0, 2 * piece, bytes(elements(part["factors"].flatten())))
            yield batch(task, 0, 0, 2 * piece + 1, b"" if biases.null_count else bytes(elements(biases)))


def encode_ids(batches: Batches) -> Batches:
    """Sorted (id, task) → pieces that are by turns lines of CSV and ids after their lengths, of which the checksum is."""

    def field(id: str) -> str:
        return '"' + id.replace('"', '""') + '"' if re.search(r'[,"\n\r]|^[ \t]|[ \t]$', id) else id

    for piece, part in enumerate(batches):
        if part.num_rows:
            task, ids = part["task"][0].as_py(), part["id"].to_pylist()
            yield batch(task, 0, 0, 2 * piece, "".join(f"{field(id)}\n" for id in ids).encode())
            yield batch(task, 0, 0, 2 * piece + 1, "".join(f"{len(id.encode())}:{id}" for id in ids).encode())


def unpack(is_biased: bool) -> Mapper:
    """Rows of FEATURES → (index, bias, factors); without biases they are null."""

    def rows(batches: Batches) -> Batches:
        for *_, data in rows_of(batches):
            payload = Payload(data)
            count, order = payload.integers(2)
            rank, ids = order - is_biased, payload.array(pa.int32(), count)
            values = array("f", bytes(elements(payload.array(pa.float32(), count * order))))
            biases = pa.array(values[rank::order] if is_biased else [None] * count, pa.float32())
            if is_biased:
                del values[rank::order]
            flat = pa.Array.from_buffers(pa.float32(), len(values), [None, pa.py_buffer(values)])
            factors = pa.ListArray.from_arrays(pa.array(range(0, len(values) + 1, rank), pa.int32()), flat)
            yield pa.RecordBatch.from_arrays([ids, biases, factors], ["index", "bias", "factors"])

    return rows


def counts(cluster: Cluster, matrix: DataFrame, column: str, rows: int, least: float = -math.inf) -> array[int]:
    """How many ratings from `least` on each index of a column has."""
    number, found = F.count(F.when(F.col("r") >= F.lit(least), 1)).alias("number"), array("q")
    for data in pieces(cluster, matrix.groupBy(column).agg(number), column, [column], rows, encode_counts):
        found.frombytes(data)
    return found


def like_threshold(ratings: Ratings, relevant: float | None) -> float:
    """The least rating of a like: that chosen, or the least rating that is three quarters up the scale or above."""
    bound = single(ratings.minimum + 0.75 * (ratings.maximum - ratings.minimum))
    least = ratings.matrix.where(F.col("r") >= F.lit(bound)).agg(F.min("r")).first()[0] if relevant is None else single(relevant)
    if least > ratings.maximum:
        raise KindredError(f"no rating is {least:g} or more, the highest is {ratings.maximum:g}: lower --relevant")
    return least


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


@dataclasses.dataclass(frozen=True)
class Fit:
    """Factors (index, bias, factors) of users and items, and how they came about."""

    factors: dict[str, DataFrame]
    losses: list[float]
    seconds: list[float]
    mean: float
    relevant: float

    @property
    def seconds_per_iteration(self) -> float:
        """The median, without the first iteration where there are more."""
        return statistics.median(self.seconds[1:] or self.seconds)


def require_finite(losses: list[float]) -> None:
    """A loss is finite as long as all factors are."""
    if not all(map(math.isfinite, losses)):
        after, remedy = (len(losses) + 1) // 2, "raise --regularization, or check the scale of the ratings"
        raise KindredError(f"the factors are not finite after iteration {after}: {remedy}")


def features(solution: bytes, start: int) -> bytes:
    """FEATURES of a SOLUTION of the block that begins with a row."""
    first, count, order = struct.unpack_from("<3q", solution)
    ids = array("i", range(start + first, start + first + count)).tobytes()
    return struct.pack("<2q", count, order) + padded(ids) + solution[24:]


def sums_of(rows: list[Any], is_routed: bool) -> tuple[float, float]:
    """Losses and penalties of SUMS, added in the order of the chunks."""
    losses, penalties = array("d"), array("d")
    for row in sorted(rows, key=lambda row: row.source):
        if row.kind == SUMS and (row.piece < 0) == is_routed:
            values = array("d", bytes(row.data[8:]))
            losses += values[: len(values) // 2]
            penalties += values[len(values) // 2 :]
    return in_order(losses), in_order(penalties)


def gramian_of(rows: list[Any]) -> bytes:
    """GRAMIAN: the sum of GRAMIANS in the order of the chunks; empty without any."""
    total = None
    frames = [(row.source, struct.unpack_from("<3q", row.data), row.data) for row in rows if row.kind == GRAMIANS]
    for _, (_, count, order), data in sorted(frames, key=lambda each: each[:2]):
        for place in range(count):
            own = pa.py_buffer(data).slice(24 + place * 4 * order * order)
            part = pa.Array.from_buffers(pa.float32(), order * order, [None, own])
            total = part if total is None else pc.add(total, part)
    return raw(total) if total is not None else b""


# Models


def write_text(folder: str, name: str, text: str) -> str:
    """Writes a file and returns its SHA-256."""
    file = ArrayFile(folder, name, [], "utf8")
    file.write(text.encode())
    return file.close()["sha256"]


def write_arrays(cluster: Cluster, folder: str, side: str, factors: DataFrame, rows: int, rank: int) -> list[ArrayFile]:
    """NumPy arrays of a side's (index, bias, factors)."""
    file, biases, done = ArrayFile(folder, f"{side}_factors.npy", [rows, rank], "<f4"), bytearray(), 0
    for place, data in enumerate(pieces(cluster, factors, "index", ["index"], rows, encode_factors)):
        if place % 2:
            biases += data
        else:
            file.write(data)
            done += len(data) // (4 * rank)
    if done != rows:
        raise KindredError(f"{side}s have {done:,} of {rows:,} factors: Spark lost rows; run again")
    files = [file]
    if biases:
        files.append(ArrayFile(folder, f"{side}_biases.npy", [rows], "<f4"))
        files[1].write(biases)
    return files


def configuration(model: str, options: argparse.Namespace, relevant: float) -> dict[str, object]:
    """What configuration.json of `kindred train` holds."""
    names = {name: getattr(options, name) for name in ("rank", "regularization", "iterations", "seed", "solver")}
    names |= {"regularizationExponent": options.regularization_exponent, "threads": 1}
    if model == "implicit":
        feedback = {"least": options.least, "most": options.most, "threshold": relevant}
        weights = {"unobservedWeight": options.unobserved_weight, "highestWeight": options.highest_weight}
        return names | weights | {"feedback": feedback}
    names |= {"isNonnegative": False, "restarts": 1, "validationShare": 0}
    return names | {"biasRegularization": options.bias_regularization}


def write_model(cluster: Cluster, folder: str, model: str, fit: Fit, ratings: Ratings, options: argparse.Namespace) -> None:
    """The folder that `kindred train --output` writes, and factors.parquet (side, index, id, bias, factors)."""
    ids, sizes = {"user": ratings.user_ids, "item": ratings.item_ids}, {"user": ratings.users, "item": ratings.items}
    with cluster.stage(f"{model} factors.parquet"):
        columns = "side", "index", "id", "bias", "factors"
        sides = [fit.factors[side].join(ids[side], "index").withColumn("side", F.lit(side)).select(*columns) for side in ids]
        sides[0].unionByName(sides[1]).write.mode("overwrite").parquet(f"{folder}/factors.parquet")
        stored = cluster.spark.read.parquet(f"{folder}/factors.parquet")
    files, checksum = [], hashlib.sha256()
    with cluster.stage(f"{model} arrays", 10_000):
        for side, count in sizes.items():
            files += write_arrays(cluster, folder, side, stored.where(F.col("side") == side), count, options.rank)
            names = ArrayFile(folder, f"{side}s.csv", [], "utf8")
            names.write(f"{side}_id\n".encode())
            checksum.update(f"{count};".encode())
            for place, data in enumerate(pieces(cluster, ids[side], "index", ["index"], count, encode_ids)):
                (checksum.update if place % 2 else names.write)(data)
            names.close()
        if model == "implicit":
            files.append(ArrayFile(folder, "item_likes.npy", [ratings.items], "<f4"))
            # One machine counts in numbers of 32 bits, where 2^24 + 1 is 2^24.
            likes = counts(cluster, ratings.matrix, "i", ratings.items, fit.relevant)
            files[-1].write(array("f", (min(count, 1 << 24) for count in likes)).tobytes())
    chosen = json.dumps(configuration(model, options, fit.relevant), indent=2, sort_keys=True) + "\n"
    zeros, described = "0" * 64, {os.path.basename(file.path): file.close() for file in files}
    manifest = {
        "format": "kindred-model", "format_version": 1, "program_version": cluster.version, "model": model,
        "users": ratings.users, "items": ratings.items, "ratings": ratings.ratings, "loss": (fit.losses or [None])[-1],
        "scale": {"minimum": ratings.minimum, "maximum": ratings.maximum, "step": ratings.step},
        "numbers": {"relevant": fit.relevant} if model == "implicit" else {"mean": fit.mean, "restarts": 1},
        "arrays": {name: {key: file[key] for key in ("shape", "sha256")} for name, file in described.items()},
        "vocabulary_sha256": checksum.hexdigest(), "own_sha256": zeros,
        "configuration_sha256": write_text(folder, "configuration.json", chosen),
    }  # fmt: skip
    text = json.dumps(manifest, indent=2, sort_keys=True) + "\n"
    write_text(folder, "model.json", text.replace(zeros, hashlib.sha256(text.encode()).hexdigest()))


DEFAULTS: dict[str, dict[str, float]] = {
    "als": {"rank": 12, "iterations": 6, "regularization": 1.75, "regularization_exponent": 0.4, "bias_regularization": 1.0},
    "implicit": {"rank": 96, "iterations": 8, "regularization": 0.018, "regularization_exponent": 1.0,
                 "unobserved_weight": 0.25, "least": 0.0, "most": 1.0, "highest_weight": 1.5},
    "mllib": {"rank": 12, "iterations": 6, "regularization": 0.1, "regularization_exponent": 1.0, "bias_regularization": 1.0},
}  # fmt: skip


def settings(model: str, options: Mapping[str, Any]) -> argparse.Namespace:
    """The options, with a model's defaults where nothing was chosen."""
    common = {"seed": 1, "solver": "lapack", "blocks": None, "broadcast_limit": 1 << 30, "relevant": None}
    chosen = {name: value for name, value in options.items() if value is not None}
    return argparse.Namespace(**{**common, **DEFAULTS[model], **chosen})


def train_command(cluster: Cluster, options: argparse.Namespace) -> None:
    """als and implicit: ratings to a model that `kindred recommend SOURCE --factors` reads."""
    ratings = number_ratings(cluster, read_source(cluster.spark, options), options.on_bad_row, options.duplicates)
    model, options = options.command, settings(options.command, vars(options))
    descent = Descent(cluster, ratings, model, options)
    with contextlib.closing(descent):
        fit = descent.run()
        write_model(cluster, options.output, model, fit, ratings, options)
    summary = {
        "model": model, "users": ratings.users, "items": ratings.items, "ratings": ratings.ratings,
        "rank": options.rank, "iterations": options.iterations, "seed": options.seed, "solver": options.solver,
        "seconds_per_iteration": fit.seconds_per_iteration, "loss": fit.losses[-1], "losses": fit.losses,
        "relevant": fit.relevant, "seconds": cluster.seconds, "spark": cluster.spark.version, "version": cluster.version,
    }  # fmt: skip
    write_json(options.output, "summary.json", summary)
    print(
        f"{model} of rank {options.rank}, {options.iterations} iterations: {ratings.users:,} users, {ratings.items:,} items, "
        f"{ratings.ratings:,} ratings\n\n  loss   {fit.losses[0]:,.4f} after the first step, {fit.losses[-1]:,.4f} after the "
        f"last\n  time   {fit.seconds_per_iteration:.3f} s an iteration\n\n  Written to {options.output}: model.json and its arrays"
    )


def als(
    ratings: DataFrame, scratch: str, model: str = "als", duplicates: str | None = None, **options: Any
) -> tuple[DataFrame, DataFrame, list[float]]:
    """Factors (id, bias, factors) of users and of items of ratings (user, item, rating), and the losses.

    :param scratch: a folder that all executors reach; it has to stay as long as the result is used.
    :param model: als or implicit; `options` are those of the subcommand, such as rank=64.
    """
    cluster = Cluster(ratings.sparkSession, absolute(scratch))
    cluster.probe()
    numbered = number_ratings(cluster, ratings, policy=duplicates)
    fit = Descent(cluster, numbered, model, settings(model, options)).run()
    ids = {"user": numbered.user_ids, "item": numbered.item_ids}
    users, items = (fit.factors[side].join(ids[side], "index").select("id", "bias", "factors") for side in ids)
    return users, items, fit.losses


# Comparison


def is_held_out(share: float, seed: int) -> Column:
    """Whether a rating is held out: xxHash64 of user, item and seed, modulo 1,000,000, is below the share of that."""
    drawn = F.pmod(F.xxhash64("user", "item", F.lit(seed).cast("long")), F.lit(1_000_000))
    return drawn < F.lit(round(share * 1_000_000))


def held_out_errors(test: DataFrame, fit: Fit, low: float, high: float) -> dict[str, float | None]:
    """RMSE and MAE over (u, i, r) of predictions μ + b_u + b_i + p·q, clamped to the scale.

    Errors are divided by the scale's width and added as decimals of 18 places, so that no order matters.
    """
    names = (("u", "user"), ("i", "item"))
    both = test
    for key, side in names:
        columns = F.col("index").alias(key), F.col("bias").alias(f"{side}_bias"), F.col("factors").alias(side)
        both = both.join(fit.factors[side].select(*columns), key)
    terms = "zip_with(user, item, (p, q) -> double(p) * double(q))"
    product = F.expr(f"aggregate({terms}, double(user_bias) + double(item_bias), (sum, term) -> sum + term)")
    error = (F.least(F.greatest(product + F.lit(fit.mean), F.lit(low)), F.lit(high)) - F.col("r")) / F.lit(high - low)
    exact = [F.sum(each.cast("decimal(28,18)")) for each in (error * error, F.abs(error))]
    count, squares, sizes = both.agg(F.count("*"), *exact).first()
    if not count:
        return {"rmse": None, "mae": None}
    return {"rmse": (high - low) * math.sqrt(float(squares) / count), "mae": (high - low) * float(sizes) / count}


def fit_mllib(cluster: Cluster, ratings: Ratings, options: argparse.Namespace) -> Fit:
    """MLlib's ALS as factors without biases; the seconds are those of all iterations less those of one, after a fit to warm up."""
    from pyspark.ml.recommendation import ALS

    blocks, matrix = options.blocks or cluster.slots, ratings.matrix.persist()

    def fitted(iterations: int) -> tuple[Any, float]:
        start = time.monotonic()
        learner = ALS(
            rank=options.rank, maxIter=iterations, regParam=options.regularization, seed=options.seed, userCol="u",
            itemCol="i", ratingCol="r", numUserBlocks=blocks, numItemBlocks=blocks,
        )  # fmt: skip
        model = learner.fit(matrix)
        model.userFactors.count()
        return model, time.monotonic() - start

    with cluster.stage("mllib"):
        matrix.count()
        _, (_, once), (model, whole) = fitted(1), fitted(1), fitted(options.iterations)
    # A stored mean is on the scale or beside it, where 0 may not be: the users' biases take it back.
    mean = single(min(max(0.0, 2 * ratings.minimum - ratings.maximum), 2 * ratings.maximum - ratings.minimum))
    factors = {
        side: found.select(
            F.col("id").alias("index"), F.lit(bias).cast("float").alias("bias"), F.col("features").alias("factors")
        )
        for side, found, bias in (("user", model.userFactors, -mean), ("item", model.itemFactors, 0.0))
    }
    later = [(whole - once) / (options.iterations - 1)] if options.iterations > 1 else []
    return Fit(factors, [], [once, *later], mean, 0.0)


def compare_command(cluster: Cluster, options: argparse.Namespace) -> None:
    """Models trained on a part of the ratings and held against the rest."""
    models = options.models.split(",")
    if unknown := set(models) - DEFAULTS.keys():
        raise KindredError(f"--models has {', '.join(sorted(unknown))}; known are {', '.join(DEFAULTS)}")
    if "mllib" in models and not cluster.classic:
        raise KindredError("mllib runs in a classic session only: leave it out of --models, or run without --remote")
    rows = typed(read_source(cluster.spark, options))
    if "time" in rows.columns:
        rows = rows.withColumnRenamed("time", "timestamp")
    # Malformed rows go with the training part, which refuses or skips them.
    held = F.coalesce(is_held_out(options.holdout, options.seed or 1), F.lit(False)) & F.col("fault").isNull()
    rows = cluster.written("split", rows.withColumn("is_held", held).drop("fault"))
    parts = {name: rows.where(F.col("is_held") == (name == "test")).drop("is_held") for name in ("train", "test")}
    ratings = number_ratings(cluster, parts["train"], options.on_bad_row, options.duplicates)
    ids = [table.select(F.col("id").alias(side), F.col("index").alias(key)) for table, side, key in (
        (ratings.user_ids, "user", "u"), (ratings.item_ids, "item", "i"))]  # fmt: skip
    policy = options.duplicates or "last"
    test = resolved(typed(parts["test"]), policy).persist()
    known = test.join(ids[0], "user").join(ids[1], "item").select("u", "i", "r").persist()
    for name, part in (("train", ratings.matrix.join(ids[0], "u").join(ids[1], "i")), ("test", test)):
        writer = part.select("user", "item", F.col("r").alias("rating")).write.mode("overwrite")
        spaces = {f"ignore{side}WhiteSpace": False for side in ("Leading", "Trailing")}
        writer.options(header=True, escape='"', **spaces).csv(f"{options.output}/{name}.csv")
    results = []
    for model in models:
        chosen, kind = settings(model, vars(options)), "als" if model == "mllib" else model
        with contextlib.ExitStack() as stack:
            if model == "mllib":
                fit = fit_mllib(cluster, ratings, chosen)
            else:
                fit = stack.enter_context(contextlib.closing(Descent(cluster, ratings, model, chosen))).run()
            write_model(cluster, f"{options.output}/{model}", kind, fit, ratings, chosen)
            errors: dict[str, float | None] = {"rmse": None, "mae": None}
            if model != "implicit":
                errors = held_out_errors(known, fit, ratings.minimum, ratings.maximum)
        results.append({
            "model": model, **errors, "seconds_per_iteration": fit.seconds_per_iteration, "losses": fit.losses,
            "configuration": configuration(kind, chosen, fit.relevant),
        })  # fmt: skip
    held_count, known_count = test.count(), known.count()
    counted = {"train": ratings.ratings, "test": held_count, "cold": held_count - known_count}
    write_json(options.output, "comparison.json", {"holdout": options.holdout, "ratings": counted, "models": results,
        "spark": cluster.spark.version, "version": cluster.version, "seconds": cluster.seconds})  # fmt: skip
    print(f"{ratings.ratings:,} ratings to learn from, {held_count:,} held out, {held_count - known_count:,} of them of users or "
          "items unknown to training and left out\n")  # fmt: skip
    print(f"  {'model':10}{'RMSE':>10}{'MAE':>10}{'s an iteration':>18}")
    for result in results:
        errors = (f"{result[name]:10.4f}" if result[name] is not None else f"{'':>10}" for name in ("rmse", "mae"))
        print(f"  {result['model']:10}{''.join(errors)}{result['seconds_per_iteration']:18.3f}")


def ranged(kind: type, low: float, high: float) -> Callable[[str], float]:
    """A number of an option within a range."""

    def parse(text: str) -> float:
        value = kind(text)
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text} is not within {low:,} to {high:,}")
        return value

    parse.__name__ = kind.__name__
    return parse


def add_factor_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    """als, implicit and compare; without a default here it is the model's."""
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--rank", type=ranged(int, 1, 512), metavar="N", help="factors (default: als 12, implicit 96)")
    shared.add_argument("--iterations", type=ranged(int, 1, 10_000), metavar="N", help="rounds (default: als 6, implicit 8)")
    shared.add_argument("--seed", type=ranged(int, 0, 2**64 - 1), metavar="N", help="of the first factors (default: 1)")
    shared.add_argument(
        "--blocks", type=ranged(int, 1, 512), metavar="N", help="of users and of items (default: by size and cores)"
    )
    shared.add_argument("--solver", choices=("lapack", "kernel"), help="of the normal equations (default: lapack)")
    shared.add_argument("--broadcast-limit", type=ranged(int, 0, 1 << 40), metavar="BYTES",
                        help="item factors up to this go to all executors at once (default: 1 GiB)")  # fmt: skip
    shared.add_argument("--relevant", type=ranged(float, -1e12, 1e12), metavar="RATING",
                        help="ratings from here on are likes (default: the least three quarters up the scale or above)")  # fmt: skip
    weight, exponent = ranged(float, 0, 1e9), ranged(float, 0, 1)
    for name, about in (("als", "biases and factors of ratings"), ("implicit", "factors of likes, over all pairs")):
        command = commands.add_parser(name, parents=[common, shared], help=about, description=f"{about}; one start, no restarts")
        command.set_defaults(run=train_command)
        default = DEFAULTS[name]
        command.add_argument("--regularization", type=weight, help=f"(default: {default['regularization']})")
        command.add_argument("--regularization-exponent", type=exponent, help=f"(default: {default['regularization_exponent']})")
    commands.choices["als"].add_argument("--bias-regularization", type=weight, help="(default: 1)")
    command = commands.choices["implicit"]
    command.add_argument("--unobserved-weight", type=ranged(float, 1e-9, 1e9), help="of pairs without a rating (default: 0.25)")
    command.add_argument("--least", type=ranged(float, -1000, 1), help="strength of the lowest rating (default: 0)")
    command.add_argument("--most", type=ranged(float, 1, 1000), help="strength of the highest rating (default: 1)")
    command.add_argument("--highest-weight", type=ranged(float, 0, 1e6), help="weight of the highest rating (default: 1.5)")
    command = commands.add_parser("compare", parents=[common, shared], help="als, implicit and MLlib's ALS on held-out ratings")
    command.set_defaults(run=compare_command)
    command.add_argument("--models", default="als,implicit,mllib", help="of als, implicit and mllib (default: all)")
    command.add_argument("--holdout", type=ranged(float, 0.001, 0.999), default=0.1, metavar="SHARE",
                         help="of the ratings, by a hash of user, item and seed (default: 0.1)")  # fmt: skip


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
    logging.basicConfig(format="kindred: %(message)s")
    LOG.setLevel(logging.INFO)
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
        if not (said := re.search(r"Error: (kindred-worker: [^\n]*)", str(error))):
            raise
        print(f"kindred_spark: {said[1]}", file=sys.stderr)
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
    common.add_argument("--ratings", required=True, metavar="PATH", help="path, URI or table of the ratings")
    common.add_argument("--format", choices=FORMATS, help="(default: by the extension)")
    common.add_argument("--option", action="append", default=[], metavar="KEY=VALUE", help="an option of Spark's reader")
    common.add_argument(
        "--columns", metavar="COLUMNS", help="user=NAME,item=NAME,… or names in the order user,item,rating,timestamp"
    )
    common.add_argument("--on-bad-row", choices=("fail", "skip"), default="fail", help="malformed rows (default: fail)")
    common.add_argument("--duplicates", choices=POLICIES, help="several ratings of an item by one user (default: last)")
    commands = root.add_subparsers(dest="command", required=True, parser_class=Parser)
    graph = commands.add_parser("graph", parents=[common], help="the nearest neighbors of all users")
    graph.set_defaults(run=graph_command)
    graph.add_argument("--neighbors", type=int, default=50, metavar="K", help="neighbors per user, at most (default: 50)")
    graph.add_argument("--measure", choices=("cosine", "centered"), default="cosine", help="(default: cosine)")
    graph.add_argument("--item-weights", "--weights", choices=("none", "idf", "bm25"), default="none", help="(default: none)")
    graph.add_argument("--norms", choices=("all", "shared"), default="all", help="(default: all)")
    graph.add_argument("--min-support", type=int, default=1, metavar="N", help="items both rated (default: 1)")
    graph.add_argument("--min-similarity", type=float, default=0.0, metavar="S", help="(default: 0)")
    graph.add_argument("--shrinkage", type=float, default=0.0, metavar="BETA", help="(default: 0)")
    graph.add_argument("--blocks", type=int, metavar="G", help="blocks of users (default: by memory and cores)")
    graph.add_argument("--any-size", action="store_true", help="also beyond 10^17 products")
    graph.add_argument("--without-ratings", action="store_true", help="write no arrays of the ratings")
    add_factor_commands(commands, common)
    return root


if __name__ == "__main__":
    sys.exit(main())
