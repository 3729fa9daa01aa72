"""How kindred's time and memory grow with the ratings, and what that says of 100 million."""

import math
from dataclasses import dataclass
from pathlib import Path

from . import als, inputs, processes
from .jobs import Row, report

# A rating matrix that nobody has made here: the items of the 25M shape, four times its ratings.
PREDICTED_RATINGS, PREDICTED_USERS = 100_000_000, 1_000_000


@dataclass(frozen=True)
class Work:
    """The counts that the stages' operations are made of."""

    ratings: int
    users: int
    items: int
    # Σ over items of count²/2: the multiply-adds of all pairs on sparse vectors.
    pairs: float

    def of(self, stage: str) -> float:
        rank = als.RANK
        cholesky = self.ratings * rank**2 + (self.users + self.items) * rank**3 / 3
        return {
            "read": self.ratings, "similarity": self.pairs, "communities": self.users, "write": self.users,
            "explicit ALS": cholesky, "implicit ALS": cholesky,
            "memory of graph": self.ratings + 50 * self.users,
            "memory of explicit ALS": self.ratings + rank * self.users,
            "memory of implicit ALS": self.ratings + rank * self.users,
        }[stage]


@dataclass(frozen=True)
class Fit:
    """A stage's cost over the shapes."""

    stage: str
    # b of cost ∝ ratings^b, by least squares of the logarithms.
    exponent: float
    # The same over the stage's own work: 1 where the count of work explains the cost.
    work_exponent: float
    predicted: float


def run(shapes: list[str], folder: Path, version: str) -> list[Row]:
    """Time of every stage, and peak memory, of one run of each shape."""
    rows = []
    for shape in shapes:
        source = inputs.ratings(shape)
        graph = processes.kindred(
            "graph", source, "--output", folder / shape, "--neighbors", 50, "--starts", 1, "--format", "csv",
            "--threads", processes.THREADS, "--json", "--quiet")
        for stage in ("read", "similarity", "communities", "write"):
            rows.append(growth_row(shape, stage, graph.summary["seconds"][stage], graph.peak_bytes, version))
        for model, stage in (("als", "explicit ALS"), ("implicit", "implicit ALS")):
            measured = als.kindred(model, shape, make(folder / f"{shape}-{model}"))
            rows.append(growth_row(shape, stage, measured.seconds, measured.peak_bytes, version))
    return rows


def make(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def growth_row(shape: str, stage: str, seconds: float, peak_bytes: int, version: str) -> Row:
    result = Row("growth", shape, stage, version, 1, seconds, peak_bytes)
    report(result)
    return result


def costs(rows: list[Row]) -> dict[str, dict[str, float]]:
    """Stage → shape → seconds, or bytes for the stages called memory."""
    found: dict[str, dict[str, float]] = {}
    for r in (r for r in rows if r.job == "growth"):
        found.setdefault(r.program, {})[r.shape] = r.seconds
        memory = "memory of graph" if r.program == "read" else f"memory of {r.program}"
        if r.program == "read" or r.program.endswith("ALS"):
            found.setdefault(memory, {})[r.shape] = r.peak_bytes
    return found


def works(shapes: list[str]) -> dict[str, Work]:
    return {shape: Work(**without_peak(processes.call("growth.work", inputs.matrix(shape)))) for shape in shapes}


def without_peak(result: dict) -> dict:
    return {name: value for name, value in result.items() if name != "peak_bytes"}


def fits(costs: dict[str, dict[str, float]], works: dict[str, Work]) -> list[Fit]:
    """Exponents over the shapes, and the cost of the predicted size by the power law over the stage's work."""
    result = []
    for stage, by_shape in costs.items():
        values = list(by_shape.values())
        ratings = [works[shape].ratings for shape in by_shape]
        work = [works[shape].of(stage) for shape in by_shape]
        exponent, factor = power_law(work, values)
        target = predicted(works[max(by_shape, key=lambda shape: works[shape].ratings)]).of(stage)
        result.append(Fit(stage, power_law(ratings, values)[0], exponent, factor * target**exponent))
    return sorted(result, key=lambda fit: fit.stage.startswith("memory"))


def predicted(largest: Work) -> Work:
    """The counts of the predicted size if items keep their shares of the ratings."""
    scale = PREDICTED_RATINGS / largest.ratings
    return Work(PREDICTED_RATINGS, PREDICTED_USERS, largest.items, largest.pairs * scale**2)


def power_law(sizes: list[float], costs: list[float]) -> tuple[float, float]:
    """b and a of cost = a·size^b, by least squares of the logarithms: sizes 1, 10 and costs 2, 200 give 2 and 2."""
    x = [math.log(size) for size in sizes]
    y = [math.log(max(cost, 1e-6)) for cost in costs]
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    exponent = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y)) / sum((a - mean_x) ** 2 for a in x)
    return exponent, math.exp(mean_y - exponent * mean_x)


# In a process of its own


def work(matrix: str) -> dict:
    import numpy

    ratings = inputs.load(matrix)
    counts = numpy.bincount(ratings.indices, minlength=ratings.shape[1]).astype(float)
    return {
        "ratings": int(ratings.nnz), "users": ratings.shape[0], "items": ratings.shape[1],
        "pairs": float((counts**2).sum() / 2)}
