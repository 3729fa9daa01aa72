"""What the attacks share: checks that print a line each, a client that may break rules, and servers of one's own.

An attack is a function `test_…` in a file `test_….py`, its doc comment says what must hold, and it asks for what it needs:

    def test_endless_body(server):     the server under attack, by HTTP alone; this runs against a remote one, too
    def test_lost_file(lab):           a place for stores and servers of its own, which end with the attack

`server` is fresh for each attack unless an address was named. After each attack the servers must be alive and well.
"""

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from client import Service

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))

from checks import check  # noqa: E402

# Small enough that a refresh takes 0.6 s and a start 0.1 s; big enough for all models.
SMALL = "120x90x3000"
# As many users, items and ratings as MovieLens 100K.
LARGE = "943x1682x100000"

class Server(Service):
    """A server of one's own on a store, which ends by its process id."""

    def __init__(self, lab, store, options, wait=True, key=None, timeout=30, stderr=None, prefix=(), **process):
        """`prefix` is a command that runs the server in its own place, such as unshare."""
        self.store, self.log = store, lab.folder / f"log-{len(lab.servers)}"
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        super().__init__(f"http://127.0.0.1:{port}", key)
        self.command = [*prefix, str(lab.program), "serve", "--store", str(store), "--port", str(port), "--rate-limit", "0", *options]
        # A crash is told by the exit code; a backtrace would take seconds.
        process.setdefault("env", {**os.environ, "SWIFT_BACKTRACE": "enable=no"})
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log if stderr is None else stderr, **process)
        lab.servers.append(self)
        self.stopped = False
        if wait:
            self.wait_until_ready(timeout)

    def wait_until_ready(self, timeout=30):
        end = time.monotonic() + timeout
        while time.monotonic() < end and self.is_alive:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if self.get("/readyz", timeout=5).status == 200:
                    return self
            time.sleep(0.02)
        raise RuntimeError(f"not ready ({self.process.poll()}): {self.messages[-600:]}")

    def wait_until_listening(self, timeout=30):
        end = time.monotonic() + timeout
        while time.monotonic() < end and self.is_alive:
            if self.is_well():
                return self
            time.sleep(0.02)
        raise RuntimeError(f"not listening ({self.process.poll()}): {self.messages[-600:]}")

    @property
    def is_alive(self):
        return self.process.poll() is None

    @property
    def messages(self):
        return self.log.read_text(errors="replace")

    @property
    def pid(self):
        return self.process.pid

    @property
    def memory(self):
        """Resident memory in MB."""
        return self._status("VmRSS")

    @property
    def peak_memory(self):
        return self._status("VmHWM")

    def _status(self, name):
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
                if line.startswith(name):
                    return int(line.split()[1]) / 1024
        return 0.0

    @property
    def processor_seconds(self):
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def stop(self, how=signal.SIGTERM, timeout=15):
        """Returns the exit code, or `hangs` where it had to be killed. A crash is a negative code."""
        self.stopped = True
        if self.is_alive:
            self.process.send_signal(how)
            try:
                self.process.wait(timeout)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                return "hangs"
        return self.process.returncode


class Lab:
    """A place for stores and servers of one attack."""

    def __init__(self, program, folder, prepared, long=False):
        self.program, self.folder, self.prepared, self.long = Path(program).resolve(), folder, prepared, long
        self.servers = []
        folder.mkdir(parents=True, exist_ok=True)

    def __enter__(self):
        # Whoever ends the attacks ends their servers.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        return self

    def __exit__(self, *_):
        self.close()

    def run(self, *arguments, timeout=60, **process):
        """Runs the program. `returncode` is negative after a crash."""
        process.setdefault("env", {**os.environ, "SWIFT_BACKTRACE": "enable=no"})
        process.setdefault("stdin", subprocess.DEVNULL)
        return subprocess.run([str(self.program), *map(str, arguments)], capture_output=True, text=True, errors="replace",
                              timeout=timeout, **process)

    def store(self, name="store", shape=SMALL, refreshed=True):
        """A copy of a store with ratings, titles and, if `refreshed`, what a refresh computes with all models."""
        source = self._prepare(shape, refreshed)
        copy = self.folder / f"{name}.sqlite"
        for ending in ("", "-wal", "-shm"):
            Path(f"{copy}{ending}").unlink(missing_ok=True)
        shutil.copy(source, copy)
        return copy

    def _prepare(self, shape, refreshed):
        store = self.prepared / f"{shape}{'-refreshed' if refreshed else ''}.sqlite"
        if store.exists():
            return store
        if refreshed:
            shutil.copy(self._prepare(shape, False), f"{store}.new")
            server = Server(self, f"{store}.new", [], timeout=120)
            server.stop()
            self.servers.remove(server)
        else:
            ratings, movies = self.prepared / f"{shape}.csv", self.prepared / f"{shape}-movies.csv"
            for command in (["generate", shape, "--output", ratings, "--movies", movies],
                            ["import", ratings, "--items", movies, "--store", f"{store}.new"]):
                outcome = self.run(*command, "--quiet")
                if outcome.returncode:
                    raise RuntimeError(outcome.stderr)
        os.rename(f"{store}.new", store)
        return store

    def serve(self, store=None, *options, **keywords):
        """Starts a server on a store, by default on a fresh copy, and waits until it is ready."""
        return Server(self, store or self.store(), options, **keywords)

    def key(self, store, role, name=None):
        """Adds an API key to a store."""
        outcome = self.run("keys", "add", store, "--name", name or role, "--role", role)
        if outcome.returncode:
            raise RuntimeError(outcome.stderr)
        return outcome.stdout.strip()

    def close(self):
        """Ends its servers; returns what they died of, if they died."""
        deaths = []
        for server in self.servers:
            if not server.is_alive and not server.stopped:
                deaths.append(f"exit code {server.process.returncode}: {server.messages[-300:]}")
            server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
        return deaths


class Pulse:
    """Asks /healthz 20 times per second from a process of its own, and tells the latencies in ms at the end.

        with Pulse(server) as pulse: …
        check(pulse.p99 <= 50, …)
    """

    def __init__(self, service):
        self.service = service

    def __enter__(self):
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "pulse.py"), self.service.host, str(self.service.port)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, kind, *_):
        output, _ = self.process.communicate("")
        if kind:
            return
        figures = json.loads(output)
        self.count, self.failures = figures["count"], figures["failures"]
        self.p50, self.p99, self.longest = figures["p50"], figures["p99"], figures["longest"]

    def __str__(self):
        return (f"{self.count} requests, {self.failures} failed, "
                f"p50 {self.p50:.1f}, p99 {self.p99:.1f}, longest {self.longest:.1f} ms")
