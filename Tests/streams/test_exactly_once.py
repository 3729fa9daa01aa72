"""Ratings that come through Kafka are in the store as import has them, whatever happens on the way."""

import time

from lib import check, progress, publish, ratings, source, wait

PARTITIONS = 4


def prepare(lab):
    """A broker that has all ratings, and those of a store that import made of the same file."""
    path, rows = source()
    lab.kindred("import", path, "--store", lab.folder / "imported.sqlite", "--quiet")
    broker = lab.broker(ratings=PARTITIONS)
    publish(broker, "ratings", rows)
    return broker, rows, ratings(lab.folder / "imported.sqlite")


def expect_equal(store, imported, what):
    found = ratings(store)
    differing = len(set(found) ^ set(imported))
    check(found == imported, what, f"{len(found)} ratings of {len(imported)}, {differing} rows differ")


def test_equal_to_import(lab):
    """A file that is sent and consumed up to the end gives the ratings that import gives, row for row"""
    broker, rows, imported = prepare(lab)
    store = lab.folder / "consumed.sqlite"
    began = time.monotonic()
    report = lab.consume_all(store, broker)
    seconds = time.monotonic() - began
    check(report["taken"] == len(rows) and report["rejected"] == 0, "every message is taken once", report)
    expect_equal(store, imported, "the ratings are those of import")
    print(f"     {len(rows) / seconds:,.0f} ratings per second with start and end, {len(rows) / report['seconds']:,.0f} without", flush=True)
    again = lab.consume_all(store, broker)
    check(again["taken"] == 0 and again["repeated"] == 0, "nothing is read again", again)


def test_killed_consumer(lab):
    """kill -9 at random moments loses nothing and doubles nothing"""
    broker, rows, imported = prepare(lab)
    store = lab.folder / "killed.sqlite"
    kills = 20 if lab.is_long else 6
    moments = sorted(lab.random.randrange(len(rows)) for _ in range(kills))
    for moment in moments:
        consumer = lab.consume(store, broker, "--quiet")
        wait(f"{moment} messages", lambda moment=moment: progress(store) >= moment, 90)
        # Within a transaction, between two, or while messages are fetched.
        time.sleep(lab.random.random() * 0.05)
        consumer.kill()
        consumer.wait()
    lab.consume_all(store, broker)
    check(progress(store) == len(rows), f"all is read after {kills} kills", progress(store))
    expect_equal(store, imported, f"the ratings are those of import after {kills} kills")


def test_broker_outages(lab):
    """A broker that goes and comes back five times loses nothing and doubles nothing"""
    broker, rows, imported = prepare(lab)
    store = lab.folder / "outages.sqlite"
    consumer = lab.consume(store, broker)
    for outage in range(5):
        wait("some messages", lambda outage=outage: progress(store) >= outage * len(rows) // 6, 90)
        broker.tell("down 1")
        time.sleep(0.3 + lab.random.random())
        broker.tell("up 1")
    wait("all messages", lambda: progress(store) >= len(rows), 90)
    report, _ = lab.stop(consumer)
    check(report["taken"] == len(rows), "each message counts once", report)
    expect_equal(store, imported, "the ratings are those of import after five outages")


def test_two_consumers(lab):
    """Two consumers share a group and a store, one is killed, and the other goes on"""
    broker, rows, imported = prepare(lab)
    store = lab.folder / "shared.sqlite"
    first = lab.consume(store, broker)
    wait("some messages", lambda: progress(store) >= len(rows) // 10)
    second = lab.consume(store, broker)
    wait("half of the messages", lambda: progress(store) >= len(rows) // 2, 90)
    first.kill()
    first.wait()
    wait("all messages", lambda: progress(store) >= len(rows), 90)
    report, seconds = lab.stop(second)
    check(report["taken"] > 0, "the second has taken its part", report)
    check(seconds < 5, "it stops within five seconds", f"{seconds:.2f} s")
    expect_equal(store, imported, "the ratings are those of import with two consumers")
