"""The service takes ratings from Kafka while it answers."""

import json
import signal
import time
import urllib.request

from lib import ROOT, check, publish, query, ratings, wait


def test_serve(lab):
    """Ratings from Kafka are in the service's store within two seconds, it says how its source is, and it stops within five"""
    broker = lab.broker(ratings=2)
    store = lab.folder / "served.sqlite"
    lab.kindred("import", ROOT / "data/sample", "--store", store, "--quiet")
    server, address = lab.serve(store, broker, "--models", "popularity")

    def state(path="/sources", method="GET"):
        with urllib.request.urlopen(urllib.request.Request(address + path, method=method), timeout=5) as answer:
            return json.load(answer) if method == "POST" else json.load(answer)["items"][0]

    wait("the source", lambda: state()["state"] == "running")
    publish(broker, "ratings", [{"userId": "stranger", "movieId": "1", "rating": "4", "timestamp": "1700000000"}])
    sent = time.monotonic()
    wait("the rating", lambda: ("stranger", "1", 4.0, 1700000000) in ratings(store))
    check(time.monotonic() - sent < 2, "a rating is stored within two seconds", f"{time.monotonic() - sent:.2f} s")
    # The broker's own figures come each second.
    wait("the source to say so", lambda: [state()[name] for name in ("taken", "lag")] == [1, 0])
    state("/admin/sources/kafka/pause", "POST")
    wait("the pause", lambda: state()["state"] == "paused")
    publish(broker, "ratings", [{"userId": "stranger", "movieId": "2", "rating": "4"}])
    time.sleep(1)
    check(len(query(store, "SELECT 1 FROM rating_details WHERE user_id = 'stranger'")) == 1, "a paused source takes nothing")
    state("/admin/sources/kafka/resume", "POST")
    wait("the second rating", lambda: state()["taken"] == 2)
    began = time.monotonic()
    server.send_signal(signal.SIGTERM)
    server.communicate(timeout=20)
    check(time.monotonic() - began < 5 and server.returncode == 0, "it stops within five seconds", f"{time.monotonic() - began:.2f} s, {server.returncode}")
