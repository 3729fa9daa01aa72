"""The data: made by `kindred generate`, kept in `Benchmarks/.data`; remove that folder to have it made anew."""

from pathlib import Path

from . import processes

DATA = processes.BENCHMARKS / ".data"


def ratings(shape: str) -> Path:
    """The CSV file of a shape."""
    path = DATA / f"{shape}.csv"
    if not path.exists():
        DATA.mkdir(exist_ok=True)
        processes.kindred("generate", shape, "--output", path, "--quiet")
    return path


def matrix(shape: str) -> Path:
    """The same ratings as a CSR matrix of 32-bit floats, users by items, both in the order of their ids."""
    path = DATA / f"{shape}.npz"
    if not path.exists():
        processes.call("inputs.write_matrix", ratings(shape), path)
    return path


def graph(shape: str) -> Path:
    """The folder of kindred's arrays of the top-50 graph of a shape."""
    folder = DATA / f"{shape}-graph"
    if not (folder / "edges.npy").exists():
        processes.kindred(
            "graph", ratings(shape), "--output", folder, "--neighbors", 50, "--communities", "none",
            "--format", "npy", "--quiet")
    return folder


def write_matrix(source: str, target: str) -> dict:
    import numpy
    import polars
    import scipy.sparse

    table = polars.read_csv(source)
    _, rows = numpy.unique(table["userId"].to_numpy(), return_inverse=True)
    _, columns = numpy.unique(table["movieId"].to_numpy(), return_inverse=True)
    values = table["rating"].to_numpy().astype(numpy.float32)
    scipy.sparse.save_npz(target, scipy.sparse.csr_matrix((values, (rows, columns))), compressed=False)
    return {}


def load(path: str):
    """The matrix in memory, its column indices sorted."""
    import scipy.sparse

    matrix = scipy.sparse.load_npz(path)
    matrix.sort_indices()
    return matrix
