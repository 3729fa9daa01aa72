"""Workers that fail: the job fails after its tries, says how, and leaves nothing half-written; once is no harm."""

from arrays import graph_differences
from lib import Skipped, check

# What a worker does, and what the one line of the job's failure has to name.
FAULTS = {
    "exit:3": ("exit code 3", "the fault that a test has ordered"),
    "abort": ("ended by signal 6",),
    "cut": ("exit code 0", "its output ends inside a frame"),
    "crc": ("wrong checksum",),
    "early": ("exit code 0", "its output ends without DONE"),
    "hang": ("killed after 2 s (--task-timeout)",),
}

# Those that also strike once in every run; all do with --long.
ONCE = ("abort",)


def command(lab, output, *options):
    return ("graph", "--ratings", lab.source, "--neighbors", 10, "--blocks", 2, "--output", output, *options)


def test_faults(lab):
    """Exit 3, abort, cut and damaged frames, an early end, a hang: one line names it, and OUTPUT holds nothing."""
    with open(lab.worker, "rb") as file:
        if b"KINDRED_WORKER_FAULT" not in file.read():
            raise Skipped("the worker was built without KINDRED_CHECKS=1, and so without faults")
    lab.cluster.resize(2)
    application = lab.application()
    wanted = lab.one_machine("graph", "--neighbors", 10, "--format", "npy")
    for fault, words in FAULTS.items():
        name = fault.replace(":", "-")
        options = ("--task-timeout", 2) if fault == "hang" else ()
        output = lab.folder / name
        ended = application.run(*command(lab, output, *options), KINDRED_WORKER_FAULT=fault)
        last = ended.last_lines(1)
        said = ended.code == 1 and last.startswith("kindred_spark: kindred-worker: ") and all(word in last for word in words)
        check(said, f"{fault}: exit 1 and one line says why", f"{ended.code} {last} {ended.seconds:.1f} s")
        left = sorted(path.name for path in output.rglob("*")) if output.exists() else []
        check(not left, f"{fault}: nothing is left in OUTPUT", ", ".join(left))

        if not lab.is_long and fault not in ONCE:
            continue
        marker, once = lab.folder / f"{name}.marker", lab.folder / f"{name}-once"
        marker.touch()
        ended = application.run(*command(lab, once, *options), KINDRED_WORKER_FAULT=fault, KINDRED_WORKER_FAULT_ONCE=marker)
        check(not marker.exists(), f"{fault}, once: it struck")
        if check(ended.code == 0, f"{fault}, once: exit 0", f"{ended.last_lines(1)} {ended.seconds:.1f} s"):
            check(not graph_differences(wanted, once), f"{fault}, once: the same bits")


def test_many_messages(lab):
    """A worker that writes 2 MB of messages neither blocks nor fails."""
    lab.cluster.resize(2)
    application = lab.application()
    output = lab.folder / "messages"
    ended = application.run(*command(lab, output), KINDRED_WORKER_FAULT="stderr:2000000")
    if check(ended.code == 0, "2 MB of messages: exit 0", f"{ended.last_lines(1)} {ended.seconds:.1f} s"):
        wanted = lab.one_machine("graph", "--neighbors", 10, "--format", "npy")
        check(not graph_differences(wanted, output), "2 MB of messages: the same bits")
