"""`kindred index`: what clients of other programs find, what the specification says of the requests, and what failures leave."""

import json
import signal
import time

from lib import Skipped, ask, check, query, wait
from recorder import Recorder
from specification import Specification

def client_of(double):
    """The official Python client of the product that a double answers as; each refuses the other's."""
    try:
        if double.kind == "osmem":
            from opensearchpy import OpenSearch

            return OpenSearch(double.url, timeout=120)
        from elasticsearch import Elasticsearch

        return Elasticsearch(double.url, request_timeout=120)
    except ImportError as error:
        raise Skipped(f"the package {error.name} is missing") from None


# What tells the documents of a kind apart, to page by.
ORDER = {
    "items": ["item_id"],
    "users": ["user_id"],
    "ratings": ["user_id", "item_id"],
    "recommendations": ["user_id", "item_id", "model"],
    "communities": ["community"],
    "edges": ["source", "target"],
}


def documents(double, index):
    """All documents of an index by their ids, by the official client."""
    client = client_of(double)
    client.indices.refresh(index=index)
    order = [{field: "asc"} for field in ORDER[index.split("-")[-1]]]
    found, after = {}, None
    while True:
        body = {"size": 5000, "sort": order, "query": {"match_all": {}}, **({"search_after": after} if after else {})}
        hits = client.search(index=index, body=body)["hits"]["hits"]
        if not hits:
            return found
        found.update((hit["_id"], hit["_source"]) for hit in hits)
        after = hits[-1]["sort"]


def check_double(lab, kind):
    store = lab.store()
    lab.computed(store)
    double = lab.double(kind)
    recorder = lab.closing(Recorder(double.url))
    summary = lab.kindred("index", store, "--elasticsearch", recorder.url, "--json", timeout=500)
    counts = {index["alias"]: index["documents"] for index in summary["indices"]}
    check(set(counts) == {f"kindred-{name}" for name in ORDER} and summary["rejected"] == 0, "all is indexed", counts)
    specification = Specification()
    faults = [fault for request in recorder.requests for fault in specification.problems(request)]
    check(not faults, f"{len(recorder.requests)} requests pass the closed specification", faults[:5])
    compare(store, double)
    older = ask(f"{double.url}/kindred-*/_alias")
    again = lab.kindred("index", store, "--elasticsearch", double.url, "--json", "--only", "users,items", "--keep", 0)
    names = set(ask(f"{double.url}/kindred-*/_alias"))
    expected = {name for name in older if "-items-" not in name and "-users-" not in name}
    check(
        names == expected | {"kindred-items-000002", "kindred-users-000002"},
        "new indices take the place of old ones", again["removed"])


def compare(store, double):
    """Every document is what the store says."""
    ratings = documents(double, "kindred-ratings")
    stored = query(store, "SELECT user_id, item_id, rating, timestamp FROM rating_details")
    expected = {f"{user}:{item}": (user, item, rating, time) for user, item, rating, time in stored}
    found = {
        id: (doc["user_id"], doc["item_id"], doc["rating"], doc.get("@timestamp")) for id, doc in ratings.items()}
    check(found == expected, "every rating is found as it is stored", len(found))
    items = documents(double, "kindred-items")
    rows = query(store, "SELECT items.id, title, count(value), avg(value) FROM items LEFT JOIN ratings USING (item) GROUP BY items.item")
    wrong = [
        row for row in rows
        if (doc := items.get(row[0])) is None or doc.get("title") != row[1] or doc["ratings"] != row[2]
        or abs(doc.get("mean_rating", 0) - (row[3] or 0)) > 1e-6]
    check(len(items) == len(rows) and not wrong, "every film is found with its title and counts", wrong[:2] or len(items))
    years = sum(1 for doc in items.values() if "year" in doc)
    check(years > 0.9 * len(items), "films have years", years)
    users = documents(double, "kindred-users")
    rows = query(store, "SELECT users.id, community FROM users JOIN communities USING (user)")
    check({id: doc["community"] for id, doc in users.items()} == {id: str(c) for id, c in rows}, "users have communities", len(users))
    communities = documents(double, "kindred-communities")
    sizes = {doc["community"]: doc["size"] for doc in communities.values()}
    check(sum(sizes.values()) == len(users) and len(sizes) > 1, "communities have sizes", sizes)
    edges = documents(double, "kindred-edges")
    ends = {id for doc in edges.values() for id in (doc["source"], doc["target"])}
    check(len(edges) > len(users) and ends <= set(users), "edges are between users", len(edges))
    lists = documents(double, "kindred-recommendations")
    total = query(store, "SELECT count(*) FROM recommendations")[0][0]
    check(len(lists) == total > 0, "recommendations are all there", total)


