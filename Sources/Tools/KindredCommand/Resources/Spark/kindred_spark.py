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
import os
import re
import signal
import struct
import subprocess
import sys
import threading
import time
import unicodedata
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
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
    ) -> DataFrame:
        """One worker for each task of rows (task, source, kind, piece, data), which it gets in this order.

        :param answer: makes rows (task, source, kind, data) of a task and one frame that its worker answers.
        :param prepare: makes frames of a task and its rows.
        :param work: what is added to `done` when a task is.
        """
        config, limit, done = {**config, **self.worker}, self.limit, self.done

        def feed(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            for task, own in itertools.groupby(rows_of(batches), key=lambda row: row[0]):
                piece = itertools.count()
                for kind, payload in run_worker(config, prepare(task, own), limit):
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


def block_count(ratings: int, users: int, slots: int) -> int:
    """The least number of blocks G with at most 64 MB each, of 5 bytes a rating, and G(G−1)/2 + ⌈G/2⌉ ≥ 3 · slots tasks."""
    blocks = max(1, -(-5 * ratings // (64 << 20)))
    while blocks * (blocks - 1) // 2 + (blocks + 1) // 2 < 3 * slots:
        blocks += 1
    return max(1, min(blocks, users))


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
        blocks = min(blocks or block_count(ratings.ratings, ratings.users, cluster.slots), ratings.users)
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
            work = 2 * products // blocks**2
            parts = [pair_lists(cluster, shipped, counts, config, tasks, work) for tasks in by_pairing(wave)]
            parts += [lists] if lists is not None else []
            found = functools.reduce(DataFrame.unionByName, parts)
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


def by_pairing(wave: list[Task]) -> list[list[Task]]:
    """The tasks of a wave by their pairing."""
    return [list(tasks) for _, tasks in itertools.groupby(wave, key=lambda task: task[2])]


def merged_lists(block: int, kind: int, payload: bytes) -> Iterator[tuple[int, int, int, bytes]]:
    """The row of a merged list."""
    if kind == LISTS:
        yield block, 0, LISTS, payload


def pair_lists(
    cluster: Cluster, shipped: DataFrame, counts: DataFrame, config: dict[str, object], tasks: list[Task], work: int
) -> DataFrame:
    """LISTS by block, of tasks of one pairing with about `work` products each."""
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

    return cluster.run(rows, len(tasks), {**config, "pairing": tasks[0][2]}, answer, pair_frames, work)


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
    graph.add_argument("--blocks", type=int, metavar="G", help="blocks of users (default: by size and cores)")
    graph.add_argument("--any-size", action="store_true", help="also beyond 10^17 products")
    graph.add_argument("--without-ratings", action="store_true", help="write no arrays of the ratings")
    return root


if __name__ == "__main__":
    sys.exit(main())
