"""Time, bytes and memory of Kindred on a cluster of Spark, from constants measured on one machine.

A step takes the time of its numbers, of the pipes between Spark and its workers and of the network, in rounds of as many tasks
as run at a time, and what Spark needs for each task and stage. docs/cluster.md explains the formulas.
"""

import argparse
import json
import math
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

CONSTANTS = Path(__file__).with_name("cluster_constants.json")
# Lists above this many blocks come in waves with floors, which ship so many times N·k entries.
WAVE_BLOCKS, WAVE_ENTRIES = 16, 6.5
ENTRY_BYTES = 12
# Stages that a graph and a fit take until their ratings lie in blocks.
GRAPH_STAGES, FIT_STAGES = 38, 23


@dataclass(frozen=True)
class Constants:
    """What one machine does in a second, and what Spark costs."""

    source: str
    products: float
    """Pairs of ratings of one item that a core multiplies in a second."""
    entries: float
    """Entries of lists that a core finds in a second, with their supports."""
    multiply_adds: float
    """Multiply-adds of the normal equations in a second of a core."""
    ratings_read: float
    """Ratings that Spark reads, numbers and writes in a second of a core."""
    pipe: float
    """Bytes in a second from Spark through Python into a worker, or back."""
    task: float
    """Seconds of a task besides: Python, the worker's start."""
    stage: float
    """Seconds of a stage besides."""
    start: float
    """Seconds of an application until it can begin."""
    worker: float
    """Bytes of a worker that holds no ratings."""

    @staticmethod
    def load(path: Path = CONSTANTS) -> "Constants":
        return Constants(**json.loads(path.read_text()))


@dataclass(frozen=True)
class Ratings:
    """The size of a rating matrix.

    `concentration` is the chance that two ratings drawn at random are of the same item, Σ counts² / ratings²: 0.00168 in
    MovieLens 100K, 0.00067 in the shape of 20M.
    """

    users: float
    items: float
    ratings: float
    concentration: float = 0.00067

    @property
    def products(self) -> float:
        """Σ counts² / 2 over all items: 0.00067 · (10⁹)² / 2 = 3.35·10¹⁴ for 10⁹ ratings."""
        return self.concentration * self.ratings**2 / 2


@dataclass(frozen=True)
class Machines:
    """Machines with one executor each, of which a task takes all cores."""

    count: int
    cores: int
    network: float = 1.25e9
    """Bytes in a second in and out of a machine."""
    memory: float = 1 << 30
    """Bytes that a worker may take."""

    @property
    def all_cores(self) -> int:
        return self.count * self.cores


@dataclass(frozen=True)
class Step:
    """A step of a run: seconds, bytes that go through the shuffle, bytes that a worker holds."""

    name: str
    seconds: float
    shipped: float = 0
    memory: float = 0


def rounds(tasks: int, machines: Machines) -> int:
    """How often every machine gets a task: 10 tasks on 4 machines are 3 rounds."""
    return math.ceil(tasks / machines.count)


def pair_tasks(blocks: int) -> int:
    """Pairs of blocks, and two diagonals to a task: 4 blocks are 6 pairs and 2 tasks of diagonals."""
    return blocks * (blocks - 1) // 2 + (blocks + 1) // 2


def default_blocks(ratings: Ratings, machines: Machines, neighbors: int = 50) -> int:
    """The least number of blocks that fit the workers and keep 7/8 of the machines at work; above 16, three tasks for each.

    6 blocks for 10⁹ ratings on 20 machines with 12 GiB for a worker, 71 with 1 GiB.
    """
    blocks = max(1, math.ceil(pair_bytes(ratings, neighbors, 1) / machines.memory))
    while busy(blocks, machines) < 7 / 8 if blocks <= WAVE_BLOCKS else blocks**2 < 6 * machines.count:
        blocks += 1
    return min(blocks, int(ratings.users))


def busy(blocks: int, machines: Machines) -> float:
    """The share of time that machines work: whole tasks in rounds, and half a task, a diagonal alone, if blocks are odd."""
    tasks, half = divmod(blocks**2, 2)
    rounds, rest = divmod(tasks, machines.count)
    return (tasks + half / 2) / machines.count / (rounds + (1 if rest else half / 2))


def pair_bytes(ratings: Ratings, neighbors: int, blocks: int) -> float:
    """A pair of blocks in a worker: ratings by rows and by columns, and the lists of its users."""
    return 2 * (28 * ratings.ratings + 20 * ratings.users * neighbors) / blocks


