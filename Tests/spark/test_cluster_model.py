"""script/cluster-model: formulas with numbers worked out by hand."""

import itertools
import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "script/lib"))

import cluster_model as model  # noqa: E402
from cluster_model import Constants, Machines, Ratings  # noqa: E402

# Nothing takes time but what a test sets.
FREE = Constants(
    "none", products=1e30, entries=1e30, multiply_adds=1e30, ratings_read=1e30, pipe=1e30, task=0, stage=0, start=0, worker=0
)
BILLION = Ratings(users=10e6, items=100e3, ratings=1e9)
TWENTY = Machines(20, 16)


def named(steps: list[model.Step], name: str) -> model.Step:
    return next(step for step in steps if step.name.endswith(name))


def test_products() -> None:
    """0.00067 · (10⁹)² / 2 = 3.35·10¹⁴."""
    assert BILLION.products == pytest.approx(3.35e14)
    assert Ratings(3, 2, 5, (3**2 + 2**2) / 25).products == pytest.approx(6.5)


@pytest.mark.parametrize(("blocks", "tasks"), [(1, 1), (2, 2), (4, 8), (5, 13), (16, 128), (32, 512)])
def test_tasks(blocks: int, tasks: int) -> None:
    assert model.pair_tasks(blocks) == tasks


@pytest.mark.parametrize("ratings", [1e5, 2e7, 1e9])
def test_default_blocks(ratings: float) -> None:
    """What kindred_spark.py chooses."""
    kindred_spark = pytest.importorskip("kindred_spark")
    for machines, memory in itertools.product((1, 2, 20, 1600), (1 << 30, 12 << 30)):
        chosen = kindred_spark.block_count(int(ratings), 10**6, 50, machines, memory)
        assert model.default_blocks(Ratings(1e6, 1e4, ratings), Machines(machines, 8, memory=memory)) == chosen


def test_rounds() -> None:
    assert [model.rounds(tasks, Machines(4, 8)) for tasks in (1, 4, 5, 10)] == [1, 1, 2, 3]


def test_pairs_of_products() -> None:
    """16 blocks are 128 tasks of 2/256 of the work: 3.35·10¹⁴ / (3·10⁹ · 16) · 2/256 = 54.5 s, in 7 rounds on 20 machines."""
    pairs = named(model.graph(BILLION, TWENTY, replace(FREE, products=3e9), blocks=16), "pairs")
    assert pairs.seconds - pairs.shipped / (20 * 1.25e9) == pytest.approx(7 * 3.35e14 / 48e9 / 128)


def test_pairs_of_one_block() -> None:
    """One block is one task of the whole work, and ships itself and its lists."""
    pairs = named(model.graph(Ratings(1000, 100, 50_000, 0.02), Machines(1, 2), replace(FREE, products=1e6), 10, 1), "pairs")
    assert pairs.seconds == pytest.approx(0.02 * 50_000**2 / 2 / 2e6)
    assert pairs.shipped == 5 * 50_000 + 12 * 1000 + 12 * 1000 * 10


def test_shipped_blocks() -> None:
    """A block goes to as many tasks as there are blocks; lists come from each, from 6.5 above 16 blocks."""
    for blocks, times in ((4, 4), (16, 16), (32, 6.5)):
        pairs = named(model.graph(BILLION, TWENTY, FREE, 50, blocks), "pairs")
        assert pairs.shipped == pytest.approx(blocks * (5e9 + 12 * 10e6) + times * 10e6 * 50 * 12)


def test_network() -> None:
    """Machines send at once; one alone sends nothing."""
    slow = Machines(20, 16, network=1e6)
    pairs = named(model.graph(BILLION, slow, FREE, blocks=4), "pairs")
    assert pairs.seconds == pytest.approx(pairs.shipped / 20e6)
    assert named(model.graph(BILLION, replace(slow, count=1), FREE, blocks=4), "pairs").seconds == pytest.approx(0)


def test_destinations() -> None:
    """20 ratings among 8 blocks need a row in 7.45 of them; many in all, one in one."""
    assert model.destinations(20, 8) == pytest.approx(7.446, abs=1e-3)
    assert model.destinations(1, 8) == pytest.approx(1)
    assert model.destinations(10_000, 8) == pytest.approx(8)


def test_iterations_of_numbers() -> None:
    """1M, rank 64: 1,000,209 · 65 · 66 + 9,640 · 65³ / 6 = 4.73·10⁹ multiply-adds in an iteration."""
    steps = model.als(Ratings(6040, 3600, 1_000_209), Machines(2, 1, network=1e30), replace(FREE, multiply_adds=1e9), 64, 10, 2)
    assert named(steps, "iterations").seconds == pytest.approx(10 * 4.732e9 / 2e9, rel=1e-3)


