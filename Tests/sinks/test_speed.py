"""How fast `kindred index` is beside the `parallel_bulk` of the products' own Python clients.

Both write the same ratings to the same double, one after the other, until a count finds them all and the index before is removed.
Kindred's time has more in it: reading the store, making the index and swapping the alias; the client's documents are in memory.
"""

import statistics
import time

from lib import DOUBLES, Skipped, check
from test_index import client_of, documents

PAIRS = 5


def parallel_bulk(client, kind, index, outdated, found):
    helpers = __import__("opensearchpy" if kind == "osmem" else "elasticsearch", fromlist=["helpers"]).helpers
    actions = (
        {"_op_type": "index", "_index": index, "_id": id, "version": 1, "version_type": "external_gte", "_source": document}
        for id, document in found.items())
    began = time.monotonic()
    # The chunks with which it was fastest here, of 500 (its default), 2,000 and 10,000.
    done = sum(1 for ok, _ in helpers.parallel_bulk(client, actions, thread_count=4, chunk_size=2_000) if ok)
    client.indices.refresh(index=index)
    assert client.count(index=index)["count"] == done
    client.indices.delete(index=outdated)
    return time.monotonic() - began, done


def test_indexing_speed(lab):
    """Kindred indexes at least as many documents per second as parallel_bulk does."""
    if not lab.is_long:
        raise Skipped("it takes minutes; --long runs it")
    store = lab.store()
    for kind in DOUBLES:
        try:
            double = lab.double(kind)
            client = client_of(double)
        except Skipped as reason:
            print(f"     skipped: {reason}")
            continue
        options = ("--elasticsearch", double.url, "--only", "ratings", "--keep", 0, "--json")
        lab.kindred("index", store, *options, timeout=500)
        mapping = client.indices.get_mapping(index="kindred-ratings")
        properties = next(iter(dict(mapping).values()))["mappings"]
        found = documents(double, "kindred-ratings")
        pairs = []
        body = {"mappings": properties, "settings": {"index": {"refresh_interval": "-1"}}}
        client.indices.create(index="peer-0", body=body)
        for number in range(1, PAIRS + 2):
            summary = lab.kindred("index", store, *options, timeout=500)
            client.indices.create(index=f"peer-{number}", body=body)
            seconds, done = parallel_bulk(client, kind, f"peer-{number}", f"peer-{number - 1}", found)
            assert done == len(found) == summary["documents"], (done, len(found), summary["documents"])
            if number == 1:
                continue  # There was nothing to remove yet.
            pairs.append((len(found) / summary["seconds"], len(found) / seconds))
        ours, theirs = (statistics.median(pair[side] for pair in pairs) for side in (0, 1))
        ratio = statistics.median(a / b for a, b in pairs)
        check(
            ratio >= 1, f"{kind}: at least as fast as parallel_bulk",
            f"{ours:,.0f} and {theirs:,.0f} documents per second, {ratio:.2f} times; {len(found)} ratings, {len(pairs)} pairs")
