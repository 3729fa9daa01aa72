"""A standalone cluster of Spark on loopback: one Master, its Workers, and a Connect server where one is asked for.

Everything runs in sessions of its own, so that whatever descends from a process is found and ended by its id.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from runner import Skipped, wait


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def java_home() -> str:
    """Where a Java is that Spark 4 runs on: 17 or later."""
    for candidate in (os.environ.get("JAVA_HOME"), *map(str, sorted(Path("/usr/lib/jvm").glob("*17*"))), "/usr"):
        if candidate and Path(candidate, "bin/java").exists():
            said = subprocess.run([f"{candidate}/bin/java", "-version"], capture_output=True, text=True, check=False).stderr
            if (found := re.search(r'version "(\d+)', said)) and int(found.group(1)) >= 17:
                return candidate
    raise Skipped("there is no Java 17 (Debian: openjdk-17-jre-headless)")


@dataclass(frozen=True)
class Process:
    """A line of /proc: what runs, in which session."""

    pid: int
    parent: int
    session: int
    command: str


def processes() -> list[Process]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            if fields[0] != "Z":
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                found.append(Process(int(folder.name), int(fields[1]), int(fields[3]), command))
    return found


class Daemon:
    """A process of the cluster in a session of its own."""

    def __init__(self, name: str, command: list[object], environment: dict[str, str], log: Path):
        self.name, self.log = name, log
        with open(log, "a") as file:
            self.process = subprocess.Popen(
                list(map(str, command)),
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def session(self) -> int:
        return self.process.pid

    def members(self) -> list[Process]:
        return [process for process in processes() if process.session == self.session]

    def kill(self) -> None:
        """Kills the process itself; what descends from it has to end by itself."""
        self.process.kill()
        self.process.wait(10)

    def close(self) -> None:
        """Ends the process, then whatever is left of its session."""
        if self.process.poll() is None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(5)
        for process in self.members():
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(10)


WITHOUT_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def is_strange(name: str) -> bool:
    """Whether a variable sets up another Spark, or has calls to this machine go by a proxy."""
    return name.startswith(("SPARK_", "PYSPARK_")) or name.lower().endswith("_proxy")


class Cluster:
    """One Master and some Workers, each with `cores` cores for one executor; `java` are options of all that runs on the JVM."""

    def __init__(self, python: str, folder: Path, workers: int = 2, cores: int = 1, memory: str = "2g", java: str = ""):
        self.python, self.folder, self.cores, self.memory, self.java = python, folder, cores, memory, java
        home = subprocess.run(
            [python, "-c", "import os, pyspark; print(os.path.dirname(pyspark.__file__), pyspark.__version__)"],
            capture_output=True,
            text=True,
            check=False,
        )
        if home.returncode:
            raise Skipped(f"{python} has no pyspark")
        self.home, self.version = home.stdout.split()
        folder.mkdir(parents=True, exist_ok=True)
        self.environment = {
            **{name: value for name, value in os.environ.items() if not is_strange(name)},
            "JAVA_HOME": java_home(),
            "SPARK_HOME": self.home,
            "PYSPARK_PYTHON": python,
            "PYSPARK_DRIVER_PYTHON": python,
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_LOCAL_HOSTNAME": "localhost",
            "SPARK_LOCAL_DIRS": str(folder / "local"),
            "SPARK_LOG_DIR": str(folder / "log"),
            "OPENBLAS_NUM_THREADS": "1",
            "SPARK_NO_DAEMONIZE": "1",
            "SPARK_DAEMON_JAVA_OPTS": java,
            "SWIFT_BACKTRACE": "enable=no",
        }
        self.port, self.web = free_port(), free_port()
        self.url = f"spark://127.0.0.1:{self.port}"
        self.events = folder / "events"
        self.events.mkdir(exist_ok=True)
        self.workers: list[Daemon] = []
        self.started = 0
        self.connect: Daemon | None = None
        self.master = self.launch(
            "master",
            "org.apache.spark.deploy.master.Master",
            "--host",
            "127.0.0.1",
            "--port",
            self.port,
            "--webui-port",
            self.web,
        )
        try:
            wait("the Master listens", lambda: self.status() is not None, 60)
            self.resize(workers)
        except BaseException:
            self.close()
            raise

    def launch(self, name: str, kind: str, *arguments: object, memory: str = "256m") -> Daemon:
        command = [f"{self.home}/bin/spark-class", kind, *arguments]
        return Daemon(name, command, {**self.environment, "SPARK_DAEMON_MEMORY": memory}, self.folder / f"{name}.log")

    def status(self) -> dict | None:
        if self.master.process.poll() is not None:
            raise RuntimeError(f"the Master has ended: {self.master.log.read_text()[-600:]}")
        address = f"http://127.0.0.1:{self.web}/json/"
        with contextlib.suppress(OSError, ValueError), WITHOUT_PROXY.open(address, timeout=5) as answer:
            return json.load(answer)
        return None

    def resize(self, workers: int) -> None:
        """Starts and stops Workers until so many live."""
        self.workers = [worker for worker in self.workers if worker.process.poll() is None]
        while len(self.workers) > workers:
            self.workers.pop().close()
        while len(self.workers) < workers:
            self.started += 1
            name = f"worker{self.started}"
            self.workers.append(
                self.launch(
                    name,
                    "org.apache.spark.deploy.worker.Worker",
                    "--host",
                    "127.0.0.1",
                    "--port",
                    0,
                    "--webui-port",
                    0,
                    "--cores",
                    self.cores,
                    "--memory",
                    self.memory,
                    "--work-dir",
                    self.folder / "work" / name,
                    self.url,
                )
            )
        wait("the Workers live", lambda: (self.status() or {}).get("aliveworkers") == workers, 60)

    def executors(self) -> list[Process]:
        """The JVMs that run tasks. They write where Spark told their Worker."""
        sessions = {worker.session for worker in self.workers}
        return [one for one in processes() if one.session in sessions and "CoarseGrainedExecutorBackend" in one.command]

    def programs(self, name: str = "kindred-worker") -> list[Process]:
        """Processes of the worker program that descend from any Worker that was ever started here."""
        return [
            one for one in processes() if one.command.partition(" ")[0].endswith(name) and str(self.folder) in self.origin(one)
        ]

    @staticmethod
    def origin(process: Process) -> str:
        with contextlib.suppress(OSError):
            return os.readlink(f"/proc/{process.pid}/cwd") + os.readlink(f"/proc/{process.pid}/exe")
        return ""

    def options(self, **settings: object) -> list[str]:
        """Options of spark-submit for this cluster, with an event log in plain text."""
        chosen = {
            "spark.executor.memory": "600m",
            **dict.fromkeys(("spark.driver.extraJavaOptions", "spark.executor.extraJavaOptions"), self.java),
            "spark.executor.cores": self.cores,
            "spark.task.cpus": self.cores,
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.sql.shuffle.partitions": 4,
            "spark.default.parallelism": 2,
            "spark.shuffle.io.retryWait": "1s",
            "spark.eventLog.enabled": "true",
            "spark.eventLog.dir": f"file:{self.events}",
            "spark.eventLog.rolling.enabled": "false",
            "spark.eventLog.compress": "false",
            **settings,
        }
        configuration = [word for name, value in chosen.items() for word in ("--conf", f"{name}={value}")]
        return ["--master", self.url, "--driver-memory", "768m", *configuration]

    def start_connect(self) -> str:
        """Starts a Connect server on the cluster, which holds its cores until `stop_connect`; returns its address."""
        port = free_port()
        self.connect = self.launch(
            "connect",
            "org.apache.spark.deploy.SparkSubmit",
            "--class",
            "org.apache.spark.sql.connect.service.SparkConnectServer",
            *self.options(**{"spark.connect.grpc.binding.port": port, "spark.connect.grpc.binding.address": "127.0.0.1"}),
            "spark-internal",
            memory="768m",
        )

        def answers() -> bool:
            if self.connect.process.poll() is not None:
                raise RuntimeError(f"the Connect server has ended: {self.connect.log.read_text()[-600:]}")
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                return True
            return False

        wait("the Connect server listens", answers, 90)
        return f"sc://127.0.0.1:{port}"

    def stop_connect(self) -> None:
        if self.connect:
            self.connect.close()
            self.connect = None

    def close(self) -> None:
        self.stop_connect()
        for daemon in (*self.workers, self.master):
            daemon.close()
        for process in self.programs():
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)

    def forget(self) -> None:
        """Ends everything and removes the folder."""
        self.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def gone(cluster: Cluster, seconds: float = 5) -> float | None:
    """Seconds until no worker program is left; None where some are after `seconds`."""
    begin = time.monotonic()
    while time.monotonic() - begin < seconds:
        if not cluster.programs():
            return time.monotonic() - begin
        time.sleep(0.05)
    return None
