"""Erasure: a user whose id and attributes occur nowhere else is in every format and sink; afterwards no byte of any file has them."""

import base64
import bz2
import contextlib
import gzip
import json
import lzma
import random
import shutil
import signal
import sqlite3
import subprocess
import time
import urllib.error
import urllib.request
import zipfile
import zlib
from pathlib import Path

from lib import ROOT, Skipped, ask, beside, check, query, wait

MARK, ATTRIBUTE = "marked-user-7c1f", "attribute-of-9d2e-alone"


def spellings(text):
    """A text as it may stand in a file."""
    raw = text.encode()
    encoded = {raw, text.encode("utf-16-le"), text.encode("utf-16-be"), raw.hex().encode(), raw.hex().upper().encode()}
    # In base64 a text has three forms, by where it begins; the ends depend on what is around.
    for shift in range(3):
        encoded.add(base64.b64encode(b"\0" * shift + raw)[4 if shift else 0:-4])
    return encoded


def expanded(data):
    """Data itself, and what is compressed in it from its beginning."""
    yield data
    for expand in (gzip.decompress, zlib.decompress, bz2.decompress, lzma.decompress):
        with contextlib.suppress(Exception):
            yield expand(data)


def traces(folder, *texts):
    """Files below a folder that hold a text, in any spelling, also within compressed files and zip archives."""
    wanted = [spelling for text in texts for spelling in spellings(text)]
    found = []
    for path in sorted(Path(folder).rglob("*")):
        if not path.is_file() or path.is_symlink():
            continue
        data = path.read_bytes()
        parts = list(expanded(data))
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                parts += [archive.read(name) for name in archive.namelist()]
        if any(spelling in part for part in parts for spelling in wanted):
            found.append(str(path.relative_to(folder)))
    return found


