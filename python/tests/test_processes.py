"""Calls in threads and processes: Ctrl-C, forks, the BLAS of others, and the memory that is left."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp

import kindred


def python(code: str, *, seconds: float = 120, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs Python code in a process of its own, which has `ratings` made by `made_ratings`."""
    root = str(Path(__file__).parents[1])
    preface = f"import sys; sys.path.insert(0, {root!r})\nfrom tests.conftest import made_ratings\nimport kindred\n"
    return subprocess.run(
        [sys.executable, "-c", preface + textwrap.dedent(code)],
        capture_output=True, text=True, timeout=seconds, env={**os.environ, **environment},
    )  # fmt: skip


@pytest.mark.parametrize(
    "work",
    [
        "kindred.similarity_graph(ratings, k=50)",
        "kindred.AlternatingLeastSquares(factors=128, iterations=500).fit(ratings)",
        "kindred.ImplicitALS(factors=256, iterations=500).fit(ratings)",
        "kindred.compare({'als': kindred.AlternatingLeastSquares(factors=64, iterations=100)}, ratings)",
        "kindred.UserKNN().fit(ratings)",
        "kindred.BayesianFactorization(factors=64, samples=10000).fit(ratings)",
    ],
    ids=["graph", "als", "implicit", "compare", "knn", "bayes"],
)
def test_ctrl_c_stops_within_a_second(work: str) -> None:
    done = python(
        f"""
        import os, signal, threading, time
        import numpy as np, scipy.sparse as sp
        random = np.random.default_rng(1)
        users, items, count = 40_000, 5_000, 4_000_000
        places = (random.integers(0, users, count), random.integers(0, items, count))
        ratings = sp.csr_matrix((random.integers(1, 6, count).astype(np.float32), places), shape=(users, items))
        ratings.data = np.minimum(ratings.data, 5)
        kindred.EASE().parameters()
        sent = []
        def interrupt():
            sent.append(time.monotonic())
            os.kill(os.getpid(), signal.SIGINT)
        threading.Timer(0.3, interrupt).start()
        try:
            {work}
            print("finished before it was interrupted")
        except KeyboardInterrupt:
            print("stopped after", time.monotonic() - sent[0])
        small = made_ratings(20, 10, 0.5)
        kindred.similarity_graph(small, k=2)
        print("works on")
        """,
        seconds=300,
    )
    assert done.returncode == 0, done.stderr
    found = re.search(r"stopped after ([\d.]+)", done.stdout)
    assert found, done.stdout
    assert "works on" in done.stdout
    print(f"stopped after {float(found[1]):.3f} s")
    assert float(found[1]) < 1


def test_optional_packages_are_only_imported_when_used() -> None:
    done = python(
        """
        import sys
        for name in ("pandas", "polars", "networkx", "igraph", "sklearn", "tqdm"):
            sys.modules[name] = None
        ratings = made_ratings(30, 20, 0.4)
        kindred.similarity_graph(ratings, k=3).communities()
        kindred.UserKNN().fit(ratings).recommend(0)
        try:
            kindred.EASE().fit(ratings, show_progress=True)
        except ImportError as error:
            print(error)
        """
    )
    assert done.returncode == 0, done.stderr
    assert "pip install kindred[tqdm]" in done.stdout


