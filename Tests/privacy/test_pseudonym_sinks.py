"""Indices and topics by keys of their own: two cannot be joined, what changes arrives under the same pseudonym, erasure reaches both."""

import hashlib
import hmac
import json
import os
import subprocess

from lib import ROOT, Skipped, ask, beside, check, query, wait

KINDS = ("users", "ratings", "recommendations", "edges")


def key(lab, name):
    path = lab.folder / name
    path.write_bytes(os.urandom(32))
    path.chmod(0o600)
    return path


def named(path, user):
    return hmac.new(path.read_bytes(), user.encode(), hashlib.sha256).hexdigest()[:32]


def marked_store(lab, name="store"):
    """A store of 60 users who are told by their ids alone wherever they are: `person-00` and on."""
    path = lab.folder / f"{name}.csv"
    rows = [
        f"person-{user:02},{item},{1 + (user * item + user) % 5},{1_000_000 + user * 100 + item}"
        for user in range(60) for item in range(1, 41) if (user * 7 + item * 13) % 5 < 2
    ]
    path.write_text("user_id,item_id,rating,timestamp\n" + "\n".join(rows) + "\n")
    store = lab.folder / f"{name}.sqlite"
    lab.kindred("import", path, "--store", store, "--quiet")
    return store


def hits(double, index):
    """All documents of an index with their ids; nothing where it is not there."""
    try:
        ask(f"{double.url}/{index}/_refresh", "POST")
        return ask(f"{double.url}/{index}/_search", "POST", {"size": 10_000, "query": {"match_all": {}}})["hits"]["hits"]
    except OSError:
        return []


def people(double, prefix, kind):
    """The users that documents of a kind name."""
    fields = ("source", "target") if kind == "edges" else ("user_id",)
    return {hit["_source"][field] for hit in hits(double, f"{prefix}-{kind}") for field in fields}


def everything(double, prefix):
    """All that a server has below a prefix, older generations among it, as text."""
    return json.dumps([[name, hits(double, name)] for name in sorted(ask(f"{double.url}/{prefix}-*/_alias"))])


def test_two_indices_cannot_be_joined(lab):
    """Two loads of a store by two keys have no id in common, in fields or ids of documents, and are the same otherwise."""
    for kind in ("osmem", "noida"):
        store, double = marked_store(lab, kind), lab.double(kind)
        lab.computed(store)
        keys = {name: key(lab, f"{kind}-{name}") for name in ("one", "two")}
        for name, path in keys.items():
            lab.kindred("index", store, "--elasticsearch", double.url, "--prefix", name, "--pseudonym-key", path, "--quiet")
        users = {f"person-{user:02}" for user in range(60)}
        for part in KINDS:
            found = {name: people(double, name, part) for name in keys}
            check(all(found.values()) and not found["one"] & found["two"], f"{kind}: {part} have no user in common", len(found["one"]))
            check(all(found[name] <= {named(path, user) for user in users} for name, path in keys.items()), f"{kind}: they are those of the keys")
            ids = [{hit["_id"] for hit in hits(double, f"{name}-{part}")} for name in keys]
            check(len(ids[0]) == len(ids[1]) and not ids[0] & ids[1], f"{kind}: ids of documents of {part} neither", [len(one) for one in ids])
        check(not any("person-" in everything(double, name) for name in keys), f"{kind}: no id of the store is in either")
        pairs = [(hit["_source"]["source"], hit["_source"]["target"]) for hit in hits(double, "one-edges")]
        check(pairs and all(source < target for source, target in pairs), f"{kind}: edges do not tell the order of the store's ids", len(pairs))


def test_another_key_is_never_mixed(lab):
    """Another key, or none, replaces all indices, older ones too; a part of them is refused, and so is all beside a service."""
    store, double = marked_store(lab), lab.double()
    one, two = key(lab, "one"), key(lab, "two")
    index = ("index", store, "--elasticsearch", double.url, "--quiet")
    for _ in range(2):
        lab.kindred(*index)
    refused = lab.run(*index, "--only", "users", "--pseudonym-key", one)
    check(refused.returncode == 1 and "the ids of the store" in refused.stderr, "a part by a key is refused", refused.stderr)
    for path, other in ((one, None), (two, one)):
        lab.kindred(*index, "--pseudonym-key", path)
        text = everything(double, "kindred")
        check(named(path, "person-07") in text and "person-" not in text, f"{path.name}: all documents of all generations are by the key")
        check(other is None or named(other, "person-07") not in text, f"{path.name}: none is by the key before")
    refused = lab.run(*index, "--only", "users")
    check(refused.returncode == 1 and "pseudonyms by the key" in refused.stderr, "a part without a key is refused", refused.stderr)
    lab.kindred(*index, "--only", "users", "--pseudonym-key", two)
    server, url = lab.serve(store, "--models", "popularity", "--elasticsearch", double.url, "--pseudonym-key", two)
    wait("the sink", lambda: ask(f"{url}/sinks")["items"][0]["state"] == "running", 60)
    refused = lab.run(*index, "--pseudonym-key", one)
    check(refused.returncode == 1 and "a service runs" in refused.stderr, "another key beside a service is refused", refused.stderr)
    refused = lab.run(*index)
    check(refused.returncode == 1 and "a service runs" in refused.stderr, "no key beside it too", refused.stderr)
    lab.kindred(*index, "--pseudonym-key", two)
    check("person-" not in everything(double, "kindred"), "nothing was written by the others")
    server.terminate()
    server.wait(30)
    server, url = lab.serve(store, "--models", "popularity", "--elasticsearch", double.url, "--pseudonym-key", one)
    wait("the sink by another key", lambda: ask(f"{url}/sinks")["items"][0]["state"] == "running", 60)
    ask(f"{url}/ratings", "POST", {"user_id": "person-07", "item_id": "1", "rating": 5})
    wait("the rating", lambda: f"{named(one, 'person-07')}:1" in {hit["_id"] for hit in hits(double, "kindred-ratings")}, 30)
    text = everything(double, "kindred")
    check(named(two, "person-07") not in text and "person-" not in text, "a service that starts with another key loads all anew")
    sinks = query(store, "SELECT sink FROM sinks")
    check(len(sinks) == 1 and one.read_bytes() not in store.read_bytes(), "the store has one sink, and no key", sinks)


