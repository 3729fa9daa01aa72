"""A service under load that a Prometheus scrapes with a read key, as deploy/prometheus says."""

import contextlib
import json
import random
import re
import shutil
import subprocess
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

from lib import ROOT, Skipped, ask, free_port, wait

DEPLOY = ROOT / "deploy/prometheus"


def tool(name):
    path = shutil.which(name)
    if not path:
        raise Skipped(f"{name} is missing; on Debian: apt-get install prometheus")
    return path


class Prometheus:
    """One with the configuration and the rules of deploy/prometheus, once a second instead of every few."""

    def __init__(self, folder, target, key):
        self.folder, self.address = Path(folder), f"127.0.0.1:{free_port()}"
        self.url = f"http://{self.address}"
        self.folder.mkdir()
        configuration = (DEPLOY / "prometheus.yml").read_text().replace("kindred:8080", target)
        configuration = re.sub(r"(scrape|evaluation)_interval: \d+s", r"\1_interval: 1s", configuration)
        (self.folder / "prometheus.yml").write_text(configuration.replace("localhost:9090", self.address))
        (self.folder / "kindred.key").write_text(key + "\n")
        shutil.copy(DEPLOY / "rules.yml", self.folder)
        self.log = open(self.folder / "log", "w")
        self.process = subprocess.Popen([
            tool("prometheus"), f"--config.file={self.folder}/prometheus.yml", f"--storage.tsdb.path={self.folder}/data",
            f"--web.listen-address={self.address}"], stdout=self.log, stderr=subprocess.STDOUT)
        wait("Prometheus", self.is_ready, 30)

    def is_ready(self):
        assert self.process.poll() is None, (self.folder / "log").read_text()[-600:]
        with contextlib.suppress(urllib.error.URLError, OSError):
            return "Ready" in ask(f"{self.url}/-/ready")

    def get(self, path):
        return ask(f"{self.url}/api/v1/{path}")["data"]

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()


class Load:
    """Ratings, lists and a few wrong requests, some tens each second, and a file of ratings every other second."""

    def __init__(self, address, key, folder, seed):
        self.address, self.key, self.folder = address, key, Path(folder)
        self.random = random.Random(seed)
        self.is_ending = threading.Event()
        self.threads = [threading.Thread(target=work, daemon=True) for work in (self.request, self.write)]
        for thread in self.threads:
            thread.start()

    def request(self):
        while not self.is_ending.wait(0.02):
            user, item = self.random.randint(1, 500), self.random.randint(1, 300)
            rating = {"user_id": str(user), "item_id": str(item), "rating": self.random.randint(1, 5)}
            with contextlib.suppress(urllib.error.HTTPError):
                self.ask("/ratings", rating)
                self.ask(f"/users/{user}/recommendations")
                self.ask("/movies?per_page=20")
                self.ask("/movies/there-is-none")

    def ask(self, path, body=None):
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(self.address + path, data, headers), timeout=20) as answer:
            answer.read()

    def write(self):
        for number in range(1_000_000):
            rows = [f"{self.random.randint(1, 500)},{self.random.randint(1, 300)},{self.random.randint(1, 5)},{int(time.time())}"
                    for _ in range(20)]
            lines = ["userId,movieId,rating,timestamp", *rows, "1,2,oops,3"]
            (self.folder / f".{number}").write_text("\n".join(lines) + "\n")
            (self.folder / f".{number}").rename(self.folder / f"{number}.csv")
            if self.is_ending.wait(2):
                return

    def close(self):
        self.is_ending.set()
        for thread in self.threads:
            thread.join(20)


class Monitored:
    """Service, load and Prometheus, which end with the test."""

    def __init__(self, lab):
        tool("prometheus")
        store, incoming = lab.folder / "store.sqlite", lab.folder / "incoming"
        incoming.mkdir()
        # Of the sample, so that the first full load of a sink is over soon.
        lab.kindred("import", ROOT / "data/sample", "--store", store, "--quiet")
        self.keys = {
            role: lab.kindred("keys", "add", store, "--name", role, "--role", role).strip() for role in ("read", "write", "admin")}
        # What nothing here can have.
        self.left_out = ()
        options = []
        if "--elasticsearch" in lab.kindred("serve", "--help"):
            try:
                options = ["--elasticsearch", lab.double().url]
            except Skipped as reason:
                self.left_out = ("kindred_sink_",)
                print(f"     without sinks: {reason}", flush=True)
        else:
            self.left_out = ("kindred_sink_",)
            print("     without sinks: the program has none", flush=True)
        _, self.address = lab.serve(
            store, "--compare", "als,baseline,popularity", "--models", "als,popularity", "--watch", incoming, "--settle", "0.1",
            "--rate-limit", "0", *options)
        wait("the snapshot", self.is_ready, 60)
        if options:
            # Until it has loaded all, a sink does not know how far it is behind.
            wait("the sink", self.has_loaded, 90)
        lab.closing(Load(self.address, self.keys["write"], incoming, lab.random.random()))
        self.prometheus = lab.closing(
            Prometheus(lab.folder / "prometheus", self.address.removeprefix("http://"), self.keys["read"]))

    def is_ready(self):
        with contextlib.suppress(urllib.error.HTTPError):
            return ask(f"{self.address}/readyz")

    def has_loaded(self):
        sinks = ask(f"{self.address}/sinks", headers={"Authorization": f"Bearer {self.keys['read']}"})["items"]
        return all(sink["state"] == "running" for sink in sinks)
