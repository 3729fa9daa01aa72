"""kindred_spark.py: frames and the worker process, reading, blocks and waves, and graphs by a worker where there is one.

    KINDRED_WORKER=.build/debug/kindred-worker python -m pytest Tests/spark/test_kindred_spark.py

The interpreter chooses the version of Spark; ML_100K names the folder of MovieLens 100K.
"""

from __future__ import annotations

import io
import itertools
import json
import os
import re
import shutil
import struct
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import kindred_spark as k
import numpy as np
import pyarrow as pa
import pytest

ROOT = Path(__file__).parents[2]
ML_100K = Path(os.environ.get("ML_100K", ROOT / "../shared/data/ml-100k")) / "u.data"
WORKER = os.environ.get("KINDRED_WORKER", "")
needs_worker = pytest.mark.skipif(not os.access(WORKER, os.X_OK), reason="KINDRED_WORKER names no program")
needs_ratings = pytest.mark.skipif(not ML_100K.exists(), reason="MovieLens 100K is not there")
needs_java = pytest.mark.skipif(not (shutil.which("java") or os.environ.get("JAVA_HOME")), reason="there is no Java")


@pytest.fixture
def cluster(spark, tmp_path):
    return k.Cluster(spark, f"file://{tmp_path}/scratch")


# Frames


def output(*frames: tuple[int, bytes]) -> bytes:
    """A worker's whole output."""
    frames = (*frames, (k.DONE, struct.pack("<QQ", 0, len(frames))))
    return b"".join(k.frame(kind, payload, number) for number, (kind, payload) in enumerate(frames))


def test_frame_is_that_of_the_protocol():
    assert k.frame(k.PAIR, b"123456789", 7) == b"KW1\0" + struct.pack("<IQII", 3, 9, 0xCBF43926, 7) + b"123456789"


def test_frames_come_back():
    frames = list(k.read_frames(io.BytesIO(output((k.HELLO, b""), (k.LISTS, bytes(100))))))
    assert frames[:2] == [(k.HELLO, b""), (k.LISTS, bytes(100))] and frames[2][0] == k.DONE


def test_every_damaged_byte_and_every_cut_is_refused():
    whole = output((k.HELLO, b"a=1\n"), (k.LISTS, bytes(8)))
    # The type of a frame is not covered by its checksum: its reader refuses it.
    kinds = {start + byte for start in (0, 28, 60) for byte in range(4, 8)}
    for place in set(range(len(whole) - 16)) - kinds:
        damaged = bytearray(whole)
        damaged[place] ^= 1
        with pytest.raises(k.WorkerError):
            list(k.read_frames(io.BytesIO(bytes(damaged))))
    for length in range(len(whole)):
        with pytest.raises(k.WorkerError):
            list(k.read_frames(io.BytesIO(whole[:length])))
    with pytest.raises(k.WorkerError):
        list(k.read_frames(io.BytesIO(whole + b"\0")))


# The worker process

STAND_IN = """#!%s
import os, struct, sys, time, zlib
def put(kind, payload):
    global written
    sys.stdout.buffer.write(struct.pack("<IIQII", 0x31574B, kind, len(payload), zlib.crc32(payload), written) + payload)
    sys.stdout.buffer.flush()
    written += 1
read = written = 0
fault = os.environ.get("FAULT")
put(64, b"protocol=1\\nversion=0\\nlevel=x86-64-v3\\ncore=Haswell\\n")
if fault == "stderr": sys.stderr.write("x" * 2_000_000 + "\\nkindred-worker: last words\\n"); sys.exit(3)
if fault == "early": sys.exit(0)
if fault == "hang": time.sleep(600)
if fault == "abort": os.abort()
while head := sys.stdin.buffer.read(24):
    kind, size = struct.unpack_from("<4xIQ", head)
    payload = sys.stdin.buffer.read(size)
    read += 1
    if kind != 1: put(kind, payload)
if fault == "error": put(72, b"not positive definite")
put(73, struct.pack("<QQ", read - (fault == "deaf"), written))
"""


