"""A CSV file of ratings into memory: kindred into the rating matrix, the others into a table."""

import time
from pathlib import Path

from . import inputs, processes
from .jobs import Agreement, Goal, Job, Measurement, Program


def job(shape: str, repetitions: int | None) -> Job:
    programs = [Program("kindred", "kindred", lambda folder: kindred(shape, folder))]
    for name, package, function in [
        ("polars", "polars", "polars_table"),
        ("polars, CSR and CSC", "polars", "polars_matrix"),
        ("pandas", "pandas", "pandas_table"),
    ]:
        programs.append(peer(name, package, function, shape))
    return Job(
        "loading", shape, "seconds", programs, [Goal(peer="polars")], agree, repetitions or 3,
        ["kindred's time goes from the file to the rating matrix; polars and pandas end at a table of four columns."])


def kindred(shape: str, folder: Path) -> Measurement:
    # One neighbor each is the least that comes after reading.
    run = processes.kindred(
        "graph", inputs.ratings(shape), "--output", folder, "--neighbors", 1, "--communities", "none",
        "--format", "npy", "--threads", processes.THREADS, "--json", "--quiet")
    (folder / "ratings").write_text(str(run.summary["ratings"]))
    return Measurement(run.summary["seconds"]["read"], run.peak_bytes)


def peer(name: str, package: str, function: str, shape: str) -> Program:
    def measure(folder: Path) -> Measurement:
        result = processes.call(f"loading.{function}", inputs.ratings(shape))
        (folder / "ratings").write_text(str(result["ratings"]))
        return Measurement(result["seconds"], result["peak_bytes"])

    return Program(name, package, measure)


def agree(kindred: Path, other: Path) -> Agreement:
    expected, found = (int((folder / "ratings").read_text()) for folder in (kindred, other))
    return Agreement(found, "ratings", expected == found)


# In the process of a measurement


def polars_table(path: str) -> dict:
    import polars

    begin = time.perf_counter()
    table = polars.read_csv(path)
    return {"seconds": time.perf_counter() - begin, "ratings": table.height}


def polars_matrix(path: str) -> dict:
    """What it takes to have what kindred has."""
    import numpy
    import polars
    import scipy.sparse

    begin = time.perf_counter()
    table = polars.read_csv(path)
    _, rows = numpy.unique(table["userId"].to_numpy(), return_inverse=True)
    _, columns = numpy.unique(table["movieId"].to_numpy(), return_inverse=True)
    by_user = scipy.sparse.csr_matrix((table["rating"].to_numpy().astype(numpy.float32), (rows, columns)))
    by_item = by_user.tocsc()
    return {"seconds": time.perf_counter() - begin, "ratings": int(by_item.nnz)}


def pandas_table(path: str) -> dict:
    import pandas

    begin = time.perf_counter()
    table = pandas.read_csv(path)
    return {"seconds": time.perf_counter() - begin, "ratings": len(table)}
