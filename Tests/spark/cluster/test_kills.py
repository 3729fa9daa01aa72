"""What is killed is computed again: the same bits, exit 0, and no worker program stays behind.

A worker that hangs, once, gives the moment: whatever is killed then is in the middle of a task.
"""

import os
import re
import signal
import time

from arrays import graph_differences, losses, model_differences
from lib import check, wait
from machines import gone, processes

VICTIMS = ("worker process", "executor", "Worker")


def hung(cluster):
    """The worker program that hangs: one that lives on while all others end."""
    before = {program.pid for program in cluster.programs()}
    time.sleep(1)
    return next((program for program in cluster.programs() if program.pid in before), None)


def kill(cluster, victim, program):
    """Kills with -9 the program, the executor that it works for, or that one's Worker."""
    if victim == "Worker":
        # An executor lives in its Worker's session.
        worker = next(worker for worker in cluster.workers if worker.session == program.session)
        worker.kill()
    elif victim == "executor":
        executor = next(one for one in cluster.executors() if one.session == program.session)
        os.kill(executor.pid, signal.SIGKILL)
    else:
        os.kill(program.pid, signal.SIGKILL)
    return f"{victim} of {program.pid}"


def struck(lab, application, victim, marker, reached, command):
    """Runs a command, and kills the victim once a worker hangs after `reached` holds."""
    application.begin(*command, KINDRED_WORKER_FAULT="hang", KINDRED_WORKER_FAULT_ONCE=marker)
    wait("the moment", reached, 120)
    marker.touch()
    wait("a worker hangs", lambda: not marker.exists(), 120)
    program = wait("the worker that hangs", lambda: hung(lab.cluster), 20)
    kill(lab.cluster, victim, program)
    seconds = gone_with(program)
    check(seconds is not None, f"{victim}: the worker program is gone within 5 s", f"{seconds or 5:.1f} s")
    return application.finish()


def gone_with(program, limit=5):
    """Seconds until a program has ended; None where it lives on."""
    begin = time.monotonic()
    while time.monotonic() - begin < limit:
        if all(one.pid != program.pid for one in processes()):
            return time.monotonic() - begin
        time.sleep(0.05)
    return None


def settle(lab, victim):
    seconds = gone(lab.cluster)
    check(seconds is not None, f"{victim}: no worker program 5 s after the end", f"{len(lab.cluster.programs())} left")
    lab.cluster.resize(2)


def test_kill_in_pairs(lab):
    """kill -9 of worker process, executor and Worker while pairs of blocks are compared."""
    lab.cluster.resize(2)
    application = lab.application()
    wanted = lab.one_machine("graph", "--neighbors", 10, "--format", "npy")
    for victim in VICTIMS:
        output = lab.folder / victim.replace(" ", "-")
        command = ("graph", "--ratings", lab.source, "--neighbors", 10, "--blocks", 5, "--output", output)
        ended = struck(lab, application, victim, lab.folder / f"{output.name}.once", lambda: True, command)
        if check(
            ended.code == 0, f"{victim}: exit 0", f"{ended.seconds:.1f} s {'' if ended.code == 0 else ended.last_lines()}"
        ):
            different = graph_differences(wanted, output)
            check(not different, f"{victim}: the same bits", ", ".join(different))
        settle(lab, victim)


def test_kill_in_iteration(lab):
    """kill -9 of worker process, executor and Worker in the second iteration of als."""
    lab.cluster.resize(2)
    application = lab.application()
    shape = ("--rank", 20, "--iterations", 3)
    wanted = lab.one_machine("train", "--model", "als", *shape, "--restarts", 1)
    for victim in VICTIMS:
        output = lab.folder / victim.replace(" ", "-")
        before = len(iterations(application))
        command = ("als", "--ratings", lab.source, *shape, "--blocks", 4, "--output", output)
        ended = struck(
            lab,
            application,
            victim,
            lab.folder / f"{output.name}.once",
            lambda before=before: len(iterations(application)) > before,
            command,
        )
        if check(
            ended.code == 0, f"{victim}: exit 0", f"{ended.seconds:.1f} s {'' if ended.code == 0 else ended.last_lines()}"
        ):
            different = model_differences(wanted, output)
            if losses(output) != losses_of(wanted):
                different.append("losses")
            check(not different, f"{victim}: the same bits", ", ".join(different))
        settle(lab, victim)


def iterations(application):
    """What the driver has said of iterations that ended."""
    return re.findall(r"als iteration \d+ of \d+, [\d.]+ s", application.said(), re.MULTILINE)


def losses_of(folder):
    import json

    return json.loads((folder / "printed.json").read_text())["losses"]
