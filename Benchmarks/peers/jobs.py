"""What a job is, and how its programs take turns."""

import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path


@dataclass(frozen=True)
class Measurement:
    """Seconds of the job itself, and the peak memory of the process that did it."""

    seconds: float
    peak_bytes: int


@dataclass(frozen=True)
class Agreement:
    """How a result stands to kindred's: a number, what it is, and whether it is as it has to be."""

    value: float
    text: str
    holds: bool


@dataclass(frozen=True)
class Program:
    """One that does the job: `measure` leaves its result in the folder that it is given."""

    name: str
    package: str
    measure: Callable[[Path], Measurement]


@dataclass(frozen=True)
class Goal:
    """At least `factor` times as fast as a peer, or as the best of them; or no longer than `seconds`.

    It is kindred's, or that of another of the programs.
    """

    factor: float = 1
    peer: str | None = None
    seconds: float | None = None
    program: str | None = None


@dataclass(frozen=True)
class Job:
    """One job on one shape. kindred is the first of the programs.

    `agree` is given the folders of kindred's result and of a program's, kindred's own among them.
    """

    name: str
    shape: str
    unit: str
    programs: list[Program]
    goals: list[Goal]
    agree: Callable[[Path, Path], Agreement] | None = None
    repetitions: int = 3
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Row:
    """A line of raw.csv."""

    job: str
    shape: str
    program: str
    version: str
    repetition: int
    seconds: float
    peak_bytes: int
    agreement: float | None = None
    agreement_text: str = ""
    agrees: bool = True

    def fields(self) -> dict:
        return asdict(self)


def run(job: Job, folder: Path, version: Callable[[str], str]) -> tuple[Job, list[Row]]:
    """Runs all programs by turns, as often as the job says; results are compared after the first turn.

    A peer that fails is left out, with a note in the job that is returned. A failure of kindred ends the run.
    """
    rows: list[Row] = []
    for repetition in range(1, job.repetitions + 1):
        for program in job.programs:
            own = folder / program.name.replace(" ", "-")
            shutil.rmtree(own, ignore_errors=True)
            own.mkdir(parents=True)
            try:
                measured = program.measure(own)
            except subprocess.CalledProcessError as error:
                job = without(job, program, f"{program.name} failed, as standard error tells, with {error.returncode}.")
                rows = [row for row in rows if row.program != program.name]
                continue
            agreement = None
            if job.agree and repetition == 1:
                agreement = job.agree(folder / job.programs[0].name, own)
            rows.append(row(job, program, version(program.package), repetition, measured, agreement))
            report(rows[-1])
    return job, rows


def without(job: Job, program: Program, note: str) -> Job:
    """The job without a program, and without the goals that need it."""
    return replace(
        job, programs=[p for p in job.programs if p != program], goals=[g for g in job.goals if g.peer != program.name],
        notes=[*job.notes, note])


def row(
    job: Job, program: Program, version: str, repetition: int, measured: Measurement, agreement: Agreement | None
) -> Row:
    values = (agreement.value, agreement.text, agreement.holds) if agreement else ()
    return Row(
        job.name, job.shape, program.name, version, repetition, measured.seconds, measured.peak_bytes, *values)


def report(row: Row) -> None:
    agreement = "" if row.agreement is None else f", {row.agreement_text} {row.agreement:.6g}"
    wrong = "" if row.agrees else "  DISAGREES"
    print(
        f"{row.job} {row.shape}  {row.program:<24} {row.seconds:9.4f} s {row.peak_bytes / 1e6:8.0f} MB"
        f"{agreement}{wrong}", file=sys.stderr)


def median(rows: list[Row], job: str, shape: str, program: str) -> float:
    """The median seconds of a program."""
    return statistics.median(r.seconds for r in rows if (r.job, r.shape, r.program) == (job, shape, program))