def block_bytes(ratings: Ratings, blocks: int) -> float:
    """A block of half stars: 5 bytes a rating, and 12 a user."""
    return (5 * ratings.ratings + 12 * ratings.users) / blocks


def list_entries(ratings: Ratings, neighbors: int, blocks: int) -> float:
    """Entries of lists that the pairs ship: N·k from each block, or 6.5·N·k where waves tell what is too low."""
    return ratings.users * neighbors * (min(blocks, WAVE_ENTRIES) if blocks > WAVE_BLOCKS else blocks)


def pair_units(ratings: Ratings, neighbors: int, blocks: int) -> dict[str, float]:
    """The work of all pairs: each block goes to as many tasks as there are blocks, and lists come back."""
    shipped, entries = blocks**2 * block_bytes(ratings, blocks), list_entries(ratings, neighbors, blocks)
    return {
        "products": ratings.products, "entries": entries, "pipe": shipped + ENTRY_BYTES * entries, "task": pair_tasks(blocks),
    }  # fmt: skip


def merge_units(ratings: Ratings, neighbors: int, blocks: int) -> dict[str, float]:
    """The work of merging: all lists go in, those of N users come out."""
    entries = list_entries(ratings, neighbors, blocks) + ratings.users * neighbors
    return {"pipe": ENTRY_BYTES * entries, "task": blocks}


def graph(
    ratings: Ratings, machines: Machines, constants: Constants, neighbors: int = 50, blocks: int | None = None
) -> list[Step]:
    """Steps of a similarity graph; its pairs cost Σ counts² / 2 products."""
    blocks = blocks or default_blocks(ratings, machines, neighbors)
    read = ratings.ratings / (constants.ratings_read * machines.all_cores) + GRAPH_STAGES * constants.stage
    pairs, merges = pair_units(ratings, neighbors, blocks), merge_units(ratings, neighbors, blocks)
    network = 0.0 if machines.count == 1 else pairs["pipe"] / (machines.count * machines.network)
    waves = 1 if blocks <= WAVE_BLOCKS else 1 + math.ceil(math.log2(blocks / 2 + 1))
    lists = ENTRY_BYTES * ratings.users * neighbors
    memory = constants.worker + pair_bytes(ratings, neighbors, blocks)
    return [
        Step("start", constants.start),
        Step("read", read, 30 * ratings.ratings),
        Step("pairs", in_rounds(pairs, machines, constants) + network + 3 * waves * constants.stage, pairs["pipe"], memory),
        Step(
            "merge", in_rounds(merges, machines, constants) + constants.stage, 0, constants.worker + 2 * merges["pipe"] / blocks
        ),
        Step("write", (lists + 8 * ratings.ratings) / constants.pipe + 6 * constants.stage, lists),
    ]


def in_rounds(units: dict[str, float], machines: Machines, constants: Constants) -> float:
    """Seconds of equal tasks: numbers on all cores of a machine, a pipe and a start for each task."""
    tasks = int(units["task"])
    numbers = sum(units.get(unit, 0) / getattr(constants, unit) for unit in ("products", "entries", "multiply_adds"))
    return rounds(tasks, machines) * (numbers / machines.cores / tasks + units["pipe"] / constants.pipe / tasks + constants.task)


def destinations(ratings_of_row: float, blocks: int) -> float:
    """Of so many blocks, those that a row with so many ratings is needed in: 8·(1 − (7/8)²⁰) = 7.45 for 20 ratings."""
    return blocks * (1 - (1 - 1 / blocks) ** ratings_of_row)


def row_blocks(ratings: Ratings, machines: Machines) -> int:
    """Blocks of at most 512 MiB of ratings, in whole rounds of tasks: 20 for 10⁹ ratings and 20 machines, 16 for 4."""
    return machines.count * math.ceil(8 * ratings.ratings / (machines.count << 29))


def is_shared(ratings: Ratings, rank: int) -> bool:
    """Whether a side's factors go through the driver to all machines: up to 64 MiB, 254,200 users of rank 64."""
    return max(ratings.users, ratings.items) * 4 * (rank + 2) <= 64 << 20