def test_changes_arrive_under_the_same_pseudonym(lab):
    """Ratings, removals, withdrawals and an erasure of a service reach the documents of the full load."""
    store, double, path = marked_store(lab), lab.double(), key(lab, "key")
    server, url = lab.serve(store, "--models", "popularity", "--elasticsearch", double.url, "--pseudonym-key", path)
    wait("the sink", lambda: ask(f"{url}/sinks")["items"][0]["state"] == "running", 120)
    wait("lists", lambda: people(double, "kindred", "recommendations"), 60)
    first, second, third = (f"person-{user:02}" for user in (7, 12, 20))

    def rated(user):
        return {hit["_source"]["item_id"]: hit["_source"]["rating"] for hit in hits(double, "kindred-ratings") if hit["_source"]["user_id"] == named(path, user)}

    def anywhere(user):
        return any(named(path, user) in people(double, "kindred", kind) for kind in KINDS)

    before = rated(first)
    new, old = next(str(item) for item in range(1, 41) if str(item) not in before), next(iter(before))
    ask(f"{url}/ratings", "POST", {"user_id": first, "item_id": new, "rating": 5})
    wait("the rating is there", lambda: rated(first).get(new) == 5, 20)
    check(len(rated(first)) == len(before) + 1, "a new rating is beside those of the load", len(before))
    ask(f"{url}/ratings/{first}/{old}", "DELETE")
    wait("the removal is there", lambda: old not in rated(first), 20)
    ask(f"{url}/users/{second}/consent/export", "PUT", {"granted": False})
    wait("who withdraws is out of all indices", lambda: not anywhere(second), 30)
    check(anywhere(third), "others are still there")
    ask(f"{url}/users/{second}/consent/export", "PUT", {"granted": True})
    wait("and back with their consent", lambda: rated(second), 30)
    token = ask(f"{url}/users/{third}/privacy", "DELETE")["erasure"]
    wait("the erasure", lambda: ask(f"{url}/privacy/erasures/{token}")["status"] == "done", 60)
    check(named(path, third) not in everything(double, "kindred"), "who is erased is in no generation of any index")
    check("person-" not in everything(double, "kindred"), "no id of the store was ever written")
    server.terminate()
    server.wait(30)


def test_erasure_needs_the_key(lab):
    """The command refuses before anything is gone where the key is not named, and finds the user by each key that is."""
    store, double = marked_store(lab), lab.double()
    one, two = key(lab, "one"), key(lab, "two")
    for prefix, path in (("one", one), ("two", two)):
        lab.kindred("index", store, "--elasticsearch", double.url, "--prefix", prefix, "--pseudonym-key", path, "--quiet")
    erase = ("privacy", "erase", store, "--user", "person-07", "--elasticsearch", double.url, "--prefix", "one")
    for options in ((), ("--pseudonym-key", two)):
        refused = lab.run(*erase, *options)
        check(refused.returncode == 64 and "--pseudonym-key" in refused.stderr, "without its key an index is out of reach", refused.stderr[-200:])
    check(query(store, "SELECT count(*) FROM users WHERE id = 'person-07'")[0][0] == 1, "nothing is gone then")
    receipt = lab.kindred(*erase, "--pseudonym-key", one, "--leave-outside", "--json")
    check(named(one, "person-07") not in everything(double, "one"), "the index of the key has forgotten them")
    remaining = {place["place"].split("#")[0] for place in receipt["done"]["places"] if place["outcome"] == "remaining"}
    check(remaining == {f"{double.url}/two-{kind}" for kind in KINDS}, "the other one is told as remaining", remaining)


