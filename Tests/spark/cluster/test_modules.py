"""The parts by themselves: frames of the worker, reading, chunks, the model of costs; pytest runs them."""

import os
import subprocess
import sys

from lib import HERE, ROOT, check


def test_modules(lab):
    """Tests/spark holds without a cluster."""
    environment = {
        **os.environ, **lab.cluster.environment, "KINDRED_WORKER": lab.worker, "KINDRED": lab.program,
        "KINDRED_SPARK": str(lab.package.module)}  # fmt: skip
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(HERE.parent), f"--ignore={HERE}"],
        env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)  # fmt: skip
    check(run.returncode == 0, "pytest Tests/spark", " / ".join(run.stdout.strip().splitlines()[-12:]))
