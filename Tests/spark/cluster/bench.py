"""Measures Kindred on a cluster on this machine: beside one machine's run, beside MLlib, and against the formulas.

    bench.py --program PATH [--worker PATH] [--package FOLDER] [--shape 1m] [--jobs graph,als] [--blocks 1,4] [--output FOLDER]

The cluster has two Workers of one core each, so that its seconds are those of two cores. Ends with 1 where a check fails.
"""

import argparse
import json
import os
import re
import sys
import tempfile
from pathlib import Path

from arrays import graph_differences, model_differences
from events import groups
from lib import ROOT, Lab, Shared, check

sys.path.append(str(ROOT / "script/lib"))

import cluster_model
from cluster_model import Constants, Machines, Ratings

HERE = Path(__file__).resolve().parent
NEIGHBORS, RANK, ITERATIONS, CORES = 50, 64, 12, 2
SHAPES = ("100k", "1m", "20m")
GRAPH = ("--neighbors", NEIGHBORS, "--communities", "none", "--format", "npy", "--threads", CORES)
# As many slots as there are: the tests have more partitions than that.
SLOTS = {"spark.default.parallelism": CORES}
SETTINGS = {"20m": SLOTS | {"spark.executor.memory": "1500m"}}


def source(lab, shape):
    path = ROOT / f"Benchmarks/.data/{shape}.csv"
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        run = lab.kindred("generate", shape, "--output", path, "--quiet")
        if run.returncode:
            raise RuntimeError(run.stderr)
    return path


def newest_log(lab):
    return max(lab.cluster.events.iterdir(), key=os.path.getmtime)


def step(name, found, chosen, **units):
    """The groups of an event log that a name is in, as a step with its units of work; see cluster_model.measured."""
    every = [group for key, group in found.items() if chosen(key.removeprefix("kindred-"))]
    sums = {
        key: sum(getattr(group, key) for group in every) for key in ("seconds", "core_seconds", "written", "stages", "tasks")
    }
    return {"step": name, **sums, **units}


def sizes(lab, path):
    """The size of ratings, with their concentration."""
    found = json.loads((lab.one_machine("graph", *GRAPH, source=path) / "printed.json").read_text())
    counts: dict[str, int] = {}
    with open(path) as file:
        next(file)
        for line in file:
            item = line.split(",", 2)[1]
            counts[item] = counts.get(item, 0) + 1
    ratings = sum(counts.values())
    return Ratings(found["users"], len(counts), ratings, sum(count * count for count in counts.values()) / ratings**2)


READ = ("read", "number", "users", "blocks")


def graph(lab, shape, blocks):
    """Core-seconds of the pairs against one machine's, shuffled bytes against 6·R·G, the same arrays."""
    path = source(lab, shape)
    one = lab.one_machine("graph", *GRAPH, source=path)
    alone = CORES * json.loads((one / "printed.json").read_text())["seconds"]["similarity"]
    output = lab.folder / f"graph-{shape}-{blocks or 'default'}"
    command = ("graph", "--ratings", path, "--neighbors", NEIGHBORS, "--output", output)
    ended = lab.submit(*command, *(("--blocks", blocks) if blocks else ()), seconds=3000, settings=SETTINGS.get(shape, SLOTS))
    if not check(ended.code == 0, f"graph {shape}, {blocks or 'default'} blocks: exit 0", ended.last_lines()):
        return {}
    blocks = json.loads((output / "summary.json").read_text())["blocks"]
    different = graph_differences(one, output)
    check(not different, f"graph {shape}, {blocks} blocks: arrays equal to the bit", ", ".join(different))
    found, size = groups(newest_log(lab)), sizes(lab, path)
    pairs, merges = (units(size, NEIGHBORS, blocks) for units in (cluster_model.pair_units, cluster_model.merge_units))
    both = {unit: pairs.get(unit, 0) + merges.get(unit, 0) for unit in pairs}
    steps = [
        step("probe", found, lambda name: name == "probe", task=2 * CORES),
        step("read", found, lambda name: name in READ, ratings_read=size.ratings),
        step("pairs", found, lambda name: name == "pairs", **both),
    ]
    spent, written, formula = steps[2]["core_seconds"], steps[2]["written"], 6 * size.ratings * blocks
    model = cluster_model.graph(size, Machines(CORES, 1), Constants.load(), NEIGHBORS, blocks)
    check(True, f"graph {shape}: core-seconds of the pairs beside one machine's", f"{spent:.1f} and {alone:.1f}")
    if shape == "20m":
        check(spent <= 1.5 * alone, "core-seconds of the pairs are at most 1.5 times one machine's", f"{spent / alone:.2f}")
    check(written <= 1.3 * formula, "shuffled bytes are at most 1.3 times 6·R·G", f"{written / formula:.2f}")
    return {
        "job": f"graph {shape}", "spark": lab.cluster.version, "blocks": blocks, "slots": CORES, "seconds": ended.seconds,
        "one_machine_core_seconds": alone, "formula_bytes": formula, "steps": steps,
        "model_seconds": sum(one.seconds for one in model),
    }  # fmt: skip