def test_topics_by_a_key_forget(lab):
    """Tombstones have the keys of the messages that were published with pseudonyms."""
    try:
        from confluent_kafka import Consumer, TopicPartition
    except ImportError:
        raise Skipped("confluent-kafka is missing") from None
    program = lab.folder / "mockbroker"
    built = subprocess.run(["cc", str(ROOT / "Tests/streams/mockbroker.c"), "-lrdkafka", "-o", str(program)], capture_output=True, check=False)
    if built.returncode:
        raise Skipped("cc or librdkafka is missing")
    broker = lab.closing(beside("streams").Broker(program, {"ratings": 1, "movies": 1, "users": 1}))
    store, path = marked_store(lab), key(lab, "key")
    lab.kindred("publish", store, "--kafka", broker.address, "--pseudonym-key", path, "--quiet")
    erase = ("privacy", "erase", store, "--user", "person-07", "--kafka", broker.address)
    refused = lab.run(*erase)
    check(refused.returncode == 64 and "--pseudonym-key" in refused.stderr, "without the key topics are out of reach", refused.stderr[-200:])
    lab.kindred(*erase, "--pseudonym-key", path, "--quiet")
    consumer = Consumer({"bootstrap.servers": broker.address, "group.id": "reader", "auto.offset.reset": "earliest"})
    last, tombstones = {}, 0
    for topic in ("ratings", "users"):
        consumer.assign([TopicPartition(topic, 0, 0)])
        quiet = 0
        while quiet < 8:
            message = consumer.poll(0.25)
            if message is None or message.error():
                quiet += 1
                continue
            tombstones += message.value() is None
            last[topic, message.key()] = message.value()
    consumer.close()
    mark = named(path, "person-07").encode()
    left = [place for place, value in last.items() if value is not None and mark in place[1] + value]
    check(len(last) > 900 and tombstones > 10 and not left, f"{tombstones} tombstones; a compacted topic has nothing of them", left[:3])
    check(not any(b"person-" in place[1] + (value or b"") for place, value in last.items()), "no id of the store was sent")


def test_ids_become_pseudonyms_at_the_doors(lab):
    """A watched folder and a stream bring ids to a store of pseudonyms; with its keys nobody is there twice, and no id is kept."""
    path, other = key(lab, "key"), key(lab, "other")
    store, source = lab.folder / "store.sqlite", lab.folder / "first.csv"
    source.write_text("user_id,item_id,rating,timestamp\nperson-01,1,5,1000000\nperson-02,1,4,1000000\n")
    lab.kindred("import", source, "--store", store, "--pseudonymize", "--key-file", path, "--quiet")
    folder = lab.folder / "incoming"
    folder.mkdir()
    (folder / "more.csv").write_text("user_id,item_id,rating,timestamp\nperson-01,2,3,1000001\nperson-03,2,4,1000001\nperson-04,2,bad,1\n")
    watch = ("watch", folder, "--store", store, "--once", "--settle", "0.1", "--keep")
    refused = lab.run(*watch, "--key-file", other)
    check(refused.returncode == 1 and "given key" in refused.stderr, "another key is refused", refused.stderr)
    lab.kindred(*watch, "--key-file", path, "--quiet")
    users = {row[0] for row in query(store, "SELECT id FROM users")}
    check(users == {named(path, f"person-{user:02}") for user in (1, 2, 3)}, "the folder brings the same pseudonyms", len(users))
    try:
        streams = beside("streams")
        from confluent_kafka import Producer
    except ImportError:
        raise Skipped("confluent-kafka is missing") from None
    program = lab.folder / "mockbroker"
    built = subprocess.run(["cc", str(ROOT / "Tests/streams/mockbroker.c"), "-lrdkafka", "-o", str(program)], capture_output=True, check=False)
    if built.returncode:
        raise Skipped("cc or librdkafka is missing")
    broker = lab.closing(streams.Broker(program, {"ratings": 1}))
    producer = Producer({"bootstrap.servers": broker.address})
    for user, rating in (("person-01", 4), ("person-05", 2), ("person-06", "bad")):
        producer.produce("ratings", json.dumps({"user_id": user, "item_id": "3", "rating": rating}))
    producer.flush(10)
    lab.kindred("consume", "--store", store, "--kafka", broker.address, "--topics", "ratings=ratings", "--until-end", "--key-file", path, "--quiet")
    rated = {row[0] for row in query(store, "SELECT users.id FROM ratings JOIN users USING (user) JOIN items USING (item) WHERE items.id = '3'")}
    check(rated == {named(path, "person-01"), named(path, "person-05")}, "so does the stream", len(rated))
    rejected = query(store, "SELECT count(*) FROM rejected_messages")[0][0]
    files = [lab.folder / f"store.sqlite{end}" for end in ("", "-wal") if (lab.folder / f"store.sqlite{end}").exists()]
    check(rejected == 1 and not any(b"person-" in file.read_bytes() for file in files), "no id is in the store, rejected messages included")
    check(not any(path.read_bytes() in file.read_bytes() for file in files), "nor the key")
