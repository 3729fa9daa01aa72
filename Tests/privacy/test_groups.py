"""Figures of few people: hidden from keys without the role admin, in all answers, and no slower than before."""

import json
import statistics
import time
import urllib.error
import urllib.request

from lib import ROOT, Skipped, check, query

LIMIT, TOP_LIMIT = 0.3, 1


class Asking:
    """A service with a key for each role."""

    def __init__(self, lab, store, *options):
        self.keys = {
            role: lab.kindred("keys", "add", store, "--name", role, "--role", role).strip() for role in ("read", "write", "admin")}
        _, self.address = lab.serve(store, "--models", "popularity", *options)
        self.wait()

    def wait(self):
        end = time.monotonic() + 240
        while time.monotonic() < end:
            try:
                return self.get("/movies")
            except urllib.error.HTTPError:
                time.sleep(0.2)
        raise RuntimeError("no snapshot")

    def text(self, path, role="read"):
        request = urllib.request.Request(self.address + path, headers={"Authorization": f"Bearer {self.keys[role]}"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read().decode()

    def get(self, path, role="read"):
        return json.loads(self.text(path, role))

    def status(self, path, role="read"):
        try:
            self.text(path, role)
            return 200
        except urllib.error.HTTPError as error:
            return error.code


def test_speed(lab):
    """Each view of MovieLens 100K is answered to a read key within 0.3 s, and the top films, with their windows, within a second."""
    if not (ROOT.parent / "shared/data/ml-100k").exists():
        raise Skipped("MovieLens 100K is not beside the project")
    asking = Asking(lab, lab.store())
    names = [view["name"] for view in asking.get("/analytics")["items"]]
    for path in [f"/analytics/{name}?limit=10000" for name in names if name != "active_users"] + ["/movies/top", "/summary"]:
        times = []
        for _ in range(5):
            started = time.monotonic()
            asking.text(path)
            times.append(time.monotonic() - started)
        limit = TOP_LIMIT if path == "/movies/top" else LIMIT
        check(statistics.median(times) < limit, path, f"{statistics.median(times):.3f} s, at most {max(times):.3f} s")
    # What is told is not nothing.
    told = {name: len(asking.get(f"/analytics/{name}?limit=10000")["rows"]) for name in names if name != "active_users"}
    every = {name: len(asking.get(f"/analytics/{name}?limit=10000", "admin")["rows"]) for name in told}
    check(all(told[name] <= every[name] for name in told), "a read key is told less", f"{told} of {every}")
    check(
        told["rating_distribution"] == 5 and told["ratings_per_day"] > 100 and told["top_items_bayesian"] > 1_000,
        "most values, days and films are told", told)


def test_roles(lab):
    """A read key gets no row of fewer than five people; an admin key, and a service without keys, gets all."""
    store = lab.store(is_small=True)
    people = dict(query(store, "SELECT id, count(*) FROM ratings JOIN items USING (item) GROUP BY item"))
    asking = Asking(lab, store)
    rows = asking.get("/analytics/top_items_bayesian?limit=10000")
    every = asking.get("/analytics/top_items_bayesian?limit=10000", "admin")
    check(rows["suppressed"] == len(every["rows"]) - len(rows["rows"]), "what is hidden is counted", rows["suppressed"])
    check("suppressed" not in every and len(every["rows"]) == len(people), "an admin key is told of all", len(every["rows"]))
    check(all(people[row[0]] >= 5 for row in rows["rows"]), "no film of few is told of")
    check(
        asking.text("/analytics/top_items_bayesian?limit=10000&format=csv").count("\n") == len(rows["rows"]) + 1,
        "CSV has the same rows")
    check(asking.status("/analytics/active_users") == 403, "users are for administrators")
    check(asking.status("/analytics/active_users", "admin") == 200, "who see them")
    few = next((item for item, count in sorted(people.items()) if 0 < count < 5), None)
    if few:
        film, whole = asking.get(f"/movies/{few}"), asking.get(f"/movies/{few}", "admin")
        check(film["ratings"] is None and film["mean_rating"] is None and film["distribution"] is None, "a film of few", film)
        check(whole["ratings"] == people[few], "an admin key is told its figures", whole)
        # The same URL from a cache of the service is not the other's answer.
        check(asking.get(f"/movies/{few}")["ratings"] is None, "answers of roles are kept apart")
    check(all(community["size"] >= 5 for community in asking.get("/communities?per_page=100")["items"]), "communities of few are left out")
    heat = asking.get("/graph/heatmap?count=10")
    check(all(user.startswith("community ") for user in heat["users"]), "the heat map is of communities", heat["users"])
    check(heat == asking.get("/graph/heatmap?count=11"), "whatever count is asked for")


def test_option(lab):
    """The smallest group is an option of the service, and 1 hides nothing."""
    store = lab.store(is_small=True)
    asking = Asking(lab, store, "--smallest-group", "1")
    for name in ("top_items_bayesian", "ratings_per_day", "rating_distribution"):
        rows, every = (asking.get(f"/analytics/{name}?limit=10000", role)["rows"] for role in ("read", "admin"))
        check(rows == every, f"{name}: all rows", f"{len(rows)} of {len(every)}")
    run = lab.run("serve", "--store", store, "--smallest-group", "0")
    check(run.returncode == 64 and "1 to" in run.stderr, "a group has at least one member", run.stderr)