def iteration_units(ratings: Ratings, rank: int, blocks: int) -> dict[str, float]:
    """The work of an iteration of als: R·o·(o + 1) + (N + I)·o³ / 6 multiply-adds, o = rank + 1; two tasks for each block.

    Into the workers go the ratings of both sides and all items' factors for each block of users; all users' factors for each
    block of items where factors are shared, else those that it needs, which come out of as many answers.
    """
    order = rank + 1
    numbers = ratings.ratings * order * (order + 1) + (ratings.users + ratings.items) * order**3 / 6
    users = 4 * order * ratings.users * (blocks + 1) if is_shared(ratings, rank) else 2 * routed_bytes(ratings, rank, blocks)
    pipe = 16 * ratings.ratings + 4 * order * ratings.items * (blocks + 1) + users
    return {"multiply_adds": numbers, "pipe": pipe, "task": 2 * blocks}


def routed_bytes(ratings: Ratings, rank: int, blocks: int) -> float:
    """Users' factors on their way to the blocks of items that need them."""
    return ratings.users * destinations(ratings.ratings / ratings.users, blocks) * 4 * (rank + 2)


def iteration_bytes(ratings: Ratings, machines: Machines, rank: int, blocks: int) -> float:
    """What an iteration ships: shared factors to the driver and to every machine, else the items' alone; then the ratings of the
    items, too, go through the shuffle with the users' factors that their blocks need."""
    row = 4 * (rank + 1)
    if is_shared(ratings, rank):
        return (machines.count + 1) * (ratings.users + ratings.items) * row
    return 8 * ratings.ratings + routed_bytes(ratings, rank, blocks) + machines.count * ratings.items * row


def als(
    ratings: Ratings, machines: Machines, constants: Constants, rank: int = 64, iterations: int = 12, blocks: int | None = None
) -> list[Step]:
    """Steps of an als fit."""
    blocks = blocks or row_blocks(ratings, machines)
    row, shared = 4 * (rank + 1), is_shared(ratings, rank)
    read = ratings.ratings / (constants.ratings_read * machines.all_cores) + FIT_STAGES * constants.stage
    frames = {"pipe": 16 * ratings.ratings, "task": 2 * blocks}
    shipped = iteration_bytes(ratings, machines, rank, blocks)
    network = 0.0 if machines.count == 1 else shipped / (machines.count * machines.network)
    seconds = in_rounds(iteration_units(ratings, rank, blocks), machines, constants) + network
    seconds += (2 if shared else 3) * constants.stage
    # The users' half holds all items' factors; the items' half those of users that are shared, else the sums of open rows.
    users = 8 * ratings.ratings / blocks + ratings.items * row + ratings.users / blocks * row
    solved = ratings.users * row + ratings.items / blocks * row
    items = 8 * ratings.ratings / blocks + (solved if shared else ratings.items / blocks * (6 * (rank + 1) ** 2 + 128 * row))
    memory = constants.worker + max(users, items)
    factors = (ratings.users + ratings.items) * row
    return [
        Step("start", constants.start),
        Step("read", read, 30 * ratings.ratings),
        Step("blocks", in_rounds(frames, machines, constants) + 6 * constants.stage, 16 * ratings.ratings),
        Step(f"{iterations} iterations", iterations * seconds, iterations * shipped, memory),
        Step("write", factors / constants.pipe + 8 * constants.stage, factors),
    ]


# Constants from runs


def fitted(rows: Sequence[tuple[Sequence[float], float]], sweeps: int = 2000) -> list[float]:
    """Costs ≥ 0 of units, by least squares of relative error: rows (units, seconds).

    Two rows that say 2·a + 0·b = 4 and 1·a + 3·b = 5 give a = 2, b = 1.
    """
    scaled = [([unit / seconds for unit in units], 1.0) for units, seconds in rows if seconds > 0]
    costs = [0.0] * len(scaled[0][0])
    for _ in range(sweeps):
        for column in range(len(costs)):
            over = sum(units[column] ** 2 for units, _ in scaled)
            if over > 0:
                rest = sum(
                    units[column]
                    * (target - sum(c * u for c, u in zip(costs, units, strict=True)) + costs[column] * units[column])
                    for units, target in scaled
                )
                costs[column] = max(0.0, rest / over)
    return costs


UNITS = ("products", "entries", "multiply_adds", "ratings_read", "pipe", "task")