def als(lab, shape, _):
    """Seconds of an iteration against MLlib's on the same cluster, and the same factors as one machine's."""
    path = source(lab, shape)
    options = ("--rank", RANK, "--iterations", ITERATIONS)
    one = lab.one_machine("train", "--model", "als", *options, "--restarts", 1, "--threads", CORES, source=path)
    output = lab.folder / f"als-{shape}"
    ended = lab.submit("als", "--ratings", path, *options, "--blocks", CORES, "--output", output, seconds=3000)
    if not check(ended.code == 0, f"als {shape}: exit 0", ended.last_lines()):
        return {}
    different = model_differences(one, output)
    check(not different, f"als {shape}: factors equal to the bit", ", ".join(different))
    found, size = groups(newest_log(lab)), sizes(lab, path)
    alone, (ours, theirs) = json.loads((one / "printed.json").read_text())["seconds_per_iteration"], turns(lab, path)
    check(ours <= theirs / 2, "an iteration takes at most half of MLlib's", f"{ours:.2f} s and {theirs:.2f} s")
    units = cluster_model.iteration_units(size, RANK, CORES)
    # The last half-step of the users is one more.
    units = {unit: count * (ITERATIONS + 0.5) for unit, count in units.items()}
    steps = [
        step("probe", found, lambda name: name == "probe", task=2 * CORES),
        step("read", found, lambda name: name in READ, ratings_read=size.ratings),
        step("iterations", found, lambda name: "iteration" in name or name == "als users", **units),
    ]
    model = cluster_model.als(size, Machines(CORES, 1), Constants.load(), RANK, ITERATIONS, CORES)
    return {
        "job": f"als {shape}", "spark": lab.cluster.version, "slots": CORES, "seconds": ended.seconds, "iteration": ours,
        "mllib_iteration": theirs, "one_machine_iteration": alone, "steps": steps,
        "model_seconds": sum(one.seconds for one in model),
    }  # fmt: skip


def turns(lab, path):
    """Seconds of an iteration of ours and of MLlib's ALS in one application, as many blocks as cores."""
    kindred = lab.package.module
    lab.package.module = HERE / "turns.py"
    try:
        ended = lab.submit(kindred, path, RANK, CORES, ITERATIONS, lab.folder / "turns", seconds=1200)
    finally:
        lab.package.module = kindred
    said = re.search(r"^TURNS (\S+) (\S+)", ended.output, re.MULTILINE)
    if not said:
        raise RuntimeError(f"als in turns: {ended.last_lines(5)}")
    return float(said.group(1)), float(said.group(2))


def main():
    parser = argparse.ArgumentParser(prog="script/bench cluster", description=__doc__.splitlines()[0])
    parser.add_argument("--program", required=True)
    parser.add_argument("--worker")
    parser.add_argument("--package")
    parser.add_argument("--shape", choices=SHAPES, default="1m")
    parser.add_argument("--jobs", default="graph,als", help="comma-separated: graph, als")
    parser.add_argument("--blocks", help="comma-separated numbers of blocks of the graph, a run for each (default: its own)")
    parser.add_argument("--output", type=Path, help="a folder for results.json")
    arguments = parser.parse_args()
    arguments.program = str(Path(arguments.program).resolve())
    arguments.worker = str(Path(arguments.worker or Path(arguments.program).parent / "kindred-worker").resolve())
    arguments.long = True
    with tempfile.TemporaryDirectory(prefix="spark-", ignore_cleanup_errors=True) as scratch:
        shared = Shared(arguments, Path(scratch))
        lab = Lab(shared, Path(tempfile.mkdtemp(dir=scratch)), None)
        try:
            blocks = [int(word) for word in arguments.blocks.split(",")] if arguments.blocks else [None]
            rows = []
            for job in arguments.jobs.split(","):
                for count in blocks if job == "graph" else blocks[:1]:
                    rows.append({"graph": graph, "als": als}[job](lab, arguments.shape, count))
        finally:
            lab.close()
            shared.close()
    if arguments.output:
        arguments.output.mkdir(parents=True, exist_ok=True)
        (arguments.output / "results.json").write_text(json.dumps(rows, indent=2) + "\n")
    for row in rows:
        print(json.dumps(row))
    for failure in check.failures:
        print(f"FAIL {failure}", file=sys.stderr)
    sys.exit(1 if check.failures else 0)


if __name__ == "__main__":
    main()
