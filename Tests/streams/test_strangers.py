"""Programs of others on both ends: Python's confluent-kafka and kcat send what people send, and read the dead letters."""

import json
import subprocess

from lib import Skipped, check, query, ratings, tool


def producer(broker):
    try:
        from confluent_kafka import Producer
    except ImportError:
        raise Skipped("python3-confluent-kafka is missing") from None
    return Producer({"bootstrap.servers": broker.address})


def test_python_producer(lab):
    """Every spelling that people use is understood; what is none is rejected with its reason and goes to dead letters"""
    broker = lab.broker(ratings=2, movies=1, users=1, dead=1)
    python = producer(broker)

    def send(value, key=None, topic="ratings", **more):
        text = value if value is None or isinstance(value, (str, bytes)) else json.dumps(value)
        python.produce(topic, value=text, key=key, **more)

    send({"movieId": 1, "title": "Heat (1995)", "genres": "Action|Crime"}, topic="movies")
    send({"item_id": "2", "title": "Amélie (2001)", "genres": ["Comedy"]}, topic="movies", headers={"kindred-schema": "item/1"})
    send({"id": 1, "age": 24, "occupation": "writer"}, topic="users")
    send({"userId": 1, "movieId": 1, "rating": 4, "timestamp": 881250949})
    send({"user_id": "2", "item_id": "1", "rating": "3.5", "timestamp": "881250949"})
    send({"user": 3, "movie": 1, "stars": 5, "ts": 881250949000})
    send({"uid": 4, "item": 1, "score": 2, "time": "1997-12-04T15:55:49Z"})
    send([{"user_id": 5, "item_id": 1, "rating": 1}, {"user_id": 5, "item_id": 2, "rating": 2}], timestamp=881250949000)
    send({"ratings": [{"user_id": 6, "item_id": 1, "rating": 3, "ts": 881250949}]}, headers={"kindred-schema": "rating/1"})
    send({"user_id": 7, "item_id": 1, "rating": 3, "ts": 881250949}, key="7:1")
    send(None, key="7:1")
    poison = ["{", "\0\0\0\0\1avro", "[" * 100_000, {"user_id": 1}, {"user_id": 1, "item_id": 1, "rating": "six"},
              {"user_id": 1, "item_id": 1, "rating": 3, "ts": "soon"}]
    for value in poison:
        send(value)
    send({"user_id": 1, "item_id": 1, "rating": 3}, headers={"kindred-schema": "rating/9"})
    send(None, key="nothing")
    assert python.flush(10) == 0

    store = lab.folder / "films.sqlite"
    report = lab.consume_all(store, broker, "--dead-letters", "dead")
    # The first ratings of a store give it its scale.
    send({"user_id": 1, "item_id": 1, "rating": 99})
    assert python.flush(10) == 0
    late = lab.consume_all(store, broker, "--dead-letters", "dead")
    expected = [("1", "1", 4.0), ("2", "1", 3.5), ("3", "1", 5.0), ("4", "1", 2.0), ("5", "1", 1.0), ("5", "2", 2.0), ("6", "1", 3.0)]
    found = ratings(store)
    check([row[:3] for row in found] == expected, "the ratings are understood", found)
    check({row[3] for row in found} == {881250949}, "their times are, too", found)
    check(query(store, "SELECT title FROM items ORDER BY id") == [("Heat (1995)",), ("Amélie (2001)",)], "films have titles")
    check(query(store, "SELECT name, value FROM user_attributes ORDER BY name") == [("age", "18–24"), ("occupation", "writer")],
          "users have attributes")
    reasons = [row[0] for row in query(store, "SELECT reason FROM rejected_messages")]
    check(report["rejected"] == len(poison) + 2 and late["rejected"] == 1 and len(reasons) == len(poison) + 3, "the rest is rejected", report)
    for part in ("no JSON", "Avro", "item_id is missing", 'rating is "six"', "scale", 'ts is "soon"', "rating/9", "names no rating"):
        check(any(part in reason for reason in reasons), f"a reason says: {part}")
    check(query(store, "SELECT count(*) FROM rejected_messages WHERE is_sent = 0") == [(0,)], "all dead letters are sent")

    letters = subprocess.run(
        [tool("kcat"), "-C", "-b", broker.address, "-t", "dead", "-e", "-q", "-f", "%h|%S\n"],
        capture_output=True, text=True, timeout=30, check=False).stdout.splitlines()
    check(len(letters) == len(reasons), "kcat reads the dead letters", len(letters))
    check(all("kindred-reason=" in line and "kindred-offset=" in line for line in letters), "with reason and place", letters[:1])
    check(any("kindred-topic=ratings" in line and line.endswith("|100000") for line in letters), "and as they came")


def test_kcat_producer(lab):
    """What kcat sends is stored, tombstones remove, and kcat sees the group's offsets move"""
    broker = lab.broker(ratings=1)
    lines = ['1:1\t{"userId":1,"movieId":1,"rating":4}', '1:2\t{"userId":1,"movieId":2,"rating":5}', "1:1\t"]
    subprocess.run(
        [tool("kcat"), "-P", "-b", broker.address, "-t", "ratings", "-K", "\t", "-Z", "-z", "lz4"],
        input="\n".join(lines) + "\n", text=True, timeout=30, check=True)
    store = lab.folder / "kcat.sqlite"
    report = lab.consume_all(store, broker, "--topics", "ratings=ratings")
    check([row[:3] for row in ratings(store)] == [("1", "2", 5.0)], "a tombstone removes", ratings(store))
    check(report["positions"] == {"ratings/0": 3}, "the report says how far it is", report)
    stub = lab.folder / "known.sqlite"
    report = lab.consume_all(stub, broker, "--unknown-items", "reject", "--topics", "ratings=ratings", "--group", "other")
    check(report["rejected"] == 2 and not ratings(stub), "another group reads all of it, and may reject unknown films", report)