@pytest.fixture
def stand_in(tmp_path, monkeypatch):
    """A worker that sends back what it gets, and has faults."""
    path = tmp_path / "stand-in"
    path.write_text(STAND_IN % sys.executable)
    path.chmod(0o755)
    monkeypatch.setenv("KINDRED_WORKER", str(path))
    return path


def test_large_input_and_output_do_not_block(stand_in):
    frames = list(k.run_worker({"task": "x"}, ((k.BLOCK, bytes(4 << 20)) for _ in range(12))))
    assert [len(payload) for _, payload in frames[1:]] == [4 << 20] * 12


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("stderr", "kindred-worker: exit code 3: last words"),
        ("early", "kindred-worker: exit code 0: its output ends without DONE"),
        ("abort", "kindred-worker: ended by signal 6: its output ends without DONE"),
        ("hang", r"kindred-worker: killed after 1 s \(--task-timeout\)"),
        ("error", "kindred-worker: exit code 0: not positive definite"),
        ("deaf", "kindred-worker: exit code 0: it did not read all frames"),
    ],
)
def test_faults_name_code_and_last_line(stand_in, monkeypatch, fault, said):
    monkeypatch.setenv("FAULT", fault)
    limit = 1 if fault == "hang" else 60
    with pytest.raises(k.WorkerError, match=said):
        list(k.run_worker({"task": "x"}, ((k.BLOCK, bytes(1 << 20)) for _ in range(8)), limit))


def test_faults_of_the_input_come_through(stand_in):
    def frames():
        yield k.BLOCK, b""
        raise ValueError("upstream")

    with pytest.raises(ValueError, match="upstream"):
        list(k.run_worker({"task": "x"}, frames()))


def test_missing_worker_names_the_archive(monkeypatch):
    monkeypatch.setenv("KINDRED_WORKER", "/nowhere/kindred-worker")
    with pytest.raises(k.WorkerError, match="--archives"):
        list(k.run_worker({}, []))


def is_running(path: Path) -> bool:
    return subprocess.run(["pgrep", "-f", str(path)], capture_output=True, check=False).returncode == 0


def test_no_worker_outlives_its_reader(stand_in):
    frames = k.run_worker({"task": "x"}, ((k.BLOCK, bytes(1 << 20)) for _ in itertools.count()))
    next(frames)
    assert is_running(stand_in)
    frames.close()
    assert not is_running(stand_in)


# Payloads


def random_rows(seed: int, users: int, items: int) -> pa.Table:
    random = np.random.default_rng(seed)
    rated = random.random((users, items)) < random.random((users, 1)) ** 3
    rated[np.arange(users), random.integers(0, items, users)] = True
    u, i = np.nonzero(rated)
    r = random.integers(1, 11, len(u)) / 2
    arrays = [pa.array(u * 3, pa.int32()), pa.array(i, pa.int32()), pa.array(r, pa.float32())]
    return pa.table([pa.array([4] * len(u), pa.int32()), *arrays], ["task", "u", "i", "r"])


@pytest.mark.parametrize("size", [1, 3, 50, 10_000])
@pytest.mark.parametrize("piece", [1, 64, 1000, 16 << 20])
def test_blocks_and_lists_come_back_however_batches_are_cut(monkeypatch, size, piece):
    monkeypatch.setattr(k, "PIECE", piece)
    table = random_rows(1, 40, 30)
    for halves, kind in ((False, np.float32), (True, np.uint8)):
        rows, first = [], 0
        for *_, data in k.rows_of(k.encode_rows(table.to_batches(size), halves)):
            payload = k.Payload(data)
            side, n, is_halves, begins = payload.integers(4)
            assert (side, is_halves, begins) == (0, int(halves), first)
            ids, offsets = payload.array(pa.int32(), n), payload.array(pa.int64(), n + 1).to_numpy()
            columns = payload.array(pa.int32(), int(offsets[-1]))
            values = payload.array(pa.from_numpy_dtype(kind), int(offsets[-1])).to_numpy()
            users = np.repeat(ids.to_numpy(), np.diff(offsets))
            rows += zip(users, columns.to_pylist(), values / 2 if halves else values, strict=True)
            first += n
        assert rows == list(zip(*(table[name].to_pylist() for name in "uir"), strict=True))
    lists = table.rename_columns(["task", "u", "neighbor", "similarity"]).append_column("support", table["i"])
    found = [part.to_pandas() for part in k.neighbor_rows(k.encode_lists(lists.to_batches(size)))]
    assert [row for part in found for row in part["u"]] == table["u"].to_pylist()
    assert [row for part in found for row in part["support"]] == table["i"].to_pylist()
    ranks = [row for part in found for row in part["rank"]]
    assert ranks == [rank + 1 for _, run in itertools.groupby(table["u"].to_pylist()) for rank, _ in enumerate(run)]


