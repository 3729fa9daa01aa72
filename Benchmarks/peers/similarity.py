"""The exact 50 nearest users of every user by cosine."""

import time
from pathlib import Path

from . import inputs, processes, ties
from .jobs import Agreement, Goal, Job, Measurement, Program

NEIGHBORS = 50
TOLERANCE = 1e-5
# These add normalized ratings up in 32 bits, one behind the other: on the 1M shape the error is 1e-5, and more where
# users rate more. The others are held to `TOLERANCE`, so kindred is.
TOLERANCES = {"sparse_dot_topn": 1e-4, "scikit-learn": 1e-4}
# What needs all users dense, or all pairs of them, stops here.
MOST_DENSE = 50_000_000


def job(shape: str, repetitions: int | None) -> Job:
    matrix = inputs.matrix(shape)
    users, items = processes.call("similarity.size", matrix)["shape"]
    programs = [Program("kindred", "kindred", lambda folder: kindred(shape, folder))]
    programs += [
        peer(name, package, function, matrix)
        for name, package, function, is_dense in [
            ("sparse_dot_topn", "sparse-dot-topn", "sparse_dot_topn", False),
            ("similaripy", "similaripy", "similaripy", False),
            ("implicit", "implicit", "implicit", True),
            ("scikit-learn", "scikit-learn", "scikit_learn", True),
            ("numpy", "numpy", "numpy_dense", True),
            ("faiss", "faiss-cpu", "faiss_flat", True),
        ]
        if not is_dense or users * items <= MOST_DENSE
    ]
    large = users * items > MOST_DENSE
    return Job(
        "similarity", shape, "seconds", programs, [Goal(factor=6)], agree, repetitions or (1 if large else 3),
        ["Peers that need all users dense are left out; peers take minutes here, so one repetition is the default."]
        if large else [])


def kindred(shape: str, folder: Path) -> Measurement:
    run = processes.kindred(
        "graph", inputs.ratings(shape), "--output", folder, "--neighbors", NEIGHBORS, "--communities", "none",
        "--format", "npy", "--threads", processes.THREADS, "--json", "--quiet")
    return Measurement(run.summary["seconds"]["similarity"], run.peak_bytes)


def peer(name: str, package: str, function: str, matrix: Path) -> Program:
    def measure(folder: Path) -> Measurement:
        result = processes.call("similarity.measure", function, matrix, folder)
        return Measurement(result["seconds"], result["peak_bytes"])

    return Program(name, package, measure)


def agree(kindred: Path, other: Path) -> Agreement:
    result = processes.call("similarity.compare", kindred, other, TOLERANCES.get(other.name, TOLERANCE))
    return Agreement(result["difference"], "largest difference of similarities", result["wrong_rows"] == 0)


# In the process of a measurement


def size(matrix: str) -> dict:
    return {"shape": list(inputs.load(matrix).shape)}


def measure(function: str, matrix: str, folder: str) -> dict:
    """Times one peer on the matrix in memory and saves its neighbors as kindred does."""
    import numpy

    ratings = inputs.load(matrix)
    search = globals()[function]
    prepared = search(ratings)
    begin = time.perf_counter()
    found = prepared()
    seconds = time.perf_counter() - begin
    neighbors, similarities = table(*found, ratings.shape[0])
    numpy.save(f"{folder}/neighbors.npy", neighbors)
    numpy.save(f"{folder}/neighbor_similarities.npy", similarities)
    return {"seconds": seconds}


def sparse_dot_topn(ratings):
    import sparse_dot_topn

    def search():
        rows = normalized(ratings)
        return triples(sparse_dot_topn.sp_matmul_topn(
            rows, rows.T.tocsr(), top_n=NEIGHBORS + 1, n_threads=processes.THREADS))

    return search


def similaripy(ratings):
    import similaripy

    return lambda: triples(similaripy.cosine(
        ratings, k=NEIGHBORS + 1, verbose=False, num_threads=processes.THREADS, format_output="csr"))


def implicit(ratings):
    from implicit.nearest_neighbours import CosineRecommender

    # It compares columns.
    columns = ratings.T.tocsr()

    def search():
        model = CosineRecommender(K=NEIGHBORS + 1, num_threads=processes.THREADS)
        model.fit(columns, show_progress=False)
        return triples(model.similarity)

    return search


def scikit_learn(ratings):
    from sklearn.neighbors import NearestNeighbors

    def search():
        index = NearestNeighbors(metric="cosine", algorithm="brute", n_jobs=processes.THREADS).fit(ratings)
        distances, found = index.kneighbors(ratings, NEIGHBORS + 1)
        return ranked(found, 1 - distances)

    return search


def numpy_dense(ratings):
    import numpy

    dense = ratings.toarray()

    def search():
        rows = dense / numpy.linalg.norm(dense, axis=1, keepdims=True)
        found, similarities = [], []
        for start in range(0, len(rows), 1024):
            products = rows[start:start + 1024] @ rows.T
            best = numpy.argpartition(-products, NEIGHBORS, axis=1)[:, :NEIGHBORS + 1]
            found.append(best)
            similarities.append(numpy.take_along_axis(products, best, axis=1))
        return ranked(numpy.concatenate(found), numpy.concatenate(similarities))

    return search


def faiss_flat(ratings):
    import faiss

    faiss.omp_set_num_threads(processes.THREADS)
    dense = normalized(ratings).toarray()

    def search():
        index = faiss.IndexFlatIP(dense.shape[1])
        index.add(dense)
        similarities, found = index.search(dense, NEIGHBORS + 1)
        return ranked(found, similarities)

    return search


def normalized(ratings):
    import numpy
    import scipy.sparse

    norms = numpy.sqrt(numpy.asarray(ratings.multiply(ratings).sum(axis=1)).ravel())
    rows = scipy.sparse.diags_array((1 / norms).astype(numpy.float32)) @ ratings
    return scipy.sparse.csr_matrix(rows)


def triples(similarity):
    """A sparse matrix of similarities as (rows, columns, values)."""
    coordinates = similarity.tocoo()
    return coordinates.row, coordinates.col, coordinates.data


def ranked(neighbors, similarities):
    """A row of neighbors for every user as (rows, columns, values)."""
    import numpy

    users, width = neighbors.shape
    return numpy.repeat(numpy.arange(users), width), neighbors.ravel(), similarities.ravel()


def table(rows, neighbors, similarities, users: int):
    """Neighbors as kindred writes them: self left out, positive, nearest first, then −1."""
    import numpy

    kept = (neighbors != rows) & (similarities > 0)
    rows, neighbors, similarities = rows[kept], neighbors[kept], similarities[kept]
    order = numpy.lexsort((neighbors, -similarities, rows))
    rows, neighbors, similarities = rows[order], neighbors[order], similarities[order]
    places = numpy.arange(len(rows)) - numpy.searchsorted(rows, rows)
    first = places < NEIGHBORS
    width = min(NEIGHBORS, users - 1)
    result = numpy.full((users, width), -1, numpy.int32)
    values = numpy.zeros((users, width), numpy.float32)
    result[rows[first], places[first]] = neighbors[first]
    values[rows[first], places[first]] = similarities[first]
    return result, values


def compare(kindred: str, other: str, tolerance: float) -> dict:
    """Holds two tables of neighbors against each other."""
    import numpy

    def read(folder):
        return numpy.load(f"{folder}/neighbors.npy"), numpy.load(f"{folder}/neighbor_similarities.npy")

    return ties.differences(*read(kindred), *read(other), tolerance)