def test_two_threads_fit_at_once(ratings: sp.csr_matrix) -> None:
    expected = kindred.ImplicitALS(factors=6).fit(ratings).user_factors.tobytes()
    found: list[bytes] = []

    def fit() -> None:
        for _ in range(5):
            found.append(kindred.ImplicitALS(factors=6).fit(ratings).user_factors.tobytes())

    threads = [threading.Thread(target=fit) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert found == [expected] * 10


def test_a_fork_after_use_raises_a_clear_error() -> None:
    done = python(
        """
        import multiprocessing, os
        ratings = made_ratings(30, 20, 0.4)
        graph = kindred.similarity_graph(ratings, k=3)
        def work(queue):
            try:
                kindred.similarity_graph(ratings, k=3)
                queue.put("worked")
            except RuntimeError as error:
                queue.put(str(error))
        context = multiprocessing.get_context("fork")
        queue = context.Queue()
        child = context.Process(target=work, args=(queue,))
        child.start()
        print(queue.get(timeout=30))
        child.join(30)
        print("child", child.exitcode)
        kindred.similarity_graph(ratings, k=3)
        print("parent works on")
        """
    )
    assert done.returncode == 0, done.stderr
    assert "forked after its parent had used kindred" in done.stdout
    assert "child 0" in done.stdout
    assert "parent works on" in done.stdout


def test_a_fork_before_use_works() -> None:
    done = python(
        """
        import multiprocessing
        ratings = made_ratings(30, 20, 0.4)
        def work(queue):
            queue.put(kindred.similarity_graph(ratings, k=3).neighbors.nnz)
        context = multiprocessing.get_context("fork")
        queue = context.Queue()
        children = [context.Process(target=work, args=(queue,)) for _ in range(2)]
        for child in children: child.start()
        print([queue.get(timeout=60) for _ in children])
        """
    )
    assert done.returncode == 0, done.stderr
    assert "[90, 90]" in done.stdout


def test_loky_and_spawn_work_after_use(ratings: sp.csr_matrix) -> None:
    joblib = pytest.importorskip("joblib")
    model = kindred.EASE(regularization=20.0).fit(ratings)
    lists = joblib.Parallel(n_jobs=2, backend="loky")(joblib.delayed(model.recommend)(user, None, 5) for user in range(4))
    assert [ids.tolist() for ids, _ in lists] == [model.recommend(user, N=5)[0].tolist() for user in range(4)]


def test_the_blas_of_numpy_works_beside(ratings: sp.csr_matrix) -> None:
    random = np.random.default_rng(1)
    square = random.random((400, 400))
    expected = square @ square
    factors = kindred.ImplicitALS(factors=16).fit(ratings).user_factors.tobytes()
    failures: list[str] = []
    stop = threading.Event()

    def multiply() -> None:
        while not stop.is_set():
            if not np.allclose(square @ square, expected) or not np.isfinite(np.linalg.solve(square, square)).all():
                failures.append("numpy")

    thread = threading.Thread(target=multiply)
    thread.start()
    try:
        for _ in range(5):
            assert kindred.ImplicitALS(factors=16).fit(ratings).user_factors.tobytes() == factors
    finally:
        stop.set()
        thread.join()
    assert not failures


def test_the_threads_of_numpy_are_left_alone(ratings: sp.csr_matrix) -> None:
    threadpoolctl = pytest.importorskip("threadpoolctl")
    before = {pool["filepath"]: pool["num_threads"] for pool in threadpoolctl.threadpool_info() if "numpy" in pool["filepath"]}
    kindred.ImplicitALS(factors=16).fit(ratings)
    after = {pool["filepath"]: pool["num_threads"] for pool in threadpoolctl.threadpool_info() if "numpy" in pool["filepath"]}
    assert before == after


def test_memory_stays_flat(is_long: bool) -> None:
    pytest.importorskip("psutil")
    count = 1000 if is_long else 100
    done = python(
        f"""
        import psutil
        ratings = made_ratings(200, 100, 0.2)
        def fit():
            model = kindred.AlternatingLeastSquares(factors=8, iterations=2, restarts=1).fit(ratings)
            model.recommend(range(20))
            kindred.similarity_graph(ratings, k=10).communities().edges
        for _ in range(50): fit()
        before = psutil.Process().memory_info().rss
        for _ in range({count}): fit()
        print("grown by", psutil.Process().memory_info().rss - before)
        """,
        seconds=1200,
    )
    assert done.returncode == 0, done.stderr
    grown = int(done.stdout.split()[-1])
    print(f"{count} fits grew memory by {grown} bytes")
    assert grown < 8_000_000


def test_signals_of_others_are_left_alone(ratings: sp.csr_matrix) -> None:
    before = signal.getsignal(signal.SIGINT)
    kindred.similarity_graph(ratings, k=3)
    assert signal.getsignal(signal.SIGINT) is before
