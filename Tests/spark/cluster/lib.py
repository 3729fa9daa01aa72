"""What the tests on a cluster share: the cluster, the package under test, one machine's runs of the same data.

A test is a function `test_…(lab)` in a file `test_….py`; its doc comment says what must hold.
"""

import contextlib
import hashlib
import json
import os
import queue
import shlex
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent.parent))

import runner  # noqa: E402, F401
from checks import check  # noqa: E402, F401
from machines import Cluster  # noqa: E402
from runner import ENVIRONMENT, ROOT, Skipped, wait  # noqa: E402, F401


@dataclass(frozen=True)
class Ended:
    """A command that has ended."""

    code: int
    seconds: float
    output: str

    def last_lines(self, count: int = 3) -> str:
        return " / ".join(self.output.strip().splitlines()[-count:])


class Application:
    """A driver of Spark that runs commands one after the other; see cases.py."""

    def __init__(self, command: list[str], environment: dict[str, str], log: Path):
        self.log = log
        with open(log, "w") as file:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=file,
                text=True,
                env=environment,
                start_new_session=True,
            )
        self.answers: queue.Queue = queue.Queue()
        self.is_free = False
        threading.Thread(target=self.read, daemon=True).start()
        self.answer(90)

    def read(self) -> None:
        for line in self.process.stdout:
            if line.startswith("KINDRED-CASE "):
                self.answers.put(json.loads(line.partition(" ")[2]))
        self.answers.put(None)

    def answer(self, seconds: float) -> dict:
        try:
            found = self.answers.get(timeout=seconds)
        except queue.Empty:
            raise RuntimeError(f"no answer within {seconds} s: {self.said()[-600:]}") from None
        if found is None:
            raise RuntimeError(f"the driver has ended: {self.said()[-1500:]}")
        self.is_free = True
        return found

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def begin(self, *arguments: object, **environment: object) -> None:
        """Begins a command; `finish` waits for its end."""
        self.is_free = False
        variables = {name: str(value) for name, value in environment.items()}
        print(
            json.dumps({"arguments": list(map(str, arguments)), "environment": variables}), file=self.process.stdin, flush=True
        )

    def finish(self, seconds: float = 240) -> Ended:
        return Ended(**self.answer(seconds))

    def run(self, *arguments: object, seconds: float = 240, **environment: object) -> Ended:
        self.begin(*arguments, **environment)
        return self.finish(seconds)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(15)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, 9)
        self.process.wait(10)


class Package:
    """What `kindred spark package` writes: the module for spark-submit, and the worker for `--archives`."""

    def __init__(self, program: str, worker: str, folder: Path):
        if not (folder / "kindred_spark.py").exists():
            command = [program, "spark", "package", "--worker", worker, "--output", folder]
            made = subprocess.run(command, capture_output=True, text=True, check=False)
            if made.returncode:
                raise RuntimeError(f"kindred spark package: {made.stderr[-600:]}")
        self.module, self.archive = folder / "kindred_spark.py", f"{folder / 'kindred-worker.tar.gz'}#kindred"


