"""Neighbors that a cluster finds: the arrays of one machine, to the bit."""

from arrays import edges, graph_differences
from lib import check

NEIGHBORS = 10


def graph(lab, run, blocks, name, *options, one=None):
    """Runs a graph on the cluster and holds its arrays against one machine's."""
    output = lab.folder / name
    ended = run("graph", "--ratings", lab.source, "--neighbors", NEIGHBORS, "--blocks", blocks, "--output", output, *options)
    if not check(ended.code == 0, f"{name}: exit 0", ended.last_lines()):
        return output
    wanted = lab.one_machine("graph", "--neighbors", NEIGHBORS, "--format", "npy", *(options if one is None else one))
    different = graph_differences(wanted, output)
    check(not different, f"{name}: arrays equal to the bit", ", ".join(different) or f"{ended.seconds:.1f} s")
    return output


def golden(lab, output):
    """The figures of MovieLens 100K that every way to its graph has to give."""
    if lab.is_movielens and (output / "neighbors.npy").exists():
        count, weight, _ = edges(output)
        check(
            (count, f"{weight:.6f}") == (8026, "3573.673604"),
            "8,026 edges with a weight of 3573.673604",
            f"{count} {weight:.6f}",
        )


def test_graph_on_workers(lab):
    """Blocks and Workers change nothing, nor do waves, measures and weights."""
    lab.cluster.resize(2)
    application = lab.application()
    for blocks in (1, 7, 16):
        golden(lab, graph(lab, application.run, blocks, f"two-workers-{blocks}"))
    graph(lab, application.run, 5, "centered", "--measure", "centered", "--shrinkage", "25")
    if lab.is_long:
        graph(lab, application.run, 3, "idf", "--item-weights", "idf", "--min-support", "3")
    lab.cluster.resize(1)
    for blocks in (1, 4, 7, 16) if lab.is_long else (4,):
        graph(lab, application.run, blocks, f"one-worker-{blocks}")
    if lab.is_long:
        graph(lab, application.run, 20, "waves")
