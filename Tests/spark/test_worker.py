"""kindred-worker as its callers see it: the golden graph of MovieLens 100K, one machine's factors, faults and exit codes.

    KINDRED_WORKER=PATH [KINDRED=PATH] pytest Tests/spark/test_worker.py

KINDRED_WORKER is a worker of a build with KINDRED_CHECKS=1, for only that one has faults; KINDRED is the program for one
machine.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import combinations_with_replacement, pairwise
from pathlib import Path

import kindred_spark
import numpy as np
import pytest
import worker_client as kw
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[2]
WORKER = os.environ.get("KINDRED_WORKER", "")
KINDRED = os.environ.get("KINDRED", "")
MOVIELENS = ROOT / "../shared/data/ml-100k/u.data"

pytestmark = pytest.mark.skipif(not WORKER, reason="KINDRED_WORKER names no worker")
needs_movielens = pytest.mark.skipif(not MOVIELENS.exists(), reason="there is no MovieLens 100K")

GRAPH = {
    "task": "graph",
    "users": 943,
    "items": 1682,
    "ratings": 100_000,
    "neighbors": 10,
    "measure": "cosine",
    "weights": "none",
    "norms": "all",
    "minSupport": 1,
    "minSimilarity": 0.0,
    "shrinkage": 0.0,
    "exact": 1,
}


class Ratings:
    """A rating matrix by user."""

    def __init__(self, users: NDArray[np.int64], items: NDArray[np.int64], values: NDArray[np.float32]) -> None:
        users, items = (np.unique(ids, return_inverse=True)[1] for ids in (users, items))
        order = np.lexsort((items, users))
        self.users, self.items, self.values = users[order], items[order], values[order].astype("<f4")
        self.offsets = np.concatenate([[0], np.cumsum(np.bincount(self.users))])

    def transposed(self) -> Ratings:
        return Ratings(self.items, self.users, self.values)

    def block(self, side: int, rows: NDArray[np.int64], *, cut: int, halves: bool = True) -> list[kw.Frame]:
        """BLOCK frames of users, as many rows in each as `cut` says."""
        parts = []
        for first in range(0, len(rows), cut):
            own = rows[first : first + cut]
            entries = np.concatenate([np.arange(self.offsets[row], self.offsets[row + 1]) for row in own])
            offsets = np.concatenate([[0], np.cumsum(self.offsets[own + 1] - self.offsets[own])])
            parts.append(kw.block(side, first, own, offsets, self.items[entries], self.values[entries], halves=halves))
        return parts


@pytest.fixture(scope="module")
def movielens() -> Ratings:
    columns = np.loadtxt(MOVIELENS, np.int64, usecols=(0, 1, 2))
    return Ratings(columns[:, 0], columns[:, 1], columns[:, 2])


def deal(ratings: Ratings, blocks: int) -> list[NDArray[np.int64]]:
    """Users by falling activity, dealt to and fro."""
    counts = np.diff(ratings.offsets)
    order = np.lexsort((np.arange(len(counts)), -counts))
    lap, at = np.arange(len(counts)) // blocks, np.arange(len(counts)) % blocks
    home = np.where(lap % 2 == 0, at, blocks - 1 - at)
    return [np.sort(order[home == block]) for block in range(blocks)]


def merged(parts: list[bytes], neighbors: int) -> kw.Lists:
    frames = [kw.config(task="merge", neighbors=neighbors)] + [(kw.LISTS, part) for part in parts]
    return kw.lists(kw.checked(kw.run(WORKER, frames)).of(kw.LISTS))


def graph(ratings: Ratings, blocks: int, *, halves: bool = True, **settings: object) -> kw.Lists:
    """The neighbors of all users, by as many blocks."""
    dealt, parts = deal(ratings, blocks), []
    for one, other in combinations_with_replacement(range(blocks), 2):
        config = kw.config(**{**GRAPH, **settings, "pairing": "within" if one == other else "across"})
        frames = [config, *ratings.block(0, dealt[one], cut=100, halves=halves)]
        if one != other:
            frames += ratings.block(1, dealt[other], cut=300, halves=halves)
        answer = kw.checked(kw.run(WORKER, [*frames, (kw.PAIR, b"")]))
        parts += answer.of(kw.LISTS)
    return merged(parts, GRAPH["neighbors"])


@needs_movielens
@pytest.mark.parametrize("blocks", [1, 3])
def test_the_golden_graph(movielens: Ratings, blocks: int) -> None:
    """The union of the lists of ten neighbors has 8,026 edges of total weight 3573.673604."""
    table = graph(movielens, blocks)
    low, high = np.minimum(table.users, table.neighbors), np.maximum(table.users, table.neighbors)
    keys, first = np.unique(low.astype(np.int64) << 32 | high, return_index=True)
    assert len(keys) == 8026
    assert table.similarities[first].astype(np.float64).sum() == pytest.approx(3573.673604, abs=1e-6)


@needs_movielens
def test_floats_and_halves_and_floors_give_the_same_lists(movielens: Ratings) -> None:
    whole = np.arange(943)
    config = kw.config(**GRAPH, pairing="within")
    plain = kw.run(WORKER, [config, *movielens.block(0, whole, cut=943), (kw.PAIR, b"")])
    table = kw.lists(plain.of(kw.LISTS))
    # The similarity of the last of ten neighbors, which that one reaches itself.
    floors = np.zeros(943, "<f4")
    floors[table.users] = table.similarities
    config = kw.config(**{**GRAPH, "exact": 0}, pairing="within", threads=1)
    floored = kw.run(
        WORKER,
        [
            config,
            *movielens.block(0, whole, cut=97, halves=False),
            (kw.FLOORS, kw.integers(0) + kw.array(floors, "<f4")),
            (kw.PAIR, b""),
        ],
    )
    assert kw.checked(plain).of(kw.LISTS) == kw.checked(floored).of(kw.LISTS)


# Factors


def chunks(offsets: NDArray[np.int64], order: int) -> list[int]:
    """The ends of chunks of about equal work, as `RowBlock.chunks` cuts them."""
    work = 6 * offsets + (order + 6) * np.arange(len(offsets))
    share = int(work[-1]) // 512 + 1
    ends, start = [], 0
    while start < len(work) - 1:
        start = min(int(np.searchsorted(work, work[start] + share)), len(work) - 1)
        ends.append(start)
    return ends


def block_of_rows(ratings: Ratings, ends: list[int], first: int, last: int) -> list[kw.Frame]:
    """ROWS, in two frames, and CHUNKS of the rows `first ..< last`."""
    frames = []
    middle = (first + last) // 2
    for one, other in ((first, middle), (middle, last)):
        start, end = ratings.offsets[one], ratings.offsets[other]
        offsets = kw.array(ratings.offsets[one : other + 1] - start, "<i8")
        entries = kw.array(ratings.items[start:end], "<i4") + kw.array(ratings.values[start:end], "<f4")
        frames.append((kw.ROWS, kw.integers(other - one, one - first) + offsets + entries))
    return [*frames, (kw.CHUNKS, kw.array([end - first for end in ends if first < end <= last], "<i8"))]


class Side:
    """One side of a factorization in blocks of whole chunks."""

    def __init__(self, name: str, ratings: Ratings, partners: int, order: int, blocks: int, config: dict[str, object]) -> None:
        self.order, self.rows = order, len(ratings.offsets) - 1
        ends = [0, *chunks(ratings.offsets, order)]
        cuts = [ends[(len(ends) - 1) * cut // blocks] for cut in range(blocks + 1)]
        self.blocks = [
            (first, block_of_rows(ratings, ends, first, last), {**config, "side": name, "first": first, "partners": partners})
            for first, last in pairwise(cuts)
        ]
        self.sizes = [last - first for first, last in pairwise(cuts)]

    def half_step(self, questions: list[list[kw.Frame]], **more: object) -> tuple[NDArray[np.float32], float, float]:
        """The vectors of all rows, their loss and their penalty."""
        vectors, loss, penalty = [], 0.0, 0.0
        for (_, frames, config), size, question in zip(self.blocks, self.sizes, questions, strict=True):
            answer = kw.checked(kw.run(WORKER, [kw.config(**config, **more), *frames, *question]))
            vectors.append(kw.solution(answer.of(kw.SOLUTION), size, self.order))
            losses, penalties = kw.sums(answer.of(kw.SUMS)[0])
            for own, other in zip(losses, penalties, strict=True):
                loss, penalty = loss + own, penalty + other
        return np.concatenate(vectors), loss, penalty


def features(vectors: NDArray[np.float32], cut: int) -> list[kw.Frame]:
    parts = []
    for first in range(0, len(vectors), cut):
        rows = vectors[first : first + cut]
        ids = kw.array(np.arange(first, first + len(rows)), "<i4")
        parts.append((kw.FEATURES, kw.integers(*rows.shape) + ids + kw.array(rows, "<f4")))
    return parts


@needs_movielens
@pytest.mark.skipif(not KINDRED, reason="KINDRED names no program")
@pytest.mark.parametrize(("rank", "blocks", "stream"), [(20, 1, 0), (20, 4, 1)])
def test_als_has_the_bits_of_one_machine(movielens: Ratings, tmp_path: Path, rank: int, blocks: int, stream: int) -> None:
    command = [KINDRED, "train", MOVIELENS, "--model", "als", "--restarts", "1", "--iterations", "2", "--rank", str(rank)]
    subprocess.run([*command, "--output", tmp_path / "model", "--quiet"], check=True, timeout=120)
    config = {
        "task": "als", "rank": rank, "solver": "lapack", "stream": stream, "regularization": 1.75, "biasRegularization": 1.0,
        "regularizationExponent": 0.4,
    }  # fmt: skip
    users = Side("user", movielens, 1682, rank + 1, blocks, config)
    items = Side("item", movielens.transposed(), 943, rank + 1, blocks, config)
    draw = kw.array([1], "<u8") + kw.integers(rank, *users.sizes)
    answer = kw.checked(kw.run(WORKER, [kw.config(task="als"), (kw.DRAW, draw)]))
    states = [[(kw.FIRST, answer.of(kw.STATES)[0][32 * block :][:32])] for block in range(blocks)]
    total = 0.0
    for _, frames, settings in users.blocks:
        values = kw.checked(kw.run(WORKER, [kw.config(**settings), *frames, (kw.VALUES, b"")]))
        for value in kw.sums(values.of(kw.SUMS)[0])[0]:
            total += value
    mean = float(np.float32(total / 100_000))
    left, _, penalty = users.half_step(states)
    losses = []
    for _ in range(2):
        right, loss, own = items.half_step([[*features(left, 100), (kw.SOLVE, b"")]] * blocks, mean=mean)
        losses.append(loss + penalty)
        left, loss, penalty = users.half_step([[*features(right, 1000), (kw.SOLVE, b"")]] * blocks, mean=mean)
        losses.append(loss + own)
    for name, vectors in (("user", left), ("item", right)):
        factors, biases = (np.load(tmp_path / f"model/{name}_{kind}.npy") for kind in ("factors", "biases"))
        assert factors.reshape(len(vectors), -1).tobytes() == vectors[:, :-1].tobytes()
        assert biases.ravel().tobytes() == vectors[:, -1].tobytes()
    assert losses == sorted(losses, reverse=True)


# Faults

MERGE = [kw.config(task="merge", neighbors=3)]
ONE_ROW = (kw.LISTS, kw.integers(0, 1) + b"".join(kw.array([value], kind) for value, kind in ((1, "<i4"), (0, "<i4"))))


def test_hello_comes_before_anything_is_read() -> None:
    answer = kw.checked(kw.run(WORKER, []))
    lines = kw.hello(answer)
    assert lines["protocol"] == "1" and lines["libc"].startswith("glibc ") and lines["core"]
    assert [kind for kind, _ in answer.frames] == [kw.HELLO, kw.DONE]


@pytest.mark.parametrize(
    ("fault", "code"), [("exit:3", 3), ("abort", -signal.SIGABRT), ("cut", 0), ("crc", 0), ("early", 0), ("stderr:2000000", 0)]
)
def test_ordered_faults_are_seen_by_the_client(fault: str, code: int) -> None:
    frames = [*MERGE, ONE_ROW]
    answer = kw.run(WORKER, frames, environment={"KINDRED_WORKER_FAULT": fault})
    assert answer.code == code
    if fault == "stderr:2000000":
        assert len(kw.checked(answer).of(kw.LISTS)) == 1 and len(answer.error) == 2_000_000
    else:
        assert not answer.frames or answer.frames[-1][0] != kw.DONE


def test_a_fault_strikes_once_where_a_file_says_so(tmp_path: Path) -> None:
    marker = tmp_path / "once"
    marker.touch()
    environment = {"KINDRED_WORKER_FAULT": "exit:3", "KINDRED_WORKER_FAULT_ONCE": str(marker)}
    kw.checked(kw.run(WORKER, [], environment=environment))
    assert marker.exists(), "a probe is spared"
    assert kw.run(WORKER, [*MERGE, ONE_ROW], environment=environment).code == 3
    assert not marker.exists()
    kw.checked(kw.run(WORKER, [*MERGE, ONE_ROW], environment=environment))


def test_a_hang_ends_when_nobody_reads_any_more() -> None:
    environment = {**os.environ, "KINDRED_WORKER_FAULT": "hang"}
    with subprocess.Popen(
        [WORKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as worker:
        assert worker.stdin and worker.stdout and worker.stderr
        worker.stdin.write(kw.frames([*MERGE, ONE_ROW]))
        worker.stdin.close()
        with pytest.raises(subprocess.TimeoutExpired):
            worker.wait(1)
        worker.stdout.close()
        assert worker.wait(5) == 74
        assert worker.stderr.read() == b"kindred-worker: nobody reads the output any more\n"


def test_no_worker_outlives_a_killed_parent() -> None:
    code = "import kindred_spark as k, test_worker as t; list(k.run_worker({}, [*t.MERGE, t.ONE_ROW]))"
    places = os.pathsep.join((str(Path(kindred_spark.__file__).parent), str(Path(__file__).parent)))
    with subprocess.Popen(
        [sys.executable, "-c", code], env={**os.environ, "KINDRED_WORKER_FAULT": "hang", "PYTHONPATH": places}
    ) as parent:
        wait_until(lambda: children(parent.pid))
        (worker,) = children(parent.pid)
        time.sleep(0.5)
        parent.send_signal(signal.SIGKILL)
        wait_until(lambda: not Path(f"/proc/{worker}").exists(), 5)


def children(process: int) -> list[str]:
    return subprocess.run(["pgrep", "-P", str(process)], capture_output=True, text=True, check=False).stdout.split()


def wait_until(condition: Callable[[], object], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("stream", "code", "message"),
    [
        (b"GET / HTTP/1.1\r\nHost: worker\r\n\r\n", 65, "frame 0: begins with"),
        (kw.frame(kw.CONFIG, b"task=merge\nneighbors=3\n")[:30], 74, "the input ends after 6 of 23 bytes"),
        (kw.frame(kw.PAIR), 65, "PAIR before CONFIG"),
        (kw.frame(kw.CONFIG, b"task=merge\n"), 65, "CONFIG: neighbors is missing"),
        (kw.frame(kw.CONFIG, b"task=merge\nneighbors=3\nlevel=x86-64-v9\n"), 78, "x86-64-v9"),
        (kw.frame(kw.CONFIG, b"task=merge\nneighbors=3\ncore=Z80\n"), 78, "Z80"),
        (kw.frame(kw.CONFIG, b"", 1), 65, "its number is 1"),
        (kw.MAGIC + b"\3\0\0\0" + b"\xff" * 8 + b"\0" * 8, 65, "above the limit"),
    ],
)
def test_exit_codes(stream: bytes, code: int, message: str) -> None:
    answer = kw.run_bytes(WORKER, stream)
    assert answer.code == code
    assert answer.error.startswith("kindred-worker: ") and message in answer.error and answer.error.count("\n") == 1
    assert answer.frames[-1] == (kw.ERROR, answer.error.removeprefix("kindred-worker: ").rstrip("\n").encode())


def test_equations_without_a_solution_exit_with_1() -> None:
    config = kw.config(
        task="als", rank=1, partners=1, solver="lapack", mean=0.0, regularization=0.0, biasRegularization=0.0,
        regularizationExponent=0.0, first=41, side="item",
    )  # fmt: skip
    rows = (kw.ROWS, kw.integers(1, 0, 0, 1) + kw.array([0], "<i4") + kw.array([4], "<f4"))
    zero = (kw.FEATURES, kw.integers(1, 2) + kw.array([0], "<i4") + kw.array([0, 0], "<f4"))
    answer = kw.run(WORKER, [config, rows, (kw.CHUNKS, kw.integers(1)), zero, (kw.SOLVE, b"")])
    assert answer.code == 1 and "item 41: the normal equations are not positive definite" in answer.error
