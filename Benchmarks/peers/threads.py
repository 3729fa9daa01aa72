"""kindred on one thread beside kindred on two."""

from pathlib import Path

from . import inputs, processes
from .jobs import Goal, Job, Measurement, Program


def job(shape: str, repetitions: int | None) -> Job:
    programs = [
        Program("kindred", "kindred", lambda folder: kindred(shape, processes.THREADS, folder)),
        Program("kindred, one thread", "kindred", lambda folder: kindred(shape, 1, folder)),
    ]
    return Job(
        "threads", shape, "seconds", programs, [Goal(factor=1.8, peer="kindred, one thread")],
        repetitions=repetitions or 3, notes=["The similarity of all pairs."])


def kindred(shape: str, threads: int, folder: Path) -> Measurement:
    run = processes.kindred(
        "graph", inputs.ratings(shape), "--output", folder, "--neighbors", 50, "--communities", "none",
        "--format", "csv", "--threads", threads, "--json", "--quiet")
    return Measurement(run.summary["seconds"]["similarity"], run.peak_bytes)