def test_floors_are_the_last_of_full_lists():
    columns = [pa.array(values, kind) for values, kind in (
        ([5, 6, 8], pa.int32()), ([2, 0, 1], pa.int32()), ([1, 2, 3], pa.int32()), ([0.9, 0.5, 0.7], pa.float32()),
        ([1, 1, 1], pa.int32()))]  # fmt: skip
    rows = k.batch(3, 0, k.LISTS, 0, struct.pack("<2q", 0, 3) + k.raw(*columns))
    ((_, _, kind, _, data),) = k.rows_of(k.floors_of([rows], 2))
    assert kind == k.FLOORS and bytes(data) == struct.pack("<q4f", 0, 0.5, 0, 0, 0)


def test_array_files_are_those_of_numpy(tmp_path):
    folder, values = f"file://{tmp_path}/new", np.arange(5, dtype="<i8")
    file = k.ArrayFile(folder, "a.npy", [5], "<i8")
    file.write(values.tobytes())
    assert os.listdir(tmp_path / "new") == ["a.npy.partial"]
    assert file.close()["shape"] == [5]
    assert np.array_equal(np.load(tmp_path / "new/a.npy"), values)
    offsets = k.offsets_of(pa.array([3, 5], pa.int32()), pa.array([2, 4], pa.int32()), 1, 10)
    assert offsets.to_pylist() == [10, 10, 12, 12, 16]


# Blocks and waves


@pytest.mark.parametrize("blocks", [1, 2, 3, 4, 7, 16, 17, 20, 32, 33])
def test_every_pair_of_blocks_meets_once(blocks):
    tasks = [task for wave in k.waves(blocks) for task in wave]
    pairs = [tuple(sorted(task[:2])) for task in tasks if task[2] == "across"]
    assert sorted(pairs) == list(itertools.combinations(range(blocks), 2))
    assert sorted(block for *both, pairing in tasks if pairing == "within" for block in both if block >= 0) == list(
        range(blocks)
    )
    assert (len(k.waves(blocks)) == 1) == (blocks <= 16)
    assert len(tasks) == blocks * (blocks - 1) // 2 + (blocks + 1) // 2


def test_number_of_blocks():
    assert k.block_count(100_000, 943, 50, slots=1, memory=1 << 30) == 1
    assert k.block_count(20_000_263, 138_493, 50, slots=2, memory=1 << 30) == 2
    # 2 · (28 · 10⁹ + 20 · 10⁷ · 50) / 6 = 12.7 GB, of 16 GB · ¾; on 20 slots, 6 blocks are enough.
    assert k.block_count(10**9, 10**7, 50, slots=20, memory=12 << 30) == 6
    # 2 · (28 · 10⁹ + 20 · 10⁷ · 50) / 71 = 1.07 GB.
    assert k.block_count(10**9, 10**7, 50, slots=20, memory=1 << 30) == 71
    # 98 · 98 / 2 = 4,802 tasks.
    assert k.block_count(100_000, 943, 50, slots=1600, memory=1 << 30) == 98
    assert k.block_count(10, 2, 50, slots=64, memory=1 << 30) == 2


