"""The factor half of kindred_spark.py: the rules whose bits matter, the files, and fits held against one machine's.

Fits need Java, KINDRED_WORKER (the program kindred-worker), KINDRED (the program kindred) and MovieLens 100K; they are skipped
with a message without them.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import pathlib
import random
import shutil
import struct
import subprocess
from array import array
from collections.abc import Iterator

import kindred_spark as ks
import numpy as np
import pyarrow as pa
import pytest
from pyspark.sql import SparkSession

ROOT = pathlib.Path(__file__).resolve().parents[2]


def offsets(counts: list[int]) -> array[int]:
    return array("q", itertools.accumulate(counts, initial=0))


def chunks_by_definition(rows: array[int], order: int) -> list[int]:
    """`Parallel.chunks` of Swift, row by row."""
    count = len(rows) - 1

    def work(row: int) -> int:
        return 6 * rows[row] + (order + 6) * row

    share, start, ends = work(count) // 512 + 1, 0, []
    for end in range(1, count + 1):
        if end == count or work(end) - work(start) >= share:
            ends.append(end)
            start = end
    return ends


def test_chunks_are_those_of_one_machine() -> None:
    # The numbers of RowBlockTests.swift, and those of the doc comment.
    assert ks.chunk_ends(array("q", range(1001)), 10) == list(range(2, 1001, 2))
    assert ks.chunk_ends(array("q", [0, 1_000_000, 1_000_001, 1_000_002]), 10) == [1, 3]
    assert ks.chunk_ends(array("q", [0]), 10) == []
    assert ks.chunk_ends(array("q", range(1001)), 4) == list(range(2, 1001, 2))
    draw = random.Random(3)
    for order in (1, 21, 65):
        rows = offsets([1 + int(draw.paretovariate(0.8)) % 100_000 for _ in range(3_000)])
        assert ks.chunk_ends(rows, order) == chunks_by_definition(rows, order)


@pytest.mark.parametrize("count", [1, 4, 7, 64])
def test_blocks_are_runs_of_chunks_of_about_equal_work(count: int) -> None:
    draw = random.Random(5)
    rows = offsets([draw.randrange(1, 200) for _ in range(20_000)])
    blocks = ks.row_blocks(rows, 21, count)
    assert list(itertools.chain(*blocks)) == ks.chunk_ends(rows, 21)
    side = ks.Side("user", blocks)
    work = [6 * (rows[end] - rows[start]) + 27 * (end - start) for start, end in zip(side.starts, side.ends, strict=True)]
    assert len(work) == count
    assert max(work) <= 1.15 * sum(work) / count
    assert array("q", side.chunks[-1])[-1] == 20_000 - side.starts[-1]


def test_one_giant_row_makes_fewer_blocks() -> None:
    rows = offsets([1_000_000, 1, 1])
    assert ks.row_blocks(rows, 10, 4) == [[1], [3]]
    assert len(ks.Side("item", [[1], [2], [3]]).routes) == 16


def test_sums_are_taken_from_the_left() -> None:
    values = [1e16, 1.0, -1e16, 0.1]
    assert ks.in_order(values) == 0.1
    assert ks.single(0.1) == float(np.float32(0.1))


def row(source: int, kind: int, piece: int, data: bytes) -> tuple[int, int, int, int, bytes]:
    return 0, source, kind, piece, data


def test_sums_of_a_side_come_in_the_order_of_its_blocks() -> None:
    def sums(*numbers: float) -> bytes:
        return struct.pack(f"<q{len(numbers)}d", len(numbers) // 2, *numbers)

    rows = [row(1, ks.SUMS, 3, sums(-1e16, 0.1, 5, 6)), row(0, ks.FEATURES, 0, b""), row(0, ks.SUMS, 4, sums(1e16, 1, 1, 2))]
    assert ks.sums_of(rows) == (0.1, 14.0)


def test_blocks_hold_half_a_gibibyte_in_whole_rounds_of_tasks() -> None:
    # The numbers of the doc comment; a rating has 8 bytes, and 2²⁶ of them fill a block.
    assert (ks.row_block_count(10**9, 20), ks.row_block_count(10**9, 4)) == (20, 16)
    assert [ks.row_block_count(ratings, 2) for ratings in (1, 2 << 26, (2 << 26) + 1)] == [2, 2, 4]


def test_gramians_are_added_by_chunk() -> None:
    generator = np.random.default_rng(1)
    parts = generator.normal(size=(7, 3, 3)).astype("<f4")
    whole = parts[0].copy()
    for part in parts[1:]:
        whole += part
    frames = [(0, parts[:2], 0), (0, parts[2:4], 2), (1, parts[4:], 0)]
    rows = [row(block, ks.GRAMIANS, -1, struct.pack("<3q", first, len(own), 3) + own.tobytes()) for block, own, first in frames]
    found = ks.gramian_of(rows[::-1])
    assert found[:36] == whole.tobytes()
    assert len(found) == 40
    assert ks.gramian_of([]) == b""


def ratings_batches(rows: np.ndarray, size: int) -> Iterator[pa.RecordBatch]:
    for start in range(0, len(rows), size):
        part = rows[start : start + size]
        columns = [pa.array(part[:, column].astype("i4")) for column in range(3)] + [pa.array(part[:, 3].astype("f4"))]
        yield pa.RecordBatch.from_arrays(columns, ["task", "row", "partner", "r"])


def test_rows_of_a_block_are_cut_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ks, "PIECE", 8 * 50)
    generator = np.random.default_rng(2)
    counts = [1, 170, 3, 60, 1, 1]
    rows = np.array([(1, 10 + at, partner, generator.integers(1, 6)) for at, n in enumerate(counts) for partner in range(n)])
    found: list[list[tuple[int, float]]] = []
    batches = list(ks.encode_sides([0, 10])(ratings_batches(rows, 17)))
    assert len(batches) > 3
    for place, (task, source, kind, piece, data) in enumerate(ks.rows_of(batches)):
        assert (task, source, kind, piece) == (1, -1, ks.ROWS, place)
        payload = ks.Payload(data)
        count, first = payload.integers(2)
        bounds = payload.array(pa.int64(), count + 1).to_pylist()
        partners = payload.array(pa.int32(), bounds[-1]).to_pylist()
        values = payload.array(pa.float32(), bounds[-1]).to_pylist()
        # A piece begins with the last row so far, or with the next one.
        assert first in (len(found) - 1, len(found))
        for at, (low, high) in enumerate(itertools.pairwise(bounds), first):
            found += [[]] * (at == len(found))
            found[at] = found[at] + list(zip(partners[low:high], values[low:high], strict=True))
    assert [len(each) for each in found] == counts
    assert [pair for each in found for pair in each] == [(int(p), float(r)) for p, r in rows[:, 2:]]


@pytest.mark.parametrize("is_biased", [True, False])
def test_solutions_become_features_and_then_arrays(is_biased: bool) -> None:
    numbers = np.arange(5 * 4, dtype="<f4").reshape(5, 4)
    data = ks.features(struct.pack("<3q", 0, 5, 4) + numbers.tobytes(), 100)
    (found,) = ks.unpack(is_biased)([ks.batch(0, 0, ks.FEATURES, 0, data)])
    assert found["index"].to_pylist() == [100, 101, 102, 103, 104]
    rank = 4 - is_biased
    assert np.array_equal(np.array(found["factors"].to_pylist()), numbers[:, :rank])
    assert found["bias"].to_pylist() == (numbers[:, 3].tolist() if is_biased else [None] * 5)
    table = pa.RecordBatch.from_arrays([pa.array([0] * 5, pa.int32()), *found.columns], ["task", "index", "bias", "factors"])
    factors, biases = (bytes(data) for *_, data in ks.rows_of(ks.encode_factors([table])))
    assert factors == numbers[:, :rank].tobytes()
    assert biases == (numbers[:, 3].tobytes() if is_biased else b"")


def test_ids_are_lines_of_csv_and_a_checksum() -> None:
    ids = ["1", "a,b", 'say "a"', " x", "ü"]
    table = pa.RecordBatch.from_arrays([pa.array([0] * 5, pa.int32()), pa.array(ids)], ["task", "id"])
    lines, text = (bytes(data).decode() for *_, data in ks.rows_of(ks.encode_ids([table])))
    assert lines == '1\n"a,b"\n"say ""a"""\n" x"\nü\n'
    assert text == '1:13:a,b7:say "a"2: x2:ü'


