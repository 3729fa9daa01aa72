"""Finds and runs tests of the program: functions `test_…(lab)` in files `test_….py`, whose doc comments say what must hold."""

import argparse
import importlib
import os
import random
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path

from checks import check

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = {**os.environ, "SWIFT_BACKTRACE": "enable=no"}


class Skipped(Exception):
    """What a test needs is not on this machine."""


def wait(what, condition, seconds=60):
    """Waits until a condition holds, and returns what it gave."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.01)
    raise RuntimeError(f"{what}: not within {seconds} s")


def tests(folder, names):
    """The tests whose file or function one of the names is part of; all without names."""
    for path in sorted(folder.glob("test_*.py")):
        for name, function in list(vars(importlib.import_module(path.stem)).items()):
            full = f"{path.stem}.{name}"
            if name.startswith("test_") and callable(function) and (not names or any(part in full for part in names)):
                yield full, function


def raise_timeout(*_):
    raise TimeoutError("the test hangs")


def run(name, test, lab, seconds):
    started = time.monotonic()
    print(f"\n{name}: {(test.__doc__ or name).strip().splitlines()[0]}", flush=True)
    signal.alarm(seconds)
    try:
        test(lab)
    except Skipped as reason:
        print(f"     skipped: {reason}", flush=True)
    except Exception as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        check(False, f"{name}: {type(error).__name__}", f"{error} at {Path(frame.filename).name}:{frame.lineno}")
    finally:
        signal.alarm(0)
        lab.close()
    print(f"     {time.monotonic() - started:.1f} s", flush=True)


def main(folder, make_lab, seed, seconds, extra=lambda parser: None):
    """Runs the tests of a folder; ends with 1 where a check fails.

    `make_lab(arguments, scratch, random)` makes what a test is given; `seconds` is when a test hangs, without --long and with
    it; `extra` adds options to the parser.
    """
    parser = argparse.ArgumentParser(prog=f"script/test-{folder.name}")
    parser.add_argument("--program", required=True, help="the program under test")
    parser.add_argument("--long", action="store_true", help="more kills, longer outages, benchmarks")
    parser.add_argument("--seed", type=int, default=seed, help="of the random moments")
    parser.add_argument("names", nargs="*", metavar="NAME", help="parts of names of tests")
    extra(parser)
    arguments = parser.parse_args()
    arguments.program = str(Path(arguments.program).resolve())
    signal.signal(signal.SIGALRM, raise_timeout)
    # Whoever ends the tests ends their processes.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix=f"{folder.name}-") as scratch:
        for name, test in tests(folder, arguments.names):
            lab = make_lab(arguments, Path(tempfile.mkdtemp(dir=scratch)), random.Random(arguments.seed))
            run(name, test, lab, seconds[arguments.long])
    print(f"\n{check.count} checks, {len(check.failures)} failed, {time.monotonic() - started:.0f} s")
    for failure in check.failures:
        print(f"FAIL {failure}", file=sys.stderr)
    sys.exit(1 if check.failures else 0)
