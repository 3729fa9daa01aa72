"""The parts by themselves: frames of the worker, reading, chunks, the model of costs; pytest and ruff run over them."""

import importlib.util
import subprocess
import sys

from lib import HERE, ROOT, Skipped, check


def holds(*words, **environment):
    """Checks that a module of this Python, run at the root, ends with 0."""
    command = [sys.executable, "-m", *words]
    run = subprocess.run(
        command, env=environment or None, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    check(run.returncode == 0, " ".join(words[:2]), " / ".join(run.stdout.strip().splitlines()[-12:]))


def test_modules(lab):
    """Tests/spark holds without a cluster."""
    environment = {**lab.cluster.environment, "KINDRED_WORKER": lab.worker, "KINDRED_SPARK": str(lab.package.module)}
    # With it also whole fits, which the cluster's own tests have done already.
    if lab.is_long:
        environment["KINDRED"] = lab.program
    holds("pytest", "Tests/spark", f"--ignore={HERE}", "-q", "-p", "no:cacheprovider", **environment)


def test_style(lab):
    """ruff finds nothing amiss in kindred_spark and its tests."""
    if not importlib.util.find_spec("ruff"):
        raise Skipped("this Python has no ruff")
    holds("ruff", "check", "--no-cache")
    holds("ruff", "format", "--check", "--no-cache")
