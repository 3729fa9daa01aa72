"""kindred's two objectives, and exact alternating least squares on them, row by row in numpy.

Explicit: Σ (r − μ − b_u − b_i − p·q)² + Σ n^ν·(λ·‖factors‖² + λ_b·bias²) over both sides.
Implicit: α₀·Σ_all s² + Σ c·(t − s)² + Σ λ·(n + α₀·partners)^ν·‖factors‖², s = p·q, t and c functions of the rating.
"""

import json
from pathlib import Path


def compare(folder: str, matrix: str, iterations: int) -> dict:
    """The loss of a saved model, and of the reference after as many iterations on the same ratings."""
    import numpy

    from . import inputs

    ratings = inputs.load(matrix).astype(numpy.float64)
    manifest = json.loads((Path(folder) / "model.json").read_text())
    configuration = json.loads((Path(folder) / "configuration.json").read_text())
    read = lambda name: numpy.load(f"{folder}/{name}.npy").astype(numpy.float64)
    if manifest["model"] == "als":
        objective = Explicit(ratings, configuration, manifest["numbers"]["mean"])
        mine = [numpy.column_stack([read(f"{side}_factors"), read(f"{side}_biases")]) for side in ("user", "item")]
    else:
        objective = Implicit(ratings, configuration, manifest["scale"])
        mine = [read("user_factors"), read("item_factors")]
    return {"loss": objective.loss(*mine), "reference": objective.loss(*fit(objective, iterations))}


def fit(objective, iterations: int):
    """Items first, then users, as kindred does, from a random start."""
    import numpy

    generator = numpy.random.default_rng(1)
    users = 0.1 * generator.standard_normal((objective.by_user.shape[0], objective.order))
    for _ in range(iterations):
        items = objective.half_step(objective.by_item, users)
        users = objective.half_step(objective.by_user, items)
    return users, items


def rows(matrix):
    """Row, column indices and values of every row that has any."""
    for row in range(matrix.shape[0]):
        entries = slice(matrix.indptr[row], matrix.indptr[row + 1])
        if entries.start < entries.stop:
            yield row, matrix.indices[entries], matrix.data[entries]


def products(matrix, left, right):
    """left[row]·right[column] of every entry, a million entries at a time."""
    import numpy

    entry_rows = numpy.repeat(numpy.arange(matrix.shape[0]), numpy.diff(matrix.indptr))
    result = numpy.empty(matrix.nnz)
    for start in range(0, matrix.nnz, 1_000_000):
        part = slice(start, start + 1_000_000)
        result[part] = numpy.einsum("ij,ij->i", left[entry_rows[part]], right[matrix.indices[part]])
    return result


class Explicit:
    """Factors have the bias behind them."""

    def __init__(self, ratings, configuration: dict, mean: float):
        self.by_user, self.by_item = ratings, ratings.T.tocsr()
        self.configuration, self.mean = configuration, mean
        self.order = configuration["rank"] + 1

    def penalty(self, count):
        import numpy

        growth = numpy.power(count, self.configuration["regularizationExponent"])
        penalties = numpy.full(self.order, self.configuration["regularization"])
        penalties[-1] = self.configuration["biasRegularization"]
        return numpy.multiply.outer(growth, penalties)

    def half_step(self, matrix, partners):
        import numpy

        features = numpy.column_stack([partners[:, :-1], numpy.ones(len(partners))])
        solved = numpy.zeros((matrix.shape[0], self.order))
        for row, columns, values in rows(matrix):
            panel = features[columns]
            gramian = panel.T @ panel + numpy.diag(self.penalty(len(columns)))
            targets = values - self.mean - partners[columns, -1]
            solved[row] = numpy.linalg.solve(gramian, panel.T @ targets)
        return solved

    def loss(self, users, items) -> float:
        import numpy

        left = numpy.column_stack([users[:, :-1], users[:, -1], numpy.ones(len(users))])
        right = numpy.column_stack([items[:, :-1], numpy.ones(len(items)), items[:, -1]])
        errors = self.by_user.data - self.mean - products(self.by_user, left, right)
        penalties = sum(
            (self.penalty(numpy.diff(matrix.indptr)) * factors ** 2).sum()
            for matrix, factors in ((self.by_user, users), (self.by_item, items)))
        return float((errors ** 2).sum() + penalties)


class Implicit:
    def __init__(self, ratings, configuration: dict, scale: dict):
        self.by_user, self.by_item = ratings, ratings.T.tocsr()
        self.configuration = configuration
        self.order = configuration["rank"]
        feedback = configuration["feedback"]
        self.points = [scale["minimum"], feedback["threshold"], scale["maximum"]]
        self.strengths = [feedback["least"], 1, feedback["most"]]
        self.weights = [1, 1, configuration["highestWeight"]]

    def observation(self, values):
        import numpy

        return numpy.interp(values, self.points, self.strengths), numpy.interp(values, self.points, self.weights)

    def penalty(self, count, partners: int):
        import numpy

        frequency = count + self.configuration["unobservedWeight"] * partners
        return self.configuration["regularization"] * numpy.power(
            frequency, self.configuration["regularizationExponent"])

    def half_step(self, matrix, partners):
        import numpy

        base = self.configuration["unobservedWeight"] * partners.T @ partners
        solved = numpy.zeros((matrix.shape[0], self.order))
        for row, columns, values in rows(matrix):
            panel = partners[columns]
            targets, weights = self.observation(values)
            gramian = base + (panel.T * weights) @ panel
            gramian[numpy.diag_indices(self.order)] += self.penalty(len(columns), len(partners))
            solved[row] = numpy.linalg.solve(gramian, panel.T @ (weights * targets))
        return solved

    def loss(self, users, items) -> float:
        import numpy

        targets, weights = self.observation(self.by_user.data)
        errors = targets - products(self.by_user, users, items)
        everything = self.configuration["unobservedWeight"] * ((users.T @ users) * (items.T @ items)).sum()
        penalties = sum(
            (self.penalty(numpy.diff(matrix.indptr), len(partners)) * (factors ** 2).sum(axis=1)).sum()
            for matrix, factors, partners in ((self.by_user, users, items), (self.by_item, items, users)))
        return float((weights * errors ** 2).sum() + everything + penalties)
