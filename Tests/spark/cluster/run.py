"""Runs the tests on a cluster and prints a line for each check; ends with 1 where one fails. script/test-spark says how.

run.py --program PATH [--worker PATH] [--package FOLDER] [--long] [--seed N] [NAME…]
"""

import tempfile
from pathlib import Path

from lib import HERE, Lab, Shared, runner

# Every JVM runs for a minute at most: what the first compiler makes of its code is good enough, and takes half of the time.
JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"


def options(parser):
    parser.prog = "script/test-spark"
    parser.add_argument("--worker", help="the worker program; by default kindred-worker beside the program under test")
    parser.add_argument("--package", help="a folder with what `kindred spark package` writes, to test instead")


def main():
    shared = []

    def lab(arguments, folder, random):
        if not shared:
            arguments.worker = str(Path(arguments.worker or Path(arguments.program).parent / "kindred-worker").resolve())
            shared.append(Shared(arguments, Path(scratch), JAVA))
        return Lab(shared[0], folder, random)

    with tempfile.TemporaryDirectory(prefix="spark-", ignore_cleanup_errors=True) as scratch:
        try:
            runner.main(HERE, lab, seed=19, seconds={False: 480, True: 3600}, extra=options)
        finally:
            for one in shared:
                one.close()


if __name__ == "__main__":
    main()
