"""The indices of a service follow its store: what is rated, removed, imported and computed, and what an operator sees of it."""

import time
import urllib.error

from lib import ask, check, wait
from proxy import FaultProxy
from steps import Service, Writer, all_documents, differences, rows, small_store


def test_in_step_on_osmem(lab):
    """New ratings, removals, imports of another program and refreshes are in the indices within seconds."""
    in_step(lab, "osmem")


def test_in_step_on_noida(lab):
    """The same on a server that answers as Elasticsearch 8."""
    in_step(lab, "noida")


def in_step(lab, kind):
    store, double = small_store(lab), lab.double(kind)
    service = Service(lab, store, double.url)
    service.wait_until_in_step()
    check(not differences(store, double), "after the first start the indices are as the store", differences(store, double))
    began = time.monotonic()
    ask(service.address + "/ratings", "POST", {"user_id": "new: 100%", "item_id": "1", "rating": 4.5, "timestamp": 1_000_000_000})
    found = wait("the rating is in the index", lambda: [
        document for document in all_documents(double, "ratings") if document["user_id"] == "new: 100%"], 20)
    check(time.monotonic() - began < 10 and found[0]["rating"] == 4.5, "a new rating is there within seconds", f"{time.monotonic() - began:.1f} s")
    ask(service.address + "/ratings/1/" + stored_item(store, "1"), "DELETE")
    more = lab.folder / "more"
    more.mkdir()
    (more / "ratings.csv").write_text("userId,movieId,rating,timestamp\n" + "".join(f"import{user},{item},3.5,1000000{user:03}\n" for user in range(60) for item in (1, 2, 3)))
    lab.kindred("import", more / "ratings.csv", "--store", store, "--quiet")
    left = service.wait_until_equal(double)
    check(not left, "a removal and what another program has imported come too", left)
    service.refresh()
    left = service.wait_until_equal(double)
    check(not left, "so do recommendations and communities of a refresh", left)
    edges, communities = all_documents(double, "edges"), all_documents(double, "communities")
    summary = ask(service.address + "/graph.csv").count("\n") - 1
    check(len(edges) == summary, "each edge of the graph is in the index", f"{len(edges)} of {summary}")
    users = len(all_documents(double, "users"))
    sizes = sum(community["size"] for community in communities)
    check(sizes == users, "the communities hold all users", f"{sizes} of {users}")


def stored_item(store, user):
    return rows(store, f"SELECT items.id FROM ratings JOIN users USING (user) JOIN items USING (item) WHERE users.id = '{user}' LIMIT 1")[0][0]


def test_state_is_told(lab):
    """/sinks, /metrics and the log say how the sink is, before, during and after an outage."""
    store, double = small_store(lab), lab.double()
    proxy = lab.closing(quiet_proxy(double))
    service = Service(lab, store, proxy.url)
    service.wait_until_in_step()
    sink = service.sink
    done = {row["kind"]: row["done"] for row in sink["documents"]}
    check(done["ratings"] == rows(store, "SELECT count(*) FROM ratings")[0][0] and sink["loads"] == 1 and sink["dead_letters"] == 0, "the first load is counted", done)
    proxy.down()
    ask(service.address + "/ratings", "POST", {"user_id": "1", "item_id": "1", "rating": 2})
    wait("it waits", lambda: service.sink["state"] == "waiting", 30)
    wait("the lag is measured", lambda: service.sink["entries_behind"] and (service.sink["seconds_behind"] or 0) >= 2, 20)
    sink = service.sink
    check(sink["entries_behind"] == 1, "the entry that is not there yet is told", sink)
    check(bool(sink["last_error"]) and proxy.url in sink["last_error"], "so is the reason", sink["last_error"])
    check(service.metric("kindred_sink_up") == 0 and service.metric("kindred_sink_lag_entries") == 1, "metrics say the same")
    check(service.metric("kindred_sink_lag_seconds") >= 2, "with the seconds")
    proxy.up()
    left = service.wait_until_equal(double)
    check(not left, "after the outage the rating is there", left)
    check(service.metric("kindred_sink_up") == 1 and service.metric("kindred_sink_lag_seconds") == 0, "and nothing is behind")
    messages = [line["message"] for line in service.log if line.get("sink") == "elasticsearch"]
    check("the sink waits" in messages and messages.count("the sink follows the store") == 2, "the log tells of both", messages)


