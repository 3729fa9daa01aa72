"""Puts kindred_spark.py on the path: the file that KINDRED_SPARK names, or what the program KINDRED writes for a cluster."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILT = [ROOT / folder / "kindred" for folder in (".build/release", ".build/debug", ".build-checks/release")]


def packaged() -> Path | None:
    """The folder of kindred_spark.py."""
    if module := os.environ.get("KINDRED_SPARK"):
        return Path(module).parent
    program = os.environ.get("KINDRED") or next((path for path in BUILT if path.exists()), None)
    if not program or sys.platform != "linux":
        return None
    folder = Path(tempfile.mkdtemp(prefix="kindred-spark-"))
    # The worker does not matter here: any small program will do.
    subprocess.run([program, "spark", "package", "--worker", "/bin/true", "--output", folder, "--quiet"], check=True)
    return folder


FOLDER = packaged()
collect_ignore = [] if FOLDER else ["test_factors.py", "test_kindred_spark.py", "test_worker.py"]
if FOLDER:
    sys.path.insert(0, str(FOLDER))


def pytest_report_header() -> str:
    """Says what is tested, or why not."""
    return f"kindred_spark.py: {FOLDER or 'none: name one by KINDRED_SPARK, or a program for Linux by KINDRED, or build one'}"


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """A session on this machine, set up for many small queries: they are compiled longer than they run."""
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    settings = {
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        "spark.sql.shuffle.partitions": "2",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    builder = SparkSession.builder.master("local[2]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    yield session
    session.stop()
