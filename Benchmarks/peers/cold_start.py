"""`kindred graph` from process start to the last file, on MovieLens 100K or a sample of its size."""

from pathlib import Path

from . import inputs, processes
from .jobs import Goal, Job, Measurement, Program

MOVIELENS = processes.REPOSITORY.parent / "shared" / "data" / "ml-100k"


def job(repetitions: int | None) -> Job:
    has_movielens = MOVIELENS.exists()
    source = MOVIELENS if has_movielens else inputs.ratings("100k")
    return Job(
        "cold start", "ml-100k" if has_movielens else "100k", "seconds",
        [Program("kindred", "kindred", lambda folder: kindred(source, folder))], [Goal(seconds=0.3)],
        repetitions=repetitions or 10, notes=["The whole process, all formats."])


def kindred(source: Path, folder: Path) -> Measurement:
    run = processes.kindred(
        "graph", source, "--output", folder, "--format", "csv,graphml,gexf,npy", "--threads", processes.THREADS,
        "--quiet")
    return Measurement(run.seconds, run.peak_bytes)
