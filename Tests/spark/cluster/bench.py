"""Measures Kindred on a cluster on this machine: beside one machine's run, beside MLlib, and against the formulas.

    bench.py --program PATH [--worker PATH] [--package FOLDER] [--shape 1m] [--jobs graph,als] [--output FOLDER]

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

HERE = Path(__file__).resolve().parent
NEIGHBORS, RANK, ITERATIONS, CORES = 50, 64, 6, 2
BLOCKS = {"100k": 4, "1m": 4, "20m": 8}
MEMORY = {"20m": {"spark.executor.memory": "1500m"}}


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


def graph(lab, shape):
    """Core-seconds of the pairs against one machine's, shuffled bytes against 6·R·G, the same arrays."""
    path, blocks = source(lab, shape), BLOCKS[shape]
    options = ("--neighbors", NEIGHBORS, "--communities", "none", "--format", "npy", "--threads", CORES)
    one = lab.one_machine("graph", *options, source=path)
    seconds = json.loads((one / "printed.json").read_text())["seconds"]["similarity"]
    output = lab.folder / f"graph-{shape}"
    ended = lab.submit(
        "graph", "--ratings", path, "--neighbors", NEIGHBORS, "--blocks", blocks, "--output", output,
        seconds=3000, settings=MEMORY.get(shape))  # fmt: skip
    if not check(ended.code == 0, f"graph {shape}: exit 0", ended.last_lines()):
        return {}
    different = graph_differences(one, output)
    check(not different, f"graph {shape}: arrays equal to the bit", ", ".join(different))
    found, summary = groups(newest_log(lab)), json.loads((output / "summary.json").read_text())
    pairs = found["kindred-pairs"]
    ratio = pairs.core_seconds / (seconds * CORES)
    shipped = 6 * summary["ratings"] * blocks
    row = {
        "job": f"graph {shape}", "spark": lab.cluster.version, "blocks": blocks, "seconds": ended.seconds,
        "one_machine_core_seconds": seconds * CORES, "pair_core_seconds": pairs.core_seconds, "ratio": ratio,
        "shuffled": pairs.written, "formula": shipped,
        "stages": {name: [group.seconds, group.core_seconds, group.written] for name, group in found.items()},
    }  # fmt: skip
    print(json.dumps(row))
    if shape == "20m":
        check(ratio <= 1.5, "core-seconds of the pairs are at most 1.5 times one machine's", f"{ratio:.2f}")
    check(pairs.written <= 1.3 * shipped, "shuffled bytes are at most 1.3 times 6·R·G", f"{pairs.written / shipped:.2f}")
    return row


def als(lab, shape):
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
    summary = json.loads((output / "summary.json").read_text())
    ours = summary["seconds_per_iteration"]
    theirs = mllib(lab, path)
    alone = json.loads((one / "printed.json").read_text())["seconds_per_iteration"]
    row = {
        "job": f"als {shape}", "spark": lab.cluster.version, "iteration": ours, "mllib_iteration": theirs,
        "one_machine_iteration": alone, "ratio": ours / theirs, "seconds": ended.seconds,
    }  # fmt: skip
    print(json.dumps(row))
    check(ours <= theirs / 2, "an iteration takes at most half of MLlib's", f"{ours:.2f} s and {theirs:.2f} s")
    return row


def mllib(lab, path):
    """Seconds of an iteration of MLlib's ALS, as many blocks as cores."""
    module, lab.package.module = lab.package.module, HERE / "mllib.py"
    try:
        ended = lab.submit(path, RANK, CORES, seconds=1200)
    finally:
        lab.package.module = module
    said = re.search(r"^MLLIB (\S+)", ended.output, re.MULTILINE)
    if not said:
        raise RuntimeError(f"MLlib: {ended.last_lines(5)}")
    return float(said.group(1))


def main():
    parser = argparse.ArgumentParser(prog="script/bench cluster", description=__doc__.splitlines()[0])
    parser.add_argument("--program", required=True)
    parser.add_argument("--worker")
    parser.add_argument("--package")
    parser.add_argument("--shape", choices=BLOCKS, default="1m")
    parser.add_argument("--jobs", default="graph,als", help="comma-separated: graph, als")
    parser.add_argument("--output", type=Path, help="a folder for results.json")
    arguments = parser.parse_args()
    arguments.program = str(Path(arguments.program).resolve())
    arguments.worker = str(Path(arguments.worker or Path(arguments.program).parent / "kindred-worker").resolve())
    arguments.long = True
    with tempfile.TemporaryDirectory(prefix="spark-", ignore_cleanup_errors=True) as scratch:
        shared = Shared(arguments, Path(scratch))
        lab = Lab(shared, Path(tempfile.mkdtemp(dir=scratch)), None)
        try:
            rows = [{"graph": graph, "als": als}[job](lab, arguments.shape) for job in arguments.jobs.split(",")]
        finally:
            lab.close()
            shared.close()
    if arguments.output:
        arguments.output.mkdir(parents=True, exist_ok=True)
        (arguments.output / "results.json").write_text(json.dumps(rows, indent=2) + "\n")
    for failure in check.failures:
        print(f"FAIL {failure}", file=sys.stderr)
    sys.exit(1 if check.failures else 0)


if __name__ == "__main__":
    main()
