#!/usr/bin/env python3
"""Sends mutated requests to a server and watches for 5xx, crashes, hangs and growth of memory.

    fuzz_client.py [SECONDS [SEED]] [--program PATH] [--found FOLDER]

Requests are made from those of openapi.json: heads and bodies are changed as bytes, JSON as values, query strings and searches
as text. What is found is written to a file in FOLDER, by default .build-fuzz/found, whole and ready to be sent again: a find
becomes a test, and then the fault is fixed. The same seed sends the same requests.
"""

import argparse
import collections
import contextlib
import random
import re
import socket
import sys
import tempfile
import time
from pathlib import Path

from lib import HERE, Lab
from mutated_requests import corpus, mutated

SECONDS = 10
# What may be held once all routes were asked: caches of lists, and what the allocator keeps.
MOST_GROWTH = 80


def answer_to(server, data):
    """The start of the answer; empty where the server closed, None where it is silent although the request has ended."""
    with server.connect(SECONDS) as connection:
        try:
            connection.sendall(data)
            # The end of what is sent makes an unfinished request finished: silence is a hang then.
            connection.shutdown(socket.SHUT_WR)
            return connection.recv(4096)
        except TimeoutError:
            return None
        except OSError:
            return b""


class Fuzzer:
    """A server under mutated requests, and what was found."""

    def __init__(self, lab, seed, folder):
        self.lab, self.seed, self.folder = lab, seed, Path(folder)
        self.finds, self.count, self.statuses = [], 0, {}
        self.kinds = set()
        # A crash may come of what was asked before: a refresh goes on beside requests.
        self.newest = collections.deque(maxlen=100)
        self.server = self.start()
        self.corpus = list(corpus(self.server.get("/openapi.json").json))
        for request in self.corpus:
            answer_to(self.server, request.bytes())
        self.memory = self.server.memory

    def start(self):
        return self.lab.serve(self.lab.store("fuzzed"), "--log-level", "notice", "--models", "als,knn,popularity", "--compare", "none")

    def find(self, what, data, index):
        """Keeps a request that did harm, once for each kind of harm and cause."""
        error = re.findall(r'"error":"([^"]{0,80})', self.server.messages[-2000:])
        if (what, *error[-1:]) in self.kinds:
            return
        self.kinds.add((what, *error[-1:]))
        self.folder.mkdir(parents=True, exist_ok=True)
        name = f"service-{self.seed}-{index}"
        (self.folder / name).write_bytes(data)
        (self.folder / f"{name}.before").write_bytes(b"\n\n-----\n".join(self.newest))
        (self.folder / f"{name}.log").write_text(self.server.messages[-100_000:])
        self.finds.append(f"{what} by {name}{': ' + error[-1] if error else ''}")
        print(f"FOUND {self.finds[-1]}: {data[:200]!r}", flush=True)

    def run(self, seconds, most_finds=20):
        """Sends requests for a time; stops where too much was found."""
        generator, end = random.Random(self.seed), time.monotonic() + seconds
        while time.monotonic() < end and len(self.finds) < most_finds:
            data = mutated(generator.choice(self.corpus), generator)
            self.newest.append(data)
            answer = None
            with contextlib.suppress(OSError):
                answer = answer_to(self.server, data)
            status = int(answer[9:12]) if answer and answer[9:12].isdigit() else 0
            self.statuses[status] = self.statuses.get(status, 0) + 1
            if not answer:
                # A process that dies closes its connections first.
                time.sleep(0.1)
            if not self.server.is_alive:
                self.find(f"crash, exit code {self.server.process.returncode}", data, self.count)
                self.server.stop()
                self.server = self.start()
            elif status in (500, 502) or (status == 504 and b"/admin/sql" not in data):
                self.find(f"status {status}", data, self.count)
            elif answer is None:
                self.find("silence", data, self.count)
            self.count += 1
            if self.count % 2000 == 0 and self.server.memory > self.memory + MOST_GROWTH:
                self.find(f"memory from {self.memory:.0f} to {self.server.memory:.0f} MB", data, self.count)
                self.memory = self.server.memory
        if not self.server.is_well():
            self.find("the server is not well", b"", self.count)
        return self.finds

    def __str__(self):
        statuses = ", ".join(f"{status or 'closed'}: {count}" for status, count in sorted(self.statuses.items()))
        return f"{self.count} requests ({statuses}), memory {self.memory:.0f} -> {self.server.memory:.0f} MB, {len(self.finds)} finds"


def main():
    parser = argparse.ArgumentParser(description="Fuzzes kindred serve.")
    parser.add_argument("seconds", type=float, nargs="?", default=60)
    parser.add_argument("seed", type=int, nargs="?", default=1)
    parser.add_argument("--program", default=str(HERE.parent.parent / ".build/release/kindred"))
    parser.add_argument("--found", default=str(HERE.parent.parent / ".build-fuzz/found"))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="attacks-") as folder, \
            Lab(arguments.program, Path(folder) / "lab", Path(folder)) as lab:
        fuzzer = Fuzzer(lab, arguments.seed, arguments.found)
        fuzzer.run(arguments.seconds)
        print(f"seed {arguments.seed}: {fuzzer}")
    sys.exit(bool(fuzzer.finds))


if __name__ == "__main__":
    main()
