"""What the tests of a sink that follows its store share: the store as documents, and a service that is killed and started."""

import contextlib
import http.client
import json
import shutil
import signal
import sqlite3
import threading
import time
import urllib.parse
from datetime import datetime

from lib import ROOT, ask, wait

def rows(store, sql):
    with contextlib.closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True, timeout=10)) as connection:
        return connection.execute(sql).fetchall()


def near(a, b):
    """Whether two means are the same but for rounding."""
    return a is b or (a is not None and b is not None and abs(a - b) < 0.01)


def seconds(value):
    """A date as it lies in a document, in seconds since 1970."""
    if value is None or isinstance(value, int):
        return value
    return int(datetime.fromisoformat(value.replace("Z", "+00:00")).timestamp())


def stored(store):
    """What the indices have to hold, by kind and key; read by SQL, apart from the program."""
    ratings = {
        (user, item): (value, time)
        for user, item, value, time in rows(store, """
            SELECT users.id, items.id, value, time FROM ratings JOIN users USING (user) JOIN items USING (item)""")}
    users = {
        user: (count, mean, community)
        for user, count, mean, community in rows(store, """
            SELECT id, count(value), avg(value), community FROM users LEFT JOIN ratings USING (user)
            LEFT JOIN communities USING (user) GROUP BY users.user""")}
    genres = {}
    for item, genre in rows(store, "SELECT id, name FROM items JOIN item_genres USING (item) JOIN genres USING (genre)"):
        genres.setdefault(item, set()).add(genre)
    items = {
        item: (title, frozenset(genres.get(item, ())), count, mean)
        for item, title, count, mean in rows(store, """
            SELECT id, title, count(value), avg(value) FROM items LEFT JOIN ratings USING (item) GROUP BY items.item""")}
    recommendations = {
        (user, model, item): place
        for user, model, item, place in rows(store, """
            SELECT users.id, model, items.id, place FROM recommendations JOIN users USING (user) JOIN items USING (item)""")}
    return {"items": items, "users": users, "ratings": ratings, "recommendations": recommendations}


# What tells the documents of an index apart, which they are paged by: not every server sorts by _id.
KEYS = {
    "items": ("item_id",), "users": ("user_id",), "ratings": ("user_id", "item_id"),
    "recommendations": ("user_id", "model", "item_id"), "communities": ("community",), "edges": ("source", "target")}


def indexed(double, prefix="kindred"):
    """The same of the indices."""
    def documents(kind):
        return all_documents(double, kind, prefix)

    return {
        "items": {
            found["item_id"]: (found.get("title"), frozenset(found.get("genres") or ()), found["ratings"], found.get("mean_rating"))
            for found in documents("items")},
        "users": {
            found["user_id"]: (
                found["ratings"], found.get("mean_rating"),
                None if found.get("community") is None else int(found["community"]))
            for found in documents("users")},
        "ratings": {
            (found["user_id"], found["item_id"]): (found["rating"], seconds(found.get("@timestamp")))
            for found in documents("ratings")},
        "recommendations": {
            (found["user_id"], found["model"], found["item_id"]): found["rank"] for found in documents("recommendations")},
    }


def all_documents(double, kind, prefix="kindred"):
    """The documents of a kind, page by page."""
    index, found = f"{double.url}/{prefix}-{kind}", []
    ask(f"{index}/_refresh", "POST")
    body = {"size": 1000, "sort": [{key: "asc"} for key in KEYS[kind]]}
    while hits := ask(f"{index}/_search", "POST", body)["hits"]["hits"]:
        found += [hit["_source"] for hit in hits]
        body["search_after"] = hits[-1]["sort"]
    return found


def same(a, b):
    if isinstance(a, tuple) and isinstance(b, tuple):
        return all(near(x, y) if isinstance(x, float) or isinstance(y, float) else x == y for x, y in zip(a, b, strict=True))
    return a == b


def differences(store, double, prefix="kindred"):
    """In words, a few keys of each kind where the indices are not as the store; nothing where they are."""
    expected, found = stored(store), indexed(double, prefix)
    told = []
    for kind, wanted in expected.items():
        there = found[kind]
        wrong = sorted(
            (str(key), wanted.get(key), there.get(key)) for key in wanted.keys() | there.keys()
            if key not in wanted or key not in there or not same(wanted[key], there[key]))
        if wrong:
            told.append(f"{kind}: {len(wrong)} of {len(wanted)}, such as {wrong[:3]} (key, store, index)")
    return "; ".join(told)


