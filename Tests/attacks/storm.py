#!/usr/bin/env python3
"""Everything at once: 64 clients with good and hostile requests, dead listeners, ratings, refreshes, SQL, logs to a dead pipe.

    storm.py [--minutes 10] [--seed 1] [--program PATH] [--shape 943x1682x100000] [--log dead|stuck|file] [--quiet-seconds 60]

Prints a table and what held: the server lives, no 500, /healthz within 50 ms for 99 of 100 requests, memory within 25 % of its
start after a minute of rest. /healthz is asked from a process of its own, the clients step back for the server.
"""

import argparse
import asyncio
import collections
import contextlib
import json
import os
import random
import signal
import socket
import sys
import tempfile
import threading
import time
from pathlib import Path

from lib import HERE, LARGE, Lab, Pulse
from mutated_requests import corpus, mutated

CLIENTS, LISTENERS, USERS, SECONDS = 64, 50, 200, 30
HOST = b"Host: 127.0.0.1\r\n"
CHUNK = b"10000\r\n" + b"x" * 65536 + b"\r\n"
SLOW_SQL = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
    "SELECT count(*) FROM ratings a, ratings b, ratings c WHERE a.value + b.value + c.value > 20",
    "SELECT group_concat(hex(zeroblob(100000))) FROM ratings", "SELECT printf('%.*c', 1000000000, 'x')",
    "SELECT count(*) FROM items WHERE title LIKE '%a%e%i%o%u%a%e%i%o%u%'", "SELECT * FROM rating_details ORDER BY random() LIMIT 5000",
)


