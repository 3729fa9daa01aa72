"""The parts by themselves: frames of the worker, reading, chunks, the model of costs; pytest runs them."""

import subprocess
import sys

from lib import HERE, ROOT, check


def test_modules(lab):
    """Tests/spark holds without a cluster."""
    environment = {
        **lab.cluster.environment, "KINDRED_WORKER": lab.worker, "KINDRED_SPARK": str(lab.package.module)}  # fmt: skip
    # With it also whole fits, which the cluster's own tests have done already.
    if lab.is_long:
        environment["KINDRED"] = lab.program
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(HERE.parent), f"--ignore={HERE}"],
        env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)  # fmt: skip
    check(run.returncode == 0, "pytest Tests/spark", " / ".join(run.stdout.strip().splitlines()[-12:]))
