"""Malformed matrices give exceptions, never a crash: in a process of its own, so that a crash is seen."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

hypothesis = pytest.importorskip("hypothesis")

from hypothesis import HealthCheck, given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

import kindred  # noqa: E402

SMALL = st.integers(-3, 12)
WILD = st.sampled_from([-(2**63), -(2**31), -1, 2**31 - 1, 2**31, 2**40, 2**63 - 1])
INDICES = st.lists(SMALL | WILD, max_size=40) | st.lists(st.integers(0, 5), max_size=40)
VALUES = st.lists(st.floats(width=32) | st.sampled_from([1.0, 2.0, 5.0, 0.0, -1.0, 1e30]), max_size=40)
ALLOWED = (ValueError, IndexError, TypeError, MemoryError, OverflowError)


@st.composite
def matrices(draw: Any) -> Any:
    """CSR matrices whose arrays have been replaced by others, as one can in Python."""
    rows, columns = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    random = np.random.default_rng(draw(st.integers(0, 99)))
    matrix: Any = sp.csr_matrix(
        (random.random((rows, columns)) < 0.5) * random.integers(1, 6, (rows, columns)).astype(np.float32)
    )
    for name, strategy, kinds in (
        ("indptr", INDICES, [np.int32, np.int64, np.uint64, np.float64]),
        ("indices", INDICES, [np.int32, np.int64, np.int8, np.uint64]),
        ("data", VALUES, [np.float32, np.float64, np.int64, bool, np.complex64]),
    ):
        if draw(st.booleans()):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                if draw(st.booleans()):
                    array = np.array(draw(strategy), dtype=np.float64 if name == "data" else np.int64)
                else:
                    array = getattr(matrix, name).copy()
                    if array.size:
                        array[draw(st.integers(0, len(array) - 1))] = draw(SMALL)
                setattr(matrix, name, array.astype(draw(st.sampled_from(kinds))))
    if draw(st.booleans()):
        matrix._shape = (draw(st.integers(0, 8)), draw(st.integers(0, 8)))
    if draw(st.integers(0, 9)) == 0:
        other: Any = sp.csc_matrix(np.zeros((1, 1)))
        other.indptr, other.indices, other.data, other._shape = matrix.indptr, matrix.indices, matrix.data, matrix.shape
        return other
    return matrix


def use(matrix: sp.csr_matrix, model: kindred.Recommender) -> bool:
    """Whether the matrix was taken."""
    taken = False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            graph = kindred.similarity_graph(matrix, k=3)
            assert graph.neighbors.shape[0] == matrix.shape[0]
            graph.communities()
            taken = True
        except ALLOWED:
            pass
        with contextlib.suppress(*ALLOWED):
            model.recommend(np.arange(matrix.shape[0]), matrix, N=3, recalculate_user=True)
    return taken


def attack(count: int) -> None:
    base = sp.csr_matrix(
        np.array([[5, 1, 0, 3, 2, 0], [4, 0, 0, 1, 0, 2], [0, 5, 5, 1, 0, 1], [5, 4, 3, 2, 1, 0]], dtype=np.float32)
    )
    model = kindred.ImplicitALS(factors=2, iterations=1).fit(base)
    figures = {"cases": 0, "taken": 0}

    @settings(max_examples=count, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(matrices())
    def attacked(matrix: sp.csr_matrix) -> None:
        figures["cases"] += 1
        figures["taken"] += use(matrix, model)

    attacked()
    print(figures["cases"], "cases", figures["taken"], "taken")


def test_no_matrix_ends_the_process(is_long: bool) -> None:
    count = 10_000 if is_long else 300
    root = Path(__file__).parents[1]
    paths = os.pathsep.join([str(root), *sys.path])
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-m", "tests.test_malformed", str(count)],
        cwd=root, capture_output=True, text=True, timeout=3600, env={**os.environ, "PYTHONPATH": paths},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    cases, _, taken, _ = done.stdout.split()
    print(done.stdout)
    assert int(cases) >= count
    assert int(taken) > 0


if __name__ == "__main__":
    attack(int(sys.argv[1]))