def measured(runs: Sequence[dict], before: Constants) -> Constants:
    """Constants by which the steps of runs take as many seconds of cores as they took; what no run says stays as it was.

    Runs are those of results.json of `script/bench cluster`: steps with `core_seconds`, `seconds`, `stages` and units of work.
    """
    steps = [step for run in runs for step in run["steps"]]
    costs = fitted([([step.get(unit, 0) for unit in UNITS], step["core_seconds"]) for step in steps])
    found = asdict(before)
    for unit, cost in zip(UNITS, costs, strict=True):
        if cost > 0:
            found[unit] = cost if unit == "task" else 1 / cost
    waits = [(step["seconds"] - step["core_seconds"] / run["slots"], step["stages"]) for run in runs for step in run["steps"]]
    found["stage"] = max(0.0, sum(wait for wait, _ in waits) / sum(stages for _, stages in waits))
    found["start"] = sum(run["seconds"] - sum(step["seconds"] for step in run["steps"]) for run in runs) / len(runs)
    return Constants(**found)


# The command line


def number(text: str) -> float:
    """10, 20k, 1.5m, 1g: thousands, millions, 10⁹."""
    factors = {"k": 1e3, "m": 1e6, "g": 1e9}
    factor = factors.get(text[-1:].lower())
    return float(text[:-1]) * factor if factor else float(text)


def quantity(value: float, unit: str) -> str:
    for factor, prefix in ((1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= factor:
            return f"{value / factor:.3g} {prefix}{unit}"
    return f"{value:.3g} {unit}"


def duration(seconds: float) -> str:
    if seconds >= 5400:
        return f"{seconds / 3600:.1f} h"
    return f"{seconds / 60:.1f} min" if seconds >= 90 else f"{seconds:.1f} s"


def table(steps: Sequence[Step]) -> str:
    lines = [f"{'step':<16}{'time':>10}{'shipped':>12}{'a worker':>12}"]
    for step in (
        *steps,
        Step("total", sum(s.seconds for s in steps), sum(s.shipped for s in steps), max(s.memory for s in steps)),
    ):
        shipped, memory = (quantity(value, "B") if value else "" for value in (step.shipped, step.memory))
        lines.append(f"{step.name:<16}{duration(step.seconds):>10}{shipped:>12}{memory:>12}".rstrip())
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="script/cluster-model", description="Time, bytes and memory of Kindred on a cluster.")
    parser.add_argument("command", nargs="?", choices=("graph", "als"))
    parser.add_argument("--users", type=number, default=138_493)
    parser.add_argument("--items", type=number, default=26_744)
    parser.add_argument("--ratings", type=number, default=20_000_263)
    parser.add_argument("--concentration", type=float, default=Ratings.concentration, help="Σ counts² / ratings² (0.00067)")
    parser.add_argument("--machines", type=int, default=1)
    parser.add_argument("--cores", type=int, default=16, help="of a machine")
    parser.add_argument("--network", type=number, default=1.25e9, help="bytes per second of a machine (1.25g: 10 Gbit/s)")
    parser.add_argument("--memory", type=number, default=1 << 30, help="bytes for a worker, ¾ of memoryOverhead (1.07g: 1 GiB)")
    parser.add_argument("--neighbors", type=int, default=50)
    parser.add_argument("--rank", type=int, default=64)
    parser.add_argument("--iterations", type=int, default=12)
    parser.add_argument("--blocks", type=int)
    parser.add_argument("--constants", type=Path, default=CONSTANTS)
    parser.add_argument(
        "--measure", nargs="+", type=Path, metavar="RESULTS", help="prints constants from runs of script/bench cluster"
    )
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    constants = Constants.load(options.constants)
    if options.measure:
        runs = [run for path in options.measure for run in json.loads(path.read_text())]
        print(json.dumps(asdict(measured(runs, constants)), indent=2))
        return
    if not options.command:
        parser.error("graph or als?")
    ratings = Ratings(options.users, options.items, options.ratings, options.concentration)
    machines = Machines(options.machines, options.cores, options.network, options.memory)
    if options.command == "graph":
        blocks = options.blocks or default_blocks(ratings, machines, options.neighbors)
        steps = graph(ratings, machines, constants, options.neighbors, blocks)
        print(f"{quantity(ratings.products, 'products')}, {blocks} blocks, {pair_tasks(blocks)} tasks", file=sys.stderr)
    else:
        steps = als(ratings, machines, constants, options.rank, options.iterations, options.blocks)
    print(json.dumps([asdict(step) for step in steps], indent=2) if options.json else table(steps))


if __name__ == "__main__":
    main()
