"""Every measurement runs in a process of its own, with its threads pinned by the environment.

This process imports nothing large: Linux counts the memory of a parent into the peak of what it starts.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

THREADS = 2
BENCHMARKS = Path(__file__).resolve().parent.parent
REPOSITORY = BENCHMARKS.parent
KINDRED = REPOSITORY / ".build" / "release" / "kindred"
# What finds kindred's package for Python and the library that was built beside the program.
PACKAGE = {
    "KINDRED_LIBRARY": str(KINDRED.parent / "libKindredC.so"),
    "PYTHONPATH": os.pathsep.join([str(BENCHMARKS), str(REPOSITORY / "python" / "src")]),
}


@dataclass(frozen=True)
class Run:
    """What a run of kindred printed as JSON, and what it took."""

    summary: dict
    seconds: float
    peak_bytes: int


def environment(blas_threads: int = THREADS) -> dict[str, str]:
    """The variables that hold each library to its threads."""
    threads = {name: str(THREADS) for name in ("OMP_NUM_THREADS", "POLARS_MAX_THREADS", "RAYON_NUM_THREADS")}
    blas = {name: str(blas_threads) for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
    return {**os.environ, **PACKAGE, **threads, **blas}


def kindred(*arguments: object) -> Run:
    """Runs kindred with the given arguments, on `THREADS` threads where the command has such an option."""
    begin = time.perf_counter()
    process = subprocess.Popen(
        [str(KINDRED), *map(str, arguments)], stdout=subprocess.PIPE, env=environment(blas_threads=1))
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"kindred {' '.join(map(str, arguments))} ended with {process.returncode}")
    return Run(json.loads(output) if output.strip() else {}, seconds, usage.ru_maxrss * 1024)


def call(function: str, *arguments: object, blas_threads: int = THREADS) -> dict:
    """Calls `peers.<module>.<function>` in a new Python process.

    The function returns a dictionary of numbers and texts; `peak_bytes`, that process's, is added.
    """
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "result.json"
        command = [sys.executable, "-W", "ignore", "-m", "peers.child"]
        subprocess.run(
            [*command, str(result), function, json.dumps(arguments, default=str)],
            env=environment(blas_threads), cwd=BENCHMARKS, stdout=sys.stderr, check=True)
        return json.loads(result.read_text())
