"""The ten best unseen items for every user, from the same saved factors of rank 64."""

import time
from pathlib import Path

from . import inputs, processes, ties
from .jobs import Agreement, Goal, Job, Measurement, Program

COUNT = 10
RANK = 64
# Scores are sums of 32-bit products in different orders.
TOLERANCE = 1e-4


def job(shape: str, repetitions: int | None) -> Job:
    return Job(
        "recommend", shape, "seconds",
        [
            Program("kindred", "kindred", lambda folder: kindred(shape, folder)),
            Program("implicit", "implicit", lambda folder: peer(shape, folder)),
        ],
        [Goal(factor=2, peer="implicit")], agree, repetitions or 3)


def factors(shape: str) -> Path:
    folder = inputs.DATA / f"{shape}-factors"
    if not (folder / "model.json").exists():
        processes.kindred(
            "train", inputs.ratings(shape), "--model", "implicit", "--rank", RANK, "--iterations", 2,
            "--output", folder, "--quiet")
    return folder


def kindred(shape: str, folder: Path) -> Measurement:
    run = processes.kindred(
        "recommend", inputs.ratings(shape), "--all", "--factors", factors(shape), "--count", COUNT,
        "--output", folder / "recommendations.csv", "--threads", processes.THREADS, "--json", "--quiet")
    return Measurement(run.summary["seconds"]["recommend"], run.peak_bytes)


def peer(shape: str, folder: Path) -> Measurement:
    result = processes.call(
        "recommend.implicit", factors(shape), inputs.matrix(shape), folder, blas_threads=1)
    return Measurement(result["seconds"], result["peak_bytes"])


def agree(kindred: Path, other: Path) -> Agreement:
    result = processes.call("recommend.compare", kindred, other)
    return Agreement(result["difference"], "largest difference of scores", result["wrong_rows"] == 0)


# In the process of a measurement


def implicit(factors: str, matrix: str, output: str) -> dict:
    """Writes kindred's columns, with the ids of kindred's vocabularies."""
    import numpy
    import polars
    from implicit.cpu.als import AlternatingLeastSquares

    seen = inputs.load(matrix)
    model = AlternatingLeastSquares(factors=RANK, num_threads=processes.THREADS)
    model.user_factors = numpy.load(f"{factors}/user_factors.npy")
    model.item_factors = numpy.load(f"{factors}/item_factors.npy")
    users = numpy.arange(seen.shape[0])
    begin = time.perf_counter()
    items, scores = model.recommend(users, seen, N=COUNT, filter_already_liked_items=True)
    seconds = time.perf_counter() - begin
    user_ids, item_ids = (
        polars.read_csv(f"{factors}/{side}s.csv")[f"{side}_id"].to_numpy() for side in ("user", "item"))
    polars.DataFrame({
        "user_id": numpy.repeat(user_ids, COUNT), "rank": numpy.tile(numpy.arange(1, COUNT + 1), len(users)),
        "item_id": item_ids[items.ravel()], "score": scores.ravel(),
    }).write_csv(f"{output}/recommendations.csv")
    return {"seconds": seconds}


def compare(kindred: str, other: str) -> dict:
    import numpy
    import polars

    def read(folder):
        table = polars.read_csv(f"{folder}/recommendations.csv").sort("user_id", "rank")
        return tuple(table[name].to_numpy().reshape(-1, COUNT) for name in ("user_id", "item_id", "score"))

    mine, theirs = read(kindred), read(other)
    if not numpy.array_equal(mine[0], theirs[0]):
        raise ValueError("the lists are of different users, or not all of them of the same length")
    return ties.differences(*mine[1:], *theirs[1:], TOLERANCE)