def small_store(lab, users=100):
    """A store of the first users of the sample, with all its films."""
    path, source = lab.folder / "store.sqlite", lab.folder / "source"
    source.mkdir()
    shutil.copy(ROOT / "data/sample/movies.csv", source)
    header, *ratings = (ROOT / "data/sample/ratings.csv").read_text().splitlines(keepends=True)
    (source / "ratings.csv").write_text(header + "".join(line for line in ratings if int(line.split(",")[0]) <= users))
    lab.kindred("import", source, "--store", path, "--quiet")
    return path


class Service:
    """A service with a sink, that may be killed and started again on the same store."""

    def __init__(self, lab, store, url, *options):
        self.lab, self.store, self.url, self.options = lab, store, url, options
        self.start()

    def start(self):
        self.process, self.address = self.lab.serve(
            self.store, "--models", "als,popularity", "--rate-limit", "0", "--elasticsearch", self.url, *self.options)
        self.running = self.lab.open[-1]

    def kill(self):
        self.process.kill()
        self.process.wait(10)

    def stop(self):
        """Asks it to stop; returns its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)

    @property
    def log(self):
        """The lines of its log as objects."""
        found = []
        for line in list(self.running.lines):
            with contextlib.suppress(ValueError):
                found.append(json.loads(line))
        return found

    def get(self, path):
        return ask(self.address + path)

    @property
    def sink(self):
        return self.get("/sinks")["items"][0]

    def metric(self, name):
        """A metric of the sink; None where it has none."""
        for line in self.get("/metrics").splitlines():
            if line.startswith(f"{name}{{sink="):
                return float(line.rsplit(" ", 1)[1])
        return None

    def is_in_step(self):
        time.sleep(0.05)
        sink, run = self.sink, self.get("/runs?per_page=1")["items"]
        return sink["state"] == "running" and sink["entries_behind"] == 0 and bool(run) and sink["run"] == run[0]["run"]

    def wait_until_in_step(self, patience=90):
        wait("the sink is in step", self.is_in_step, patience)

    def wait_until_equal(self, double, patience=30):
        """Waits until the indices are as the store; returns the differences that are left."""
        self.wait_until_in_step()
        last = ""

        def equal():
            nonlocal last
            time.sleep(0.3)
            last = differences(self.store, double)
            return not last

        with contextlib.suppress(RuntimeError):
            wait("equal", equal, patience)
        return last

    def refresh(self):
        before = self.get("/runs?per_page=1")["items"]
        ask(self.address + "/admin/refresh", "POST", {})
        wait("a new run", lambda: self.get("/runs?per_page=1")["items"][:1] != before[:1], 60)


class Writer:
    """Rates and takes back at a steady rate, from a thread; what a service that is killed did not answer is written again."""

    def __init__(self, service, random, rate=100, batch=10):
        self.service, self.random = service, random
        self.pause = batch / rate
        self.batch, self.written, self.removed = batch, 0, 0
        self.users = [row[0] for row in rows(service.store, "SELECT id FROM users")]
        self.items = [row[0] for row in rows(service.store, "SELECT id FROM items")]
        self.failures = []
        self.is_done = threading.Event()
        self.thread = threading.Thread(target=self.write, daemon=True)
        self.thread.start()

    def write(self):
        while not self.is_done.wait(self.pause):
            try:
                self.write_once()
            except (OSError, http.client.HTTPException):
                # Killed at this moment.
                self.is_done.wait(0.05)
            except Exception as error:  # noqa: BLE001
                self.failures.append(str(error))

    def write_once(self):
        pairs = [
            (self.random.choice(self.users) if self.random.random() < 0.9 else f"guest {self.random.randrange(50)}",
             self.random.choice(self.items)) for _ in range(self.batch)]
        ratings = [{"user_id": user, "item_id": item, "rating": self.random.randint(1, 5)} for user, item in pairs]
        ask(self.service.address + "/ratings", "POST", {"ratings": ratings}, timeout=10)
        self.written += len(ratings)
        user, item = (urllib.parse.quote(part, safe="") for part in pairs[0])
        ask(f"{self.service.address}/ratings/{user}/{item}", "DELETE", timeout=10)
        self.removed += 1

    def stop(self):
        self.is_done.set()
        self.thread.join(20)