def test_defaults_are_those_of_one_start_of_kindred_train() -> None:
    options = ks.settings("als", {"rank": None, "iterations": 3})
    assert (options.rank, options.iterations, options.regularization, options.regularization_exponent) == (12, 3, 1.75, 0.4)
    assert ks.configuration("als", options, 4.0)["restarts"] == 1
    options = ks.settings("implicit", {})
    assert (options.rank, options.iterations, options.highest_weight, options.unobserved_weight) == (96, 8, 1.5, 0.25)
    assert ks.configuration("implicit", options, 4.0)["feedback"] == {"least": 0.0, "most": 1.0, "threshold": 4.0}


@pytest.mark.parametrize("arguments", [["--rank", "0"], ["--rank", "513"], ["--least", "1.5"], ["--bias-regularization", "1"]])
def test_options_out_of_range_are_usage(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as exit:
        ks.parser().parse_args(["implicit", "--ratings", "x.csv", "--output", "out", *arguments])
    assert exit.value.code == 64


def test_losses_that_are_not_finite_stop_the_fit() -> None:
    ks.require_finite([3.0, 2.0])
    with pytest.raises(ks.KindredError, match="after iteration 2: raise --regularization"):
        ks.require_finite([3.0, 2.0, float("nan")])


# Fits on Spark

DATA = pathlib.Path(os.environ.get("ML_100K", ROOT.parent / "shared/data/ml-100k"))
WORKER, KINDRED = os.environ.get("KINDRED_WORKER"), os.environ.get("KINDRED")
on_spark = pytest.mark.skipif(
    not (WORKER and KINDRED and (shutil.which("java") or os.environ.get("JAVA_HOME")) and (DATA / "u.data").exists()),
    reason="needs Java, KINDRED_WORKER, KINDRED and MovieLens 100K",
)


@pytest.fixture(scope="module")
def cluster(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> ks.Cluster:
    cluster = ks.Cluster(spark, tmp_path_factory.mktemp("scratch").as_uri())
    cluster.probe()
    return cluster


@pytest.fixture(scope="module")
def ratings(cluster: ks.Cluster) -> ks.Ratings:
    names = "user int, item int, rating float, timestamp long"
    return ks.number_ratings(cluster, cluster.spark.read.csv(str(DATA / "u.data"), sep="\t", schema=names))


@pytest.fixture(scope="module")
def one_machine(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, int], tuple[pathlib.Path, list[float]]]:
    found = {}
    for model, rank in itertools.product(("als", "implicit"), (20, 64)):
        folder = tmp_path_factory.mktemp(f"{model}{rank}")
        command = [KINDRED, "train", str(DATA), "--model", model, "--rank", str(rank), "--iterations", "3", "--restarts", "1"]
        run = subprocess.run([*command, "--output", str(folder), "--json"], check=True, capture_output=True)
        found[model, rank] = folder, json.loads(run.stdout)["losses"]
    return found


# Factors that all executors get, those of items alone, and none.
@on_spark
@pytest.mark.parametrize(
    ("model", "rank", "blocks", "limit", "shared"),
    [
        ("als", 20, 1, 1 << 30, 64 << 20),
        ("als", 20, 3, 1 << 30, 0),
        ("als", 64, 4, 0, 0),
        ("implicit", 20, 7, 0, 0),
        ("implicit", 64, 4, 1 << 30, 64 << 20),
    ],
)
def test_fits_equal_one_machine_to_the_bit(
    cluster: ks.Cluster, ratings: ks.Ratings, one_machine: dict, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch,
    model: str, rank: int, blocks: int, limit: int, shared: int,
) -> None:  # fmt: skip
    monkeypatch.setattr(ks, "SHARED", shared)
    options = ks.settings(model, {"rank": rank, "iterations": 3, "blocks": blocks, "broadcast_limit": limit})
    descent = ks.Descent(cluster, ratings, model, options)
    fit = descent.run()
    folder, losses = one_machine[model, rank]
    assert fit.losses == losses
    ks.write_model(cluster, tmp_path.as_uri(), model, fit, ratings, options)
    descent.close()
    arrays = sorted(path.name for path in folder.glob("*.npy"))
    assert len(arrays) == (4 if model == "als" else 3)
    for name in [*arrays, "users.csv", "items.csv"]:
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes(), name
    told, want = (json.loads((path / "model.json").read_text()) for path in (tmp_path, folder))
    for key in ("arrays", "loss", "model", "numbers", "ratings", "scale", "vocabulary_sha256", "users", "items"):
        assert told[key] == want[key], key
    text = (tmp_path / "model.json").read_text()
    assert hashlib.sha256(text.replace(told["own_sha256"], "0" * 64).encode()).hexdigest() == told["own_sha256"]
    # One machine reads it.
    command = [KINDRED, "recommend", str(DATA), "--factors", str(tmp_path), "--user", "1", "--count", "3"]
    assert subprocess.run(command, check=True, capture_output=True).stdout


@on_spark
def test_a_data_frame_becomes_data_frames(cluster: ks.Cluster, one_machine: dict, tmp_path: pathlib.Path) -> None:
    rows = cluster.spark.read.csv(str(DATA / "u.data"), sep="\t", schema="user int, item int, rating float, timestamp long")
    users, items, losses = ks.als(rows, tmp_path.as_uri(), rank=20, iterations=3, blocks=3)
    folder, wanted = one_machine["als", 20]
    assert losses == wanted
    for side, found in (("user", users), ("item", items)):
        rows = sorted(found.collect(), key=lambda row: int(row.id))
        assert np.array_equal(np.array([row.factors for row in rows], "<f4"), np.load(folder / f"{side}_factors.npy"))
        assert np.array_equal(np.array([row.bias for row in rows], "<f4"), np.load(folder / f"{side}_biases.npy"))


@on_spark
def test_equations_without_a_solution_name_their_row(cluster: ks.Cluster, ratings: ks.Ratings) -> None:
    options = ks.settings("als", {"rank": 64, "iterations": 1, "regularization": 0.0, "blocks": 2, "bias_regularization": 0.0})
    with pytest.raises(Exception, match=r"item \d+: the normal equations are not positive definite"):
        ks.Descent(cluster, ratings, "als", options).run()


@on_spark
def test_ranks_and_likes_out_of_reach_are_refused(cluster: ks.Cluster, ratings: ks.Ratings) -> None:
    assert ks.like_threshold(ratings, None) == 4
    with pytest.raises(ks.KindredError, match="the highest is 5: lower --relevant"):
        ks.like_threshold(ratings, 5.5)


@on_spark
def test_comparison(cluster: ks.Cluster, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["compare", "--ratings", str(DATA / "u.data"), "--output", tmp_path.as_uri(), "--models", "als,mllib"]
    options = ks.parser().parse_args([*arguments, "--rank", "8", "--iterations", "3", "--blocks", "2"])
    ks.compare_command(cluster, options)
    told = json.loads((tmp_path / "comparison.json").read_text())
    assert told["ratings"]["train"] + told["ratings"]["test"] == 100_000
    # A tenth by hash: within five standard deviations.
    assert abs(told["ratings"]["test"] - 10_000) < 475
    assert told["ratings"]["cold"] > 0
    als, mllib = told["models"]
    assert 0.85 < als["rmse"] < mllib["rmse"] < 1.05
    assert all(model["mae"] < model["rmse"] for model in (als, mllib))
    # The same in NumPy, from the files.
    parts = ((tmp_path / f"{name}.csv").glob("part-*") for name in ("train", "test"))
    train, test = (
        np.concatenate([np.loadtxt(part, delimiter=",", skiprows=1, ndmin=2) for part in those if part.stat().st_size])
        for those in parts
    )
    assert len(train) == told["ratings"]["train"]
    for name, result in (("als", als), ("mllib", mllib)):
        load = {path.stem: np.load(path).astype(float) for path in (tmp_path / name).glob("*.npy")}
        users, items = (np.loadtxt(tmp_path / name / f"{side}.csv", skiprows=1).tolist() for side in ("users", "items"))
        known = test[np.isin(test[:, 0], users) & np.isin(test[:, 1], items)]
        u, i = np.searchsorted(users, known[:, 0]), np.searchsorted(items, known[:, 1])
        mean = json.loads((tmp_path / name / "model.json").read_text())["numbers"]["mean"]
        product = (load["user_factors"][u] * load["item_factors"][i]).sum(1)
        error = np.clip(mean + load["user_biases"][u] + load["item_biases"][i] + product, 1, 5) - known[:, 2]
        assert result["rmse"] == pytest.approx(np.sqrt((error**2).mean()), rel=1e-12)
        assert result["mae"] == pytest.approx(np.abs(error).mean(), rel=1e-12)
    assert "held out" in capsys.readouterr().out