def quiet_proxy(double):
    return FaultProxy(double.url, bulk={}, other={})


def test_shutdown_does_not_wait(lab):
    """A service ends at once, whether its server is there, is away or does not answer."""
    store, double = small_store(lab), lab.double()
    proxy = lab.closing(quiet_proxy(double))
    for state in ("there", "silent", "away"):
        service = Service(lab, store, proxy.url)
        if state == "there":
            service.wait_until_in_step()
        else:
            wait("it runs", lambda: service.sink["state"] != "starting")
            if state == "silent":
                proxy.bulk = {"silent": 100}
            else:
                proxy.down()
            ask(service.address + "/ratings", "POST", {"user_id": "1", "item_id": "2", "rating": len(state) % 5 + 1})
            time.sleep(2)
        began = time.monotonic()
        code = service.stop()
        took = time.monotonic() - began
        check(code == 0 and took < 4, f"it stops while the server is {state}", f"exit code {code}, {took:.1f} s")


def test_limit_of_the_outbox(lab):
    """An outbox that grows beyond its limit is dropped, which is said, and all is loaded anew."""
    store, double = small_store(lab), lab.double()
    proxy = lab.closing(quiet_proxy(double))
    service = Service(lab, store, proxy.url, "--outbox-limit", "50")
    service.wait_until_in_step()
    proxy.down()
    writer = Writer(service, lab.random, rate=200)
    wait("the limit is reached", lambda: service.sink["overflows"] == 1, 30)
    wait("it waits", lambda: service.sink["state"] == "waiting", 30)
    sink = service.sink
    check(sink["entries_behind"] is None and sink["state"] == "waiting", "the lag is not known any more", sink)
    check(service.metric("kindred_sink_lag_entries") is None, "nor in the metrics")
    writer.stop()
    check(any("too far behind" in line["message"] for line in service.log), "the log says so")
    check(rows(store, "SELECT count(*) FROM outbox")[0][0] <= 50, "the outbox is empty, or nearly so")
    proxy.up()
    left = service.wait_until_equal(double)
    check(not left and service.sink["loads"] == 2, "a full load has brought all", left)


def test_indices_are_lost(lab):
    """A server that comes back without its indices is loaded anew."""
    store, double = small_store(lab), lab.double()
    service = Service(lab, store, double.url)
    service.wait_until_in_step()
    for name in list(ask(f"{double.url}/_alias/kindred-*")):
        ask(f"{double.url}/{name}", "DELETE")
    ask(service.address + "/ratings", "POST", {"user_id": "1", "item_id": "1", "rating": 3})
    wait("a second load", lambda: service.sink["loads"] == 2, 60)
    left = service.wait_until_equal(double)
    check(not left, "the indices are as the store again", left)


def test_search_by_both_engines(lab):
    """/movies/search asks the index for engine=elasticsearch, and says what is wrong where it cannot."""
    store, double = small_store(lab), lab.double()
    proxy = lab.closing(quiet_proxy(double))
    service = Service(lab, store, proxy.url)
    service.wait_until_in_step()
    title = service.get("/movies/1")["title"]
    words = title.replace("(", "").replace(")", "").replace(" ", "+")
    found = {engine: service.get(f"/movies/search?q={words}&engine={engine}")["items"] for engine in ("embedded", "elasticsearch")}
    check(all(items and items[0]["id"] == "1" for items in found.values()), "both find a film by its title first", title)
    check(found["embedded"][0] == found["elasticsearch"][0], "and say the same of it")
    proxy.down()
    began = time.monotonic()
    try:
        service.get(f"/movies/search?q={words}&engine=elasticsearch")
        status = 200
    except urllib.error.HTTPError as error:
        status = error.code
    check(status == 503 and time.monotonic() - began < 4, "without an answer it is 503, soon", f"{status} after {time.monotonic() - began:.1f} s")
    check(bool(service.get(f"/movies/search?q={words}")["items"]), "the embedded search goes on")
