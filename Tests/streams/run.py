"""Runs the tests of streams and prints a line for each check; ends with 1 where one fails. script/test-streams says how.

    run.py --broker PROGRAM [--program PATH] [--long] [--seed N] [NAME…]
"""

import argparse
import importlib
import random
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path

from lib import HERE, Lab, Skipped, check

# A test that takes longer hangs.
SECONDS = {False: 120, True: 900}


def tests(names):
    """The tests whose file or function one of the names is part of; all without names."""
    for path in sorted(HERE.glob("test_*.py")):
        for name, function in list(vars(importlib.import_module(path.stem)).items()):
            full = f"{path.stem}.{name}"
            if name.startswith("test_") and callable(function) and (not names or any(part in full for part in names)):
                yield full, function


def raise_timeout(*_):
    raise TimeoutError("the test hangs")


def run(name, test, arguments, folder):
    started = time.monotonic()
    print(f"\n{name}: {(test.__doc__ or name).strip().splitlines()[0]}", flush=True)
    lab = Lab(arguments.program, arguments.broker, folder, arguments.long, random.Random(arguments.seed))
    signal.alarm(SECONDS[arguments.long])
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


def main():
    parser = argparse.ArgumentParser(prog="script/test-streams")
    parser.add_argument("--program", required=True, help="the program under test")
    parser.add_argument("--broker", required=True, help="mockbroker.c, built")
    parser.add_argument("--long", action="store_true", help="more kills")
    parser.add_argument("--seed", type=int, default=16, help="of the random moments")
    parser.add_argument("names", nargs="*", metavar="NAME", help="parts of names of tests")
    arguments = parser.parse_args()
    signal.signal(signal.SIGALRM, raise_timeout)
    # Whoever ends the tests ends their processes.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="streams-") as folders:
        for name, test in tests(arguments.names):
            run(name, test, arguments, Path(tempfile.mkdtemp(dir=folders)))
    print(f"\n{check.count} checks, {len(check.failures)} failed, {time.monotonic() - started:.0f} s")
    for failure in check.failures:
        print(f"FAIL {failure}", file=sys.stderr)
    sys.exit(1 if check.failures else 0)


if __name__ == "__main__":
    main()