def test_busy_slots():
    assert k.busy(6, 20) == 0.9 and k.busy(3, 4) == 0.75
    assert [k.busy(1, 1), k.busy(2, 2), k.busy(4, 8), k.busy(16, 128)] == [1, 1, 1, 1]
    for blocks, slots in itertools.product(range(1, 20), range(1, 40)):
        # Tasks one after the other to whoever is free, the half task last.
        free = [0.0] * slots
        for task in [1.0] * (blocks * blocks // 2) + [0.5] * (blocks % 2):
            free[free.index(min(free))] += task
        assert k.busy(blocks, slots) == pytest.approx(sum(free) / slots / max(free))


@pytest.mark.parametrize(
    ("text", "size"), [("16g", 16 << 30), ("512M", 512 << 20), ("1024", 1 << 30), ("7kb", 7168), ("9b", 9)]
)
def test_sizes(text, size):
    assert k.size_of(text) == size


@pytest.fixture(scope="module")
def dealt():
    """Items by user of MovieLens 100K, and each user's block of 32."""
    ratings = np.loadtxt(ML_100K, dtype=int)
    matrix = np.zeros((943, 1682))
    matrix[ratings[:, 0] - 1, ratings[:, 1] - 1] = ratings[:, 2]
    activity = np.lexsort((np.arange(943), -(matrix > 0).sum(1)))
    home = np.empty(943, int)
    home[activity] = [int(k.deal(place, 32)) for place in range(943)]
    return matrix, home


@needs_ratings
def test_dealt_blocks_have_equal_work(dealt):
    matrix, home = dealt
    counts = np.array([(matrix[home == block] > 0).sum(0) for block in range(32)], float)
    work = [(counts[a] * counts[b]).sum() for wave in k.waves(32) for a, b, pairing in wave if pairing == "across"]
    # 1.09 was seen.
    assert max(work) / np.mean(work) <= 1.1


@needs_ratings
def test_waves_carry_few_candidates_and_lose_none(dealt):
    matrix, home = dealt
    neighbors, users = 10, len(matrix)
    unit = matrix / np.linalg.norm(matrix, axis=1)[:, None]
    similarity = np.float32(unit @ unit.T)
    np.fill_diagonal(similarity, 0)

    def best(row: int, candidates: np.ndarray) -> np.ndarray:
        kept = candidates[similarity[row, candidates] > 0]
        return kept[np.lexsort((kept, -similarity[row, kept]))][:neighbors]

    lists = [np.array([], int)] * users
    carried = 0
    for wave in k.waves(32):
        floors = [similarity[u, own[-1]] if len(own) == neighbors else 0 for u, own in enumerate(lists)]
        more = [list(own) for own in lists]
        for a, b, pairing in wave:
            for here, there in ((a, a), (b, b)) if pairing == "within" else ((a, b), (b, a)):
                for u in np.flatnonzero(home == here):
                    others = np.flatnonzero(home == there)
                    found = best(u, others[similarity[u, others] >= floors[u]])
                    carried += len(found)
                    more[u] += list(found)
        lists = [best(u, np.array(found)) for u, found in enumerate(more)]
    assert all(np.array_equal(lists[u], best(u, np.arange(users))) for u in range(users))
    assert carried <= 7 * users * neighbors


def lists_without_spark(table: pa.Table, blocks: int, options: k.GraphOptions) -> pa.Table:
    """What find_neighbors has workers do, task after task."""
    users = np.unique(table["u"].to_numpy(), return_counts=True)
    activity = np.lexsort((users[0], -users[1]))
    home = {users[0][user]: int(k.deal(place, blocks)) for place, user in enumerate(activity)}
    of_row = np.array([home[u] for u in table["u"].to_numpy()])
    shipped = {}
    for block in range(blocks):
        rows = table.filter(pa.array(of_row == block)).to_batches(100)
        shipped[block] = [(kind, data) for _, _, kind, _, data in k.rows_of(k.encode_rows(rows, True))]
    counts = np.bincount(table["i"].to_numpy())
    (of_items,) = k.rows_of(k.count_items([pa.record_batch([pa.array(counts, pa.int64())], ["n"])]))
    config = {"users": int(users[0].max()) + 1, "items": len(counts), "ratings": len(table), "exact": 1, "threads": 1}
    config |= {"task": "graph", **options.config}
    lists: dict[int, list[bytes]] = {block: [] for block in range(blocks)}
    for wave in k.waves(blocks):
        for *pair, pairing in wave:
            rows = [(0, side, kind, 0, data) for side, block in enumerate(pair) if block >= 0 for kind, data in shipped[block]]
            rows += [of_items] if options.item_weights != "none" else []
            for kind, data in k.run_worker({**config, "pairing": pairing}, k.pair_frames(0, rows)):
                if kind == k.LISTS:
                    lists[pair[struct.unpack_from("<q", data)[0]]].append(data)
        for block, found in lists.items():
            merge = {"task": "merge", "neighbors": options.neighbors}
            merged = [data for kind, data in k.run_worker(merge, ((k.LISTS, data) for data in found)) if kind == k.LISTS]
            rows = [k.batch(block, 0, k.LISTS, place, data) for place, data in enumerate(merged)]
            (floors,) = k.rows_of(k.floors_of(rows, options.neighbors))
            lists[block] = merged
            shipped[block] = [part for part in shipped[block] if part[0] == k.BLOCK] + [(k.FLOORS, bytes(floors[4]))]
    rows = [k.batch(0, 0, k.LISTS, 0, data) for found in lists.values() for data in found]
    return pa.Table.from_batches(k.neighbor_rows(rows)).sort_by([("u", "ascending"), ("rank", "ascending")])


@needs_worker
@pytest.mark.parametrize(
    "options",
    [
        k.GraphOptions(4),
        k.GraphOptions(5, "centered"),
        k.GraphOptions(5, item_weights="idf", norms="shared", shrinkage=10, min_support=2),
        k.GraphOptions(5, "centered", item_weights="bm25", min_similarity=0.1),
    ],
)
def test_lists_have_the_same_bits_in_any_number_of_blocks(options):
    table = random_rows(5, 60, 40)
    whole = lists_without_spark(table, 1, options)
    assert len(whole) > 100
    for blocks in (3, 17):
        assert lists_without_spark(table, blocks, options).equals(whole), blocks


def test_size_is_refused_with_its_cost():
    k.refuse_beyond(10**17, 3 * 10**16, 10**10, 64)
    with pytest.raises(
        k.KindredError, match=r"3\.0e\+17 products would take about 27,778 core-hours and ship 38\.4 TB.*--any-size"
    ):
        k.refuse_beyond(10**17, 3 * 10**17, 10**11, 64)


def test_options_out_of_range_are_refused():
    for options in ({"neighbors": 0}, {"min_similarity": 1.5}, {"shrinkage": -1}):
        with pytest.raises(k.KindredError, match="choose"):
            k.GraphOptions(**options)
    config = k.GraphOptions(7, min_similarity=0.1).config
    assert (config["neighbors"], config["minSimilarity"]) == (7, "0x1.999999999999ap-4")


# Reading


def test_names_of_columns_are_those_of_the_one_machine_reader():
    source = (ROOT / "Sources/Files/RatingFiles/ColumnNames.swift").read_text().split("private static let table")[1]
    table = re.findall(r'\.(user|item|rating|timestamp), (\d),\s*(?:"""(.*?)"""|"(.*?)")', source, re.DOTALL)
    assert len(table) == 11
    for role, certainty, block, line in table:
        words = (block or line).replace("\\\n", "").split()
        assert set(words) == set(k.NAMES[role][3 - int(certainty)].split()), f"{role} {certainty}"


def test_columns_are_told_by_their_names():
    assert k.chosen_columns(["User-ID", "ISBN", "Book-Rating"]) == {"user": "User-ID", "item": "ISBN", "rating": "Book-Rating"}
    assert k.chosen_columns(["movieId", "userId", "username", "score", "ts"])["user"] == "userId"
    assert k.chosen_columns(["_c0", "_c1", "_c2"]) == {"user": "_c0", "item": "_c1", "rating": "_c2"}
    assert k.chosen_columns(["a", "b", "c"], "item=a,user=c") == {"item": "a", "user": "c"}
    assert k.chosen_columns(["_c0", "_c1", "_c2"], "user=3,item=1") == {"user": "_c2", "item": "_c0"}
    assert k.chosen_columns(["a", "b", "c"], "b,a") == {"user": "b", "item": "a"}
    for names, choice, said in (
        (["movie", "film", "user"], None, "any of the columns movie, film could be the item"),
        (["x", "item"], None, "no column is known as the user"),
        (["a", "b"], "user=a,item=z", "no item = z"),
    ):
        with pytest.raises(k.KindredError, match=said):
            k.chosen_columns(names, choice)


def rows_of_matrix(ratings: k.Ratings) -> list[tuple[str, str, float]]:
    names = {side: {row.index_: row.id for row in ids.withColumnRenamed("index", "index_").collect()}
             for side, ids in (("u", ratings.user_ids), ("i", ratings.item_ids))}  # fmt: skip
    return sorted((names["u"][row.u], names["i"][row.i], row.r) for row in ratings.matrix.collect())


@needs_java
def test_ids_are_numbered_as_on_one_machine(spark, cluster):
    for ids, order in (
        (["10", "9", "-3", "2"], ["-3", "2", "9", "10"]),
        (["10", "9", "007"], ["007", "10", "9"]),
        (["é", "z", "Z", "😀", "\uffee"], ["Z", "z", "é", "\uffee", "😀"]),
    ):
        rows = spark.createDataFrame(
            [(id, "1", 1.0) for id in ids for _ in range(1)], "user string, item string, rating double"
        )
        ratings = k.number_ratings(cluster, rows)
        assert [row.id for row in ratings.user_ids.sort("index").collect()] == order
        assert [row["index"] for row in ratings.user_ids.sort("index").collect()] == list(range(len(ids)))
    rows = spark.createDataFrame([(1.0, 7, 1.0), (12.0, 7, 2.5)], "user double, item int, rating double")
    assert rows_of_matrix(ratings := k.number_ratings(cluster, rows)) == [("1", "7", 1.0), ("12", "7", 2.5)]
    assert (ratings.users, ratings.items, ratings.ratings, ratings.step) == (2, 1, 2, 0.5)


@needs_java
def test_duplicates_are_resolved_by_policy(spark, cluster):
    schema = "user string, item string, rating string, timestamp string"
    rows = [("1", "1", "2", "5"), ("1", "1", "4", "9"), ("1", "1", "3.5", "9.5"), ("1", "1", "3", "7"), ("1", "2", "1", "1")]
    source = spark.createDataFrame(rows, schema)
    # 9 and 9.5 are the same second.
    for policy, rating in ((None, 4.0), ("first", 2.0), ("mean", 3.125), ("sum", 12.5), ("count", 4.0)):
        ratings = k.number_ratings(cluster, source, policy=policy)
        assert rows_of_matrix(ratings) == [("1", "1", rating), ("1", "2", 1.0)], policy
        assert (ratings.rows, ratings.ratings) == (5, 2)
    with pytest.raises(k.KindredError, match="user 1 rated item 1 4 times, and the policy is to refuse that"):
        k.number_ratings(cluster, source, policy="error")
    with pytest.raises(k.KindredError, match="without timestamps Spark has no order of rows"):
        k.number_ratings(cluster, source.drop("timestamp"))


@needs_java
def test_malformed_rows_fail_or_are_counted(spark, cluster):
    schema = "user string, item string, rating string, timestamp string"
    good = [("a", "x", "4", "2020-01-01 00:00:00"), ("b", "x", "-1e3", "1577836800")]
    bad = [("", "x", "4", "1"), ("a", None, "4", "1"), ("a", "y", "NaN", "1"), ("a", "y", "4d", "1"), ("a", "y", "2e12", "1"),
           ("a", "y", "4", "soon")]  # fmt: skip
    ratings = k.number_ratings(cluster, spark.createDataFrame(good + bad, schema), "skip")
    assert (ratings.rows, ratings.rejected, ratings.ratings) == (8, 6, 2)
    assert rows_of_matrix(ratings) == [("a", "x", 4.0), ("b", "x", -1000.0)]
    with pytest.raises(k.KindredError, match=r'1 malformed rows, such as \{"user":"a","item":"y","rating":"4d"'):
        k.number_ratings(cluster, spark.createDataFrame(good + bad[3:4], schema))
    with pytest.raises(k.KindredError, match=r"user 'a\\nb' has a line break"):
        k.number_ratings(cluster, spark.createDataFrame([("a\nb", "x", "4", "1")], schema))
    with pytest.raises(k.KindredError, match="no ratings"):
        k.number_ratings(cluster, spark.createDataFrame(bad, schema), "skip")


@needs_java
def test_lines_with_another_number_of_fields_are_malformed(spark, cluster, tmp_path):
    text = "user,item,rating,place\n1,a,3,x\n2,b,4,y,9\n3,c,5\n4,d,1,\n"
    (tmp_path / "r.csv").write_text(text)
    rows = k.read_source(spark, source(tmp_path / "r.csv"))
    ratings = k.number_ratings(cluster, rows, "skip")
    assert (ratings.rows, ratings.rejected) == (4, 2)
    assert rows_of_matrix(ratings) == [("1", "a", 3.0), ("4", "d", 1.0)]
    with pytest.raises(k.KindredError, match="2 malformed rows, such as 2,b,4,y,9: fix them"):
        k.number_ratings(cluster, rows)


def source(path: object, **options: object) -> Namespace:
    return Namespace(**{"ratings": str(path), "format": None, "option": [], "columns": None} | options)


@needs_java
def test_sources_are_read_by_extension_and_names(spark, tmp_path):
    expected = [("1", "a", "3"), ("2", "b", "4")]
    for name, text in (
        ("r.csv", 'userId,movieId,rating\n1,"a",3\n2,b,4\n'), ("u.data", "1\ta\t3\t5\n2\tb\t4\t6\n"),
        ("r.dat", "1::a::3::5\n2::b::4::6\n"), ("r.tsv", "movie\tuser\tstars\na\t1\t3\nb\t2\t4\n"),
    ):  # fmt: skip
        (tmp_path / name).write_text(text)
        rows = k.read_source(spark, source(tmp_path / name))
        assert [row[:] for row in rows.select("user", "item", "rating").sort("user").collect()] == expected, name
    rows.write.parquet(f"file://{tmp_path}/p.parquet")
    read = k.read_source(spark, source(tmp_path / "p.parquet"))
    assert [row[:] for row in read.select("user", "item", "rating").sort("user").collect()] == expected
    with pytest.raises(k.KindredError, match="--format"):
        k.read_source(spark, source(tmp_path / "folder"))
    messages = spark.createDataFrame([(b'{"user": 1, "item": "a", "rating": 3.5}',)], "value binary")
    assert k.from_messages(messages, source("topic")).collect()[0][:3] == ("1", "a", "3.5")


# The cluster


def test_workers_whose_bits_differ_are_refused():
    hello = {"protocol": "1", "version": "0", "level": "x86-64-v3", "core": "Haswell"}
    assert k.agreed([hello, hello | {"level": "x86-64-v4"}, hello]) == hello
    for key, value in (("version", "1"), ("level", "aarch64"), ("core", "SkylakeX")):
        with pytest.raises(k.KindredError, match=f"workers differ in {key}"):
            k.agreed([hello, hello | {key: value}])
    with pytest.raises(k.KindredError, match="speaks protocol 2, not 1"):
        k.agreed([hello | {"protocol": "2"}])


@needs_java
@pytest.mark.parametrize("count", [1, 7, 21])
def test_each_task_has_its_own_partition(spark, cluster, count):
    from pyspark.sql.functions import spark_partition_id

    rows = spark.range(3 * count).selectExpr(f"int(id % {count}) as task")
    placed = cluster.to_partition(rows, count, "task").select("task", spark_partition_id().alias("part")).distinct().collect()
    assert sorted((row.task, row.part) for row in placed) == [(task, task) for task in range(count)]


@needs_java
@needs_worker
def test_rows_reach_their_worker(spark, cluster):
    cluster.probe()
    assert set(cluster.worker) >= {"level", "threads"}
    rows = []
    for task, source, piece in itertools.product(range(5), range(2), range(9)):
        whole = [pa.array([value], pa.int32()) for value in (task, 1, 9 * source + piece + 10, 1)]
        arrays = [*whole[:3], pa.array([0.5], pa.float32()), whole[3]]
        rows.append((task, source, k.LISTS, piece, struct.pack("<2q", source, 1) + k.raw(*arrays)))
    merged = cluster.run(cluster.rows(rows[::-1]), 5, {"task": "merge", "neighbors": 12}, k.merged_lists, work=3)
    found = {row.task: k.decode_lists(row.data) for row in merged.collect()}
    assert sorted(found) == list(range(5)) and cluster.done.value == 15
    # Of equally similar ones those with the lowest numbers are kept.
    assert all(lists[2].to_pylist() == list(range(10, 22)) for lists in found.values())
    cluster.close()
    assert not os.path.exists(cluster.scratch.removeprefix("file://"))


@needs_java
@needs_worker
@pytest.mark.parametrize("blocks", [1, 5, 18])
def test_graph_is_that_of_a_double_loop(spark, tmp_path, blocks):
    table = random_rows(3, 60, 40)
    matrix = np.zeros((60, 40))
    matrix[table["u"].to_numpy() // 3, table["i"].to_numpy()] = table["r"].to_numpy()
    rows = list(zip(*(table[name].to_pylist() for name in "uir"), strict=True))
    ratings = spark.createDataFrame(rows, "user int, item int, rating float")
    found = k.similarity_graph(ratings, 4, scratch=str(tmp_path / "scratch"), blocks=blocks, min_support=2).collect()
    expected = []
    for u in range(60):
        support = ((matrix[u] > 0) & (matrix > 0)).sum(1)
        scores = np.float32(matrix @ matrix[u] / (np.linalg.norm(matrix[u]) * np.linalg.norm(matrix, axis=1)))
        scores[(support < 2) | (np.arange(60) == u)] = 0
        best = [v for v in np.lexsort((np.arange(60), -scores))[:4] if scores[v] > 0]
        expected += [(str(3 * u), str(3 * v), support[v], rank + 1) for rank, v in enumerate(best)]
        assert all(abs(row.similarity - scores[int(row.neighbor) // 3]) < 1e-6 for row in found if row.user == str(3 * u))
    assert sorted((row.user, row.neighbor, row.support, row.rank) for row in found) == sorted(expected)


@needs_java
@needs_worker
@needs_ratings
def test_folder_of_movielens(spark, tmp_path):
    assert (
        k.main(["graph", "--ratings", str(ML_100K), "--neighbors", "10", "--blocks", "7", "--output", str(tmp_path / "out")])
        == 0
    )
    names = ("neighbor_offsets", "neighbors", "neighbor_similarities")
    arrays = {name: np.load(tmp_path / f"out/{name}.npy") for name in names}
    user = np.repeat(np.arange(943), np.diff(arrays["neighbor_offsets"]))
    edges = np.stack([np.minimum(user, arrays["neighbors"]), np.maximum(user, arrays["neighbors"])])
    _, places = np.unique(edges, axis=1, return_index=True)
    assert len(places) == 8026
    assert arrays["neighbor_similarities"][places].astype(float).sum() == pytest.approx(3573.673604, abs=1e-6)
    manifest = json.loads((tmp_path / "out/neighbors.json").read_text())
    assert (manifest["users"], manifest["items"], manifest["ratings"], manifest["entries"]) == (943, 1682, 100_000, 9430)
    assert (tmp_path / "out/user_ids.txt").read_text() == "".join(f"{id}\n" for id in range(1, 944))
    assert not (tmp_path / "out/_scratch").exists() and not list((tmp_path / "out").glob("*.partial"))


@needs_java
@needs_worker
def test_a_failed_worker_is_told_in_one_line(spark, tmp_path, capfd):
    (tmp_path / "r.csv").write_text("user,item,rating\n1,1,5\n2,1,4\n")
    common = ["graph", "--ratings", str(tmp_path / "r.csv"), "--output", str(tmp_path / "out")]
    assert k.main([*common, "--task-timeout", "0.001"]) == 1
    assert re.search(r"(?m)^kindred_spark: kindred-worker: killed after 0.001 s \(--task-timeout\)", capfd.readouterr().err)
    assert not (tmp_path / "out/neighbors.json").exists() and not (tmp_path / "out/_scratch").exists()
    assert k.main([*common, "--neighbors", "0"]) == 1
    assert "kindred_spark: --neighbors 0: choose 1 to 1,000,000" in capfd.readouterr().err