def test_iterations_ship_rows() -> None:
    """Users go to the blocks that need them, with the ratings of these; items' factors to all machines."""
    steps = model.als(Ratings(2**22, 10, 2**22), Machines(2, 1), FREE, 3, 1, 2)
    assert named(steps, "iterations").shipped == pytest.approx(2**22 * (1 * (16 + 4) + 8) + 2 * 10 * 16)


def test_few_factors_are_shared() -> None:
    """64 MiB hold 2²⁴ / 66 = 254,200 rows of rank 64: all go to the driver and to every machine, and no ratings."""
    assert model.is_shared(Ratings(254_200, 10, 1e6), 64)
    assert not model.is_shared(Ratings(254_201, 10, 1e6), 64)
    steps = model.als(Ratings(100, 10, 1000), Machines(2, 1), FREE, 3, 1, 2)
    assert named(steps, "iterations").shipped == pytest.approx(3 * 110 * 16)
    assert model.iteration_units(Ratings(100, 10, 1000), 3, 2)["pipe"] == 16 * 1000 + 3 * 110 * 16


@pytest.mark.parametrize("ratings", [1, 2 << 26, (2 << 26) + 1, 10**9])
def test_blocks_of_rows(ratings: int) -> None:
    """What kindred_spark.py chooses."""
    kindred_spark = pytest.importorskip("kindred_spark")
    for machines in (1, 2, 20):
        chosen = kindred_spark.row_block_count(ratings, machines)
        assert model.row_blocks(Ratings(1e6, 1e4, ratings), Machines(machines, 8)) == chosen


def test_larger_is_slower() -> None:
    constants = Constants.load()
    for function in (model.graph, model.als):
        seconds = [sum(s.seconds for s in function(replace(BILLION, ratings=r), TWENTY, constants)) for r in (1e8, 1e9, 1e10)]
        assert seconds == sorted(seconds)
        wide = [sum(s.seconds for s in function(BILLION, Machines(count, 16), constants)) for count in (5, 20, 80)]
        assert wide == sorted(wide, reverse=True)


def test_fitted() -> None:
    assert model.fitted([([2, 0], 4), ([1, 3], 5)]) == pytest.approx([2, 1])
    assert model.fitted([([1, 0], 2), ([2, 0], 4)]) == pytest.approx([2, 0])


def test_measured() -> None:
    """Constants come back out of runs that took as long as they say."""
    true = replace(
        Constants.load(), products=2e9, multiply_adds=2e10, ratings_read=2e5, pipe=4e7, task=0.5, stage=0.25, start=6.0
    )
    runs = []
    for units in (
        {"products": 1e11, "entries": 1e6, "pipe": 1e8, "task": 8},
        {"products": 1e11, "entries": 1e8, "pipe": 1e8, "task": 8},
        {"products": 1e12, "pipe": 2e8, "task": 8},
        {"ratings_read": 1e6, "task": 4},
        {"task": 10},
        {"multiply_adds": 1e12, "pipe": 1e8, "task": 40},
    ):
        core = sum(count * true.task if unit == "task" else count / getattr(true, unit) for unit, count in units.items())
        runs.append(
            {
                "slots": 2,
                "seconds": 6 + core / 2 + 1,
                "steps": [{**units, "core_seconds": core, "seconds": core / 2 + 1, "stages": 4}],
            }
        )
    found = model.measured(runs, Constants.load())
    for unit in (*model.UNITS, "stage", "start"):
        assert getattr(found, unit) == pytest.approx(getattr(true, unit), rel=0.01), unit


def test_numbers() -> None:
    assert [model.number(text) for text in ("10", "20k", "1.5m", "1g")] == [10, 20_000, 1.5e6, 1e9]
    assert model.quantity(3.35e14, "products") == "335 Tproducts"
    assert [model.duration(seconds) for seconds in (1.25, 600, 7200)] == ["1.2 s", "10.0 min", "2.0 h"]


def test_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    model.main(["graph", "--ratings", "1g", "--users", "10m", "--machines", "20", "--json"])
    printed = capsys.readouterr()
    assert [step["name"] for step in json.loads(printed.out)] == ["start", "read", "pairs", "merge", "write"]
    assert "335 Tproducts" in printed.err
    with pytest.raises(SystemExit):
        model.main([])
