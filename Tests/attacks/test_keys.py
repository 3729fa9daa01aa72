"""15.12 and 15.15: keys that are removed, names of requests that might collide, and ratings out of their order."""

import time

from lib import Service, check

# How long a key that was removed may still open something.
SECONDS = 2.5


def test_last_key(lab):
    """15.15: a store that has had keys stays closed when the last one is removed"""
    store = lab.store()
    key = lab.key(store, "admin")
    server = lab.serve(store)
    check(server.get("/movies").status == 401, "15.15: without a key while there is one")
    lab.run("keys", "remove", store, "--name", "admin").check_returncode()
    time.sleep(SECONDS)
    for name, client in (("nobody", server), ("the removed key", Service(server.address, key))):
        for method, path, body in (("GET", "/movies", None), ("POST", "/admin/sql", {"sql": "SELECT 1"}), ("POST", "/admin/refresh", None),
                                   ("GET", "/metrics", None), ("POST", "/ratings", {"user_id": "1", "item_id": "5", "rating": 3})):
            answer = client.ask(method, path, body)
            check(answer.status == 401, f"15.15: {method} {path} by {name} after the last key was removed", answer)
    server.stop()
    again = lab.serve(store)
    check(again.get("/movies").status == 401, "15.15: without a key after a restart", again.get("/movies").status)
    key = lab.key(store, "read", "new")
    time.sleep(SECONDS)
    check(Service(again.address, key).get("/movies").status == 200, "15.15: a new key opens it again")


def test_removed_key(lab):
    """15.15: a removed key stops within seconds, on connections that are open too"""
    store = lab.store()
    lab.key(store, "admin")
    key = lab.key(store, "write")
    server = lab.serve(store, key=key)
    check(server.get("/movies").status == 200, "15.15: the key before it is removed")
    with server.connect(5) as connection:
        request = f"GET /movies/5 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n\r\n".encode()
        connection.sendall(request)
        before = connection.recv(65536)[9:12]
        lab.run("keys", "remove", store, "--name", "write").check_returncode()
        time.sleep(SECONDS)
        connection.sendall(request)
        after = connection.recv(65536)[9:12]
    check((before, after) == (b"200", b"401"), "15.15: an open connection with a removed key", (before, after))


def test_names_of_requests(lab):
    """15.15: names of requests of different keys never collide, wherever the slashes are"""
    store = lab.store()
    callers = {name: lab.key(store, "write", name) for name in ("a", "a/b", "a/", "/a", "b", "a%2Fb", "a:1")}
    server = lab.serve(store)
    stored = 0
    for caller, key in callers.items():
        for name in ("b/c", "c", "/b/c", "b//c", "1", "1/c"):
            stored += 1
            answer = server.rate(f"named-{stored}", "5", 3, {"Authorization": f"Bearer {key}", "Idempotency-Key": name})
            check(answer.status == 200 and not answer.json["repeated"], f"15.15: {caller!r} calls a request {name!r}", answer)
    key = {"Authorization": f"Bearer {callers['a']}", "Idempotency-Key": "b/c"}
    answer = server.rate("named-1", "5", 3, key)
    check(answer.status == 200 and answer.json["repeated"], "15.15: the same request by the same key is a repetition", answer)
    answer = server.rate("named-1", "5", 4, key)
    check(answer.status == 409, "15.15: another request under the same name is a conflict", answer)


def rating_of(server, user, item):
    for rating in server.get(f"/users/{user}").json.get("newest", []):
        if rating["item_id"] == item:
            return rating["rating"]
    return None


def test_order_of_arrival(server):
    """15.12: the rating that comes in last counts, whatever its time, or the answer says that it does not"""
    user, now = f"attack-{time.time_ns()}", int(time.time())
    for value, timestamp in ((5, None), (1, now - 86_400), (4, now - 10**8), (2, 0), (3, now + 30), (1, None), (5, now)):
        answer = server.rate(user, "5", value, **({} if timestamp is None else {"timestamp": timestamp}))
        counts = rating_of(server, user, "5")
        says = answer.status == 200 and ("counts" in answer.json or "counted" in answer.json or answer.json.get("stored") == 0)
        check(answer.status == 200 and (counts == value or says), f"15.12: a rating at {timestamp and timestamp - now} s counts or is said not to",
              f"{answer.body[:100]} {counts} instead of {value}")
    server.ask("DELETE", f"/ratings/{user}/5")


def test_future(server):
    """15.12: times more than a minute ahead are refused, and those that are no times"""
    user, now = f"attack-{time.time_ns()}", int(time.time())
    for timestamp in (now + 75, now + 3600, now + 86_399, now + 10**9, 2**63 - 1, -1, -(2**63), 1e30, 0.5, "now", True):
        answer = server.rate(user, "5", 3, timestamp=timestamp)
        check(answer.status in (400, 422), f"15.12: a rating at {timestamp}", answer)
    answer = server.rate(user, "5", 3, timestamp=now + 20)
    check(answer.status == 200, "15.12: a clock that is 20 s ahead is borne", answer)
    server.ask("DELETE", f"/ratings/{user}/5")
