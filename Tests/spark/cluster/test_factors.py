"""Factors that a cluster fits: those of one machine to the bit, and every loss."""

import itertools
import json

from arrays import losses, model_differences
from lib import check

ITERATIONS = 2

# Rank and blocks; --long runs every pair of them for both models.
SHAPES = {"als": ((20, 1), (20, 7), (64, 4)), "implicit": ((20, 4), (64, 7))}


def fit(lab, run, model, rank, blocks, *options, name=None):
    """Fits a model on the cluster and holds it against one machine's."""
    name = name or f"{model}-{rank}-{blocks}"
    output, shape = lab.folder / name, ("--rank", rank, "--iterations", ITERATIONS)
    ended = run(model, "--ratings", lab.source, *shape, "--blocks", blocks, "--output", output, *options)
    if not check(ended.code == 0, f"{name}: exit 0", ended.last_lines()):
        return output
    wanted = lab.one_machine("train", "--model", model, *shape, *(("--restarts", 1) if model == "als" else ()))
    different = model_differences(wanted, output)
    if losses(output) != json.loads((wanted / "printed.json").read_text())["losses"]:
        different.append("losses")
    check(not different, f"{name}: factors and losses equal to the bit", ", ".join(different) or f"{ended.seconds:.1f} s")
    return output


def test_factors_on_workers(lab):
    """Ranks and blocks change nothing, nor whether factors are broadcast or routed."""
    lab.cluster.resize(2)
    application = lab.application()
    for model, shapes in SHAPES.items():
        for rank, blocks in itertools.product((20, 64), (1, 4, 7)) if lab.is_long else shapes:
            fit(lab, application.run, model, rank, blocks)
    for model in ("als", "implicit") if lab.is_long else ("als",):
        fit(lab, application.run, model, 20, 4, "--broadcast-limit", 0, name=f"{model}-routed")
