"""`script/bench peers`: runs the jobs, and leaves a folder in `Benchmarks/Runs`."""

import argparse
import datetime
import shlex
import sys
import tempfile
import unittest
from pathlib import Path

from . import (
    als, cold_start, communities, growth, loading, machine, measures, processes, python, recommend, report, similarity,
    threads)
from .jobs import Job, Row, run

JOBS = ["similarity", "measures", "loading", "als", "communities", "threads", "python", "recommend", "cold", "growth"]


def main() -> int:
    options = arguments()
    if options.self_test:
        suite = unittest.defaultTestLoader.discover(
            str(Path(__file__).parent / "tests"), top_level_dir=str(processes.BENCHMARKS))
        return 0 if unittest.TextTestRunner().run(suite).wasSuccessful() else 1
    jobs: list[Job] = []
    rows: list[Row] = []
    # Charts are drawn by a process that works elsewhere.
    folder = (
        options.output or processes.BENCHMARKS / "Runs" / f"{datetime.date.today()}-{machine.slug()}").resolve()
    facts = machine.facts()
    with tempfile.TemporaryDirectory(prefix="kindred-peers-") as work:
        for job in chosen(options):
            job, found = run(job, Path(work) / f"{job.name}-{job.shape}", machine.version)
            jobs.append(job)
            rows += found
            # After every job, so that a run that is interrupted keeps what it has.
            report.write(folder, jobs, rows, facts, command(), None)
        if "growth" in options.jobs:
            rows += growth.run(options.growth_shapes, Path(work), machine.version("kindred"))
            works = growth.works(options.growth_shapes)
            costs = growth.costs(rows)
            grown = report.Growth(costs, works, growth.fits(costs, works))
            report.write(folder, jobs, rows, facts, command(), grown)
    print((folder / "README.md").read_text())
    wrong = [row for row in rows if not row.agrees]
    for row in wrong:
        print(f"{row.job} {row.shape}: {row.program} does not agree with kindred", file=sys.stderr)
    return 1 if wrong else 0


def chosen(options: argparse.Namespace):
    """The jobs, each made when its turn comes: to make one may take the data."""
    for shape in options.shape:
        if "similarity" in options.jobs:
            yield similarity.job(shape, options.repetitions)
        if "measures" in options.jobs:
            yield measures.job(shape, options.repetitions)
        if "loading" in options.jobs:
            yield loading.job(shape, options.repetitions)
        if "als" in options.jobs:
            for model in ("als", "implicit"):
                yield als.job(model, shape, options.repetitions, spark=shape in options.spark)
        if "communities" in options.jobs:
            yield communities.job(shape, options.repetitions)
        if "threads" in options.jobs:
            yield threads.job(shape, options.repetitions)
        if "python" in options.jobs:
            yield python.similarity_job(shape, options.repetitions)
            for model in ("als", "implicit"):
                yield python.als_job(model, shape, options.repetitions)
    if "recommend" in options.jobs:
        yield recommend.job(options.recommend_shape, options.repetitions)
    if "cold" in options.jobs:
        yield cold_start.job(options.repetitions)


def command() -> str:
    """What was typed, but for where the output went."""
    typed = sys.argv[1:]
    while "--output" in typed:
        position = typed.index("--output")
        del typed[position:position + 2]
    return shlex.join(["script/bench", "peers", *typed])


def arguments() -> argparse.Namespace:
    def names(text: str) -> list[str]:
        return [name for name in text.split(",") if name]

    def known_jobs(text: str) -> list[str]:
        for name in names(text):
            if name not in JOBS:
                raise argparse.ArgumentTypeError(f"{name} is no job; there are {', '.join(JOBS)}")
        return names(text)

    parser = argparse.ArgumentParser(
        prog="script/bench peers", description="Measures kindred beside its peers, and that their results agree.")
    parser.add_argument("--shape", type=names, default=["1m"], help="shapes of `kindred generate`, with commas (1m)")
    parser.add_argument("--jobs", type=known_jobs, default=JOBS[:-1], help=f"of {', '.join(JOBS)} (all but growth)")
    parser.add_argument("--repetitions", type=int, help="3; 10 of the cold start; 1 of similarity on large shapes")
    parser.add_argument("--spark", type=names, default=["1m"], help="shapes on which Spark takes part too (1m)")
    parser.add_argument("--growth-shapes", type=names, default=["1m", "10m", "20m", "25m"], help="(1m,10m,20m,25m)")
    parser.add_argument("--recommend-shape", default="20000x24000x2000000", help="(20000x24000x2000000)")
    parser.add_argument("--output", type=Path, help="folder (Benchmarks/Runs/DATE-MACHINE)")
    parser.add_argument("--self-test", action="store_true", help="only test the checks of agreement")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