def test_index_on_osmem(lab):
    """What is indexed in a double of OpenSearch is what the store has."""
    check_double(lab, "osmem")


def test_index_on_noida(lab):
    """What is indexed in a double of Elasticsearch is what the store has."""
    check_double(lab, "noida")


def names(double):
    return {name: sorted(entry["aliases"]) for name, entry in ask(f"{double.url}/kindred-*/_alias").items()}


def test_failures(lab):
    """A load that fails, is stopped or killed leaves what was there; the next one removes what a killed one made."""
    store = lab.store(is_small=True)
    double = lab.double()
    lab.kindred("index", store, "--elasticsearch", double.url, "--quiet")
    before = names(double)
    bulks = []

    def deny(request):
        if request.path.startswith("/_bulk"):
            bulks.append(request)
            if len(bulks) > 2:
                return 403, b'{"error":{"type":"security_exception","reason":"action is unauthorized"},"status":403}'

    denying = lab.closing(Recorder(double.url, change=deny))
    run = lab.run("index", store, "--elasticsearch", denying.url)
    check(run.returncode == 1 and "403 (action is unauthorized)" in run.stderr, "a refusal is told", run.stderr)
    check(names(double) == before, "and leaves what was there", names(double))

    def stall(request):
        if request.path.startswith("/_bulk"):
            time.sleep(0.3)

    slow = lab.closing(Recorder(double.url, change=stall))
    for number, status in ((signal.SIGINT, 130), (signal.SIGKILL, -9)):
        process = lab.start("index", store, "--elasticsearch", slow.url, "--quiet").process
        wait("a new index", lambda: len(names(double)) > len(before))
        process.send_signal(number)
        process.wait(20)
        check(process.returncode == status, f"signal {number} ends it", process.returncode)
        kept = {name: aliases for name, aliases in names(double).items() if name in before}
        check(kept == before, "and leaves what was there")
        if number == signal.SIGINT:
            check(names(double) == before, "and nothing else", names(double))
    half = set(names(double)) - set(before)
    summary = lab.kindred("index", store, "--elasticsearch", double.url, "--json")
    check(half and half <= set(summary["removed"]), "the next load removes half an index", summary["removed"])


def test_rejected(lab):
    """What the server will never take is in a file with its reason, and nothing else is missing."""
    folder = lab.folder
    (folder / "ratings.csv").write_text("userId,movieId,rating\n" + "".join(f"{n},{n % 7},{70000 if n == 5 else 3}\n" for n in range(50)))
    lab.kindred("import", folder / "ratings.csv", "--store", folder / "s.sqlite", "--scale", "1..80000", "--quiet")
    double = lab.double()
    summary = lab.kindred("index", folder / "s.sqlite", "--elasticsearch", double.url, "--json")
    letters = [json.loads(line) for line in (folder / "s.sqlite.rejected.jsonl").read_text().splitlines()]
    check(
        summary["rejected"] == len(letters) and letters[0]["status"] == 400 and letters[0]["reason"],
        "a rating that half_float cannot hold is rejected with a reason", letters)
    check(double.count("kindred-ratings") == 49, "all others are there")
