"""The worker process: fed by a thread while its answers are read, and never left behind."""

from __future__ import annotations

import contextlib
import itertools
import os
import struct
import subprocess
import threading
from collections.abc import Iterator, Mapping

from pyspark import SparkFiles

from .errors import WorkerError
from .frames import CONFIG, DONE, Frames, frame, read_frames


def worker_path() -> str:
    """The worker on this machine: that of the archive `#kindred`, or KINDRED_WORKER."""
    path = os.environ.get("KINDRED_WORKER") or os.path.join(SparkFiles.get("kindred"), "kindred-worker")
    if not os.path.exists(path):
        raise WorkerError("kindred-worker: not on this executor: submit with --archives kindred-worker.tar.gz#kindred")
    return path


def run_worker(config: Mapping[str, object], frames: Frames, limit: float = 21600) -> Iterator[tuple[int, bytes]]:
    """The frames that a worker answers, without DONE; HELLO comes first.

    A thread feeds the worker while its output is read. It is killed after `limit` seconds and when the iterator is closed.

    :param config: the lines of CONFIG; empty: only `frames` are sent.
    """
    # It ends by itself when its output has no reader, so that nothing is to be done between fork and exec: 4 ms instead of 15.
    pipe = subprocess.PIPE
    process = subprocess.Popen([worker_path()], stdin=pipe, stdout=pipe, stderr=pipe)
    messages, faults, sent, expired = bytearray(), [], itertools.count(), threading.Event()
    lines = "".join(f"{key}={value}\n" for key, value in config.items()).encode()

    def feed() -> None:
        try:
            for kind, payload in itertools.chain([(CONFIG, lines)] if config else [], frames):
                # Where the worker has ended, it says why.
                with contextlib.suppress(BrokenPipeError):
                    process.stdin.write(frame(kind, payload, next(sent)))
                if process.poll() is not None:
                    return
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()
        except BaseException as fault:
            faults.append(fault)
            process.kill()

    def listen() -> None:
        while piece := process.stderr.read1(1 << 16):
            messages[:] = (messages + piece)[-4096:]

    def expire() -> None:
        expired.set()
        process.kill()

    feeder, listener, timer = threading.Thread(target=feed), threading.Thread(target=listen), threading.Timer(limit, expire)
    for thread in (feeder, listener, timer):
        thread.daemon = True
        thread.start()
    try:
        for kind, payload in read_frames(process.stdout):
            if kind != DONE:
                yield kind, payload
        feeder.join(60)
        code = process.wait(60)
        problem = "" if struct.unpack_from("<Q", payload)[0] == next(sent) else "it did not read all frames"
    except WorkerError as error:
        problem = str(error)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)
        code = process.poll()
    finally:
        timer.cancel()
        process.kill()
        process.wait()
        listener.join(5)
    if faults:
        raise faults[0]
    if problem or code:
        raise WorkerError(failure(code, bytes(messages), problem, limit if expired.is_set() else None))


def failure(code: int | None, messages: bytes, problem: str, limit: float | None) -> str:
    """What is said of a worker that failed: how it ended and the last line of its messages."""
    how = f"ended by signal {-code}" if code and code < 0 else "did not end" if code is None else f"exit code {code}"
    if limit is not None:
        how = f"killed after {limit:g} s (--task-timeout)"
    last = messages.decode("utf-8", "replace").strip().rpartition("\n")[2].removeprefix("kindred-worker: ")
    return "kindred-worker: " + ": ".join(part for part in (how, last or problem) if part)