class Storm:
    """A server under all kinds of clients, and what they saw."""

    def __init__(self, server, shape, seed):
        self.server, self.seed = server, seed
        self.users, self.items = map(int, shape.split("x")[:2])
        self.corpus = list(corpus(server.get("/openapi.json").json))
        self.seen, self.latencies, self.memory = collections.Counter(), collections.defaultdict(list), []

    # MARK: Requests

    async def open(self):
        return await asyncio.wait_for(asyncio.open_connection(self.server.host, self.server.port), SECONDS)

    async def exchange(self, data):
        """Sends a request and reads the answer to its end; its status, 0 where there was none."""
        reader, writer = await self.open()
        with contextlib.closing(writer):
            writer.write(data)
            await asyncio.wait_for(writer.drain(), SECONDS)
            head = await asyncio.wait_for(reader.read(65536), SECONDS)
            while await asyncio.wait_for(reader.read(1 << 20), SECONDS):
                pass
        return int(head[9:12]) if head[9:12].isdigit() else 0

    def request(self, method, path, body=None):
        data = json.dumps(body).encode() if body is not None else b""
        fields = b"Content-Type: application/json\r\nContent-Length: %d\r\n" % len(data) if body is not None else b""
        return f"{method} {path} HTTP/1.1\r\n".encode() + HOST + b"Connection: close\r\n" + fields + b"\r\n" + data

    # MARK: Good clients

    async def read(self, chance):
        user, item = chance.randint(1, self.users), chance.randint(1, self.items)
        return await self.exchange(self.request("GET", chance.choice((
            f"/users/{user}/recommendations?model={chance.choice(('als', 'implicit', 'bayes', 'knn', 'popularity', 'both'))}",
            f"/users/{user}/recommendations?explain=true", f"/users/{user}", f"/users/{user}/neighbors", f"/movies/{item}/similar",
            f"/movies/{item}/fans", "/movies?per_page=100", f"/movies/search?q={chance.choice(('the', 'war', 'dark', 'silnt', 'x'))}",
            "/summary", "/metrics", "/graph/core", "/graph/heatmap", "/compare", "/analytics/top_items", "/ratings", "/runs"))))

    async def rate(self, chance):
        return await self.exchange(self.request("POST", "/ratings", {
            "user_id": f"attack-{chance.randrange(USERS)}", "item_id": str(chance.randint(1, 80)), "rating": chance.randint(1, 5)}))

    async def remove(self, chance):
        return await self.exchange(self.request("DELETE", f"/ratings/attack-{chance.randrange(USERS)}/{chance.randint(1, 80)}"))

    async def guest(self, chance):
        """Lists with reasons for a guest with many ratings: what costs the service most."""
        items = chance.sample(range(1, self.items + 1), min(self.items, chance.choice((3, 40, 400))))
        return await self.exchange(self.request("POST", "/recommendations", {
            "ratings": [{"item_id": str(item), "rating": chance.randint(1, 5)} for item in items],
            "model": chance.choice(("knn", "als", "both")), "explain": True, "count": 50}))

    async def download(self, chance):
        return await self.exchange(self.request("GET", chance.choice(("/graph.csv", "/graph.graphml"))))

    # MARK: Hostile clients

    async def fuzz(self, chance):
        return await asyncio.wait_for(self.exchange(mutated(chance.choice(self.corpus), chance)), 2)

    async def endless_body(self, chance):
        reader, writer = await self.open()
        with contextlib.closing(writer):
            writer.write(self.request("POST", chance.choice(("/ratings", "/nowhere", "/admin/sql", "/healthz")))[:-2])
            writer.write(b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
            for _ in range(200):
                writer.write(CHUNK)
                await asyncio.wait_for(writer.drain(), 5)

    async def slowloris(self, chance):
        reader, writer = await self.open()
        with contextlib.closing(writer):
            for byte in self.request("GET", "/healthz")[:chance.randrange(5, 30)]:
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(1)

    async def unread_download(self, chance):
        reader, writer = await self.open()
        with contextlib.closing(writer):
            writer.transport.pause_reading()
            writer.write(self.request("GET", chance.choice(("/graph.csv", "/graph.graphml", "/recommendations/generated?per_page=100"))) * 5)
            await asyncio.sleep(chance.uniform(5, 40))

    async def leave(self, chance):
        reader, writer = await self.open()
        writer.write(self.request("GET", f"/users/{chance.randint(1, self.users)}/recommendations?model=both&explain=true"))
        await writer.drain()
        writer.transport.abort()

    async def slow_sql(self, chance):
        statement = self.request("POST", "/admin/sql", {"sql": chance.choice(SLOW_SQL)})
        if chance.random() < 0.5:
            return await self.exchange(statement)
        reader, writer = await self.open()
        with contextlib.closing(writer):
            writer.write(statement)
            await asyncio.sleep(chance.uniform(0, 1))

    KINDS = (("read", 40), ("rate", 20), ("remove", 3), ("guest", 4), ("download", 3), ("fuzz", 20), ("endless_body", 2), ("slowloris", 2),
             ("unread_download", 2), ("leave", 8), ("slow_sql", 2))
    GOOD = ("read", "rate", "remove", "guest", "download")

    # MARK: All at once

    async def client(self, number, end):
        chance = random.Random(f"{self.seed}-{number}")
        names, weights = zip(*self.KINDS)
        while time.monotonic() < end:
            kind, started = chance.choices(names, weights)[0], time.monotonic()
            try:
                status = await getattr(self, kind)(chance)
            except (OSError, TimeoutError, asyncio.TimeoutError, asyncio.IncompleteReadError) as error:
                status = type(error).__name__ if kind in self.GOOD else None
            self.seen[kind, status] += 1
            if kind in self.GOOD:
                self.latencies[kind].append(time.monotonic() - started)
            await asyncio.sleep(chance.uniform(0, 0.1))

    async def listener(self, end):
        """Asks for events and never reads them; comes again after a while."""
        while time.monotonic() < end:
            with contextlib.suppress(OSError), socket.socket() as connection:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                connection.setblocking(False)
                await asyncio.wait_for(asyncio.get_running_loop().sock_connect(connection, (self.server.host, self.server.port)), SECONDS)
                await asyncio.get_running_loop().sock_sendall(connection, b"GET /events HTTP/1.1\r\n" + HOST + b"\r\n")
                await asyncio.sleep(min(120, max(0, end - time.monotonic())))

    async def refresher(self, end):
        while time.monotonic() < end:
            with contextlib.suppress(OSError, TimeoutError, asyncio.TimeoutError):
                self.seen["refresh", await self.exchange(self.request("POST", "/admin/refresh"))] += 1
            await asyncio.sleep(10)

    async def blow(self, seconds, listeners=LISTENERS):
        end = time.monotonic() + seconds
        tasks = [self.client(number, end) for number in range(CLIENTS)] + [self.listener(end) for _ in range(listeners)]
        running = [asyncio.create_task(task) for task in [*tasks, self.refresher(end)]]
        # A client that waits for a late answer is not waited for without end.
        done, late = await asyncio.wait(running, timeout=seconds + min(SECONDS, 3 + seconds / 10))
        for task in late:
            task.cancel()
        for task in done:
            task.result()

    def watch_memory(self, stop):
        while not stop.wait(1) and self.server.is_alive:
            self.memory.append(self.server.memory)

    def statuses(self, kind):
        return {status: count for (name, status), count in sorted(self.seen.items(), key=str) if name == kind}


def percentile(values, share):
    return 1000 * sorted(values)[min(len(values) - 1, int(share * len(values)))] if values else 0.0


def log_to(kind):
    """Where the server's log goes: a pipe whose reader is gone, one that nobody reads, or None for a file."""
    if kind == "file":
        return None, None
    reading, writing = os.pipe()
    if kind == "dead":
        os.close(reading)
        reading = None
    return writing, reading


def run(lab, minutes, shape=LARGE, seed=1, log="dead", rest=60):
    """Runs a storm; returns the lines of its verdicts as pairs of whether it held and what."""
    writing, reading = log_to(log)
    try:
        server = lab.serve(lab.store("storm", shape), stderr=writing, timeout=120)
    except RuntimeError as error:
        return [(False, f"the server starts: {error}")]
    finally:
        if writing is not None:
            os.close(writing)
    storm = Storm(server, shape, seed)
    with contextlib.suppress(PermissionError):
        os.nice(10)
    # Caches and threads come with the first requests, so memory is compared from then on.
    asyncio.run(storm.blow(min(30, 6 * minutes), listeners=0))
    time.sleep(5)
    start, stop = server.memory, threading.Event()
    storm.seen.clear()
    storm.latencies.clear()
    watcher = threading.Thread(target=storm.watch_memory, args=(stop,))
    watcher.start()
    with Pulse(server) as pulse:
        asyncio.run(storm.blow(60 * minutes))
    alive = server.is_alive
    time.sleep(rest if alive else 0)
    after = server.memory if server.is_alive else 0.0
    stop.set()
    watcher.join()
    started = time.monotonic()
    code = server.stop(signal.SIGTERM)
    took = time.monotonic() - started
    if reading is not None:
        os.close(reading)
    for kind, _ in (*storm.KINDS, ("refresh", 0)):
        latencies = storm.latencies[kind]
        times = f"p50 {percentile(latencies, 0.5):7.1f}  p99 {percentile(latencies, 0.99):8.1f} ms" if latencies else ""
        print(f"{kind:16} {sum(storm.statuses(kind).values()):8}  {times:36} {storm.statuses(kind)}")
    peak = max(storm.memory, default=start)
    internal = sum(count for (_, status), count in storm.seen.items() if status == 500)
    return (
        (alive and code == 0, f"the server lives, and ends when told to: exit code {code} after {took:.1f} s"),
        (internal == 0, f"no internal error: {internal} answers with 500"),
        (pulse.failures == 0, f"/healthz always answers: {pulse.failures} of {pulse.count} failed"),
        (pulse.p99 <= 50, f"/healthz within 50 ms: p50 {pulse.p50:.1f}, p99 {pulse.p99:.1f}, longest {pulse.longest:.1f} ms"),
        (0 < after <= 1.25 * start, f"memory: {start:.0f} MB at the start, {peak:.0f} at most, {after:.0f} after {rest:.0f} s of rest"),
    )


def main():
    parser = argparse.ArgumentParser(description="Everything at once against kindred serve.")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shape", default=LARGE, help="users x items x ratings of the store")
    parser.add_argument("--log", choices=("dead", "stuck", "file"), default="dead", help="where the log goes: a pipe without a reader, one that "
                        "nobody reads, a file")
    parser.add_argument("--quiet-seconds", type=float, default=60, help="rest before memory is read again")
    parser.add_argument("--program", default=str(HERE.parent.parent / ".build/release/kindred"))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="attacks-") as folder, \
            Lab(arguments.program, Path(folder) / "lab", Path(folder)) as lab:
        verdicts = run(lab, arguments.minutes, arguments.shape, arguments.seed, arguments.log, arguments.quiet_seconds)
    for holds, what in verdicts:
        print("ok  " if holds else "FAIL", what)
    sys.exit(not all(holds for holds, _ in verdicts))


if __name__ == "__main__":
    main()
