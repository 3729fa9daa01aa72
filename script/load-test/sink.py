"""Measures what an outage of Elasticsearch costs the requests of a service that keeps it in step. Used by script/load sink.

Usage: sink.py PROGRAM SHAPE SECONDS RATE

Ratings come at a steady rate, ten in a request, and lists of recommendations are asked for beside them: first of a service without
a sink, then with one, then while its server is away, then until all is there again. The server is a double on the same machine,
which gets only what the others leave of the processors; needs the packages of Tests/sinks/requirements.txt.
"""
import json
import os
import random
import re
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent.parent / "Tests/sinks"))

import http.client  # noqa: E402

from lib import Lab, Skipped  # noqa: E402
from proxy import FaultProxy  # noqa: E402
from steps import Service, differences, rows  # noqa: E402

program, shape, seconds, rate = sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4])
BATCH = 10  # ratings of one request
LISTS = 50  # a second
OPTIONS = ("--models", "als,popularity", "--rate-limit", "0", "--log-level", "warning")


def quantile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(share * len(values)))] if values else float("nan")


def memory(process):
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process.pid}/status").read_text()).group(1)) / 1024


def give_way(process):
    """Has a process run only where no other wants to: a real server would be on another machine."""
    for thread in os.listdir(f"/proc/{process.pid}/task"):
        os.sched_setscheduler(int(thread), os.SCHED_IDLE, os.sched_param(0))


class Load:
    """Requests at fixed moments from threads of their own: a slow answer does not lower the rate unseen, and its wait counts from
    the moment at which it was due."""

    def __init__(self, address, store):
        self.host = address.removeprefix("http://")
        self.users = [row[0] for row in rows(store, "SELECT id FROM users")]
        self.items = [row[0] for row in rows(store, "SELECT id FROM items")]
        self.waits = {"post": [], "list": []}
        self.stop = threading.Event()

    def run(self, seconds):
        posters = 2
        work = [(self.post, rate / BATCH / posters, seed) for seed in range(posters)] + [(self.list, LISTS, 99)]
        threads = [threading.Thread(target=self.repeat, args=part, daemon=True) for part in work]
        for thread in threads:
            thread.start()
        time.sleep(seconds)
        self.stop.set()
        for thread in threads:
            thread.join(30)

    def repeat(self, request, per_second, seed):
        connection, chooser, begin, number = http.client.HTTPConnection(self.host, timeout=30), random.Random(seed), time.monotonic(), 0
        while not self.stop.is_set():
            due = begin + number / per_second
            time.sleep(max(0, due - time.monotonic()))
            request(connection, chooser, due)
            number += 1

    def post(self, connection, chooser, due):
        ratings = [
            {"user_id": chooser.choice(self.users), "item_id": chooser.choice(self.items), "rating": chooser.randint(1, 5)}
            for _ in range(BATCH)]
        self.ask(connection, "post", "POST", "/ratings", json.dumps({"ratings": ratings}), due)

    def list(self, connection, chooser, due):
        self.ask(connection, "list", "GET", f"/users/{chooser.choice(self.users)}/recommendations?model=als", None, due)

    def ask(self, connection, kind, method, path, body, due):
        connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
        answer = connection.getresponse()
        text = answer.read()
        if answer.status >= 400:
            raise SystemExit(f"{method} {path}: {answer.status} {text[:200]}")
        self.waits[kind].append(time.monotonic() - due)


def measure(what, service, process, store, seconds):
    before = memory(process)
    load = Load(service, store)
    load.run(seconds)
    figures = {kind: (quantile(waits, 0.5), quantile(waits, 0.99)) for kind, waits in load.waits.items()}
    print(f"{what:22} " + ", ".join(
        f"{kind}: median {1e3 * median:.1f} ms, 99 % within {1e3 * most:.1f} ms ({len(load.waits[kind])})"
        for kind, (median, most) in figures.items()) + f"; memory {before:.0f} MB before, {memory(process):.0f} MB after", flush=True)
    return figures


def main():
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(program, Path(folder) / "lab", True, random.Random(17))
        lab.folder.mkdir()
        try:
            run(lab)
        except Skipped as reason:
            raise SystemExit(f"{reason}; see Tests/sinks/requirements.txt") from None
        finally:
            lab.close()


def run(lab):
    source, store = lab.folder / "ratings.csv", lab.folder / "store.sqlite"
    lab.kindred("generate", shape, "--output", source, "--quiet")
    lab.kindred("import", source, "--store", store, "--quiet")
    double = lab.double("osmem")
    give_way(double.process)
    proxy = lab.closing(FaultProxy(double.url, bulk={}, other={}))
    process, address = lab.serve(store, *OPTIONS)
    wait_for_snapshot(address)
    measure("warm-up", address, process, store, min(seconds, 10))
    measure("without a sink", address, process, store, seconds)
    process.terminate()
    process.wait(30)
    service = Service(lab, store, proxy.url, "--log-level", "warning")
    service.wait_until_in_step(300)
    measure("warm-up", service.address, service.process, store, min(seconds, 10))
    measured = {"up": [], "away": []}
    for _ in range(2):
        measured["up"].append(measure("with a sink", service.address, service.process, store, seconds))
        proxy.down()
        measured["away"].append(measure("its server is away", service.address, service.process, store, seconds))
        print(f"{'':22} {service.sink['entries_behind']} entries behind")
        proxy.up()
        began = time.monotonic()
        service.wait_until_in_step(300)
        print(f"{'':22} in step {time.monotonic() - began:.1f} s after the server was back")
    for kind in ("post", "list"):
        up, away = (min(figures[kind][1] for figures in measured[state]) for state in ("up", "away"))
        print(f"99 % of {kind}: {100 * (away / up - 1):+.0f} % while the server is away (better of two each)")
    time.sleep(3)
    service.wait_until_in_step(60)
    left = differences(store, double)
    print("the indices are " + (f"NOT as the store: {left}" if left else "as the store"))


def wait_for_snapshot(address):
    from lib import ask, wait

    def is_ready():
        try:
            return ask(address + "/readyz")
        except OSError:
            return None

    wait("a snapshot", is_ready, 300)


main()
