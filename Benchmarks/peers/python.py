"""kindred from Python, on a SciPy matrix in memory: beside the program on the same ratings, and beside other packages."""

import time
from pathlib import Path

from . import als, inputs, processes, similarity
from .jobs import Agreement, Goal, Job, Measurement, Program

COMMAND = "kindred, the program"
AGAIN = "kindred, the fifth call"
# How much longer than the program's own stage it may take.
OVERHEAD = 1.05


def similarity_job(shape: str, repetitions: int | None) -> Job:
    """The whole of `similarity_graph`: from the CSR matrix to the CSR matrix, beside the stage of the program alone."""
    matrix = inputs.matrix(shape)
    users, items = processes.call("similarity.size", matrix)["shape"]
    large = users * items > similarity.MOST_DENSE
    factor = 10 if large else 6
    return Job(
        "similarity from Python", shape, "seconds",
        [
            Program("kindred", "kindred", lambda folder: measured("python.similarity_graph", matrix, folder, 1)),
            Program(AGAIN, "kindred", lambda folder: measured("python.similarity_graph", matrix, folder, 5)),
            Program(COMMAND, "kindred", lambda folder: similarity.kindred(shape, folder)),
            similarity.peer("similaripy", "similaripy", "similaripy", matrix),
            similarity.peer("sparse_dot_topn", "sparse-dot-topn", "sparse_dot_topn", matrix),
        ],
        [
            Goal(factor=factor, peer="similaripy"), Goal(factor=factor, peer="sparse_dot_topn"),
            Goal(factor=1 / OVERHEAD, peer=COMMAND), Goal(factor=1 / OVERHEAD, peer=COMMAND, program=AGAIN)],
        agree_on_neighbors, repetitions or (1 if large else 5),
        [
            f"{COMMAND}: its stage of similarity, without reading and writing. kindred: a call, with its copies of the matrix; the "
            "first of a process, which touches all of its memory for the first time, and the fifth. The program has touched "
            "its memory while reading."])


def als_job(model: str, shape: str, repetitions: int | None) -> Job:
    """A whole `fit`, divided by the number of iterations, as that of implicit is."""
    kernel = als.KERNEL
    matrix = inputs.matrix(shape)
    names = {"als": "explicit ALS", "implicit": "implicit ALS"}
    return Job(
        f"{names[model]} from Python", shape, "seconds an iteration",
        [
            Program("kindred", "kindred", lambda folder: measured("python.fit", matrix, folder, model, "lapack")),
            Program(kernel, "kindred", lambda folder: measured("python.fit", matrix, folder, model, "kernel")),
            Program(COMMAND, "kindred", lambda folder: als.kindred(model, shape, folder, "lapack")),
            als.peer("implicit Cholesky", "implicit", "implicit_cholesky", shape, blas_threads=1),
            als.peer("implicit CG", "implicit", "implicit_cg", shape, blas_threads=1),
        ],
        [
            Goal(factor=6, peer="implicit Cholesky"), Goal(peer="implicit CG"),
            Goal(factor=8, peer="implicit Cholesky", program=kernel), Goal(factor=1.4, peer="implicit CG", program=kernel)],
        agree_on_factors, repetitions or 3,
        [
            f"Rank {als.RANK}, {als.ITERATIONS} iterations. From Python the whole fit is measured, with its copies of the matrix; "
            f"{COMMAND}: its iterations after the first alone, by LAPACK.",
            "implicit has no explicit ALS, so the same fit stands for both."])


def measured(function: str, matrix: Path, folder: Path, *options: str | int) -> Measurement:
    result = processes.call(function, matrix, folder, *options, blas_threads=1)
    return Measurement(result["seconds"], result["peak_bytes"])


def agree_on_neighbors(mine: Path, other: Path) -> Agreement:
    """With the program and other calls to the bit; with the others but for ties."""
    is_own = other.name.startswith(mine.name)
    return agree_on_bits(mine, other) if is_own else similarity.agree(mine, other)


def agree_on_factors(mine: Path, other: Path) -> Agreement | None:
    return agree_on_bits(mine, other) if is_program(other) else None


def is_program(folder: Path) -> bool:
    return folder.name == COMMAND.replace(" ", "-")


def agree_on_bits(mine: Path, program: Path) -> Agreement:
    names = sorted(path.name for path in mine.glob("*.npy"))
    different = [name for name in names if (mine / name).read_bytes() != (program / name).read_bytes()]
    return Agreement(len(different), f"of {len(names)} arrays, other bytes in", bool(names) and not different)


# In the process of a measurement


def similarity_graph(matrix: str, folder: str, calls: int) -> dict:
    """Times the last of some calls for a graph and saves its neighbors as the program does."""
    import kindred
    import numpy

    kindred.version()
    ratings = inputs.load(matrix)
    for _ in range(calls):
        begin = time.perf_counter()
        graph = kindred.similarity_graph(ratings, k=similarity.NEIGHBORS, num_threads=processes.THREADS)
        seconds = time.perf_counter() - begin
    users, found = ratings.shape[0], graph.neighbors
    counts = numpy.diff(found.indptr)
    rows = numpy.repeat(numpy.arange(users), counts)
    places = numpy.arange(found.nnz) - numpy.repeat(found.indptr[:-1], counts)
    width = min(similarity.NEIGHBORS, users - 1)
    neighbors = numpy.full((users, width), -1, numpy.int32)
    similarities = numpy.zeros((users, width), numpy.float32)
    neighbors[rows, places], similarities[rows, places] = found.indices, found.data
    numpy.save(f"{folder}/neighbors.npy", neighbors)
    numpy.save(f"{folder}/neighbor_similarities.npy", similarities)
    return {"seconds": seconds}


def fit(matrix: str, folder: str, model: str, solver: str) -> dict:
    """Times a fit and saves its factors as the program does."""
    import kindred

    kindred.version()
    options = {"iterations": als.ITERATIONS, "num_threads": processes.THREADS, "solver": solver}
    if model == "als":
        fitted = kindred.AlternatingLeastSquares(als.RANK, restarts=1, **options)
    else:
        fitted = kindred.ImplicitALS(als.RANK, **options)
    ratings = inputs.load(matrix)
    begin = time.perf_counter()
    fitted.fit(ratings)
    seconds = (time.perf_counter() - begin) / als.ITERATIONS
    fitted.write(folder)
    return {"seconds": seconds}
