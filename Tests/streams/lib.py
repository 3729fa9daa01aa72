"""What the tests of streams share: checks that print a line each, a broker, and the program under test.

A test is a function `test_…(lab)` in a file `test_….py`; its doc comment says what must hold.
"""

import contextlib
import json
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))

import runner  # noqa: E402
from checks import check  # noqa: E402
from runner import ENVIRONMENT, ROOT, Skipped, wait  # noqa: E402


class Broker:
    """A mock cluster of one broker in a process of its own, which ends with it. It keeps 5 MiB of each partition."""

    def __init__(self, program, topics):
        self.process = subprocess.Popen([program, "1"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.address = self.process.stdout.readline().strip()
        for name, partitions in topics.items():
            self.tell(f"topic {name} {partitions}")

    def tell(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        assert answer == "NO_ERROR", f"{command}: {answer}"

    def close(self):
        self.process.stdin.close()
        self.process.wait(10)


class Lab:
    """A folder, brokers and consumers of one test, which end with it."""

    def __init__(self, program, broker_program, folder, is_long, random):
        self.program, self.broker_program, self.folder = program, broker_program, folder
        self.is_long, self.random = is_long, random
        self.processes, self.brokers = [], []

    def broker(self, **topics):
        broker = Broker(self.broker_program, topics)
        self.brokers.append(broker)
        return broker

    def kindred(self, *arguments):
        """Runs a command to its end; returns its result as JSON where it prints some."""
        run = subprocess.run(
            [self.program, *map(str, arguments)], capture_output=True, text=True, timeout=120, check=False, env=ENVIRONMENT)
        assert run.returncode == 0, f"{arguments[0]} ended with {run.returncode}: {run.stderr[-600:]}"
        return json.loads(run.stdout) if run.stdout.startswith("{") else run.stdout

    def serve(self, store, broker, *options):
        """Starts a service that takes ratings from Kafka; returns it and its address."""
        server = subprocess.Popen(
            [self.program, "serve", "--store", store, "--port", "0", "--compare", "none", "--kafka", broker.address, *options],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=ENVIRONMENT)
        self.processes.append(server)
        return server, next(found[1] for line in server.stdout if (found := re.search(r"answers at (http://[0-9.:]+)", line)))

    def consume(self, store, broker, *options, until_end=False, prefix=(), stderr=subprocess.PIPE):
        """Starts a consumer whose group notices within seconds that a member was killed.

        The mock cluster waits for three seconds for the first members of a group, and forgets those with a shorter timeout.

        `prefix` is a command that runs it in a place of its own, such as unshare.
        """
        command = [
            *prefix, self.program, "consume", "--store", store, "--kafka", broker.address, "--json",
            "--kafka-option", "session.timeout.ms=3500", "--kafka-option", "heartbeat.interval.ms=300",
            "--kafka-option", "reconnect.backoff.max.ms=500", *options, *(["--until-end"] if until_end else [])]
        process = subprocess.Popen(
            list(map(str, command)), stdout=subprocess.PIPE, stderr=stderr, text=True, env=ENVIRONMENT)
        self.processes.append(process)
        return process

    def consume_all(self, store, broker, *options):
        """Consumes up to the end, and returns the report."""
        return self.finish(self.consume(store, broker, *options, until_end=True))

    def finish(self, process, seconds=120):
        output, errors = process.communicate(timeout=seconds)
        assert process.returncode == 0, f"consume ended with {process.returncode}: {(errors or '')[-600:]}"
        return json.loads(output)

    def stop(self, process, seconds=30):
        """Asks a consumer to stop; returns its report and the seconds that it took."""
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        report = self.finish(process, seconds)
        return report, time.monotonic() - began

    def close(self):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            with contextlib.suppress(ValueError):
                process.communicate(timeout=10)
        for broker in self.brokers:
            broker.close()


def query(store, sql):
    """Rows of a store, as another program reads it; none where there is no store yet."""
    if not Path(store).exists():
        return []
    with contextlib.closing(sqlite3.connect(store, timeout=10)) as connection:
        try:
            return connection.execute(sql).fetchall()
        except sqlite3.OperationalError:
            return []


def ratings(store):
    return query(store, "SELECT user_id, item_id, rating, timestamp FROM rating_details ORDER BY user_id, item_id")


def progress(store):
    """How many messages of all partitions a store has read."""
    rows = query(store, "SELECT total(next) FROM stream_offsets")
    return int(rows[0][0]) if rows else 0


def source():
    """A file of ratings, and its rows as dictionaries: MovieLens 100K where it is beside the project, else the sample."""
    movielens = ROOT.parent / "shared/data/ml-100k/u.data"
    path = movielens if movielens.exists() else ROOT / "data/sample/ratings.csv"
    separator = "\t" if movielens.exists() else ","
    rows = []
    for line in path.read_text().splitlines():
        fields = line.split(separator)
        if fields[0].isdigit():
            rows.append(dict(zip(("userId", "movieId", "rating", "timestamp"), fields, strict=True)))
    return path, rows


def publish(broker, topic, rows):
    """Sends rows as Python people do, keyed by user and item."""
    try:
        from confluent_kafka import Producer
    except ImportError:
        raise Skipped("python3-confluent-kafka is missing") from None
    producer = Producer({"bootstrap.servers": broker.address, "enable.idempotence": True, "linger.ms": 20})
    for row in rows:
        while True:
            try:
                producer.produce(topic, key=f"{row['userId']}:{row['movieId']}", value=json.dumps(row))
                break
            except BufferError:
                producer.poll(0.1)
    assert producer.flush(60) == 0, "not all was delivered"


def tool(name):
    path = shutil.which(name)
    if not path:
        raise Skipped(f"{name} is missing")
    return path
