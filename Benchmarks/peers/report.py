"""The folder that a run leaves: raw.csv, README.md and the charts."""

import csv
from dataclasses import dataclass
from pathlib import Path

from . import growth, processes
from .jobs import Goal, Job, Row, median


@dataclass(frozen=True)
class Growth:
    """What the growth over shapes came to."""

    costs: dict[str, dict[str, float]]
    works: dict[str, growth.Work]
    fits: list[growth.Fit]


def write(
    folder: Path, jobs: list[Job], rows: list[Row], facts: dict[str, str], command: str, grown: Growth | None
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "raw.csv", "w", newline="") as file:
        table = csv.DictWriter(file, fieldnames=list(Row.__dataclass_fields__), lineterminator="\n")
        table.writeheader()
        table.writerows(row.fields() for row in rows)
    sizes = {shape: work.ratings for shape, work in grown.works.items()} if grown else {}
    processes.call("charts.draw", folder, ratios(jobs, rows), grown.costs if grown else {}, sizes)
    (folder / "README.md").write_text(page(jobs, rows, facts, command, grown))


def page(jobs: list[Job], rows: list[Row], facts: dict[str, str], command: str, grown: Growth | None) -> str:
    """The page of a run in Markdown."""
    parts = [
        "# Kindred beside its peers",
        f"    {command}",
        "\n".join(f"- {name}: {value}" for name, value in facts.items()),
        "Every program in a process of its own, all by turns in one run on the same file; medians. Absolute times are "
        "of this machine; the ratios count. `raw.csv` has every measurement.",
    ]
    if ratios(jobs, rows):
        parts.append("![Seconds of each program over kindred's](ratios.svg)")
    parts += [section(job, rows) for job in jobs]
    if grown:
        parts.append(growth_section(grown))
    return "\n\n".join(parts) + "\n"


def section(job: Job, rows: list[Row]) -> str:
    mine = median(rows, job.name, job.shape, job.programs[0].name)
    lines = [
        f"## {job.name}, {job.shape}", "",
        f"| program | version | {job.unit}, median of {job.repetitions} | over kindred | peak memory, MB | agreement |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for program in job.programs:
        own = [r for r in rows if (r.job, r.shape, r.program) == (job.name, job.shape, program.name)]
        seconds = median(rows, job.name, job.shape, program.name)
        lines.append(
            f"| {program.name} | {own[0].version} | {seconds:.4g} | {seconds / mine:.3g} | "
            f"{max(r.peak_bytes for r in own) / 1e6:.0f} | {agreement(own[0])} |")
    verdicts = [verdict(goal, job, rows) for goal in job.goals]
    return "\n".join([*lines, "", *(f"- Goal: {text}" for text in verdicts), *(f"- {note}" for note in job.notes)])


def agreement(row: Row) -> str:
    if row.agreement is None:
        return "–"
    return f"{row.agreement_text} {row.agreement:.6g}{'' if row.agrees else ' – **does not agree**'}"


def verdict(goal: Goal, job: Job, rows: list[Row]) -> str:
    """The goal, and whether it was reached."""
    own = goal.program or job.programs[0].name
    mine = median(rows, job.name, job.shape, own)
    who = f"{goal.program}: " if goal.program else ""
    if goal.seconds is not None:
        return f"{who}at most {goal.seconds} s: {'reached' if mine <= goal.seconds else 'missed'} with {mine:.3g} s"
    peers = {p.name: median(rows, job.name, job.shape, p.name) for p in job.programs if p.name != own}
    if not peers:
        return "there is no peer left to hold it against"
    name = goal.peer or min(peers, key=peers.get)
    ratio = peers[name] / mine
    wanted = f"at least {goal.factor:.3g} times as fast as {name}" if goal.factor != 1 else f"no slower than {name}"
    return f"{who}{wanted}: {'reached' if ratio >= goal.factor else 'missed'} with {ratio:.3g}"


def ratios(jobs: list[Job], rows: list[Row]) -> list[list]:
    """[job and shape, program, its median seconds over kindred's] for every peer."""
    return [
        [f"{job.name}, {job.shape}", program.name,
         median(rows, job.name, job.shape, program.name) / median(rows, job.name, job.shape, job.programs[0].name)]
        for job in jobs for program in job.programs[1:]]


def growth_section(grown: Growth) -> str:
    shapes = list(grown.works)
    columns = ["stage", *shapes, "exponent over ratings", "exponent over its work", "100M × 1M users, predicted"]
    lines = [
        "## As the work grows", "",
        "![Time of each stage and peak memory over the number of ratings](growth.svg)", "",
        f"| {' | '.join(columns)} |",
        "|" + " --- |" * len(columns),
    ]
    for fit in grown.fits:
        is_memory = fit.stage.startswith("memory")
        scale, unit = (1e6, " MB") if is_memory else (1, " s")
        costs = [f"{grown.costs[fit.stage][shape] / scale:.3g}{unit}" for shape in shapes]
        lines.append(
            f"| {fit.stage} | {' | '.join(costs)} | {fit.exponent:.2f} | {fit.work_exponent:.2f} | "
            f"{fit.predicted / scale:.3g}{unit} |")
    lines += [
        "",
        "The work of a stage: ratings for reading; Σ over items of count²/2 for the similarity of all pairs; users, with "
        "50 neighbors each, for communities and writing; ratings·rank² + rows·rank³/3 for ALS (seconds an iteration); "
        "ratings and what is kept for each user for memory. The prediction extends each power law to 100 million "
        "ratings by a million users on the items of the largest shape, each with its share of the ratings.",
    ]
    return "\n".join(lines)
