"""A consumer stops in time, leaves its group, and holds the stream while the store cannot be written."""

import contextlib
import json
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from lib import HERE, Skipped, check, progress, publish, source, wait


def committed(broker, group, topic, partitions):
    """What Kafka knows of a group's progress."""
    from confluent_kafka import Consumer, TopicPartition

    consumer = Consumer({"bootstrap.servers": broker.address, "group.id": group})
    try:
        return sum(max(0, place.offset) for place in consumer.committed([TopicPartition(topic, n) for n in range(partitions)], timeout=10))
    finally:
        consumer.close()


def test_sigterm(lab):
    """SIGTERM in the midst of reading: it ends within five seconds with 0, offsets are committed and the group is left"""
    _, rows = source()
    broker = lab.broker(ratings=4)
    publish(broker, "ratings", rows)
    store = lab.folder / "stopped.sqlite"
    log = lab.folder / "log"
    with open(log, "w") as file:
        consumer = lab.consume(store, broker, "--kafka-option", "debug=cgrp", stderr=file)
        wait("some messages", lambda: progress(store) > 1_000)
        report, seconds = lab.stop(consumer)
    check(seconds < 5, "it ends within five seconds", f"{seconds:.2f} s after {report['taken']} of {len(rows)} messages")
    check(report["taken"] == progress(store), "what it has taken is stored", report)
    kafka = committed(broker, "kindred", "ratings", 4)
    check(kafka == progress(store), "Kafka knows how far it is", kafka)
    # The mock cluster keeps a group waiting after a member has left, so that only the consumer's own log tells.
    check("LeaveGroup response received" in log.read_text(), "the group is left")
    rest = lab.consume_all(store, broker)
    check(rest["taken"] == len(rows) - report["taken"] and rest["repeated"] == 0, "the next goes on where it was", rest)
    broker.tell("down 1")
    consumer = lab.consume(store, broker)
    time.sleep(1.5)
    _, seconds = lab.stop(consumer)
    check(seconds < 5, "it ends within five seconds without a broker as well", f"{seconds:.2f} s")


def test_interrupted_end(lab):
    """A run up to the end that is interrupted says so by its exit code"""
    broker = lab.broker(ratings=1)
    broker.tell("down 1")
    consumer = lab.consume(lab.folder / "none.sqlite", broker, until_end=True)
    time.sleep(1)
    consumer.terminate()
    consumer.wait(10)
    check(consumer.returncode == 143, "it ends with 143", consumer.returncode)


def test_locked_store(lab):
    """Another process that holds the store for longer than a write waits: the stream waits, and nothing is lost"""
    _, rows = source()
    rows = rows[:20_000]
    broker = lab.broker(ratings=2)
    publish(broker, "ratings", rows)
    store = lab.folder / "locked.sqlite"
    lab.consume_all(store, broker, "--topics", "items=none-of-these,ratings=ratings", "--group", "before")
    with contextlib.closing(sqlite3.connect(store, isolation_level=None)) as other:
        consumer = lab.consume(store, broker)
        # Opening a store waits for five seconds only. The cluster lets a group begin after three.
        time.sleep(1)
        other.execute("BEGIN IMMEDIATE")
        time.sleep(9)
        check(progress(store) == len(rows), "nothing is stored while it is locked", progress(store))
        other.execute("ROLLBACK")
    wait("all messages", lambda: progress(store) == 2 * len(rows))
    report, _ = lab.stop(consumer)
    check(report["taken"] == len(rows), "all is taken afterwards", report)
    check("held the store" in (report["last_error"] or ""), "the report says what was wrong", report["last_error"])


def test_full_disk(lab):
    """A disk that is full for a while: the stream waits until there is room, and nothing is lost"""
    _, rows = source()
    rows = rows[:20_000]
    broker = lab.broker(ratings=2)
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode:
        raise Skipped("a small disk of one's own needs root")
    disk = lab.folder / "disk"
    disk.mkdir()
    # The file system is the consumer's own, and is reached through /proc.
    mount = f"mount -t tmpfs -o size=24m none '{disk}' && exec \"$@\""
    consumer = lab.consume(disk / "full.sqlite", broker, prefix=["unshare", "--mount", "bash", "-c", mount, "-"])
    inside = Path(f"/proc/{consumer.pid}/root{disk}")

    def ask(sql):
        """Asks the store where the consumer sees it."""
        code = "import json, sys; sys.path.insert(0, sys.argv[1]); from lib import query; print(json.dumps(query(*sys.argv[2:])))"
        command = ["nsenter", "--target", str(consumer.pid), "--mount", sys.executable, "-c", code, HERE, disk / "full.sqlite", sql]
        return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    def stored():
        return ask("SELECT count(*) FROM ratings")[0][0]

    wait("the store", lambda: ask("SELECT count(*) FROM ratings"))
    with open(inside / "filler", "wb", buffering=0) as filler, contextlib.suppress(OSError):
        while True:
            filler.write(bytes(4096))
    publish(broker, "ratings", rows)
    time.sleep(6)
    check(consumer.poll() is None and stored() < len(rows), "it waits on a full disk", stored())
    (inside / "filler").unlink()
    wait("all messages", lambda: stored() == len(rows))
    check(ask("PRAGMA integrity_check") == [["ok"]], "every rating is there, and the store is sound")
    report, _ = lab.stop(consumer)
    check(report["taken"] == len(rows), "each counts once", report)
    check("full" in (report["last_error"] or ""), "the report says what was wrong", report["last_error"])