class Lab:
    """A folder of one test; the cluster and one machine's results are shared with all."""

    def __init__(self, shared: "Shared", folder: Path, random):
        self.shared, self.folder, self.random = shared, folder, random
        self.is_long, self.program = shared.arguments.long, shared.arguments.program
        self.open: list = []

    @property
    def cluster(self) -> Cluster:
        return self.shared.cluster

    @property
    def package(self) -> Package:
        return self.shared.package

    @property
    def worker(self) -> str:
        return self.shared.arguments.worker

    @property
    def source(self) -> Path:
        """Ratings: MovieLens 100K where it is beside the project, else the sample."""
        movielens = ROOT.parent / "shared/data/ml-100k/u.data"
        return movielens if movielens.exists() else ROOT / "data/sample/ratings.csv"

    @property
    def is_movielens(self) -> bool:
        return self.source.name == "u.data"

    def one_machine(self, command: str, *options: object, source: Path | None = None) -> Path:
        """The folder that `kindred graph` or `kindred train` writes, with its JSON in `printed.json`; kept for other tests."""
        words = [self.program, command, str(source or self.source), *map(str, options)]
        folder = self.shared.folder / f"one-{hashlib.sha256(' '.join(words).encode()).hexdigest()[:16]}"
        if not folder.exists():
            run = subprocess.run(
                [*words, "--output", folder, "--json", "--quiet"], capture_output=True, text=True, env=ENVIRONMENT, check=False
            )
            if run.returncode:
                raise RuntimeError(f"kindred {command}: {run.stderr[-600:]}")
            (folder / "printed.json").write_text(run.stdout)
        return folder

    def kindred(self, *arguments: object) -> subprocess.CompletedProcess:
        """Runs the program under test."""
        command = [self.program, *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT, timeout=120, check=False)

    def submit(self, *arguments: object, seconds: float = 300, settings: dict | None = None) -> Ended:
        """Runs the module by spark-submit, as a user would, alone on the cluster."""
        self.shared.end_application()
        command = [
            f"{self.cluster.home}/bin/spark-submit",
            *self.cluster.options(**(settings or {})),
            "--archives",
            self.package.archive,
            self.package.module,
            *arguments,
        ]
        begin = time.monotonic()
        run = subprocess.run(
            list(map(str, command)),
            env=self.cluster.environment,
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=seconds,
            check=False,
        )
        return Ended(run.returncode, time.monotonic() - begin, run.stdout)

    def application(self) -> Application:
        """The driver on the cluster that tests share, as each start takes long."""
        return self.shared.application

    @property
    def shipped(self) -> tuple[str, str]:
        """Options that ship the worker where spark-submit cannot."""
        return "--archive", self.package.archive.partition("#")[0]

    def connected(self) -> Application:
        """A driver that is a client of a Connect server, alone on the cluster; both end with the test."""
        self.shared.end_application()
        address = self.cluster.start_connect()
        variables = {"SPARK_REMOTE": address, "SPARK_CONNECT_MODE_ENABLED": "1"}
        return self.closing(self.shared.driver(variables))

    def closing(self, thing):
        """Closes a thing at the end of the test."""
        self.open.append(thing)
        return thing

    def close(self) -> None:
        for thing in reversed(self.open):
            thing.close()
        if "cluster" in self.shared.made:
            self.cluster.stop_connect()


class Shared:
    """What is made once for all tests, when one asks for it."""

    def __init__(self, arguments, folder: Path, java: str = ""):
        self.arguments, self.folder, self.java = arguments, folder, java
        self.made: dict[str, object] = {}

    @property
    def cluster(self) -> Cluster:
        if "cluster" not in self.made:
            self.made["cluster"] = Cluster(sys.executable, self.folder / "cluster", java=self.java)
        return self.made["cluster"]

    @property
    def package(self) -> Package:
        if "package" not in self.made:
            folder = Path(self.arguments.package) if self.arguments.package else self.folder / "package"
            self.made["package"] = Package(self.arguments.program, self.arguments.worker, folder)
        return self.made["package"]

    @property
    def application(self) -> Application:
        found = self.made.get("application")
        if found is not None and found.is_free and found.process.poll() is None:
            return found
        self.end_application()
        settings = {
            "spark.task.maxFailures": 3,
            # Small queries are compiled longer than they run; what is submitted runs as it is by default.
            "spark.sql.codegen.wholeStage": "false",
            "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        }
        words = [*self.cluster.options(**settings), "--archives", self.package.archive, "pyspark-shell"]
        self.made["application"] = self.driver({"PYSPARK_SUBMIT_ARGS": shlex.join(words)})
        return self.made["application"]

    def driver(self, variables: dict[str, str]) -> Application:
        environment = {**self.cluster.environment, **variables, "PYTHONPATH": str(self.package.module.parent)}
        log = self.folder / f"driver-{time.monotonic_ns()}.log"
        return Application([self.cluster.python, str(HERE / "cases.py")], environment, log)

    def end_application(self) -> None:
        if found := self.made.pop("application", None):
            found.close()

    def close(self) -> None:
        self.end_application()
        if cluster := self.made.pop("cluster", None):
            cluster.close()