def ratings(users=60, items=40, seed=5):
    """Rows of user, item, rating and time; ids in random order, the marked user in the midst."""
    source = random.Random(seed)
    ids = [f"user-{source.getrandbits(32):08x}" for _ in range(users)]
    ids[users // 2] = MARK
    return [
        (user, f"film-{item}", source.choice([1, 2, 3, 4, 5]), 1_000_000_000 + source.randrange(10**8))
        for user in ids for item in sorted(source.sample(range(items), 15))]


def folder_of(lab, rows, name):
    """A data set with attributes of users, and rows that are no ratings."""
    folder = lab.folder / name
    folder.mkdir()
    lines = [",".join(map(str, row)) for row in rows]
    if any(row[0] == MARK for row in rows):
        lines[20:20] = [f"{MARK},film-1,none,5", f"{MARK},film-2,99,1000000001"]
    (folder / "ratings.csv").write_text("userId,movieId,rating,timestamp\n" + "\n".join(lines) + "\n")
    films = sorted({row[1] for row in rows})
    (folder / "movies.csv").write_text("movieId,title,genres\n" + "".join(f"{film},Film {film} (1999),Drama\n" for film in films))
    users = sorted({row[0] for row in rows})
    (folder / "users.csv").write_text(
        "userId,occupation\n" + "".join(f"{user},{ATTRIBUTE if user == MARK else 'other'}\n" for user in users))
    return folder


def store_of(lab, rows, name):
    path = lab.folder / f"{name}.sqlite"
    folder = folder_of(lab, rows, f"{name}-source")
    lab.kindred("import", folder, "--store", path, "--scale", "1..5", "--quiet")
    shutil.rmtree(folder)
    return path


def without_mark(rows):
    return [row for row in rows if row[0] != MARK]


def exports(lab, store, folder):
    """Everything that the program writes of a store."""
    lab.kindred("graph", store, "--output", folder / "graph", "--format", "csv,graphml,gexf,npy,gephi,neo4j,matrixmarket", "--quiet")
    lab.kindred("recommend", store, "--all", "--model", "implicit", "--output", folder / "lists.csv", "--quiet")
    for model in ("als", "implicit", "bayes"):
        lab.kindred("train", store, "--model", model, "--rank", 4, "--output", folder / model, "--quiet")
    lab.kindred("privacy", "access", store, "--user", MARK, "--output", folder / "access.zip", "--quiet")
    lab.kindred("analytics", store, "--output", folder / "analytics", "--quiet")
    lab.kindred("compare", store, "--models", "als,popularity", "--holdout", 0.3, "--output", folder / "compare", "--quiet")


def integrity(store):
    return query(store, "PRAGMA integrity_check") == [("ok",)] and not query(store, "PRAGMA foreign_key_check")


def test_no_trace_in_any_file(lab):
    """The marked user is in the store and all exports; after erase no byte of any file has them, and the store is whole."""
    rows = ratings()
    store = store_of(lab, rows, "store")
    lab.computed(store)
    out = lab.folder / "out"
    out.mkdir()
    exports(lab, store, out)
    before = traces(lab.folder, MARK)
    check("store.sqlite" in before and len(before) > 8, "the marked user is in the store and its exports", before)
    rejected = query(store, "SELECT count(*) FROM rejected_rows")[0][0]
    check(rejected == 2, "two rows were rejected", rejected)
    receipt = lab.kindred("privacy", "erase", store, "--user", MARK, "--output", lab.folder / "receipt.json", "--json")
    check(not traces(lab.folder, MARK, ATTRIBUTE), "no byte of any file has them", traces(lab.folder, MARK, ATTRIBUTE))
    check(integrity(store), "the store is whole")
    rows_gone = receipt["done"]["rows"]
    expected = {"ratings": 15, "users": 1, "rejected_rows": 2, "user_attributes": 1}
    check(expected.items() <= rows_gone.items(), "the receipt counts what was removed", rows_gone)
    outcomes = {place["outcome"] for place in receipt["done"]["places"]}
    check(outcomes <= {"rewritten", "removed", "unaffected"} and {"rewritten", "removed"} <= outcomes, "and where", outcomes)
    again = lab.run("privacy", "erase", store, "--user", MARK)
    check(again.returncode == 1 and MARK not in again.stderr, "erased once, they are not known", again.stderr)


def test_same_graph_as_never_there(lab):
    """Graph, lists and models after an erasure are those of a store that never had the user, byte for byte."""
    rows = ratings()
    erased, never = store_of(lab, rows, "erased"), store_of(lab, without_mark(rows), "never")
    lab.kindred("privacy", "erase", erased, "--user", MARK, "--quiet")
    for store in (erased, never):
        out = lab.folder / store.stem
        lab.kindred("graph", store, "--output", out / "graph", "--format", "graphml,npy", "--quiet")
        for model in ("als", "implicit", "bayes"):
            lab.kindred("train", store, "--model", model, "--rank", 4, "--output", out / model, "--quiet")
        for model in ("knn", "als", "implicit", "popularity"):
            lab.kindred("recommend", store, "--all", "--model", model, "--output", out / f"{model}.csv", "--quiet")
    files = sorted(path.relative_to(lab.folder / "never") for path in (lab.folder / "never").rglob("*") if path.is_file())
    # Seconds and memory differ from run to run.
    different = [
        str(path) for path in files
        if path.name != "summary.json" and (lab.folder / "never" / path).read_bytes() != (lab.folder / "erased" / path).read_bytes()]
    check(not different, f"{len(files)} files are the same, byte for byte", different)


def test_tombstone(lab):
    """Who was erased does not come back by an import, unless that is asked for; the same holds for rows that were rejected."""
    rows = ratings()
    store = store_of(lab, rows, "store")
    lab.kindred("privacy", "erase", store, "--user", MARK, "--quiet")
    again = folder_of(lab, rows + [("someone-else", "film-1", 3, 1_100_000_000)], "again")
    report = lab.kindred("import", again, "--store", store, "--json")
    check(report["erased"] == 16, "their rows are left out and counted", report)
    check(not query(store, f"SELECT 1 FROM users WHERE id = '{MARK}'"), "they are not in the store")
    sqlite3.connect(store).execute("PRAGMA wal_checkpoint(TRUNCATE)")
    check(MARK.encode() not in store.read_bytes(), "nor in its bytes, as a row that was rejected")
    check(bool(query(store, "SELECT 1 FROM users WHERE id = 'someone-else'")), "others are taken")
    report = lab.kindred("import", again, "--store", store, "--readmit-erased", "--json")
    check(report["erased"] == 0, "they may come back where that is asked for", report)
    check(query(store, f"SELECT count(*) FROM rating_details WHERE user_id = '{MARK}'") == [(15,)], "with their ratings")


def test_killed_at_any_moment(lab):
    """kill -9 at random moments of an erasure: --resume completes it, and nothing is left."""
    rows = ratings(users=400)
    original = store_of(lab, rows, "original")
    with contextlib.closing(sqlite3.connect(original)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole = None
    interrupted = 0
    for number in range(31 if lab.is_long else 7):
        place = lab.folder / f"killed-{number}"
        place.mkdir()
        store = place / "s.sqlite"
        shutil.copy(original, store)
        lab.kindred("graph", store, "--output", place / "graph", "--format", "csv,graphml", "--quiet")
        process = subprocess.Popen(
            [lab.program, "privacy", "erase", str(store), "--user", MARK, "--quiet"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait("the first commit", lambda: query(store, "SELECT 1 FROM erasures") or process.poll() is not None)
        begun = time.monotonic()
        if whole is None:
            # The first runs to its end, and says how long the others take.
            process.wait(60)
            whole = time.monotonic() - begun
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(lab.random.uniform(0, 1) * whole)
        process.send_signal(signal.SIGKILL)
        process.wait(10)
        unfinished = query(store, "SELECT step FROM erasures WHERE finished IS NULL")
        interrupted += bool(unfinished)
        lab.kindred("privacy", "erase", store, "--resume", "--quiet")
        left = traces(place, MARK, ATTRIBUTE)
        whole_store = integrity(store) and not query(store, "SELECT 1 FROM erasures WHERE finished IS NULL")
        receipts = query(store, "SELECT count(*) FROM receipts")
        check(
            not left and whole_store and receipts == [(1,)],
            f"kill {number} {'after ' + unfinished[0][0] if unfinished else ''}: completed, no trace, one receipt", (left, receipts))
        shutil.rmtree(place)
    check(interrupted > 0, f"{interrupted} erasures of {number} were interrupted between their steps", whole)


def test_indices_forget(lab):
    """Every index of Elasticsearch and OpenSearch, older generations among them, has forgotten the user, and says so when asked."""
    for kind in ("osmem", "noida"):
        store = store_of(lab, ratings(), kind)
        lab.computed(store)
        double = lab.double(kind)
        for _ in range(2):
            lab.kindred("index", store, "--elasticsearch", double.url, "--quiet")
        refused = lab.run("privacy", "erase", store, "--user", MARK)
        check(refused.returncode == 64 and double.url in refused.stderr, f"{kind}: who forgets the server is told", refused.stderr[-200:])
        receipt = lab.kindred("privacy", "erase", store, "--user", MARK, "--elasticsearch", double.url, "--json")
        names = sorted(ask(f"{double.url}/kindred-*/_alias"))
        everything = {"size": 10_000, "query": {"match_all": {}}}
        found = {name: ask(f"{double.url}/{name}/_search", "POST", everything)["hits"]["hits"] for name in names}
        left = {name: json.dumps(hits).count(MARK) for name, hits in found.items() if MARK in json.dumps(hits)}
        check(sum(map(len, found.values())) > 2_000, f"{kind}: the documents of others are there", {n: len(h) for n, h in found.items()})
        check(len(names) == 12 and not left, f"{kind}: no document of {len(names)} indices has them", left)
        places = {place["place"]: place.get("count", 0) for place in receipt["done"]["places"] if place["kind"] == "index"}
        check(sum(count for place, count in places.items() if "-ratings-" in place) == 30, f"{kind}: the receipt counts documents", places)


def test_topics_forget(lab):
    """After publish and erase a compacted topic has nothing of the user."""
    try:
        from confluent_kafka import Consumer, TopicPartition
    except ImportError:
        raise Skipped("confluent-kafka is missing") from None
    streams = beside("streams")
    program = lab.folder / "mockbroker"
    built = subprocess.run(
        ["cc", str(ROOT / "Tests/streams/mockbroker.c"), "-lrdkafka", "-o", str(program)], capture_output=True, check=False)
    if built.returncode:
        raise Skipped("cc or librdkafka is missing")
    broker = lab.closing(streams.Broker(program, {"ratings": 2, "movies": 1, "users": 1}))
    store = store_of(lab, ratings(), "store")
    lab.kindred("publish", store, "--kafka", broker.address, "--quiet")
    lab.kindred("privacy", "erase", store, "--user", MARK, "--kafka", broker.address, "--quiet")
    consumer = Consumer({"bootstrap.servers": broker.address, "group.id": "reader", "auto.offset.reset": "earliest"})
    left, seen = {}, 0
    for topic, partitions in {"ratings": 2, "movies": 1, "users": 1}.items():
        for partition in range(partitions):
            consumer.assign([TopicPartition(topic, partition, 0)])
            last, quiet = {}, 0
            while quiet < 8:
                message = consumer.poll(0.25)
                if message is None or message.error():
                    quiet += 1
                    continue
                seen += 1
                last[message.key()] = message.value()
            # As a compacted topic is in the end.
            left.update({(topic, key): value for key, value in last.items() if value is not None and MARK.encode() in key + value})
    consumer.close()
    check(seen > 900 and not left, f"of {seen} messages none is left that names them", list(left)[:3])


def test_served_store(lab):
    """DELETE /users/{id}/privacy on a service with a sink: rows, lists, indices and bytes of the store are free of the user, and a
    service that was killed in between completes it when it starts again."""
    rows = ratings()
    double = lab.double()
    for is_killed in (False, True):
        store = store_of(lab, rows, f"served-{is_killed}")
        options = ("--models", "als,popularity", "--elasticsearch", double.url, "--prefix", f"k{int(is_killed)}")
        server, url = lab.serve(store, *options)
        wait("a snapshot", lambda: b"ok" in readiness(url), 120)
        wait("documents", lambda: counted(double, f"k{int(is_killed)}-ratings") == len(rows), 60)
        archive = lab.folder / "access.zip"
        archive.write_bytes(urllib.request.urlopen(f"{url}/users/{MARK}/privacy/access", timeout=30).read())
        with zipfile.ZipFile(archive) as found:
            held = json.loads(found.read("data.json"))
        archive.unlink()
        check(len(held["tables"]["ratings"]["rows"]) == 15, "they see their ratings before", list(held["tables"]))
        urllib.request.urlopen(f"{url}/graph.graphml", timeout=30).read()
        begun = time.monotonic()
        answer = ask(f"{url}/users/{MARK}/privacy", "DELETE")
        seconds = time.monotonic() - begun
        check(answer["status"] == "running" and seconds < 1, "the rows are gone within a second", seconds)
        near = ask(f"{url}/users/{rows[0][0]}/neighbors?count=100")
        check(MARK not in json.dumps(near), "nobody is near them any more")
        if is_killed:
            server.kill()
            server.wait(10)
            server, url = lab.serve(store, *options)
        done = wait("the erasure", lambda: finished(url, answer["erasure"]), 120)
        server.terminate()
        server.wait(30)
        check(MARK not in json.dumps(done), "the receipt does not name them")
        check(not traces(lab.folder, MARK, ATTRIBUTE), "no byte of any file has them", traces(lab.folder, MARK, ATTRIBUTE))
        names = [name for name in ask(f"{double.url}/k{int(is_killed)}-*/_alias")]
        everything = {"size": 10_000, "query": {"match_all": {}}}
        left = [name for name in names if MARK in json.dumps(ask(f"{double.url}/{name}/_search", "POST", everything))]
        check(names and not left, "no index has them", left)
        check(integrity(store), "the store is whole")


def readiness(url):
    try:
        return b"ok" if urllib.request.urlopen(f"{url}/readyz", timeout=5).status == 200 else b""
    except (urllib.error.URLError, OSError):
        return b""


def counted(double, index):
    with contextlib.suppress(Exception):
        return double.count(index)


def finished(url, token):
    with contextlib.suppress(OSError):
        state = ask(f"{url}/privacy/erasures/{token}")
        return state if state["status"] == "done" else None
