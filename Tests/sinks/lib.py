"""What the tests of sinks share: doubles of Elasticsearch, a store, and the program under test.

A test is a function `test_…(lab)` in a file `test_….py`; its doc comment says what must hold.
"""

import contextlib
import importlib.util
import json
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))

import runner  # noqa: E402
from checks import check  # noqa: E402, F401
from runner import ENVIRONMENT, ROOT, Skipped, wait  # noqa: E402

DOUBLES = ("osmem", "noida")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def package_folder(name):
    found = importlib.util.find_spec(name)
    if not found:
        raise Skipped(f"the package {name.replace('_', '-')} is missing")
    return Path(found.submodule_search_locations[0])


def ask(url, method="GET", body=None, headers=None, timeout=30):
    """Asks over HTTP; returns the JSON of the answer, or its text. Statuses of errors raise urllib.error.HTTPError."""
    data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json", **(headers or {})}, method=method)
    with urllib.request.urlopen(request, timeout=timeout) as answer:
        text = answer.read().decode()
    with contextlib.suppress(ValueError):
        return json.loads(text)
    return text


class Double:
    """A small server that answers as Elasticsearch (noida) or OpenSearch (osmem) would, in a process that ends with it."""

    def __init__(self, kind, folder):
        self.kind, self.port = kind, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        if kind == "osmem":
            program = package_folder("osmem_server") / "bin/osmem-server"
            command = [program, "-addr", f"127.0.0.1:{self.port}", "-no-stdin-watch", "-no-ja"]
        else:
            program = package_folder("noida_db") / "noida-db"
            program.chmod(0o755)
            command = [program, "start", "--only", "elasticsearch", "--elasticsearch-port", self.port, "--data-dir", f"noida-{self.port}"]
        self.log = open(Path(folder) / f"{kind}-{self.port}.log", "w")
        self.process = subprocess.Popen(list(map(str, command)), stdout=self.log, stderr=subprocess.STDOUT, cwd=folder)
        wait(f"{kind} answers", self.answers, 20)

    def answers(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"{self.kind} ended with {self.process.returncode}: {Path(self.log.name).read_text()[-300:]}")
        with contextlib.suppress(OSError, urllib.error.URLError):
            return ask(self.url)

    def count(self, index):
        ask(f"{self.url}/{index}/_refresh", "POST")
        return ask(f"{self.url}/{index}/_count")["count"]

    def documents(self, index, size=1000):
        """All documents of an index or alias by their ids."""
        ask(f"{self.url}/{index}/_refresh", "POST")
        found, after = {}, None
        while True:
            body = {"size": size, "sort": [{"_id": "asc"}], **({"search_after": after} if after else {})}
            hits = ask(f"{self.url}/{index}/_search", "POST", body)["hits"]["hits"]
            if not hits:
                return found
            found.update((hit["_id"], hit["_source"]) for hit in hits)
            after = hits[-1]["sort"]

    def close(self):
        self.process.kill()
        self.process.wait(10)
        self.log.close()


class Lab:
    """A folder, doubles and services of one test, which end with it."""

    def __init__(self, program, folder, is_long, random):
        self.program, self.folder, self.is_long, self.random = program, folder, is_long, random
        self.open = []

    def double(self, kind="osmem"):
        return self.closing(Double(kind, self.folder))

    def closing(self, thing):
        """Closes a thing at the end of the test."""
        self.open.append(thing)
        return thing

    def run(self, *arguments, timeout=120):
        return subprocess.run(
            [self.program, *map(str, arguments)], capture_output=True, text=True, timeout=timeout, check=False, env=ENVIRONMENT)

    def kindred(self, *arguments, timeout=120):
        """Runs a command to its end; returns its result as JSON where it prints some."""
        run = self.run(*arguments, timeout=timeout)
        assert run.returncode == 0, f"{arguments[0]} ended with {run.returncode}: {run.stderr[-600:]}"
        return json.loads(run.stdout) if run.stdout.startswith("{") else run.stdout

    def store(self, is_small=False):
        """A store of MovieLens 100K where it is beside the project, else or where it is to be small of the sample; its path."""
        path = self.folder / "store.sqlite"
        movielens = ROOT.parent / "shared/data/ml-100k"
        source = movielens if movielens.exists() and not is_small else ROOT / "data/sample"
        self.kindred("import", source, "--store", path, "--quiet")
        return path

    def computed(self, store):
        """Has a service compute communities, edges and recommendations of a store."""
        server, _ = self.serve(store, "--models", "popularity")
        wait("a run", lambda: query(store, "SELECT count(*) FROM runs")[0][0] > 0, 120)
        server.terminate()
        server.wait(30)

    def start(self, *arguments):
        """Starts a program that runs until the test ends."""
        return self.closing(Running([self.program, *map(str, arguments)]))

    def serve(self, store, *options):
        """Starts a service; returns its process and its address."""
        server = self.start("serve", "--store", store, "--port", "0", "--compare", "none", *options)
        address = next(found[1] for line in server.process.stdout if (found := re.search(r"answers at (http://[0-9.:]+)", line)))
        server.follow()
        return server.process, address

    def close(self):
        for thing in reversed(self.open):
            thing.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def query(store, sql):
    """Rows of a store, as another program reads it."""
    with contextlib.closing(sqlite3.connect(store, timeout=10)) as connection:
        return connection.execute(sql).fetchall()


class Running:
    """A process, of which the output is read so that it never waits for a reader."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=ENVIRONMENT)
        self.lines = []

    def follow(self):
        threading.Thread(target=lambda: self.lines.extend(self.process.stdout), daemon=True).start()

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(10)
