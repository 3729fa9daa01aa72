"""kindred's measures beside its raw cosine: what centering and weighting cost."""

from pathlib import Path

from . import inputs, processes
from .jobs import Goal, Job, Measurement, Program

MEASURES = {
    "centered": ["--measure", "centered"], "baseline": ["--measure", "baseline"], "idf": ["--item-weights", "idf"],
    "bm25": ["--item-weights", "bm25"]}
# At most so many times as long as the raw cosine.
MOST = 1.8


def job(shape: str, repetitions: int | None) -> Job:
    programs = [Program("kindred", "kindred", lambda folder: kindred(shape, [], folder))]
    programs += [
        Program(name, "kindred", lambda folder, options=options: kindred(shape, options, folder))
        for name, options in MEASURES.items()]
    return Job(
        "measures", shape, "seconds", programs,
        [Goal(factor=1 / MOST, peer="kindred", program=name) for name in MEASURES], repetitions=repetitions or 5,
        notes=["The similarity of all pairs; kindred is the raw cosine."])


def kindred(shape: str, options: list[str], folder: Path) -> Measurement:
    run = processes.kindred(
        "graph", inputs.ratings(shape), "--output", folder, "--neighbors", 50, "--communities", "none",
        "--format", "npy", "--threads", processes.THREADS, "--json", "--quiet", *options)
    return Measurement(run.summary["seconds"]["similarity"], run.peak_bytes)
